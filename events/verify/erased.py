"""What the erasures of a log account for: the files that are gone by intent."""

from pathlib import Path

import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.folder_log.journal import Journal
from events.folder_log.layout import is_path_in_log
from events.log.erasure import SOURCE, Erasure, ErasureRequest, read_erasure
from events.log.event import Event
from events.log.receipt import Place, Receipt, read_receipt, sha256_of
from events.verify.digests import Digests

_NEEDLE = b'"source":' + msgspec.json.encode(SOURCE)


class ErasedSet:
    """
    The events and conversations that erasures list.

    Only an erasure whose own file is right by its receipt counts; whoever verifies names the others.
    """

    def __init__(self) -> None:
        self.erasures = 0
        self.requests = 0
        self._events = Digests()
        self._conversations = Digests()
        self._pending: set[int] = set()

    @property
    def pending(self) -> int:
        """The position of the newest request that no erasure has answered yet; 0 where there is none."""
        return max(self._pending, default=0)

    def take(self, event: Event) -> None:
        """Take in an event of the log, if it is one of ours about an erasure."""
        if not is_path_in_log(event.receipt.path):
            return
        try:
            match read_erasure(event):
                case ErasureRequest():
                    self.requests += 1
                    self._pending.add(event.receipt.position)
                case Erasure() as erasure:
                    self._take(erasure)
                case None:
                    pass
        except (EventsError, msgspec.MsgspecError, OSError):
            return

    def covers(self, receipt: Receipt) -> bool:
        """Tell whether an event is listed as erased, by itself or with its conversation."""
        return _key(receipt.position, receipt.path) in self._events or self.covers_conversation(receipt.conversation_id)

    def covers_conversation(self, conversation_id: str | None) -> bool:
        """Tell whether a conversation is listed as erased."""
        return conversation_id is not None and conversation_id in self._conversations

    def _take(self, erasure: Erasure) -> None:
        self.erasures += 1
        self._pending.discard(erasure.request)
        for event in erasure.events:
            # Its path as well: in a journal that was restored and grew again, the position may be another event's.
            self._events.add(_key(event.position, event.path))
        for conversation_id in erasure.conversations:
            self._conversations.add(conversation_id)


class Survey(Struct, frozen=True):
    """
    What a first pass over a journal tells.

    `erased` is to be known before any file is missed: erasures come after the events that they list. `lines` counts
    the journal's whole lines, and `end` is the offset at which the last of them ends.
    """

    erased: ErasedSet = msgspec.field(default_factory=ErasedSet)
    lines: int = 0
    end: int = 0


def erased_in(folder: Path) -> Survey:
    """Pass over the journal once, decoding only what an erasure may be."""
    erased, lines, end = ErasedSet(), 0, 0
    for offset, line in Journal(folder).raw_lines():
        lines, end = lines + 1, offset + len(line) + 1
        if _NEEDLE not in line:
            continue
        try:
            receipt = read_receipt(line)
        except msgspec.MsgspecError:
            continue
        place = Place(receipt.position, offset, sha256_of(line))
        erased.take(Event(receipt, place, is_chained=False, path=folder / receipt.path))
    return Survey(erased, lines, end)


def _key(position: int, path: str) -> str:
    return f"{position} {path}"
