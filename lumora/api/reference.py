"""`python -m lumora.api.reference` prints docs/api.md from the OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

HEAD = """# HTTP API

Made by `make docs` from the code; the whole description is at `/openapi.json` of a running Lumora.

On loopback with `access = "owner"` no credential is needed. Otherwise send the passcode as a bearer token.
A turn's events come as server-sent events: `id` is the offset, `event` the type, `data` the event as JSON;
`Last-Event-ID` or `?from=` resumes. Errors below `/api` are `{"error": {"code", "message", "hint"}}`,
below `/v1` OpenAI's error objects.

```bash
curl -N 127.0.0.1:7860/api/v1/chat/ask -H 'Content-Type: application/json' -d '{"text": "Why is it blue?"}'
```

```python
from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:7860/v1", api_key="unused")
```

| method | path | what it does |
| --- | --- | --- |
"""

EVENTS = """
## Events

| type | fields | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """The page as Markdown: routes, then events."""
    return HEAD + "".join(_routes()) + EVENTS + "".join(_events())


def _routes() -> Iterator[str]:
    from lumora.api.app import build

    described: dict[str, Any] = build(None).openapi()  # describing needs no workspace
    for path, calls in described["paths"].items():
        for method, call in calls.items():
            text = " ".join(call["description"].split("\n\n")[0].split())
            yield f"| {method.upper()} | `{path}` | {text} |\n"


def _events() -> Iterator[str]:
    from dataclasses import fields

    from lumora.types import EVENT_TYPES

    for name, cls in EVENT_TYPES.items():
        meaning = " ".join((cls.__doc__ or "").split())
        yield f"| `{name}` | {', '.join(f'`{f.name}`' for f in fields(cls))} | {meaning} |\n"


if __name__ == "__main__":
    print(page(), end="")
