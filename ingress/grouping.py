"""Webhooks that came in at the same time, appended together, in a few threads."""

import asyncio
import math
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from msgspec import Struct

from events.gate import Gate
from events.log import PayloadLog, Whole
from events.receipt import Receipt
from events.signature import Verifier

# Each waits for the disk alone, for one fsync after the other: more of them, in smaller groups, share what the disk
# does at once, and cost the processor more.
_THREADS = 4
# A thread takes half of what waits: all of it would leave the others without work while one fsyncs for long.
_SHARE = 2
# What is answered at once keeps the event loop from greeting for as long.
_GROUP_MAX = 16
_GROUP_BYTES_MAX = 4 * 1024 * 1024
_NICENESS, _NICENESS_MAX = 10, 19


class _Waiting(Struct, eq=False):
    """A webhook that waits for a thread, and the request that waits for its receipt."""

    body: bytes
    verifier: Verifier
    signature: str
    receipt: asyncio.Future[Receipt]


class Grouping:
    """Appends webhooks that are whole: each thread takes as many at once as there are."""

    def __init__(self, payloads: PayloadLog) -> None:
        self._payloads = payloads
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._busy = 0
        self._gate = Gate()
        self._is_calling = False
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="append", initializer=give_way)

    async def append(self, body: bytes, verifier: Verifier, signature: str) -> Receipt:
        """
        Append a webhook and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError: as the log and the signature do; nothing was kept.
        """
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        with self._lock:
            self._waiting.append(_Waiting(body, verifier, signature, receipt))
        if not self._is_calling:
            # Not at once: whatever else came in by now is then in the same group.
            self._is_calling = True
            loop.call_soon(self._call_threads)
        try:
            return await asyncio.shield(receipt)
        except asyncio.CancelledError:
            # A stop that ran out of patience: the body is appended all the same, and counts until then.
            await asyncio.wait([receipt])
            raise

    def close(self) -> None:
        """End the threads; appends under way are finished first."""
        self._call_threads()
        self._threads.shutdown()

    def _call_threads(self) -> None:
        self._is_calling = False
        with self._lock:
            called = min(len(self._waiting), _THREADS - self._busy)
            self._busy += called
        for _ in range(called):
            self._threads.submit(self._work)

    def _work(self) -> None:
        while group := self._next_group():
            with self._gate:
                outcomes = self._append_all(group)
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                group[0].receipt.get_loop().call_soon_threadsafe(_answer, group, outcomes)

    def _next_group(self) -> list[_Waiting]:
        """Return a share of what waits, the oldest first; empty where nothing waits, and the thread must end."""
        group: list[_Waiting] = []
        size = 0
        with self._lock:
            share = min(math.ceil(len(self._waiting) / _SHARE), _GROUP_MAX)
            while len(group) < share and size < _GROUP_BYTES_MAX:
                size += len(self._waiting[0].body)
                group.append(self._waiting.popleft())
            if not group:
                self._busy -= 1
        return group

    def _append_all(self, group: Sequence[_Waiting]) -> list[Receipt | Exception]:
        """Append all that are rightly signed; return the receipt of each, or why there is none."""
        outcomes: dict[_Waiting, Receipt | Exception] = {}
        proven: dict[_Waiting, Whole] = {}
        for waiting in group:
            draft = self._payloads.draft()
            try:
                draft.write(waiting.body)
                waiting.verifier.update(waiting.body)
                waiting.verifier.verify()
            except Exception as error:  # noqa: BLE001 - the answer to this one; the others go on
                outcomes[waiting] = error
            else:
                proven[waiting] = Whole(draft, "webhook", waiting.signature)
        try:
            outcomes.update(zip(proven, self._payloads.publish_all(list(proven.values())), strict=True))
        except Exception as error:  # noqa: BLE001 - the answer to all of them, or they would wait for ever
            outcomes.update(dict.fromkeys(proven, error))
        finally:
            for whole in proven.values():
                whole.draft.discard()  # nothing is left to do here, but where we erred
        return [outcomes[waiting] for waiting in group]


def give_way() -> None:
    """Let whoever answers callers go first, where threads have a niceness of their own: on Linux."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            niceness = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
            os.setpriority(os.PRIO_PROCESS, thread, min(niceness, _NICENESS_MAX))


def _answer(group: Sequence[_Waiting], outcomes: Sequence[Receipt | Exception]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if isinstance(outcome, Exception):
            waiting.receipt.set_exception(outcome)
        else:
            waiting.receipt.set_result(outcome)
