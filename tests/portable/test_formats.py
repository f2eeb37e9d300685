"""Exports of other programs, from files written after the documented formats."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.portable.conftest import EXPORTS, Desk, chatgpt


async def test_chatgpt(desk: Desk) -> None:
    brought = await desk.bring((EXPORTS / "chatgpt.json").read_bytes())
    assert brought.count == (2, 2)
    first, second = await desk.chats()
    assert (first.title, first.pinned, first.titled_by) == ("Heat pumps in old houses", True, "person")
    assert first.origin == "chatgpt:6732f1a8-0000-8000-9000-000000000001"
    assert first.created_at == datetime(2024, 11, 12, 9, 42, 0, 123456, UTC)
    assert first.updated_at == datetime(2024, 11, 12, 9, 45, 0, 500000, UTC)
    question, other, answer, follow_up, last = await desk.messages(first)
    assert question.parent is None and {other.parent, answer.parent} == {question.id}
    assert (other.text, other.model) == ("Hardly ever.", "gpt-4o-mini")
    assert answer.text == "Often, when the radiators are large. See Ada Lovelace."
    assert answer.model == "gpt-4o", "the model of the conversation, where a message names none"
    assert follow_up.text == (
        "*[Image left out]*\n\nAnd with these radiators?\n\n*[File radiators.pdf left out]*"
    )
    assert last.parent == follow_up.id and last.model == "o3"
    assert last.text.startswith("With **0.84 m²** each") and last.text.count("print") == 1
    for part in ("70 by 120", "```python\nprint(0.7 * 1.2)", "0.84"):
        assert part in last.reasoning
    everything = " ".join(m.text + m.reasoning for m in await desk.messages(first))
    assert "secret" not in everything and "Thought for" not in everything
    assert first.instructions is None
    assert second.title.startswith("What rhymes with orange?")
    assert [m.text for m in await desk.messages(second)][1] == "Nothing, 真的 👩‍🚀."
    assert brought.notices("import_parts_left_out") == [
        "3 images, recordings or files inside chats could not be brought along."
    ]


async def test_the_branch_that_was_open_is_the_one_shown(desk: Desk) -> None:
    """At each fork the page shows the message made last."""
    await desk.bring((EXPORTS / "chatgpt.json").read_bytes())
    first = (await desk.chats())[0]
    messages = await desk.messages(first)
    under = [m.text for m in messages if m.parent == messages[0].id]
    assert under[0] == "Hardly ever.", "newer by its date, but not the one that was open"


async def test_openwebui(desk: Desk) -> None:
    assert (await desk.bring((EXPORTS / "openwebui.json").read_bytes())).count == (2, 2)
    first, flat = await desk.chats()
    assert (first.title, first.pinned) == ("🍵 Green tea", True)
    assert first.origin == "openwebui:0d3c7d7e-0000-4000-8000-000000000001"
    assert first.instructions == "Answer like a tea master."
    assert first.updated_at == datetime.fromtimestamp(1730000200, UTC)
    question, poor, good, _, failed = await desk.messages(first)
    assert question.text == (
        "How hot should the water be?\n\n*[Image left out]*\n\n*[File leaves.txt left out]*"
    )
    assert (poor.rating, poor.rating_reason, good.rating) == (-1, "far too hot", 1)
    assert (good.text, good.reasoning, good.model) == ("70 °C.", "Sencha wants\n70 °C.", "qwen3:8b")
    assert failed.state == "failed" and failed.error is not None
    assert failed.error["message"] == "Model not found"
    assert flat.instructions == "Be brief."
    assert [(m.role, m.text) for m in await desk.messages(flat)] == [("user", "Hello"), ("assistant", "Hi.")]


async def test_a_second_import_adds_nothing_and_says_so(desk: Desk) -> None:
    for name in ("chatgpt.json", "openwebui.json"):
        await desk.bring((EXPORTS / name).read_bytes())
        again = await desk.bring((EXPORTS / name).read_bytes())
        assert again.count == (0, 2)
        assert again.notices("import_known") == ["2 chats were here already; nothing was added for them."]
    assert len(await desk.chats()) == 4


async def test_a_chat_without_an_id_is_known_again_by_its_content(desk: Desk) -> None:
    chat = chatgpt()
    del chat["conversation_id"]
    assert (await desk.bring([chat])).count == (1, 1)
    assert (await desk.bring([chat])).count == (0, 1)


async def test_one_conversation_alone_is_an_export_too(desk: Desk) -> None:
    assert (await desk.bring(chatgpt())).count == (1, 1)


async def test_milliseconds_and_dates_in_the_future_are_understood(desk: Desk) -> None:
    far = chatgpt("c2", "Far", create_time=9e9, update_time=9e9)
    await desk.bring([chatgpt(create_time=1.7e12, update_time=1.7e12), far])
    first, second = await desk.chats()
    assert first.created_at == datetime.fromtimestamp(1.7e9, UTC)
    assert second.updated_at <= datetime.now(UTC)


async def test_a_hidden_message_in_the_middle_does_not_cut_the_chat(desk: Desk) -> None:
    chat = chatgpt()
    chat["mapping"]["q"]["message"]["metadata"] = {"is_visually_hidden_from_conversation": True}
    await desk.bring([chat])
    [answer] = await desk.messages((await desk.chats())[0])
    assert answer.text == "70 °C." and answer.parent is None
