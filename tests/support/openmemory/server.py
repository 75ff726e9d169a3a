"""The OpenMemory server of the tests: paths, statuses and bodies of v1.3.0 or the newest version, and its failures."""

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.openmemory.held import Held, Row
from tests.support.samples import gzipped_spaces

KEY = "om_0123456789abcdef_of_the_tests"
# `hang`: not carried out, and no answer before the server ends. `stuck`: carried out, and no answer. `reset`: cut off,
# not carried out. `lost`: carried out, then cut off. `drip`: an answer without end, little by little. `empty`: 200 and
# no matches, as the server answers a failed search. `bomb`: a small answer that unfolds to a hundred megabytes.
Fault = Literal["hang", "stuck", "500", "429", "reset", "lost", "drip", "empty", "bomb"]
_BODY_CHARS_MAX = 1_000_000
_PIECE_BYTES = 1021
_ROW = ("id", "content", "tags", "metadata", "created_at", "updated_at", "last_seen_at", "salience", "decay_lambda")
_MATCH = ("id", "content", "score", "primary_sector", "salience", "last_seen_at")
_MISMATCH = {
    "error": "tenant_mismatch",
    "message": "user_id does not match authenticated tenant; user_id is derived from the API key and must not be"
    " supplied or must equal the tenant",
}


class Answer(NamedTuple):
    """An answer: JSON, or a text."""

    status: int
    body: dict[str, Any] | str


class Request(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    body: Any


_NO_KEY = {"error": "authentication_required", "message": "API key required"}
_HEALTH = {
    "ok": True,
    "version": "2.0-hsg-tiered",
    "embedding": {
        "provider": "synthetic",
        "fallback_chain": ["synthetic"],
        "dimensions": 1536,
        "mode": "simple",
        "batch_support": False,
        "advanced_parallel": False,
        "embed_delay_ms": 200,
        "configured": True,
        "type": "synthetic",
    },
    "tier": "hybrid",
    "dim": 1536,
    "cache": 3,
    "expected": {"recall": 98, "qps": "700-800", "ram": "0.5gb/10k", "use": "For high accuracy"},
}
_NOT_FOUND = Answer(404, "404: Not Found")
_GONE = Answer(404, {"err": "nf"})


class OpenMemoryServer:
    """
    One OpenMemory server, served until the block around `serving` ends; its rows stay.

    Args:
        held: its rows; empty at first.
        has_tenants: has one user for each key, as the newest version does.
    """

    def __init__(self, held: Held | None = None, *, has_tenants: bool = False) -> None:
        self.held = held or Held()
        self.has_tenants = has_tenants
        self.key = KEY
        self.requests: list[Request] = []
        self.takes_s = 0.0  # spent on each request, before it is carried out
        self.url = ""
        self._port = 0
        self._faults: list[tuple[Fault, str]] = []
        self._served_before_faults = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def tenant(self) -> str:
        """The one user of a server that has tenants."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:16]

    def fail(self, fault: Fault, *, times: int = 1, path: str = "/memory/", after: int = 0) -> None:
        """Fail the next requests whose path begins with `path`, in this way, after this many requests of any path."""
        self._served_before_faults = after
        self._faults += [(fault, path)] * times

    def mend(self) -> None:
        """Stop failing, and take no time."""
        with self._lock:
            self._faults.clear()
            self.takes_s = 0.0

    @contextmanager
    def serving(self) -> Iterator["OpenMemoryServer"]:
        """Answer on a free port; the same one as before, when served again."""
        openmemory = self

        class Handler(_Handler):
            server_of_tests = openmemory

        server = _Server(("127.0.0.1", self._port), Handler)
        self._port = server.server_port
        self.url = f"http://127.0.0.1:{self._port}"
        self._ended.clear()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            server.shutdown()
            thread.join()
            server.end_connections()
            server.server_close()

    @property
    def faults_left(self) -> int:
        """Return how many requests are still to fail."""
        return len(self._faults)

    def fault_of(self, path: str) -> Fault | None:
        """Return how the request for that path fails; None where it does not."""
        with self._lock:
            if self._served_before_faults:
                self._served_before_faults -= 1
                return None
            for at, (fault, of) in enumerate(self._faults):
                if path.startswith(of):
                    del self._faults[at]
                    return fault
        return None

    def wait_for_end(self, timeout_s: float | None = None) -> bool:
        """Wait until the block around `serving` ends, or for this long; return whether it ended."""
        return self._ended.wait(timeout_s)

    def answer(self, method: str, target: str, body: Any, key: str | None) -> Answer:
        """Carry out a request, and return the server's answer."""
        address = urlsplit(target)
        steps = [unquote(step) for step in address.path.split("/") if step]
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        with self._lock:
            self.requests.append(Request(method, address.path, body))
            if steps == ["health"]:
                return Answer(200, _HEALTH)
            if key != self.key:
                return Answer(403, {"error": "invalid_api_key"}) if key else Answer(401, _NO_KEY)
            fields = body if isinstance(body, dict) else {}
            user = fields.get("user_id") or (fields.get("filters") or {}).get("user_id") or query.get("user_id")
            if steps[:1] == ["users"] and len(steps) > 1:
                user = steps[1]
            if self.has_tenants:
                if user not in {None, "", self.tenant}:
                    return Answer(403, _MISMATCH)
                user = self.tenant
            match method, *steps:
                case "POST", "memory", "add":
                    return self._add(fields, user)
                case "POST", "memory", "query":
                    return self._query(fields, user)
                case "GET" | "DELETE", "memory", _:
                    return self._memory(method, steps[1], query, user)
                case _, "users", _, what:
                    return self._user(method, what, query, user or "")
        return _NOT_FOUND

    def _add(self, fields: dict[str, Any], user: str | None) -> Answer:
        content = fields.get("content")
        if not content and self.has_tenants:
            fault = "required" if content is None else "length < 1"
            return Answer(400, {"error": "invalid_input", "details": [f"content: {fault}"]})
        if not content:
            return Answer(400, {"err": "content"})
        metadata = fields.get("metadata") or {}
        return Answer(200, self.held.add(user or "anonymous", content, fields.get("tags") or [], metadata))

    def _query(self, fields: dict[str, Any], user: str | None) -> Answer:
        query, filters = fields.get("query"), fields.get("filters") or {}
        found = self.held.search(user, query, fields.get("k") or 8, filters) if isinstance(query, str) else []
        matches = [
            {**{name: row[name] for name in _MATCH}, "sectors": [row["primary_sector"]], "path": [row["id"]]}
            for row in found
        ]
        return Answer(200, {"query": query, "matches": matches})

    def _memory(self, method: str, id_: str, query: dict[str, str], user: str | None) -> Answer:
        if (method, id_) == ("GET", "all"):
            items = [{**_shown(row), "user_id": row["user_id"]} for row in _page(self.held.newest(user), query)]
            return Answer(200, {"items": items})
        row = self.held.rows.get(id_)
        if row is None:
            return _GONE
        if user and row["user_id"] != user:
            return Answer(403, {"err": "forbidden"})
        if method == "DELETE":
            del self.held.rows[id_]
            return Answer(200, {"ok": True})
        return Answer(200, {**_shown(row), "sectors": [row["primary_sector"]], "user_id": row["user_id"]})

    def _user(self, method: str, what: str, query: dict[str, str], user: str) -> Answer:
        match method, what:
            case "GET", "memories":
                items = [_shown(row) for row in _page(self.held.newest(user), query)]
                return Answer(200, {"user_id": user, "items": items})
            case "DELETE", "memories":
                return Answer(200, {"ok": True, "deleted": self.held.remove_all(user)})
            case "GET", "summary" if user not in self.held.users:
                return Answer(404, {"error": "user not found"})
            case "GET", "summary":
                summary = {"summary": self.held.users[user], "reflection_count": 0, "updated_at": 1_795_000_000_000}
                return Answer(200, {"user_id": user, **summary})
        return _NOT_FOUND


def _shown(row: Row) -> Row:
    return {name: row[name] for name in (*_ROW, "primary_sector", "version")}


def _page(rows: list[Row], query: dict[str, str]) -> list[Row]:
    begin = int(query.get("u", "0"))
    return rows[begin : begin + int(query.get("l", "100"))]


class _Server(ThreadingHTTPServer):
    """Closes the connections that clients keep, as a process does that ends."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError):  # it may be closed just now
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    """Answers for one server."""

    server_of_tests: OpenMemoryServer
    protocol_version = "HTTP/1.1"
    # Head and body leave together and at once, or each answer waits 40 ms for the client's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        text = self.rfile.read(int(self.headers["content-length"] or 0))
        openmemory = self.server_of_tests
        openmemory.wait_for_end(openmemory.takes_s)
        fault = openmemory.fault_of(urlsplit(self.path).path)
        match fault:
            case "hang" | "stuck":
                if fault == "stuck":
                    self._answer(text)
                openmemory.wait_for_end()
                self.close_connection = True
            case "reset":
                self._cut_off()
            case "drip" | "bomb":
                self._drip() if fault == "drip" else self._explode()
            case "500":
                self._send(Answer(500, {"err": "internal"}))
            case "429":
                self._send(Answer(429, {"error": "rate_limit_exceeded", "retry_after": 60}))
            case "empty":
                self._send(Answer(200, {"query": "", "matches": []}))
            case "lost":
                self._answer(text)
                self._cut_off()
            case None:
                self._send(self._answer(text))

    def do_POST(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.do_GET()

    def _answer(self, text: bytes) -> Answer:
        # Piece by piece, as it came: a character that lies across two pieces breaks.
        pieces = (text[at : at + _PIECE_BYTES] for at in range(0, len(text), _PIECE_BYTES))
        decoded = "".join(piece.decode(errors="replace") for piece in pieces)
        if len(decoded) > _BODY_CHARS_MAX:
            return Answer(413, "Payload Too Large")
        try:
            body = json.loads(decoded) if decoded else None
        except ValueError:
            body = None
        key = self.headers["x-api-key"]
        if key is None and (authorization := self.headers["authorization"] or "").startswith(("Bearer ", "ApiKey ")):
            key = authorization[7:]
        return self.server_of_tests.answer(self.command, self.path, body, key)

    def _send(self, answer: Answer) -> None:
        is_text = isinstance(answer.body, str)
        body = (str(answer.body) if is_text else json.dumps(answer.body)).encode()
        try:
            self.send_response(answer.status)
            self.send_header("content-type", "text/plain" if is_text else "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client no longer waits

    def _drip(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the client no longer waits
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            while not self.server_of_tests.wait_for_end(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()

    def _explode(self) -> None:
        body = gzipped_spaces(100_000_000)
        self.send_response(200)
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # the client no longer waits
            self.wfile.write(body)
        self.close_connection = True

    def _cut_off(self) -> None:
        # A reset rather than an end: the sent bytes are not waited for.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing: tests look at `requests`."""
