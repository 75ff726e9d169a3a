"""Where a request ends: offers to switch protocols change nothing, and what is in doubt is refused."""

import json

import pytest

from tests.support.connections import Conversation, converse

pytestmark = pytest.mark.server

# A body that is a request itself: it must never be taken for one.
INNER = b"GET /inner HTTP/1.1\r\nhost: x\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
LENGTH = b"content-length: %d" % len(INNER)
CODED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER)
OFFERS = {
    "h2c, as curl offers it": [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"],
    "websocket": [b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"],
    "anything": [b"Connection: Upgrade", b"Upgrade: x"],
    "nothing": [b"Connection: upgrade", b"Upgrade:"],
    "a list": [b"connection: keep-alive ,\tUPGRADE", b"upgrade: TLS/1.0, h2c;q=1, websocket"],
    "two lines": [b"Upgrade: a", b"Connection: keep-alive", b"Upgrade: b", b"Connection: upgrade"],
    "without Connection": [b"Upgrade: h2c"],
    "without Upgrade": [b"Connection: Upgrade"],
}


def head(*lines: bytes, line: bytes = b"POST /first HTTP/1.1") -> bytes:
    return b"\r\n".join([line, b"host: x", *lines, b"", b""])


def assert_refused(conversation: Conversation) -> None:
    """The only answer is a 400 in our shape, the connection was closed, and the application got nothing."""
    assert conversation.statuses() == [400]
    assert conversation.taken == []
    _, _, body = conversation.got.partition(b"\r\n\r\n")
    assert set(json.loads(body)) == {"status", "message", "request_id"}


@pytest.mark.parametrize("framed", [(LENGTH, INNER), (b"transfer-encoding: chunked", CODED)], ids=["length", "chunks"])
@pytest.mark.parametrize("name", OFFERS)
def test_offer_to_switch_changes_nothing(name: str, framed: tuple[bytes, bytes]) -> None:
    """A request that offers another protocol is answered as without the offer, and so is the next one."""
    framing, sent = framed
    for lines in ([*OFFERS[name], framing], [framing, *OFFERS[name]]):
        for pieces in (
            [head(*lines) + sent + LAST],
            [head(*lines), sent, LAST],
            [head(*lines) + sent[:9], sent[9:] + LAST],
        ):
            conversation = converse(pieces)

            assert conversation.asked() == [("/first", INNER), ("/last", b"")]
            assert conversation.statuses() == [200, 200]


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"PUT", b"TRACE"])
def test_offer_of_any_method_changes_nothing(method: bytes) -> None:
    """An offer with or without a body, in a method that seldom has one, is answered as without the offer."""
    line = method + b" /first HTTP/1.1"
    for lines, sent, body in (([], b"", b""), ([b"content-length: 0"], b"", b""), ([LENGTH], INNER, INNER)):
        conversation = converse([head(*OFFERS["websocket"], *lines, line=line) + sent + LAST])

        assert conversation.asked() == [("/first", body), ("/last", b"")]
        assert conversation.statuses() == [200, 200]


@pytest.mark.parametrize("framed", [(LENGTH, INNER), (b"transfer-encoding: chunked", CODED)], ids=["length", "chunks"])
@pytest.mark.slow
def test_offer_may_be_cut_anywhere(framed: tuple[bytes, bytes]) -> None:
    """Wherever the network cuts two requests with an offer, both are taken whole."""
    framing, sent = framed
    both = (head(*OFFERS["anything"], framing) + sent) * 2 + LAST
    for cut in range(1, len(both)):
        assert converse([both[:cut], both[cut:]]).asked() == [("/first", INNER)] * 2 + [("/last", b"")]
    assert converse([both[at : at + 1] for at in range(len(both))]).asked() == [("/first", INNER)] * 2 + [
        ("/last", b"")
    ]


def test_offers_behind_each_other_are_all_answered() -> None:
    """Requests that were sent ahead are taken in order, whichever of them offers another protocol."""
    plain, offering = head(LENGTH) + INNER, head(*OFFERS["anything"], LENGTH) + INNER
    for sent in ([plain, offering, plain, offering], [offering, offering, plain], [offering] * 8):
        conversation = converse([b"".join(sent) + LAST])

        assert conversation.asked() == [("/first", INNER)] * len(sent) + [("/last", b"")]


def test_offer_of_an_old_client_ends_with_its_answer() -> None:
    """HTTP/1.0 knows no offers: the request is answered, and the connection closed."""
    conversation = converse([head(*OFFERS["anything"], LENGTH, line=b"POST /first HTTP/1.0") + INNER + LAST])

    assert conversation.asked() == [("/first", INNER)]


def test_nothing_is_taken_behind_an_offer_that_closes() -> None:
    """`Connection: close` beside an offer still closes the connection."""
    lines = [b"Connection: close, upgrade", b"Upgrade: x", LENGTH]
    conversation = converse([head(*lines) + INNER + LAST])

    assert conversation.asked() == [("/first", INNER)]
    assert b"connection: close" in conversation.got


@pytest.mark.parametrize("damage", [b"ZZ\r\n", b"5\r\nhello, more\r\n", b"f" * 17 + b"\r\n", b"-1\r\n"])
def test_damaged_body_behind_an_offer_is_refused(damage: bytes) -> None:
    """A body that ends in doubt is refused behind an offer as anywhere else."""
    assert_refused(converse([head(*OFFERS["anything"], b"transfer-encoding: chunked"), damage + INNER + LAST]))


TWO_READERS = {
    "length and coding": [LENGTH, b"transfer-encoding: chunked"],
    "coding and length": [b"transfer-encoding: chunked", LENGTH],
    "two lengths": [LENGTH, b"content-length: 0"],
    "the same length twice": [LENGTH, LENGTH],
    "list of lengths": [LENGTH + b", %d" % len(INNER)],
    "signed length": [b"content-length: +%d" % len(INNER)],
    "negative length": [b"content-length: -1"],
    "hexadecimal length": [b"content-length: 0x%x" % len(INNER)],
    "length in words": [b"content-length: many"],
    "length with a fraction": [b"content-length: %d.0" % len(INNER)],
    "length with a space inside": [b"content-length: 3 3"],
    "length with an underscore": [b"content-length: 3_3"],
    "empty length": [b"content-length:"],
    "length above 2 to the 64": [b"content-length: %d" % (2**64 + len(INNER))],
    "space before the colon": [b"content-length : %d" % len(INNER)],
    "tab before the colon": [b"transfer-encoding\t: chunked"],
    "space before a header": [b" " + LENGTH],
    "folded line": [b"x-a: b", b"\t" + LENGTH],
    "folded coding": [b"transfer-encoding:", b" chunked"],
    "bare LF": [b"x-a: b\n" + LENGTH],
    "bare CR": [b"x-a: b\r" + LENGTH],
    "CR in a name": [b"content\r-length: 5"],
    "NUL": [b"x-a: \0", LENGTH],
    "NUL in a name": [b"content-length\0: %d" % len(INNER)],
    "no name": [b": b", LENGTH],
    "no colon": [b"content-length %d" % len(INNER)],
    "unknown coding": [b"transfer-encoding: xchunked"],
    "coding that only begins like it": [b"transfer-encoding: chunkedx"],
    "coding in quotes": [b'transfer-encoding: "chunked"'],
    "empty coding": [b"transfer-encoding:"],
    "identity": [b"transfer-encoding: identity"],
    "chunked, identity": [b"transfer-encoding: chunked, identity"],
    "identity, chunked": [b"transfer-encoding: identity, chunked"],
    "gzip, chunked": [b"transfer-encoding: gzip, chunked"],
    "chunked, chunked": [b"transfer-encoding: chunked, chunked"],
    "chunked with an empty part": [b"transfer-encoding: chunked,"],
    "chunked in two lines": [b"transfer-encoding: chunked", b"transfer-encoding: chunked"],
    "chunked, then identity": [b"transfer-encoding: chunked", b"transfer-encoding: identity"],
    "chunked with a parameter": [b"transfer-encoding: chunked;q=1"],
    "chunked with a vertical tab": [b"transfer-encoding: \x0bchunked"],
    "chunked with a byte of no ASCII": [b"transfer-encoding: chunked\x85"],
}


@pytest.mark.parametrize("offer", [[], OFFERS["anything"]], ids=["plain", "offering"])
@pytest.mark.parametrize("name", TWO_READERS)
def test_head_that_two_readers_may_understand_differently_is_refused(name: str, offer: list[bytes]) -> None:
    """If it is in doubt where the body ends, the answer is 400, and no further byte is parsed."""
    sent = head(*offer, *TWO_READERS[name])
    for pieces in ([sent + INNER + LAST], [sent, INNER, LAST], [sent + CODED + LAST]):
        assert_refused(converse(pieces))


@pytest.mark.parametrize(
    "target", ["http://host", "http://host?a=b", "x://y", "http://", "http://[::1", "http://host:99999999/", "?a=b"]
)
def test_target_without_a_path_is_said(target: str) -> None:
    """A request whose target has no path gets an answer that says so, and not an end of the connection."""
    for method in (b"GET", b"POST", b"OPTIONS"):
        sent = head(line=b"%s %s HTTP/1.1" % (method, target.encode()))
        assert_refused(converse([sent + LAST]))


LINES = {
    "CONNECT": b"CONNECT host:443 HTTP/1.1",
    "CONNECT to a path": b"CONNECT /first HTTP/1.1",
    "the preface of HTTP/2": b"PRI * HTTP/2.0",
    "HTTP/2.0": b"POST /first HTTP/2.0",
    "HTTP/1.2": b"POST /first HTTP/1.2",
    "HTTP/0.9": b"POST /first HTTP/0.9",
    "no version": b"GET /first",
    "version in lower case": b"POST /first http/1.1",
    "space behind the version": b"POST /first HTTP/1.1 ",
    "authority as a target": b"GET host:80 HTTP/1.1",
    "tab for a space": b"POST\t/first HTTP/1.1",
    "NUL in the target": b"GET /fi\0rst HTTP/1.1",
}


@pytest.mark.parametrize("name", LINES)
def test_request_line_of_another_protocol_is_refused(name: str) -> None:
    """What is neither HTTP/1.0 nor HTTP/1.1 gets 400, and nothing that follows is parsed."""
    for lines in ([LENGTH], [b"transfer-encoding: chunked"], [*OFFERS["anything"], LENGTH]):
        sent = head(*lines, line=LINES[name])
        for pieces in ([sent + INNER + LAST], [sent, INNER, LAST]):
            assert_refused(converse(pieces))


def test_preface_of_http2_is_refused() -> None:
    """A client that speaks HTTP/2 without having asked gets 400, and its frames are not parsed."""
    assert_refused(converse([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + INNER + LAST]))


def test_chunks_of_an_old_client_are_refused() -> None:
    """HTTP/1.0 has no chunks: a proxy of that version would see the request end elsewhere."""
    sent = head(b"connection: keep-alive", b"transfer-encoding: chunked", line=b"POST /first HTTP/1.0")
    assert_refused(converse([sent + CODED + LAST]))


CHUNKS = {
    "bare LF": b"%x\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "bare LF behind the data": b"%x\r\n%s\n0\r\n\r\n" % (len(INNER), INNER),
    "nothing behind the data": b"%x\r\n%s0\r\n\r\n" % (len(INNER), INNER),
    "bare CR": b"%x\r%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "space before the size": b" %x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "space behind the size": b"%x \r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "prefix": b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "sign": b"+%x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "no size": b"\r\n%s\r\n0\r\n\r\n" % INNER,
    "size above 2 to the 64": b"1%016x\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "LF in an extension": b"%x;a\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "CR in an extension": b"%x;a\rb\r\n%s\r\n0\r\n\r\n" % (len(INNER), INNER),
    "LF in a quoted extension": b'%x;a="\n"\r\n%s\r\n0\r\n\r\n' % (len(INNER), INNER),
    "LF for the end": b"%x\r\n%s\r\n0\n\n" % (len(INNER), INNER),
    "bare LF behind a trailer": b"%x\r\n%s\r\n0\r\na: b\n\r\n" % (len(INNER), INNER),
    "length in a trailer": b"%x\r\n%s\r\n0\r\ncontent-length: 5\r\n\r\n" % (len(INNER), INNER),
}


@pytest.mark.parametrize("offer", [[], OFFERS["anything"]], ids=["plain", "offering"])
@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_that_two_readers_may_understand_differently_are_refused(name: str, offer: list[bytes]) -> None:
    """If it is in doubt where a chunk ends, the answer is 400 and no further byte is parsed."""
    sent = head(*offer, b"transfer-encoding: chunked")
    for pieces in ([sent + CHUNKS[name] + LAST], [sent, CHUNKS[name], LAST]):
        assert_refused(converse(pieces))


@pytest.mark.parametrize("offer", [[], OFFERS["anything"]], ids=["plain", "offering"])
def test_trailers_are_no_headers(offer: list[bytes]) -> None:
    """What stands behind the last chunk is thrown away: it is no header of this request, nor of the next."""
    coded = b"%x;ext=1\r\n%s\r\n0\r\nx-api-key: k\r\nupgrade: x\r\nlast:\r\n\r\n" % (len(INNER), INNER)
    for pieces in ([coded + LAST], [coded, LAST], [bytes([byte]) for byte in coded + LAST]):
        conversation = converse([head(*offer, b"transfer-encoding: chunked"), *pieces])

        assert conversation.asked() == [("/first", INNER), ("/last", b"")]
        for taken in conversation.taken:
            assert not {"x-api-key", "last"} & set(taken.header_names)


def test_trailer_that_closes_closes() -> None:
    """If a trailer says that the connection ends, it ends with the answer: nothing waits for an answer in vain."""
    coded = CODED.replace(b"0\r\n\r\n", b"0\r\nconnection: close\r\n\r\n")
    for early in (False, True):
        conversation = converse([head(b"transfer-encoding: chunked"), coded, LAST], early=early)
        assert [path for path, _ in conversation.asked()] == ["/first"]


@pytest.mark.parametrize("expectation", [b"100-continue", b"100-Continue", b"something else"])
def test_connection_ends_if_nobody_knows_whether_a_body_comes(expectation: bytes) -> None:
    """A client that wants to be asked for its body, and is answered instead, may or may not send it."""
    sent = head(b"expect: " + expectation, LENGTH)
    for pieces in ([sent, LAST], [sent, INNER + LAST], [sent + INNER + LAST]):
        conversation = converse(pieces, early=True)

        assert [path for path, _ in conversation.asked()] == ["/first"]
        assert b"connection: close" in conversation.got


@pytest.mark.parametrize("offer", [[], OFFERS["h2c, as curl offers it"]], ids=["plain", "offering"])
def test_client_is_asked_for_its_body(offer: list[bytes]) -> None:
    """A client that wants to be asked is asked, once, also if it offers another protocol; not in HTTP/1.0."""
    lines = [*offer, b"expect: 100-continue", LENGTH]
    new = converse([head(*lines), INNER])
    old = converse([head(*lines, line=b"POST /first HTTP/1.0"), INNER])

    assert new.asked() == old.asked() == [("/first", INNER)]
    assert new.got.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert old.got.startswith(b"HTTP/1.1 200 OK\r\n")


def test_request_gets_no_second_answer() -> None:
    """If the rest of a body is damaged after the request was answered, the connection just ends."""
    for damage in (b"ZZ\r\n", b"5\r\nhello, more\r\n"):
        conversation = converse([head(b"transfer-encoding: chunked"), b"5\r\nhello\r\n", damage + LAST], early=True)
        assert conversation.statuses() == [200]


@pytest.mark.parametrize("target", [b"http://x/first", b"HTTP://other:80/first", b"/first?a=http://x/"])
def test_target_with_a_host_is_its_path(target: bytes) -> None:
    """A proxy may name the host in the target; the path counts."""
    line = b"POST " + target + b" HTTP/1.1"
    conversation = converse([head(*OFFERS["anything"], LENGTH, line=line) + INNER + LAST])

    assert conversation.asked() == [("/first", INNER), ("/last", b"")]
