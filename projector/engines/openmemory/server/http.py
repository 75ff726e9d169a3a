"""Requests to an OpenMemory server: pooled connections, bounded in time, and repeated where that may help."""

import json
import os
import ssl
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Any, NamedTuple, TypeVar

import httpx

from events.process.terminal import one_line
from projector.engines.shutdown import Shutdown
from projector.errors import AnswerUnusableError, EngineError, EngineRefusedError, EngineStoppedError
from projector.sources.bounded_answers import ACCEPTED, bound

T = TypeVar("T")
TIMEOUT_S = 10.0
# Before the second and the third try.
WAITS_S = (0.2, 1.0)
# Node closes a connection that was idle for 5 seconds. A request on a connection that is just being closed would fail.
_IDLE_S = 4.0
# A page of 500 rows of 16,000 characters takes a tenth of this.
_ANSWER_BYTES_MAX = 64 * 1024 * 1024
_FAULT_BYTES_MAX = 64 * 1024


class Answer(NamedTuple):
    """What a server answered: any status below 500, except 429."""

    status: int
    body: bytes


class OpenMemoryHttp:
    """
    Requests to one server, from any thread. The connections are closed once nothing refers to this object.

    Args:
        url: the server's base URL, without a slash at its end.
        key: the server's API key; None where it asks for none. No error and no log line holds it.
        shutdown: once it is set, requests end with `EngineStoppedError`.
        timeout_s: how long one try may take.
        waits_s: how long to wait after each failed try but the last.

    Raises:
        EngineRefusedError: no HTTP header can carry the key.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        shutdown: Shutdown,
        *,
        timeout_s: float = TIMEOUT_S,
        waits_s: tuple[float, ...] = WAITS_S,
    ) -> None:
        if key is not None and not (key.isascii() and key.isprintable() and key == key.strip()):
            raise EngineRefusedError("OPENMEMORY_KEY has spaces or characters that no HTTP header can carry")
        self.url = url
        self._key = key
        self._shutdown = shutdown
        self._timeout_s = timeout_s
        self._waits_s = waits_s
        self._client, self._pid = self._new_client(), os.getpid()

    def ask(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: object = None
    ) -> Answer:
        """
        Return the server's answer, after three tries where there is none, or it is 429 or 5xx.

        The server may have carried out a request whose answer was lost; then it is carried out again.

        Raises:
            EngineStoppedError: this process is to end.
            EngineError: no try was answered.
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
                self._shutdown.pause(wait_s)
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
        Return the server's answer to one try.

        Args:
            path: with its parameters percent-encoded.
            deadline_s: the moment to give up, on the monotonic clock.

        Raises:
            EngineStoppedError: this process is to end.
            EngineError: no answer came in time, or it was 429 or 5xx.
        """
        self._shutdown.check()
        # In another thread: a thread that waits for a socket would not see the shutdown.
        answer = _in_thread(lambda: self._exchange(method, path, query, body, deadline_s))
        try:
            return self._shutdown.result_of(answer, deadline_s - time.monotonic())
        except TimeoutError as error:
            raise EngineError(f"OpenMemory at {self.url} does not answer in time") from error

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str | int] | None, body: object, deadline_s: float
    ) -> Answer:
        timeout_s = deadline_s - time.monotonic()
        if timeout_s <= 0:
            raise EngineError(f"OpenMemory at {self.url} does not answer in time")
        headers = {"accept-encoding": ACCEPTED} | ({} if self._key is None else {"x-api-key": self._key})
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            # ASCII only, unlike httpx' own JSON: the server decodes each chunk of a body by itself, and breaks
            # characters that lie across two chunks.
            content = None if body is None else json.dumps(body).encode()
            with self._own_client().stream(
                method, self.url + path, params=query, content=content, headers=headers, timeout=timeout_s
            ) as response:
                answer = Answer(response.status_code, self._read(response, deadline_s))
        except AnswerUnusableError as error:
            raise EngineError(f"the answer of OpenMemory at {self.url} cannot be used: {error}") from error
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
        bound(response, bytes_max=_ANSWER_BYTES_MAX)
        pieces = []
        # httpx limits the time of each read, not of the whole body.
        for piece in response.iter_bytes():
            if time.monotonic() > deadline_s:
                raise EngineError(f"OpenMemory at {self.url} does not answer in time")
            pieces.append(piece)
        return b"".join(pieces)

    def _own_client(self) -> httpx.Client:
        # Two processes that share a connection after a fork would read each other's answers.
        if self._pid != os.getpid():
            self._client, self._pid = self._new_client(), os.getpid()
        return self._client

    def _new_client(self) -> httpx.Client:
        is_tls = self.url.lower().startswith("https:")  # to read all certificates takes long, so only where they count
        # No redirects: the key would be sent along. No proxy of the environment: the server is the operator's own.
        client = httpx.Client(
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context() if is_tls else False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=_IDLE_S),
        )
        weakref.finalize(self, client.close)
        return client


def fault_name(answer: Answer) -> str:
    """Return the name that OpenMemory gives a fault, printable; empty where the answer has none."""
    if len(answer.body) > _FAULT_BYTES_MAX:  # no report of a fault, and decoded it may take thirty times its room
        return ""
    try:
        body: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    name = (body.get("error") or body.get("err")) if isinstance(body, dict) else None
    return one_line(name[:80]) if isinstance(name, str) else ""


def _in_thread(question: Callable[[], T]) -> Future[T]:
    """Answer a question in a daemon thread: however long it takes, the process can end before."""
    answer = Future[T]()

    def work() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
            answer.set_exception(error)

    Thread(target=work, name="engine-request", daemon=True).start()
    return answer
