"""OpenMemory as an engine: the memories that it merges, loses or shortens, and rows of other programs beside ours."""

from collections.abc import Iterator
from contextlib import closing, suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.memories import Memory
from projector.engines.openmemory.engine import OpenMemoryEngine
from projector.engines.openmemory.rows import PART_UNITS_MAX
from projector.engines.protocol import ShortSearchError
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.engines.openmemory_rows import OpenMemoryRows
from tests.contract.engines.memories import AGENT, ANA, BEN, OTHER_AGENT, memory
from tests.support.openmemory.fake import FakeStore

LOG, OTHER_LOG = "log-1", "log-2"
MARK = "elaoms-log-1"
SON_3 = memory("My son is 3 years old.")


class Site:
    """An OpenMemory, and engines over generations of a read model."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.databases: list[Database] = []
        self.new_generation()

    def new_generation(self, log_name: str = LOG) -> None:
        """Begin another generation over the same OpenMemory."""
        self.database = Database.in_memory()
        self.databases.append(self.database)
        make_tables(self.database, is_outside=True)
        self.table = OpenMemoryRows(self.database)
        self.engine = OpenMemoryEngine(self.table, lambda: self.store, lambda: log_name)

    def close(self) -> None:
        for database in self.databases:
            database.close()

    def found(self, query: str, *, caller: str = ANA, limit: int = 20, agent: str | None = None) -> list[str]:
        return [hit.memory_id for hit in self.engine.search(caller, query, limit=limit, agent_id=agent)]

    def held(self) -> list[tuple[str | None, str]]:
        """Return the owner and the memory of every row, sorted."""
        return sorted((row.user_id, str(row.metadata.get("memory_id"))) for row in self.store.held.values())


@pytest.fixture
def site() -> Iterator[Site]:
    """An empty OpenMemory, and an engine over it."""
    with closing(Site(FakeStore())) as site:
        yield site


def test_puts_again_what_was_swallowed_for_anothers_words(site: Site) -> None:
    """A memory is held although another caller said the same before; the other caller's row stays as it was."""
    of_ben = memory("My son is 3 years old.", caller=BEN)
    site.engine.replace(BEN, "conv_1", [of_ben])
    before = dict(site.store.held)
    site.engine.replace(ANA, "conv_1", [SON_3])

    assert site.held() == sorted([(ANA, SON_3.id), (BEN, of_ben.id)])
    assert before.items() <= site.store.held.items()
    assert (site.found("son"), site.found("son", caller=BEN)) == ([SON_3.id], [of_ben.id])


def test_puts_again_what_was_swallowed_for_other_words(site: Site) -> None:
    """Memories of one caller that OpenMemory takes for duplicates are each held."""
    different = [SON_3, memory("My son is 4 years old."), memory("old is My years son 5.")]
    site.engine.replace(ANA, "conv_1", different)

    assert sorted(site.found("son")) == sorted(m.id for m in different)


def test_says_so_where_everything_is_swallowed() -> None:
    """If no reference makes a text unique, the engine raises an error that is safe to retry, and does not loop."""
    with closing(Site(FakeStore(same=lambda _: ""))) as site:
        site.engine.replace(BEN, "conv_1", [memory("Hello.", caller=BEN)])

        with pytest.raises(EngineError, match="duplicate"):
            site.engine.replace(ANA, "conv_1", [SON_3])


def test_tells_openmemory_what_a_memory_is(site: Site) -> None:
    """Sector, tags and source reach OpenMemory; by its id the memory is found again."""
    said = msgspec.structs.replace(SON_3, agent_id=AGENT, occurred_at_s=1_700_000_000, sector="semantic")
    site.engine.replace(ANA, "conv_1", [said])
    ((id_, row),) = site.store.held.items()

    assert row.content == said.text
    assert (
        row.metadata.items()
        >= {
            "source": "elaoms",
            "log": LOG,
            "memory_id": said.id,
            "sector": "semantic",
            "kind": "turn",
            "conversation_id": "conv_1",
            "agent_id": AGENT,
            "occurred_at": "2023-11-14T22:13:20Z",
        }.items()
    )
    assert site.store.tags[id_] == ["turn", "semantic", f"agent:{AGENT}"]


@pytest.mark.parametrize("text", ["word " * 20_000, "w" * 100_000, "👍" * 40_000, "a\n" * 33_000])
def test_splits_what_is_too_long(site: Site, text: str) -> None:
    """
    A text that OpenMemory would cut up is added in parts, complete and in order, each with the tags, and found once.
    """
    long = memory(text, key="0")
    site.engine.replace(ANA, "conv_1", [long, SON_3])
    parts = sorted(
        (row for row in site.store.held.values() if row.metadata["memory_id"] == long.id),
        key=lambda row: int(row.metadata["part"]),
    )

    assert "".join(row.content.split(" ref")[0] if " ref" in row.content else row.content for row in parts) == text
    assert all(len(row.content.encode("utf-16-le")) // 2 <= PART_UNITS_MAX for row in parts)
    assert {tuple(site.store.tags[row.id]) for row in parts} == {("turn", "episodic")}
    assert sorted(site.found("word")) == sorted([long.id, SON_3.id])
    site.engine.replace(ANA, "conv_1", [SON_3])
    assert site.held() == [(ANA, SON_3.id)]


def test_leaves_alone_what_fits(site: Site) -> None:
    """A replay into a new generation adds no row that is already there, and finds every memory."""
    site.engine.replace(ANA, "conv_1", [SON_3, memory("We have a dog.")])
    adds, held = site.store.adds, dict(site.store.held)
    site.new_generation()
    site.engine.replace(ANA, "conv_1", [SON_3, memory("We have a dog.")])

    assert (site.store.adds, site.store.held) == (adds, held)
    assert len(site.found("dog")) == 2


def test_sees_what_others_removed_once_a_transaction_has_ended(site: Site) -> None:
    """The engine's view of a caller's rows is valid within one transaction only."""
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.store.held.clear()
    site.engine.let_go()
    site.engine.replace(ANA, "conv_1", [SON_3, memory("We have a dog.")])

    assert len(site.held()) == 2


def test_leaves_alone_what_others_put(site: Site) -> None:
    """
    Rows of other programs stay, for our callers and for unknown users, and are never found. Erasing a caller removes
    all of their rows.
    """
    site.store.add(ANA, "A note of somebody else.", tags=[], metadata={})
    site.store.add("somebody", "Another note.", tags=[], metadata={"source": "else"})
    site.engine.begin()
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.engine.replace(ANA, "conv_1", [])
    site.engine.finish([])

    assert [row.content for row in site.store.held.values() if row.user_id != MARK] == [
        "A note of somebody else.",
        "Another note.",
    ]
    assert site.found("note") == []
    site.engine.forget(ANA)
    assert site.store.rows(ANA) == []


def test_leaves_alone_what_another_installation_put(site: Site) -> None:
    """
    Two installations share one OpenMemory and hold the same words of one caller. Each finds its own rows, and whatever
    one adds, replays or erases, the other's rows stay and still fit.
    """
    site.engine.begin()
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.engine.replace(BEN, "conv_1", [memory("We have a dog.", caller=BEN)])
    site.engine.finish([ANA, BEN])
    first, rows = site.engine, dict(site.store.held)
    for _ in range(2):
        site.new_generation(OTHER_LOG)
        site.engine.begin()
        site.engine.replace(ANA, "conv_1", [SON_3])
        site.engine.finish([ANA])
        assert (first.fits(), site.engine.fits()) == (True, True)
        assert site.found("son") == [hit.memory_id for hit in first.search(ANA, "son", limit=5, agent_id=None)]
        assert len(site.store.held) == len(rows) + 2
    site.engine.replace(ANA, "conv_1", [])
    site.engine.forget(ANA)
    site.engine.begin()
    site.engine.finish([])

    assert rows.items() <= site.store.held.items()
    assert len(site.store.held) == len(rows) + 1
    first.forget(BEN)
    assert site.store.rows(BEN) == []


def test_forgets_who_is_no_caller_any_more(site: Site) -> None:
    """A replay removes our rows of callers who are no longer in the log."""
    for caller in (ANA, BEN):
        site.engine.replace(caller, "conv_1", [memory("My son is 3 years old.", caller=caller)])
    site.new_generation()
    site.engine.begin()
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.engine.finish([ANA])

    assert [row for row in site.held() if row[0] != MARK] == [(ANA, SON_3.id)]


def test_fits_the_generation_that_it_was_filled_for(site: Site) -> None:
    """It fits once a replay has ended, and not before, nor once another begins, nor when its rows are gone."""
    assert not site.engine.fits()
    site.engine.begin()
    assert not site.engine.fits()
    site.engine.finish([])
    assert site.engine.fits()
    first = site.engine
    site.new_generation()
    assert not site.engine.fits()
    site.engine.begin()
    assert not first.fits()
    site.engine.finish([])
    assert site.engine.fits()
    assert not first.fits()
    site.store.held.clear()
    assert not site.engine.fits()


def test_says_how_it_is(site: Site) -> None:
    """Health describes what is wrong: not filled, down, or shortening its texts."""
    site.engine.begin()
    site.engine.finish([])
    assert site.engine.health(timeout_s=1) == "ok"
    site.store.held.clear()
    assert "replay" in site.engine.health(timeout_s=1)
    site.store.is_down = True
    assert site.engine.health(timeout_s=1) == "down"
    site.store.is_down = False
    site.store.chars_max = 200
    site.engine.begin()
    site.engine.finish([])
    assert "OM_USE_SUMMARY_ONLY" in site.engine.health(timeout_s=1)


def test_says_so_once_something_was_shortened(site: Site) -> None:
    """
    A server that begins to shorten is reported with the first memory that comes back shorter. Once it has stopped, a
    replay adds that memory again, and no other.
    """
    long = memory("The order number is 4711 and the colour was blue.", conversation="conv_2")
    site.engine.begin()
    site.engine.finish([])
    site.store.chars_max = 30
    site.engine.replace(ANA, "conv_1", [SON_3])
    assert site.engine.health(timeout_s=1) == "ok"
    site.engine.replace(ANA, "conv_2", [long])
    assert "OM_USE_SUMMARY_ONLY" in site.engine.health(timeout_s=1)
    for chars_max, words in ((30, "OM_USE_SUMMARY_ONLY"), (None, "ok")):
        site.store.chars_max = chars_max
        site.new_generation()
        site.engine.begin()
        adds = site.store.adds
        site.engine.replace(ANA, "conv_1", [SON_3])
        site.engine.replace(ANA, "conv_2", [long])
        assert site.store.adds == adds + 1
        site.engine.finish([ANA])
        assert words in site.engine.health(timeout_s=1)
    assert {row.content for row in site.store.held.values()} >= {SON_3.text, long.text}


def test_holds_what_is_shortened(site: Site) -> None:
    """With a server that shortens texts, each memory is still held, and none is added again and again."""
    site.store.chars_max = 20
    long = memory("The order number is 4711 and the colour was blue.")
    for _ in range(2):
        site.engine.replace(ANA, "conv_1", [long])

    assert site.held() == [(ANA, long.id)]


def test_finds_nothing_of_another_caller_whatever_openmemory_returns(site: Site) -> None:
    """A row of another caller, or an unknown one, is dropped if OpenMemory returns it."""
    of_ben = memory("My dog is 3 years old.", caller=BEN)
    site.engine.replace(BEN, "conv_1", [of_ben])
    site.engine.replace(ANA, "conv_1", [SON_3])
    rows = [(id_, 1.0) for id_ in (*site.store.held, "unknown")]
    site.store.search = lambda *_, **__: rows  # type: ignore[method-assign]

    assert site.found("old") == [SON_3.id]
    assert site.found("old", caller="+12025550199") == []


def test_finds_among_what_others_put(site: Site) -> None:
    """Our rows are found, however many better-fitting rows other programs added."""
    for number in range(60):
        site.store.add(ANA, f"son note{number}", tags=[], metadata={"source": "else"})
    site.engine.replace(ANA, "conv_1", [SON_3])

    assert site.found("son", limit=5) == [SON_3.id]


def test_says_so_where_rows_were_lost(site: Site) -> None:
    """If OpenMemory lost rows of a caller, a search returns the rest and says that there should be more."""
    dog = memory("We have a dog.")
    site.engine.replace(ANA, "conv_1", [SON_3, dog])
    site.store.held = {id_: row for id_, row in site.store.held.items() if row.content == SON_3.text}

    with pytest.raises(ShortSearchError) as short:
        site.found("son")
    assert [hit.memory_id for hit in short.value.hits] == [SON_3.id]
    assert site.found("son", limit=1) == [SON_3.id]
    site.store.held.clear()
    with pytest.raises(ShortSearchError) as short:
        site.found("son", limit=1)
    assert short.value.hits == []


def test_asks_for_more_where_others_may_not_be_told(site: Site) -> None:
    """Memories outside the agent's audience take no place among the best few, however many there are."""
    hidden = [memory(f"My son is tall {word}{word}.", told_to=OTHER_AGENT) for word in map(str, range(10, 300))]
    site.engine.replace(ANA, "conv_1", [*hidden, memory("My cousin is 3.", told_to=AGENT)])

    assert site.found("My son is tall", agent=AGENT, limit=1) == [memory("My cousin is 3.").id]


def test_ranks_by_what_we_know(site: Site) -> None:
    """Of rows that OpenMemory scores equally, the one with more salience comes first, and history last."""
    said = [
        memory("My son plays chess.", key="light", salience=0.3),
        memory("My son plays golf.", key="old", salience=0.9, is_current=False),
        memory("My son plays judo.", key="heavy", salience=0.9),
    ]
    site.engine.replace(ANA, "conv_1", said)

    assert site.found("My son plays") == [said[2].id, said[0].id, said[1].id]


def test_keeps_what_openmemory_says_of_a_caller(site: Site) -> None:
    """OpenMemory's summary of a caller is stored with each change, so that a greeting need not ask, and erased too."""
    site.store.said = "Likes tea."
    site.engine.replace(ANA, "conv_1", [SON_3])
    assert (site.engine.profile(ANA), site.engine.profile(BEN)) == ("Likes tea.", "")
    site.store.said = ""
    site.engine.replace(ANA, "conv_2", [])
    assert site.engine.profile(ANA) == ""
    site.store.said = "Likes tea."
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.engine.forget(ANA)
    assert site.engine.profile(ANA) == ""


def test_wipes(site: Site) -> None:
    """Wiping is delegated to OpenMemory."""
    site.engine.wipe()

    assert site.store.wiped == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE openmemory_rows SET salience_permille = 999",
        "UPDATE openmemory_profiles SET summary = 'Hates tea.'",
        "DELETE FROM openmemory_rows",
        "DELETE FROM memories",
    ],
)
def test_finds_damage(site: Site, change: str) -> None:
    """A check of the read model covers the notes about the rows, and finds damage in them."""
    site.store.said = "Likes tea."
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.database.run(
        "INSERT INTO memories VALUES (NULL, ?, ?, 'conv_1', 'turn', 'k', NULL, 0, 1, 0.3, 0, '')", SON_3.id, ANA
    )
    site.table.check()
    site.database.run(change)

    with pytest.raises(ReadModelDamagedError):
        site.table.check()


TEXTS = st.sampled_from(["My son is 3.", "My son is 4.", "is son My 5.", "We have a dog.", "A dog have we"])
CONVERSATION = st.tuples(
    st.sampled_from([ANA, BEN]), st.sampled_from(["conv_1", "conv_2"]), st.lists(TEXTS, max_size=4)
)


def memories_of(caller: str, conversation: str, texts: list[str]) -> list[Memory]:
    return [memory(text, caller=caller, conversation=conversation, key=str(n)) for n, text in enumerate(texts)]


@given(st.lists(st.tuples(CONVERSATION, st.integers(0, 8), st.booleans(), st.booleans()), max_size=8))
@pytest.mark.slow
def test_ends_in_the_same_state_whatever_failed(
    steps: list[tuple[tuple[str, str, list[str]], int, bool, bool]],
) -> None:
    """
    A request may be lost before or after it was carried out, and the projector may restart. Once everything succeeded,
    there is one row for each memory, and nothing else.
    """
    site = Site(FakeStore())
    wanted: dict[tuple[str, str], list[Memory]] = {}
    for (caller, conversation, texts), fails_at, has_done_it, is_forgotten in steps:
        wanted[caller, conversation] = memories_of(caller, conversation, texts)
        site.store.fails_at, site.store.has_done_it = fails_at, has_done_it
        with suppress(EngineError):
            if is_forgotten:
                site.engine.forget(caller)
            site.engine.replace(caller, conversation, wanted[caller, conversation])
        site.store.fails_at = 0
        site.engine = OpenMemoryEngine(site.table, lambda: site.store, lambda: LOG)
        if is_forgotten:
            site.engine.forget(caller)
            wanted = {
                key: memories for key, memories in wanted.items() if key == (caller, conversation) or key[0] != caller
            }
        site.engine.replace(caller, conversation, wanted[caller, conversation])

    assert site.held() == sorted((m.caller, m.id) for memories in wanted.values() for m in memories)
    for caller in (ANA, BEN):
        ids = sorted(m.id for key, memories in wanted.items() for m in memories if key[0] == caller)
        assert sorted(site.found("son dog", caller=caller, limit=100)) == ids
    with closing(site.database):
        pass


def test_search_fails_while_deliveries_are_pending(site: Site) -> None:
    """
    A search fails for a caller with pending deliveries, rather than find outdated memories. Such rows are no damage,
    and other callers are found as before.
    """
    site.engine.replace(ANA, "conv_1", [SON_3])
    site.engine.replace(BEN, "conv_2", [memory("We have a dog.", caller=BEN)])
    site.database.run("INSERT INTO owed VALUES (?, 'conv_1'), (?, 'conv_2')", ANA, BEN)
    site.table.check()
    with pytest.raises(EngineError, match="have not reached OpenMemory yet"):
        site.found("son")
    site.database.run("DELETE FROM owed WHERE caller = ?", BEN)

    assert site.found("dog", caller=BEN)
    with pytest.raises(ReadModelDamagedError):
        site.table.check()
