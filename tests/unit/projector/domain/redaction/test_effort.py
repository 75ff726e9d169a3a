"""Redaction takes time in proportion to the text, and reads roughly what nobody can say."""

from collections.abc import Callable

import pytest

from projector.domain.redaction.all_numbers import removed
from projector.domain.redaction.effort import EFFORT_MAX, reading_of
from projector.domain.redaction.find_numbers import Text
from projector.domain.redaction.redaction import RedactionSettings, redact
from tests.support.effort import steps_of
from tests.unit.projector.domain.redaction.test_redaction import call

SETTINGS = RedactionSettings()
ROUGH = "[numbers removed]"
_FEW, _TIMES = 30, 10


@pytest.mark.parametrize(
    "turns",
    [
        lambda times: ["> Card?", "cvv 123 " * times],
        lambda times: ["123", "> CVV 123"] * times,
        lambda times: ["4111 1111 1111 1111", "> cvv 123"] * times,
        lambda times: ["4111 1111", "> 1111", "1111 1111", "> 1111"] * times,
        lambda times: ["> " + "CVV or what? " * 20, *["It is 123."] * times],
        *(
            lambda times, text=text: [text * 10 * times]
            for text in ("a", "7", "7 ", "\U0001f600", "\u4e2d", "[", "one", "double ", "-", "a1")
        ),
    ],
    ids=[
        *("names and codes in one turn", "codes", "cards and codes", "numbers read back", "answers to one question"),
        *("a letter", "digits", "single digits", "emoji", "no spaces", "brackets", "one", "double", "dashes", "mixed"),
    ],
)
def test_effort_grows_as_the_call_does(turns: Callable[[int], list[str]]) -> None:
    """Ten times the text takes ten times the steps, not a hundred times, in one turn or in many."""

    def steps(times: int) -> int:
        given = call(*turns(times))
        return steps_of(lambda: redact(given, SETTINGS))

    steps(_FEW)  # the first one imports, and fills caches
    assert steps(_TIMES * _FEW) < 1.2 * _TIMES * steps(_FEW)


def test_each_removal_that_reveals_another_is_not_followed_for_ever() -> None:
    """Where each removal makes a pattern match what comes next, the whole text goes after a while."""
    text = "x" * 20_000
    left = redact(call(text), RedactionSettings(patterns={"name": r"^x|(?<=\])x"}))

    assert left.turns[0].text == "[name removed]"
    assert left.turns[0].redacted == ("name",)


def test_text_that_nobody_can_say_loses_every_number() -> None:
    """A text with more numbers than are said in hours loses all of them; other texts of the call are read closely."""
    long = "order 4711 for CVV 123 and forty-one, " * 2000
    left = redact(call("My card is 4111 1111 1111 1111.", "> Thanks.", long, title="Order 4711"), SETTINGS)

    assert [turn.text for turn in left.turns[:2]] == ["My card is [card number removed].", "Thanks."]
    assert ROUGH in left.turns[2].text
    assert left.turns[2].redacted == ("numbers",)
    assert not any(number in left.turns[2].text for number in ("4711", "123", "forty", "one"))
    assert left.title == "Order 4711"
    assert redact(left, SETTINGS) == left


def test_call_with_more_turns_than_can_be_said_loses_every_number() -> None:
    """A call with more turns than are said in a day loses its numbers, and nothing else."""
    left = redact(call(*["I am 5 years old"] * 16_000), SETTINGS)

    assert {turn.text for turn in left.turns} == {f"I am {ROUGH} years old"}
    assert redact(left, SETTINGS) == left


def test_ordinary_calls_are_read_closely() -> None:
    """A call of two hours, in which a third of the turns name numbers, is read closely."""
    turns = ["I would like one of these for 25 dollars on the 3rd, please.", "Yes, I see what you mean there.", "Okay."]
    assert not reading_of([Text(text) for text in turns * 480]).roughly


def test_what_is_read_roughly_is_the_longest() -> None:
    """The fewest texts are read roughly: the longest ones."""
    texts = [Text("1 2 3 " * times) for times in (10, 5000, 20, 6000, 30)]
    assert reading_of(texts).roughly == {1, 3}
    assert reading_of(texts).effort <= EFFORT_MAX


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("four one 11, 12", ROUGH),
        ("Room 12b, floor three.", f"Room {ROUGH}, floor {ROUGH}."),
        ("Room 12b at 3rd.", f"Room {ROUGH}."),
        ("\u0664\u0661 and forty-one", ROUGH),
        ("[one thing removed] 1 [one thing removed]", f"[one thing removed] {ROUGH} [one thing removed]"),
        ("someone on the phone, Ten Hag", f"someone on the phone, {ROUGH} Hag"),
        ("None of it", "None of it"),
        ("1 [ 2 ] 3", ROUGH),
        ("1 [card number removed] 2", f"{ROUGH} [card number removed] {ROUGH}"),
        ("ab1 cd_2e, one_two", ROUGH),
        ("\u017fIX of us, n\u0131ne", f"{ROUGH} of us, {ROUGH}"),
    ],
)
def test_removes_all_numbers(text: str, left: str) -> None:
    """Every number goes, in digits of any script or in words, with the short words between them; marks stay."""
    assert removed(text)[0] == left
    assert removed(left) == (left, ())
