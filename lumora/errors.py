"""One error root. A person reads what happened and what to do; `__cause__` keeps the original exception."""

from __future__ import annotations

from lumora.types import Failed


class LumoraError(Exception):
    """Root of all errors meant for a person.

    Attributes:
        code: stable identifier, for programs.
        status: the HTTP status that says the same.
        hint: what to do about it, one sentence.
        retry_after: seconds after which trying again makes sense.
    """

    code = "internal_error"
    status = 500

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retry_after = retry_after

    def as_event(self) -> Failed:
        """The same as the last event of a job."""
        return Failed(self.code, self.message, self.hint, self.retry_after)


class InvalidInput(LumoraError):
    """The request itself is wrong."""

    code = "invalid_input"
    status = 400


class PromptTooLong(InvalidInput):
    """One message alone is more than the model can read."""

    code = "prompt_too_long"


class TooLarge(InvalidInput):
    """More bytes than Lumora accepts here."""

    code = "too_large"
    status = 413


class Unauthorised(LumoraError):
    """No valid credential came with the request."""

    code = "unauthorised"
    status = 401


class Forbidden(LumoraError):
    """The credential is valid but does not allow this."""

    code = "forbidden"
    status = 403


class NotFound(LumoraError):
    """It does not exist, or belongs to someone else."""

    code = "not_found"
    status = 404


class UnknownModel(NotFound):
    """No model of that name is installed or configured."""

    code = "model_not_found"


class Conflict(LumoraError):
    """It cannot be done in the state things are in."""

    code = "conflict"
    status = 409


class Busy(LumoraError):
    """Too much is waiting already; `retry_after` says when to come back."""

    code = "busy"
    status = 429


class StorageFull(LumoraError):
    """The disk has no room for what should be written."""

    code = "storage_full"
    status = 507


class StartupError(LumoraError):
    """Lumora cannot open: port, data folder, lock, settings or database version."""

    code = "startup_failed"


class ModelUnavailable(LumoraError):
    """The model cannot answer now: not downloaded, broken file, not enough memory."""

    code = "model_unavailable"
    status = 503


class EngineCrashed(LumoraError):
    """The local engine died while it worked for this request."""

    code = "engine_crashed"
    status = 502


class ProviderError(LumoraError):
    """An OpenAI-speaking server answered with an error or not at all."""

    code = "provider_error"
    status = 502


class DownloadError(LumoraError):
    """A model could not be fetched; what is already here is kept for a resume."""

    code = "download_failed"
    status = 502


class OfflineError(LumoraError):
    """The offline lock is on and this needs a host beyond this machine."""

    code = "offline"
    status = 403


class Unreadable(LumoraError):
    """A file that cannot be read as a document. `code` says why: `encrypted`, `empty`, `damaged`,
    `too_large`, `too_long` (time), `too_much` (memory or output), `unknown_type`, `crashed`.
    """

    status = 422

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class FetchFailed(LumoraError):
    """A web page could not be fetched: refused address, no answer, too large, or not a document."""

    code = "fetch_failed"
    status = 502
