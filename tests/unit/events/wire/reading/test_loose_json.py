"""What Python's own parser takes for JSON is mended for a strict one, and nothing else of it changes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.wire.reading.loose_json import NO_NUMBER, loosely_decoded, mended

HALF, WHOLE = "\ud83d", "\U0001f600"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rb'"\ud83d"', rb'"\ufffd"'),
        (rb'"\uDE00"', rb'"\ufffd"'),
        (rb'"\ud83d\ude00"', rb'"\ud83d\ude00"'),
        (rb'"\ud83d\ud83d\ude00"', rb'"\ufffd\ud83d\ude00"'),
        (rb'"\ude00\ud83d"', rb'"\ufffd\ufffd"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\\\ud83d"', rb'"\\\ufffd"'),
        (rb'"\ud83d\n"', rb'"\ufffd\n"'),
        (rb'"\ud83d', rb'"\ufffd'),
        (rb'["NaN", NaN, "\"NaN", -Infinity, Infinity]', rb'["NaN", 1e400, "\"NaN", 1e400, 1e400]'),
        (rb'"\u00e9 \ud7ff \ue000"', rb'"\u00e9 \ud7ff \ue000"'),
        (b"{}", b"{}"),
        (b"", b""),
    ],
)
def test_half_a_pair_and_what_is_no_number_are_mended(text: bytes, expected: bytes) -> None:
    """Each half of a surrogate pair becomes U+FFFD, and `NaN` an endless number; whole pairs and other words stay."""
    assert mended(text) == expected


@pytest.mark.parametrize(
    "text", [b'"\\"' * 100_000, b'"' * 100_001, b"\\" * 100_000, b'"' + b"\\u" * 50_000, b"NaN" * 50_000]
)
def test_text_that_is_no_json_is_looked_through_once(text: bytes) -> None:
    """Whatever a body holds, mending it ends, and changes nothing of a text that has no half of a pair."""
    assert mended(text) == text


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(value=values, is_ascii=st.booleans())
def test_decodes_as_a_strict_parser_would_once_it_is_mended(value: Any, *, is_ascii: bool) -> None:
    """What is decoded loosely is what a strict parser reads of the mended text."""
    text = json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "replace")
    assert loosely_decoded(text) == msgspec.json.decode(mended(text))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 4301])
def test_number_that_nothing_can_hold_is_marked(number: str) -> None:
    """Such a number is neither lost nor guessed."""
    assert loosely_decoded(f'[1, {{"a": {number}}}]'.encode()) == [1, {"a": NO_NUMBER}]


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"\xff", b'"\xed\xa0\xbd"', b"[" * 100_000, b'{"a": nan}'])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """Anything else that is no JSON is an error of one kind."""
    with pytest.raises(msgspec.DecodeError):
        loosely_decoded(text)
