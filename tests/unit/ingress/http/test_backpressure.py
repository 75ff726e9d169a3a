"""The limit of webhooks under way: how many are taken, which count, and which do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import pytest

from ingress.http import backpressure
from ingress.http.backpressure import PATH, STATE, OverloadedError, WebhookLimit, with_limit
from ingress.http.patience import StalledBodyError

_MIB = 1024 * 1024


class Sender(NamedTuple):
    """Sends one webhook piece by piece, when the test says so; `answers` holds the answers."""

    pieces: asyncio.Queue[bytes | None]
    answers: list[dict[str, Any]]
    task: asyncio.Task[None]

    async def send(self, piece: bytes) -> None:
        """Send a piece of the body, and let all tasks run."""
        self.pieces.put_nowait(piece)
        await pause()

    async def end(self) -> int:
        """Send the end of the body, and return the status of the answer."""
        self.pieces.put_nowait(None)
        await self.task
        return self.status()

    def status(self) -> int:
        """Return the status of the answer; 0 while there is none."""
        return self.answers[0]["status"] if self.answers else 0


def working(is_over: asyncio.Event, *, after_each_piece: bool = False) -> Any:
    """Return an application that reads a whole body, works until the event, and answers by what became of the body."""

    async def app(scope: object, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        status = 200
        try:
            while (await receive())["more_body"]:
                if after_each_piece:
                    await is_over.wait()
        except StalledBodyError:
            status = 408
        except OverloadedError:
            status = 503
        else:
            await is_over.wait()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


def at_once() -> asyncio.Event:
    """Return an event that has come about."""
    event = asyncio.Event()
    event.set()
    return event


async def pause() -> None:
    """Let every task run that can; a task that yields without waiting does so within a few turns."""
    for _ in range(20):
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    for _ in range(20):
        await asyncio.sleep(0)


async def starting(
    limit: WebhookLimit,
    *pieces_at_once: bytes,
    path: str = PATH,
    method: str = "POST",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    app: Any = None,
) -> Sender:
    """Begin to send a webhook; the given pieces have come in before any is asked for, and an empty one is the end."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
    for piece in pieces_at_once:
        pieces.put_nowait(piece or None)
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        piece = await pieces.get()
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": headers or [(b"content-length", b"100")]}
    limited = with_limit(app or working(at_once()), limit)
    task = asyncio.ensure_future(limited(scope, receive, send))  # type: ignore[arg-type]
    await pause()
    return Sender(pieces, answers, task)


@asynccontextmanager
async def whole(limit: WebhookLimit, *, size: int = 100, path: str = PATH) -> AsyncIterator[Sender]:
    """Send a webhook whole, which is then under way until the block ends."""
    is_over = asyncio.Event()
    sender = await starting(limit, b"x" * size, b"", path=path, app=working(is_over))
    try:
        yield sender
    finally:
        is_over.set()
        await sender.task


def test_refuses_one_too_many_at_once() -> None:
    """At the limit, the next webhook gets 503 with Retry-After before any of its body is asked for."""

    async def story() -> None:
        limit = WebhookLimit(2)
        async with whole(limit) as first, whole(limit) as second:
            third = await starting(limit)

            assert third.task.done()
            assert third.status() == 503
            assert (b"retry-after", b"5") in third.answers[0]["headers"]
            assert (b"connection", b"close") not in third.answers[0]["headers"]
            assert (limit.under_way, limit.refused, limit.is_shedding()) == (2, 1, True)
        assert [first.status(), second.status()] == [200, 200]
        assert await (await starting(limit)).end() == 200
        assert (limit.under_way, limit.refused) == (0, 1)

    asyncio.run(story())


def test_refuses_what_finds_no_place_when_it_is_whole() -> None:
    """A webhook that began while there was a place, and finds none once it is whole, is refused as well."""

    async def story() -> None:
        limit = WebhookLimit(1)
        early = await starting(limit, b"x")
        async with whole(limit) as first:
            assert await early.end() == 503
            assert (limit.under_way, limit.coming_in, limit.refused) == (1, 0, 1)
        assert first.status() == 200
        assert (limit.under_way, limit.coming_in) == (0, 0)

    asyncio.run(story())


@pytest.mark.parametrize("pieces", [(), (b"x",), (b"x" * 200_000, b"y")], ids=["no byte", "a byte", "more"])
@pytest.mark.parametrize("length", [b"100", b"50000000", b""])
def test_who_sends_no_whole_body_keeps_nobody_out(pieces: tuple[bytes, ...], length: bytes) -> None:
    """However many senders begin a body, or only announce a large one, others find all places free."""

    async def story() -> None:
        limit = WebhookLimit(1)
        strangers = [await starting(limit, *pieces, headers=((b"content-length", length),)) for _ in range(100)]
        assert (limit.under_way, limit.coming_in) == (0, 100)
        async with whole(limit) as sender:
            assert limit.under_way == 1
        assert sender.status() == 200
        assert [await stranger.end() for stranger in strangers] == [200] * 100
        assert (limit.under_way, limit.coming_in, limit.refused) == (0, 0, 0)

    asyncio.run(story())


@pytest.mark.parametrize("path", [PATH + "/", "//webhook//post-call"])
def test_counts_all_spellings_of_the_path(path: str) -> None:
    """Every path that the application routes to the webhook counts as one."""

    async def story() -> None:
        limit = WebhookLimit(1)
        async with whole(limit, path=path):
            assert limit.under_way == 1
            assert (await starting(limit, path=path)).status() == 503

    asyncio.run(story())


@pytest.mark.parametrize(("path", "method"), [("/webhook/client-data", "POST"), (PATH, "GET"), ("/health", "GET")])
def test_lets_everything_else_through(path: str, method: str) -> None:
    """Greetings and all other requests are neither counted nor refused."""

    async def story() -> None:
        limit = WebhookLimit(1)
        async with whole(limit):
            other = await starting(limit, path=path, method=method)
            assert (limit.under_way, limit.coming_in) == (1, 0)
            assert await other.end() == 200

    asyncio.run(story())


def test_bodies_that_come_in_hold_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once they hold too much, the sender that has kept us waiting longest for its bytes is given up, and no other."""
    monkeypatch.setattr(backpressure, "_COMING_BYTES_MAX", 3 * _MIB + _MIB // 2)

    async def story() -> None:
        limit = WebhookLimit(10)
        for _ in range(2):  # the first round's memory is free again in the second
            senders = [await starting(limit) for _ in range(4)]
            for sender in senders:
                await sender.send(b"x" * (_MIB - 10))
            assert [sender.status() for sender in senders] == [408, 0, 0, 0]
            for sender in senders[2:]:  # a draft would hold no more than its share of it in memory
                await sender.send(b"x" * 50 * _MIB)
            assert [sender.status() for sender in senders] == [408, 408, 0, 0]
            assert [await sender.end() for sender in senders[2:]] == [200, 200]
            assert (limit.under_way, limit.coming_in, limit.refused) == (0, 0, 0)

    asyncio.run(story())


def test_body_that_was_given_up_while_it_was_worked_on_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender whose last piece is still being written aside is given up when the next one is asked for."""
    monkeypatch.setattr(backpressure, "_COMING_BYTES_MAX", 2 * _MIB)

    async def story() -> None:
        limit = WebhookLimit(10)
        is_written = asyncio.Event()
        slow = await starting(limit, b"x" * _MIB, b"y", app=working(is_written, after_each_piece=True))
        quick = await starting(limit, b"x" * 100 * _MIB)
        is_written.set()
        await slow.task
        assert [slow.status(), quick.status()] == [408, 0]
        assert await quick.end() == 200

    asyncio.run(story())


@pytest.mark.parametrize("headers", [((b"content-length", b"50000000"),), ((b"transfer-encoding", b"chunked"),)])
def test_large_bodies_are_limited_by_their_memory(
    monkeypatch: pytest.MonkeyPatch, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    """Fewer large bodies have a place than small ones, by a draft's memory, and a chunked one counts as large."""
    monkeypatch.setattr(backpressure, "_WHOLE_BYTES_MAX", 3 * _MIB + 1000)

    async def story() -> None:
        limit = WebhookLimit(100)
        for _ in range(2):  # the first round's memory is free again in the second
            async with whole(limit, size=5 * _MIB), whole(limit, size=5 * _MIB):
                assert (await starting(limit, headers=headers)).status() == 503
                async with AsyncExitStack() as small:
                    for _ in range(10):
                        await small.enter_async_context(whole(limit))
                    assert (await starting(limit)).status() == 503
            assert limit.under_way == 0

    asyncio.run(story())


def test_closes_on_who_asked_before_sending() -> None:
    """
    A sender that waits for a 100 may send its body after a refusal or not: the connection is closed, so either is fine.
    """

    async def story() -> None:
        limit = WebhookLimit(1)
        async with whole(limit):
            refused = await starting(limit, headers=((b"expect", b"100-continue"), (b"content-length", b"5")))
            assert (b"connection", b"close") in refused.answers[0]["headers"]

    asyncio.run(story())


def test_tells_the_server_of_the_limit() -> None:
    """The server finds the limit in the state of the lifespan, and may itself refuse webhooks above it."""
    limit = WebhookLimit(1)
    scope: dict[str, Any] = {"type": "lifespan", "state": {}}

    async def lives(*_: object) -> None:
        pass

    asyncio.run(with_limit(lives, limit)(scope, lives, lives))  # type: ignore[arg-type]
    assert scope["state"] == {STATE: limit}


def test_gives_the_place_of_who_failed_to_others() -> None:
    """Whatever ends a webhook, an error or a stop, its place is free again."""

    async def story() -> None:
        limit = WebhookLimit(1)
        for pieces in ((), (b"x",), (b"x", b"")):
            cancelled = await starting(limit, *pieces, app=working(asyncio.Event()))
            assert (limit.under_way, limit.coming_in) == ((1, 0) if b"" in pieces else (0, 1))
            cancelled.task.cancel()
            await asyncio.gather(cancelled.task, return_exceptions=True)
            assert (limit.under_way, limit.coming_in) == (0, 0)

    asyncio.run(story())
