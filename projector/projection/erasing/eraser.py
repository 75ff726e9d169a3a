"""
Carries out requests to forget a caller, in the transaction that projects them: which conversations are erased.

A conversation is erased whole if any version of it names that caller and is covered by the request, whenever it
arrives. From the transaction on, no reader gets anything of the caller. What is left is removed afterwards, in slices;
see `work`. The log says first, in an erasure, what will be removed from it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from events.errors import EventsError, UnprovenEventError
from events.log.erasure import ErasedEvent, Erasure, ErasureRequest, erased_event, is_ours, read_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.projection.erasing.check import ErasureCheck
from projector.projection.erasing.clock import LogClock, received_at_s
from projector.projection.erasing.corrections import ForgottenCorrections
from projector.projection.erasing.coverage import CallTimes, covers, dated_at_s, skew_near, started_at_s
from projector.projection.erasing.keys import ErasureKeys
from projector.projection.erasing.removal import in_read_model
from projector.projection.erasing.unsearched import Unsearched
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")


class Eraser:
    """
    Erases the calls that a request covers from one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        log: its key hashes the callers.
        region: the region in which national numbers are read.
        on_fault: receives an event of which a part is still to be done, and why; it is tried again like any fault.
    """

    def __init__(
        self, writer: ReadModelWriter, log: EventLog, *, region: str, on_fault: Callable[[Event, str], None]
    ) -> None:
        self._writer = writer
        self._erasures = writer.erasures
        self._erased = writer.erased
        # Nobody may fold meanwhile: what is counted and removed must be all that there is.
        self._be_alone = writer.sharing.be_alone if writer.sharing is not None else lambda: None
        self._log = log
        self.keys = ErasureKeys(log)
        self.unsearched = Unsearched(writer, self.keys.hashes_of, region=region, on_fault=on_fault)
        self.corrections = ForgottenCorrections(writer, self.keys)
        self.clock = LogClock(writer)
        self._check = ErasureCheck(log, writer.erasures, writer.erased, self.keys, region=region)
        self._newly_forgotten: list[str] = []
        self._filed: list[ErasedEvent] = []
        self._unlinked = set[str]()
        # The memories that callers had before a conversation of theirs was erased, by request.
        self._before: dict[int, dict[str, Counter[str]]] = {}

    def roll_back(self) -> None:
        """Drop what a batch noted that was rolled back."""
        self._filed, self._before, self._newly_forgotten = [], {}, []
        self._unlinked.clear()
        self.clock.roll_back()

    def preload(self, until: Place) -> None:
        """Keep the requests and erasures up to a place first: a replay meets the calls that they cover before them."""
        for event, read in self._ours(None, until):
            match read:
                case ErasureRequest():
                    self._keep_request(read, event.place)
                case Erasure():
                    self._erasures.keep(read)
                    self.unsearched.expect(read.unread)
        # This database never holds a word of these calls. No reader sees that they are finished before the files of
        # the log are gone, and the memory engine is wiped too.
        self._erasures.finish(self._erasures.unfinished())

    def take_ahead(self, after: Place | None, until: Place) -> set[str]:
        """
        Erase what the requests and erasures between two places cover, before their turn has come.

        Returns:
            the callers whose memories that changes.

        Raises:
            PositionError: another line stands at `after`.
        """
        stale: set[str] = set()
        for event, read in self._ours(after, until):
            match read:
                case ErasureRequest():
                    stale |= self._take_request(read, event)
                case Erasure():
                    stale |= self._keep_erasure(read)
        return stale

    def note(self, event: Event) -> None:
        """Note where an event is filed, so that an erasure finds it without reading the journal."""
        if event.receipt.conversation_id is None:
            self._writer.filed.note_stray(event.place)
        else:
            self._filed.append(erased_event(event))

    def note_if_erased(self, event: Event) -> bool:
        """Account for an event if it, or its conversation, was erased; return whether that is so."""
        if not self._erasures.has_requests():
            return False
        if self._erased.has_event(event.place.position):
            return True
        if (request := self._erased.request_of(event)) is None:
            return False
        self._erased.erase_event(erased_event(event), request)
        return True

    def erase_if_named(self, event: Event) -> bool:
        """
        Account for an event that no request could search, if it names a caller; return whether that is so.

        Raises:
            DamagedEventError: it cannot be read now either.
        """
        request = self.unsearched.request_naming(event)
        if request is not None:
            self._erased.erase_event(erased_event(event), request)
        return request is not None

    def erase_if_covered(
        self, event: Event, conversation_id: str, caller: str, said_s: int, *, is_folded: bool = True
    ) -> set[str] | None:
        """
        Erase the conversation of an event if a request covers it, else note that the caller is a party to it.

        Args:
            said_s: when the conversation started by its own event, Unix seconds; 0 if that does not say.
            is_folded: whether the fold says that the caller is one; else the event only names them.

        Returns:
            the callers whose memories that changes; None if no request covers it.
        """
        if self._erasures.has_requests():
            times = self.clock.times_of(event, said_s)
            request = self._erased.request_of_conversation(conversation_id)
            if request is None:
                request = min(self._covering(caller, times, is_folded=is_folded), default=None)
            if request is not None:
                self._erased.erase_event(erased_event(event), request)
                return self.erase(conversation_id, request)
        position, begun_s = event.place.position, started_at_s(said_s, received_at_s(event))
        self._writer.parties.note(conversation_id, caller, begun_s, position=position, is_folded=is_folded)
        return None

    def _covering(self, caller: str, times: CallTimes, *, is_folded: bool) -> Iterator[int]:
        """Yield the positions of the requests that cover a call of a caller."""
        if not is_folded and self._writer.read_model.is_agent_line(caller):
            return  # the other party's call may only come
        for hash_ in self.keys.hashes_of(caller):
            for request in self._erasures.requests_of(hash_):
                # Whom earlier events name, a request finds when its turn comes: whose calls these are is known by then.
                if covers(request, times) and (is_folded or request.place.position < times.position):
                    yield request.place.position

    def take(self, event: Event) -> set[str]:
        """
        Project a request or an erasure, and return the callers whose memories that changes.

        Raises:
            DamagedEventError, msgspec.MsgspecError: it cannot be read.
            UnprovenEventError: an erasure does not answer its request.
            JournalError: the key that hashed the caller is gone.
        """
        self._be_alone()
        match read_erasure(event):
            case ErasureRequest() as request:
                self._check.note(event.place.position, request)
                return self._take_request(request, event)
            case Erasure() as erasure:
                for reason in self._check.refusals({event.place.position: erasure}).values():
                    raise UnprovenEventError(f"forged: {reason}")
                stale = self._keep_erasure(erasure)
                self._erased.begin_removal(event.place, is_first=erasure.has_searched)
                return stale
        return set()

    def erase(self, conversation_id: str, request: int) -> set[str]:
        """Erase one conversation at once, and return the callers whose memories that changes."""
        self._be_alone()
        callers = {kept.caller} if (kept := self._writer.calls.get(conversation_id)) else set()
        before = self._before.setdefault(request, {})
        for caller in callers - before.keys():
            before[caller] = self._writer.memories.count_by_kind(caller)
        counts = self.remove_rows(conversation_id)
        if self._erased.request_of_conversation(conversation_id) is None:
            counts["log.recordings"] += len(self._log.recordings(conversation_id))
        self._erased.erase(conversation_id, request)
        self._erasures.note_removed(request, counts)
        return callers

    def remove_rows(self, conversation_id: str) -> Counter[str]:
        """Remove all rows of a conversation but its memories, and return how many of its calls there were."""
        self._writer.parties.remove(conversation_id)
        self._writer.calls.remove_machine(conversation_id)
        self._writer.extractions.remove(conversation_id)
        if (id_ := self._writer.links.id_in(conversation_id)) is not None:
            self._writer.links.remove(conversation_id)
            self._unlinked.add(id_)
        self._writer.faults.clear_conversation(conversation_id)
        calls = self._writer.calls
        removed, missed = calls.remove(conversation_id), calls.remove_missed(conversation_id)
        return Counter({"read_model.calls": removed, "read_model.missed_calls": missed})

    def unlinked(self) -> list[str]:
        """Return, once, the ids of callers of which the transaction under way removed what a call said of them."""
        ids = sorted(self._unlinked)
        self._unlinked.clear()
        return ids

    def newly_forgotten(self) -> list[str]:
        """Return, once, the callers whom the transaction under way began to forget."""
        callers, self._newly_forgotten = self._newly_forgotten, []
        return callers

    def write(self) -> None:
        """Write what was noted of a batch, once the callers that it concerns are folded."""
        self._writer.filed.note(self._filed)
        self.clock.write()
        for request, callers in self._before.items():
            for caller, before in callers.items():
                gone = before - self._writer.memories.count_by_kind(caller)
                self._erasures.note_removed(request, in_read_model(gone))
        self._filed, self._before = [], {}

    def named(self, callers: Iterable[str], requests: Iterable[int]) -> list[str]:
        """Return the callers that one of the requests names."""
        named = {self._erasures.request(request)[0] for request in requests}
        return sorted(caller for caller in callers if not named.isdisjoint(self.keys.hashes_of(caller)))

    def requests_without_key(self) -> Iterator[tuple[Place, str]]:
        """Yield the requests that no longer cover late calls because their key is gone, each with the reason."""
        if not self._erasures.has_requests():
            return  # then there need be no key
        for place in self._erasures.requests_of_other_keys(self.keys.ids()):
            yield place, self.keys.not_the_key()

    def _take_request(self, request: ErasureRequest, event: Event) -> set[str]:
        position = event.place.position
        self._keep_request(request, event.place)
        clock, at_s = self.clock.known, received_at_s(event)
        skew_s = skew_near(clock.arrivals, at_s)
        self._erasures.note_clock(position, received_at_s=at_s, latest_s=clock.latest_s, skew_s=skew_s)
        parties, stale = self._writer.parties, set[str]()
        before, until_s = 0, request.requested_at_s
        if request.by_position:
            before, until_s = position, dated_at_s(request.requested_at_s, at_s)
        stale |= self.corrections.remove(request, before=position)
        for caller in parties.callers():
            if request.caller not in self.keys.hashes_of(caller):
                continue
            # Another caller's call is taken out at once: that caller is folded again without it.
            for conversation_id in parties.in_anothers_call(caller, before=before, started_until_s=until_s):
                stale |= self.erase(conversation_id, position)
            if parties.erase(caller, position, before=before, started_until_s=until_s):
                parties.begin_forgetting(caller, position)
                self._newly_forgotten.append(caller)
        return stale

    def _keep_erasure(self, erasure: Erasure) -> set[str]:
        self._erasures.keep(erasure)
        held = self._writer.parties.held(erasure.conversations)
        stale = {caller for conversation_id in held for caller in self.erase(conversation_id, erasure.request)}
        for conversation_id in erasure.conversations:
            self._writer.faults.clear_conversation(conversation_id)
        return stale

    def _ours(self, after: Place | None, until: Place) -> list[tuple[Event, ErasureRequest | Erasure]]:
        """Return the requests and erasures between two places, but for those that cannot be read, used or believed."""
        found: list[tuple[Event, ErasureRequest | Erasure]] = []
        for event in self._log.read(after):
            if event.place.position > until.position:
                break
            if not isinstance(event, Event) or not is_ours(event.receipt) or self._log.proofs.why_not(event):
                continue  # one that is not proven is recorded as a fault when its turn comes
            try:
                read = read_erasure(event)
                if isinstance(read, ErasureRequest):
                    self._check.note(event.place.position, read)
                    self.keys.check(read)
            except (EventsError, msgspec.MsgspecError) as error:  # recorded as its fault when its turn comes
                logger.warning("erasure_unusable", position=event.place.position, error=str(error))
            else:
                if read is not None:
                    found.append((event, read))
        erasures = {event.place.position: read for event, read in found if isinstance(read, Erasure)}
        refused = self._check.refusals(erasures)
        return [(event, read) for event, read in found if event.place.position not in refused]

    def _keep_request(self, request: ErasureRequest, place: Place) -> None:
        self.keys.check(request)
        self._erasures.keep_request(request, place)
