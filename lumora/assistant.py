"""START HERE: one turn, step by step.

    route     which model answers; before anything is stored, so that without one the question stays a draft
    store     the question and the place for its answer, in one transaction (`ask`, `regenerate`, `resume`)
    recall    the conversation so far, from the question back to its root
    respond   the model's own stream of events
    keep      done by `lumora.jobs`: every event as it is said, the answer when it ends (`fold`)

What a model copes with by itself (too long a conversation, a busy engine) it says as events of its stream.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from lumora.errors import Conflict, InvalidInput, TooLarge
from lumora.jobs import Fold, said
from lumora.ports import ChatModel
from lumora.settings import Settings
from lumora.types import (
    Actor,
    ChatMessage,
    ChatRequest,
    Done,
    Event,
    Failed,
    MessageState,
    Sampling,
    Started,
)

if TYPE_CHECKING:
    from lumora.store import AnswerResult, Message, Store

LONGEST_QUESTION = 1_000_000
TITLE_LENGTH = 60
LATEST = "latest"


class Router(Protocol):
    """Finds who answers."""

    async def choose(self, name: str | None) -> tuple[str, ChatModel]:
        """The full name and the model for `name`, or for none the default.

        Raises:
            UnknownModel, ModelUnavailable
        """
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """A stored turn. Its answer holds text already when it is being continued."""

    actor: Actor
    id: str
    question: Message
    answer: Message
    model: str
    sampling: Sampling = Sampling()


class Assistant:
    """Answers. Everything it does is for the `Actor` it is given."""

    def __init__(self, store: Store, router: Router, settings: Settings) -> None:
        self._store = store
        self._router = router
        self._settings = settings

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
    ) -> Turn:
        """Store a question, in a new conversation if none is named, and the place for its answer.

        It goes below the message `parent`, by default the newest one; None starts a branch at the root.

        Raises:
            InvalidInput: an empty question. TooLarge: over `LONGEST_QUESTION` characters.
            NotFound: unknown conversation or parent. UnknownModel, ModelUnavailable: nobody to ask.
        """
        _check_text(text)
        name, _ = await self._router.choose(model)
        if parent == LATEST:
            parent = await self._store.messages.latest(actor, conversation) if conversation else None
        _, question, answer = await self._store.messages.begin_turn(
            actor,
            conversation=conversation,
            title=title_of(text),
            parent=parent,
            text=text,
            model=name,
            turn=turn,
        )
        return Turn(actor, turn, question, answer, name, sampling)

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
        name, _ = await self._router.choose(model)
        found = await self._store.messages.get(actor, message)
        question = found if found.role == "user" else await self._parent(actor, found)
        answer = await self._store.messages.begin_answer(actor, question=question.id, model=name, turn=turn)
        return Turn(actor, turn, question, answer, name, sampling)

    async def resume(self, actor: Actor, turn: str, message: str, *, sampling: Sampling = Sampling()) -> Turn:
        """Go on with an answer that was cut off: its text stays and the model writes on after it.

        Raises:
            Conflict: it is complete or still being written. NotFound, UnknownModel, ModelUnavailable
        """
        answer = await self._store.messages.get(actor, message)
        if answer.role != "assistant" or answer.state not in ("interrupted", "cancelled", "failed"):
            raise Conflict("This answer cannot be continued.", hint="Only an answer that was cut off can.")
        name, _ = await self._router.choose(answer.model)
        question = await self._parent(actor, answer)
        answer = await self._store.messages.reopen(actor, answer.id, turn)
        return Turn(actor, turn, question, answer, name, sampling)

    async def run(self, turn: Turn) -> AsyncGenerator[Event, None]:
        """Say the events of a stored turn, first `Started`, last the model's `Done`.

        Raises:
            LumoraError: whatever kept the model from answering.
        """
        yield Started(turn.id, turn.question.conversation, turn.question.id, turn.answer.id, turn.model)
        _, model = await self._router.choose(turn.model)
        async with aclosing(model.stream(await self._recall(turn))) as events:
            async for event in events:
                yield event

    @staticmethod
    def fold(answer: Message) -> Fold:
        """How the events of a turn become the kept `answer`."""

        def result(events: list[Event], state: str) -> AnswerResult:
            from lumora.store import AnswerResult

            text, reasoning, usage = said(events)
            last = events[-1]
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
            )

        return result

    async def _recall(self, turn: Turn) -> ChatRequest:
        path = await self._store.messages.path(turn.actor, turn.question.id)
        said_before = [ChatMessage(m.role, m.text) for m in path if m.text]
        if turn.answer.text:
            said_before.append(ChatMessage("assistant", turn.answer.text))
        system = ChatMessage("system", self._settings.system_prompt)
        client = f"{turn.actor.tenant}/{turn.actor.user}"
        return ChatRequest(turn.model, (system, *said_before), turn.sampling, client=client)

    async def _parent(self, actor: Actor, answer: Message) -> Message:
        if answer.parent is None:
            raise Conflict("This answer has no question.", hint="Ask again instead.")
        return await self._store.messages.get(actor, answer.parent)


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInput("The question is empty.", hint="Type something to ask.")
    if len(text) > LONGEST_QUESTION:
        raise TooLarge(
            f"The question has {len(text):,} characters; {LONGEST_QUESTION:,} are the most.",
            hint="Shorten it, or split it over several questions.",
        )


def title_of(text: str) -> str:
    """The first words of a question, as the name of its conversation."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0]
    return f"{cut or line[: TITLE_LENGTH - 1]}…"
