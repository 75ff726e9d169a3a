"""How long a body may take: a sender that falls silent, or drips, is given up."""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

# Beside the idle time: whoever sends a byte now and then would never be idle, and hold the connection for ever.
# Source: Apache's default, `RequestReadTimeout body=20,MinRate=500`.
_BYTES_PER_S_MIN = 500


class StalledBodyError(Exception):
    """A body stopped half-way, or came in too slowly; nothing of it was kept. A retry is safe."""


def with_patience(app: ASGIApp, *, idle_s: float) -> ASGIApp:
    """
    Wrap an application: `receive` raises `StalledBodyError` once the sender has kept it waiting for too long.

    Only waiting counts, not what the application does with the body between.

    Args:
        idle_s: how long a sender may be silent; also how long it may be slow before its rate counts.
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
