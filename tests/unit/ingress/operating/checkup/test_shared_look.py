"""One look for all who ask: never two at once, never two within a second."""

import asyncio
from collections.abc import Callable

import pytest

from ingress.operating.checkup.shared_look import SharedLook

_NEVER_STALE, _AT_ONCE_STALE, _PATIENT = 1000.0, 0.0, 1000.0


class Looker:
    """Looks when it is asked, and sees how often it has; a test can hold it back, or let it fail."""

    def __init__(self) -> None:
        self.looks = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error: Exception | None = None

    async def look(self) -> int:
        """Look."""
        self.looks += 1
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return self.looks


def run(story: Callable[[Looker], object]) -> None:
    """Run a story with a looker of its own."""

    async def told() -> None:
        await story(Looker())  # type: ignore[misc]

    asyncio.run(told())


def test_all_who_ask_at_once_share_one_look() -> None:
    """However many ask, one look is made, and all get what it saw; so do those who ask soon after."""

    async def story(looker: Looker) -> None:
        shared = SharedLook(looker.look, patience_s=_PATIENT, fresh_s=_NEVER_STALE)
        looker.go_on.clear()
        asking = [asyncio.create_task(shared.result()) for _ in range(100)]
        await asyncio.sleep(0)
        looker.go_on.set()
        assert await asyncio.gather(*asking) == [1] * 100
        assert [await shared.result() for _ in range(100)] == [1] * 100

    run(story)


def test_stale_look_is_made_again() -> None:
    """Once what was seen is too old, the next who asks gets what is so then."""

    async def story(looker: Looker) -> None:
        shared = SharedLook(looker.look, patience_s=_PATIENT, fresh_s=_AT_ONCE_STALE)
        assert [await shared.result() for _ in range(3)] == [1, 2, 3]

    run(story)


def test_look_that_hangs_holds_up_nobody_and_is_not_made_twice() -> None:
    """Who asks while a look hangs is told so, and no second one begins; once it ends, all is as before."""

    async def story(looker: Looker) -> None:
        shared = SharedLook(looker.look, patience_s=0.01, fresh_s=_AT_ONCE_STALE)
        looker.go_on.clear()
        assert [await shared.result() for _ in range(5)] == [None] * 5
        assert looker.looks == 1
        looker.go_on.set()
        await asyncio.sleep(0)
        assert await shared.result() in {1, 2}

    run(story)


def test_who_leaves_ends_no_look() -> None:
    """If the one who asked first hangs up, the others still get what was seen."""

    async def story(looker: Looker) -> None:
        shared = SharedLook(looker.look, patience_s=_PATIENT, fresh_s=_NEVER_STALE)
        looker.go_on.clear()
        first, second = (asyncio.create_task(shared.result()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        looker.go_on.set()
        assert await second == 1

    run(story)


def test_look_that_fails_is_made_again() -> None:
    """An error is raised for all who share the look, and does not stay."""

    async def story(looker: Looker) -> None:
        shared = SharedLook(looker.look, patience_s=_PATIENT, fresh_s=_AT_ONCE_STALE)
        looker.error = ZeroDivisionError()
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await shared.result()
        looker.error = None
        assert await shared.result() == 3

    run(story)
