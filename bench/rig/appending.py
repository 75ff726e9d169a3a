"""A process that appends to a log as ingress does, from many clients, without HTTP."""

import asyncio
import time
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from bench.rig.load import captured
from events.open_log import open_log
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign
from ingress.webhooks.grouping import GroupAppender
from tests.support.servers import POST_CALL_KEY


class Appended(Struct):
    """The result of a round: durable events per second, and the processor time of this process, ms per event."""

    per_s: float
    cpu_ms: float


def append_all(location: str, names: list[str], clients: int) -> Appended:
    """Append the captured payload as a webhook of each conversation, from several clients at once."""
    keys, now_s = Secrets([POST_CALL_KEY]), int(time.time())
    webhooks = [(body, sign(body, POST_CALL_KEY, timestamp_s=now_s)) for body in map(captured, names)]
    return asyncio.run(_append_all(_appender(location), iter(webhooks), keys, clients=clients, count=len(names)))


async def _append_all(
    appender: GroupAppender, webhooks: Iterator[tuple[bytes, str]], keys: Secrets, *, clients: int, count: int
) -> Appended:
    async def client() -> None:
        for body, signature in webhooks:
            await appender.append(body, Verifier(signature, keys, now_s=None), signature)

    began, cpu_began = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(clients)))
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    return Appended(count / wall_s, cpu_s / count * 1000)


@cache
def _appender(location: str) -> GroupAppender:
    return GroupAppender(open_log(location))
