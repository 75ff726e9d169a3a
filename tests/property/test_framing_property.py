"""Whatever a head says about its body, and however it is cut: no byte of the body becomes a request."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.connections import Conversation, converse

_INNER = b"GET /inner HTTP/1.1\r\nhost: x\r\n\r\n"
_LAST = b"GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
_OFFERED = ("Upgrade", "upgrade", "HTTP2-Settings", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Host", "X-A")
_TOKENS = ("h2c", "websocket", "x", "chunked", "upgrade", "Upgrade", "keep-alive", "HTTP2-Settings", "te", "a/1", "")

tokens = st.sampled_from(_TOKENS)
lists = st.lists(tokens, min_size=1, max_size=4).flatmap(
    lambda items: st.sampled_from((", ", ",", " , ", ",\t")).map(lambda comma: comma.join(items))
)
# What may stand beside the framing: it must change nothing.
offers = st.one_of(
    st.tuples(st.just("Connection"), lists),
    st.tuples(st.sampled_from(_OFFERED), lists),
    st.tuples(st.just("Upgrade"), tokens),
    st.tuples(st.just("Connection"), st.just("upgrade")),
)
# What may stand for the framing: a length and a coding in all their shapes, right ones and wrong ones.
spaces = st.sampled_from(("", " ", "\t", "\r\n ", "\n", "\r", "\0", "\x0b", "\x85"))
shapes = st.tuples(
    st.sampled_from(("Content-Length", "content-length", "Transfer-Encoding", "transfer-encoding")),
    spaces,
    spaces,
    st.sampled_from(("{n}", "{n}", "+{n}", "0{n}", "{n}, {n}", "{n},0", "0x{n:x}", "-0", "", "1{n:020d}")),
    st.sampled_from(
        ("chunked", "Chunked", "xchunked", "chunked, identity", "identity", "chunked;q=1", "gzip, chunked")
    ),
    spaces,
)
lines = st.sampled_from(("POST", "GET", "HEAD", "OPTIONS", "PUT", "CONNECT", "PRI", "SOURCE", "FROB")).flatmap(
    lambda method: st.tuples(
        st.just(method),
        st.sampled_from(("/first", "http://x/first", "*", "x:80", "//x/first")),
        st.sampled_from((" HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/2.0", " HTTP/0.9", "", " HTTP/1.1 ")),
    )
)
bodies = st.lists(st.sampled_from((_INNER, b"\r\n", b"0\r\n\r\n", b"x")), min_size=1, max_size=4).map(b"".join)
cuts = st.lists(st.integers(0, 600), max_size=4)


def coded(body: bytes, sizes: list[int]) -> bytes:
    """Return a body in chunks of these sizes, and one of the rest."""
    said, at = b"", 0
    for size in [*sizes, len(body)]:
        if piece := body[at : at + size]:
            said += b"%x\r\n%s\r\n" % (len(piece), piece)
        at += size
    return said + b"0\r\n\r\n"


def conversation_over(sent: bytes, cuts: list[int]) -> Conversation:
    """Send bytes, cut at these places."""
    places = sorted({0, len(sent), *(cut % len(sent) for cut in cuts)})
    return converse([sent[start:end] for start, end in pairwise(places)])


@given(st.lists(offers, max_size=4), st.lists(offers, max_size=4), bodies, st.booleans(), cuts)
@settings(max_examples=300)
def test_offers_change_nothing(
    before: list[tuple[str, str]], after: list[tuple[str, str]], body: bytes, is_chunked: bool, cuts: list[int]
) -> None:
    """With any offers around its framing, a request is taken whole, and the next one too."""
    framing = ("Transfer-Encoding", "chunked") if is_chunked else ("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in [*before, framing, *after])
    sent = b"POST /first HTTP/1.1\r\n" + head.encode() + b"\r\n" + (coded(body, cuts) if is_chunked else body) + _LAST
    conversation = conversation_over(sent, cuts)

    assert conversation.asked() == [("/first", body), ("/last", b"")]
    assert conversation.statuses() == [200, 200]


@given(lines, st.lists(offers, max_size=3), st.lists(shapes, min_size=1, max_size=3), bodies, cuts)
@settings(max_examples=600)
def test_no_byte_of_a_body_becomes_a_request(
    line: tuple[str, str, str],
    offered: list[tuple[str, str]],
    framing: list[tuple[str, str, str, str, str, str]],
    body: bytes,
    cuts: list[int],
) -> None:
    """A request with some framing, right or wrong, is taken with its body or refused: nothing inside is parsed."""
    method, target, version = line
    head = f"{method} {target}{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in offered)
    sent = coded(body, cuts) if any(name.lower() == "transfer-encoding" for name, *_ in framing) else body
    for name, behind_name, before_value, length, coding, behind_value in framing:
        value = length.format(n=len(sent)) if name.lower() == "content-length" else coding
        head += f"{name}{behind_name}:{before_value}{value}{behind_value}\r\n"
    conversation = conversation_over((head + "\r\n").encode("latin-1") + sent + _LAST, cuts)

    asked = [taken.path for taken in conversation.taken]
    assert "/inner" not in asked
    assert len(asked) <= 2
    assert len(conversation.statuses()) <= 2
