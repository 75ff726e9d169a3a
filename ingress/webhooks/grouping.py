"""Appends short webhooks in groups: those that come in at the same time share what is slow."""

import asyncio
import math
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

from events.disk.gate import Gate
from events.errors import EventsError, StillHeldError
from events.log.draft import DraftedBody
from events.log.protocol import EventLog
from events.log.receipt import Receipt
from events.tracing.recording import Marks, Recording
from events.wire.signature import Verifier

_NICENESS, _NICENESS_MAX = 10, 19


class _QueuedWebhook(Struct, eq=False):
    """
    A verified webhook that waits for a thread, and the future that its request waits for.

    `came_s` is when it began to wait, by the monotonic clock.
    """

    body: bytes
    signature: str
    receipt: asyncio.Future[Receipt]
    recording: Recording | None
    came_s: float


class GroupAppender:
    """Appends whole webhooks: each thread takes a group of those that wait, of the size that the log likes best."""

    def __init__(self, payloads: EventLog) -> None:
        self._payloads = payloads
        self._limits = payloads.group_limits
        self._waiting: deque[_QueuedWebhook] = deque()
        self._is_closed = False
        self._called = threading.Condition()
        self._is_calling = False
        self._gate = Gate()
        # All threads start now: if the system refused one later, webhooks would wait for ever. Daemon threads do not
        # delay process exit. Call `close` to finish pending appends first.
        self._threads = [
            threading.Thread(target=self._work, name=f"append-{n}", daemon=True) for n in range(self._limits.threads)
        ]
        for thread in self._threads:
            thread.start()

    async def append(
        self, body: bytes, verifier: Verifier, signature: str, recording: Recording | None = None
    ) -> Receipt:
        """
        Append a webhook and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError, JournalError, DamagedEventError: from the signature or
                the log; nothing was kept.
        """
        # Here, not in a thread: to hand a forged webhook to a thread costs more than to find out that it is one.
        verifier.update(body)
        verifier.verify()
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        appending = None if recording is None else begin_append(recording)
        with self._called:
            self._waiting.append(_QueuedWebhook(body, signature, receipt, appending, time.monotonic()))
        if not self._is_calling:
            # Called a little later, so that other webhooks which have arrived by now join the same group.
            self._is_calling = True
            loop.call_soon(self._call_threads)
        try:
            return await asyncio.shield(receipt)
        except asyncio.CancelledError:
            # The server stops and waits no longer. The body is appended all the same, and counts until then.
            await asyncio.wait([receipt])
            receipt.exception()  # retrieved, or asyncio would log that it never was: the request is gone
            raise
        finally:
            del receipt, body  # an error holds this frame, and the receipt would hold the error: a cycle of garbage

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
            except Exception as error:  # noqa: BLE001 - it answers the whole group, which would else wait for ever
                outcomes = [error] * len(group)
            loop = group[0].receipt.get_loop()
            ended = self._give_back(group, outcomes)
            with suppress(RuntimeError):  # the event loop has ended, so no request waits any more
                loop.call_soon_threadsafe(_answer, ended)
            del group, outcomes, ended  # or the bodies would stay in memory until the next group

    def _give_back(
        self, group: Sequence[_QueuedWebhook], outcomes: Sequence[Receipt | Exception]
    ) -> list[tuple[_QueuedWebhook, Receipt | Exception]]:
        """Let those wait again that the log would hold on, before all others, and return the others, which ended."""
        each = list(zip(group, outcomes, strict=True))
        held = [waiting for waiting, outcome in each if isinstance(outcome, StillHeldError)]
        if held:
            with self._called:
                self._waiting.extendleft(reversed(held))
                self._called.notify()
        return [(waiting, outcome) for waiting, outcome in each if not isinstance(outcome, StillHeldError)]

    def _next_group(self) -> list[_QueuedWebhook]:
        """Wait for webhooks, and return a share of them, oldest first; empty if the thread must end."""
        with self._called:
            while not self._waiting and not self._is_closed:
                self._called.wait()
            share = min(math.ceil(len(self._waiting) / self._limits.share), self._limits.bodies_max)
            return [self._waiting.popleft() for _ in range(share)]

    def _append_all(self, group: Sequence[_QueuedWebhook]) -> list[Receipt | Exception]:
        """Append all webhooks; return the receipt of each, or the error in its place."""
        outcomes: dict[_QueuedWebhook, Receipt | Exception] = {}
        drafted: dict[_QueuedWebhook, DraftedBody] = {}
        marks = Marks() if any(waiting.recording is not None for waiting in group) else None
        for waiting in group:
            draft = self._payloads.draft()
            try:
                draft.write(waiting.body)
            except EventsError as error:
                # Its traceback would hold this frame, and so all bodies of the group, until garbage is collected.
                outcomes[waiting] = error.with_traceback(None)
            else:
                drafted[waiting] = DraftedBody(draft, "webhook", waiting.signature, waiting.came_s)
        try:
            published = self._payloads.publish_all(list(drafted.values()), on_step=marks)
            outcomes.update(zip(drafted, published, strict=True))
        finally:
            for whole in drafted.values():
                whole.draft.discard()  # does nothing to a published draft; removes it after an error of ours
            if marks is not None:
                _note(marks, group, outcomes)
        return [outcomes[waiting] for waiting in group]


def give_way() -> None:
    """Let the event loop go before this thread. Only on Linux, where each thread has a niceness of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            niceness = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
            os.setpriority(os.PRIO_PROCESS, thread, min(niceness, _NICENESS_MAX))


def _answer(ended: Sequence[tuple[_QueuedWebhook, Receipt | Exception]]) -> None:
    for waiting, outcome in ended:
        if isinstance(outcome, Exception):
            waiting.receipt.set_exception(outcome)
        else:
            waiting.receipt.set_result(outcome)


def begin_append(recording: Recording) -> Recording:
    """Begin the step of an append, whose sender is proven."""
    recording.is_proven = True
    return recording.add("append", time.time_ns(), None)


def _note(marks: Marks, group: Sequence[_QueuedWebhook], outcomes: Mapping[_QueuedWebhook, object]) -> None:
    """Note in each append of a group how long it waited for a thread, and what that thread did for all of them."""
    for waiting in group:
        if waiting.recording is not None and not isinstance(outcomes.get(waiting), StillHeldError):
            waiting.recording.add("queue", waiting.recording.began_ns, marks.began_ns)
            waiting.recording.add_marks(marks)
            waiting.recording.note(events=len(group))
            waiting.recording.end(error="" if isinstance(outcomes.get(waiting), Receipt) else "failed")
