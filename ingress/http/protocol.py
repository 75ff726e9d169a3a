"""uvicorn's HTTP protocol, with the limits that it lacks on everything that a stranger sends before the body."""

import asyncio
import http
import uuid
from collections import deque
from typing import Any

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ingress.http.backpressure import FULL, PATH, STATE, WebhookLimit, claimed_bytes
from ingress.http.errors import ErrorAnswer
from ingress.http.framing import CODING, doubt_about, parser_behind
from ingress.http.requests import REFUSALS, RefusalLog, unavailable

# The most bytes of a request's line and headers, or of its trailers. Source: uvicorn's limit in its h11 protocol.
HEAD_BYTES_MAX = 64 * 1024
_AROUND = len(": \r\n")
_UNUSUAL = {b"expect", CODING}
# The time from the connection, or from the first byte after an answer, to the end of the headers.
# Source: Apache's default, `RequestReadTimeout header=20`.
HEAD_S = 20.0
# The most requests that may wait on one connection for earlier ones. ElevenLabs sends one at a time.
PIPELINED_MAX = 16


class GuardedProtocol(HttpToolsProtocol):
    """
    One connection.

    The parser has no limits: endless headers, or requests queued behind requests, would fill the memory, and copying
    them would delay everybody else. (h11, uvicorn's other parser, limits only the headers, and costs an eighth of the
    time of an answer.) Bodies are not limited here: the application reads them piece by piece, and gives up on a
    sender that is too slow.

    It serves neither WebSocket nor HTTP/2, and ignores every offer to switch to them. If it is in doubt where a request
    ends, it parses no further byte of the connection: what follows may be part of somebody else's request.

    Most webhooks above `POST_CALLS_MAX` are refused here, for half of what a refusal by the application costs.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._refusal = http.HTTPStatus.BAD_REQUEST, "this is not an HTTP request"
        self._is_refused = False
        self._limit: WebhookLimit | None = self.app_state.get(STATE)
        self._refusals: RefusalLog = self.app_state.get(REFUSALS) or RefusalLog()
        self._is_thrown_away = False
        self._is_in_body = False
        self._is_paused = False
        self._earlier: deque[RequestResponseCycle] = deque(maxlen=PIPELINED_MAX + 1)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the headers of the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock, and mark every request of the connection as disconnected."""
        self._stop_waiting()
        for cycle in self._earlier:  # uvicorn marks only the last one; the answers of the others would fail
            cycle.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the next bytes. Refuse the connection when a request has sent too many without ending its headers."""
        if self._is_refused:
            return
        self._head_bytes += len(data)
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self.send_400_response("")
            return
        if self._head_bytes > HEAD_BYTES_MAX:
            self._refuse_head()
            self.send_400_response("")
        elif self._head_timer is None and self.timeout_keep_alive_task is None and not self._is_answering():
            # These bytes may also be the rest of a body that was answered already. We throw it away, but not for ever.
            self._await_head()

    def on_headers_complete(self) -> None:
        """
        Hand a request to the application, or refuse it.

        Raises:
            ValueError: its headers are too large or leave its end in doubt, its target is no path, or too many requests
                wait before it. The parser stops then.
        """
        self._head_bytes = 0
        self._stop_waiting()
        if b"#" in self.url:  # uvicorn would drop the rest, and a caller's key might become another's
            self._refusal = http.HTTPStatus.BAD_REQUEST, "the target is no path: write a # as %23"
            raise ValueError
        if not self.url.startswith(b"/") and httptools.parse_url(self.url).path is None:  # which uvicorn trips over
            self._refusal = http.HTTPStatus.BAD_REQUEST, "the target has no path: write at least a /"
            raise ValueError
        version = self.parser.get_http_version()
        is_expecting = self._look_at_headers(version)
        if len(self.pipeline) >= PIPELINED_MAX:
            raise ValueError
        self._is_in_body = True
        if self._limit is not None and not is_expecting and self._must_shed(self._limit):
            self._shed(self._limit)
            return
        if self._is_answering():
            self._earlier.append(self.cycle)
        self.expect_100_continue &= version != "1.0"
        super().on_headers_complete()
        self._is_paused = self.parser.should_upgrade()
        if is_expecting:
            # If we answer before we asked for the body, nobody knows whether it still comes.
            self.cycle.keep_alive = False
        # Trailers are appended to this list. The application must not take them for headers.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body, unless the request was refused."""
        self._head_bytes = 0
        if not self._is_thrown_away:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request, unless only its head was read."""
        if self._is_paused:
            return
        self._head_bytes = 0
        self._is_in_body = False
        if not self._is_thrown_away:
            super().on_message_complete()
        self._is_thrown_away = False
        if not self.parser.should_keep_alive():
            # The headers said so, or the trailers just now: the parser takes no further request.
            self._end_with_answer()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn calls it for everything it cannot parse
        """Answer an error in our shape, and close the connection. Requests that came before are answered first."""
        self._is_refused = True
        if self._is_answering() and (self.pipeline or self.cycle.response_started or not self.cycle.more_body):
            self._end_with_answer()
            return
        self._close_with(*self._refusal)

    def _look_at_headers(self, version: str) -> bool:
        """Refuse headers that are too large, or leave a doubt. Return whether they expect something of us."""
        size, unusual = len(self.url), []
        for name, value in self.headers:
            size += len(name) + len(value) + _AROUND
            if name in _UNUSUAL:
                unusual.append((name, value))
        if size > HEAD_BYTES_MAX:
            self._refuse_head()
            raise ValueError
        codings = [value for name, value in unusual if name == CODING]
        doubt = doubt_about(self.parser.get_method(), version, codings)
        if doubt is not None:
            self._refusal = http.HTTPStatus.BAD_REQUEST, doubt
            raise ValueError(doubt)
        return len(codings) < len(unusual)

    def _parse(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as pause:
                rest = rest[pause.args[0] :]
                self._is_paused = False
                self.parser = parser_behind(list(self.scope["headers"]), self, is_last=not self.cycle.keep_alive)
            else:
                return

    def _should_upgrade(self) -> bool:
        return False

    def _end_with_answer(self) -> None:
        """Close the connection when the last request that was taken is answered."""
        if self._is_answering():
            self.cycle.keep_alive = False
        else:
            self.transport.close()

    def _is_answering(self) -> bool:
        # Before the first request there is no cycle; uvicorn's annotation says otherwise.
        return self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]

    def _must_shed(self, limit: WebhookLimit) -> bool:
        """Return whether the request is a webhook above the limit. Every unusual request is left to the application."""
        if self.url != PATH.encode() or self.parser.get_method() != b"POST":
            return False
        is_usual = self.parser.should_keep_alive() and not self.parser.should_upgrade()
        # Answers must keep their order, and a client that does not read them must not fill our memory with them.
        if not is_usual or self._is_answering() or self.flow.write_paused:
            return False
        length = next((value for name, value in self.headers if name == b"content-length"), b"")
        return not limit.has_room(claimed_bytes(length))

    def _shed(self, limit: WebhookLimit) -> None:
        """Answer 503, and throw away the body as it comes in."""
        limit.refuse()
        self._is_thrown_away = True
        self._write(http.HTTPStatus.SERVICE_UNAVAILABLE, *unavailable(FULL, str(uuid.uuid4())))
        self.on_response_complete()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        # No request is being answered now: the end of its headers would have stopped this timer.
        self._head_timer = None
        if self._head_bytes:
            self._close_with(http.HTTPStatus.REQUEST_TIMEOUT, f"the headers did not end within {HEAD_S:.0f} seconds")
        self.transport.close()

    def _refuse_head(self) -> None:
        message = f"the request's line and headers are larger than {HEAD_BYTES_MAX} bytes"
        self._refusal = http.HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, message

    def _close_with(self, status: http.HTTPStatus, message: str) -> None:
        """Answer an error, and close the connection. Nobody would know for what a second answer to a request is."""
        is_answered = self._is_in_body and not self._is_answering()
        if not is_answered and not self.transport.is_closing():
            self._answer(status, message)
        self.transport.close()

    def _answer(self, status: http.HTTPStatus, message: str) -> None:
        request_id = str(uuid.uuid4())
        body = msgspec.json.encode(ErrorAnswer(message=message, request_id=request_id))
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        self._write(status, headers, body)
        self._refusals.note("request_refused", status=status.value, reason=message, request_id=request_id)

    def _write(self, status: http.HTTPStatus, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}".encode(),
            *(name + b": " + value for name, value in (*self.server_state.default_headers, *headers)),
        ]
        self.transport.write(b"\r\n".join([*lines, b"", body]))
