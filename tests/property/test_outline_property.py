"""The outline decodes like the body, whatever the body and however it is cut into pieces."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.log.filing import file_body
from events.wire.outline import Outline, elided

# Limits so low that small examples meet them.
WHOLE_BYTES = 48
LONG_BYTES = 12

texts = st.one_of(
    st.text(max_size=8),
    st.text(alphabet='"\\\n\x00/aé€😀', max_size=40),
    st.text(alphabet="abc", min_size=LONG_BYTES - 2, max_size=LONG_BYTES + 2),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
cuts = st.lists(st.integers(0, 400), max_size=12)
# The parts of JSON and of its faults.
SCRAPS = (
    *(b'"', b"\\", b'\\"', b"\\u00e9", b"\\u1", b"{", b"}", b"[", b"]", b",", b":"),
    *(b"a" * 20, b"1", b"\n", b"\x00", "€".encode(), "€".encode()[:1], b"\xff"),
)
scraps = st.lists(st.sampled_from(SCRAPS), max_size=30).map(b"".join)


class Pairs(list[tuple[str, Any]]):
    """The members of an object in their order, so that two keys that were left out stay two."""


@contextmanager
def low_limits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.wire.outline.WHOLE_BYTES_MAX", WHOLE_BYTES)
        patch.setattr("events.wire.outline.LONG_STRING_BYTES", LONG_BYTES)
        yield


def in_pieces(body: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for cut in [*sorted(cuts), len(body)]:
        yield body[at:cut]
        at = max(at, cut)


def outline_of(body: bytes, cuts: list[int]) -> bytes | None:
    outline = Outline()
    for piece in in_pieces(body, cuts):
        outline.feed(piece)
    return outline.text()


def assert_says_the_same(said: Any, expected: Any, body: bytes, *, is_ascii: bool) -> None:
    assert type(said) is type(expected)
    if isinstance(expected, Pairs):
        assert len(said) == len(expected)
        for (said_key, said_value), (key, value) in zip(said, expected, strict=True):
            assert_says_the_same(said_key, key, body, is_ascii=is_ascii)
            assert_says_the_same(said_value, value, body, is_ascii=is_ascii)
    elif isinstance(expected, list):
        assert len(said) == len(expected)
        for said_item, item in zip(said, expected, strict=True):
            assert_says_the_same(said_item, item, body, is_ascii=is_ascii)
    elif isinstance(expected, str) and said != expected:
        place = elided(said)
        assert place is not None
        offset, length = place
        assert length > LONG_BYTES
        assert json.loads(body[offset - 1 : offset + length + 1]) == expected
    else:
        assert said == expected
        if isinstance(expected, str):
            assert len(json.dumps(expected, ensure_ascii=is_ascii).encode()) - 2 <= LONG_BYTES


@settings(max_examples=300)
@given(value=values, cuts=cuts, is_ascii=st.booleans(), indent=st.sampled_from((None, 1)))
def test_outline_decodes_to_the_same_value(value: Any, cuts: list[int], is_ascii: bool, indent: int | None) -> None:
    """An outline decodes to the value of its body, except that its place in the body stands for a long string."""
    body = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    with low_limits():
        outline = outline_of(body, cuts)

    assert outline is not None
    if len(body) <= WHOLE_BYTES:
        assert outline == body
    else:
        said = json.loads(outline, object_pairs_hook=Pairs)
        assert_says_the_same(said, json.loads(body, object_pairs_hook=Pairs), body, is_ascii=is_ascii)


@settings(max_examples=300)
@given(body=scraps, cuts=cuts)
def test_outline_is_the_same_however_a_body_is_cut(body: bytes, cuts: list[int]) -> None:
    """Cutting a body into other pieces, well-formed or malformed, makes no difference."""
    with low_limits():
        assert outline_of(body, cuts) == outline_of(body, [])


@settings(max_examples=200)
@given(
    value=values, cuts=cuts, at=st.integers(0, 400), bad=st.sampled_from((b"\xff", b"\x80", b"\xc3", b"\xed\xa0\x80"))
)
def test_one_bad_byte_leaves_no_outline(value: Any, cuts: list[int], at: int, bad: bytes) -> None:
    """Invalid UTF-8 at any place leaves no outline."""
    body = json.dumps(value).encode()  # ASCII, so that no neighbouring byte makes `bad` a character
    with low_limits():
        assert outline_of(body[:at] + bad + body[at:], cuts) is None


@settings(max_examples=200)
@given(value=values, cuts=cuts, end=st.sampled_from((b'"', b'"abc', b'"\\', b'"\\u12', b'"\\x"', b'"\t"')))
def test_malformed_string_leaves_no_outline(value: Any, cuts: list[int], end: bytes) -> None:
    """A large body that ends within a string, or has a byte that no string may hold, has no outline."""
    body = json.dumps([value, "0" * WHOLE_BYTES]).encode() + end
    with low_limits():
        assert outline_of(body, cuts) is None


@settings(max_examples=300)
@given(
    body=st.one_of(
        scraps,
        values.map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries(
            {"type": st.one_of(values, st.sampled_from(("post_call_audio", "../x", "transcription")))},
            optional={"data": st.one_of(values, st.fixed_dictionaries({"conversation_id": values}))},
        ).map(lambda webhook: json.dumps(webhook).encode()),
    )
)
def test_any_body_is_filed_within_the_folder(body: bytes) -> None:
    """Whatever a body holds, its file has a name of our own making, inside the payload folder."""
    filing = file_body(outline_of(body, []), "5" * 64)
    path = PurePosixPath(filing.path)
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert path.parts[0] in {"_unreadable", "_events", filing.conversation_id}
    assert all(len(part.encode()) <= 255 for part in path.parts)
    assert filing.path.isascii()
    assert filing.path.isprintable()
