"""Bodies that come in: how much of the disk the unverified ones may hold."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from events.errors import LogClosedError, SignatureError
from events.folder_log.log import FolderLog
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign
from ingress.webhooks.appending import Appender
from tests.support.samples import transcription

_MIB = 1024 * 1024
SECRET = "wsec_6b1f0a29"
BODY = transcription("conv_big", "x" * 4 * _MIB)


class Sender(NamedTuple):
    """Sends a body piece by piece; reports when it is halfway, and continues when the test says so."""

    half: asyncio.Event
    go_on: asyncio.Event

    async def stream(self) -> AsyncIterator[bytes]:
        """Send the body."""
        pieces = [BODY[start : start + _MIB] for start in range(0, len(BODY), _MIB)]
        for piece in pieces[:2]:
            yield piece
        self.half.set()
        await self.go_on.wait()
        for piece in pieces[2:]:
            yield piece


class SmallLog(FolderLog):
    """A log with a settable amount of free room; a small disk would need an administrator."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.left_bytes = sys.maxsize
        self.held: list[int] = []

    def free_bytes(self) -> int:
        """Return the free room, and note what the drafts hold."""
        sizes = []
        for path in self.drafts():
            with suppress(FileNotFoundError):  # refused meanwhile
                sizes.append(path.stat().st_size)
        self.held.append(sum(sizes))
        return self.left_bytes

    def drafts(self) -> list[Path]:
        """Return the bodies that are coming in."""
        return list((self.folder / ".incoming").glob("*.body"))


def append(appending: Appender, *senders: Sender, secret: str = SECRET) -> list[Any]:
    """Let senders send the body at the same time: each continues when all are halfway."""

    async def one(sender: Sender) -> Any:
        header = sign(BODY, secret, timestamp_s=int(time.time()))
        verifier = Verifier(header, Secrets([SECRET]), now_s=time.time())
        try:
            return await appending.append(sender, verifier, header)  # type: ignore[arg-type]
        finally:
            sender.half.set()

    async def all_() -> list[Any]:
        tasks = [asyncio.create_task(one(sender)) for sender in senders]
        for sender in senders:
            await sender.half.wait()
        for sender in senders:
            sender.go_on.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    return asyncio.run(all_())


@pytest.fixture
def log(tmp_path: Path) -> SmallLog:
    """An empty log, with room for everything."""
    return SmallLog(tmp_path / "payloads")


@pytest.fixture
def appending(log: SmallLog) -> Appender:
    """The appender of that log."""
    return Appender(log)


def sender() -> Sender:
    return Sender(asyncio.Event(), asyncio.Event())


def test_unproven_bodies_hold_no_more_of_the_disk_than_they_leave(log: SmallLog, appending: Appender) -> None:
    """Of bodies that come in at once, those that would take more than what is left are refused; a retry is safe."""
    log.left_bytes = 5 * _MIB
    answers = append(appending, *(sender() for _ in range(3)), secret="wrong")

    assert LogClosedError in {type(answer) for answer in answers} <= {LogClosedError, SignatureError}
    assert 0 < max(log.held) <= 5 * _MIB
    assert not list((log.folder / ".incoming").iterdir())


def test_bodies_that_are_gone_count_no_more(log: SmallLog, appending: Appender) -> None:
    """Bodies that were refused, or are in the log, leave their room to later ones."""
    log.left_bytes = 5 * _MIB
    for _ in range(3):
        assert [type(answer) for answer in append(appending, sender(), secret="wrong")] == [SignatureError]
    for _ in range(3):
        (receipt,) = append(appending, sender())
        assert receipt.position == 1
    assert LogClosedError in [type(answer) for answer in append(appending, sender(), sender(), sender())]
    (receipt,) = append(appending, sender())
    assert receipt.position == 1


def test_small_bodies_are_taken_on_a_disk_that_is_nearly_full(log: SmallLog, appending: Appender) -> None:
    """
    A body that fits into memory until it is verified is not counted: it is taken until the disk itself refuses it.
    """
    log.left_bytes = 0

    async def append_small() -> int:
        body = transcription("conv_small", "hello")

        class Small:
            async def stream(self) -> AsyncIterator[bytes]:
                yield body

        header = sign(body, SECRET, timestamp_s=int(time.time()))
        verifier = Verifier(header, Secrets([SECRET]), now_s=time.time())
        return (await appending.append(Small(), verifier, header)).position  # type: ignore[arg-type]

    assert asyncio.run(append_small()) == 1


def test_sandbox_that_forbids_niceness_costs_no_append(appending: Appender, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the process may not change its niceness, webhooks are still appended."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("ingress.webhooks.grouping.os.setpriority", refuse)
    (receipt,) = append(appending, sender())
    assert receipt.position == 1
