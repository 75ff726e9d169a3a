"""
OpenMemory as an engine: it holds each memory as a row, and we recognise our rows by their metadata.

OpenMemory takes different memories for duplicates, even those of different callers, and drops the later one. So each
row is read back after it was added, and a memory that was dropped is added again with reference words that make it
another text. A caller never hears words that are read from here.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from projector.domain.memories import Memory
from projector.engines.openmemory.rows import PlannedRow, is_of_another_log, is_ours, plan_rows
from projector.engines.openmemory.searching import search_rows
from projector.engines.openmemory.store import OpenMemory, Stored
from projector.engines.protocol import Hit
from projector.errors import EngineBehindError, EngineError, EngineRefusedError
from projector.read_model.tables.engine_tables import OpenMemoryTable

# The version of what is put into a row; with another one a replay puts all rows again.
ROWS_VERSION = "2 "
# The user of the mark, with the log's name behind it; no caller has such a key.
_MARK_USER = "elaoms-"
# Longer than the summaries that a server may be set to keep instead of texts (200 characters, or 1,000), and of many
# different words.
_MARK = " ".join(f"elaoms{number} reconciled{number}" for number in range(80))
_TRIES_MAX = 24
_REMOVALS_MAX = 5
_SHORTENED = "OpenMemory shortens texts: set OM_USE_SUMMARY_ONLY=false there, then run `projector replay`"
_OWED = "changes of the caller's memories have not reached OpenMemory yet"
_HOLDS_OTHERS = "OpenMemory does not hold the memories of this read model; the projector will replay into it"


class OpenMemoryEngine:
    """
    Holds each memory as a row of OpenMemory, and notes in the read model which row holds which. An `OutsideEngine`.

    Rows that were put for another log belong to another installation, and are left alone. Rows added by other programs
    are left alone too, unless their caller is erased: OpenMemory may have derived them from our text.

    Args:
        table: of an open generation.
        open_store: returns the OpenMemory; called when it is first needed.
        name_log: returns the name of the log whose memories are put; empty for an empty log, and for a reader.
    """

    def __init__(
        self, table: OpenMemoryTable, open_store: Callable[[], OpenMemory], name_log: Callable[[], str] = str
    ) -> None:
        self._table = table
        self._open_store = open_store
        self._name_log = name_log
        self._named = ""
        self._opened: OpenMemory | None = None
        # The rows of the caller whose memories were replaced last: most replacements follow another one of that caller.
        self._held: tuple[str, dict[str, list[Stored]]] | None = None
        self._is_filling = False

    @property
    def _store(self) -> OpenMemory:
        if self._opened is None:
            self._opened = self._open_store()
        return self._opened

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Add rows that are missing, remove those that are left over, and note which row holds which memory."""
        try:
            held = self._held_of(caller)
            kept = list(self._reconcile(caller, held.pop(conversation_id, []), memories))
            held[conversation_id] = [stored for stored, _ in kept]
            self._table.replace(caller, conversation_id, (planned.noted(stored.id) for stored, planned in kept))
            # A caller without rows keeps no profile: a newer version of a call may name another caller.
            self._table.note_profile(caller, self._store.summary(caller) if self._table.count(caller) else "")
        except BaseException:
            self.let_go()  # only OpenMemory knows how far the change came
            raise

    def search(
        self,
        caller: str,
        query: str,
        *,
        keywords: Sequence[str] = (),
        limit: int,
        agent_id: str | None,
        names: Collection[str] = (),  # noqa: ARG002 - it looks into the question itself
        timeout_s: float | None = None,
        pause: Callable[[], None] = lambda: None,  # noqa: ARG002 - it computes elsewhere
    ) -> list[Hit]:
        """
        Ask OpenMemory for more and more rows, until enough of them are the caller's memories.

        A score is OpenMemory's own, lowered for a memory of little salience and for one that was superseded. With
        keywords it is asked twice, with them and without, and the better score counts.
        """
        if limit < 1:
            return []
        if self._table.is_owed(caller):
            raise EngineBehindError(_OWED)
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        texts = [query, " ".join([query, *keywords])][: 2 if keywords else 1]
        return search_rows(
            self._table, lambda: self._store, caller, texts, limit=limit, agent_id=agent_id, until_s=until_s
        )

    def warm(self, caller: str) -> None:
        """Do nothing: OpenMemory has no call that prepares a search."""

    def forget(self, caller: str) -> None:
        """
        Remove all rows of the caller but those of other logs.

        Raises:
            EngineError: rows are left after several rounds, for another program keeps adding them.
        """
        self.let_go()
        for _ in range(_REMOVALS_MAX):
            held = [stored for stored in self._store.rows(caller) if not is_of_another_log(stored, self._log_name)]
            if not held:
                break
            # Ours last: by these a replay finds the callers who are still to be forgotten, should we end half-way.
            for stored in sorted(held, key=self._is_ours):
                self._store.remove(stored.id)
        else:
            raise EngineError("OpenMemory still holds memories of a caller who was forgotten")
        self._table.forget(caller)

    def callers(self) -> set[str]:
        """Return all users of OpenMemory but the one of the mark."""
        return self._store.users() - {self._mark_user}

    def let_go(self) -> None:
        """Drop the rows that were listed for the last replacement."""
        self._held = None

    def wipe(self) -> None:
        """Wipe the SDK's file; a server has no call for that."""
        self._store.wipe()

    def profile(self, caller: str) -> str:
        """Return OpenMemory's summary of the caller, as it was when a memory of theirs was last put."""
        return self._table.profile(caller)

    def begin(self) -> None:
        """Make sure that OpenMemory can be used, and remove the mark."""
        self._store.check()
        if self._log_name:
            # Until `finish` OpenMemory fits no generation, not even the old one: we may end half-way.
            self._store.remove_all(self._mark_user)
        self._is_filling = True

    def finish(self, callers: Collection[str]) -> None:
        """Remove our rows that no memory has, and add the mark of this generation."""
        self.let_go()
        self._is_filling = False
        if not self._log_name:
            return  # an empty log has no memories, and no name by which rows could be recognised
        there = set(callers)
        for user_id in self._store.users() - {self._mark_user}:
            ours = [stored.id for stored in self._store.rows(user_id) if self._is_ours(stored)]
            # A caller who stays may have lost a conversation: nothing named it in this replay, so its rows are there.
            kept = self._table.known(user_id, ours) if user_id in there else {}
            for row_id in ours:
                if row_id not in kept:
                    self._store.remove(row_id)
        token = secrets.token_hex(16)
        mark = PlannedRow.mark(_MARK, token)
        self._table.note_mark(self._add(self._mark_user, mark).id, token)

    def fits(self) -> bool:
        """Tell whether OpenMemory still holds the mark of this generation."""
        noted = self._table.mark()
        if noted is not None:
            return self._mark(noted) is not None
        # A generation of an empty log has no mark: nothing needs to be held as long as the log is empty.
        if self._log_name:
            self._store.check()  # otherwise a replay would begin, and could only wait for OpenMemory
        return not self._log_name

    def health(self, *, timeout_s: float) -> str:
        """Return what keeps OpenMemory from being searched, or from holding all that it is given; `ok` if nothing."""
        until_s = time.monotonic() + timeout_s
        noted = self._table.mark()
        message = "ok" if noted is None else _HOLDS_OTHERS  # without a mark nothing needs to be held
        try:
            mark = None if noted is None else self._mark(noted, timeout_s=timeout_s)
            if mark is not None:
                return _SHORTENED if len(mark.content) < len(_MARK) or self._table.is_shortened() else "ok"
        except EngineRefusedError as error:
            message = str(error)
        except EngineError as error:
            return str(error)
        # A server of the wrong kind has no such row, or refuses to show it; then the check has the better message.
        try:
            self._store.check(timeout_s=max(0.0, until_s - time.monotonic()))
        except EngineError as error:
            return str(error)
        return message

    @property
    def _log_name(self) -> str:
        # A log that is still empty gets its name with its first event, whenever that comes.
        self._named = self._named or self._name_log()
        return self._named

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
        """Yield a row for each part of each memory, added where none fits; remove the rows that are left over."""
        fitting: dict[str, Stored] = {}
        planned = {row.sum: row for memory in memories for row in plan_rows(memory)}
        for stored in held:
            sum_ = str(stored.metadata.get("sum"))
            if sum_ not in fitting and self._is_fitting(stored, planned.get(sum_)):
                fitting[sum_] = stored
            else:  # of an earlier version of the memory, or added twice, by a process that died in between
                self._store.remove(stored.id)
        for sum_, row in planned.items():
            stored = fitting.get(sum_) or self._add(caller, row)
            if _is_shortened(stored, row):
                self._table.note_shortened()
            yield stored, row

    def _is_fitting(self, stored: Stored, planned: PlannedRow | None) -> bool:
        # Only a replay adds a shortened row again: where the server still shortens texts, every call would.
        return planned is not None and not (self._is_filling and _is_shortened(stored, planned))

    def _add(self, caller: str, planned: PlannedRow) -> Stored:
        if not self._log_name:
            raise EngineError("a memory cannot be put into OpenMemory without the name of its log")
        for tries in range(_TRIES_MAX):
            content, metadata = planned.content(tries), planned.metadata(self._log_name)
            row_id = self._store.add(caller, content, tags=planned.tags, metadata=metadata)
            stored = self._store.row(row_id)
            if stored is None or stored.user_id != caller or not self._is_ours(stored):
                continue
            if stored.metadata.get("sum") == planned.sum:
                return stored
        raise EngineError(f"OpenMemory takes a memory for a duplicate, even with a reference ({_TRIES_MAX} tries)")


def _is_shortened(stored: Stored, planned: PlannedRow) -> bool:
    return len(stored.content) < len(planned.text)
