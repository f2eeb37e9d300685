"""Bytes of a text file to text: by its mark, as UTF-8, or by what reads best among the old encodings."""

from __future__ import annotations

import codecs
import re

from lumora.intake.draft import clean

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EAST_ASIAN = ("shift_jis", "gb18030", "euc_jp", "euc_kr", "big5")
_SAMPLE = 200_000
_KANA = re.compile("[\u3040-\u30ff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_RARE = re.compile("[\ue000-\uf8ff\u3400-\u4dbf\U00020000-\U0003ffff\x80-\x9f]")
_COMMON = frozenset(
    "的一是不了在人有我他这為个中来上大和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
)
_CYRILLIC = re.compile("[а-яё]")


def decode(data: bytes) -> str:
    """The text, cleaned (see `draft.clean`). Never fails: what no encoding explains becomes U+FFFD."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return clean(data.decode(name, "replace")).lstrip("\ufeff")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        if e.reason == "unexpected end of data" or _nearly_utf8(data):
            return clean(data.decode("utf-8", "replace"))
        text = data.decode(guess(data), "replace")
    if "\0" in text:
        wide = _unmarked_wide(data)
        text = data.decode(wide, "replace") if wide else text
    return clean(text)


def guess(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8."""
    wide = _unmarked_wide(data)
    if wide:
        return wide
    sample = data[:_SAMPLE]
    scores = {name: _east_asian(sample, name) for name in _EAST_ASIAN}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > 0.5:
        return best
    high = [b for b in sample if b > 127]
    if len(high) > len(sample) // 3:
        return (
            "cp1251"
            if len(_CYRILLIC.findall(sample.decode("cp1251", "replace"))) > len(high) // 2
            else "cp1252"
        )
    return "cp1252"


def _nearly_utf8(data: bytes) -> bool:
    """A few broken bytes in what is UTF-8 else."""
    text = data[:_SAMPLE].decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong * 20 < sum(ord(c) > 127 for c in text)


def _unmarked_wide(data: bytes) -> str:
    head = data[:4096]
    if len(head) < 4 or head.count(0) < len(head) // 4:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _east_asian(sample: bytes, name: str) -> float:
    """How much of what is beyond ASCII people write in `name`, up to 1; 0 when it does not decode."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError as e:
        if e.start < len(sample) - 4 or len(sample) < _SAMPLE:
            return 0.0
        text = sample[: e.start].decode(name, "replace")
    beyond = sum(ord(c) > 127 for c in text)
    if beyond < 2:
        return 0.0
    han = _HAN.findall(text)
    kana, hangul = len(_KANA.findall(text)), len(_HANGUL.findall(text))
    bad = len(_RARE.findall(text)) + len(_HALF_KANA.findall(text))
    usual = sum(c in _COMMON for c in han)
    good = {
        "shift_jis": kana + len(han) * (kana > 0),
        "euc_jp": kana + len(han) * (kana > 0),
        "euc_kr": hangul,
        "gb18030": len(han) * min(1.0, 12 * usual / max(1, len(han))) + kana,
        "big5": len(han) * min(1.0, 12 * usual / max(1, len(han))),
    }[name]
    return (good - 2 * bad) / beyond
