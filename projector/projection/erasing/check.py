"""
Whether an erasure answers its request. The projector asks before it removes anything: an erasure may be forged.

It must name a request that stands before it, with the same caller and moment. What it lists must stand before it, and
a call of which a body is still there must name the caller: once the bodies are gone, there is nothing to protect.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from events.errors import DamagedEventError, EventsError
from events.log.erasure import CallerHashes, Erasure, ErasureRequest, read_erasure, why_no_answer
from events.log.event import Event
from events.log.filing import ERASURE_REQUEST
from events.log.mentions import mentions
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.wire.caller import conversation_key
from projector.projection.erasing.keys import ErasureKeys, hashes_of
from projector.read_model.tables.erasing_tables import Erased, Erasures

_IsCaller = Callable[[str], bool]


class ErasureCheck:
    """
    Compares erasures with their requests.

    Args:
        erasures, erased: the requests that the projector has taken, and what it has erased on reading them.
        keys: those that the log has. What another key has hashed cannot be compared.
        region: the region in which national numbers are read.
    """

    def __init__(self, log: EventLog, erasures: Erasures, erased: Erased, keys: ErasureKeys, *, region: str) -> None:
        self._log = log
        self._erasures = erasures
        self._erased = erased
        self._keys = keys
        self._region = region
        self._requests: dict[int, ErasureRequest] = {}
        self._read_to: Place | None = None

    def note(self, position: int, request: ErasureRequest) -> None:
        """Take note of a request that was read."""
        self._requests[position] = request

    def refusals(self, erasures: Mapping[int, Erasure]) -> dict[int, str]:
        """Return why erasures must not be carried out, by position; those that may are not in it."""
        refused: dict[int, str] = {}
        doubted: dict[int, dict[str, _IsCaller]] = {}
        for position, erasure in erasures.items():
            request = self._request_at(erasure.request)
            reason = why_no_answer(erasure, position, request)
            if reason is not None:
                refused[position] = reason
            elif request is not None and (hashes := self._keys.of(request.key_id)) is not None:
                is_caller = partial(_is_caller, hashes, erasure.caller)
                doubted[position] = dict.fromkeys(self._doubted(erasure, is_caller), is_caller)
        others = self._of_others(doubted)
        erased: set[str] = set()
        for position in sorted(erasures.keys() - refused.keys()):
            # What comes late to an erased conversation need not name the caller.
            for name in sorted(others.get(position, set()) - erased):
                refused[position] = f"it lists {name}, which does not name the caller of its request"
            if position not in refused:
                erased.update(erasures[position].conversations)
        return refused

    def _doubted(self, erasure: Erasure, is_caller: _IsCaller) -> Iterator[str]:
        """Yield the conversations, and the paths of events of none, that we have not erased by ourselves."""
        late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
        for id_ in late.union(erasure.conversations):
            if self._erased.request_of_conversation(id_) is None and not is_caller(conversation_key(id_)):
                yield id_
        for event in erasure.events:
            # Such a path is removed whatever conversation the erasure gives it.
            if event.path.startswith("_") and not self._erased.has_stray(event.path):
                yield event.path

    def _of_others(self, doubted: Mapping[int, Mapping[str, _IsCaller]]) -> dict[int, set[str]]:
        """Return what is doubted of each erasure, and all of whose bodies are there and name others."""
        askers: dict[str, list[tuple[int, _IsCaller]]] = {}
        for position, names in doubted.items():
            for name, is_caller in names.items():
                askers.setdefault(name, []).append((position, is_caller))
        met, named = set[tuple[int, str]](), set[tuple[int, str]]()
        for event in self._log.read() if askers else ():
            if not isinstance(event, Event):
                continue
            name = event.receipt.conversation_id or event.receipt.path
            for position, is_caller in askers.get(name, ()):
                if event.place.position < position:
                    met.add((position, name))
                    # A body that is gone may have named the caller: the projector was killed while it removed them.
                    if not _is_there(event) or self._names(event, is_caller):
                        named.add((position, name))
        others: dict[int, set[str]] = {}
        for position, name in met - named:
            others.setdefault(position, set()).add(name)
        return others

    def _names(self, event: Event, is_caller: _IsCaller) -> bool:
        return mentions(event, is_caller, faulty={event.place.position}, region=self._region)

    def _request_at(self, position: int) -> ErasureRequest | None:
        if position not in self._requests and (asked := self._erasures.asked(position)) is not None:
            self.note(position, asked)
        if position not in self._requests:
            self._look_through_the_log()  # its key is gone, so it was not taken; or it does not exist
        return self._requests.get(position)

    def _look_through_the_log(self) -> None:
        for event in self._log.read(self._read_to):
            self._read_to = event.place
            if not isinstance(event, Event) or event.receipt.kind != ERASURE_REQUEST:
                continue
            try:
                request = read_erasure(event) if self._log.proofs.why_not(event) is None else None
            except (EventsError, ValueError):  # it cannot be read: nothing answers it
                continue
            if isinstance(request, ErasureRequest):
                self.note(event.place.position, request)


def _is_caller(hashes: CallerHashes, caller_hash: str, key: str) -> bool:
    return caller_hash in hashes_of(key, hashes)


def _is_there(event: Event) -> bool:
    try:
        for _ in event.chunks():
            pass
    except (DamagedEventError, OSError):  # gone, or another event has its path now, or it cannot be read
        return False
    return True
