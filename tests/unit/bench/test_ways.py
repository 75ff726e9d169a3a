"""How the checked out release can search: each way is measured, and no other."""

from collections.abc import Callable

import pytest

from bench.recall.playing import Way, ways, ways_here
from events.errors import SettingsError


def settings_that_take(*values: str) -> Callable[[dict[str, str]], object]:
    """Return a reader of settings that refuses all other values of the setting."""

    def read(more: dict[str, str]) -> object:
        if more["SEMANTIC_SEARCH"] not in values:
            raise SettingsError(["SEMANTIC_SEARCH is on, but there is no model"])
        return more

    return read


def test_release_without_the_setting_has_one_way() -> None:
    """A setting that takes any value is not known: the release searches in one way."""
    assert ways(lambda more: more) == [Way("")]


def test_release_with_the_setting_is_measured_with_and_without_meaning() -> None:
    """Both are set in words, so that the default counts for neither."""
    by_words, with_meaning = ways(settings_that_take("auto", "on", "off"))

    assert by_words.settings == {"SEMANTIC_SEARCH": "off"}
    assert with_meaning.settings["SEMANTIC_SEARCH"] == "on"
    assert with_meaning.has_meaning
    assert not by_words.has_meaning


def test_where_meaning_cannot_be_had_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a model only one column is printed, and why."""
    assert [way.name for way in ways(settings_that_take("auto", "off"))] == ["by words"]
    assert "there is no model" in capsys.readouterr().out


def test_this_release_can_be_measured(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is at least one way, by words, whatever is installed."""
    monkeypatch.chdir(tmp_path_factory.mktemp("bench"))

    assert ways_here()[0].name in {"", "by words"}
