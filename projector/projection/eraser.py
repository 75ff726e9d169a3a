"""
Carries out requests to forget a caller: which conversations a request covers, and what is removed for it.

A conversation is erased whole if any version of it names that caller and started before the request, whenever it
arrives. The eraser first appends to the log, as an erasure, what it is going to remove, and only then removes it. If
the process dies in between, the next start finds the erasure, and every missing file has its account.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from events.disk import steps
from events.errors import DamagedEventError, EventsError, FileFaultError, UnprovenEventError
from events.log.erasure import SOURCE, ErasedEvent, Erasure, ErasureRequest, erased_event, is_ours, read_erasure
from events.log.event import Event
from events.log.mentions import mentions
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import conversation_key
from projector.projection.erasure_check import ErasureCheck
from projector.projection.erasure_keys import ErasureKeys
from projector.projection.unsearched import Unsearched
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")


class _Pending:
    """What is removed for one request and not accounted for in the log yet."""

    def __init__(self) -> None:
        self.conversations: set[str] = set()
        self.late: dict[int, ErasedEvent] = {}
        self.counts: Counter[str] = Counter()
        self.memories_of: dict[str, Counter[str]] = {}
        self.unread: set[int] = set()
        self.has_searched = False


class Eraser:
    """
    Erases the calls that a request covers from one generation, and accounts for them in the log.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        log: erasures are appended to it, and it removes what they list.
        region: the region in which national numbers are read.
        on_fault: receives an event of which a part is still to be done, and why; it is tried again like any fault.
    """

    def __init__(
        self, writer: ReadModelWriter, log: EventLog, *, region: str, on_fault: Callable[[Event, str], None]
    ) -> None:
        self._writer = writer
        self._on_fault = on_fault
        self._erasures = writer.erasures
        self._log = log
        self._region = region
        self._pending: dict[int, _Pending] = {}
        self._awaited: set[int] = set()
        self._keys = ErasureKeys(log)
        self._unsearched = Unsearched(writer, self._keys.hashes_of, region=region, on_fault=on_fault)
        self._check = ErasureCheck(log, writer.erasures, self._keys, region=region)

    def roll_back(self) -> None:
        """Drop what a batch would have removed that was rolled back."""
        self._pending = {}

    def preload(self, until: Place) -> None:
        """Keep the requests and erasures up to a place first: a replay meets the calls that they cover before them."""
        erasures: dict[int, Erasure] = {}
        for event in self._log.read():
            if event.place.position > until.position:
                break
            if not isinstance(event, Event) or not is_ours(event.receipt) or self._log.proofs.why_not(event):
                continue  # one that is not proven is recorded as a fault when its turn comes
            try:
                match read_erasure(event):
                    case ErasureRequest() as request:
                        self._check.note(event.place.position, request)
                        self._keep_request(request, event.place)
                        self._awaited.add(event.place.position)
                    case Erasure() as erasure:
                        erasures[event.place.position] = erasure
            except (EventsError, msgspec.MsgspecError) as error:  # recorded as its fault when its turn comes
                logger.warning("erasure_unusable", position=event.place.position, error=str(error))
        for position in sorted(erasures.keys() - self._check.refusals(erasures).keys()):  # the first is the account
            self._erasures.keep(erasures[position])
            self._awaited.discard(erasures[position].request)
            self._unsearched.expect(erasures[position].unread)
        # This database never holds a word of these calls, and their files go when the replay meets the erasure. No
        # reader sees that they are finished before the memory engine is wiped too.
        self._erasures.finish(self._erasures.unfinished())

    def note_if_erased(self, event: Event) -> bool:
        """Account for an event if it, or its conversation, was erased; return whether that is so."""
        if self._erasures.has_event(event.place.position):
            return True
        request = self._erasures.request_of(event)
        if request is not None:
            self._pending_of(request).late[event.place.position] = erased_event(event)
        return request is not None

    def erase_if_named(self, event: Event) -> bool:
        """
        Account for an event that no request could search, if it names a caller; return whether that is so.

        Raises:
            DamagedEventError: it cannot be read now either.
        """
        request = self._unsearched.request_naming(event)
        if request is not None:
            self._pending_of(request).late[event.place.position] = erased_event(event)
        return request is not None

    def erase_if_covered(self, event: Event, conversation_id: str, caller: str, started_at_s: int) -> set[str] | None:
        """Erase the conversation of an event; return whose memories that changes, or None if no request covers it."""
        if not self._erasures.has_requests():
            return None
        request = self._erasures.request_of_conversation(conversation_id) or self._request_for(caller, started_at_s)
        if request is None:
            return None
        stale = self._erase(conversation_id, request)
        if not self._erasures.has_event(event.place.position):
            self._pending_of(request).late[event.place.position] = erased_event(event)
        return stale

    def take(self, event: Event) -> set[str]:
        """
        Project a request or an erasure, and return the callers whose memories that changes.

        Raises:
            DamagedEventError, msgspec.MsgspecError: it cannot be read.
            UnprovenEventError: an erasure does not answer its request.
            JournalError: the key that hashed the caller is gone.
        """
        self._awaited.discard(event.place.position)
        match read_erasure(event):
            case ErasureRequest() as request:
                self._check.note(event.place.position, request)
                return self._take_request(request, event.place)
            case Erasure() as erasure:
                for reason in self._check.refusals({event.place.position: erasure}).values():
                    raise UnprovenEventError(f"forged: {reason}")
                return self._take_erasure(erasure, event)
        return set()

    def account(self) -> int:
        """
        Append an erasure for each request that has removed something, and return how many were appended.

        A replay meets calls before the request that covers them. It accounts for them once it has met the request, in
        one erasure.
        """
        appended = 0
        for request in sorted(self._pending.keys() - self._awaited):
            appended += self._append_erasure(request, self._pending.pop(request))
        return appended

    def named(self, callers: Iterable[str], requests: Iterable[int]) -> list[str]:
        """Return the callers that one of the requests names."""
        named = {self._erasures.request(request)[0] for request in requests}
        return sorted(caller for caller in callers if not named.isdisjoint(self._keys.hashes_of(caller)))

    def requests_without_key(self) -> Iterator[tuple[Place, str]]:
        """Yield the requests that no longer cover late calls because their key is gone, each with the reason."""
        if not self._erasures.has_requests():
            return  # then there need be no key
        for place in self._erasures.requests_of_other_keys(self._keys.ids()):
            yield place, self._keys.not_the_key()

    def _take_request(self, request: ErasureRequest, place: Place) -> set[str]:
        self._keep_request(request, place)
        # Before anything changes: the search is slow, and reads bodies that may hold anything.
        found, named = list[Event](), set[str]()
        has_searched = self._erasures.has_searched(place.position)
        if not has_searched:
            # Whole drafts of dead writers become events now, and are covered like any other late event.
            try:
                self._log.recover()
            except DamagedEventError as error:  # and one that cannot, once it can
                logger.warning("draft_stays", error=str(error))
            found, named = self._search(request, place.position)
        stale: set[str] = set()
        for caller in self._erasures.parties():
            if self._keys.is_hash_of(caller, request.caller):
                for conversation_id in self._erasures.conversations(caller, started_until_s=request.requested_at_s):
                    stale |= self._erase(conversation_id, place.position)
        for conversation_id in sorted(named):
            stale |= self._erase(conversation_id, place.position)
        for event in found:
            self._pending_of(place.position).late[event.place.position] = erased_event(event)
            if event.receipt.conversation_id is not None:
                stale |= self._erase(event.receipt.conversation_id, place.position)
        if not has_searched:
            self._pending_of(place.position).has_searched = True
        return stale

    def _take_erasure(self, erasure: Erasure, event: Event) -> set[str]:
        self._erasures.keep(erasure)
        for pending in self._pending.values():  # a crash came after the erasure was appended: it is done now
            pending.conversations.difference_update(erasure.conversations)
        stale: set[str] = set()
        for conversation_id in erasure.conversations:
            stale |= self._callers(conversation_id)
            self._erasures.erase(conversation_id, erasure.request)
        try:
            self._log.remove(erasure)
        except FileFaultError as error:
            self._on_fault(event, str(error))
            self._erasures.unfinish()
        steps.reached("erased_files_removed")
        return stale

    def _search(self, request: ErasureRequest, position: int) -> tuple[list[Event], set[str]]:
        """Return earlier events that name the caller but are not folded, and the conversations named by their ids."""
        is_caller = partial(self._keys.is_hash_of, caller_hash=request.caller)
        faulty = self._writer.faults.positions()
        found: list[Event] = []
        asked_for: dict[str, bool] = {}
        for event in self._log.read():
            if event.place.position >= position:
                break
            if not isinstance(event, Event):
                continue
            id_ = event.receipt.conversation_id
            if id_ is not None and id_ not in asked_for:
                asked_for[id_] = is_caller(conversation_key(id_))
            try:
                if mentions(event, is_caller, faulty=faulty, region=self._region):
                    found.append(event)
            except DamagedEventError as error:
                if self._unsearched.note(event, position, str(error)):
                    self._pending_of(position).unread.add(event.place.position)
        return found, {id_ for id_, is_asked_for in asked_for.items() if is_asked_for}

    def _erase(self, conversation_id: str, request: int) -> set[str]:
        pending = self._pending_of(request)
        callers = self._callers(conversation_id)
        for caller in callers - pending.memories_of.keys():
            pending.memories_of[caller] = self._writer.memories.count_by_kind(caller)
        if self._erasures.request_of_conversation(conversation_id) is None:
            pending.conversations.add(conversation_id)
        deleted = self._erasures.erase(conversation_id, request)
        pending.counts.update({f"read_model.{table}": deleted[table] for table in ("calls", "missed_calls")})
        return callers

    def _append_erasure(self, request: int, pending: _Pending) -> bool:
        late, counts = dict(pending.late), pending.counts.copy()
        if pending.conversations:
            late |= {
                event.place.position: erased_event(event)
                for event in self._log.read()
                if isinstance(event, Event) and event.receipt.conversation_id in pending.conversations
            }
        events = tuple(late[position] for position in sorted(late) if not self._erasures.has_event(position))
        has_searched = pending.has_searched and not self._erasures.has_searched(request)
        if not (events or pending.conversations or has_searched):
            return False  # an erasure that was appended just before a crash has accounted for it already
        counts.update(f"log.{event.kind}" for event in events)
        for conversation_id in pending.conversations:
            counts["log.recordings"] += self._log.recordings(conversation_id)
        for caller, before in pending.memories_of.items():
            for kind, number in (before - self._writer.memories.count_by_kind(caller)).items():
                counts[f"read_model.memories.{kind}"] += number
        caller_hash, requested_at_s = self._erasures.request(request)
        erasure = Erasure(
            request=request,
            caller=caller_hash,
            requested_at_s=requested_at_s,
            conversations=tuple(sorted(pending.conversations)),
            events=events,
            counts=dict(sorted((+counts).items())),
            has_searched=pending.has_searched,
            unread=tuple(sorted(pending.unread)),
        )
        self._log.append(msgspec.json.encode(erasure), source=SOURCE)
        steps.reached("erasure_appended")
        logger.info("erasure_appended", request=request, events=len(events))
        self._erasures.keep(erasure)
        return True

    def _callers(self, conversation_id: str) -> set[str]:
        kept = self._writer.calls.get(conversation_id)
        return {kept.caller} if kept else set()

    def _pending_of(self, request: int) -> _Pending:
        return self._pending.setdefault(request, _Pending())

    def _keep_request(self, request: ErasureRequest, place: Place) -> None:
        self._keys.check(request)
        self._erasures.keep_request(request, place)

    def _request_for(self, caller: str, started_at_s: int) -> int | None:
        requests = [self._erasures.request_for(hash_, started_at_s) for hash_ in self._keys.hashes_of(caller)]
        return min((request for request in requests if request is not None), default=None)
