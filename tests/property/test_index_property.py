"""The lexical index, whatever was written and removed, in whatever order and in however many transactions."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from unittest.mock import patch

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.memories import Memory, Source
from projector.engines.lexical import merger
from projector.engines.lexical.engine import EmbeddedEngine
from projector.engines.lexical.merger import place_of
from projector.engines.lexical.searching.part import Loose
from projector.engines.lexical.searching.ranking import rank
from projector.engines.lexical.segment import build_segment, read_segment
from projector.read_model.checksums import memory_row
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.memories import Memories
from tests.contract.engines.memories import AGENT, ANA, OTHER_AGENT, memory

# Blocks of so few segments that twenty conversations make many.
FEW = 2
DAY_S = 86_400
CONVERSATIONS = [f"conv_{number}" for number in range(20)]
MOMENTS = [0, 1_700_000_000, *(1_760_000_000 + n * DAY_S for n in range(12)), 2**40, 2**41, -5]
WHAT = [*["superseded"] * 5, *["removed"] * 5, *[""] * 10]
SAID = [
    ("My parcel is late.", "en"),
    ("The order 4711 is a parcel.", "en"),
    ("Die Gangschaltung springt.", "de"),
    ("Ich habe eine Bestellnummer.", "de-AT"),
    ("Mi paquete llega tarde.", "es"),
    ("My son is ill, and the parcel is late.", None),
]
QUERIES = ["Is the parcel late?", "Schaltung", "order 4711 on Monday", "paquete", "the son", "Nummer parcel October"]
AGENTS = [None, AGENT, OTHER_AGENT, "agent_third"]

Conversations = dict[str, list[Memory]]


def call(conversation_id: str, moment: int, said: list[int], agent: str) -> list[Memory]:
    """Return the memories of a call; all agents may hear of the order."""
    return [
        msgspec.structs.replace(
            memory(
                SAID[number][0],
                conversation=conversation_id,
                key=str(turn),
                asked=SAID[number - 1][0],
                told_to=None if number == 1 else agent,
            ),
            language=SAID[number][1],
            occurred_at_s=moment + turn,
            source=Source(turn=None if number == 1 else turn, words=SAID[number][0], asked=SAID[number - 1][0]),
        )
        for turn, number in enumerate(said)
    ]


@st.composite
def transactions(draw: st.DrawFn) -> list[Conversations]:
    """
    Draw what conversations hold after each transaction that changes them; nothing where they are removed.

    Some of those that were there are superseded, current again, or removed.
    """
    said = st.lists(st.integers(0, len(SAID) - 1), max_size=4)
    agents = st.sampled_from([AGENT, OTHER_AGENT])
    changed = st.lists(st.sampled_from(CONVERSATIONS), max_size=14)
    held: Conversations = {}
    drawn = list[Conversations]()
    for _ in range(draw(st.integers(1, 4))):
        conversations = {
            id_: superseded(held[id_]) if what == "superseded" else []
            for id_, what in zip(sorted(held), draw(st.permutations(WHAT)), strict=False)
            if what
        }
        for id_ in draw(changed):
            conversations[id_] = call(id_, draw(st.sampled_from(MOMENTS)), draw(said), draw(agents))
        drawn.append(conversations)
        held |= conversations
    return drawn


def superseded(memories: list[Memory]) -> list[Memory]:
    """Return the memories of a call, the first one superseded, or current again."""
    return [msgspec.structs.replace(memory, is_current=not memory.is_current) for memory in memories[:1]] + memories[1:]


class _RolledBackError(Exception):
    """Ends a transaction."""


class Index:
    """An engine over memories that are written with it."""

    def __init__(self, database: Database) -> None:
        make_tables(database, is_outside=False)
        self._database = database
        self._memories = Memories(database)
        self.engine = EmbeddedEngine(SqliteEngineTables(database))

    def write(self, conversations: Conversations, *, is_rolled_back: bool = False) -> None:
        """Replace these conversations of Ana's in one transaction."""
        with suppress(_RolledBackError), self._database.transaction(), self.engine.changes():
            for conversation_id, memories in conversations.items():
                self._memories.remove(ANA, conversation_id)
                self._memories.insert([memory_row(memory, msgspec.json.encode(memory)) for memory in memories])
                self.engine.replace(ANA, conversation_id, memories)
            if is_rolled_back:
                raise _RolledBackError

    def write_new(self, conversations: Conversations) -> None:
        """Write all that there is of Ana in one transaction, as a replay does with what its workers made."""
        with self._database.transaction(), self.engine.changes():
            for memories in conversations.values():
                self._memories.insert([memory_row(memory, msgspec.json.encode(memory)) for memory in memories])
            self.engine.put_new(ANA, [(id_, build_segment(memories)) for id_, memories in conversations.items()])

    def rows(self) -> list[list[Row]]:
        """Return every row of the index."""
        return [self._database.all(f"SELECT * FROM {table}") for table in ("segments", "blocks", "block_rows")]  # noqa: S608


@contextmanager
def new_index() -> Iterator[Index]:
    """Open an empty index, in which few segments make a block."""
    with closing(Database.in_memory()) as database, patch.multiple(merger, LOOSE_MAX=FEW, MERGED_MAX=2 * FEW):
        yield Index(database)


@given(transactions(), st.booleans())
def test_index_is_made_of_what_is_there(done: list[Conversations], is_rolled_back: bool) -> None:
    """
    Every row of the index depends only on the memories that are there: not on what was there, on the order in which it
    came, or on a transaction that was rolled back. So no word that was removed is left, and a replay ends in the same
    rows.
    """
    held: Conversations = {}
    with new_index() as index, new_index() as replayed, new_index() as made_by_workers:
        for conversations in done:
            if is_rolled_back:
                index.write(conversations, is_rolled_back=True)
            index.write(conversations)
            index.engine.check()
            held |= conversations
        left = {id_: held[id_] for id_ in sorted(held, reverse=True) if held[id_]}
        replayed.write(left)
        made_by_workers.write_new(left)
        assert index.rows() == replayed.rows() == made_by_workers.rows()
        index.write({id_: [] for id_ in held})
        assert index.rows() == [[], [], []]


@given(transactions())
def test_answers_do_not_depend_on_what_is_merged(done: list[Conversations]) -> None:
    """A search over blocks finds what a search over all segments would, in the same order and with the same scores."""
    held: Conversations = {}
    with new_index() as index:
        for conversations in done:
            index.write(conversations)
            held |= conversations
        segments = [(id_, read_segment(build_segment(memories))) for id_, memories in held.items() if memories]
        segments.sort(key=lambda found: (place_of(found[1].latest_at_s, found[0]), found[0]))
        whole = [Loose([segment for _, segment in segments])] if segments else []
        for agent in AGENTS:
            for query in QUERIES:
                for limit in (1, 20):
                    hits = index.engine.search(ANA, query, limit=limit, agent_id=agent)
                    assert hits == rank(whole, query, limit=limit, agent_id=agent)
