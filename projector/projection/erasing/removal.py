"""Removes what one erasure lists from the log, in threads: the file system takes its time, and nobody waits for it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import msgspec

from events.errors import FileFaultError
from events.log.erasure import Erasure, read_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place

# One thread waits for the disk most of the time; more than a few wait for each other.
_THREADS = 4
# Ending waits for the parts that are under way.
_FOLDERS = 20
NOTHING_LISTED = Erasure(request=0, caller="", requested_at_s=0, conversations=(), events=(), counts={})


class Removal:
    """
    One removal, which begins at once; what it lists may be gone already.

    `stuck` says what single files cannot be removed; all others are.

    Args:
        erasure: what to remove.
    """

    def __init__(self, log: EventLog, erasure: Erasure) -> None:
        self.stuck: list[str] = []
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="erase")
        self._rest: list[Future[None]] = [self._threads.submit(log.remove, part) for part in _parts(erasure)]

    def has_ended(self, *, timeout_s: float | None) -> bool:
        """
        Tell whether all is removed.

        Args:
            timeout_s: how long to wait for that; None for as long as it takes.

        Raises:
            OSError: something may be left; begin it again.
        """
        done, rest = wait(self._rest, timeout_s)
        self._rest = list(rest)
        for part in done:
            try:
                part.result()
            except FileFaultError as error:
                self.stuck.append(str(error))
        return not rest

    def end(self) -> None:
        """Remove no more of it, and wait for what is under way."""
        self._threads.shutdown(cancel_futures=True)


def listed_at(log: EventLog, place: Place) -> Erasure:
    """
    Return the erasure at a place; one that lists nothing where none stands there.

    Raises:
        EventsError, msgspec.MsgspecError: it cannot be read.
    """
    event = log.event_at(place)
    erasure = read_erasure(event) if isinstance(event, Event) else None
    return erasure if isinstance(erasure, Erasure) else NOTHING_LISTED


def _parts(erasure: Erasure) -> Iterator[Erasure]:
    """Yield an erasure in parts of a few folders or files each."""
    late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
    conversations = sorted(late.union(erasure.conversations))
    for at in range(0, len(conversations), _FOLDERS):
        some = tuple(conversations[at : at + _FOLDERS])
        yield msgspec.structs.replace(erasure, conversations=some, events=())
    strays = [event for event in erasure.events if event.conversation_id is None]
    for at in range(0, len(strays), _FOLDERS):
        yield msgspec.structs.replace(erasure, conversations=(), events=tuple(strays[at : at + _FOLDERS]))


def in_read_model(memories: Counter[str]) -> Counter[str]:
    """Return counts of memories, by kind, as an erasure names them."""
    return Counter({f"read_model.memories.{kind}": number for kind, number in memories.items()})
