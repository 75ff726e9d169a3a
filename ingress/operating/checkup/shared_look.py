"""One look for all who ask: whoever may ask without a key must not be able to make us look again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_FRESH_S = 1.0


class SharedLook(Generic[T]):
    """
    Looks when somebody asks, but never twice within a second, and never twice at once. Use it in one event loop.

    Args:
        look: looks, and returns what it saw.
        patience_s: how long a look may take before those who ask wait for it no longer.
        fresh_s: how long what was seen is told to others, from the beginning of the look.
    """

    def __init__(self, look: Callable[[], Awaitable[T]], *, patience_s: float, fresh_s: float = _FRESH_S) -> None:
        self._look = look
        self._patience_s = patience_s
        self._fresh_s = fresh_s
        self._looking: asyncio.Future[T] | None = None
        self._began_s = 0.0

    async def result(self) -> T | None:
        """
        Return what the last look saw if it is fresh, else what the next one sees; None if that one hangs.

        Raises what `look` raised.
        """
        now_s = asyncio.get_running_loop().time()
        looking = self._looking
        if looking is None or (looking.done() and now_s - self._began_s >= self._fresh_s):
            looking = self._looking = asyncio.ensure_future(self._look())
            self._began_s = now_s
        if not looking.done():
            # Others wait for the same look: who is cancelled, or gives up, must not end it.
            await asyncio.wait([looking], timeout=max(self._began_s + self._patience_s - now_s, 0.0))
        return looking.result() if looking.done() else None
