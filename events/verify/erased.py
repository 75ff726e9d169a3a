"""The files that are gone by intent: those that the log's erasures list."""

from pathlib import Path

import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.folder_log.bodies import FolderBodies
from events.folder_log.journal import Journal
from events.folder_log.layout import is_path_in_log
from events.log.erasure import SOURCE, Erasure, ErasureRequest, read_erasure, why_no_answer
from events.log.event import Bodies, Event
from events.log.proof.proofs import Proofs
from events.log.receipt import Place, Receipt, read_receipt, sha256_of
from events.verify.digests import Digests

_NEEDLE = b'"source":' + msgspec.json.encode(SOURCE)


class ErasedSet:
    """
    The events and conversations that erasures list.

    An erasure accounts for nothing if its own file does not match its receipt, if it is not proven, or if it does not
    answer its request; verification reports each as a finding. `refused` says why, by the hash of the erasure's line;
    `taken` holds the hashes of the lines of those that count. `fault` is what kept one of them from being read, where
    it was no fault of its own file: then another look may find that more count.

    Args:
        proofs: what the log's own events are worth.
    """

    def __init__(self, proofs: Proofs) -> None:
        self.erasures = 0
        self.refused: dict[str, str] = {}
        self.taken = Digests()
        self.fault: OSError | None = None
        self._proofs = proofs
        self._requests: dict[int, ErasureRequest] = {}
        self._events = Digests()
        self._conversations = Digests()
        self._pending: set[int] = set()

    @property
    def pending(self) -> int:
        """The position of the newest request without an erasure; 0 where each has one."""
        return max(self._pending, default=0)

    @property
    def key_ids(self) -> dict[str, int]:
        """The keys of the requests, by their ids, with the position of the last request of each."""
        return {request.key_id: position for position, request in sorted(self._requests.items())}

    def take(self, event: Event) -> None:
        """Take in a request or an erasure; ignores any other event."""
        if not is_path_in_log(event.receipt.path) or self._proofs.why_not(event) is not None:
            return
        position = event.receipt.position
        try:
            match read_erasure(event):
                case ErasureRequest() as request:
                    self._requests[position] = request
                    self._pending.add(position)
                case Erasure() as erasure:
                    reason = why_no_answer(erasure, position, self._requests.get(erasure.request))
                    if reason is not None:
                        self.refused[event.place.sha256] = reason
                    else:
                        self.taken.add(event.place.sha256)
                        self._take(erasure)
                case None:
                    pass
        except OSError as error:
            self.fault = error
        except (EventsError, msgspec.MsgspecError):
            return

    def take_line(self, offset: int, line: bytes, bodies: Bodies) -> None:
        """Take in what stands in a line of the journal, without its newline; ignores one that is no receipt."""
        try:
            receipt = read_receipt(line)
        except msgspec.MsgspecError:
            return
        place = Place(receipt.position, offset, sha256_of(line))
        self.take(Event(receipt, place, is_chained=False, bodies=bodies))

    def covers(self, receipt: Receipt) -> bool:
        """Return whether an erasure lists an event, or the conversation that it belongs to."""
        return _key(receipt.position, receipt.path) in self._events or self.covers_conversation(receipt.conversation_id)

    def covers_conversation(self, conversation_id: str | None) -> bool:
        """Return whether an erasure lists a conversation."""
        return conversation_id is not None and conversation_id in self._conversations

    def _take(self, erasure: Erasure) -> None:
        self.erasures += 1
        self._pending.discard(erasure.request)
        for event in erasure.events:
            # With its path: in a journal that was restored and grew again, another event may have the position.
            self._events.add(_key(event.position, event.path))
        for conversation_id in erasure.conversations:
            self._conversations.add(conversation_id)


class Survey(Struct, frozen=True):
    """
    The result of a first pass over a journal.

    The second pass needs `erased` before it misses a file, for erasures come after the events that they list. `lines`
    counts the whole lines, and `end` is the offset at which the last of them ends.
    """

    erased: ErasedSet
    lines: int = 0
    end: int = 0


def erased_in(folder: Path, proofs: Proofs) -> Survey:
    """
    Pass over the journal once; decodes only the lines that may be of an erasure.

    Args:
        folder: the payload folder.
        proofs: what its own events are worth.
    """
    bodies = FolderBodies(folder)
    erased, lines, end = ErasedSet(proofs), 0, 0
    for offset, line in Journal(folder).raw_lines():
        lines, end = lines + 1, offset + len(line) + 1
        if _NEEDLE in line:
            erased.take_line(offset, line, bodies)
    return Survey(erased, lines, end)


def _key(position: int, path: str) -> str:
    return f"{position} {path}"
