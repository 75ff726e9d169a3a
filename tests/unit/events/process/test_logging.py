"""Log lines hold printable characters only, whatever strangers have written into what is logged."""

import io
import json
import logging as standard_logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import characters, dictionaries, lists, none, one_of, text

from events.process import logging

# A title that is set, a screen that is cleared, a line that is overwritten, C1's own CSI, marks that turn the direction
# of writing, line ends of Unicode, a tag that takes no room, and half of a surrogate pair.
_NASTY = [
    "\x1b]0;pwned\x07",
    "\x1b[2J",
    "a\rb",
    "a\nb",
    "\x9b31m",
    "\x7f\x08",
    "\u202eoops\u2066",
    "a\u2028b\u2029c\x85",
    "\U000e0041\u200b",
    "\ud800",
]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class _Stdout(io.StringIO):
    """Stands for stdout, a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self.is_terminal


Log = Callable[[Callable[[], Any]], str]


@pytest.fixture(params=[True, False], ids=["terminal", "JSON"])
def logged(request: pytest.FixtureRequest) -> Iterator[Log]:
    """Return a function that returns what is written while a function logs, without the renderer's own colours."""

    def log(act: Callable[[], Any]) -> str:
        with pytest.MonkeyPatch.context() as patch:
            stdout = _Stdout(is_terminal=request.param)
            patch.setattr("sys.stdout", stdout)
            logging.configure(level="info")
            act()
        return _COLOUR.sub("", stdout.getvalue()) if request.param else stdout.getvalue()

    yield log
    logging.configure(level="critical")


def assert_printable(written: str) -> None:
    """Assert that each line is printable."""
    assert all(line.isprintable() for line in written.split("\n")), ascii(written)


@pytest.mark.parametrize("nasty", _NASTY)
def test_no_value_and_no_name_reaches_a_terminal_raw(logged: Log, nasty: str) -> None:
    """A text, one inside of other values, the event's own name, and an object's words are one printable line."""

    class Told:
        def __repr__(self) -> str:
            return nasty

    facts = {"path": nasty, "all": [nasty, {nasty: nasty}], "told": Told(), nasty: 1}
    written = logged(lambda: logging.get_logger("webhook").warning(nasty, **facts))
    assert_printable(written)
    assert written.count("\n") == 1


@pytest.mark.parametrize("nasty", _NASTY)
def test_no_line_of_a_library_reaches_a_terminal_raw(logged: Log, nasty: str) -> None:
    """What a library logs, with its arguments, is printable as well."""
    written = logged(lambda: standard_logging.getLogger("uvicorn.error").warning("Invalid request: %s " + nasty, nasty))
    assert_printable(written)
    assert written.count("\n") == 1


@pytest.mark.parametrize("nasty", _NASTY)
@pytest.mark.parametrize("is_ours", [True, False])
def test_no_traceback_forges_a_line(logged: Log, nasty: str, is_ours: bool) -> None:
    """The message of an error is printable, and none of its lines begins where a line of ours would."""
    logger = logging.get_logger("error") if is_ours else standard_logging.getLogger("asyncio")

    def fail() -> None:
        try:
            int("x")
        except ValueError as error:
            error.add_note(nasty + "\n2026-11-28T12:00:00Z [info] all is well")
            logger.exception("request_failed")

    written = logged(fail)
    assert_printable(written)
    assert "ValueError" in written
    assert not any(line.startswith("2026-11-28T12:00") for line in written.split("\n"))


@given(event=text(), facts=dictionaries(text(max_size=3), one_of(text(), none(), lists(text()))))
def test_json_is_the_same_json(event: str, facts: dict[str, Any]) -> None:
    """A reader of the JSON gets every character that was logged, and each line is printable."""
    stdout = _Stdout(is_terminal=False)
    facts = {f"fact_{name}": value for name, value in facts.items()}
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdout", stdout)
            logging.configure(level="info")
            logging.get_logger("webhook").info(event, **facts)
    finally:
        logging.configure(level="critical")
    assert_printable(stdout.getvalue())
    read = json.loads(stdout.getvalue())
    assert read["event"] == event
    assert {name: read[name] for name in facts} == facts


@given(text(alphabet=characters()))
def test_plain_text_stays_as_it_is(words: str) -> None:
    """Nothing but what is not printable is changed."""
    from events.process.terminal import printable

    assert printable(words).isprintable()
    if words.isprintable():
        assert printable(words) == words
