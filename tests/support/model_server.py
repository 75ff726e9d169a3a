"""A vendor of language models on the loopback, in the wire formats of OpenAI and of Anthropic, with its failures."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

KEY = "sk-0123456789abcdef-of-the-tests"
CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
# How a body comes: whole; cut off before its end; not at all; a byte now and then; so do its headers.
Manner = Literal["whole", "cut", "hang", "drip", "drip headers"]


class Reply(NamedTuple):
    """What the vendor answers to one request."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    manner: Manner = "whole"


class Received(NamedTuple):
    """One request that came in; the names of its headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """What the model was told of every call."""
        return str(self.body["system"] if self.path == MESSAGES else self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        """What it was told of this one."""
        return str(self.body["messages"][-1]["content"])


def completion(text: str | None, finish: str = "stop", **message: Any) -> Reply:
    """Return an answer as chat completions give it; `message` holds what it has besides the text."""
    return Reply(
        body=json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1764400000,
                "model": "gpt-6-luna-2026-08-01",
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": text, **message},
                        "logprobs": None,
                        "finish_reason": finish,
                    }
                ],
                "usage": {
                    "prompt_tokens": 1900,
                    "completion_tokens": 70,
                    "total_tokens": 1970,
                    "prompt_tokens_details": {"cached_tokens": 1024},
                },
            },
            ensure_ascii=False,
        ).encode()
    )


def message(text: str | None, stop_reason: str = "end_turn") -> Reply:
    """Return an answer as Anthropic's messages give it."""
    return Reply(
        body=json.dumps(
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "claude-haiku-5-5-20260801",
                "content": [] if text is None else [{"type": "text", "text": text}],
                "stop_reason": stop_reason,
                "stop_sequence": None,
                "usage": {
                    "input_tokens": 876,
                    "cache_read_input_tokens": 1024,
                    "cache_creation_input_tokens": 0,
                    "output_tokens": 70,
                },
            },
            ensure_ascii=False,
        ).encode()
    )


def error(status: int, code: str = "some_error", words: str = "A test says so.", **headers: str) -> Reply:
    """Return an error, in a form that both vendors' SDKs read."""
    body = {"type": "error", "error": {"type": code, "code": code, "message": words}}
    return Reply(status, json.dumps(body).encode(), tuple((key.replace("_", "-"), headers[key]) for key in headers))


class Other(NamedTuple):
    """Any request but a question: a batch is made, looked at, fetched or removed, or a file."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class ModelServer:
    """
    One vendor. `answer` says what it answers to a request; `requests` holds those that came in.

    `others` answers what is no question: without it that is 404, and is among the requests, too.

    `url` has no path. Whoever is made to wait is let go at the end of the block around `serving`.
    """

    def __init__(self, answer: Callable[[Received], Reply]) -> None:
        self.answer = answer
        self.others: Callable[[Other], Reply] | None = None
        self.requests: list[Received] = []
        self.url = ""
        self.is_over = threading.Event()

    @contextmanager
    def serving(self) -> Iterator["ModelServer"]:
        """Answer on a free port."""
        served = self

        class Handler(_Handler):
            vendor = served

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self.is_over.set()
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    vendor: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.vendor.others is not None and self.path not in {CHAT, MESSAGES}:
            self._answer_other(Other("POST", self.path, headers, body))
            return
        received = Received(self.path, headers, json.loads(body))
        self.vendor.requests.append(received)
        try:
            self._send(self.vendor.answer(received))
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.vendor.others is not None:
            self._answer_other(Other(self.command, self.path, headers, b""))
            return
        self.vendor.requests.append(Received(self.path, {}, {}))
        self._send(Reply(404))

    def do_DELETE(self) -> None:
        self.do_GET()

    def _answer_other(self, request: Other) -> None:
        assert self.vendor.others is not None
        try:
            self._send(self.vendor.others(request))
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _send(self, reply: Reply) -> None:
        if reply.manner == "hang":
            self.vendor.is_over.wait()
            self.close_connection = True
            return
        head = f"HTTP/1.1 {reply.status} Said\r\ncontent-type: {reply.content_type}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
        head += f"content-length: {len(reply.body)}\r\n\r\n"
        match reply.manner:
            case "cut":
                self.wfile.write(head.encode() + reply.body[: len(reply.body) // 2])
                self.close_connection = True
            case "drip":
                self.wfile.write(head.encode())
                self._drip(reply.body)
            case "drip headers":
                self._drip(head.encode() + reply.body)
            case _:
                self.wfile.write(head.encode() + reply.body)

    def _drip(self, data: bytes) -> None:
        for at in range(len(data)):
            self.wfile.write(data[at : at + 1])
            self.wfile.flush()
            if self.vendor.is_over.wait(0.1):
                break
        self.close_connection = True
