"""Questions to the read model: which wait for which."""

import asyncio
import itertools
import threading
from collections.abc import Iterator

import pytest

from ingress.lookups.read_pool import ReadPool
from tests.support.waiting import PATIENCE_S

_MANY = 30


class Reader:
    """Stands for a read model that opens at once; the questions decide what it answers."""

    def open(self) -> tuple[None, None]:
        """Open."""
        return None, None


@pytest.fixture
def reading() -> Iterator[ReadPool]:
    """A pool of threads that read."""
    reading = ReadPool(Reader())  # type: ignore[arg-type]
    yield reading
    reading.close()


def test_greetings_wait_for_no_search_and_no_other_look(reading: ReadPool) -> None:
    """Even while searches and the lookups that replace them hang, a greeting is answered."""

    async def story() -> None:
        end = threading.Event()

        def hangs(*_: object) -> None:
            end.wait(PATIENCE_S)

        hanging = [
            asyncio.ensure_future(asked)
            for number in range(_MANY)
            for asked in (
                reading.search(hangs, asker=str(number), timeout_s=PATIENCE_S),
                reading.look(hangs, timeout_s=PATIENCE_S),
            )
        ]
        await asyncio.sleep(0)
        try:
            assert await reading.greet(lambda *_: "hello", timeout_s=PATIENCE_S / 2) == "hello"
            assert not any(task.done() for task in hanging)
        finally:
            end.set()
            await asyncio.gather(*hanging)

    asyncio.run(story())


def test_searches_of_one_asker_wait_for_each_other_alone(reading: ReadPool) -> None:
    """Of one asker one search is begun at a time, so that however many there are, others are searched for."""

    async def story() -> None:
        end = threading.Event()
        begun = itertools.count()

        def hangs(*_: object) -> None:
            next(begun)
            end.wait(PATIENCE_S)

        hanging = [
            asyncio.ensure_future(reading.search(hangs, asker="ana", timeout_s=PATIENCE_S)) for _ in range(_MANY)
        ]
        await asyncio.sleep(0)
        try:
            assert await reading.search(lambda *_: "found", asker="ben", timeout_s=PATIENCE_S / 2) == "found"
            assert next(begun) in {0, 1}
        finally:
            end.set()
            await asyncio.gather(*hanging)
        assert next(begun) == 1 + _MANY

    asyncio.run(story())


def test_search_whose_turn_does_not_come_is_given_up(reading: ReadPool) -> None:
    """A search that waits for others of the same asker has a deadline, too, and is not begun after it."""

    async def story() -> int:
        end = threading.Event()
        asked = itertools.count()
        hanging = asyncio.ensure_future(
            reading.search(lambda *_: end.wait(PATIENCE_S), asker="ana", timeout_s=PATIENCE_S)
        )
        await asyncio.sleep(0)
        assert await reading.search(lambda *_: next(asked), asker="ana", timeout_s=0.01) is None
        end.set()
        await hanging
        assert await reading.search(lambda *_: "found", asker="ana", timeout_s=PATIENCE_S) == "found"
        return next(asked)

    assert asyncio.run(story()) == 0
    assert reading.failures == 1


def test_questions_that_nobody_waits_for_any_more_are_not_asked(reading: ReadPool) -> None:
    """When a hanging read model answers again, questions whose time is over are dropped from the queue."""

    async def story() -> int:
        end = threading.Event()
        asked = itertools.count()
        hanging = [
            asyncio.ensure_future(reading.greet(lambda *_: end.wait(PATIENCE_S), timeout_s=PATIENCE_S))
            for _ in range(_MANY)
        ]
        await asyncio.sleep(0)
        for _ in range(_MANY):
            assert await reading.greet(lambda *_: next(asked), timeout_s=0.001) is None
        end.set()
        await asyncio.gather(*hanging)
        assert await reading.greet(lambda *_: "hello", timeout_s=PATIENCE_S) == "hello"
        return next(asked)

    assert asyncio.run(story()) == 0
    assert reading.failures == _MANY


def test_look_for_damage_that_hangs_holds_up_nobody(reading: ReadPool) -> None:
    """Where the disk of the read model hangs, nobody but a looking thread waits: other requests are answered."""

    async def story() -> None:
        end = threading.Event()
        reading.reader.is_damaged = lambda: end.wait(PATIENCE_S)  # type: ignore[method-assign]
        try:
            looking = asyncio.ensure_future(reading.is_damaged(timeout_s=PATIENCE_S / 2))
            assert await reading.greet(lambda *_: "hello", timeout_s=PATIENCE_S / 2) == "hello"
            assert not looking.done()
            assert not await reading.is_damaged(timeout_s=0.01)
        finally:
            end.set()
        assert await looking

    asyncio.run(story())
