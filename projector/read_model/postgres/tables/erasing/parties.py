"""The tables of who took part in which conversation, and of the callers who are being forgotten."""

from collections.abc import Iterable

from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.erasing.remnants import Remnants

SCHEMA = """
CREATE TABLE parties (
    conversation_id text COLLATE "C" NOT NULL,
    caller text COLLATE "C" NOT NULL,
    started_at_s bigint NOT NULL,
    position bigint NOT NULL,
    is_folded bigint NOT NULL,
    PRIMARY KEY (conversation_id, caller)
);
CREATE INDEX parties_by_caller ON parties (caller);
CREATE TABLE forgetting (caller text COLLATE "C" PRIMARY KEY, request bigint NOT NULL);
"""
_NOTE = """
INSERT INTO parties VALUES (%s, %s, %s, %s, %s) ON CONFLICT (conversation_id, caller) DO UPDATE
SET started_at_s = least(parties.started_at_s, excluded.started_at_s),
    position = least(parties.position, excluded.position),
    is_folded = greatest(parties.is_folded, excluded.is_folded)
"""
_RENAME = """
INSERT INTO parties SELECT conversation_id, %s, started_at_s, position, is_folded FROM parties
WHERE conversation_id = %s AND caller = %s ON CONFLICT DO NOTHING
"""
_HAS_CALLER = """
SELECT 1 FROM parties AS known WHERE known.conversation_id = {conversation}
AND known.is_folded = 1 AND NOT starts_with(known.caller, 'conversation:')
"""
# Whom an event only names is a party to its conversation where the fold knows no caller of it.
_IS_PARTY = f"(parties.is_folded = 1 OR NOT EXISTS ({_HAS_CALLER.format(conversation='parties.conversation_id')}))"
# A caller's conversations that are not erased yet, and that came in before a position or started by a second.
_COVERED = f"""
FROM parties WHERE parties.caller = %s AND (parties.position < %s OR parties.started_at_s <= %s) AND {_IS_PARTY}
AND NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
"""  # noqa: S608 - our own words
_ERASE = f"INSERT INTO erased_conversations SELECT parties.conversation_id, %s, 0 {_COVERED}"
_IN_ANOTHERS_CALL = f"""
SELECT conversation_id {_COVERED}
AND (SELECT caller FROM owners WHERE owners.conversation_id = parties.conversation_id) != parties.caller
"""  # noqa: S608 - our own words
_TO_FORGET = """
SELECT parties.conversation_id, erased.request
FROM parties JOIN erased_conversations AS erased ON erased.conversation_id = parties.conversation_id
WHERE parties.caller = %s LIMIT %s
"""
_OF_CALLER = f"""
SELECT conversation_id FROM parties WHERE caller = %s AND {_IS_PARTY}
AND NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
ORDER BY started_at_s, conversation_id
"""  # noqa: S608 - our own words
_BEGUN = """
SELECT conversation_id FROM parties
WHERE NOT EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.conversation_id = parties.conversation_id)
GROUP BY conversation_id HAVING min(started_at_s) <= %s ORDER BY min(started_at_s), conversation_id LIMIT %s
"""
_HELD = "SELECT DISTINCT conversation_id FROM parties WHERE conversation_id = ANY(%s)"


class Parties:
    """Who took part in which conversation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remnants = Remnants(database)

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
        return self._database.row(_HAS_CALLER.format(conversation="%s"), conversation_id) is not None

    def rename(self, conversation_id: str, named: str, former: str, caller: str) -> None:
        """Note that a conversation in which somebody is named is a caller's now, and no longer a former one's."""
        if former != named:
            self._database.run(
                "DELETE FROM parties WHERE conversation_id = %s AND caller = %s", conversation_id, former
            )
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
        return [id_ for (id_,) in self._database.all(_HELD, list(conversation_ids))]

    def remove(self, conversation_id: str) -> int:
        """Remove the parties of a conversation, and return how many there were."""
        removed = self._database.all("DELETE FROM parties WHERE conversation_id = %s RETURNING caller", conversation_id)
        self._remnants.note([caller for (caller,) in removed], [conversation_id])
        return len(removed)

    def begin_forgetting(self, caller: str, request: int) -> None:
        """Note that a caller's erased conversations are still to be removed: no reader gets anything of the caller."""
        self._database.run("INSERT INTO forgetting VALUES (%s, %s) ON CONFLICT DO NOTHING", caller, request)

    def being_forgotten(self) -> dict[str, int]:
        """Return the callers of whom erased conversations are still to be removed, each with the first request."""
        return dict(self._database.all("SELECT caller, request FROM forgetting"))

    def is_being_forgotten(self, caller: str) -> bool:
        """Tell whether erased conversations of a caller are still to be removed."""
        return self._database.row("SELECT 1 FROM forgetting WHERE caller = %s", caller) is not None

    def to_forget(self, caller: str, *, limit: int) -> list[tuple[str, int]]:
        """Return erased conversations of a caller that are still to be removed, each with its request."""
        return self._database.all(_TO_FORGET, caller, limit)

    def end_forgetting(self, caller: str) -> None:
        """Note that all erased conversations of a caller are removed."""
        self._database.run("DELETE FROM forgetting WHERE caller = %s", caller)
        self._remnants.note([caller])
