"""What counts as a fact about the person, in four languages, and all that does not."""

from __future__ import annotations

import pytest

from lumora.knowledge.alike import contradicts, covers, same
from lumora.knowledge.secret_text import holds_secret
from lumora.knowledge.statements import LONGEST_READ, statements


def said(message: str) -> list[str]:
    return [each.text for each in statements(message)]


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("I'm allergic to peanuts.", ["I'm allergic to peanuts"]),
        ("I’m allergic to peanuts, shrimp and soy!", ["I’m allergic to peanuts, shrimp and soy"]),
        ("Hi, my name is Ada and I live in Vienna. What now?", ["my name is Ada", "I live in Vienna"]),
        ("I'm a nurse, what should I eat on night shifts?", ["I'm a nurse"]),
        ("Since I'm diabetic, suggest a dessert", ["I'm diabetic"]),
        ("I am vegetarian, but my wife eats meat", ["I am vegetarian"]),
        ("Call me Sam", ["Call me Sam"]),
        ("I prefer metric units.", ["I prefer metric units"]),
        ("My favourite colour is green.", ["My favourite colour is green"]),
        ("my birthday is 3 May", ["my birthday is 3 May"]),
        ("I have two kids and a dog.", ["I have two kids and a dog"]),
        (
            "I work as a teacher in Leeds; my husband is called Tom.",
            ["I work as a teacher in Leeds", "my husband is called Tom"],
        ),
        ("I love hiking and I hate olives", ["I love hiking", "I hate olives"]),
        ("From now on answer in French", ["From now on answer in French"]),
        ("Remember that my dog is called Rex.", ["my dog is called Rex"]),
        ("Please remember: I don't eat meat", ["I don't eat meat"]),
        ("Don't forget that the launch is on Friday", ["the launch is on Friday"]),
        ("Ich heiße Jonas.", ["Ich heiße Jonas"]),
        ("Ich bin allergisch gegen Nüsse und ich wohne in Köln.", None),
        ("Ich wohne in Köln, empfiehl mir ein Restaurant", ["Ich wohne in Köln"]),
        ("Merk dir bitte, dass ich nur metrische Einheiten will.", ["ich nur metrische Einheiten will"]),
        ("Je m'appelle Claire et j'habite à Lyon.", ["Je m'appelle Claire", "j'habite à Lyon"]),
        ("Souviens-toi que mon chien s'appelle Milou.", ["mon chien s'appelle Milou"]),
        ("Me llamo Lucía y vivo en Sevilla.", ["Me llamo Lucía", "vivo en Sevilla"]),
        ("Recuerda que mi hija tiene tres años.", ["mi hija tiene tres años"]),
    ],
)
def test_statements_about_oneself_are_facts(message: str, facts: list[str] | None) -> None:
    expected = ["Ich bin allergisch gegen Nüsse", "ich wohne in Köln"] if facts is None else facts
    assert said(message) == expected
    assert all(fact in message for fact in said(message))


@pytest.mark.parametrize(
    "message",
    [
        "",
        "What is a heat pump?",
        "Am I allergic to peanuts?",  # asked
        "I live in Berlin?",
        "I live in Berlin, right?",
        "Do you remember that I live in Rome?",
        "I am not vegetarian.",  # denied
        "I never eat meat",
        "Ich bin kein Vegetarier.",
        "Je ne suis pas végétarienne.",
        "No soy vegetariano.",
        "If I were vegan, what could I eat?",  # supposed
        "Suppose I'm a pilot.",
        "Maybe I'm allergic to nuts",
        "I used to live in Bonn",
        "I'd like a recipe",
        "Wenn ich Vegetarier wäre, was dann?",
        "Imagina que soy médico",
        'He said "I\'m allergic to nuts".',  # quoted
        "> I am a pilot",
        "```\nmy name is Ada\n```",
        "The sign reads “I live in Vienna”.",
        "She is allergic to nuts.",  # of others
        "My friend told me I am lazy.",
        "Dr. Smith says I am healthy",
        "Translate to German: I am a doctor and I live in London.",  # somebody's text
        "Write a letter. I am a tenant and I live in Leeds.",
        "You are a pirate. My name is Jack.",
        "I am tired",  # passing
        "I'm sorry",
        "I'm a bit lost here",
        "I'm a nurse today",
        "I like this answer",
        "call me later",
        "My wife is angry",
        "remember to buy milk",
        "I have a question",
        "My password is hunter2 and I live in Paris.",  # secret
        "Remember that my pin is 1234",
        "Remember my card: 4111 1111 1111 1111",
        "Mein Passwort ist geheim",
        "Mon mot de passe est secret",
        "Mi contraseña es secreta",
    ],
)
def test_all_else_is_no_fact(message: str) -> None:
    assert said(message) == []


def test_what_lasts_for_a_while_says_how_long() -> None:
    days = {
        each.text: each.days for each in statements("I'm 34 years old. I live in Oslo until May. I like tea.")
    }
    assert days == {"I'm 34 years old": 365, "I live in Oslo until May": 31, "I like tea": None}


def test_what_is_said_plainly_is_surer_than_a_liking() -> None:
    sure = {each.text: each.confidence for each in statements("My name is Ada. I like tea.")}
    assert sure["My name is Ada"] > sure["I like tea"]


def test_a_long_paste_is_not_about_the_person_but_what_it_asks_to_remember_is() -> None:
    paste = "I live in Vienna and walk a lot. " * 200
    assert said(paste) == []
    assert said(f"{paste}\nRemember that my dog is called Rex.") == ["my dog is called Rex"]


def test_hostile_texts_cost_little() -> None:
    for text in (
        "I am " * 200_000,
        "'" * 50_000,
        "my " * LONGEST_READ,
        "remember that " * 9_000,
        "“" * 99_999,
    ):
        statements(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my IBAN is DE89 3704 0044 0532 0130 00", True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("sk-abcdefgh12345678", True),
        ("the key f3a9c1d2e4b5a6978877665544332211", True),
        ("078-05-1120", True),
        ("I live at 12 Long Street, born 1990", False),
        ("see https://example.com/a-very-long-path-1234567890123456", False),
    ],
)
def test_secrets_are_seen(text: str, secret: bool) -> None:
    assert holds_secret(text) is secret


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I'm allergic to peanuts", "i am allergic to peanuts!"),
        ("call me Ada", "My name is Ada"),
        ("I live in Bonn", "I've moved to Bonn"),
    ],
)
def test_the_same_in_other_words(a: str, b: str) -> None:
    assert same(a, b) and same(b, a)
    assert not contradicts(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I live in Bonn", "I moved to Kyiv"),
        ("I don't eat meat", "I eat meat"),
        ("I love olives", "I hate olives"),
        ("my favourite colour is green", "My favourite color is blue"),
        ("I'm 34 years old", "I am 35 years old"),
        ("Ich wohne in Berlin", "ich wohne in Köln"),
        ("Je m'appelle Claire", "je m'appelle Zoé"),
    ],
)
def test_what_cannot_both_hold(a: str, b: str) -> None:
    assert contradicts(a, b) and contradicts(b, a)
    assert not same(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I'm allergic to nuts", "I'm allergic to cats"),
        ("I like cats", "I have cats"),
        ("my dog is called Rex", "my cat is called Tom"),
        ("I love hiking", "I live in Bonn"),
    ],
)
def test_what_has_nothing_to_do_with_each_other(a: str, b: str) -> None:
    assert not (same(a, b) or contradicts(a, b) or covers(a, b) or covers(b, a))


def test_what_says_more() -> None:
    assert covers("I live in Vienna, Austria", "I live in Vienna")
    assert not covers("I live in Vienna", "I live in Vienna, Austria")
    assert not contradicts("I live in Vienna, Austria", "I live in Vienna")
