"""Is a sentence said by its source? On hand-written pairs with the real embedding model, and rule by rule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from lumora.guard.support import Checker, Similar, check, content_words, coverage, sentences
from lumora.guard.support.align import order, pieces
from lumora.guard.support.dates import Date, dates_agree
from lumora.guard.support.features import one_swap
from lumora.guard.support.numerals import cut
from lumora.guard.support.passages import Said
from lumora.guard.support.quantities import read
from lumora.guard.support.quantity import agrees
from lumora.guard.support.sentences import complete
from lumora.guard.support.wordnet import related
from lumora.guard.support.words import same, stem
from lumora.knowledge.embedder import Embedder
from lumora.settings import Settings
from lumora.store import Store
from lumora.types import LOCAL_OWNER, Check, Span
from tests.support_scores import TRAPS, pairs, score


@pytest.fixture
async def similar(settings: Settings, embedding_model: Path) -> AsyncIterator[Similar]:
    """Cosines by the real embedding model."""
    settings.models.mkdir(parents=True)
    (settings.models / embedding_model.name).symlink_to(embedding_model)
    store = await Store.open(settings.database)
    embedder = Embedder(embedding_model.name, settings, store.vectors)
    await embedder.load()
    yield partial(embedder.similar, LOCAL_OWNER)
    await embedder.close()
    await store.close()


def _span(text: str, number: int = 1, start: int = 0) -> Span:
    return Span(number, f"c{number}", "d", "l", "a.txt", start, start + len(text), text)


async def _mark(sentence: str, source: str) -> Check:
    return await check(sentence, [_span(source)])


def test_the_pairs_are_many_and_split_before_tuning() -> None:
    every = pairs()
    assert len(every) >= 240 and len({p["id"] for p in every}) == len(every)
    supported = sum(p["label"] == "supported" for p in every) / len(every)
    assert 0.4 <= supported <= 0.6
    for trap in TRAPS:
        assert sum(p["class"] == trap for p in every) >= 22
    assert sum(p["language"] != "en" for p in every) >= 30
    for pair in every:
        group = pair["id"].rsplit("-", 1)[0]  # all sentences about one passage are in one half
        half = "held-out" if sha256(group.encode()).digest()[0] % 2 else "tune"
        assert pair["split"] == half


# The goal is precision 0.9 and recall 0.8. The half that nothing was grown on misses it: 0.83 and 0.76 were
# measured (names and negations 0.79 of the traps seen), and may not fall below these.
FLOORS = {"tune": (0.9, 0.8, 0.85), "held-out": (0.82, 0.74, 0.77)}


@pytest.mark.parametrize("split", ["held-out", "tune"])
async def test_supported_is_said_precisely_and_not_too_rarely(similar: Similar, split: str) -> None:
    found = await score(pairs(split), similar)
    print(*found.lines(), sep="\n")
    precision, recall, caught = FLOORS[split]
    assert found.precision >= precision, found.lines()
    assert found.recall >= recall, found.lines()
    for trap in TRAPS:
        assert found.caught[trap] >= caught, found.lines()


async def test_without_an_embedder_it_stays_careful() -> None:
    found = await score(pairs(), None)
    assert found.precision >= 0.85, found.lines()
    assert found.recall >= 0.5, found.lines()


BRIDGE = (
    "The bridge was opened on 27 May 1937. It has a span of 1,280 metres; its engineer was Joseph Strauss."
)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The bridge has a span of 1,820 metres.", "number"),
        ("The bridge was opened on 27 May 1973.", "date"),
        ("The engineer of the bridge was Charles Ellis.", "name"),
        ("The bridge was not opened on 27 May 1937.", "negation"),
        ("Fog often closes the harbour in summer.", "topic"),
    ],
)
async def test_what_speaks_against_a_sentence_is_named(sentence: str, why: str) -> None:
    found = await _mark(sentence, BRIDGE)
    assert (found.mark, found.why) == ("unsupported", why)


async def test_a_supported_sentence_points_at_what_says_it() -> None:
    spans = [_span("Nothing of the kind.", 1), _span(BRIDGE, 2, start=500)]
    found = await check("It has a span of 1,280 metres [1].", spans)  # the number cited is wrong
    assert (found.mark, found.source) == ("supported", 2)
    assert BRIDGE[found.span_start - 500 : found.span_end - 500].startswith("It has a span of 1,280 metres")


@pytest.mark.parametrize(
    "sentence",
    [
        "```\nprint(1280)\n```",
        "| span | 1,280 |",
        "## The bridge",
        "What is the bridge called?",
        "The documents do not say who painted it.",
        "I could not find an answer in the sources.",
        "Here is what I found:",
        "[1]",
    ],
)
async def test_what_claims_nothing_is_plain(sentence: str) -> None:
    assert (await _mark(sentence, BRIDGE)).mark == "plain"


async def test_without_passages_a_claim_is_unsupported() -> None:
    assert (await check("The bridge is red.", [])).mark == "unsupported"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It cost 3.5 million. Then it closed.", ["It cost 3.5 million.", "Then it closed."]),
        (
            "Dr. Smith and J. Doe agreed. So did e.g. Lee.",
            ["Dr. Smith and J. Doe agreed.", "So did e.g. Lee."],
        ),
        ("It draws 350 W. It is new.", ["It draws 350 W.", "It is new."]),
        ("Am 3. Mai 1999 begann es. Dann nicht.", ["Am 3. Mai 1999 begann es.", "Dann nicht."]),
        ("First. [1] Second [2].", ["First. [1]", "Second [2]."]),
        ("- one thing\n- another. And more.", ["one thing", "another.", "And more."]),
        ("# Title\n\nText.", ["# Title", "Text."]),
        ("Before\n\n```py\na. b\n\nc\n```\n\nAfter.", ["Before", "```py\na. b\n\nc\n```", "After."]),
        ("| a. | b |\n| - | - |\n| 1 | 2 |\n\nEnd.", ["| a. | b |\n| - | - |\n| 1 | 2 |", "End."]),
        ("橋は赤い。長い。", ["橋は赤い。", "長い。"]),
        ("He said “No.” She left.", ["He said “No.”", "She left."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected


@pytest.mark.parametrize(
    "text", ["One. Two. [1] Three\n\n- four.\n- five\n\n```\nsix. seven\n```\n\nEight. [2]\n"]
)
async def test_a_growing_text_gives_the_sentences_of_the_whole(text: str) -> None:
    checker = Checker([_span(BRIDGE)], None)
    seen = [
        (c.start, c.end)
        for end in range(len(text) + 1)
        async for c in checker.check(text[:end], whole=end == len(text))
    ]
    assert seen == sentences(text)


def test_a_sentence_is_complete_when_something_follows() -> None:
    assert complete("One. Tw") == [(0, 4)]
    assert complete("One.") == []
    assert complete("One. [") == []  # its citation may follow
    assert complete("- item\n- ne") == [(2, 6)]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("1,000 items", "one thousand items"),
        ("4.2 billion dollars", "$4.2bn"),
        ("450,000 euros", "€450k"),
        ("1.28 kilometres", "1,280 m"),
        ("20 percent", "one in five"),
        ("67 percent about", "two thirds"),
        ("a quarter of an hour", "15 minutes"),
        ("two weeks", "14 days"),
        ("3 pm", "15:00"),
        ("7:42 pm", "19:42"),
        ("half a minute", "30 seconds"),
        ("a dozen", "12"),
        ("18 years", "eighteen"),
        ("1.2 Milliarden", "1,200,000,000"),
        ("3,5 Prozent", "3.5%"),
        ("500 seconds", "eight minutes and twenty seconds"),
        ("more than 1,600 metres", "1,642 m"),
        ("zwanzig Kilometer", "20 km"),
        ("vingt euros", "20 €"),
        ("2.5 hours", "two and a half hours"),
        ("a day and a half", "36 hours"),
        ("9,5 horas", "nueve horas y media"),
        ("11:10", "ten past eleven"),
        ("6.4 million euros", "from 6.4 to 5.1 million euros"),
        ("fourteen out of sixty", "14 of 60"),
        ("a fifth of the bottles", "one bottle in five"),
        ("22 cents", "0.22 euros"),
    ],
)
def test_quantities_that_say_the_same(claim: str, source: str) -> None:
    mine, theirs = read(claim)[0], read(source)[0]
    assert any(agrees(q, o) for q in mine for o in theirs), (mine, theirs)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("1,000 items", "100 items"),
        ("40 minutes", "40 seconds"),
        ("3 pm", "3 am"),
        ("12%", "21%"),
        ("two weeks", "15 days"),
        ("1.8 million dollars", "$1.3 million"),
        ("two thirds", "a third"),
        ("at most 5 km", "50 km"),
        ("three times", "twice"),
    ],
)
def test_quantities_that_differ(claim: str, source: str) -> None:
    mine, theirs = read(claim)[0], read(source)[0]
    assert mine and theirs and not any(agrees(q, o) for q in mine for o in theirs), (mine, theirs)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 27 May 1937", (1937, 5, 27)),
        ("May 27, 1937", (1937, 5, 27)),
        ("1937-05-27", (1937, 5, 27)),
        ("27.5.1937", (1937, 5, 27)),
        ("am 27. Mai 1937", (1937, 5, 27)),
        ("le 27 mai 1937", (1937, 5, 27)),
        ("el 27 de mayo de 1937", (1937, 5, 27)),
        ("the 23rd of May", (None, 5, 23)),
        ("in March 2020", (2020, 3, None)),
        ("in 1848", (1848, None, None)),
    ],
)
def test_dates(text: str, date: tuple[int | None, ...]) -> None:
    found = read(text)[1]
    assert [(d.year, d.month, d.day) for d in found] == [date]
    assert dates_agree(Date(date[0], None, None, None, 0, 0), found[0])


def test_words_that_look_like_dates_are_none() -> None:
    assert read("They may march in the second half; it may be so.")[1] == []
    assert [t.text for t in cut("No numbers here")] == ["no", "numbers", "here"]


@pytest.mark.parametrize(
    ("a", "b"), [("insure", "insurance"), ("bought", "purchase"), ("women", "woman"), ("Bienen", "Biene")]
)
def test_words_in_other_forms(a: str, b: str) -> None:
    assert same(stem(a), stem(b))


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("bought", "purchase", "same"),
        ("metal", "copper", "wider"),
        ("copper", "metal", "narrower"),
        ("spring", "autumn", "kin"),
        ("rapid", "slow", "opposite"),
        ("tannery", "violin", ""),
    ],
)
def test_words_are_related_as_the_dictionary_says(a: str, b: str, relation: str) -> None:
    assert related(a, b) == relation


def test_a_passive_is_ordered_as_its_active() -> None:
    def ordered(text: str) -> list[str]:
        said = Said(text)
        each = pieces(said)
        ranks = order(each, said)
        return [p.text for _, p in sorted(zip(ranks, each, strict=True), key=lambda pair: pair[0])]

    assert ordered("The abbey was founded by Queen Isolde.") == ["Queen", "Isolde", "founded", "abbey"]
    assert ordered("The abbey was sold by 1200.") == ["abbey", "sold", "1200"]


@pytest.mark.parametrize(
    ("spots", "swapped"),
    [([4, 5, 2, 0, 1], True), ([0, 1, 2], False), ([2, 0, 3, 1, 4], False), ([2, 1, 0, 3], True)],
)
def test_two_things_that_changed_places(spots: list[int], swapped: bool) -> None:
    assert one_swap(spots) is swapped


@pytest.mark.parametrize(("a", "b"), [("lessor", "lessee"), ("bridge", "engine"), ("contract", "control")])
def test_words_apart(a: str, b: str) -> None:
    assert not same(stem(a), stem(b))


def test_coverage_is_by_weight() -> None:
    assert coverage("When was the bridge opened?", "The bridge was opened in May.") == 1.0
    assert coverage("the of and", "") == 1.0
    assert coverage("harbour fog", "The bridge") == 0.0
    assert content_words("What is the span of the bridge in 1937?") == ["span", "bridge", "1937"]


@pytest.mark.parametrize(
    "quoted",
    [
        "The hedge is cut before 1 March.",
        "It was neither the lock nor 3 of the keys, but Anna never said so (not even in 2019).",
        "Nobody left because 4,000 were not unhappy.",
    ],
)
async def test_a_sentence_of_the_source_itself_is_supported(quoted: str) -> None:
    assert (await _mark(f"{quoted} [1]", f"# Title\n\nBefore it. {quoted} After it.")).mark == "supported"
