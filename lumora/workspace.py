"""`Workspace` wires and owns everything; it is the public Python API.

    async with await Workspace.open(settings) as workspace:
        turn = await workspace.ask(LOCAL_OWNER, "What is a heat pump?")
        async for batch in workspace.follow(LOCAL_OWNER, turn.id):
            ...

Opening takes the data folder's lock, migrates the database and marks as interrupted what a crash cut off.
Models and the engine are imported and started on first use.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lumora import attached, temporary
from lumora.assistant import LATEST, Assistant, Turn
from lumora.errors import Conflict, InvalidInput, TooLarge
from lumora.guard import egress
from lumora.identity.access import VISITORS, check_quota
from lumora.jobs import Jobs
from lumora.live_log import Batch, Fold
from lumora.observe import log
from lumora.portable.inbox import clear
from lumora.removal import Removal
from lumora.settings import Settings
from lumora.store import DataLock, Message, Store, new_id
from lumora.temporary import Temporary
from lumora.titles import Titles
from lumora.types import Actor, ChatRequest, Event, Sampling

if TYPE_CHECKING:
    from lumora.knowledge.evaluation import Evaluator
    from lumora.knowledge.house import Knowledge
    from lumora.knowledge.library import Library
    from lumora.knowledge.memory import Memory
    from lumora.knowledge.noticing import Noticing
    from lumora.knowledge.recall import Recall
    from lumora.models.roster import Roster
    from lumora.portable.transfer import Transfer
    from lumora.store import Attachment, Setup

_logger = log.get(__name__)
PULL = "pull"
TURN = "turn"
LARGEST_COUNTED = 1_000_000  # bytes
LOGS_KEPT = timedelta(days=7)  # of finished jobs; what they made is kept apart
DELETED_KEPT = timedelta(days=30)


class Workspace:
    """A person's or a team's workspace in one data folder. Every call is for an `Actor`."""

    def __init__(self, settings: Settings, lock: DataLock, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.lock = lock
        self.jobs = Jobs(store.jobs)
        self._titles = Titles(store, self.jobs, self._engine, settings.title_after)
        self.jobs.on_end = self._rested
        self._pulls: dict[str, str] = {}

    @classmethod
    async def open(cls, settings: Settings) -> Workspace:
        """Open the data folder.

        Raises:
            StartupError: another process holds it, it cannot be written, or its database cannot be used.
        """
        egress.lock_offline(settings.offline)
        lock = DataLock(settings.data)
        async with AsyncExitStack() as undo:
            lock.acquire()
            undo.callback(lock.release)
            store = await Store.open(settings.database)
            undo.push_async_callback(store.close)
            workspace = cls(settings, lock, store)
            await workspace._tidy()
            undo.pop_all()
        return workspace

    async def _tidy(self) -> None:
        cut = await self.jobs.recover({TURN: self._fold_of})
        if cut:
            _logger.warning("%d jobs were cut off by the last stop and are marked interrupted", cut)
        await self.store.ingests.recover()
        await self.store.jobs.prune(LOGS_KEPT)
        await self.store.bin.purge(DELETED_KEPT)
        clear(self.settings.data)

    async def close(self) -> None:
        """Save what runs as interrupted, stop the engine, give the data folder back."""
        await self._titles.close()
        if "_noticing" in self.__dict__:
            await self._noticing.close()
        await self.jobs.close()
        if "knowledge" in self.__dict__:
            await self.knowledge.close()
        if "models" in self.__dict__:
            await self.models.close()
        await self.store.close()
        self.lock.release()

    async def __aenter__(self) -> Workspace:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @cached_property
    def models(self) -> Roster:
        """Every model that can answer: installed ones and those of providers."""
        from lumora.models.roster import Roster

        return Roster(self.settings, lambda actor, left, right: self.recall.similar(actor, left, right))

    @cached_property
    def portable(self) -> Transfer:
        """Chats in and out: imports and exports."""
        from lumora.portable.transfer import Transfer

        return Transfer(self.store, self.jobs, self.settings)

    @cached_property
    def knowledge(self) -> Knowledge:
        """Documents, their index, and search."""
        from lumora.knowledge.house import Knowledge

        return Knowledge(self.store, self.jobs, self.settings, self.check_quota)

    @cached_property
    def recall(self) -> Recall:
        """Finds what an answer can rest on."""
        from lumora.knowledge.recall import Recall

        return Recall(self.knowledge.search, self.knowledge.embedders.of())

    @cached_property
    def evaluator(self) -> Evaluator:
        """Asks the golden questions of collections."""
        from lumora.knowledge.evaluation import Evaluator

        known = self.knowledge
        return Evaluator(self.store, self.jobs, known.search, known.embedders, self.recall, self.models)

    @property
    def memory(self) -> Memory:
        """Facts about the person, and what was said before."""
        return self.knowledge.memory

    @property
    def library(self) -> Library:
        """Documents in collections."""
        return self.knowledge.library

    def begin(self) -> None:
        """Do in the background what a server does beside answering; the command line does without."""
        self.knowledge.begin(DELETED_KEPT)

    @cached_property
    def removal(self) -> Removal:
        """Deletes and erases, stopping first what runs."""
        return Removal(self.store, self.jobs, self.settings, lambda: self.knowledge.housekeeping)

    def _engine(self) -> Roster | None:
        """What knows the local engine, without wiring it for that."""
        return self.models if "models" in self.__dict__ else None

    @cached_property
    def _noticing(self) -> Noticing:
        from lumora.knowledge.noticing import Noticing

        learning = self.knowledge.learning
        noticing = Noticing(
            self.jobs, self.store.jobs.create, self._engine, learning.propose, self.settings.title_after
        )
        learning.on_heard = noticing.add
        return noticing

    @cached_property
    def _assistant(self) -> Assistant:
        return Assistant(self.store, self.models, self.settings, lambda: self.recall, lambda: self.memory)

    async def ask(
        self,
        actor: Actor,
        text: str,
        *,
        conversation: str | None = None,
        parent: str | None = LATEST,
        model: str | None = None,
        sampling: Sampling = Sampling(),
        attachments: Sequence[str] = (),
        setup: Setup | None = None,
        assistant: str | None = None,
        collections: Sequence[str] | None = None,
        documents: Sequence[str] = (),
    ) -> Turn:
        """Store a question and start answering it; follow the returned turn by its id.

        Raises as `Assistant.ask`.
        """
        await self._step_aside(actor)
        turn = await self._assistant.ask(
            actor,
            new_id(),
            text,
            conversation=conversation,
            parent=parent,
            model=model,
            sampling=sampling,
            attachments=attachments,
            setup=setup,
            assistant=assistant,
            collections=collections,
            documents=documents,
        )
        return self._run(turn)

    async def regenerate(
        self, actor: Actor, message: str, *, model: str | None = None, sampling: Sampling = Sampling()
    ) -> Turn:
        """Answer the question of `message` once more, beside the answers it has."""
        await self._step_aside(actor)
        turn = await self._assistant.regenerate(actor, new_id(), message, model=model, sampling=sampling)
        return self._run(turn)

    async def resume(self, actor: Actor, message: str, *, sampling: Sampling = Sampling()) -> Turn:
        """Go on with an answer that was cut off."""
        await self._step_aside(actor)
        return self._run(await self._assistant.resume(actor, new_id(), message, sampling=sampling))

    def follow(
        self, actor: Actor, job: str, start: int = 0, idle: float | None = None
    ) -> AsyncGenerator[Batch, None]:
        """The events of a turn or another job from offset `start`, until its last one; see `Jobs.follow`."""
        return self.jobs.follow(actor, job, start, idle)

    async def cancel(self, actor: Actor, job: str) -> str:
        """Stop a turn or another job; what was said is kept. Returns its state."""
        if "knowledge" in self.__dict__:
            await self.knowledge.cancelling(actor, job)
        return await self.jobs.cancel(actor, job)

    async def complete(self, request: ChatRequest) -> AsyncGenerator[Event, None]:
        """The stateless answer behind `/v1`: the model's events, nothing stored.

        Raises:
            UnknownModel, ModelUnavailable, Busy, PromptTooLong, ProviderError, EngineCrashed
        """
        await self._step_aside()
        name, model = await self.models.choose(request.model or None)
        return model.stream(replace(request, model=name))

    async def temporary(
        self, actor: Actor, chat: Temporary, idle: float | None = None
    ) -> AsyncGenerator[Batch, None]:
        """Answer a temporary chat: its events in batches, nothing stored. Leaving early stops the answer.

        Raises as `lumora.temporary.answer`.
        """
        await self._step_aside()
        events = await temporary.answer(
            self.store, self.models, self.settings, actor, chat, lambda: self.recall
        )
        return self.jobs.unkept(actor, events, idle)

    async def tokens(self, text: str, model: str | None = None) -> tuple[int, bool]:
        """Tokens of a text for `model`, by default the one that answers, and whether they were counted.

        Nothing is loaded for it: without the model in the engine it is an estimate.

        Raises:
            TooLarge: over a million bytes.
        """
        if len(text.encode("utf-8", "replace")) > LARGEST_COUNTED:
            raise TooLarge(
                f"The text has over {LARGEST_COUNTED:,} bytes.", hint="Count its parts one after another."
            )
        return await self.models.tokens(text, model)

    async def attach(self, actor: Actor, name: str, body: bytes) -> Attachment:
        """Keep an uploaded text, to go along with a question.

        Raises:
            InvalidInput: it is not text, or empty. TooLarge: it is too long, or a visitor keeps too much.
        """
        await self.check_quota(actor)
        text = await asyncio.to_thread(attached.read, name, body)
        return await self.store.attachments.add(actor, attached.shown(name), text, attached.lines(text))

    async def pull(self, actor: Actor, name: str) -> str:
        """Start downloading the catalogue row `name`, or join the download that runs. Returns its job.

        Raises:
            UnknownModel: no such row. Conflict: it is installed already.
        """
        row = self.models.row(name)
        if self.models.installed.has(row.name):
            raise Conflict(f"{row.title} is installed already.")
        running = self.pulling(row.name)
        return running or await self._start_pull(actor, row.name, self.models.download(row))

    async def add(self, actor: Actor, reference: str) -> str:
        """Start installing a GGUF file or a hub reference that is not in the catalogue. Returns its job."""
        if not reference.strip():
            raise InvalidInput(
                "No model was named.", hint="Give a GGUF file or owner/repository:quantisation."
            )
        return await self._start_pull(actor, reference, self.models.installed.add(reference))

    def pulling(self, name: str) -> str | None:
        """The job that is downloading `name` now, if one is."""
        job = self._pulls.get(name)
        return job if job is not None and self.jobs.is_running(job) else None

    async def check_quota(self, actor: Actor, more: int = 0) -> None:
        """Refuse `more` bytes of a visitor who keeps all that settings allow. Raises TooLarge."""
        if actor.tenant == VISITORS:
            check_quota(await self.store.everything.bytes_used(actor) + more, self.settings)

    async def status(self) -> Mapping[str, Any]:
        """What the page shows of the whole: offline lock, hosts that may be contacted, access, engine."""
        s = self.settings
        providers = [{"name": p.name, "base_url": p.base_url} for p in s.providers]
        engine = self.models.engine_status() if "models" in self.__dict__ else {"model": None}
        return {"offline": s.offline, "providers": providers, "access": s.access, "engine": engine}

    def _run(self, turn: Turn) -> Turn:
        self.jobs.start(turn.actor, turn.id, self._assistant.run(turn), self._assistant.fold(turn.answer))
        self.knowledge.learning.heard(turn.actor, turn.question.conversation, turn.question.id)
        return turn

    async def _step_aside(self, actor: Actor | None = None) -> None:
        """What is done in idle time makes way for somebody who asks."""
        await self._titles.step_aside(actor)
        await self._noticing.step_aside()

    def _rested(self) -> None:
        self._titles.rest()
        if "_noticing" in self.__dict__:
            self._noticing.rest()
        if "knowledge" in self.__dict__:
            self.knowledge.rest()

    async def _start_pull(self, actor: Actor, name: str, work: AsyncGenerator[Event, None]) -> str:
        row = await self.store.jobs.create(actor, PULL, name, new_id())
        self._pulls[name] = row.id
        self.jobs.start(actor, row.id, work)
        return row.id

    async def _fold_of(self, actor: Actor, job: str) -> Fold:
        answer: Message = await self.store.messages.by_turn(actor, job)
        return Assistant.fold(answer)
