"""Questions to the read model: who waits for whom."""

import asyncio
import itertools
import threading
from collections.abc import Iterator

import pytest

from ingress.lookups.read_pool import ReadPool
from tests.support.waiting import PATIENCE_S

_MANY = 30


class Reader:
    """Stands for a read model that opens at once; the questions decide what is answered."""

    def open(self) -> tuple[None, None]:
        """Open."""
        return None, None


@pytest.fixture
def reading() -> Iterator[ReadPool]:
    """Threads that ask."""
    reading = ReadPool(Reader())  # type: ignore[arg-type]
    yield reading
    reading.close()


def test_greetings_wait_for_no_search_and_no_other_look(reading: ReadPool) -> None:
    """While any number of searches hang, and what is asked in their place hangs too, who rings is greeted."""

    async def story() -> None:
        end = threading.Event()

        def hangs(*_: object) -> None:
            end.wait(PATIENCE_S)

        hanging = [
            asyncio.ensure_future(ask(hangs, timeout_s=PATIENCE_S))
            for ask in (reading.search, reading.look)
            for _ in range(_MANY)
        ]
        await asyncio.sleep(0)
        try:
            assert await reading.greet(lambda *_: "hello", timeout_s=PATIENCE_S / 2) == "hello"
            assert not any(task.done() for task in hanging)
        finally:
            end.set()
            await asyncio.gather(*hanging)

    asyncio.run(story())


def test_questions_that_nobody_waits_for_any_more_are_not_asked(reading: ReadPool) -> None:
    """A queue behind a read model that hangs dissolves: whose time is over is not asked once it answers again."""

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
