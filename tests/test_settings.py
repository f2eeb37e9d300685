"""Where settings come from, what is refused, and that the page about them is true."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from lumora.errors import StartupError
from lumora.settings import Provider, Settings, load, page

REPOSITORY = Path(__file__).parent.parent


def test_defaults_listen_on_loopback_for_the_owner(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path)
    assert (settings.host, settings.access, settings.allowed_hosts) == ("127.0.0.1", "owner", ())
    assert settings.database == tmp_path / "lumora.db"
    assert settings.models == tmp_path / "models"


def test_given_wins_over_environment_and_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "lumora.toml").write_text('port = 1\nslots = 2\nmodel = "file"\n')
    env = {"LUMORA_DATA": str(tmp_path), "LUMORA_PORT": "11", "LUMORA_SLOTS": "12"}
    settings = load(env, port=111)
    assert (settings.port, settings.slots, settings.model) == (111, 12, "file")


def test_a_list_may_be_a_toml_list_or_text_with_commas(tmp_path: Path) -> None:
    (tmp_path / "lumora.toml").write_text('allowed_hosts = ["a.example", "b.example"]\n')
    settings = load({"LUMORA_ALLOWED_ORIGINS": "https://a.example, https://b.example,"}, data=tmp_path)
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_yes_and_no_in_words(tmp_path: Path, text: str, value: bool) -> None:
    assert load({"LUMORA_OFFLINE": text}, data=tmp_path).offline is value


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "many"), ("offline", "maybe"), ("access", "everyone"), ("engine", ""), ("idle_minutes", "x")],
)
def test_a_value_that_does_not_fit_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(StartupError, match=name) as caught:
        load({f"LUMORA_{name.upper()}": value}, data=tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["port = ", "colour = 'red'", "[[providers]]\nnam = 'x'", "providers = 3"])
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "lumora.toml").write_text(text)
    with pytest.raises(StartupError):
        load({}, data=tmp_path)


def test_providers_are_tables(tmp_path: Path) -> None:
    (tmp_path / "lumora.toml").write_text(
        '[[providers]]\nname = "a"\nbase_url = "http://a/v1"\nmodels = ["m"]\n'
        '[[providers]]\nname = "b"\nbase_url = "http://b/v1"\nkey_env = "B_KEY"\ncontext = 9\n'
    )
    assert load({}, data=tmp_path).providers == (
        Provider("a", "http://a/v1", models=("m",)),
        Provider("b", "http://b/v1", key_env="B_KEY", context=9),
    )


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_has_a_help_sentence_and_a_row(name: str) -> None:
    setting = next(f for f in fields(Settings) if f.name == name)
    assert setting.metadata["help"].endswith(".")
    assert setting.metadata["help"] in page()


def test_the_page_in_docs_is_the_generated_one() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "lumora.settings"], capture_output=True, text=True, check=True, cwd=REPOSITORY
    ).stdout
    stored = (REPOSITORY / "docs/settings.md").read_text(encoding="utf-8")
    assert stored == printed, "run: python -m lumora.settings > docs/settings.md"


def test_no_setting_holds_a_secret() -> None:
    secret = ("passcode", "password", "secret", "token", "key")
    assert [f.name for f in fields(Settings) if f.name.endswith(secret)] == []
