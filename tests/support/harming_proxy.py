"""A proxy that harms what passes through it, as a wrongly configured one does."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

# What is done to a request: a status that the proxy answers itself, the header that it drops, or what it appends.
Harm = tuple[int, str] | tuple[str, str] | tuple[str, bytes] | None


class _Handler(BaseHTTPRequestHandler):
    """Passes requests on, and harms them."""

    protocol_version = "HTTP/1.1"
    upstream: int
    harm_of: Callable[[bytes], Harm]

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        for name in ("host", "transfer-encoding"):
            headers.pop(name, None)
        match type(self).harm_of(body):
            case (int() as status, _):
                self._send(status, b"a proxy says so")
                return
            case ("drop", str() as name):
                headers.pop(name, None)
            case ("change", bytes() as more) if body:
                body += more
            case _:
                pass
        headers["content-length"] = str(len(body))
        with httpx.Client(trust_env=False) as client:
            url = f"http://127.0.0.1:{self.upstream}{self.path}"
            answer = client.request(self.command, url, content=body, headers=headers)
        self._send(answer.status_code, answer.content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("location", "https://elsewhere.example.com/")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def harming_proxy(
    upstream_port: int, harm: Callable[[bytes], Harm] = lambda _: None, *, certificate: Path | None = None
) -> Iterator[str]:
    """
    Run a proxy before a port of the loopback until the block ends; yields its address.

    Args:
        certificate: a file with a certificate and its key, to be reached by https; None is http.
    """

    class Handler(_Handler):
        upstream = upstream_port
        harm_of = staticmethod(harm)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
