"""Bytes of text files of all ages."""

from __future__ import annotations

import pytest

from lumora.intake.encoding import decode

CHINESE = "今天天气很好，我们去公园散步。这是一个关于图书馆的故事，里面有很多的书和人。"
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
KOREAN = "안녕하세요. 저는 한국어를 공부하고 있습니다. 오늘은 날씨가 좋네요."
GERMAN = "Über Größe, Maß und Überfluß – „schöne“ Grüße aus Köln."
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастлива по-своему."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (t, e)
            for t in (CHINESE, JAPANESE, GERMAN, RUSSIAN)
            for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32")
        ),
        (GERMAN * 3, "utf-16-le"),
        (GERMAN * 3, "utf-16-be"),
        (CHINESE, "gb18030"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "euc_kr"),
        (GERMAN, "cp1252"),
        ("café à la crème, déjà vu", "latin-1"),
        (RUSSIAN, "cp1251"),
    ],
)
def test_what_was_written_is_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_line_ends_and_control_characters_are_made_plain() -> None:
    assert decode(b"a\r\nb\rc\0d\x07e\xe2\x80\xa8f") == "a\nb\nc d e\nf"


def test_a_few_broken_bytes_spoil_nothing_else() -> None:
    broken = CHINESE.encode() + b"\xff" + CHINESE.encode()
    assert decode(broken) == CHINESE + "\ufffd" + CHINESE
    assert decode(CHINESE.encode()[:-1]).startswith(CHINESE[:-1])


def test_anything_decodes() -> None:
    for seed in range(20):
        data = bytes((seed * 7 + i * i) % 256 for i in range(500))
        text = decode(data)
        text.encode("utf-8")
        assert "\0" not in text
