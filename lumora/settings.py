"""Frozen settings: one table of name, default and help, read once from the environment and one file.

Each field is set by `LUMORA_<NAME>` or by the same name in `lumora.toml` inside the data folder; the
environment wins. Secrets are never fields: a provider names the environment variable that holds its key.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from lumora.errors import StartupError

Access = Literal["owner", "passcode", "visitors"]
Engine = Literal["xllamacpp", "llama-cpp-python"]
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenAI-speaking server. `key_env` names the environment variable with its key, if it wants one."""

    name: str
    base_url: str
    key_env: str = ""
    models: tuple[str, ...] = ()
    context: int = 0


def _default_data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("lumora", appauthor=False)


def _setting(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with defaults that are safe on a laptop. See docs/settings.md for the same as a page."""

    data: Path = field(
        default_factory=_default_data,
        metadata={"help": "Folder for the database, models, logs and backups."},
    )
    host: str = _setting(
        "127.0.0.1", "Address to listen on. Beyond loopback, set access to passcode or visitors."
    )
    port: int = _setting(7860, "Port to listen on.")
    access: Access = field(
        default="owner",
        metadata={"help": "Who may use it: owner (loopback only), passcode, or visitors."},
    )
    passcode_file: str = _setting(
        "", "File holding the passcode. Without it, LUMORA_PASSCODE or one made at start."
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (), "Host names the server answers to beside localhost, 127.0.0.1 and [::1]."
    )
    allowed_origins: tuple[str, ...] = _setting((), "Web origins beside our own that may call the API.")
    frame_ancestors: tuple[str, ...] = _setting((), "Web origins that may show Lumora in a frame.")
    offline: bool = _setting(False, "Refuse every connection beyond this machine, down to the socket.")
    model: str = _setting("", "Model to answer with; empty picks the best installed one.")
    system_prompt: str = _setting(
        "You are a helpful AI assistant named Lumora.",
        "Instructions placed before every conversation.",
    )
    engine: Engine = field(
        default="xllamacpp", metadata={"help": "Local engine: xllamacpp or llama-cpp-python."}
    )
    context: int = _setting(0, "Tokens a conversation may span with a local model; 0 sizes it from memory.")
    slots: int = _setting(0, "Answers the local engine works on at once; 0 sizes it from memory.")
    threads: int = _setting(0, "Threads of the local engine; 0 takes the physical cores.")
    idle_minutes: float = _setting(
        15.0, "Minutes without use after which the local engine gives its memory back."
    )
    title_after: float = _setting(
        3.0, "Seconds of rest after which the loaded local model writes titles of conversations; 0 for never."
    )
    recall_seconds: float = _setting(
        4.0, "Seconds of reading that passages of documents may add to a question."
    )
    queue_limit: int = _setting(32, "Requests that may wait for the local engine before callers get 429.")
    max_body: int = _setting(4_000_000, "Largest request body in bytes.")
    max_import: int = _setting(512_000_000, "Largest file of chats that can be imported, in bytes.")
    max_document: int = _setting(100_000_000, "Largest document that can be added, in bytes.")
    folder_seconds: float = _setting(
        60.0, "Seconds between looks at folders that collections are kept in step with; 0 for never."
    )
    visitor_megabytes: int = _setting(20, "What each visitor may keep, text and files, in megabytes.")
    log_level: str = _setting("info", "debug, info, warning or error.")
    embedder: str = _setting(
        "all-minilm-l6-v2",
        "Model that turns text into vectors, for new collections; `name:512` keeps the first 512 dimensions.",
    )
    reranker: str = _setting(
        "", "Model that sorts what a search found anew, such as ms-marco-minilm-l6-v2; empty for none."
    )
    providers: tuple[Provider, ...] = _setting(
        (), "OpenAI-speaking servers, as [[providers]] tables in lumora.toml."
    )

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "lumora.db"

    @property
    def models(self) -> Path:
        """Folder of installed models."""
        return self.data / "models"

    @property
    def files(self) -> Path:
        """Folder of the original files of documents."""
        return self.data / "files"

    @property
    def index(self) -> Path:
        """Folder of the vector index, which can always be made again from the database."""
        return self.data / "index"

    @property
    def logs(self) -> Path:
        """Folder of the log and its older parts."""
        return self.data / "logs"

    @property
    def backups(self) -> Path:
        """Folder of the snapshots made before the database is brought up to date."""
        return self.data / "backups"


def _convert(name: str, kind: str, value: Any) -> Any:
    try:
        if kind == "Path":
            return Path(str(value)).expanduser().absolute()
        if kind == "int":
            return int(value)
        if kind == "float":
            return float(value)
        if kind == "bool":
            return _boolean(value)
        if kind == "tuple[str, ...]":
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(p).strip() for p in parts if str(p).strip())
        if kind == "tuple[Provider, ...]":
            return tuple(_provider(p) for p in value)
    except (TypeError, ValueError, AttributeError) as e:
        raise StartupError(
            f"The setting {name} cannot be {value!r}.", hint=f"It must be of the form {kind}."
        ) from e
    choices = {"Access": get_args(Access), "Engine": get_args(Engine)}.get(kind)
    if choices and value not in choices:
        raise StartupError(
            f"The setting {name} cannot be {value!r}.", hint=f"Choose one of {', '.join(choices)}."
        )
    return str(value)


def _provider(table: Mapping[str, Any]) -> Provider:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    return Provider(**values)


def _boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise ValueError(value)
    return word in _TRUE


def load(env: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from `given`, else the environment, else `lumora.toml` in the data folder, else defaults.

    Raises:
        StartupError: a value does not fit, the file is not TOML, or it names an unknown setting.
    """
    env = os.environ if env is None else env
    kinds = {f.name: str(f.type) for f in fields(Settings)}
    named = {n: env[f"LUMORA_{n.upper()}"] for n in kinds if f"LUMORA_{n.upper()}" in env} | given
    data = _convert("data", "Path", named["data"]) if "data" in named else _default_data()
    path = data / "lumora.toml"
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as e:
        raise StartupError(
            f"The settings file {path} cannot be read: {e}", hint="Correct or remove it."
        ) from e
    unknown = sorted(set(stored) - set(kinds))
    if unknown:
        raise StartupError(
            f"{path} names an unknown setting: {unknown[0]}.", hint="docs/settings.md lists them all."
        )
    merged = {**stored, **named, "data": data}
    return Settings(**{n: _convert(n, kinds[n], v) for n, v in merged.items()})


_PAGE = """# Settings

Each setting is read from the environment, else from `lumora.toml` in the data folder, else it has its
default. In the environment a list is separated by commas and a yes or no is `true` or `false`.
This page is generated: `python -m lumora.settings > docs/settings.md`.

| In lumora.toml | In the environment | Default | What it does |
| --- | --- | --- | --- |
{rows}

Two things are never in the file, because they are secrets:

- The passcode: in the file that `passcode_file` names, or in `LUMORA_PASSCODE`. Without either, one is
  made at the first start and shown on the terminal, once; Lumora keeps its hash alone. Delete
  `passcode.hash` in the data folder to have another made. A new passcode ends every session.
- The key of a provider: in the environment variable that `key_env` names.

A provider is a table of its own:

```toml
[[providers]]
name = "work"
base_url = "https://models.example.com/v1"
key_env = "WORK_API_KEY"
models = ["large"]
context = 32768
```
"""


def page() -> str:
    """docs/settings.md."""
    return _PAGE.format(rows="\n".join(_row(f) for f in fields(Settings)))


def _row(setting: Field[Any]) -> str:
    by_environment = "" if setting.name == "providers" else f"`LUMORA_{setting.name.upper()}`"
    by_file = "" if setting.name == "data" else f"`{setting.name}`"
    return f"| {by_file} | {by_environment} | {_default(setting)} | {setting.metadata['help']} |"


def _default(setting: Field[Any]) -> str:
    if setting.name == "data":
        return "the user's data folder, on Linux `~/.local/share/lumora`"
    if isinstance(setting.default, bool):
        return f"`{str(setting.default).lower()}`"
    return f"`{setting.default}`" if setting.default not in ("", ()) else ""


if __name__ == "__main__":
    sys.stdout.write(page())
