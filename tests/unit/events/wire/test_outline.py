"""The outline of a body: everything but its long strings, and their places."""

import json
import tracemalloc

import pytest

from events.wire.outline import LONG_STRING_BYTES, OUTLINE_BYTES_MAX, WHOLE_BYTES_MAX, Outline, elided
from tests.support.samples import CAPTURED

LONG = b"A" * (2 * WHOLE_BYTES_MAX)
PIECE_BYTES = 64 * 1024


def outline_of(body: bytes, *, piece_bytes: int = PIECE_BYTES) -> bytes | None:
    outline = Outline()
    for at in range(0, len(body), piece_bytes):
        outline.feed(body[at : at + piece_bytes])
    return outline.text()


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"a": ', b"not JSON", b'"' + b"A" * (WHOLE_BYTES_MAX - 2) + b'"', CAPTURED.read_bytes()],
    ids=["empty", "object", "torn", "no JSON", "as large as it may be", "captured"],
)
def test_small_body_is_its_own_outline(body: bytes) -> None:
    """A body of up to 1 MiB is its own outline, byte for byte, whatever it is."""
    assert outline_of(body) == body


def test_body_above_the_limit_is_outlined() -> None:
    """A body one byte above 1 MiB leaves out a long string."""
    body = b'"' + b"A" * (WHOLE_BYTES_MAX - 1) + b'"'
    assert outline_of(body) == b'"@1+%d"' % (WHOLE_BYTES_MAX - 1)


def test_long_string_is_replaced_by_its_place() -> None:
    """The content of a long string is left out, and replaced by its place in the body."""
    body = b'{ "before": [1, "\\u00e9"],\n"full_audio": "' + LONG + b'", "after": null }'
    outline = outline_of(body)
    assert outline is not None
    offset = body.index(LONG)
    assert outline == body.replace(LONG, b"@%d+%d" % (offset, len(LONG)))
    assert elided(json.loads(outline)["full_audio"]) == (offset, len(LONG))


@pytest.mark.parametrize(("length", "is_left_out"), [(LONG_STRING_BYTES, False), (LONG_STRING_BYTES + 1, True)])
def test_string_of_64_kib_is_kept(length: int, is_left_out: bool) -> None:
    """In a large body a string of 64 KiB is kept, and a string one byte longer is left out."""
    body = json.dumps(["b" * length, LONG.decode()]).encode()
    outline = outline_of(body)
    assert outline is not None
    assert (elided(json.loads(outline)[0]) is not None) is is_left_out


def test_length_counts_the_bytes_of_the_body() -> None:
    """Escapes and characters of several bytes count by their bytes in the body."""
    inside = '\\"\\u20ac€'.encode() * 150_000
    body = b'["' + inside + b'", "' + LONG + b'"]'
    outline = outline_of(body)
    assert outline is not None
    assert elided(json.loads(outline)[0]) == (2, len(inside))


def test_long_key_is_left_out_as_well() -> None:
    """A key is left out like any other string."""
    assert outline_of(b'{"' + LONG + b'": 1}') == b'{"@2+%d": 1}' % len(LONG)


@pytest.mark.slow
@pytest.mark.parametrize("piece_bytes", [1000, 4093, PIECE_BYTES, 10 * WHOLE_BYTES_MAX])
@pytest.mark.slow
def test_escape_may_be_cut_in_two(piece_bytes: int) -> None:
    """Wherever the pieces of a body are cut, even within an escape, the outline is the same."""
    body = b'["' + b"\\u00e9\\n\\\\" * 150_000 + b'", "\\"short\\""]'
    assert outline_of(body, piece_bytes=piece_bytes) == b'["@2+%d", "\\"short\\""]' % (150_000 * 10)


@pytest.mark.parametrize(
    "end",
    [b"", b'\\"', b"\\", b"\\u12", b'\\u12g4"', b'\\q"', b'\n"', b'\x00"'],
    ids=["open", "escaped quote", "cut escape", "cut number", "no number", "no escape", "line break", "NUL"],
)
@pytest.mark.parametrize("piece_bytes", [4096, 10 * WHOLE_BYTES_MAX])
def test_malformed_string_has_no_outline(end: bytes, piece_bytes: int) -> None:
    """A large body with a string that does not end, or has a byte that no JSON string may hold, has no outline."""
    assert outline_of(b'["' + LONG + end, piece_bytes=piece_bytes) is None
    assert outline_of(b'["' + LONG + b'", "' + end, piece_bytes=piece_bytes) is None


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x9f\x98"]
)
@pytest.mark.parametrize("long", [b"", LONG], ids=["small", "large"])
def test_invalid_utf8_has_no_outline(bad: bytes, long: bytes) -> None:
    """
    Invalid UTF-8 anywhere leaves no outline: even in a string that is left out, or at the very end of a small body.
    """
    assert outline_of(b'["' + long + bad + b'"]') is None
    assert outline_of(b'["' + long + b'"]' + bad) is None


def test_nothing_mends_a_body_that_was_malformed() -> None:
    """Once a body is malformed, no later bytes give it an outline."""
    outline = Outline()
    outline.feed(b'["\xff')
    outline.feed(b'"]')
    assert outline.text() is None


def test_utf8_may_be_cut_in_two() -> None:
    """A character whose bytes come in two pieces is no fault, in a small body or a large one."""
    for body in ('["€😀"]'.encode(), b'["' + LONG + '€😀"]'.encode()):
        outline = Outline()
        for byte in range(len(body) - 12, len(body)):
            if byte == len(body) - 12:
                outline.feed(body[:byte])
            outline.feed(body[byte : byte + 1])
        assert outline.text() is not None


def test_outline_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body with too much to keep has no outline: it is no webhook, and must not fill the memory."""
    assert OUTLINE_BYTES_MAX > WHOLE_BYTES_MAX
    monkeypatch.setattr("events.wire.outline.OUTLINE_BYTES_MAX", 2 * WHOLE_BYTES_MAX)
    body = b"[" + b'"short",' * (2 * WHOLE_BYTES_MAX // 8) + b"0]"
    assert outline_of(body[: len(body) // 2]) is not None
    assert outline_of(body) is None


def test_long_string_is_not_held_in_memory() -> None:
    """A recording passes through piece by piece: memory does not grow with it."""
    piece = b"A" * PIECE_BYTES
    tracemalloc.start()
    try:
        outline = Outline()
        outline.feed(b'{"full_audio":"')
        for _ in range(128):
            outline.feed(piece)
        outline.feed(b'"}')
        held_bytes_max = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outline.text() == b'{"full_audio":"@15+%d"}' % (128 * PIECE_BYTES)
    assert held_bytes_max < 5 * WHOLE_BYTES_MAX


@pytest.mark.parametrize(
    "text", ["", "@", "@1", "@1+", "@+1", "1+1", "@1+1 ", " @1+1", "@1+1\n", "@-1+1", "@x+1", "+1@1"]
)
def test_other_text_is_no_place(text: str) -> None:
    """Text that is not exactly a place is an ordinary string."""
    assert elided(text) is None
