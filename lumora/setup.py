"""What an answer follows: instructions, model and sampling, from what is most general to most particular.

    settings      the instructions of this server
    preferences   the person's own; their instructions replace the server's
    project       its instructions are added, its model is preferred, its collections are asked
    assistant     the conversation's: likewise, and its sampling
    conversation  instructions and collections of its own replace all of the above
    mention       an assistant named for one question alone, in place of the conversation's and above all
    request       model and sampling of this call

What is blank or missing leaves it to the more general ones. Sampling is merged key by key. A stored choice
of a model that is gone is passed over with a notice; one made in the request is an error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol

from lumora.errors import ModelUnavailable, NotFound, UnknownModel
from lumora.ports import ChatModel
from lumora.types import Actor, Notice, Sampling

if TYPE_CHECKING:
    from lumora.store import Conversation, Setup, Store

# Least and most of each number; what a person or an import stored beyond them is passed over.
LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (0, 5),
    "top_p": (0, 1),
    "top_k": (0, 2**31),
    "min_p": (0, 1),
    "seed": (-(2**63), 2**63),
    "max_tokens": (1, 2**31),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}
_WHOLE = ("top_k", "seed", "max_tokens")


class Router(Protocol):
    """Finds who answers."""

    async def choose(self, name: str | None) -> tuple[str, ChatModel]:
        """The full name and the model for `name`, or for none the default.

        Raises:
            UnknownModel, ModelUnavailable
        """
        ...


@dataclass(frozen=True, slots=True)
class Layer:
    """What one level asks for. With `replaces` its instructions take the place of all before."""

    instructions: str | None = None
    model: str | None = None
    sampling: Mapping[str, Any] | None = None
    replaces: bool = False
    collections: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds: `models` are those wished for by stored choices, the most particular first.

    `collections` are ids of those to answer from; some may be gone.
    """

    instructions: str = ""
    models: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    collections: tuple[str, ...] = ()


def combine(layers: list[Layer], asked: Sampling = Sampling()) -> Effective:
    """`layers` from the most general to the most particular, and the sampling of the request above them."""
    texts: list[str] = []
    sampling: dict[str, Any] = {}
    for layer in layers:
        text = (layer.instructions or "").strip()
        if text and layer.replaces:
            texts.clear()
        texts += [text] if text and text not in texts else []
        sampling |= readable(layer.sampling)
    sampling |= {f.name: v for f in fields(asked) if (v := getattr(asked, f.name)) not in (None, ())}
    models = dict.fromkeys(layer.model for layer in reversed(layers) if layer.model)
    chosen = [layer.collections for layer in layers if layer.collections is not None]
    found = tuple(chosen[-1]) if chosen else ()
    return Effective("\n\n".join(texts), tuple(models), Sampling(**sampling), found)


def readable(stored: Any) -> dict[str, Any]:
    """What of a stored sampling object can be used: unknown keys and values that cannot be are left out."""
    if not isinstance(stored, Mapping):
        return {}
    found = {key: _number(stored.get(key), *limits) for key, limits in LIMITS.items()}
    kept: dict[str, Any] = {
        key: int(value) if key in _WHOLE else value for key, value in found.items() if value is not None
    }
    stop = stored.get("stop")
    if isinstance(stop, list | tuple) and stop and all(isinstance(word, str) and word for word in stop):
        kept["stop"] = tuple(stop)
    return kept


def _number(value: Any, least: float, most: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value if least <= value <= most else None


async def gather(
    store: Store,
    actor: Actor,
    default: str,
    chat: Conversation | Setup,
    *,
    mention: str | None = None,
    asked: Sampling = Sampling(),
) -> Effective:
    """What holds for a question in `chat`; `default` are the instructions of the server.

    A project or an assistant that was deleted since counts as none.

    Raises:
        NotFound: there is no assistant `mention`.
    """
    preferences = await store.preferences.get(actor)
    own = preferences.get("system_prompt")
    person = Layer(own if isinstance(own, str) else None, None, preferences.get("sampling"), replaces=True)
    layers = [Layer(default), person, await _project(store, actor, chat.project)]
    assistant = await _assistant(store, actor, chat.assistant)
    layers.append(Layer(model=assistant.model) if mention else assistant)
    layers.append(Layer(chat.instructions, chat.model, chat.sampling, True, chat.collections))
    if mention:
        named = await store.assistants.get(actor, mention)
        layers.append(Layer(named.instructions, named.model, named.sampling))
    return combine(layers, asked)


async def _project(store: Store, actor: Actor, id: str | None) -> Layer:
    try:
        found = await store.projects.get(actor, id) if id else None
    except NotFound:
        return Layer()
    if not found:
        return Layer()
    return Layer(found.instructions, found.model, collections=found.collections)


async def _assistant(store: Store, actor: Actor, id: str | None) -> Layer:
    try:
        found = await store.assistants.get(actor, id) if id else None
    except NotFound:
        return Layer()
    return Layer(found.instructions, found.model, found.sampling) if found else Layer()


async def route(
    router: Router, wishes: tuple[str, ...], asked: str | None = None
) -> tuple[str, tuple[Notice, ...]]:
    """The full name of the model that answers, and what to say about wishes that could not be met.

    Raises:
        UnknownModel, ModelUnavailable: `asked` is not there, or nobody is.
    """
    if asked:
        return (await router.choose(asked))[0], ()
    gone: list[str] = []
    for wish in wishes:
        try:
            name, _ = await router.choose(wish)
        except (UnknownModel, ModelUnavailable):
            gone.append(wish)
            continue
        return name, _gone(gone, name)
    name, _ = await router.choose(None)
    return name, _gone(gone, name)


def _gone(wishes: list[str], name: str) -> tuple[Notice, ...]:
    if not wishes:
        return ()
    return (Notice("model_gone", f"The model {wishes[0]} is not there any more, so {name} answers."),)


async def check(store: Store, router: Router, actor: Actor, setup: Setup) -> None:
    """Refuse a setup that names what is not there.

    Raises:
        NotFound: its project or its assistant. UnknownModel, ModelUnavailable: its model.
    """
    if setup.project is not None:
        await store.projects.get(actor, setup.project)
    if setup.assistant is not None:
        await store.assistants.get(actor, setup.assistant)
    if setup.model is not None:
        await router.choose(setup.model)
