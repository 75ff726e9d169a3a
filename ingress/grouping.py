"""Webhooks that came in at the same time, appended together, in a few threads."""

import asyncio
import math
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from events.errors import EventsError
from events.gate import Gate
from events.log import PayloadLog
from events.publishing import Whole
from events.receipt import Receipt
from events.signature import Verifier

# Each waits for the disk alone, for one fsync after the other: more of them, in smaller groups, share what the disk
# does at once, and cost the processor more.
_THREADS = 4
# A thread takes half of what waits: all of it would leave the others without work while one fsyncs for long.
_SHARE = 2
# What is answered at once keeps the event loop from greeting for as long.
_GROUP_MAX = 16
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
        self._waiting: deque[_Waiting] = deque()
        self._is_closed = False
        self._called = threading.Condition()
        self._is_calling = False
        self._gate = Gate()
        # All of them now: where none can be started later on, webhooks would wait for ever. They hold up no end of
        # the process; `close` does, and who does not close is as good as killed.
        self._threads = [threading.Thread(target=self._work, name=f"append-{n}", daemon=True) for n in range(_THREADS)]
        for thread in self._threads:
            thread.start()

    async def append(self, body: bytes, verifier: Verifier, signature: str) -> Receipt:
        """
        Append a webhook and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError, JournalError, DamagedEventError: as the log and the
                signature do; nothing was kept.
        """
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        with self._called:
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
            receipt.exception()  # or its loss is complained of: nobody is left to be told
            raise
        finally:
            del receipt, body  # an error holds this frame, and the receipt would hold the error

    def close(self) -> None:
        """End the threads; appends under way are finished first."""
        with self._called:
            self._is_closed = True
            self._called.notify_all()
        for thread in self._threads:
            thread.join()

    def _call_threads(self) -> None:
        self._is_calling = False
        with self._called:
            self._called.notify(len(self._waiting))

    def _work(self) -> None:
        give_way()
        while group := self._next_group():
            try:
                with self._gate:
                    outcomes = self._append_all(group)
            except Exception as error:  # noqa: BLE001 - the answer to all of them, or they would wait for ever
                outcomes = [error] * len(group)
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                group[0].receipt.get_loop().call_soon_threadsafe(_answer, group, outcomes)
            del group, outcomes  # not to be held until the next one comes

    def _next_group(self) -> list[_Waiting]:
        """Return a share of what waits, the oldest first, once anything does; empty where the thread must end."""
        with self._called:
            while not self._waiting and not self._is_closed:
                self._called.wait()
            share = min(math.ceil(len(self._waiting) / _SHARE), _GROUP_MAX)
            return [self._waiting.popleft() for _ in range(share)]

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
            except EventsError as error:
                # By its trace it would hold this frame, and so all bodies of the group, until the next look for
                # garbage: strangers who sign wrongly could fill the memory.
                outcomes[waiting] = error.with_traceback(None)
            else:
                proven[waiting] = Whole(draft, "webhook", waiting.signature)
        try:
            outcomes.update(zip(proven, self._payloads.publish_all(list(proven.values())), strict=True))
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
