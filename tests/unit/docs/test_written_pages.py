"""What is written from the code is as the code is now, and what it gives to copy is what our processes take."""

import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from dotenv import dotenv_values
from honcho.environ import parse

from events.errors import SettingsError
from events.process.settings.setting import SecretList, Setting, Whole
from ingress.settings import Settings as IngressSettings
from pages.__main__ import ROOT, from_settings
from pages.all_settings import all_settings
from pages.env_example import env_example
from pages.settings_page import settings_page
from projector.commands.settings import Settings as ProjectorSettings

_SETTINGS = all_settings()
_EVERY = [setting for group in _SETTINGS.values() for setting in group]
_PAGE = ROOT / "docs" / "settings.md"
_KEYS = {f"ELEVENLABS_{of}_KEY": of * 16 for of in ("POST_CALL", "CLIENT_DATA", "SEARCH_DATA")}
_MODEL = {
    "PROVIDER": "openai-compatible",
    "MODEL": "qwen3:14b",
    "BASE_URL": "http://127.0.0.1:11434/v1",
    "API_KEY": "k" * 16,
}
_MODELS = {f"{which}_{name}": value for which in ("LLM", "LLM_FALLBACK") for name, value in _MODEL.items()}
_ENGINES = {"OPENMEMORY_DB_PATH": "openmemory", "OPENMEMORY_PORT": "openmemory-server"}


@pytest.fixture(autouse=True)
def no_sdk_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of OpenMemory are read also where its SDK is not installed."""
    monkeypatch.setattr("projector.engines.openmemory.sdk.install.sdk_faults", lambda variables: [])


def environment(setting: Setting) -> dict[str, str]:
    """Return variables with which the setting counts."""
    if setting.group == "learning":
        return _KEYS | _MODELS
    return _KEYS | ({"MEMORY_ENGINE": _ENGINES[setting.name]} if setting.name in _ENGINES else {})


def changed(group: str, setting: Setting) -> dict[str, Sequence[Setting]]:
    """Return all settings, with another one in place of the one of that name."""
    return {
        of: [setting if of == group and one.name == setting.name else one for one in members]
        for of, members in _SETTINGS.items()
    }


@pytest.mark.parametrize("path", from_settings(), ids=lambda path: path.name)
def test_file_is_as_the_code_is(path: Path) -> None:
    """A file that is written from the code is what `make pages` would write now."""
    assert path.read_text() == from_settings()[path], "run `make pages`"


def test_page_says_another_default_limit_and_meaning_once_the_code_does() -> None:
    """Nothing in a table is written by hand: each part of a row follows the declaration."""
    other = Whole("PORT", "listening", "the door", "81", more="Knock", default=77, low=7, high=99)
    page = settings_page(_PAGE.read_text(), changed("listening", other))
    assert '\n| `PORT` | the door. Knock | 7 to 99 | `77` | `"81"` |\n' in page
    example = env_example(changed("listening", other))
    assert '\n# The door. Knock. Takes 7 to 99.\nPORT="77"\n' in example


def test_setting_that_has_no_place_on_the_page_is_named() -> None:
    """A group of settings for which the page has no table stops the writing."""
    page = _PAGE.read_text().replace("<!-- settings: told -->", "")
    with pytest.raises(ValueError, match="told"):
        settings_page(page, _SETTINGS)


def test_each_variable_stands_once_in_each_file() -> None:
    """Every declared variable has one row on the page, and one line in `.env.example`."""
    names = sorted(setting.name for setting in _EVERY)
    assert sorted(re.findall(r"^\| `([A-Z0-9_]+)` \|", _PAGE.read_text(), re.MULTILINE)) == names
    offered = re.findall(r"^(?:# )?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(offered) == names


@pytest.mark.parametrize("setting", _EVERY, ids=lambda setting: setting.name)
def test_example_and_default_are_taken(setting: Setting) -> None:
    """What the page gives as an example, and as the default, is no fault of any process."""
    for value in (setting.example, setting.default_text or environment(setting).get(setting.name, "")):
        variables = environment(setting) | {"ELEVENLABS_API_KEY": "sk_0123456789abcdef"} | {setting.name: value}
        if isinstance(setting, SecretList):
            # Examples of secrets are cut short, and shall never let anybody in.
            variables[setting.name] = variables[setting.name].replace("...", "0123456789abcdef") or "0123456789abcdef"
        IngressSettings.from_env(variables)
        ProjectorSettings.from_env(variables, needs_api=True)


def test_example_file_is_read_alike_by_both_parsers() -> None:
    """Every line of `.env.example`, in force, says the same to honcho and to us, and is no fault."""
    text = re.sub(r"^# ([A-Z0-9_]+=)", r"\1", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    by_honcho = parse(text)
    path_free = {name: value for name, value in by_honcho.items() if value}
    by_us = {name: value for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items() if value}
    assert path_free == by_us
    IngressSettings.from_env(by_us | _KEYS)
    ProjectorSettings.from_env(by_us)


@pytest.mark.parametrize("setting", _EVERY, ids=lambda setting: setting.name)
def test_page_says_what_makes_the_projector_replay(setting: Setting) -> None:
    """A change to the example replays exactly where the page says so."""
    before = environment(setting)
    after = before | {setting.name: setting.example}

    def fingerprint(variables: dict[str, str]) -> str:
        try:
            return ProjectorSettings.from_env(variables).projection.fingerprint()
        except SettingsError:
            return msgspec.json.encode(variables).decode()

    assert (fingerprint(before) != fingerprint(after)) is setting.is_replaying
