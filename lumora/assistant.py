"""START HERE: one turn, step by step.

    set up    which instructions, sampling and model hold for it (`lumora.setup`)
    route     which model answers; before anything is stored, so that without one the question stays a draft
    store     the question and the place for its answer, in one transaction (`ask`, `regenerate`, `resume`)
    recall    the conversation so far, from the question back to its root, with what was attached to it; and
              where documents are to be asked, the passages found in them (`lumora.knowledge.recall`)
    respond   the model's own stream of events; without a model, the sentences of the passages that answer
    check     each sentence against the passages while the answer streams (`lumora.cited`)
    keep      done by `lumora.jobs`: every event as it is said, the answer when it ends (`fold`)

What a model copes with by itself (too long a conversation, a busy engine) it says as events of its stream.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from lumora import attached, cited, remembered
from lumora.errors import Conflict, InvalidInput, LumoraError, TooLarge
from lumora.jobs import said
from lumora.live_log import Fold
from lumora.observe import log
from lumora.ports import Memory, Recollection, Retrieval
from lumora.settings import Settings
from lumora.setup import Router, check, gather
from lumora.types import (
    EXTRACTIVE,
    Actor,
    ChatMessage,
    ChatRequest,
    Done,
    Event,
    Failed,
    MessageState,
    Notice,
    Recalled,
    Remembered,
    Sampling,
    Span,
    Started,
)

if TYPE_CHECKING:
    from lumora.store import AnswerResult, Attachment, Conversation, Message, Setup, Store

LONGEST_QUESTION = 1_000_000
TITLE_LENGTH = 60
LATEST = "latest"
_logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class How:
    """Who answers, by which instructions, from which collections, and what to tell the person about that."""

    model: str
    instructions: str = ""
    sampling: Sampling = Sampling()
    notices: tuple[Notice, ...] = ()
    collections: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored turn and how it is answered. Its answer holds text already when it is being continued."""

    actor: Actor
    id: str
    question: Message
    answer: Message
    how: How

    @property
    def model(self) -> str:
        """The full name of the model that answers."""
        return self.how.model


class Assistant:
    """Answers. Everything it does is for the `Actor` it is given."""

    def __init__(
        self,
        store: Store,
        router: Router,
        settings: Settings,
        retrieval: Callable[[], Retrieval] | None = None,
        memory: Callable[[], Memory] | None = None,
    ) -> None:
        self._store = store
        self._router = router
        self._settings = settings
        self._retrieval = retrieval
        self._memory = memory

    async def ask(
        self,
        actor: Actor,
        turn: str,
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
        """Store a question, in a new conversation if none is named, and the place for its answer.

        It goes below the message `parent`, by default the newest one; None starts a branch at the root.
        `attachments` are ids of stored ones. `setup` is kept with a new conversation. `assistant` answers
        this question alone, and it is answered from `collections` in place of the conversation's, or from
        `documents` alone.

        Raises:
            InvalidInput: an empty question, too many attachments, or a `setup` for a conversation there is.
            TooLarge: over `LONGEST_QUESTION` characters.
            NotFound: unknown conversation, parent, attachment, assistant, project, collection or document.
            UnknownModel, ModelUnavailable: nobody to ask.
        """
        from lumora.store import Setup

        files = await self._attached(actor, attachments)
        check_text(text, files)
        chat = await self._chat(actor, conversation, setup)
        if documents:
            collections = await cited.holding(self._store, actor, documents)
        how = await self._how(actor, chat, model, sampling, assistant, collections=collections)
        how = replace(how, documents=tuple(documents))
        if parent == LATEST:
            parent = await self._store.messages.latest(actor, conversation) if conversation else None
        _, question, answer = await self._store.messages.begin_turn(
            actor,
            conversation=conversation,
            title=title_of(text.strip() or files[0].name),
            parent=parent,
            text=text,
            model=how.model,
            turn=turn,
            attachments=[_named(file) for file in files],
            setup=setup or Setup(),
            collections=collections,
            documents=documents,
        )
        return Turn(actor, turn, question, answer, how)

    async def regenerate(
        self,
        actor: Actor,
        turn: str,
        message: str,
        *,
        model: str | None = None,
        sampling: Sampling = Sampling(),
    ) -> Turn:
        """Store the place for another answer to the question `message`, or to the one it answers.

        Raises:
            NotFound, UnknownModel, ModelUnavailable
        """
        found = await self._store.messages.get(actor, message)
        question = found if found.role == "user" else await self._parent(actor, found)
        chat = await self._store.conversations.get(actor, question.conversation)
        before = await self._chosen_before(actor, question)
        chosen, documents = before.get("collections"), tuple(before.get("documents", ()))
        how = await self._how(actor, chat, model, sampling, collections=chosen, stored=True)
        answer = await self._store.messages.begin_answer(
            actor, question=question.id, model=how.model, turn=turn, collections=chosen, documents=documents
        )
        how = replace(how, documents=documents)
        return Turn(actor, turn, question, answer, how)

    async def resume(self, actor: Actor, turn: str, message: str, *, sampling: Sampling = Sampling()) -> Turn:
        """Go on with an answer that was cut off: its text stays and the model writes on after it.

        Raises:
            Conflict: it is complete or still being written. NotFound, UnknownModel, ModelUnavailable
        """
        answer = await self._store.messages.get(actor, message)
        if answer.role != "assistant" or answer.state not in ("interrupted", "cancelled", "failed"):
            raise Conflict("This answer cannot be continued.", hint="Only an answer that was cut off can.")
        question = await self._parent(actor, answer)
        chat = await self._store.conversations.get(actor, question.conversation)
        chosen = (answer.sources or {}).get("collections")
        how = await self._how(actor, chat, None, sampling, wish=answer.model, collections=chosen, stored=True)
        how = replace(how, documents=tuple((answer.sources or {}).get("documents", ())))
        answer = await self._store.messages.reopen(actor, answer.id, turn, how.model)
        return Turn(actor, turn, question, answer, how)

    async def run(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """Say the events of a stored turn, first `Started`, last the model's `Done`.

        Raises:
            LumoraError: whatever kept the model from answering.
        """
        yield Started(turn.id, turn.question.conversation, turn.question.id, turn.answer.id, turn.model)
        for notice in turn.how.notices:
            yield notice
        _, model = await self._router.choose(turn.model)
        request = await self._recall(turn)
        if items := await self._remembered(turn):
            yield Remembered(items)
            request = remembered.asked(request, items)
        if not turn.how.collections or self._retrieval is None:
            async with aclosing(model.stream(request)) as events:
                async for event in events:
                    yield event
            return
        retrieval = self._retrieval()
        found = await self._found(turn, retrieval, request)
        similar = partial(retrieval.similar, turn.actor)
        async with aclosing(cited.turn(model, request, found, similar, turn.answer.text)) as events:
            async for event in events:
                yield event

    @staticmethod
    def fold(answer: Message) -> Fold:
        """How the events of a turn become the kept `answer`."""

        def result(events: list[Event], state: str) -> AnswerResult:
            from lumora.store import AnswerResult

            text, reasoning, usage = said(events)
            last = events[-1]
            sources, checks, brought = cited.evidence(answer, events)
            failed = last if isinstance(last, Failed) else None
            kept: MessageState = "complete" if state == "done" else state  # type: ignore[assignment]
            return AnswerResult(
                id=answer.id,
                text=answer.text + text,
                reasoning=answer.reasoning + reasoning,
                state=kept,
                usage=asdict(usage) if usage else None,
                hosts=last.hosts if isinstance(last, Done | Failed) else (),
                error=asdict(failed) if failed else None,
                reason=last.reason if isinstance(last, Done) else None,
                sources=sources,
                checks=checks,
                remembered=brought,
            )

        return result

    async def _recall(self, turn: Turn) -> ChatRequest:
        path = await self._store.messages.path(turn.actor, turn.question.id)
        texts = await self._store.attachments.texts(
            turn.actor, [a["id"] for m in path for a in m.attachments]
        )
        read = [ChatMessage(m.role, _with_attachments(m, texts)) for m in path]
        if turn.answer.text:
            read.append(ChatMessage("assistant", turn.answer.text))
        if turn.how.instructions:
            read.insert(0, ChatMessage("system", turn.how.instructions))
        said_before = tuple(message for message in read if message.content)
        who = turn.actor
        return ChatRequest(turn.model, said_before, turn.how.sampling, client=client_of(who), actor=who)

    async def _remembered(self, turn: Turn) -> tuple[Recalled, ...]:
        """What memory adds to the question; nothing for what quotes without a model."""
        if self._memory is None or turn.model == EXTRACTIVE:
            return ()
        try:
            return await self._memory().recall(turn.actor, turn.question.text, turn.question.conversation)
        except LumoraError as e:  # it is answered all the same
            _logger.warning("nothing is remembered for a question: %s", e.message)
            return ()

    async def _found(self, turn: Turn, retrieval: Retrieval, request: ChatRequest) -> Recollection:
        """Passages for the question; those it has already when its answer is being continued."""
        kept = turn.answer.sources or {}
        if turn.answer.text and "spans" in kept:
            spans = tuple(Span(**span) for span in kept["spans"])
            return Recollection(spans, kept["enough"], query=turn.question.text)
        said = [m for m in request.messages if m.role in ("user", "assistant")]
        before = said[: -2 if turn.answer.text else -1]
        budget = await cited.budget(self._store, turn.actor, turn.model, self._settings.recall_seconds)
        collections, documents = turn.how.collections, turn.how.documents
        found = await retrieval.recall(
            turn.actor, _words_of(turn.question), before, collections, budget, documents=documents
        )
        await self._store.traces.put(turn.actor, turn.answer.id, found.trace)
        return found

    async def _chosen_before(self, actor: Actor, question: Message) -> dict[str, list[str]]:
        """The `collections` and `documents` that a question was asked of in place of its conversation's."""
        for message in await self._store.messages.of_conversation(actor, question.conversation):
            if message.parent == question.id and "collections" in (message.sources or {}):
                kept: dict[str, Any] = message.sources or {}
                return {name: kept[name] for name in ("collections", "documents") if name in kept}
        return {}

    async def _attached(self, actor: Actor, ids: Sequence[str]) -> list[Attachment]:
        attached.check_count(len(ids))
        return await self._store.attachments.some(actor, list(dict.fromkeys(ids)))

    async def _chat(
        self, actor: Actor, conversation: str | None, setup: Setup | None
    ) -> Conversation | Setup:
        from lumora.store import Setup

        if conversation is None:
            await check(self._store, self._router, actor, setup or Setup())
            return setup or Setup()
        if setup is not None:
            raise InvalidInput(
                "Only a new conversation can be given a setup.", hint="Change this one's by PATCH instead."
            )
        return await self._store.conversations.get(actor, conversation)

    async def _how(
        self,
        actor: Actor,
        chat: Conversation | Setup,
        model: str | None,
        sampling: Sampling,
        assistant: str | None = None,
        wish: str | None = None,
        collections: Sequence[str] | None = None,
        stored: bool = False,
    ) -> How:
        default = self._settings.system_prompt
        held = await gather(self._store, actor, default, chat, mention=assistant, asked=sampling)
        chosen = await cited.chosen(self._store, actor, held.collections, collections, stored=stored)
        wishes = (wish, *held.models) if wish else held.models
        name, notices = await cited.who(self._router, wishes, model, chosen)
        return How(name, held.instructions, held.sampling, notices, chosen)

    async def _parent(self, actor: Actor, answer: Message) -> Message:
        if answer.parent is None:
            raise Conflict("This answer has no question.", hint="Ask again instead.")
        return await self._store.messages.get(actor, answer.parent)


def _named(file: Attachment) -> dict[str, object]:
    return {"id": file.id, "name": file.name, "bytes": file.bytes, "lines": file.lines}


def _with_attachments(message: Message, texts: dict[str, str]) -> str:
    found = [(a["name"], texts[a["id"]]) for a in message.attachments if a["id"] in texts]
    return attached.enclosed(message.text, found)


def _words_of(question: Message) -> str:
    """What documents are searched for: the question, or with no words of its own what is attached to it."""
    return question.text.strip() or " ".join(str(a["name"]) for a in question.attachments)


def client_of(actor: Actor) -> str:
    """The key by which the fair queue takes turns."""
    return f"{actor.tenant}/{actor.user}"


def check_text(text: str, attachments: Sequence[object] = ()) -> None:
    """Refuse a question that says nothing and has nothing attached, or that is far too long.

    Raises:
        InvalidInput, TooLarge
    """
    if not text.strip() and not attachments:
        raise InvalidInput("The question is empty.", hint="Type something to ask.")
    if len(text) > LONGEST_QUESTION:
        raise TooLarge(
            f"The question has {len(text):,} characters; {LONGEST_QUESTION:,} are the most.",
            hint="Shorten it, or attach it as a file.",
        )


def title_of(text: str) -> str:
    """The first words of a question, as the name of its conversation."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0]
    return f"{cut or line[: TITLE_LENGTH - 1]}…"
