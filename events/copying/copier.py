"""Copies one log into another place, from where an earlier copy ended, while others may append to it."""

from collections.abc import Iterator, Set

import msgspec

from events.copying.totals import CopyNote, CopyTotals
from events.errors import DamagedEventError, JournalError
from events.folder_log.layout import is_path_in_log
from events.log.copying import CopiedEvent, CopySource, CopyTarget, Line
from events.log.draft import Draft
from events.log.erasure import Erasure, read_erasure
from events.log.event import Event
from events.log.filing import ERASURE
from events.log.proof.proofs import SEAL_SOURCE
from events.log.receipt import HEADER, Place, Receipt, read_receipt, sha256_of
from events.process.screen.progress import Progress
from events.process.terminal import printable
from events.verify.erased import ErasedSet

# How much is on its way at a time: the target makes it durable together.
_GROUP_EVENTS = 64
_GROUP_BYTES = 8 * 1024 * 1024


class Copier:
    """
    Makes one log what another one is, up to the last event that was committed there when the copy began.

    It can be killed at any moment, and run again: it goes on behind the last line that both have. Bodies come before
    their lines, and what an erasure lists goes before the line of that erasure; so what is there is always a beginning
    of the log, with its bodies.

    Args:
        leaves_out: whether an event whose body is missing or damaged is copied without it; else the copy ends there.
        on_progress: called with how many events are done, and how many there are.
    """

    def __init__(
        self,
        source: CopySource,
        target: CopyTarget,
        *,
        leaves_out: bool = False,
        on_progress: Progress = lambda *_: None,
    ) -> None:
        self.totals = CopyTotals()
        self._source = source
        self._target = target
        self._leaves_out = leaves_out
        self._on_progress = on_progress
        self._end: Place | None = None
        self._erased = ErasedSet(source.proofs)
        self._group: list[CopiedEvent] = []
        self._group_bytes = 0
        self._taken_to: Place | None = None

    def run(self) -> Iterator[CopyNote]:
        """
        Copy, and yield which bodies were left out; `totals` are complete after the last note.

        Raises:
            JournalError: the target holds another history, or a line of the source is damaged.
            DamagedEventError: a body is missing or damaged, and is not to be left out.
            LogClosedError: the target has no room, or fails; a retry is safe.
            LogKeyError: whether an erasure is ours cannot be told without this log's key.
        """
        self._source.proofs.check_key()
        self._taken_to = self._target.tail()
        self._end = self._source.end()
        self._check_history()
        self._target.begin()
        self._look_ahead()
        try:
            if self._taken_to != self._end:
                yield from self._copy()
        finally:
            self._discard()
        self._target.settle()
        self.totals.remains = self._target.wipe()
        if self._end is not None:
            self.totals.position, self.totals.head = self._end.position, self._end.sha256

    def _look_ahead(self) -> None:
        """Note where the source ends now, and what its erasures list up to there: they come after those events."""
        self._end = self._source.end()
        self._erased = ErasedSet(self._source.proofs)
        for line in self._source.erasure_lines():
            if self._end is not None and line.offset <= self._end.offset:
                self._erased.take_line(line.offset, line.text, self._source.bodies)
        if self._erased.fault is not None:
            # Its line would be copied, and what it lists would stay in the target for good.
            raise self._erased.fault
        if (key := self._source.erasure_key()) is not None:
            self._target.take_key(key)

    def _check_history(self) -> None:
        if self._taken_to is None or self._source.has(self._taken_to):
            return
        if self._end is not None and self._target.has(self._end):
            raise JournalError(
                f"{self._target} goes on behind position {self._end.position}, where {self._source} ends: it was"
                " appended to, or the other one was set back. Nothing was copied: is the other direction meant?"
            )
        raise JournalError(
            f"{self._target} holds another history than {self._source}, and is left as it is: copy into an empty place"
        )

    def _copy(self) -> Iterator[CopyNote]:
        for line, event in self._chained():
            yield from self._add(line, event)
            self._on_progress("events", event.place.position, self._end.position if self._end else 0)
            if event.place == self._end:
                self._flush()
                return
        self._flush()
        raise JournalError(f"{self._source} ends before position {self._end.position if self._end else 0}: it was cut")

    def _chained(self) -> Iterator[tuple[Line, Event]]:
        """
        Yield the events that follow; each but the last once the line behind it has its hash: damage is not passed on.

        Once in the copy, a line that somebody changed would part it from the log for good.
        """
        last, held = self._taken_to, None
        for line in self._source.lines(last):
            position, previous = (last.position + 1, last.sha256) if last else (1, sha256_of(HEADER))
            try:
                receipt = read_receipt(line.text)
            except msgspec.MsgspecError:
                receipt = None
            if receipt is None or receipt.position != position or receipt.previous != previous:
                self._flush()
                words = f"is damaged at position {position}, or just before: `events verify` says how"
                raise JournalError(f"{self._source} {words}. What comes before is copied")
            if held is not None:
                yield held
            last = Place(position, line.offset, sha256_of(line.text))
            held = line, Event(receipt, last, is_chained=True, bodies=self._source.bodies)
            if last == self._end:
                yield held
                held = None

    def _add(self, line: Line, event: Event) -> Iterator[CopyNote]:
        receipt = event.receipt
        is_turn = receipt.is_our_own and (receipt.kind == ERASURE or receipt.source == SEAL_SOURCE)
        if is_turn or len(self._group) >= _GROUP_EVENTS or self._group_bytes + receipt.size > _GROUP_BYTES:
            self._flush()
        draft = None
        if self._erased.covers(receipt):
            self.totals.erased += 1
        else:
            try:
                draft = self._drafted(event)
            except DamagedEventError as error:
                if self._has_been_erased(receipt):
                    self.totals.erased += 1
                elif self._leaves_out:
                    self.totals.left_out += 1
                    yield CopyNote(position=receipt.position, path=printable(receipt.path), words=printable(str(error)))
                else:
                    self._flush()
                    raise DamagedEventError(
                        f"position {receipt.position}: {printable(str(error))}. Restore it and copy again, or copy"
                        " without such bodies with --leave-out. What comes before is copied"
                    ) from error
        self._group.append(CopiedEvent(line, receipt, event.place, draft))
        self._group_bytes += receipt.size if draft is not None else 0
        if is_turn:
            self._carry_out(event)
            self._flush()

    def _drafted(self, event: Event) -> Draft:
        if not is_path_in_log(event.receipt.path):
            raise DamagedEventError(f"{event.receipt.path} is a path that no event has")
        draft = self._target.draft()
        try:
            for chunk in event.chunks():
                draft.write(chunk)
        except BaseException:
            draft.discard()
            raise
        return draft

    def _has_been_erased(self, receipt: Receipt) -> bool:
        """Return whether it was erased since we looked ahead; then the copy goes on to the erasure that says so."""
        if self._source.end() != self._end:
            self._look_ahead()
        return self._erased.covers(receipt)

    def _carry_out(self, event: Event) -> None:
        """
        Remove from the target what an erasure lists that counts, before the target has its line.

        A seal may make erasures count that did not before: then all that come before it are carried out once more.
        """
        if event.receipt.kind == ERASURE:
            if event.place.sha256 in self._erased.taken:
                self._remove(event)
            return
        earlier = []
        for line in self._source.erasure_lines():
            sha256 = sha256_of(line.text)
            if line.offset < event.place.offset and sha256 in self._erased.taken:
                receipt = read_receipt(line.text)
                place = Place(receipt.position, line.offset, sha256)
                earlier.append(Event(receipt, place, is_chained=True, bodies=self._source.bodies))
        alive = self._alive_before(event.place) if earlier else set()
        for each in earlier:
            self._remove(each, alive=alive)

    def _alive_before(self, place: Place) -> set[str]:
        """Return the names of events of no conversation that no erasure lists: the same bytes may have come again."""
        alive = set()
        for line in self._source.lines(None):
            if line.offset >= place.offset:
                break
            receipt = read_receipt(line.text)
            if receipt.conversation_id is None and not self._erased.covers(receipt):
                alive.add(receipt.path)
        return alive

    def _remove(self, event: Event, *, alive: Set[str] = frozenset()) -> None:
        erasure = read_erasure(event)
        if isinstance(erasure, Erasure):
            listed = tuple(each for each in erasure.events if each.path not in alive)
            self._target.remove(msgspec.structs.replace(erasure, events=listed))
            self.totals.removed += 1

    def _flush(self) -> None:
        """Make durable in the target what is on its way."""
        if not self._group:
            return
        self._target.take(self._group, self._taken_to)
        self._taken_to = self._group[-1].place
        self.totals.copied += len(self._group)
        self._discard()

    def _discard(self) -> None:
        for event in self._group:
            if event.draft is not None:
                event.draft.discard()
        self._group, self._group_bytes = [], 0
