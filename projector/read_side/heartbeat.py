"""
The heartbeat of a following projector: how readers know that it runs, and what it waits for.

It is one small file beside the generations. The projector writes it in place, so that it can also say that the disk is
full.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import msgspec
from msgspec import Struct

from events.disk.durable import FILE_MODE
from events.process.logging import get_logger

logger = get_logger("projection")
NAME = ".heartbeat"
INTERVAL_S = 2.0
# One block of any file system: it is taken when the file is made, and written over from then on.
_SIZE_BYTES = 2048
_REASON_CHARS_MAX = 300


class Heartbeat(Struct, frozen=True, kw_only=True):
    """
    What a projector last said of itself. All times are Unix seconds.

    `moved_at_s` is when it last got on with anything. `waits_for` says why it does not, and `waits_since_s` since when;
    a projector that waits for the next event waits for nothing. `is_ended` means that it ended in good order.
    """

    at_s: float
    process: int
    moved_at_s: float
    waits_for: str | None = None
    waits_since_s: float | None = None
    is_ended: bool = False


class Pulse:
    """
    How one projector is getting on. It is told so by the thread that works, and read by the one that beats.

    Args:
        clock_s: the present in Unix seconds.
        on_batch: is called with each batch that was projected: its last position, how many events, and the seconds.
    """

    def __init__(
        self,
        clock_s: Callable[[], float] = time.time,
        *,
        on_batch: Callable[[int, int, float], None] = lambda *_: None,
    ) -> None:
        self._clock_s = clock_s
        self._on_batch = on_batch
        self._moved_at_s = clock_s()
        self._waits: tuple[str, float] | None = None

    def move(self) -> None:
        """Note that the work goes on."""
        self._moved_at_s = self._clock_s()

    def wait_for(self, reason: str | None) -> None:
        """Note what the work waits for, None for nothing; waiting began when a reason was first given."""
        self.move()
        since_s = self._waits[1] if self._waits is not None else self._moved_at_s
        self._waits = None if reason is None else (reason[:_REASON_CHARS_MAX], since_s)

    @contextmanager
    def batch(self, position: int, events: int) -> Iterator[None]:
        """Time the projection of a batch of events, up to a position."""
        began_s = time.perf_counter()
        yield
        self._on_batch(position, events, time.perf_counter() - began_s)

    def heartbeat(self, *, is_ended: bool = False) -> Heartbeat:
        """Return what is to be said now."""
        reason, since_s = self._waits or (None, None)
        return Heartbeat(
            at_s=self._clock_s(),
            process=os.getpid(),
            moved_at_s=self._moved_at_s,
            waits_for=reason,
            waits_since_s=since_s,
            is_ended=is_ended,
        )


@contextmanager
def beating(folder: Path, pulse: Pulse, *, interval_s: float = INTERVAL_S) -> Iterator[None]:
    """Write a heartbeat now, again and again in a thread, and a last one at the end of the block."""
    stop = Flag()
    has_failed = False

    def beat(*, is_ended: bool = False) -> None:
        nonlocal has_failed
        try:
            write_heartbeat(folder, pulse.heartbeat(is_ended=is_ended))
        except OSError as error:
            if not has_failed:
                has_failed = True
                logger.warning(
                    "heartbeat_not_written", reason=str(error), consequence="/health says the projector ended"
                )
        else:
            has_failed = False

    def beat_on() -> None:
        while not stop.wait(interval_s):
            beat()

    beat()
    thread = Thread(target=beat_on, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        beat(is_ended=True)


def write_heartbeat(folder: Path, heartbeat: Heartbeat) -> None:
    """
    Write a heartbeat over the last one.

    Raises:
        OSError: it cannot be written.
    """
    text = msgspec.json.encode(heartbeat)
    if len(text) > _SIZE_BYTES:
        text = msgspec.json.encode(msgspec.structs.replace(heartbeat, waits_for="its log says for what"))
    fd = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        os.pwrite(fd, text.ljust(_SIZE_BYTES), 0)
    finally:
        os.close(fd)


def read_heartbeat(folder: Path) -> Heartbeat | None:
    """Return the last heartbeat; None where there never was one, or it cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Heartbeat)
    return None
