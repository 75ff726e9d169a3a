"""
Bounds what an HTTP server may answer: its size once it is decompressed, its compression, and the time that it takes.

A small compressed answer may unfold to a thousand times its size, and httpx unfolds each piece whole.
"""

import time
import zlib
from collections.abc import Callable, Iterator

import httpx

from projector.errors import AnswerUnusableError

# The compression to ask for. `deflate` is read as well, but servers disagree about what it means.
ACCEPTED = "gzip"
_CODINGS = {"gzip", "x-gzip", "deflate"}
_PIECE_BYTES = 64 * 1024
# The body of an error is only shown, and only its beginning.
_ERROR_BYTES_MAX = 64 * 1024
# A server that sends a byte now and then never runs into a timeout. Source: Apache's `RequestReadTimeout`, MinRate.
_BYTES_PER_S_MIN = 500
_PATIENCE_S = 60.0
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_MIB = 1024 * 1024
_SHOWN_CHARS = 40


def bound(answer: httpx.Response, *, bytes_max: int | None, check: Callable[[], None] = lambda: None) -> None:
    """
    Bound an answer whose body was not read yet.

    Reading it then raises `AnswerUnusableError` once it is too long, or if we cannot decompress it, and
    `httpx.ReadTimeout` if it comes in too slowly. The body of an error is cut off instead.

    Args:
        bytes_max: the most bytes of the decompressed body; None where the reader keeps only a piece at a time.
        check: is called before each piece, and may raise to end the reading.
    """
    assert isinstance(answer.stream, httpx.SyncByteStream)
    coding = answer.headers.pop("content-encoding", "").strip().lower()
    if answer.is_error:
        bytes_max = _ERROR_BYTES_MAX
    answer.stream = _BoundedStream(answer.stream, coding, bytes_max, check, is_error=answer.is_error)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(
        self,
        stream: httpx.SyncByteStream,
        coding: str,
        bytes_max: int | None,
        check: Callable[[], None],
        *,
        is_error: bool,
    ) -> None:
        self._stream = stream
        self._coding = coding
        self._bytes_max = bytes_max
        self._check = check
        self._is_error = is_error

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._decoded():
            size += len(piece)
            if self._bytes_max is not None and size > self._bytes_max:
                if self._is_error:
                    return
                raise AnswerUnusableError(f"it is larger than {self._bytes_max / _MIB:.0f} MiB")
            yield piece

    def close(self) -> None:
        self._stream.close()

    def _decoded(self) -> Iterator[bytes]:
        if self._coding in {"", "identity"}:
            return self._received()
        if self._coding in _CODINGS:
            return _inflated(self._received(), self._coding)
        raise AnswerUnusableError(f"it is compressed in a way that was not asked for: {self._coding[:_SHOWN_CHARS]!r}")

    def _received(self) -> Iterator[bytes]:
        began = time.monotonic()
        size = 0
        for piece in self._stream:
            self._check()
            size += len(piece)
            if time.monotonic() - began > _PATIENCE_S + size / _BYTES_PER_S_MIN:
                raise httpx.ReadTimeout("the answer comes in too slowly")
            yield piece


def _inflated(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Yield what compressed pieces hold, `_PIECE_BYTES` at a time: each byte of theirs may hold a thousand."""
    inflate = None if coding == "deflate" else zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            if inflate is None and piece:
                # Source: RFC 9110, section 8.4.1.2: with a zlib header. Some servers leave it out.
                inflate = zlib.decompressobj(_ZLIB if piece[0] & 0x0F == zlib.DEFLATED else _RAW)
            rest, is_full = piece, True
            while inflate is not None and (rest or is_full) and not inflate.eof:
                inflated = inflate.decompress(rest, _PIECE_BYTES)
                rest, is_full = inflate.unconsumed_tail, len(inflated) == _PIECE_BYTES
                if inflated:
                    yield inflated
    except zlib.error as error:
        raise AnswerUnusableError(f"it cannot be decompressed: {error}") from error
    if inflate is not None and not inflate.eof:
        raise AnswerUnusableError("its compressed data ends half-way")
