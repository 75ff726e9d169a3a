"""The limit of webhooks under way: how many are taken, which count, and which do not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from ingress.http import backpressure
from ingress.http.backpressure import PATH, STATE, WebhookLimit, with_limit
from ingress.http.patience import StalledBodyError

_MIB = 1024 * 1024
_SLOW_AT_ONCE, _NEVER_SLOW = 0.0, 1000.0


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


async def takes(scope: object, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """Read a whole body, and answer 200, or 408 if the body was given up."""
    status = 200
    try:
        while (await receive())["more_body"]:
            pass
    except StalledBodyError:
        status = 408
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


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
) -> Sender:
    """Begin to send a webhook; the given pieces have come in before any is asked for."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
    for piece in pieces_at_once:
        pieces.put_nowait(piece)
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        piece = await pieces.get()
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": headers or [(b"content-length", b"100")]}
    app = with_limit(takes, limit)
    task = asyncio.ensure_future(app(scope, receive, send))  # type: ignore[arg-type]
    await pause()
    return Sender(pieces, answers, task)


def test_refuses_one_too_many_at_once() -> None:
    """At the limit, the next webhook gets 503 with Retry-After before any of its body is asked for."""

    async def story() -> None:
        limit = WebhookLimit(2, prompt_s=_NEVER_SLOW)
        first, second = await starting(limit), await starting(limit)
        third = await starting(limit)

        assert third.task.done()
        assert third.status() == 503
        assert (b"retry-after", b"5") in third.answers[0]["headers"]
        assert (b"connection", b"close") not in third.answers[0]["headers"]
        assert (limit.under_way, limit.refused, limit.is_shedding()) == (2, 1, True)
        assert [await first.end(), await second.end()] == [200, 200]
        assert await (await starting(limit)).end() == 200
        assert (limit.under_way, limit.refused) == (0, 1)

    asyncio.run(story())


@pytest.mark.parametrize("path", [PATH + "/", "//webhook//post-call"])
def test_counts_all_spellings_of_the_path(path: str) -> None:
    """Every path that the application routes to the webhook counts as one."""

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=_NEVER_SLOW)
        first = await starting(limit, path=path)
        assert limit.under_way == 1
        assert (await starting(limit, path=path)).status() == 503
        assert await first.end() == 200

    asyncio.run(story())


@pytest.mark.parametrize(("path", "method"), [("/webhook/client-data", "POST"), (PATH, "GET"), ("/health", "GET")])
def test_lets_everything_else_through(path: str, method: str) -> None:
    """Greetings and all other requests are neither counted nor refused."""

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=_NEVER_SLOW)
        webhook = await starting(limit)
        other = await starting(limit, path=path, method=method)
        assert limit.under_way == 1
        assert await other.end() == 200
        assert await webhook.end() == 200

    asyncio.run(story())


def test_slow_senders_keep_nobody_out() -> None:
    """
    A sender that is too slow does not count until its body is complete, and is then taken, however many there are.
    """

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=_SLOW_AT_ONCE)
        slow = [await starting(limit) for _ in range(5)]
        assert limit.under_way == 0
        assert [await sender.end() for sender in slow] == [200] * 5
        assert limit.under_way == 0

    asyncio.run(story())


def test_dripping_is_slow_as_well() -> None:
    """A byte now and then does not make a sender count again; a complete body does."""

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=_SLOW_AT_ONCE)
        dripping = await starting(limit)
        for _ in range(3):
            await dripping.send(b"x")
            assert limit.under_way == 0
        assert await dripping.end() == 200

    asyncio.run(story())


def test_bytes_buy_time() -> None:
    """A sender that has sent much may take longer: a large body on an ordinary line counts all along."""

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=-1000)  # less than what 100 MiB at a slow line's rate earn
        for size, counted in ((100 * _MIB, 1), (1, 0)):
            sender = await starting(limit, b"x" * size)
            await sender.send(b"x")
            await sender.send(b"x")
            assert limit.under_way == counted
            assert await sender.end() == 200

    asyncio.run(story())


def test_slow_senders_hold_no_memory_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Once slow bodies hold too much memory, a slow sender that sends more is given up; those that count are not touched.
    """
    monkeypatch.setattr(backpressure, "_SLOW_BYTES_MAX", 3 * _MIB)

    async def story() -> None:
        limit = WebhookLimit(10, prompt_s=_SLOW_AT_ONCE)
        for _ in range(2):  # the first round's memory is free again in the second
            slow = [await starting(limit) for _ in range(4)]
            for sender in slow:
                await sender.send(b"x" * _MIB)
            assert [sender.status() for sender in slow] == [0, 0, 0, 408]
            await slow[0].send(b"x" * 50 * _MIB)  # a draft would hold no more than its share of it in memory
            assert slow[0].status() == 408
            assert [await sender.end() for sender in slow[1:3]] == [200, 200]
            assert limit.under_way == 0

    asyncio.run(story())


@pytest.mark.parametrize("headers", [((b"content-length", b"50000000"),), ((b"transfer-encoding", b"chunked"),)])
def test_large_bodies_are_limited_by_their_memory(
    monkeypatch: pytest.MonkeyPatch, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    """Fewer large bodies are taken than small ones, by a draft's memory, and a chunked one counts as large."""
    monkeypatch.setattr(backpressure, "_COUNTED_BYTES_MAX", 3 * _MIB + 1000)

    async def story() -> None:
        limit = WebhookLimit(100, prompt_s=_NEVER_SLOW)
        for _ in range(2):  # the first round's claim is free again in the second
            large = [await starting(limit, headers=headers) for _ in range(3)]
            small = [await starting(limit) for _ in range(11)]
            assert [sender.status() for sender in large] == [0, 0, 503]
            assert [sender.status() for sender in small] == [0] * 10 + [503]
            for sender in [*large[:2], *small[:10]]:
                assert await sender.end() == 200
            assert limit.under_way == 0

    asyncio.run(story())


def test_closes_on_who_asked_before_sending() -> None:
    """
    A sender that waits for a 100 may send its body after a refusal or not: the connection is closed, so either is fine.
    """

    async def story() -> None:
        limit = WebhookLimit(1, prompt_s=_NEVER_SLOW)
        first = await starting(limit)
        refused = await starting(limit, headers=((b"expect", b"100-continue"), (b"content-length", b"5")))
        assert (b"connection", b"close") in refused.answers[0]["headers"]
        assert await first.end() == 200

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
        limit = WebhookLimit(1, prompt_s=_NEVER_SLOW)
        for _ in range(3):
            cancelled = await starting(limit)
            assert limit.under_way == 1
            cancelled.task.cancel()
            await asyncio.gather(cancelled.task, return_exceptions=True)
            assert limit.under_way == 0

    asyncio.run(story())
