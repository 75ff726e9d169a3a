"""
The heartbeat of a following projector: how readers know that it runs, and what it waits for.

It is one small file beside the generations. The projector writes it in place, so that it can also say that the disk is
full.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import msgspec
from msgspec import Struct

from events.process.logging import get_logger
from projector.read_side.signs.notices import write_over

logger = get_logger("projection")
NAME = ".heartbeat"
INTERVAL_S = 2.0
# A projector beats every two seconds. A restart takes less than this, and is no alarm.
SILENT_S = 10.0
# What keeps a projector from getting on is said in the log at once, and is an alarm once it has tried again.
_WAITING_S = 10.0
# Everything that takes long asks again and again whether it is to go on; the rest takes seconds.
_STUCK_S = 60.0
# One block of any file system: it is taken when the file is made, and written over from then on.
_SIZE_BYTES = 2048
_REASON_CHARS_MAX = 300
_MINUTE_S = 60


class Heartbeat(Struct, frozen=True, kw_only=True):
    """
    What a projector last said of itself. All times are Unix seconds.

    `moved_at_s` is when it last got on with anything. `waits_for` says why it does not, and `waits_since_s` since when;
    a projector that waits for the next event waits for nothing. `is_ended` means that it ended in good order.
    `projected_last_minute` is how many events it projected in the minute before, a replay's not among them.
    """

    at_s: float
    process: int
    moved_at_s: float
    waits_for: str | None = None
    waits_since_s: float | None = None
    is_ended: bool = False
    projected_last_minute: int = 0


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
        # By the second. Always replaced, never changed: the thread that beats reads it while the other one works.
        self._projected: dict[int, int] = {}

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
        second = int(self._clock_s())
        lately = {at: count for at, count in self._projected.items() if at > second - _MINUTE_S}
        self._projected = lately | {second: lately.get(second, 0) + events}

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
            projected_last_minute=sum(
                count for at, count in self._projected.items() if at > self._clock_s() - _MINUTE_S
            ),
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
    write_over(folder / NAME, text, size_bytes=_SIZE_BYTES)


def read_heartbeat(folder: Path) -> Heartbeat | None:
    """Return the last heartbeat; None where there never was one, or it cannot be read."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Heartbeat)
    return None


def is_running(beat: Heartbeat, now_s: float) -> bool:
    """Tell whether the projector of a heartbeat has given a sign of life lately, and has not ended."""
    return now_s - beat.at_s <= SILENT_S and not beat.is_ended


def what_is_wrong(beat: Heartbeat, now_s: float) -> str | None:
    """Return what is wrong with a projector by its last heartbeat, in words for an operator; None if nothing is."""
    who, silent_s = f"the projector (process {beat.process})", now_s - beat.at_s
    if silent_s > SILENT_S:
        when = f"{datetime.fromtimestamp(round(beat.at_s), UTC):%Y-%m-%dT%H:%M:%SZ}"
        if beat.is_ended:
            return f"{who} was stopped at {when}: start it"
        return f"{who} gave its last sign of life at {when}, and was killed, or hangs: look in its log, and start it"
    if beat.is_ended:
        return None  # it may be about to start again
    if beat.waits_for is not None and now_s - (beat.waits_since_s or now_s) > _WAITING_S:
        return f"{who} waits: {beat.waits_for}"
    if now_s - beat.moved_at_s > _STUCK_S:
        return f"{who} has not got on for {now_s - beat.moved_at_s:.0f} seconds: look in its log, and start it again"
    return None
