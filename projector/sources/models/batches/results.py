"""What all vendors' batches have in common: their lines, their ids, and how a result is read as an answer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import httpx2
import msgspec

from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.models.batches.protocol import Result
from projector.sources.models.protocol import Answered, Question

T = TypeVar("T")
# How long it may take to send a batch, or to fetch its answers, in seconds: 16 MB on a line of half a megabit.
TIMEOUT_S = 300.0
# 5,000 answers of ordinary calls have some 20 MB.
ANSWER_BYTES_MAX = 256 * 1024 * 1024
_IN_DOUBT = frozenset({"timeout", "broken_off", "unusable"})
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,199}")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,60}")


class Reader(Protocol):
    """Reads a response as an answer to a question; see `Chat` and `Messages`."""

    def read(self, response: httpx2.Response, question: Question, *, latency_s: float) -> Answered:
        """Return what it says; raises `AskLaterError` and `ProviderHeldError`."""


def read_result(reader: Reader, result: Result, question: Question) -> Answered:
    """
    Return what a result says. Nobody has waited for it, so it took no time.

    Raises:
        AskLaterError, ProviderHeldError: it is an error, or there is none.
    """
    if not result.status:
        raise AskLaterError(f"its batch has no answer: {result.reason}", kind="batch")
    response = httpx2.Response(result.status, headers={"content-type": "application/json"}, content=result.body)
    return reader.read(response, question, latency_s=0.0)


def decoded(decode: Callable[[bytes], T], response: httpx2.Response) -> T:
    """
    Return what a vendor says of a batch.

    Raises:
        AskLaterError: it has another form, as a page of a proxy does.
    """
    try:
        return decode(response.content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise AskLaterError("what it says of a batch cannot be read", kind="unusable") from error


def lines(decode: Callable[[bytes], T], content: bytes) -> Iterator[T]:
    """Yield the lines of a file of results; one that cannot be read, such as a last one that is cut off, is missing."""
    for line in content.splitlines():
        try:
            yield decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue


@contextmanager
def submitting() -> Iterator[None]:
    """
    Submit a batch within the block: whoever may have taken one, and does not say its id, is not sent another one.

    Raises:
        ProviderHeldError: a batch may be out that nobody knows of.
    """
    try:
        yield
    except AskLaterError as error:
        if error.kind not in _IN_DOUBT or isinstance((error.__cause__ or error).__cause__, _NOT_SENT):
            raise
        words = f"it may have taken the batch, and did not say its id ({error.reason}): cancel it there, then try again"
        raise ProviderHeldError(words, kind=error.kind) from error


def checked_id(text: str) -> str:
    """
    Return an id that a vendor gave.

    Raises:
        AskLaterError: it is none that may stand in a path.
    """
    if _ID.fullmatch(text) is None:
        raise AskLaterError("it names a batch in a way that cannot be used", kind="unusable")
    return text


def code_of(*texts: str | int | None) -> str:
    """Return the first of some codes that is one, and no words."""
    return next((text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)), "no reason was given")
