"""
Removes what was erased, in slices, outside of the transactions in which events are projected.

In this order: the rows of erased conversations go; the log is searched for what belongs to no known caller; an erasure
that lists all that will be removed is appended to the log; once it is projected, its files go. Each slice is one short
transaction, or none. If the process dies, the next one goes on: what is left to do stands in the read model, and a
replay finds it in the log.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

import msgspec

from events.disk import steps
from events.errors import DamagedEventError, EventsError
from events.log.erasure import SOURCE, Erasure, erased_event
from events.log.erasure_request import request_answered_at
from events.log.filing import ERASURE, ERASURE_REQUEST
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.projection.erasing.eraser import Eraser
from projector.projection.erasing.removal import NOTHING_LISTED, Removal, in_read_model, listed_at
from projector.projection.erasing.search import Search
from projector.projection.faults import THE_WORLDS, describe_our_fault
from projector.projection.folding.refold import Refolder
from projector.projection.folding.stale import Stale
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")
# A slice delays the next event by as much; a search finds a new call a few times as long after its webhook.
_SLICE_S, _CONVERSATIONS = 0.02, 20


class ErasureWork:
    """
    What is left to do for the requests of one generation.

    `removals` changes whenever a removal from the log begins or ends.

    Only one process at a time works on it, so that none appends an erasure that another one has appended.

    Args:
        writer: the generation, open for writing.
        log: erasures are appended to it, and it removes what they list.
        eraser: knows what is erased.
        refolder: folds a caller again of whom calls are left, and removes memories from the index.
        transaction: makes the writes of a block one, as the projection of events does.
        settle: gives calls to whom they belong once others are removed, and notes of whom that changes the memories.
        on_fault: receives the place of a request, an erasure or an event that is to be tried again later, and why.
        region: the region in which national numbers are read.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        log: EventLog,
        eraser: Eraser,
        refolder: Refolder,
        transaction: Callable[[], AbstractContextManager[None]],
        *,
        settle: Callable[[Stale], None],
        on_fault: Callable[[Place, str, str], None],
        region: str,
    ) -> None:
        self._writer = writer
        self._transaction = transaction
        self._erasures = writer.erasures
        self._erased = writer.erased
        self._log = log
        self._eraser = eraser
        self._refolder = refolder
        self._settle = settle
        self._on_fault = on_fault
        self._region = region
        self._search: tuple[Search, Iterator[None]] | None = None
        self._removal: tuple[Place, Removal] | None = None
        self.removals = 0
        # Up to where erasures may stand in the log that are not projected yet; None before the first look.
        self._appended_until: int | None = None

    def step(self, *, is_waiting: bool) -> bool:
        """
        Do one slice of the work, and return whether anything was done: then there may be more.

        Args:
            is_waiting: whether to wait for threads that remove files; else they go on beside.

        Raises the world's faults, as `Projection` does; the step is to be made again.
        """
        return self._forget() or self._search_on() or self._account() or self.remove(is_waiting=is_waiting)

    def is_carrying_out(self) -> bool:
        """Tell whether rows or files of a request are still to be removed, before it can be finished."""
        return self._erasures.is_carrying_out()

    def unfinished(self) -> list[int]:
        """
        Return the requests whose words may still be in the files of the read model, or in an outside engine.

        Leaves out those of which files of the log are still to be removed: nothing else can finish them.
        """
        unfinished = self._erasures.unfinished()
        if not unfinished:
            return []
        faults = self._writer.read_model.faults()
        stuck = {request_answered_at(self._log, fault.place) for fault in faults if fault.kind == ERASURE}
        return [request for request in unfinished if request not in stuck]

    def accounted(self) -> list[int]:
        """Return the requests for which an erasure stands in the log, finished or not."""
        return self._erasures.accounted()

    def removed(self, request: int) -> int:
        """Return how many rows and files were removed for a request so far."""
        return self._erasures.removed_ever(request)

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover, in this generation or in any other file."""
        self._erasures.finish(requests)

    def close(self) -> None:
        """End what goes on beside; the next process does it again."""
        if self._removal is not None:
            self._removal[1].end()
            self._removal = None
            self.removals += 1

    def remove(self, *, is_waiting: bool) -> bool:
        """Have what an erasure lists removed from the log; return whether that is done, and another may be next."""
        timeout_s: float | None = 0.0
        if self._removal is None:
            next_place = self._erased.removal()
            if next_place is None:
                return False
            self.removals += 1
            self._removal = (next_place, Removal(self._log, self._listed(next_place)))
            timeout_s = _SLICE_S  # a small one is done by then
        place, removal = self._removal
        try:
            if not removal.has_ended(timeout_s=None if is_waiting else timeout_s):
                return False
        except BaseException:
            self.close()
            raise
        stuck = removal.stuck
        self.close()
        steps.reached("erased_files_removed")
        with self._transaction():
            self._erased.end_removal(place.position)
            if stuck:
                self._on_fault(place, ERASURE, "; ".join(stuck))
                self._erasures.reopen(self._listed(place).request)
        return True

    def _forget(self) -> bool:
        """Remove the rows of a few erased conversations, then the index; fold the caller again once all is gone."""
        caller, first = min(self._writer.parties.being_forgotten().items(), default=(None, 0))
        if caller is None:
            return False
        until_s = time.monotonic() + _SLICE_S
        with self._transaction():
            while rest := self._writer.parties.to_forget(caller, limit=_CONVERSATIONS):
                removed: dict[int, Counter[str]] = defaultdict(Counter)
                for conversation_id, request in rest:
                    removed[request] += self._remove_rows(caller, conversation_id)
                for request, counts in removed.items():
                    self._erasures.note_removed(request, counts)
                self._refold(Stale())
                steps.reached("erased_rows_removed")
                if time.monotonic() >= until_s:
                    return True
            while self._refolder.forget_some(caller):
                if time.monotonic() >= until_s:
                    return True
            before = self._writer.memories.count_by_kind(caller)
            self._writer.parties.end_forgetting(caller)
            self._refolder.refold_from_nothing(caller)
            gone = before - self._writer.memories.count_by_kind(caller)
            self._erasures.note_removed(first, in_read_model(gone))
        steps.reached("caller_forgotten")
        return True

    def _remove_rows(self, caller: str, conversation_id: str) -> Counter[str]:
        counts = in_read_model(self._writer.memories.count_of(caller, conversation_id))
        self._writer.memories.remove(caller, conversation_id)
        counts += self._eraser.remove_rows(conversation_id)
        counts["log.recordings"] += len(self._log.recordings(conversation_id))
        return counts

    def _search_on(self) -> bool:
        """Search the log for a while, in one pass for all requests that wait; note what was found at its end."""
        if self._search is None:
            if not (requests := self._erasures.to_search_for()):
                return False
            # Whole drafts of dead writers become events now, and are covered like any other late event.
            try:
                self._log.recover()
            except DamagedEventError as error:  # and one that cannot, once it can
                logger.warning("draft_stays", error=str(error))
            search = Search(self._writer, self._log, self._eraser.keys, requests, region=self._region)
            self._search = (search, search.steps())
        search, rest = self._search
        until_s = time.monotonic() + _SLICE_S
        try:
            if any(time.monotonic() >= until_s for _ in rest):
                return True
            self._note_found(search)
        except THE_WORLDS:
            self._search = None
            raise
        except Exception as error:
            self._search = None
            logger.exception("erasure_search_failed", requests=[request.place.position for request in search.requests])
            with self._transaction():
                for request in search.requests:
                    self._on_fault(request.place, ERASURE_REQUEST, describe_our_fault(error))
        self._search = None
        return True

    def _note_found(self, search: Search) -> None:
        with self._transaction():
            stale = Stale()
            for event, request in search.found.values():
                self._erased.erase_event(erased_event(event), request)
                if event.receipt.conversation_id is not None:
                    stale.add_whole(self._eraser.erase(event.receipt.conversation_id, request))
            for conversation_id, request in search.named.items():
                stale.add_whole(self._eraser.erase(conversation_id, request))
            self._refold(stale)
            self._eraser.write()
            for asked in search.requests:
                position = asked.place.position
                self._erasures.note_searched(position, self._unread(search, position))
        steps.reached("log_searched")

    def _refold(self, stale: Stale) -> None:
        self._settle(stale)
        stale.leave_out(self._writer.parties.being_forgotten())
        self._refolder.refold(stale)

    def _unread(self, search: Search, request: int) -> list[int]:
        """Set aside the events that could not be searched for a request, and return their positions."""
        return [
            event.place.position
            for event, error in search.unread
            if event.place.position < request and self._eraser.unsearched.note(event, request, error)
        ]

    def _account(self) -> bool:
        """
        Append an erasure for each request of which something is in no erasure yet.

        Late events wait while files are removed, for then one erasure lists many: others may come in faster than files
        go, and an erasure for each few of them would have its turn later and later.
        """
        requests = self._erasures.to_account()
        if requests and self._erased.removal() is not None:
            requests = [request for request in requests if not self._erasures.has_account(request)]
        if not requests or not self._knows_all_erasures():
            return False
        for request in requests:
            conversations, events = self._erased.unlisted(request)
            counts = self._erasures.removed(request)
            counts.update(f"log.{event.kind}" for event in events)
            caller_hash, requested_at_s = self._erasures.request(request)
            erasure = Erasure(
                request=request,
                caller=caller_hash,
                requested_at_s=requested_at_s,
                conversations=tuple(conversations),
                events=tuple(events),
                counts=dict(sorted((+counts).items())),
                has_searched=not self._erasures.has_account(request),
                unread=self._erasures.unread(request),
            )
            self._appended_until = self._log.append(msgspec.json.encode(erasure), source=SOURCE).position
            steps.reached("erasure_appended")
            logger.info("erasure_appended", request=request, events=len(events))
        return True

    def _knows_all_erasures(self) -> bool:
        """Tell whether all erasures are projected that we, or a process before us, have appended."""
        if self._appended_until is None:
            tail = self._log.tail()
            self._appended_until = tail.position if tail else 0
        place = self._writer.read_model.place()
        return place is not None and place.position >= self._appended_until

    def _listed(self, place: Place) -> Erasure:
        """Return the erasure at a place; one that lists nothing if it cannot be read, which is listed as a fault."""
        try:
            return listed_at(self._log, place)
        except (EventsError, msgspec.MsgspecError) as error:
            with self._transaction():
                self._on_fault(place, ERASURE, str(error))
            return NOTHING_LISTED
