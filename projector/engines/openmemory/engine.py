"""
OpenMemory as an engine: rows of its own for our memories, found again by what we tell it of each.

OpenMemory takes different memories for duplicates, also those of different callers, and drops the later one. So each
row is read back, and what was swallowed is put again with a reference that makes it another text. The words that a
caller hears are never read from here.
"""

import secrets
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from projector.domain.memories import Memory
from projector.engines.openmemory.rows import Known, PlannedRow, Rows, is_of_another_log, is_ours, wanted_of
from projector.engines.openmemory.store import OpenMemory, Stored
from projector.engines.protocol import Hit, ShortSearchError
from projector.errors import EngineError, EngineOwedError, EngineRefusedError, ReadModelDamagedError

# What is put is told apart by this; with another one all of it is put again.
ROWS_VERSION = "2 "
# With the log's name, of whom the row is that says for which generation the others were put: no caller has such a key.
_MARK_USER = "elaoms-"
# Longer than what a server keeps that stores summaries only (200 characters, or 1,000), and of different words.
_MARK = " ".join(f"elaoms{number} reconciled{number}" for number in range(80))
_TRIES_MAX = 24
_SEARCHED_MIN, _SEARCHED_GROWTH = 10, 5
_REMOVALS_MAX = 5
# What a memory without any weight still has of its score, and one that was superseded of that.
_LIGHTEST, _SUPERSEDED = 0.7, 0.8
_SHORTENED = "OpenMemory shortens what it is given: set OM_USE_SUMMARY_ONLY=false there, then `projector --replay`"
_OWED = "OpenMemory is still to be told of some of the caller's memories"
_HOLDS_LESS = "OpenMemory does not find all that it was given of a caller"
_HOLDS_OTHERS = "OpenMemory does not hold the memories of this read model; the projector fills it by a replay"


class OpenMemoryEngine:
    """
    Holds memories as rows of OpenMemory, and in the read model which row is which memory.

    Rows that were put for another log are another installation's, and left alone. So are those that others put, but
    for those of a caller of whom nothing is to be left: OpenMemory itself may have made them of our words.

    Args:
        connection: an open generation; changes join the transaction that is under way.
        open_store: returns the OpenMemory; asked when it is first needed.
        log_name: of the log whose memories are put; nothing for an empty one, and for who only searches.
    """

    def __init__(
        self, connection: sqlite3.Connection, open_store: Callable[[], OpenMemory], log_name: str = ""
    ) -> None:
        self._rows = Rows(connection)
        self._open_store = open_store
        self._log_name = log_name
        self._opened: OpenMemory | None = None
        # What is held of the caller who was asked for last: a replay replaces one conversation after the other.
        self._held: tuple[str, dict[str, list[Stored]]] | None = None
        self._is_filling = False

    @classmethod
    def create(
        cls, connection: sqlite3.Connection, open_store: Callable[[], OpenMemory], log_name: str = ""
    ) -> "OpenMemoryEngine":
        """Make the tables in a new generation."""
        Rows.create(connection)
        return cls(connection, open_store, log_name)

    @property
    def _store(self) -> OpenMemory:
        if self._opened is None:
            self._opened = self._open_store()
        return self._opened

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """See `Engine.replace`."""
        try:
            held = self._held_of(caller)
            kept = list(self._reconcile(caller, held.pop(conversation_id, []), memories))
            held[conversation_id] = [stored for stored, _ in kept]
            self._rows.replace(caller, conversation_id, ((stored.id, wanted) for stored, wanted in kept))
            # Of whom nothing is left, what is said of them goes as well: a call may have become another caller's.
            self._rows.note_profile(caller, self._store.summary(caller) if self._rows.count(caller) else "")
        except BaseException:
            self.let_go()  # what became of it, only OpenMemory knows
            raise

    def put(self, caller: str, conversation_id: str, index: bytes) -> None:
        """See `Engine.put`; there is no index but OpenMemory's own."""
        raise NotImplementedError

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """
        See `Engine.search`.

        A score is OpenMemory's, less what the memory lacks in salience and what it is behind the times.
        """
        if limit < 1:
            return []
        if self._rows.is_owed(caller):
            raise EngineOwedError(_OWED)
        held = self._rows.count(caller)
        if not held:
            return []
        until = None if timeout_s is None else time.monotonic() + timeout_s
        # A server looks through the rows of all callers, and takes ever longer for more of them.
        asked = max(_SEARCHED_MIN, 2 * limit)
        while True:
            left_s = None if until is None else until - time.monotonic()
            if left_s is not None and left_s <= 0:
                raise EngineError("OpenMemory took too long")
            found = self._store.search(caller, query, limit=asked, timeout_s=left_s)
            known = self._rows.known(caller, [row_id for row_id, _ in found])
            hits = _hits(found, known, agent_id)
            if len(hits) >= limit:
                return hits[:limit]
            if len(found) < asked:
                # OpenMemory finds whatever there is, however little it fits.
                if len(known) < held:
                    raise ShortSearchError(_HOLDS_LESS, hits)
                return hits
            # What the agent may not be told, or others put, took the places of what it may: ask for more.
            asked *= _SEARCHED_GROWTH

    def warm(self, caller: str) -> None:
        """See `Engine.warm`; OpenMemory has nothing of the kind."""

    def forget(self, caller: str) -> None:
        """See `Engine.forget`."""
        self.let_go()
        for _ in range(_REMOVALS_MAX):
            held = [stored for stored in self._store.rows(caller) if not is_of_another_log(stored, self._log_name)]
            if not held:
                break
            # Ours last: by these a replay finds who is still to be forgotten.
            for stored in sorted(held, key=self._is_ours):
                self._store.remove(stored.id)
        else:
            raise EngineError("OpenMemory still holds memories of a caller who was forgotten")
        self._rows.forget(caller)

    def callers(self) -> set[str]:
        """See `Engine.callers`."""
        return self._store.users() - {self._mark_user}

    def let_go(self) -> None:
        """See `Engine.let_go`."""
        self._held = None

    def wipe(self) -> None:
        """See `Engine.wipe`."""
        self._store.wipe()

    def profile(self, caller: str) -> str:
        """See `Engine.profile`."""
        return self._rows.profile(caller)

    def begin(self) -> None:
        """See `Engine.begin`."""
        self._store.check()
        if self._log_name:
            # From here on it fits no generation, until one is whole: not the old one either, should we end half-way.
            self._store.remove_all(self._mark_user)
        self._is_filling = True

    def finish(self, callers: Collection[str]) -> None:
        """See `Engine.finish`."""
        self.let_go()
        self._is_filling = False
        if not self._log_name:
            return  # there is nothing to hold, and nothing to tell ours by
        there = set(callers)
        for user_id in self._store.users() - {self._mark_user}:
            ours = [stored.id for stored in self._store.rows(user_id) if self._is_ours(stored)]
            # Of a caller who stays, a conversation may be gone: nobody told of it, and so nobody removed its rows.
            kept = self._rows.known(user_id, ours) if user_id in there else {}
            for row_id in ours:
                if row_id not in kept:
                    self._store.remove(row_id)
        token = secrets.token_hex(16)
        mark = PlannedRow.mark(_MARK, token)
        self._rows.note_mark(self._add(self._mark_user, mark).id, token)

    def fits(self) -> bool:
        """See `Engine.fits`."""
        noted = self._rows.mark()
        if noted is not None:
            return self._mark(noted) is not None
        # None was noted of an empty log: as long as it is empty, nothing is to be held.
        if self._log_name:
            self._store.check()  # a replay could only wait for it
        return not self._log_name

    def health(self, *, timeout_s: float) -> str:
        """See `Engine.health`."""
        until = time.monotonic() + timeout_s
        noted = self._rows.mark()
        words = "ok" if noted is None else _HOLDS_OTHERS  # without a mark nothing is to be held
        try:
            mark = None if noted is None else self._mark(noted, timeout_s=timeout_s)
            if mark is not None:
                return _SHORTENED if len(mark.content) < len(_MARK) or self._rows.is_shortened() else "ok"
        except EngineRefusedError as error:
            words = str(error)
        except EngineError as error:
            return str(error)
        # A server of the wrong kind has no such row, or hands none out: that is not all that is wrong with it.
        try:
            self._store.check(timeout_s=max(0.0, until - time.monotonic()))
        except EngineError as error:
            return str(error)
        return words

    def check(self) -> None:
        """See `Engine.check`."""
        if not self._rows.fit_memories():
            raise ReadModelDamagedError("what OpenMemory was given does not fit the memories")

    @property
    def _mark_user(self) -> str:
        return _MARK_USER + self._log_name

    def _is_ours(self, stored: Stored) -> bool:
        return is_ours(stored, self._log_name)

    def _mark(self, noted: tuple[str, str], *, timeout_s: float | None = None) -> Stored | None:
        row_id, token = noted
        stored = self._store.row(row_id, timeout_s=timeout_s)
        return stored if stored is not None and stored.metadata.get("memory_id") == token else None

    def _held_of(self, caller: str) -> dict[str, list[Stored]]:
        if self._held is None or self._held[0] != caller:
            held: dict[str, list[Stored]] = defaultdict(list)
            for stored in self._store.rows(caller):
                if self._is_ours(stored):
                    held[str(stored.metadata.get("conversation_id"))].append(stored)
            self._held = (caller, held)
        return self._held[1]

    def _reconcile(
        self, caller: str, held: list[Stored], memories: Sequence[Memory]
    ) -> Iterator[tuple[Stored, PlannedRow]]:
        """Yield the row of each part of each memory, added where there is none that fits; remove what is left over."""
        fitting: dict[str, Stored] = {}
        wanted = {each.sum: each for memory in memories for each in wanted_of(memory)}
        for stored in held:
            sum_ = str(stored.metadata.get("sum"))
            if sum_ not in fitting and self._is_fitting(stored, wanted.get(sum_)):
                fitting[sum_] = stored
            else:  # of an earlier version of the memory, or put twice by somebody who died in between
                self._store.remove(stored.id)
        for sum_, each in wanted.items():
            row = fitting.get(sum_) or self._add(caller, each)
            if _is_shortened(row, each):
                self._rows.note_shortened()
            yield row, each

    def _is_fitting(self, stored: Stored, wanted: PlannedRow | None) -> bool:
        # Only a replay puts again what was shortened: where the server still does that, each call would.
        return wanted is not None and not (self._is_filling and _is_shortened(stored, wanted))

    def _add(self, caller: str, wanted: PlannedRow) -> Stored:
        if not self._log_name:
            raise EngineError("nothing can be put for a log that has no name: it is empty, or whoever puts did not say")
        for tries in range(_TRIES_MAX):
            content, metadata = wanted.content(tries), wanted.metadata(self._log_name)
            row_id = self._store.add(caller, content, tags=wanted.tags, metadata=metadata)
            stored = self._store.row(row_id)
            if stored is None or stored.user_id != caller or not self._is_ours(stored):
                continue
            if stored.metadata.get("sum") == wanted.sum:
                return stored
        raise EngineError(f"OpenMemory takes a memory for a duplicate, whatever reference it is given ({_TRIES_MAX})")


def _is_shortened(stored: Stored, wanted: PlannedRow) -> bool:
    return len(stored.content) < len(wanted.text)


def _hits(found: list[tuple[str, float]], known: Mapping[str, Known], agent_id: str | None) -> list[Hit]:
    best: dict[str, float] = {}
    for row_id, score in found:
        row = known.get(row_id)
        if row is None or (agent_id is not None and row.told_to not in {None, agent_id}):
            continue
        weighed = score * (_LIGHTEST + (1 - _LIGHTEST) * row.salience) * (1 if row.is_current else _SUPERSEDED)
        best[row.memory_id] = max(weighed, best.get(row.memory_id, 0.0))
    return [Hit(id_, score) for id_, score in sorted(best.items(), key=lambda each: (-each[1], each[0]))]
