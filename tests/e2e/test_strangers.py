"""What strangers can do without any secret: next to nothing, and nothing to the disk or to a terminal."""

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.support.samples import transcription
from tests.support.servers import CLIENT_DATA_KEY, Site, signed
from tests.support.strace import needs_strace, watching, whole_trace
from tests.support.waiting import PATIENCE_S

_ORIGIN = "https://ours.example"
_PAGES = ["/", "/health", "/docs", "/redoc", "/docs/openapi.json"]
_BODY = transcription("conv_forged", "hello")
_SGR = re.compile(rb"\x1b\[[0-9;]*m")


def requests() -> list[httpx.Request]:
    """Return requests of every kind, none of which has a valid secret."""
    forged = {"elevenlabs-signature": f"t={int(time.time())},v0={'0' * 64}"}
    old = signed(_BODY, age_s=86_400)
    asked: list[tuple[str, str, dict[str, str], bytes]] = [
        ("GET", path, {}, b"") for path in (*_PAGES, *(path + "/" for path in _PAGES), "/nothing", "/docs/x")
    ]
    asked += [(method, path, {}, b"") for method in ("HEAD", "OPTIONS", "DELETE", "PUT") for path in ("/", "/health")]
    asked += [
        (method, path, headers, _BODY)
        for method, path in (
            ("POST", "/webhook/client-data"),
            ("POST", "/webhook/search-data"),
            ("POST", "/webhook/search-memory"),
            ("GET", "/callers/+12025550143"),
            ("DELETE", "/callers/user:a/b"),
            ("POST", "/webhook/post-call"),
            ("POST", "/webhook/nothing"),
            ("POST", "/echo"),
        )
        for headers in ({}, {"x-api-key": "wrong"}, forged, old, {"elevenlabs-signature": "t=1,v0=x"})
    ]
    return [
        httpx.Request(method, f"http://x{path}", headers=headers, content=content)
        for method, path, headers, content in asked
    ]


def send_all(site: Site, *, times: int) -> int:
    """Send all of them on a few connections, and return how many there were."""
    with site.client() as client:
        for _ in range(times):
            for request in requests():
                answer = client.request(
                    request.method,
                    request.url.raw_path.decode(),
                    headers=dict(request.headers) | {"host": "x"},
                    content=request.content,
                )
                assert answer.status_code < 500 or request.url.path.startswith("/health")
    return times * len(requests())


@needs_strace
def test_strangers_touch_no_disk(tmp_path: Path) -> None:
    """Of hundreds of requests without a secret none opens or writes a file, but for one look at the disk a second."""
    site = Site(tmp_path, ADMIN_KEY="key-admin-of-a-test", LOG_LEVEL="error")
    trace = tmp_path / "trace"
    with site.ingress(under=watching(trace)) as process:
        send_all(site, times=1)  # what is rendered and loaded once is there now
        time.sleep(1)
        began_s = time.monotonic()
        opened_before = len(opened(trace))
        sent = send_all(site, times=10)
        took_s = time.monotonic() - began_s
    calls = [call for call in whole_trace(trace, process) if call.error is None]
    looks = int(took_s) + 2
    fsyncs = [call for call in calls if call.name in {"fsync", "fdatasync"}]
    assert sent > 400
    assert len(opened(trace)) - opened_before <= 12 * looks  # a look opens a handful of files
    assert len([call for call in fsyncs if ".incoming" in call.path]) <= looks + 5  # those before it included
    assert [path for path in site.payloads.rglob("*") if path.is_file() and path.name != ".journal.lock"] == []


def opened(trace: Path) -> list[str]:
    """Return the files that were opened so far."""
    return [line for line in trace.read_text("ascii").splitlines() if "openat(" in line]


def test_health_is_looked_at_once_a_second_for_all(tmp_path: Path) -> None:
    """However many ask at once, one look answers all of them, and the next second has another one."""
    site = Site(tmp_path)
    looked_at: set[str] = set()

    def ask() -> None:
        with site.client() as client:
            for _ in range(50):
                looked_at.add(client.get("/health").json()["looked_at"])

    with site.ingress():
        began_s = time.monotonic()
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = time.monotonic() - began_s
        assert 1 <= len(looked_at) <= took_s + 2
        assert site.health()["looked_at"] not in looked_at


def test_health_tells_soon_what_has_changed(tmp_path: Path) -> None:
    """An event and a folder that can no longer be written show within two seconds."""
    site = Site(tmp_path)
    with site.ingress():
        assert site.recent_health()["log"]["writable"]
        assert site.post_call(_BODY).status_code == 200
        began_s = time.monotonic()
        site.wait_until(lambda: site.recent_health()["log"]["events"] == 1, "ingress")
        (site.payloads / ".incoming").rename(site.payloads / ".gone")
        site.wait_until(lambda: site.get("/health").status_code == 503, "ingress")
        (site.payloads / ".gone").rename(site.payloads / ".incoming")
        site.wait_until(lambda: site.get("/health").status_code == 200, "ingress")
        assert time.monotonic() - began_s < 2 + PATIENCE_S / 2  # a starved machine takes longer than three seconds


def test_refusals_do_not_fill_the_log(tmp_path: Path) -> None:
    """Of hundreds of refused requests a few of each kind have a line, and how many had none is said."""
    site = Site(tmp_path, ADMIN_KEY="key-admin-of-a-test")
    with site.ingress():
        with site.client() as client:
            for _ in range(300):
                assert client.post("/webhook/post-call", content=b"{}").status_code == 401
                assert client.post("/webhook/client-data", headers={"x-api-key": "no"}).status_code == 401
            for number in range(300):
                client.get(f"/webhook/{number}" + "x" * 5000)
            assert client.post("/webhook/search-data", content=b"{}").status_code == 401  # one of another kind
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
                connection.sendall(b"this is no HTTP\r\n\r\n")
                connection.recv(65536)
    lines = [json.loads(line) for line in site.log("ingress").splitlines()]
    refused = [line for line in lines if line["event"] in {"webhook_answered", "request_refused"}]
    assert len(refused) <= 60
    assert max(len(json.dumps(line)) for line in lines) < 1000
    assert any(line.get("path") == "/webhook/search-data" for line in refused)
    left_out = [line for line in lines if line["event"] == "refusals_not_logged"]
    assert len(refused) + sum(line["times"] for line in left_out) == 951
    assert {line["status"] for line in left_out} == {400, 401, 404}


@pytest.fixture
def with_cors(tmp_path: Path) -> Iterator[Site]:
    """An ingress that browsers of one origin may ask: their requests go through the framework."""
    site = Site(tmp_path, CORS_ALLOW_ORIGINS=_ORIGIN, ADMIN_KEY="key-admin-of-a-test")
    with site.ingress():
        yield site


def test_short_way_answers_as_the_framework_does(with_cors: Site) -> None:
    """Whatever is asked, with a key or without, both ways give the same status, headers and body."""
    kinds = requests()
    kinds += [
        httpx.Request("POST", "http://x/webhook/client-data", headers={"x-api-key": CLIENT_DATA_KEY}, content=b"{}"),
        httpx.Request("POST", "http://x/webhook/post-call", headers=signed(_BODY), content=_BODY),
        httpx.Request("POST", "http://x/webhook/post-call", headers={"content-type": "text/plain"}, content=_BODY),
        httpx.Request("GET", "http://x/callers"),
        httpx.Request("PUT", "http://x/callers/x", headers={"x-api-key": "key-admin-of-a-test"}),
        httpx.Request("GET", "http://x//docs//"),
        httpx.Request("GET", "http://x/docs/oauth2-redirect.html"),
    ]
    with with_cors.client() as client:
        for request in kinds:
            answers = []
            for origin in ({}, {"origin": _ORIGIN}):
                answer = client.request(
                    request.method,
                    request.url.raw_path.decode(),
                    headers=dict(request.headers) | {"host": "x"} | origin,
                    content=request.content,
                )
                headers = {
                    name: sorted(value.split(", "))
                    for name, value in answer.headers.items()
                    if name not in {"x-request-id", "date", "vary", "content-length"}
                    and not name.startswith("access-control-")
                }
                text = answer.text.replace(answer.headers["x-request-id"], "ID")
                if request.url.path.startswith("/health"):
                    text = ""  # what was looked at meanwhile
                if request.method == "OPTIONS":
                    continue  # a browser's preflight is answered otherwise
                answers.append((answer.status_code, headers, text))
            assert answers[:1] == answers[1:], (request.method, request.url)


@pytest.mark.parametrize(
    "nasty", ["\x1b]0;pwned\x07", "\x1b[2J\x1b[H", "\x9b31m", "a\r\nforged", "\u202eabc", "\x08\x7f"]
)
def test_terminal_obeys_no_stranger(tmp_path: Path, nasty: str) -> None:
    """With its log on a terminal, ingress writes nothing there that a stranger could make the terminal do."""
    site = Site(tmp_path, LOG_LEVEL="info")
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingress"], cwd=tmp_path, env=site.env, stdin=subprocess.DEVNULL, stdout=end, stderr=end
    )
    written = bytearray()

    def read() -> None:
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                return
            if not piece:
                return
            written.extend(piece)

    reader = threading.Thread(target=read)
    reader.start()
    os.close(end)
    try:
        (tmp_path / "ingress.log").touch()
        site.wait_for_ingress(process)
        site.get("/webhook/" + quote(nasty))
        site.post("/webhook/post-call", headers={"elevenlabs-signature": quote(nasty)}, content=nasty.encode())
        site.wait_until(lambda: b"404" in written, "ingress")
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        reader.join(PATIENCE_S)
        os.close(terminal)
    plain = _SGR.sub(b"", bytes(written)).decode()
    assert "webhook_answered" in plain
    assert all(line.isprintable() for line in plain.replace("\r\n", "\n").split("\n")), ascii(plain)
    assert not any(line.startswith("forged") for line in plain.splitlines())
