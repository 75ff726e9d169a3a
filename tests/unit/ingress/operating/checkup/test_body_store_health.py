"""The store of long bodies is looked at rarely, and waited for no longer than a moment."""

import asyncio
import threading

from ingress.operating.checkup.body_store_health import BodyStoreHealth, BodyStoreWatch

_NEVER_STALE, _AT_ONCE_STALE, _PATIENT, _IMPATIENT = 1000.0, 0.0, 1000.0, 0.01


class Store:
    """A store that counts looks, and hangs until a test lets it go on."""

    def __init__(self) -> None:
        self.looks = 0
        self.error = ""
        self.go_on = threading.Event()
        self.go_on.set()

    def __str__(self) -> str:
        return "s3://bucket"

    def fault(self) -> str:
        """Look."""
        self.looks += 1
        self.go_on.wait()
        return self.error


def test_all_who_ask_share_one_look() -> None:
    """However many ask, at once or one after the other, somebody pays for one request."""
    store = Store()

    async def story() -> None:
        watch = BodyStoreWatch(store, patience_s=_PATIENT, fresh_s=_NEVER_STALE)
        told = await asyncio.gather(*(watch.health() for _ in range(100)))
        told += [await watch.health() for _ in range(100)]
        assert told == [BodyStoreHealth()] * 200

    asyncio.run(story())
    assert store.looks == 1


def test_somebody_pays_once_in_ten_seconds() -> None:
    """Unless told otherwise, a look is told for ten seconds from its beginning, and then made again."""
    store = Store()

    async def story() -> None:
        loop, now_s = asyncio.get_running_loop(), [0.0]
        loop.time = lambda: now_s[0]  # type: ignore[method-assign]
        watch = BodyStoreWatch(store, patience_s=_PATIENT)
        for at_s, looks in ((0.0, 1), (9.9, 1), (10.0, 2), (19.9, 2), (20.0, 3)):
            now_s[0] = at_s
            assert await watch.health() == BodyStoreHealth()
            assert store.looks == looks

    asyncio.run(story())


def test_nobody_who_asks_is_no_look() -> None:
    """A watch looks when somebody asks, and not before."""
    store = Store()
    BodyStoreWatch(store)
    assert store.looks == 0


def test_stale_look_is_made_again() -> None:
    """A fault is told with the next look, and so is its end."""
    store = Store()

    async def story() -> None:
        watch = BodyStoreWatch(store, patience_s=_PATIENT, fresh_s=_AT_ONCE_STALE)
        assert await watch.health() == BodyStoreHealth()
        store.error = "it is away"
        assert await watch.health() == BodyStoreHealth(error="it is away")
        store.error = ""
        assert await watch.health() == BodyStoreHealth()

    asyncio.run(story())
    assert store.looks == 3


def test_look_that_hangs_holds_nobody_and_is_made_once() -> None:
    """Where a look does not end, all are told who has not answered and what to do; no second one hangs beside it."""
    store = Store()
    store.go_on.clear()

    async def story() -> None:
        watch = BodyStoreWatch(store, patience_s=_IMPATIENT, fresh_s=_AT_ONCE_STALE)
        for told in [*await asyncio.gather(*(watch.health() for _ in range(20))), await watch.health()]:
            assert told is not None
            assert told.error is not None
            assert told.error.startswith("the body store s3://bucket has not answered for ")
            assert "Look whether it runs" in told.error
        assert store.looks == 1
        store.go_on.set()

    asyncio.run(story())


def test_where_there_is_none_nothing_is_said() -> None:
    """Without a store there is no health of one."""
    assert asyncio.run(BodyStoreWatch(None).health()) is None
