"""Who can answer: installed models through the local engine, and the providers named in settings.

A local model goes by its name (`smollm2-135m`), a provider's by `provider/model`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lumora.errors import LumoraError, ModelUnavailable
from lumora.models import catalog
from lumora.models.context import CHARS_PER_TOKEN
from lumora.models.extractive import ActorSimilar, Extractive
from lumora.models.installed import Installed
from lumora.models.openai_compatible import OpenAICompatible
from lumora.models.plan import Machine, fits, measure_machine
from lumora.ports import ChatModel
from lumora.settings import Settings
from lumora.types import EXTRACTIVE, ChatRequest, Event, Sampling

if TYPE_CHECKING:
    from lumora.models.engine import LocalEngine

LIST_SECONDS = 60.0
PATIENCE = 5.0  # seconds a provider may take to list its models before the page goes on without


class _Remote:
    """One model of a provider."""

    def __init__(self, server: OpenAICompatible, model: str) -> None:
        self._server = server
        self._model = model

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """The provider knows the model by its bare name."""
        return self._server.stream(replace(request, model=self._model))


class _Local:
    """An installed model, sampled as its makers recommend wherever the request leaves it open."""

    def __init__(self, engine: LocalEngine, recommended: Mapping[str, float]) -> None:
        self._engine = engine
        self._recommended = recommended

    def stream(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """The engine's answer."""
        asked = {k: v for k, v in asdict(request.sampling).items() if v is not None}
        sampling = Sampling(**{**self._recommended, **asked})
        return self._engine.stream(replace(request, sampling=sampling))


class Roster:
    """The models of one workspace. `similar` gives the cosines by which documents are quoted without one."""

    def __init__(self, settings: Settings, similar: ActorSimilar | None = None) -> None:
        self._settings = settings
        self._similar = similar
        self.installed = Installed(settings.models)
        self._servers = {p.name: OpenAICompatible.of(p) for p in settings.providers}
        self._listed: dict[str, tuple[float, list[str]]] = {}

    @cached_property
    def _engine(self) -> LocalEngine:
        from lumora.models.engine import LocalEngine

        return LocalEngine(self._settings, self.installed.resolve)

    async def choose(self, name: str | None) -> tuple[str, ChatModel]:
        """The full name and the model for `name`, or for none the default.

        Raises:
            UnknownModel: nothing goes by that name. ModelUnavailable: there is no model at all.
        """
        full = name or await self.default()
        if full == EXTRACTIVE:
            return full, Extractive(self._similar)
        provider, _, model = full.partition("/")
        if model and provider in self._servers:
            return full, _Remote(self._servers[provider], model)
        self.installed.resolve(full)
        recommended = next((r.sampling for r in catalog.rows() if r.name == full), {})
        return full, _Local(self._engine, recommended)

    async def default(self) -> str:
        """The model that answers when none is named.

        Raises:
            ModelUnavailable: nothing is installed and no provider is configured.
        """
        if self._settings.model:
            return self._settings.model
        local = self.installed.default_chat()
        if local is not None:
            return local
        for provider in self._settings.providers:
            for model in await self._offered(provider.name):
                return f"{provider.name}/{model}"
        raise ModelUnavailable(
            "No chat model is installed.",
            hint="Download the starter model first: lumora models pull --starter.",
        )

    async def tokens(self, text: str, model: str | None = None) -> tuple[int, bool]:
        """Tokens of a text for a model, by default the one that answers, and whether the engine counted.

        Only a loaded engine counts; otherwise 3.5 characters are taken for a token.
        """
        try:
            name = model or await self.default()
            counted = await self._engine.count(name, text) if "_engine" in self.__dict__ else None
        except LumoraError:  # no such model, or an engine that dies meanwhile
            counted = None
        if counted is not None:
            return counted, True
        return math.ceil(len(text) / CHARS_PER_TOKEN), False

    async def names(self) -> list[str]:
        """The full names of all models that can answer now."""
        local = [m.name for m in self.installed.list() if m.task == "chat"]
        remote = [f"{p}/{m}" for p in self._servers for m in await self._offered(p)]
        return [*local, *remote]

    def row(self, name: str) -> catalog.Row:
        """The catalogue's row. Raises UnknownModel."""
        return catalog.row(name)

    def download(self, row: catalog.Row) -> AsyncGenerator[Event, None]:
        """Fetch and install `row`; closing the generator cancels and keeps the part for a resume."""
        from lumora.models.download import download

        return download(row, self._settings.models, settings=self._settings)

    async def remove(self, name: str) -> None:
        """Remove an installed model's files; the engine lets go of it first.

        Raises:
            UnknownModel
        """
        if "_engine" in self.__dict__ and self._engine.status()["model"] == name:
            await self._engine.unload()
        self.installed.remove(name)

    async def listing(self) -> list[dict[str, Any]]:
        """A row for every model, installed, to be had, or a provider's, as the API shows it."""
        try:
            default = await self.default()
        except LumoraError:
            default = ""
        installed = {m.name: m for m in self.installed.list()}
        usable = {m.name for m in installed.values() if m.usable}
        machine = measure_machine()
        known = [self._known(row, machine, row.name in usable, default) for row in catalog.rows()]
        named = {row["name"] for row in known}
        added = [self._added(m, machine, default) for m in installed.values() if m.name not in named]
        taken = self._taken()
        local = [{**row, "memory": taken.get(row["name"], row["memory"])} for row in (*known, *added)]
        return [*local, *await self._remote_rows(default)]

    def _taken(self) -> dict[str, int]:
        """The memory of what is loaded: bytes by the name of its model."""
        engine = self.engine_status()
        return {engine["model"]: engine["memory"]} if engine["model"] and engine["memory"] else {}

    def engine_status(self) -> Mapping[str, Any]:
        """What the local engine is doing; `model` is None while nothing is loaded."""
        return self._engine.status() if "_engine" in self.__dict__ else {"model": None}

    @property
    def busy(self) -> bool:
        """Whether the local engine works or loads for anybody."""
        return "_engine" in self.__dict__ and self._engine.busy

    def loaded(self) -> tuple[str, ChatModel] | None:
        """The name of the local model in memory, and the model; None while there is none."""
        name = self.engine_status()["model"]
        return (name, self._engine) if name else None

    def size(self, name: str) -> int:
        """Bytes of an installed model; 0 for none."""
        return next((m.bytes for m in self.installed.list() if m.name == name), 0)

    async def close(self) -> None:
        """Stop the engine and close connections."""
        if "_engine" in self.__dict__:
            await self._engine.close()
        for server in self._servers.values():
            await server.close()

    def _known(self, row: catalog.Row, machine: Machine, installed: bool, default: str) -> dict[str, Any]:
        fit = catalog.fit(row, machine)
        return _listed(
            name=row.name,
            title=row.title,
            task=row.task,
            license=row.license,
            bytes=row.bytes,
            context=row.context,
            languages=list(row.languages),
            installed=installed,
            starter=row.starter,
            fits=fit.fits,
            fit_reason=fit.reason,
            memory=fit.needed_bytes,
            default=row.name == default,
            note=row.note,
        )

    def _added(self, model: Any, machine: Machine, default: str) -> dict[str, Any]:
        return _listed(
            name=model.name,
            title=model.name,
            task=model.task,
            bytes=model.bytes,
            installed=model.usable,
            default=model.name == default,
            note=model.note,
            memory=fits(model.bytes, 0, 0, machine).needed_bytes,
        )

    async def _remote_rows(self, default: str) -> list[dict[str, Any]]:
        names = [(p, f"{p}/{m}") for p in self._servers for m in await self._offered(p)]
        return [
            _listed(name=full, title=full, provider=p, installed=True, default=full == default)
            for p, full in names
        ]

    async def _offered(self, provider: str) -> list[str]:
        """A provider's models: those settings name, else what it lists, asked at most once a minute."""
        row = next(p for p in self._settings.providers if p.name == provider)
        if row.models:
            return list(row.models)
        asked, found = self._listed.get(provider, (0.0, []))
        if time.monotonic() - asked > LIST_SECONDS or not asked:
            try:
                found = await asyncio.wait_for(self._servers[provider].models(), PATIENCE)
            except (LumoraError, TimeoutError):
                found = []  # a provider that is down offers nothing now; asking it says why
            self._listed[provider] = (time.monotonic(), found)
        return found


def _listed(**values: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "task": "chat",
        "license": "",
        "bytes": 0,
        "context": 0,
        "languages": [],
        "installed": False,
        "starter": False,
        "fits": True,
        "fit_reason": "",
        "provider": None,
        "default": False,
        "note": "",
        "memory": None,
    }
    return {**empty, **values}
