"""The part of ElevenLabs' API that a backfill needs: asked through ElevenLabs' SDK, with retries, for the raw bytes."""

from collections.abc import Callable, Iterator
from threading import Event as Flag
from typing import Any, TypeVar

import httpx
import msgspec
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError
from msgspec import Struct

from events.process.terminal import one_line
from projector.errors import (
    AnswerUnusableError,
    BackfillStoppedError,
    ElevenLabsError,
    ElevenLabsRefusedError,
    NotFoundError,
)
from projector.sources.bounded_answers import ACCEPTED, bound
from projector.sources.conversation_pages import CircleDetector, ListedConversation, Page
from projector.sources.retry_after import retry_after_s

T = TypeVar("T")
TIMEOUT_S = 15.0
# Statuses of a conversation that still runs or is still being analysed: its transcript is not final.
UNFINISHED = ("initiated", "in-progress", "processing")
_PAGE_SIZE = 100  # the most that the API gives at once
_PIECE_BYTES = 256 * 1024
# The most of a conversation or of a page, of which calls take some 100 KB.
_ANSWER_BYTES_MAX = 16 * 1024 * 1024
_RECORDING = "/audio"
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0)
# If the API asks us to wait longer than this, we give up; the next backfill asks again.
_WAIT_S_MAX = 120.0
_DETAIL_CHARS_MAX = 200
# Source: the SDK's `_should_retry` (elevenlabs 2.78).
_TRANSIENT = {408, 409, 429}


class _Detail(Struct):
    message: str


class _ErrorBody(Struct):
    """How the API reports an error; the SDK passes it on decoded."""

    detail: _Detail | str


class _AnsweredError(Exception):
    """
    Carries the bytes of an answer past the SDK.

    The SDK would build a model of it, which may take thirty times as much memory, and fails on some JSON.
    """

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body


class ElevenLabsApi:
    """
    The conversations of one ElevenLabs account. A request is repeated after 408, 409, 429 or 5xx, or without an answer.

    Args:
        key: the account's API key.
        base_url: the address of the API; None is the address that the SDK uses.
        stop: ends every wait.
        tell: is called with a line that names the address, and with one for each new reason to ask again.
        timeout_s: how long an answer, or the next piece of one, may take.
    """

    def __init__(
        self,
        key: str,
        base_url: str | None,
        *,
        stop: Flag,
        tell: Callable[[str], None] = lambda _: None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        from elevenlabs.client import ElevenLabs  # noqa: PLC0415 - takes up to a second; only a backfill needs it

        self._stop = stop
        self._tell = tell
        self._last_line: str | None = None
        hooks: dict[str, list[Callable[..., None]]] = {"request": [self._say_address], "response": [self._take]}
        # No redirects: httpx would send the key along, wherever they lead.
        self._http = httpx.Client(
            timeout=timeout_s, follow_redirects=False, event_hooks=hooks, headers={"accept-encoding": ACCEPTED}
        )
        client = ElevenLabs(api_key=key, base_url=base_url, timeout=timeout_s, httpx_client=self._http)
        self._conversations = _conversations_of(client)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def listed(self, *, since_s: int | None = None, agent_id: str | None = None) -> Iterator[ListedConversation]:
        """
        Yield the finished conversations, in the order of the API: newest first.

        Args:
            since_s: only those that began then or later, in Unix seconds.

        Raises:
            ElevenLabsError: a page could not be fetched, or the list goes round in a circle.
            BackfillStoppedError: the backfill was told to stop.
        """
        # Asked from a second earlier, and filtered here: it is not documented whether `after` includes that second.
        after_s = None if since_s is None else max(0, since_s - 1)
        cursor: str | None = None
        circle = CircleDetector()
        while True:
            page = self._page(cursor, agent_id, after_s)
            for conversation in page.conversations:
                began_s = conversation.start_time_unix_secs
                is_recent = since_s is None or began_s is None or began_s >= since_s
                if is_recent and conversation.status not in UNFINISHED:
                    yield conversation
            if not page.has_more:
                return
            cursor = circle.next_cursor(page)

    def conversation(self, conversation_id: str) -> bytes:
        """
        Return a conversation exactly as ElevenLabs answers it, byte for byte.

        Raises:
            NotFoundError: ElevenLabs does not have it any more.
            ElevenLabsError: it could not be fetched.
            BackfillStoppedError: the backfill was told to stop.
        """
        return self._patiently(lambda: self._bytes(self._conversations.get, conversation_id))

    def recording(self, conversation_id: str, take: Callable[[Iterator[bytes]], T]) -> T:
        """
        Pass the recording of a conversation to `take`, in pieces, and return what `take` returns.

        Each try calls `take` once more. If the pieces end with an error, `take` must leave nothing behind.

        Raises the errors of `conversation`, and those of `take`.
        """

        def ask() -> T:
            pieces = self._conversations.audio.get(conversation_id, request_options={"chunk_size": _PIECE_BYTES})
            return take(pieces)

        return self._patiently(ask)

    def _page(self, cursor: str | None, agent_id: str | None, after_s: int | None) -> Page:
        answer = self._patiently(
            lambda: self._bytes(
                self._conversations.list,
                cursor=cursor,
                agent_id=agent_id,
                call_start_after_unix=after_s,
                page_size=_PAGE_SIZE,
                exclude_statuses=list(UNFINISHED),
            )
        )
        # Decoded from the bytes: the SDK's models accept any type for any field.
        try:
            return msgspec.json.decode(answer, type=Page)
        except msgspec.MsgspecError as error:
            raise ElevenLabsError(f"ElevenLabs' list of conversations cannot be read: {error}") from error

    def _bytes(self, ask: Callable[..., object], *args: Any, **kwargs: Any) -> bytes:
        """Call a method of the SDK, and return the bytes of the answer."""
        try:
            ask(*args, **kwargs, request_options={"max_retries": 0})
        except _AnsweredError as answered:
            return _checked(answered.body)
        except (TypeError, AttributeError) as error:  # the SDK builds its models from any JSON, and fails on some
            raise ElevenLabsError("ElevenLabs' answer cannot be read") from error
        raise AssertionError("unreachable: the SDK reports every other answer as an error")

    def _say_address(self, request: httpx.Request) -> None:
        if self._last_line is None:
            # Only host and port: the user part of an address may hold a password, and the path names a conversation.
            self._last_line = f"asking ElevenLabs at {request.url.scheme}://{request.url.netloc.decode()}"
            self._tell(self._last_line)

    def _say_why(self, reason: str) -> None:
        # Only a new reason: the same one may come again for each of a thousand calls.
        if reason != self._last_line:
            self._last_line = reason
            self._tell(f"{reason}; asking again, {len(_BACKOFF_S)} times at most")

    def _take(self, response: httpx.Response) -> None:
        # A recording is passed on piece by piece, and the log has a cap for it.
        is_recording = response.url.path.endswith(_RECORDING)
        bound(response, bytes_max=None if is_recording else _ANSWER_BYTES_MAX, check=self._check_stop)
        if response.is_success and not is_recording:
            raise _AnsweredError(response.read())

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise BackfillStoppedError("stopped")

    def _patiently(self, ask: Callable[[], T]) -> T:
        # The SDK's own retries cover neither a recording nor a lost connection, and a SIGTERM does not end their sleep.
        for backoff_s in (*_BACKOFF_S, None):
            self._check_stop()
            try:
                return ask()
            except ApiError as error:
                wait_s = retry_after_s(error.headers or {})
                is_transient = error.status_code in _TRANSIENT or (error.status_code or 0) >= 500
                fault = _fault(error, wait_s)
            except httpx.RequestError as error:
                wait_s, is_transient = None, True
                fault = ElevenLabsError(f"ElevenLabs does not answer: {str(error) or type(error).__name__}")
            except AnswerUnusableError as error:
                raise ElevenLabsError(f"ElevenLabs' answer cannot be used: {error}") from error
            except (ParsingError, ValueError, RecursionError) as error:
                raise ElevenLabsError("ElevenLabs' answer cannot be read") from error
            if not is_transient or backoff_s is None or (wait_s or 0) > _WAIT_S_MAX:
                raise fault
            self._say_why(str(fault))
            self._stop.wait(backoff_s if wait_s is None else wait_s)
        raise AssertionError("unreachable")


def _conversations_of(client: Any) -> Any:
    """Return the part of the SDK's client that knows conversations: `agents` in SDK 3 is `conversational_ai` in 2."""
    area = client.conversational_ai if hasattr(client, "conversational_ai") else client.agents
    return area.conversations


def _checked(answer: bytes) -> bytes:
    """Return an answer if it is JSON."""
    try:
        answer.decode()
        msgspec.json.decode(answer, type=msgspec.Raw)
    except msgspec.MsgspecError as error:
        raise ElevenLabsError("ElevenLabs' answer is not JSON") from error
    return answer


def _fault(error: ApiError, wait_s: float | None) -> ElevenLabsError:
    detail = _detail(error.body)
    match error.status_code:
        case 401:
            return ElevenLabsRefusedError(f"ElevenLabs refused ELEVENLABS_API_KEY (401){detail}")
        case 404:
            return NotFoundError(f"ElevenLabs answered 404{detail}")
        case 429:
            later = "" if wait_s is None else f", and asks to wait {wait_s:.0f} seconds"
            return ElevenLabsRefusedError(f"ElevenLabs says that we ask too often (429){later}{detail}")
        case status:
            return ElevenLabsError(f"ElevenLabs answered {status}{detail}")


def _detail(body: object) -> str:
    """Return what the API says is wrong, as the end of a line on a terminal; empty if it says nothing."""
    try:
        detail = msgspec.convert(body, _ErrorBody).detail
    except msgspec.ValidationError:
        return ""
    text = detail if isinstance(detail, str) else detail.message
    return f": {one_line(text)[:_DETAIL_CHARS_MAX]}"
