"""What a span may say."""

import pytest

from events.tracing.attributes import NAMES, allowed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("elaoms.kind", "other-my-father-has-cancer"),
        ("elaoms.source", "+12025550143"),
        ("http.route", "/callers/+12025550143"),
        ("error.type", "no caller +12025550143"),
        ("elaoms.engine", 5),
        ("elaoms.kind", None),
    ],
)
def test_word_that_was_not_foreseen_leaves_as_other(name: str, value: object) -> None:
    """Whatever a sender or a bug puts in the place of a word, it does not leave the process."""
    assert allowed({name: value}) == {name: "other"}


def test_what_is_no_attribute_or_of_another_type_does_not_leave() -> None:
    """No name but those that are listed, no text in place of a number, and no number in place of a yes."""
    given = {
        "elaoms.caller": "+12025550143",
        "transcript": "My son is 3.",
        "elaoms.found": "My son is 3.",
        "elaoms.position": 1.5,
        "elaoms.events": True,
        "elaoms.is_duplicate": 1,
        "elaoms.is_returning": "Marta",
    }
    assert allowed(given) == {}


def test_what_is_foreseen_leaves_as_it_is() -> None:
    """Numbers, flags and known words are exported under their names."""
    given = {"elaoms.position": 7, "elaoms.is_duplicate": False, "elaoms.kind": "audio", "http.request.method": "POST"}
    assert allowed(given) == given
    assert given.keys() <= NAMES
