"""What another server may make us hold: a bounded amount, however it is compressed, and for a bounded time."""

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from projector.errors import AnswerUnusableError
from projector.sources import bounded_answers
from projector.sources.bounded_answers import bound

_MIB = 1024 * 1024
_TEXT = b'{"words":"' + b"hello, " * 50_000 + b'"}'


def raw_deflate(data: bytes) -> bytes:
    """Return a deflate stream without the header, as some servers send it."""
    compress = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compress.compress(data) + compress.flush()


_COMPRESS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "identity": ("identity", bytes),
    "nothing": ("", bytes),
}
_compressed = pytest.mark.parametrize("kind", _COMPRESS)


def answered(
    pieces: Iterator[bytes] | list[bytes],
    coding: str,
    *,
    status: int = 200,
    bytes_max: int | None = _MIB,
    check: Callable[[], None] = lambda: None,
) -> httpx.Response:
    """Return a bounded answer, as a client with a hook gets it."""

    def hook(answer: httpx.Response) -> None:
        bound(answer, bytes_max=bytes_max, check=check)

    headers = {"content-encoding": coding} if coding else {}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=iter(pieces)))
    with httpx.Client(transport=transport, event_hooks={"response": [hook]}) as client:
        return client.get("http://server")


@_compressed
@pytest.mark.parametrize("piece", [1, 7, 1000, _MIB])
def test_answer_below_the_limit_is_read_whole(kind: str, piece: int) -> None:
    """However it is compressed and cut, an answer is read as it was written."""
    coding, compress = _COMPRESS[kind]
    sent = compress(_TEXT[:3000] if piece == 1 else _TEXT)
    answer = answered([sent[at : at + piece] for at in range(0, len(sent), piece)], coding)
    assert answer.content == (_TEXT[:3000] if piece == 1 else _TEXT)


@_compressed
@pytest.mark.slow
def test_answer_above_the_limit_is_given_up(kind: str) -> None:
    """An answer of hundreds of megabytes, small as it may come in, costs little more than the limit."""
    coding, compress = _COMPRESS[kind]
    sent = compress(b" " * 200 * _MIB)
    tracemalloc.start()
    try:
        with pytest.raises(AnswerUnusableError, match="larger than 1 MiB"):
            answered((sent[at : at + 65536] for at in range(0, len(sent), 65536)), coding)
        assert tracemalloc.get_traced_memory()[1] < 20 * _MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "identity, gzip", "gzip,deflate", "?\x7f"])
def test_unknown_compression_is_said(coding: str) -> None:
    """What was not asked for is not guessed, nested ones included, and the message is printable."""
    with pytest.raises(AnswerUnusableError, match="compressed in a way that was not asked for") as caught:
        answered([gzip.compress(gzip.compress(_TEXT))], coding)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "sent",
    # The same bytes in every process that collects this test: gzip writes the time.
    [b"no gzip", gzip.compress(_TEXT, mtime=0)[:-20], gzip.compress(_TEXT, mtime=0)[:5], b"\x1f\x8b\x08"],
)
def test_broken_compression_is_said(sent: bytes) -> None:
    """Data that is not compressed, or ends half-way, is no answer."""
    with pytest.raises(AnswerUnusableError, match=r"cannot be decompressed|ends half-way"):
        answered([sent], "gzip")


@_compressed
@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_error_is_cut_off_instead(kind: str, status: int) -> None:
    """The body of an error is read up to its limit, so that its status is known all the same."""
    coding, compress = _COMPRESS[kind]
    answer = answered([compress(b"x" * 5 * _MIB)], coding, status=status)
    assert answer.status_code == status
    assert len(answer.content) <= 65536


def test_answer_without_a_limit_is_passed_on_piece_by_piece() -> None:
    """What its reader keeps no more than a piece of may be as long as it likes."""
    assert len(answered([b"x" * _MIB] * 3, "", bytes_max=None).content) == 3 * _MIB


def test_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then is no answer, although each of them comes in time."""
    monkeypatch.setattr(bounded_answers, "_PATIENCE_S", 0.05)

    def dripping() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b" "

    with pytest.raises(httpx.ReadTimeout, match="too slowly"):
        answered(dripping(), "")


def test_who_is_told_to_stop_reads_no_further() -> None:
    """A check that raises ends the reading of an answer that is coming in."""

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        answered([b"x"] * 10, "", check=stop)
