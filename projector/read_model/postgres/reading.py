"""The reading side of a generation in PostgreSQL."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from events.log.ours.agent_profile import AgentProfile, read_agent_profile_body
from events.log.receipt import Place
from projector.domain.memories import CallerView, Memory
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.callers import Callers
from projector.read_model.postgres.tables.calls import Calls
from projector.read_model.postgres.tables.engines.engine_tables import PostgresEngineTables
from projector.read_model.postgres.tables.engines.held_index import HeldIndexes
from projector.read_model.postgres.tables.engines.outbox import Outbox
from projector.read_model.postgres.tables.erasing.erased import Erased
from projector.read_model.postgres.tables.erasing.erasures import Erasures
from projector.read_model.postgres.tables.erasing.parties import Parties
from projector.read_model.postgres.tables.faults import Faults
from projector.read_model.postgres.tables.learning.agents import Agents
from projector.read_model.postgres.tables.learning.corrections import Corrections
from projector.read_model.postgres.tables.learning.extractions import Extractions
from projector.read_model.postgres.tables.learning.facts import Facts
from projector.read_model.postgres.tables.learning.links import Links
from projector.read_model.postgres.tables.learning.merged import Merged
from projector.read_model.postgres.tables.memories import Memories
from projector.read_model.postgres.tables.meta import Meta
from projector.read_model.postgres.tables.partly_read import PartlyReads
from projector.read_model.postgres.tables.stale import Stale
from projector.read_model.records import (
    AgentMet,
    ErasureState,
    Extracted,
    Fault,
    KeptCall,
    KeptCorrection,
    MissedCall,
    SchemaVersion,
)
from projector.read_model.tables.engine_tables import Stamp

_canonical = msgspec.json.Encoder(order="sorted")
# Of facts, an index holds those alone that are so now.
_FACTS = "memories WHERE is_current = 1 AND kind = 'fact'"
_COUNTED = {name: name for name in ("callers", "calls", "memories", "faults", "corrections")} | {"facts": _FACTS}


class PostgresReadModel:
    """
    See `ReadModel`: one generation, over one connection.

    Args:
        held: what this process holds of the lexical index; None for who writes.
    """

    def __init__(self, database: Database, held: HeldIndexes | None = None) -> None:
        self._database = database
        self._meta = Meta(database)
        self._calls = Calls(database)
        self._callers = Callers(database)
        self._memories = Memories(database)
        self._facts = Facts(database)
        self._faults = Faults(database)
        self._links = Links(database)
        self.extractions = Extractions(database)
        self._corrections = Corrections(database)
        self._agents = Agents(database)
        self._merged = Merged(database)
        self._outbox = Outbox(database)
        self._erasures = Erasures(database)
        self._erased = Erased(database)
        self._parties = Parties(database)
        self.partly_read = PartlyReads(database)
        self._stale = Stale(database)
        self.engine_tables = PostgresEngineTables(database, held)

    def place(self) -> Place | None:
        """Return how far the log has been folded."""
        return self._meta.place()

    def version(self) -> SchemaVersion:
        """Return what the generation is written in."""
        return self._meta.version()

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the fold and the settings that the generation was made with."""
        return self._meta.fingerprint()

    def engine(self) -> str | None:
        """Return the name of the memory engine that the generation was made with."""
        return self._meta.engine()

    def view(self, caller: str) -> CallerView | None:
        """Return what is known of a caller."""
        return self._callers.view(caller)

    def views(self) -> Iterator[CallerView]:
        """Yield what is known of each caller."""
        return self._callers.each()

    def memories(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return the caller's own memories with these ids."""
        return self._memories.by_ids(caller, ids)

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest current memories that an agent may be told."""
        return self._memories.recent(caller, agent_id=agent_id, limit=limit)

    def within(self, caller: str, since_s: int, until_s: int, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest current memories of some time that an agent may be told."""
        return self._memories.within(caller, since_s, until_s, agent_id=agent_id, limit=limit)

    def facts(self, caller: str) -> list[Memory]:
        """Return the facts of a caller, current ones and former ones."""
        return self._facts.of(caller)

    def heaviest_facts(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the current facts of a caller that an agent may be told, those of the greatest weight first."""
        return self._facts.heaviest(caller, agent_id=agent_id, limit=limit)

    def sensitive_facts(self, caller: str) -> list[Memory]:
        """Return the facts of a caller that are sensitive, current ones and former ones."""
        return self._facts.sensitive(caller)

    def periods(self, caller: str, fact: Memory) -> list[Memory]:
        """Return the facts of a caller that answer what one of them answers."""
        return self._facts.periods(caller, fact)

    def planned_facts(self, caller: str) -> list[Memory]:
        """Return the facts of a caller that were told as planned."""
        return self._facts.planned(caller)

    def corrections(self, caller: str) -> list[KeptCorrection]:
        """Return what was corrected of a caller, in the order of the log."""
        return [] if self._parties.is_being_forgotten(caller) else self._corrections.of(caller)

    def correction(self, position: int) -> KeptCorrection | None:
        """Return the correction at a position of the log."""
        return self._corrections.at(position)

    def extracted(self, conversation_id: str) -> Extracted | None:
        """Return a call with what models said of it."""
        kept = self._calls.get(conversation_id)
        if kept is None or self._parties.is_being_forgotten(kept.caller):
            return None
        return Extracted(kept, self.extractions.best(conversation_id, _sha256_of(kept)))

    def all_memories(self, caller: str) -> Iterator[Memory]:
        """Yield every memory of a caller; holds no lock between two of them."""
        return self._memories.of(caller)

    def caller_of_memory(self, memory_id: str) -> str | None:
        """Return whose a memory is."""
        return self._memories.caller_of(memory_id)

    def kept_calls(self, caller: str) -> list[KeptCall]:
        """Return the calls of a caller."""
        return [] if self._parties.is_being_forgotten(caller) else self._calls.of(caller)

    def sectors(self) -> dict[str, int]:
        """Return how many memories of each sector there are."""
        return self._memories.count_by_sector()

    def conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation of a caller."""
        if self._parties.is_being_forgotten(caller):
            return []
        return self._memories.of_conversation(caller, conversation_id)

    def stamps(self) -> Iterator[Stamp]:
        """Yield what the memories of each conversation are."""
        return self._memories.stamps()

    def stamp(self, caller: str, conversation_id: str) -> Stamp | None:
        """Return what the memories of one conversation are."""
        return self._memories.stamp(caller, conversation_id)

    def newest_first(self) -> Iterator[tuple[str, str]]:
        """Yield each caller and conversation of which there are memories."""
        return self._memories.newest_first()

    def remembered_as(self, caller: str) -> str:
        """Return the key under which a caller is remembered."""
        return self._merged.caller_of(self._links.caller_of(caller) or caller)

    def keys_of(self, caller: str) -> list[str]:
        """Return all keys of a caller, the caller's own first."""
        return self._merged.keys_of(caller)

    def caller_of(self, conversation_id: str) -> str | None:
        """Return the caller of a call."""
        kept = self._calls.get(conversation_id)
        return None if kept is None or self._parties.is_being_forgotten(kept.caller) else kept.caller

    def is_agent_line(self, number: str) -> bool:
        """Tell whether a number was seen as an agent's own line."""
        return self._calls.is_agent_line(number)

    def agents(self) -> list[AgentMet]:
        """Return the agents that had a call."""
        return self._calls.agents()

    def agent_profile(self, agent_id: str | None) -> AgentProfile | None:
        """Return what ElevenLabs last said of an agent."""
        kept = self._agents.last(agent_id) if agent_id is not None else None
        if kept is None:
            return None
        try:
            return read_agent_profile_body(kept.body)
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"a stored profile of an agent cannot be read: {error}") from error

    def missed_calls(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about."""
        return [] if self._parties.is_being_forgotten(caller) else self._calls.missed(caller)

    def conversations(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions."""
        return self._parties.conversations_of(caller)

    def begun_until(self, until_s: int, *, limit: int) -> list[str]:
        """Return conversations that began by a second and are not erased."""
        return self._parties.begun_until(until_s, limit=limit)

    def is_erased(self, conversation_id: str) -> bool:
        """Tell whether a conversation was erased."""
        return self._erased.request_of_conversation(conversation_id) is not None

    def erasure(self, position: int) -> ErasureState | None:
        """Return how far the request at a position is."""
        return self._erasures.state(position)

    def unfinished_erasures(self, *, requested_until_s: int) -> int:
        """Return how many requests made by then are still to be carried out."""
        return self._erasures.unfinished_count(requested_until_s=requested_until_s)

    def owed(self) -> int:
        """Return of how many callers an outside engine has not received all changes yet."""
        return self._outbox.caller_count()

    def waiting(self) -> int:
        """Return how many callers wait to be folded."""
        return self._stale.waiting()

    def faults(self) -> list[Fault]:
        """Return the events that could not be folded."""
        return self._faults.all()

    def counts(self) -> dict[str, int]:
        """Return how many callers, calls, memories, faults, corrections and facts there are."""
        sql = "SELECT " + ", ".join(f"(SELECT count(*) FROM {rows})" for rows in _COUNTED.values())  # noqa: S608 - ours
        return dict(zip(_COUNTED, self._database.row(sql) or (), strict=True))

    def dump(self) -> Iterator[str]:
        """Yield every caller view and memory as the lines of one canonical JSON document."""
        yield '{"callers":['
        yield from _records(self._callers.each())
        yield '],"memories":['
        yield from _records(self._memories.each())
        yield "]}"


class _Version(Struct):
    sha256: str


def _sha256_of(kept: KeptCall) -> str:
    """Return the hash of the webhook that a kept call was read from."""
    try:
        return msgspec.json.decode(kept.body, type=_Version).sha256
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a stored call cannot be read: {error}") from error


def _records(records: Iterable[CallerView | Memory]) -> Iterator[str]:
    line: str | None = None
    for record in records:
        if line is not None:
            yield line + ","
        line = _canonical.encode(record).decode()
    if line is not None:
        yield line
