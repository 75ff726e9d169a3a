"""The health of the store in which long bodies lie apart: it is looked at beside the log, and holds nobody up."""

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from events.log.servers import BodyStore, unusable
from ingress.operating.checkup.shared_look import SharedLook

# Somebody pays for each request.
_FRESH_S = 10.0
_PATIENCE_S = 2.0


class BodyStoreHealth(Struct, kw_only=True):
    """The store of bodies above 1 MiB, where `BODY_STORE_URL` names one."""

    error: Annotated[
        str | None, Meta(description="Why no webhook above 1 MiB is taken now, as of some ten seconds ago at most.")
    ] = None


class BodyStoreWatch:
    """
    Looks at the store of a log once in ten seconds at most, and waits for no look longer than two. Use it in one loop.

    Args:
        store: of the log; None where long bodies lie with the others.
        patience_s: how long those who ask wait for a look, from its beginning, in seconds.
        fresh_s: how long what a look saw is told, from its beginning, in seconds.
    """

    def __init__(self, store: BodyStore | None, *, patience_s: float = _PATIENCE_S, fresh_s: float = _FRESH_S) -> None:
        self._store = store
        self._patience_s = patience_s
        self._shared = SharedLook(self._look, patience_s=patience_s, fresh_s=fresh_s)

    async def health(self) -> BodyStoreHealth | None:
        """Return how the store is; None where there is none."""
        if self._store is None:
            return None
        fault = await self._shared.result()
        if fault is None:
            fault = unusable(self._store, f"has not answered for {self._patience_s:.0f} seconds")
        return BodyStoreHealth(error=fault or None)

    async def _look(self) -> str:
        assert self._store is not None
        return await asyncio.to_thread(self._store.fault)
