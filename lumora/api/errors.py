"""Every error as the caller's format says it: `{"error": …}` of our API, or OpenAI's object below `/v1`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from lumora.api.refusal import answer_to
from lumora.errors import InvalidInput, LumoraError, NotFound
from lumora.observe import log

_logger = log.get(__name__)


def install(app: FastAPI) -> None:
    """Give `app` one way to say what went wrong."""
    app.add_exception_handler(LumoraError, _lumora)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _lumora(request: Request, error: Exception) -> Response:
    assert isinstance(error, LumoraError)
    return answer_to(error, request.scope)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        found = InvalidInput("The body is not valid JSON.", hint=str(first.get("ctx", {}).get("error", "")))
    elif first["type"] == "model_attributes_type":
        found = InvalidInput("The body is not a JSON object.", hint="Send one, as application/json.")
    else:
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        found = InvalidInput(
            f"{where or 'The body'}: {first['msg']}.", hint="See /openapi.json for what fits."
        )
    return answer_to(found, request.scope)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return answer_to(NotFound(f"There is nothing at {request.url.path}."), request.scope)
    found = InvalidInput(str(error.detail))
    found.status = error.status_code
    return answer_to(found, request.scope)


async def _unexpected(request: Request, error: Exception) -> Response:
    _logger.error("request to %s failed", request.url.path, exc_info=error)
    found = LumoraError(f"Something broke inside Lumora: {type(error).__name__}.", hint="The log says more.")
    return answer_to(found, request.scope)
