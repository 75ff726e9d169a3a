"""The part of ElevenLabs' API that a backfill needs: asked through ElevenLabs' SDK, with retries, for the raw bytes."""

from collections.abc import Callable, Iterator
from threading import Event as Flag
from typing import TypeVar

import httpx
import msgspec

from projector.errors import BackfillStoppedError, ElevenLabsError
from projector.sources.conversation_pages import CircleDetector, ListedConversation, Page
from projector.sources.sdk_client import TIMEOUT_S, FailedRequestError, SdkClient

T = TypeVar("T")
# Statuses of a conversation that still runs or is still being analysed: its transcript is not final.
UNFINISHED = ("initiated", "in-progress", "processing")
_PAGE_SIZE = 100  # the most that the API gives at once
_PIECE_BYTES = 256 * 1024
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0)
# If the API asks us to wait longer than this, we give up; the next backfill asks again.
_WAIT_S_MAX = 120.0


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
        self._stop = stop
        self._tell = tell
        self._last_line: str | None = None
        self._sdk = SdkClient(key, base_url, check=self._check_stop, on_request=self._say_address, timeout_s=timeout_s)
        self._conversations = self._sdk.area.conversations

    def close(self) -> None:
        """Close the connections."""
        self._sdk.close()

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
        return self._patiently(lambda: self._sdk.bytes_of(self._conversations.get, conversation_id))

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
            lambda: self._sdk.bytes_of(
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

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise BackfillStoppedError("stopped")

    def _patiently(self, ask: Callable[[], T]) -> T:
        # The SDK's own retries cover neither a recording nor a lost connection, and a SIGTERM does not end their sleep.
        for backoff_s in (*_BACKOFF_S, None):
            self._check_stop()
            try:
                return self._sdk.once(ask)
            except FailedRequestError as failed:
                if not failed.is_transient or backoff_s is None or (failed.wait_s or 0) > _WAIT_S_MAX:
                    raise failed.fault from failed
                self._say_why(str(failed.fault))
                self._stop.wait(backoff_s if failed.wait_s is None else failed.wait_s)
        raise AssertionError("unreachable")
