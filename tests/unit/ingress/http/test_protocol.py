"""Connections: how long a sender may take to complete a request, and that work under way is never cut off."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from ingress.http import protocol
from ingress.http.backpressure import PATH, WebhookLimit
from tests.support.connections import listening, read_all

pytestmark = pytest.mark.server

_HEAD_S = 0.3
_WEBHOOK = f"POST {PATH} HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello".encode()
_NEVER_SO_MANY = 50_000
_LAST = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n"


async def greets(scope: object, receive: Callable[[], Awaitable[object]], send: Callable[..., Awaitable[None]]) -> None:
    """Answer at once, without reading the body, or after a while if the path says so."""
    if scope["path"] == "/slow":  # type: ignore[index]
        await asyncio.sleep(4 * _HEAD_S)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


def answered(*sent: bytes, pause_s: float = 0.0, limit: WebhookLimit | None = None) -> bytes:
    """Return all answers to these bytes, until the other side closes the connection."""

    async def talk() -> bytes:
        async with listening(greets, limit) as connect:
            reader, writer = await connect()
            reading = asyncio.create_task(read_all(reader))
            for piece in sent:
                writer.write(piece)
                await asyncio.wait([reading], timeout=pause_s)
            got = await reading
            writer.close()
        return bytes(got)

    return asyncio.run(talk())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", _HEAD_S)


@pytest.mark.parametrize("start", [b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n", b"\r\n"])
def test_head_that_does_not_end_is_given_up(start: bytes) -> None:
    """A sender that begins a request and falls silent gets 408, in our shape, and is disconnected."""
    head, _, body = answered(start).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 408 ")
    assert set(json.loads(body)) == {"status", "message", "request_id"}


def test_connection_without_a_request_is_closed() -> None:
    """A client that connects and sends nothing is disconnected without an answer."""
    assert answered() == b""


def test_head_that_drips_is_given_up() -> None:
    """The time counts from the connection: a byte now and then does not extend it."""
    assert answered(*[b"G", b"E", b"T", b" ", b"/", b"x"], pause_s=_HEAD_S / 4).startswith(b"HTTP/1.1 408 ")


def test_rest_of_a_body_that_was_answered_is_not_awaited_for_ever() -> None:
    """A sender that was answered early may send the rest of the body, but not for ever."""
    head = b"POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\n"
    got = answered(head, *[b"x"] * 8, pause_s=_HEAD_S / 4)

    assert got.startswith(b"HTTP/1.1 200 ")
    assert got.count(b"HTTP/1.1 ") == 1


def test_second_head_on_a_connection_is_given_up_too() -> None:
    """A completed first request gives the second no more time."""
    got = answered(b"GET / HTTP/1.1\r\n\r\n", b"GET", pause_s=_HEAD_S / 4)

    assert [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]] == [b"200", b"408"]


@pytest.mark.slow
def test_answer_that_takes_long_is_waited_for() -> None:
    """A slow handler is not the sender's fault: the request is answered, whatever came behind it."""
    slow, next_ = b"GET /slow HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n"

    for sent in ([slow, next_], [slow + next_], [slow + next_[:5], next_[5:]]):
        got = answered(*sent, pause_s=_HEAD_S / 4)
        assert [part[:3] for part in got.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200"]


def statuses(got: bytes) -> list[str]:
    """Return the statuses of all answers."""
    return [part[:3].decode() for part in got.split(b"HTTP/1.1 ")[1:]]


def test_refuses_one_too_many_itself() -> None:
    """A webhook above the limit gets 503 in our shape, without the application, and the connection stays."""
    limit = WebhookLimit(0)
    got = answered(_WEBHOOK, _LAST, limit=limit, pause_s=_HEAD_S / 4)

    head, _, body = got.partition(b"\r\n\r\n")
    assert statuses(got) == ["503", "200"]
    assert b"\r\nretry-after: 5" in head
    assert set(json.loads(body[: body.find(b"}") + 1])) == {"status", "message", "request_id"}
    assert limit.refused == 1


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_throws_away_what_it_refused(size: int) -> None:
    """The body of a refused webhook is taken for no request, in however many pieces and whatever form it comes."""
    chunked = f"POST {PATH} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode()
    empty = f"POST {PATH} HTTP/1.1\r\ncontent-length: 0\r\n\r\n".encode()
    sent = _WEBHOOK + chunked + empty + _WEBHOOK + _LAST
    limit = WebhookLimit(0)

    assert statuses(answered(*(sent[at : at + size] for at in range(0, len(sent), size)), limit=limit)) == [
        *["503"] * 4,
        "200",
    ]
    assert limit.refused == 4


def test_gives_up_a_refused_sender_that_never_ends_its_body() -> None:
    """A refused sender that goes on sending little by little is given up."""
    head = f"POST {PATH} HTTP/1.1\r\ncontent-length: 1000\r\n\r\n".encode()
    assert statuses(answered(head, *[b"x"] * 8, pause_s=_HEAD_S / 4, limit=WebhookLimit(0))) == ["503"]


@pytest.mark.parametrize(
    "webhook",
    [
        f"POST {PATH} HTTP/1.1\r\ncontent-length: 0\r\nexpect: 100-continue\r\n\r\n",
        f"POST {PATH} HTTP/1.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        f"POST {PATH} HTTP/1.0\r\ncontent-length: 0\r\n\r\n",
        f"POST {PATH}/ HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
        f"GET {PATH} HTTP/1.1\r\n\r\n",
        "POST /webhook/client-data HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
        f"GET /slow HTTP/1.1\r\n\r\nPOST {PATH} HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
    ],
)
@pytest.mark.slow
def test_leaves_the_rest_to_the_application(webhook: str) -> None:
    """A request that is no webhook, an unusual one, or one behind a request under way is not refused here."""
    limit = WebhookLimit(0)
    got = answered(webhook.encode(), _LAST, limit=limit, pause_s=_HEAD_S / 4)

    assert set(statuses(got)) == {"200"}
    assert limit.refused == 0


def test_has_room_again() -> None:
    """Below the limit the application gets the webhook."""
    assert statuses(answered(_WEBHOOK, _LAST, limit=WebhookLimit(1), pause_s=_HEAD_S / 4)) == ["200", "200"]


@pytest.mark.slow
def test_refusals_that_nobody_reads_do_not_fill_the_memory() -> None:
    """A sender that never reads an answer is refused only as often as the connection's buffer can hold."""
    limit = WebhookLimit(0)

    async def story() -> None:
        async with listening(greets, limit) as connect:
            reader, writer = await connect()
            reader._transport.pause_reading()  # type: ignore[attr-defined] # a StreamReader reads ahead
            before = -1
            while before != limit.refused < _NEVER_SO_MANY:
                before = limit.refused
                for _ in range(5000):
                    writer.write(_WEBHOOK)
                await asyncio.sleep(_HEAD_S)
            writer.transport.abort()

    asyncio.run(story())
    assert 0 < limit.refused < _NEVER_SO_MANY
