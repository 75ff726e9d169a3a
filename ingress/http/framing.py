"""Where a request ends: what leaves that in doubt, and how the parser goes on behind an offer to switch protocols."""

from typing import Any

from httptools import HttpRequestParser

Headers = list[tuple[bytes, bytes]]
CODING = b"transfer-encoding"
_FRAMING = {CODING, b"content-length"}
_VERSIONS = {"1.0", "1.1"}


def doubt_about(method: bytes, version: str, codings: list[bytes]) -> str | None:
    """
    Return why we and a proxy may disagree where a request ends, as its sender will read it; None if we cannot.

    The parser itself refuses other such heads: two lengths, a length beside a coding, control characters.

    Args:
        version: such as `1.1`.
        codings: the value of each Transfer-Encoding header.

    Source: RFC 9112, 2.3 (versions), 6.1 and 6.3 (codings); RFC 9110, 9.3.6 (CONNECT).
    """
    if method == b"CONNECT":
        return "this is not a proxy: it serves no CONNECT"
    if version not in _VERSIONS:
        return f"HTTP/{version} is not served: send HTTP/1.1"
    if codings and (version != "1.1" or [value.strip(b" \t").lower() for value in codings] != [b"chunked"]):
        return "Transfer-Encoding must be chunked, once, and in HTTP/1.1"
    return None


def parser_behind(headers: Headers, protocol: Any, *, is_last: bool) -> HttpRequestParser:
    """
    Return a parser that goes on behind a head: with its body, and then with the requests that follow.

    The parser that read the head cannot: when it sees an Upgrade, it skips the body, whatever the server wants, and
    would read the body as the next request. The new one is shown a head that frames the body in the same way, and says
    nothing else.

    Args:
        headers: of the head, with their names in lower case, as the first parser gave them.
        protocol: gets the parser's calls. It is told nothing of the head, which it knows. If there is no body, it is
            told at once that the request is complete.
        is_last: whether the connection ends with this request. Then the parser takes no further one.

    Raises:
        HttpParserError: the first parser did not look at the framing closely enough.
    """
    framing = [name + b": " + value for name, value in headers if name in _FRAMING]
    if is_last:
        framing.append(b"connection: close")
    parser = HttpRequestParser(_BehindHead(protocol))
    parser.feed_data(b"\r\n".join([b"POST / HTTP/1.1", *framing, b"", b""]))
    return parser


class _BehindHead:
    """Hands on the calls of a parser, from the end of the first head."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._is_behind = False
        self.on_body = protocol.on_body
        self.on_message_complete = protocol.on_message_complete

    def on_message_begin(self) -> None:
        if self._is_behind:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if self._is_behind:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_behind:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._is_behind:
            self._protocol.on_headers_complete()
        self._is_behind = True
