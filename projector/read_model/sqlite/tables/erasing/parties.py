"""The tables of who took part in which conversation, and of the callers who are being forgotten."""

from collections.abc import Iterable

import msgspec

from projector.read_model.sqlite.database import Database

SCHEMA = """
CREATE TABLE parties (
    conversation_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    started_at_s INTEGER NOT NULL,
    position INTEGER NOT NULL,
    is_folded INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, caller)
) WITHOUT ROWID;
CREATE INDEX parties_by_caller ON parties (caller);
CREATE TABLE forgetting (caller TEXT PRIMARY KEY, request INTEGER NOT NULL) WITHOUT ROWID;
"""
_NOTE = """
INSERT INTO parties VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
SET started_at_s = min(started_at_s, excluded.started_at_s), position = min(position, excluded.position),
    is_folded = max(is_folded, excluded.is_folded)
"""
_RENAME = """
INSERT OR IGNORE INTO parties SELECT conversation_id, ?, started_at_s, position, is_folded FROM parties
WHERE conversation_id = ? AND caller = ?
"""
_HAS_CALLER = """
SELECT 1 FROM parties AS known WHERE known.conversation_id = {conversation}
AND known.is_folded AND known.caller NOT GLOB 'conversation:*'
"""
# Whom an event only names is a party to its conversation where the fold knows no caller of it.
_IS_PARTY = f"(parties.is_folded OR NOT EXISTS ({_HAS_CALLER.format(conversation='parties.conversation_id')}))"
# A caller's conversations that are not erased yet, and that came in before a position or started by a second.
_COVERED = f"""
FROM parties WHERE parties.caller = ? AND (parties.position < ? OR parties.started_at_s <= ?) AND {_IS_PARTY}
AND NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
"""  # noqa: S608 - our own words
_ERASE = f"INSERT INTO erased_conversations SELECT parties.conversation_id, ?, 0 {_COVERED}"
_IN_ANOTHERS_CALL = f"""
SELECT conversation_id {_COVERED}
AND (SELECT caller FROM calls WHERE calls.conversation_id = parties.conversation_id) != parties.caller
"""  # noqa: S608 - our own words
_TO_FORGET = """
SELECT parties.conversation_id, erased.request
FROM parties JOIN erased_conversations AS erased ON erased.conversation_id = parties.conversation_id
WHERE parties.caller = ? LIMIT ?
"""
_OF_CALLER = f"""
SELECT conversation_id FROM parties WHERE caller = ? AND {_IS_PARTY}
AND NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
ORDER BY started_at_s, conversation_id
"""  # noqa: S608 - our own words
_BEGUN = """
SELECT conversation_id FROM parties
WHERE NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
GROUP BY conversation_id HAVING min(started_at_s) <= ? ORDER BY min(started_at_s), conversation_id LIMIT ?
"""
_HELD = "SELECT DISTINCT conversation_id FROM parties WHERE conversation_id IN (SELECT value FROM json_each(?))"


class Parties:
    """Who took part in which conversation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, conversation_id: str, caller: str, started_at_s: int, *, position: int, is_folded: bool = True
    ) -> None:
        """
        Note that a version of a conversation was of a caller, or that an event names one.

        Args:
            started_at_s: when the version says that the conversation started, Unix seconds; the earliest counts.
            position: of its event; the first counts.
            is_folded: whether the fold says so; else it counts as long as the fold knows no caller of the conversation.
        """
        self._database.run(_NOTE, conversation_id, caller, started_at_s, position, is_folded)

    def has_caller(self, conversation_id: str) -> bool:
        """Tell whether the fold knows a caller of a conversation."""
        return self._database.row(_HAS_CALLER.format(conversation="?"), conversation_id) is not None

    def rename(self, conversation_id: str, named: str, former: str, caller: str) -> None:
        """Note that a conversation in which somebody is named is a caller's now, and no longer a former one's."""
        if former != named:
            self._database.run("DELETE FROM parties WHERE conversation_id = ? AND caller = ?", conversation_id, former)
        self._database.run(_RENAME, caller, conversation_id, named)

    def callers(self) -> list[str]:
        """Return the callers of all conversations."""
        return [caller for (caller,) in self._database.all("SELECT DISTINCT caller FROM parties")]

    def conversations_of(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions, oldest first, but for erased ones."""
        return [id_ for (id_,) in self._database.all(_OF_CALLER, caller)]

    def begun_until(self, until_s: int, *, limit: int) -> list[str]:
        """Return conversations that began by a second, the oldest first, but for erased ones."""
        return [id_ for (id_,) in self._database.all(_BEGUN, until_s, limit)]

    def in_anothers_call(self, caller: str, *, before: int, started_until_s: int) -> list[str]:
        """Return those of the conversations that `erase` would take, of which another caller's version is kept."""
        return [id_ for (id_,) in self._database.all(_IN_ANOTHERS_CALL, caller, before, started_until_s)]

    def erase(self, caller: str, request: int, *, before: int, started_until_s: int) -> int:
        """
        Note as erased a caller's conversations that came in before a position or started by then; return how many.

        Args:
            request: the position of the request for which that is done.
            before: a position; 0 for none.
            started_until_s: Unix seconds.
        """
        return self._database.run(_ERASE, request, caller, before, started_until_s)

    def held(self, conversation_ids: Iterable[str]) -> list[str]:
        """Return which of some conversations have parties."""
        return [id_ for (id_,) in self._database.all(_HELD, msgspec.json.encode(list(conversation_ids)).decode())]

    def remove(self, conversation_id: str) -> int:
        """Remove the parties of a conversation, and return how many there were."""
        return self._database.run("DELETE FROM parties WHERE conversation_id = ?", conversation_id)

    def begin_forgetting(self, caller: str, request: int) -> None:
        """Note that a caller's erased conversations are still to be removed: no reader gets anything of the caller."""
        self._database.run("INSERT OR IGNORE INTO forgetting VALUES (?, ?)", caller, request)

    def being_forgotten(self) -> dict[str, int]:
        """Return the callers of whom erased conversations are still to be removed, each with the first request."""
        return dict(self._database.all("SELECT caller, request FROM forgetting"))

    def is_being_forgotten(self, caller: str) -> bool:
        """Tell whether erased conversations of a caller are still to be removed."""
        return self._database.row("SELECT 1 FROM forgetting WHERE caller = ?", caller) is not None

    def to_forget(self, caller: str, *, limit: int) -> list[tuple[str, int]]:
        """Return erased conversations of a caller that are still to be removed, each with its request."""
        return self._database.all(_TO_FORGET, caller, limit)

    def end_forgetting(self, caller: str) -> None:
        """Note that all erased conversations of a caller are removed."""
        self._database.run("DELETE FROM forgetting WHERE caller = ?", caller)
