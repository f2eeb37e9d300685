"""How long from the start of the process to the page."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from lumora.store import Store
from lumora.types import LOCAL_OWNER
from tests.benchmarks.processes import empty_gradio, get, lumora
from tests.benchmarks.rows import Found, Row, ratio, spread

REPETITIONS = 7
CONVERSATIONS = 200
LIST = "/api/v1/conversations"


async def stored_conversations(folder: Path) -> Path:
    """A data folder with a database of people's chats."""
    data = folder / "data"
    data.mkdir()
    store = await Store.open(data / "lumora.db")
    for n in range(CONVERSATIONS):
        chat = await store.conversations.create(LOCAL_OWNER, f"Conversation {n}")
        asked = await store.messages.add(
            LOCAL_OWNER, conversation=chat.id, role="user", text="What is a heat pump?"
        )
        await store.messages.add(
            LOCAL_OWNER,
            conversation=chat.id,
            role="assistant",
            text="A pump for heat. " * 40,
            parent=asked.id,
        )
    await store.close()
    return data


async def run(folder: Path) -> Found:
    data = await stored_conversations(folder)
    ours, theirs = [], []
    for n in range(REPETITIONS + 1):
        async with lumora(data, "/", LIST) as running:
            if n:  # the first fills the caches of both
                ours.append(running.seconds)
            assert len((await get(running.url, LIST))["items"]) == 50
        async with empty_gradio() as running:
            if n:
                theirs.append(running.seconds)
    return Found(
        f"{median(ours):.2f} s",
        f"{median(theirs):.2f} s",
        ratio(ours, theirs),
        1.3,
        notes=(f"Lumora, seconds: {spread(ours)}", f"empty Blocks, seconds: {spread(theirs)}"),
    )


ROW = Row(
    "start",
    "start to the page answering with composer and stored conversations",
    "importing gradio and mounting an empty Blocks",
    "≤ 1.3×",
    f"From starting `python app.py`, on a database of {CONVERSATIONS} conversations, until `GET /` "
    f"and then "
    f"`GET {LIST}` have answered 200; against a process that mounts an empty Blocks on FastAPI, until "
    "`GET /` has. Alternating, compiled bytecode and file cache warm.",
    run,
)
