"""Requests to an OpenMemory server: pooled, bounded in time, and asked again where that may help."""

import atexit
import functools
import json
import os
import ssl
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from events.process.terminal import one_line
from projector.engines import shutdown as stopping
from projector.errors import EngineError, EngineRefusedError, EngineStoppedError

TIMEOUT_S = 10.0
# Before the second and the third try.
WAITS_S = (0.2, 1.0)
# Node closes a connection that was idle for 5 seconds; one that is just being closed would fail a search.
_IDLE_S = 4.0


class Answer(NamedTuple):
    """What a server answered: any status below 500 but 429."""

    status: int
    body: bytes


class OpenMemoryHttp:
    """
    Requests to one server. All objects of a process for the same server and key share one pool of connections.

    Args:
        url: below which it answers, without a slash at its end.
        key: what opens it; None for one that asks for none. It appears in no error and no log.
        timeout_s: how long one try may take.
        waits_s: how long is waited after each try that failed but the last.

    Raises:
        EngineRefusedError: the key is none that HTTP can carry.
    """

    def __init__(
        self, url: str, key: str | None, *, timeout_s: float = TIMEOUT_S, waits_s: tuple[float, ...] = WAITS_S
    ) -> None:
        if key is not None and not (key.isascii() and key.isprintable() and key == key.strip()):
            raise EngineRefusedError("OPENMEMORY_KEY has blanks or characters that no HTTP header can carry")
        self.url = url
        self._key = key
        self._timeout_s = timeout_s
        self._waits_s = waits_s

    def ask(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: object = None
    ) -> Answer:
        """
        Return what is answered; three tries where it is nothing, 429 or 5xx.

        A request whose answer was lost may have been carried out, and is carried out again.

        Raises:
            EngineStoppedError: this process is to end.
            EngineError: none of the tries was answered.
        """
        for wait_s in (*self._waits_s, None):
            try:
                return self.ask_once(
                    method, path, query=query, body=body, deadline_s=time.monotonic() + self._timeout_s
                )
            except EngineStoppedError:
                raise
            except EngineError:
                if wait_s is None:
                    raise
                stopping.pause(wait_s)
        raise AssertionError("unreachable")

    def ask_once(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        deadline_s: float,
    ) -> Answer:
        """
        Return what is answered to one try.

        Args:
            path: with its parameters percent-encoded.
            deadline_s: when to give up, on the monotonic clock.

        Raises:
            EngineStoppedError: this process is to end.
            EngineError: nothing is answered in time, or 429 or 5xx.
        """
        stopping.check_stop()
        # Not in this thread: what waits for a socket hears nothing else.
        answer = stopping.begin(lambda: self._exchange(method, path, query, body, deadline_s))
        try:
            return stopping.result_of(answer, deadline_s - time.monotonic())
        except TimeoutError as error:
            raise EngineError(f"OpenMemory at {self.url} does not answer in time") from error

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str | int] | None, body: object, deadline_s: float
    ) -> Answer:
        timeout_s = deadline_s - time.monotonic()
        if timeout_s <= 0:
            raise EngineError(f"OpenMemory at {self.url} does not answer in time")
        headers = {} if self._key is None else {"x-api-key": self._key}
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            # ASCII only, unlike httpx' own JSON: the server decodes each piece of a body by itself, and breaks
            # characters that lie across two of them.
            content = None if body is None else json.dumps(body).encode()
            client = _client(self.url, self._key, os.getpid())
            with client.stream(
                method, self.url + path, params=query, content=content, headers=headers, timeout=timeout_s
            ) as response:
                answer = Answer(response.status_code, self._read(response, deadline_s))
        except httpx.TimeoutException as error:
            raise EngineError(f"OpenMemory at {self.url} does not answer in time") from error
        except httpx.TransportError as error:
            raise EngineError(
                f"OpenMemory at {self.url} does not answer: {str(error) or type(error).__name__}"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EngineError(f"OpenMemory at {self.url} cannot be asked: {type(error).__name__}") from error
        if answer.status == 429 or answer.status >= 500:
            raise EngineError(f"OpenMemory at {self.url} answered {answer.status} {fault_name(answer)}".rstrip())
        return answer

    def _read(self, response: httpx.Response, deadline_s: float) -> bytes:
        pieces = []
        # httpx limits the time of each piece, not of all of them.
        for piece in response.iter_bytes():
            if time.monotonic() > deadline_s:
                raise EngineError(f"OpenMemory at {self.url} does not answer in time")
            pieces.append(piece)
        return b"".join(pieces)


def fault_name(answer: Answer) -> str:
    """Return what OpenMemory calls the fault, fit for a line on a terminal; empty where it calls it nothing."""
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    name = (body.get("error") or body.get("err")) if isinstance(body, dict) else None
    return one_line(name[:80]) if isinstance(name, str) else ""


@functools.cache
def _client(url: str, key: str | None, pid: int) -> httpx.Client:  # noqa: ARG001 - the key parts the pools of two keys
    # By process: two that share a connection after a fork would read each other's answers. No redirects: the key
    # would be sent along. No proxy of the environment either: the server is the operator's own.
    client = httpx.Client(
        follow_redirects=False,
        trust_env=False,
        verify=ssl.create_default_context(),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=_IDLE_S),
    )
    atexit.register(client.close)
    return client
