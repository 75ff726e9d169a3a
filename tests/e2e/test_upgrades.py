"""Requests that offer another protocol, to the real ingress: directly, from curl, and through proxies."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.support.proxies import PROXIES, proxy_before
from tests.support.samples import transcription
from tests.support.servers import CLIENT_DATA_KEY, Site, loopback_client, signed
from tests.support.waiting import PATIENCE_S

H2C = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
# It has no end: whatever the connection carries next would become part of its last header.
UNFINISHED = b"GET / HTTP/1.1\r\nhost: x\r\nx-a: "
# A parser that believes to be between requests skips empty lines. So many of them put the rest into another read: more
# than nginx holds in memory, which it then sends apart from the head, and more than ingress reads at once.
_EMPTY_LINES = (0, 10_000, 300_000)


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose ingress runs for all tests of this module."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress():
        yield site


@pytest.mark.parametrize("size", [1, 1_000_000], ids=["short", "long"])
def test_webhook_that_offers_http2_is_taken(open_site: Site, size: int) -> None:
    """A signed webhook with `Upgrade: h2c`, as some clients send it unasked, is 200 and in the log."""
    for number in range(2):
        body = transcription(f"conv_h2c_{size}_{number}", "x" * size)
        answer = open_site.post("/webhook/post-call", content=body, headers=H2C | signed(body))

        assert answer.status_code == 200, answer.text
        assert open_site.events()[answer.json()["data"]["position"] - 1].body() == body


def test_webhook_from_curl_that_offers_http2_is_taken(open_site: Site, tmp_path: Path) -> None:
    """`curl --http2` offers h2c with each request; its webhook is taken over HTTP/1.1."""
    curl = shutil.which("curl")
    if curl is None or b"HTTP2" not in subprocess.run([curl, "--version"], check=True, capture_output=True).stdout:
        pytest.skip("there is no curl that offers HTTP/2")
    body = transcription("conv_curl", "hello")
    (tmp_path / "body").write_bytes(body)
    (signature,) = (f"{name}: {value}" for name, value in signed(body).items())
    command = [curl, "--silent", "--http2", "--noproxy", "*", "--header", signature, "--write-out", "\n%{http_version}"]
    done = subprocess.run(
        [*command, "--data-binary", f"@{tmp_path}/body", f"{open_site.url}/webhook/post-call", "-H", "content-type:"],
        capture_output=True,
        text=True,
        check=True,
    )

    answer, _, version = done.stdout.rpartition("\n")
    assert json.loads(answer)["data"]["conversation_id"] == "conv_curl"
    assert version == "1.1"


def strangers() -> Iterator[list[bytes]]:
    """Yield requests of strangers, each in the pieces in which it is sent."""
    for target in ("/", "/webhook/post-call", "/webhook/client-data"):
        for offer in ("x", "websocket", "h2c"):
            for empty_lines in _EMPTY_LINES:
                body = b"\r\n" * empty_lines + UNFINISHED
                lines = [f"POST {target} HTTP/1.1", "Host: x", "Connection: Upgrade", f"Upgrade: {offer}"]
                head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()
                yield [head + body]
                yield [head, body]


def answer_to(pieces: list[bytes], port: int) -> tuple[int, bytes]:
    """Send a request in these pieces, and return the status and the body of its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


@pytest.mark.parametrize("name", PROXIES)
def test_proxy_that_shares_connections_mixes_up_nobody(open_site: Site, tmp_path: Path, name: str) -> None:
    """Behind a proxy that sends everybody's requests over one connection, each sender gets the answer to its own."""
    with (
        proxy_before(open_site.port, name=name, folder=tmp_path) as port,
        loopback_client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        for number, pieces in enumerate(strangers()):
            status, heard = answer_to(pieces, port)
            body = transcription(f"conv_{name}_{number}", "hello")
            answer = client.post("/webhook/post-call", content=body, headers=signed(body))
            question = {"caller_id": "+12025550143"}
            greeted = client.post("/webhook/client-data", json=question, headers={"x-api-key": CLIENT_DATA_KEY})

            assert status in {401, 405}, heard
            assert b"dynamic_variables" not in heard
            assert answer.status_code == 200, answer.text
            assert open_site.events()[answer.json()["data"]["position"] - 1].body() == body
            assert "dynamic_variables" in greeted.json()


def test_request_behind_a_strangers_gets_its_own_answer(open_site: Site) -> None:
    """If a stranger's request and a webhook share a connection, each gets its own answer, and the webhook is kept."""
    for number, pieces in enumerate(strangers()):
        body = transcription(f"conv_behind_{number}", "hello")
        (signature,) = (f"{name}: {value}" for name, value in signed(body).items())
        lines = ["POST /webhook/post-call HTTP/1.1", "host: x", signature, f"content-length: {len(body)}", "", ""]
        with socket.create_connection(("127.0.0.1", open_site.port), timeout=PATIENCE_S) as connection:
            for piece in pieces:
                connection.sendall(piece)
            first = HTTPResponse(connection)
            first.begin()
            first.read()
            connection.sendall("\r\n".join(lines).encode() + body)
            second = HTTPResponse(connection)
            second.begin()
            receipt = json.loads(second.read())["data"]

        assert (first.status in {401, 405}, second.status) == (True, 200)
        assert open_site.events()[receipt["position"] - 1].body() == body
