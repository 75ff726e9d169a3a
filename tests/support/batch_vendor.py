"""The batches of a vendor on the loopback, in the wire formats of OpenAI and of Anthropic, with their failures."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.support.model_server import CHAT, KEY, MESSAGES, ModelServer, Other, Received, Reply, error

_PATHS = re.compile(r"/v1/(?:messages/)?(batches|files)(?:/([\w-]+))?(?:/(\w+))?")
_CREATED = {"created_at": 1764400000, "object": "batch", "completion_window": "24h", "endpoint": CHAT}
_ANTHROPIC = {"type": "message_batch", "created_at": "2025-11-29T07:06:40Z", "expires_at": "2025-11-30T07:06:40Z"}
_COUNTS = {"canceled": 0, "errored": 0, "expired": 0, "processing": 0, "succeeded": 0}
# What becomes of a request: it is answered; it fails with a status; the vendor did not come to it; it is left out.
Fate = Callable[[str, Received], int | str]


class BatchVendor:
    """
    Has batches answered by the model of a server, in the reverse order, when `is_ended` is true.

    `fate` says what becomes of a request: a status such as 200 or 400; `expired`, `canceled` or `missing`. `status` is
    how a batch of OpenAI ends. `faults` are answered once each in place of a path that begins so. `cut` cuts off the
    end of each file of results. `loses_answers` takes batches, and cuts off the answers that would say so. `batches`
    are the requests by batch, `removed` what is removed, in its order, and `canceled` the batches whose end was asked
    for.
    """

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        server.others = self._answer
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, bytes] = {}
        self.removed: list[str] = []
        self.canceled: list[str] = []
        self.is_ended = True
        self.status = "completed"
        self.fate: Fate = lambda *_: 200
        self.faults: dict[str, list[Reply]] = {}
        self.cut = 0
        self.loses_answers = False
        self.seen: list[Other] = []

    @property
    def asked(self) -> int:
        """How many requests all batches have."""
        return sum(map(len, self.batches.values()))

    @property
    def words(self) -> str:
        """All that was ever sent in a batch."""
        return json.dumps(self.batches, ensure_ascii=False)

    def _answer(self, request: Other) -> Reply:
        self.seen.append(request)
        for path, faults in self.faults.items():
            if f"{request.method} {request.path}".startswith(path) and faults:
                return faults.pop(0)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "authentication_error")
        found = _PATHS.fullmatch(request.path)
        if found is None:
            return error(404, "not_found_error")
        kind, id_, verb = found.groups()
        if kind == "files":
            return self._file(request, id_)
        is_anthropic = request.path.startswith(f"{MESSAGES}/")
        reply = self._batch(request, id_, verb, is_anthropic=is_anthropic)
        return reply._replace(manner="cut") if self.loses_answers and id_ is None else reply

    def _file(self, request: Other, id_: str | None) -> Reply:
        if id_ is None:
            boundary = request.headers["content-type"].partition("boundary=")[2].encode()
            (part,) = [part for part in request.body.split(b"--" + boundary) if b"filename=" in part]
            id_ = f"file-in-{len(self.files)}"
            self.files[id_] = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        elif request.method == "DELETE":
            self.removed.append(id_)
            self.files.pop(id_, None)
            return _json({"id": id_, "object": "file", "deleted": True})
        elif request.path.endswith("/content"):
            if id_ not in self.files:
                return error(404, "not_found_error")
            return Reply(body=self._short(self.files[id_]), content_type="application/octet-stream")
        made = {"bytes": 1, "created_at": 1, "filename": "requests.jsonl", "purpose": "batch", "status": "processed"}
        return _json({"id": id_, "object": "file", **made})

    def _batch(self, request: Other, id_: str | None, verb: str | None, *, is_anthropic: bool) -> Reply:
        if id_ is None:
            id_ = f"{'msgbatch' if is_anthropic else 'batch'}_{len(self.batches)}"
            body = json.loads(request.body)
            if is_anthropic:
                self.batches[id_] = body["requests"]
            else:
                lines = self.files[body["input_file_id"]].splitlines()
                self.batches[id_] = [json.loads(line) for line in lines]
                self.files[f"in-of-{id_}"] = body["input_file_id"].encode()
        elif id_ not in self.batches or id_ in self.removed:
            return error(404, "not_found_error")
        elif request.method == "DELETE":
            self.removed.append(id_)
            return _json({"id": id_, "type": "message_batch_deleted"})
        elif verb == "cancel":
            self.canceled.append(id_)
        elif verb == "results":
            lines = [_anthropic_line(each, self._came_of(each, MESSAGES)) for each in reversed(self.batches[id_])]
            return Reply(body=self._short(b"".join(lines)), content_type="application/x-jsonl")
        return _json(self._anthropic(id_) if is_anthropic else self._openai(id_))

    def _anthropic(self, id_: str) -> dict[str, Any]:
        status = "ended" if self.is_ended else "in_progress"
        # Of another server: whoever goes there has been led astray.
        url = "http://127.0.0.1:9/results" if self.is_ended else None
        return {"id": id_, "processing_status": status, "request_counts": _COUNTS, "results_url": url, **_ANTHROPIC}

    def _openai(self, id_: str) -> dict[str, Any]:
        input_file = self.files[f"in-of-{id_}"].decode()
        made: dict[str, Any] = {"id": id_, "status": "in_progress", "input_file_id": input_file, **_CREATED}
        if not self.is_ended:
            return made
        made["status"] = self.status
        if self.status == "failed":
            words = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached.", "line": None}
            return made | {"errors": {"object": "list", "data": [words]}}
        for file, is_good in (("output", True), ("error", False)):
            came = [(each, self._came_of(each, CHAT)) for each in reversed(self.batches[id_])]
            lines = [_openai_line(each, reply) for each, reply in came if reply and (_is_good(reply) == is_good)]
            if lines:
                made[f"{file}_file_id"] = f"file-{file}-{id_}"
                self.files[f"file-{file}-{id_}"] = b"".join(lines)
        return made

    def _came_of(self, line: dict[str, Any], path: str) -> Reply | str | None:
        received = Received(path, {}, line["params" if path == MESSAGES else "body"])
        match self.fate(line["custom_id"], received):
            case 200:
                return self._server.answer(received)
            case int(status):
                return error(status, _ERRORS.get(status, "api_error"))
            case "missing":
                return None
            case fate:
                return str(fate)

    def _short(self, content: bytes) -> bytes:
        return content[: len(content) - self.cut]


_ERRORS = {400: "invalid_request_error", 429: "rate_limit_error", 529: "overloaded_error"}


def _is_good(reply: Reply | str) -> bool:
    return isinstance(reply, Reply) and reply.status == 200


def _openai_line(line: dict[str, Any], reply: Reply | str) -> bytes:
    made: dict[str, Any] = {"id": "batch_req_1", "custom_id": line["custom_id"], "response": None, "error": None}
    if isinstance(reply, Reply):
        made["response"] = {"status_code": reply.status, "request_id": "r", "body": json.loads(reply.body)}
    else:
        code = {"expired": "batch_expired", "canceled": "batch_cancelled"}[reply]
        made["error"] = {"code": code, "message": "This request could not be executed."}
    return json.dumps(made).encode() + b"\n"


def _anthropic_line(line: dict[str, Any], reply: Reply | str | None) -> bytes:
    if reply is None:
        return b""
    if isinstance(reply, str):
        result: dict[str, Any] = {"type": reply}
    elif reply.status == 200:
        result = {"type": "succeeded", "message": json.loads(reply.body)}
    else:
        result = {"type": "errored", "error": json.loads(reply.body)}
    return json.dumps({"custom_id": line["custom_id"], "result": result}).encode() + b"\n"


def _json(said: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps(said).encode())
