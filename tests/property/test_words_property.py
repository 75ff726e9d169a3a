"""What is written to be fast finds what its plain form finds: the path of ASCII texts, and expressions."""

import re
import string

from hypothesis import example, given
from hypothesis import strategies as st

from projector.domain.redaction.digit_words import digits_at_most, holds_digits
from projector.engines.lexical.vocabulary.spelled import _GROUPED, _WORD_OR_CODE
from projector.engines.lexical.vocabulary.terms import words_of

# A character beyond ASCII at the end makes the same text take the general path.
_BEYOND, _WORD_BEYOND = " | \u00fcber", "\u00fcber"
_PLAIN_GROUPED = re.compile(r"(?<!\d)\d+(?:[\s\-./()]{1,2}\d+)+(?!\d)")
_PLAIN_CODE = re.compile(r"(?<![^\W_])[^\W_]+(?:[\-/.][^\W_]+)+")
_SAID = st.sampled_from(
    (
        *("I", "a", "M", "x", "b", "at", "dot", "punto", "arroba", "as in Mike", "wie Martha", "marta", "example.com"),
        *("4711", "12", "5", "AB-12", "a/1", "x_y", "1_000", "2025-11-12:", "anna@example.com", "4111 1111", "(555)"),
        *("five", "double", "one", "oh", "seventy", "eleven", "null", "eins", "uno", "dos", "don't", "\x1c", "_"),
    )
)
_GAPS = st.sampled_from((" ", " ", "  ", "-", ", ", ".", "/", "\n", "", "_"))
_PIECES = st.lists(st.tuples(_SAID, _GAPS).map("".join), max_size=12).map("".join)
_TEXTS = _PIECES | st.text(string.printable, max_size=60)


@example(text="A B x", language="en")
@given(text=_TEXTS, language=st.sampled_from(("en", "de", "es", "ja")))
def test_ascii_has_the_words_that_it_would_have_among_others(text: str, language: str) -> None:
    """The search terms of a text do not depend on whether other text follows it."""
    assert words_of(text, language) == [word for word in words_of(text + _BEYOND, language) if word != _WORD_BEYOND]


@given(text=_TEXTS)
def test_ascii_holds_the_digits_that_it_would_hold_among_others(text: str) -> None:
    """The upper bound of digits, by which redaction decides whether to look for numbers, is the same on both paths."""
    assert digits_at_most(text, enough=10**6) == digits_at_most(text + _BEYOND, enough=10**6)
    assert holds_digits(text) == holds_digits(text + _BEYOND)


@example(text="12 3-4  (5) AB-12 a/1. x_y-2")
@given(text=_TEXTS | st.text(max_size=60))
def test_groups_and_codes_are_those_of_the_plain_expressions(text: str) -> None:
    """Digits in groups, and codes such as `AB-12`, are found wherever the plain expressions find them."""
    assert [found.group() for found in _GROUPED.finditer(text)] == _PLAIN_GROUPED.findall(text)
    assert [code for code in _WORD_OR_CODE.findall(text) if not code.isalnum()] == _PLAIN_CODE.findall(text)
