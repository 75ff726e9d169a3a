"""Webhooks that come in at the same time are appended together, each with its own answer."""

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from events.disk import gate
from events.errors import BodyTooLargeError, LogClosedError, SignatureError, StillHeldError
from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody, GroupLimits
from events.log.event import Event
from events.log.receipt import Receipt
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign
from ingress.webhooks.grouping import GroupAppender
from tests.support.samples import transcription
from tests.support.waiting import PATIENCE_S, wait_until

SECRET = "wsec_6b1f0a29"


class Watched(FolderLog):
    """A log that notes its groups, and can hold the first one back."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, body_bytes_max=10_000)
        self.groups: list[int] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.is_held = threading.Event()

    def publish_all(self, group: Any, **more: Any) -> list[Receipt | Exception]:
        """Publish a group, the first one once the test lets it."""
        self.groups.append(len(group))
        if len(self.groups) == 1:
            self.is_held.set()
            with gate.released:  # as a wait for the disk does
                assert self.go_on.wait(PATIENCE_S)
        return super().publish_all(group, **more)


@pytest.fixture
def log(tmp_path: Path) -> Watched:
    """An empty log."""
    return Watched(tmp_path / "payloads")


@pytest.fixture
def grouping(log: Watched) -> Iterator[GroupAppender]:
    """The group appender of that log, closed with the test."""
    grouping = GroupAppender(log)
    yield grouping
    log.go_on.set()
    grouping.close()


def appending(grouping: GroupAppender, body: bytes, *, secret: str = SECRET) -> Coroutine[Any, Any, Receipt]:
    header = sign(body, secret, timestamp_s=int(time.time()))
    return grouping.append(body, Verifier(header, Secrets([SECRET]), now_s=time.time()), header)


def call(number: int, words: str = "hello") -> bytes:
    return transcription(f"conv_{number}", words)


def bodies(log: FolderLog) -> set[bytes]:
    return {event.body() for event in log.read() if isinstance(event, Event)}


def test_what_comes_at_once_is_appended_in_groups(log: Watched, grouping: GroupAppender) -> None:
    """Simultaneous webhooks are appended in fewer groups, each body once, and each request gets its own receipt."""

    async def all_() -> list[Receipt]:
        return await asyncio.gather(*(appending(grouping, call(number)) for number in range(40)))

    receipts = asyncio.run(all_())
    assert [receipt.conversation_id for receipt in receipts] == [f"conv_{number}" for number in range(40)]
    assert bodies(log) == {call(number) for number in range(40)}
    assert sum(log.groups) == 40
    assert len(log.groups) < 20


def test_log_says_how_large_its_groups_are(log: Watched) -> None:
    """A log that likes few large groups gets all that waits, up to its limit, from as many threads as it asks for."""
    log.group_limits = GroupLimits(threads=1, share=1, bodies_max=30)
    log.go_on.clear()
    grouping = GroupAppender(log)

    async def all_() -> None:
        first = asyncio.create_task(appending(grouping, call(0)))
        await asyncio.to_thread(log.is_held.wait, PATIENCE_S)
        others = [asyncio.create_task(appending(grouping, call(number))) for number in range(1, 41)]
        await asyncio.sleep(0)  # each has begun, and waits for the one thread
        log.go_on.set()
        await asyncio.gather(first, *others)

    try:
        asyncio.run(all_())
    finally:
        log.go_on.set()
        grouping.close()
    assert log.groups == [1, 30, 10]


class Holding(FolderLog):
    """A log that gives the first group back, as one does that takes nothing for the moment."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.came_s: list[float | None] = []

    def publish_all(self, group: Any, **more: Any) -> list[Receipt | Exception]:
        """Refuse the first body of the first group, and hold its others on."""
        self.came_s += [body.came_s for body in group]
        if len(self.came_s) == len(group):
            return [LogClosedError("held for long enough"), *(StillHeldError("not yet") for _ in group[1:])]
        return super().publish_all(group, **more)


def test_who_is_to_be_held_on_waits_again(tmp_path: Path) -> None:
    """Of a group that the log gives back, whoever has waited long enough is answered; the others are tried again."""
    log = Holding(tmp_path / "payloads")
    log.group_limits = GroupLimits(threads=1, share=1, bodies_max=30)
    grouping = GroupAppender(log)

    async def all_() -> list[Receipt | BaseException]:
        return await asyncio.gather(*(appending(grouping, call(number)) for number in range(4)), return_exceptions=True)

    try:
        outcomes = asyncio.run(all_())
    finally:
        grouping.close()
    assert [type(outcome) for outcome in outcomes] == [LogClosedError, Receipt, Receipt, Receipt]
    first, *held = log.came_s
    assert first is not None
    assert held[:3] == held[3:]  # each still with the moment at which it came
    assert bodies(log) == {call(number) for number in (1, 2, 3)}


def test_who_is_refused_is_so_alone(log: Watched, grouping: GroupAppender) -> None:
    """A body with a wrong signature, or above the cap, is refused; the others of its group are appended."""

    async def all_() -> list[Receipt | BaseException]:
        tasks = [appending(grouping, call(number), secret="no" if number == 3 else SECRET) for number in range(8)]
        return await asyncio.gather(*tasks, appending(grouping, call(8, "x" * 10_000)), return_exceptions=True)

    outcomes = asyncio.run(all_())
    assert {3: SignatureError, 8: BodyTooLargeError} == {
        number: type(outcome) for number, outcome in enumerate(outcomes) if not isinstance(outcome, Receipt)
    }
    assert bodies(log) == {call(number) for number in range(8) if number != 3}


def test_group_that_waits_for_the_disk_holds_up_no_other(log: Watched, grouping: GroupAppender) -> None:
    """While one group waits for the disk, other groups are appended and answered."""
    log.go_on.clear()

    async def all_() -> None:
        first = asyncio.create_task(appending(grouping, call(0)))
        await asyncio.to_thread(log.is_held.wait, PATIENCE_S)
        for number in range(1, 4):
            await appending(grouping, call(number))
        assert not first.done()
        log.go_on.set()
        await first

    asyncio.run(all_())
    assert bodies(log) == {call(number) for number in range(4)}


def test_fault_of_ours_is_answered(log: Watched, grouping: GroupAppender, monkeypatch: pytest.MonkeyPatch) -> None:
    """If our own code fails over a group, each of its requests gets that error, and later requests succeed."""

    def fail(_: list[DraftedBody], **more: Any) -> list[Receipt | Exception]:
        raise ZeroDivisionError

    async def all_() -> list[Receipt | BaseException]:
        return await asyncio.gather(
            *(appending(grouping, call(number)) for number in range(20)), return_exceptions=True
        )

    with monkeypatch.context() as patch:
        patch.setattr(log, "publish_all", fail)
        assert {type(outcome) for outcome in asyncio.run(all_())} == {ZeroDivisionError}
    assert not list((log.folder / ".incoming").iterdir())
    assert {type(outcome) for outcome in asyncio.run(all_())} == {Receipt}


def test_refused_body_is_not_held(log: Watched, grouping: GroupAppender) -> None:
    """
    A sender with a wrong signature fills no memory: a refused group is freed without waiting for garbage collection.
    """

    async def refused() -> list[weakref.ref[Verifier]]:
        held = []
        for number in range(3):
            header = sign(call(number), "no", timestamp_s=int(time.time()))
            verifier = Verifier(header, Secrets([SECRET]), now_s=time.time())
            held.append(weakref.ref(verifier))
            with pytest.raises(SignatureError):
                await grouping.append(call(number), verifier, header)
            del verifier
        return held

    gc.collect()
    gc.disable()
    try:
        held = asyncio.run(refused())
        # until the answering thread waits for the next group
        wait_until(lambda: [verifier() for verifier in held] == [None] * 3)
    finally:
        gc.enable()


def test_thread_outlives_a_group_that_fails(
    log: Watched, grouping: GroupAppender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On any error a thread answers its requests and continues: no later webhook waits for ever."""

    def fail() -> None:
        raise MemoryError

    async def many() -> list[Receipt | BaseException]:
        return await asyncio.gather(*(appending(grouping, call(n)) for n in range(20)), return_exceptions=True)

    with monkeypatch.context() as patch:
        patch.setattr(log, "draft", fail)
        assert {type(outcome) for outcome in asyncio.run(many())} == {MemoryError}
    assert {type(outcome) for outcome in asyncio.run(many())} == {Receipt}


def test_stop_finishes_what_is_under_way(log: Watched, grouping: GroupAppender) -> None:
    """Every waiting request is appended before the threads end."""

    async def begin() -> None:
        tasks = [asyncio.create_task(appending(grouping, call(number))) for number in range(20)]
        await asyncio.sleep(0)  # they wait now, and no thread was called yet
        grouping.close()
        assert bodies(log) == {call(number) for number in range(20)}
        await asyncio.gather(*tasks)

    asyncio.run(begin())


def test_request_that_is_cancelled_ends_with_its_append(log: Watched, grouping: GroupAppender) -> None:
    """A cancelled request counts until its body is appended, because an append cannot be undone."""
    log.go_on.clear()

    async def cancel() -> None:
        task = asyncio.create_task(appending(grouping, call(0)))
        await asyncio.to_thread(log.is_held.wait, PATIENCE_S)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        log.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert bodies(log) == {call(0)}
