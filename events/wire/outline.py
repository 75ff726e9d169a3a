"""
Reads a JSON body of any size without holding its long strings in memory.

A recording arrives as one string of tens of megabytes. Everything that we decode of such a body is outside of it.
"""

import codecs
import re
from collections.abc import Iterable

WHOLE_BYTES_MAX = 1024 * 1024
LONG_STRING_BYTES = 64 * 1024
# Larger than any transcript: a turn is about 1.5 kB on the wire, and no call has 40,000 of them.
OUTLINE_BYTES_MAX = 64 * 1024 * 1024

# Source: RFC 8259, section 7: the characters that a string may hold as they are, and those after a backslash.
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_ESCAPE_BYTES_MAX = 6
_ELIDED = re.compile(r"@([0-9]+)\+([0-9]+)")


class Outline:
    """
    The outline of a JSON body that comes in piece by piece.

    A body of up to 1 MiB is its own outline. In a larger one, `@{offset}+{length}` replaces the text of every string
    longer than 64 KiB; both numbers count bytes of the body.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self._is_scanning = False
        self._carry = b""
        self._offset = 0
        self._string_at: int | None = None
        self._string_kept_at = 0
        self._is_malformed = False
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        if self._is_malformed or not self._check_utf8(chunk):
            return
        if not self._is_scanning:
            self._kept += chunk
            if len(self._kept) <= WHOLE_BYTES_MAX:
                return
            self._is_scanning = True
            chunk, self._kept = bytes(self._kept), bytearray()
        self._scan(self._carry + chunk)
        if len(self._kept) > OUTLINE_BYTES_MAX:
            self._is_malformed = True
            self._kept.clear()

    def text(self) -> bytes | None:
        """Return the outline of the body; None if the body is not UTF-8, or not JSON that we can outline."""
        self._check_utf8(b"", final=True)
        if self._is_malformed or self._carry or self._string_at is not None:
            return None
        return bytes(self._kept)

    def _check_utf8(self, chunk: bytes, *, final: bool = False) -> bool:
        # A typed decoder skips unknown fields without checking their UTF-8. Without this check a bad byte
        # would break the next program that reads the log.
        try:
            self._utf8.decode(chunk, final)
        except UnicodeDecodeError:
            self._is_malformed = True
        return not self._is_malformed

    def _scan(self, piece: bytes) -> None:
        at = 0
        self._carry = b""
        while at < len(piece) and not self._is_malformed:
            if self._string_at is None:
                quote = piece.find(b'"', at)
                end = len(piece) if quote < 0 else quote + 1
                self._kept += piece[at:end]
                at = end
                if quote >= 0:
                    self._string_at, self._string_kept_at = self._offset + at, len(self._kept)
            else:
                at = self._scan_string(piece, at)
            if self._carry:
                break
        self._offset += len(piece) - len(self._carry)

    def _scan_string(self, piece: bytes, at: int) -> int:
        assert self._string_at is not None
        plain = _PLAIN.match(piece, at)
        assert plain is not None
        end = plain.end()
        self._keep(piece[at:end], self._offset + end)
        if end == len(piece):
            return end
        if piece[end : end + 1] == b'"':
            length = self._offset + end - self._string_at
            if length > LONG_STRING_BYTES:
                del self._kept[self._string_kept_at :]
                self._kept += b"@%d+%d" % (self._string_at, length)
            self._kept += b'"'
            self._string_at = None
            return end + 1
        escape = _ESCAPE.match(piece, end)
        if escape is not None:
            self._keep(escape.group(), self._offset + escape.end())
            return escape.end()
        if piece[end : end + 1] == b"\\" and len(piece) - end < _ESCAPE_BYTES_MAX:
            self._carry = piece[end:]  # the next piece brings the rest of this escape
            return len(piece)
        self._is_malformed = True
        return end

    def _keep(self, inside: bytes, end_offset: int) -> None:
        assert self._string_at is not None
        if end_offset - self._string_at <= LONG_STRING_BYTES:
            self._kept += inside


def outline_of(chunks: Iterable[bytes]) -> bytes | None:
    """Return the outline of a body that comes in pieces; None if it has none."""
    outline = Outline()
    for chunk in chunks:
        outline.feed(chunk)
    return outline.text()


def elided(text: str) -> tuple[int, int] | None:
    """
    Return where in the body a left-out string lies, (offset, length) in bytes; None if the text is the string itself.

    Safe only for fields whose own text cannot look like `@1+1`, such as base64.
    """
    match = _ELIDED.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None
