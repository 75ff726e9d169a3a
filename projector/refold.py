"""Fold callers anew from the calls that are kept, and write what has changed."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec

from events.caller import masked
from events.logging import get_logger
from events.receipt import Place
from projector.calls import Call
from projector.engines import Engine
from projector.errors import ReadModelDamagedError
from projector.fold import Folded, FoldSettings, fold
from projector.memories import Memory
from projector.seals import put_caller, remove_caller, sealed, unsealed

log = get_logger("projection")
_calls = msgspec.json.Decoder(Call)


class Refolding:
    """
    The callers and memories of one generation.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
        engine: the memory engine over it.
        on_fault: is told the place, the conversation and the fault of a call that cannot be folded.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        engine: Engine,
        settings: FoldSettings,
        *,
        on_fault: Callable[[Place, str, str], None],
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._settings = settings
        self._on_fault = on_fault

    def refold(self, callers: Iterable[str]) -> None:
        """Fold callers from their calls, and write what has changed; who has none any more is forgotten."""
        for caller in sorted(callers):
            folded = self._fold(caller)
            if folded is None:
                remove_caller(self._connection, caller)
                self._connection.execute("DELETE FROM memories WHERE caller = ?", (caller,))
                self._engine.forget(caller)
                continue
            self._replace_memories(caller, folded.memories)
            put_caller(self._connection, caller, msgspec.json.encode(folded.view))
            log.debug("caller_folded", caller=masked(caller), calls=folded.view.call_count)

    def _fold(self, caller: str) -> Folded | None:
        rows = self._connection.execute("SELECT * FROM calls WHERE caller = ? ORDER BY position", (caller,)).fetchall()
        calls = [(stored_call(row[-1]), Place(*row[3:6])) for row in map(unsealed, rows)]
        if not calls:
            return None
        try:
            return fold([call for call, _ in calls], self._settings)
        except Exception:
            log.exception("fold_failed", caller=masked(caller))
        return self._fold_one_by_one(calls)

    def _fold_one_by_one(self, calls: list[tuple[Call, Place]]) -> Folded | None:
        """Fold what can be folded, and set aside each call with which it cannot."""
        sound: list[Call] = []
        folded: Folded | None = None
        for call, place in calls:
            try:
                folded = fold([*sound, call], self._settings)
            except Exception as error:  # noqa: BLE001 - recorded, and logged by the caller
                self._connection.execute("DELETE FROM calls WHERE conversation_id = ?", (call.conversation_id,))
                self._on_fault(place, call.conversation_id, in_our_words(error))
            else:
                sound.append(call)
        return folded

    def _replace_memories(self, caller: str, memories: Iterable[Memory]) -> None:
        stored: dict[str, dict[str, bytes]] = defaultdict(dict)
        for conversation_id, id_, body in self._connection.execute(
            "SELECT conversation_id, id, body FROM memories WHERE caller = ?", (caller,)
        ):
            stored[conversation_id][id_] = body
        folded: dict[str, dict[str, Memory]] = defaultdict(dict)
        for memory in memories:
            folded[memory.conversation_id][memory.id] = memory
        for conversation_id in sorted(stored.keys() | folded.keys()):
            new = {id_: msgspec.json.encode(memory) for id_, memory in folded[conversation_id].items()}
            if new == stored[conversation_id]:
                continue
            self._connection.execute(
                "DELETE FROM memories WHERE caller = ? AND conversation_id = ?", (caller, conversation_id)
            )
            self._connection.executemany(
                "INSERT INTO memories VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    sealed(
                        *(id_, caller, conversation_id, m.kind, m.key, m.told_to, m.occurred_at_s, int(m.is_current)),
                        new[id_],
                    )
                    for id_, m in folded[conversation_id].items()
                ],
            )
            self._engine.replace(caller, conversation_id, list(folded[conversation_id].values()))


def stored_call(body: bytes) -> Call:
    """
    Return a call as it is kept.

    Raises:
        ReadModelDamagedError: it cannot be read.
    """
    try:
        return _calls.decode(body)
    except msgspec.MsgspecError as error:
        raise ReadModelDamagedError(f"a stored call cannot be read: {error}") from error


def in_our_words(error: Exception) -> str:
    """Return what is said of an event that our own code failed on; never what the error says, which may quote it."""
    return f"{type(error).__name__} in our own code, see the log; a later release may fold it"
