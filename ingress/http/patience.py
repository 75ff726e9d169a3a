"""Gives up on a sender that falls silent in the middle of a body, or sends it too slowly."""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

# Beside the idle time: a sender of one byte now and then is never idle, and would hold the connection for ever.
# Source: Apache's default, `RequestReadTimeout body=20,MinRate=500`.
_BYTES_PER_S_MIN = 500


class StalledBodyError(Exception):
    """A body stopped half-way, or came in too slowly. Nothing of it was kept; a retry is safe."""


def with_patience(app: ASGIApp, *, idle_s: float) -> ASGIApp:
    """
    Wrap an application: its `receive` raises `StalledBodyError` when the sender keeps it waiting for too long.

    Only time spent waiting for the sender counts, not the work of the application between two pieces.

    Args:
        idle_s: how long a sender may be silent, and how long it may be slow before the lowest rate applies.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time
        is_whole = False
        size, waited_s = 0, 0.0

        async def receive_in_time() -> ReceiveMessage:
            nonlocal is_whole, size, waited_s
            if is_whole:
                return await receive()
            began = now()
            try:
                async with asyncio.timeout(min(idle_s, idle_s + size / _BYTES_PER_S_MIN - waited_s)):
                    message = await receive()
            except TimeoutError as error:
                raise StalledBodyError(
                    f"the body stopped after {size} bytes; nothing was kept, send it again"
                ) from error
            waited_s += now() - began
            if message["type"] == "http.request":
                size += len(message["body"])
                is_whole = not message["more_body"]
            return message

        await app(scope, receive_in_time, send)

    return answer
