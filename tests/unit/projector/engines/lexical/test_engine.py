"""The lexical engine on its own: what ranks above what, and how its work grows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest

from projector.domain.memories import Memory, Source, memory_id
from projector.engines.lexical import block, merger
from projector.engines.lexical.engine import EmbeddedEngine
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.tables.erasing import parties

ANA, BEN = "+12025550143", "+12025550144"
MAY_3 = 1_746_230_400  # 2025-05-03T00:00:00Z, a Saturday


def new_engine(connection: sqlite3.Connection) -> EmbeddedEngine:
    """Make an engine over an empty database, in which nobody is being forgotten."""
    database = Database(connection)
    database.script(parties.SCHEMA)
    tables = SqliteEngineTables(database)
    tables.create(is_outside=False)
    return EmbeddedEngine(tables)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """An empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def engine(connection: sqlite3.Connection) -> EmbeddedEngine:
    """An empty engine."""
    return new_engine(connection)


def memory(text: str, turn: int | None = None, **changes: object) -> Memory:
    asked = str(changes.pop("asked", ""))
    plain = Memory(
        id="",
        caller=ANA,
        kind="turn",
        key=text if turn is None else str(turn),
        sector="episodic",
        salience=0.3,
        text=text,
        conversation_id="conv_1",
        agent_id="agent_a",
        told_to=None,
        occurred_at_s=0,
        source=Source(turn=turn, words=text, asked=asked),
    )
    changed = msgspec.structs.replace(plain, **changes)
    id_ = memory_id(changed.caller, changed.kind, changed.conversation_id, changed.key)
    return msgspec.structs.replace(changed, id=id_)


def put(engine: EmbeddedEngine, *memories: Memory) -> None:
    for caller, conversation_id in dict.fromkeys((m.caller, m.conversation_id) for m in memories):
        mine = [m for m in memories if (m.caller, m.conversation_id) == (caller, conversation_id)]
        engine.replace(caller, conversation_id, mine)


def best(engine: EmbeddedEngine, query: str, *, agent: str | None = None) -> list[str]:
    return [hit.memory_id for hit in engine.search(ANA, query, limit=20, agent_id=agent)]


def score(engine: EmbeddedEngine, query: str, *, caller: str = ANA) -> float:
    hits = engine.search(caller, query, limit=1, agent_id=None)
    return hits[0].score if hits else 0.0


def test_turn_is_found_by_what_the_agent_said_before_and_after_it(engine: EmbeddedEngine) -> None:
    """The context of a turn is the agent's question before it and the agent's answer after it."""
    answer = memory("The blue one, please.", 1, asked="Which bicycle do you mean?")
    after = memory("Yes.", 3, asked="So that is the one with the broken saddle.")
    put(engine, answer, after, memory("I live in Bergen.", 1, conversation_id="conv_2"))

    assert best(engine, "bicycle")[0] == answer.id
    assert set(best(engine, "saddle")) == {answer.id, after.id}


def test_what_the_agent_says_after_a_turn_counts_for_it(engine: EmbeddedEngine) -> None:
    """A turn that the agent answered fits better than one that merely stands next to those words."""
    taken_up = memory("The blue one.", 1, occurred_at_s=1)
    answered = memory("Yes.", 3, asked="So that is the saddle.", occurred_at_s=2)
    further = memory("Goodbye then.", 5, asked="Fine.", occurred_at_s=3)
    put(engine, taken_up, answered, further)

    assert best(engine, "saddle") == [answered.id, taken_up.id, further.id]


def test_own_words_count_more_than_the_agents(engine: EmbeddedEngine) -> None:
    """Of two turns with the same words around them, the one in which the caller said them fits better."""
    said = memory("My parcel.", 1, asked="What is late?", occurred_at_s=1)
    asked = memory("Late.", 1, asked="My parcel?", conversation_id="conv_2", occurred_at_s=2)
    put(engine, said, asked)

    assert best(engine, "parcel") == [said.id, asked.id]


def test_turns_next_to_one_that_fits_are_found_after_it(engine: EmbeddedEngine) -> None:
    """The caller's turns right before and after a hit are part of the answer; the rest of that call comes last."""
    turns = [
        memory(text, 2 * n + 1)
        for n, text in enumerate(("Hello.", "It is late.", "My parcel.", "It was wet.", "Goodbye then."))
    ]
    put(engine, *turns, memory("Something else.", 1, conversation_id="conv_2"))

    found = best(engine, "parcel")
    assert found[0] == turns[2].id
    assert set(found[1:3]) == {turns[1].id, turns[3].id}
    assert set(found[3:]) == {turns[0].id, turns[4].id}


def test_compounds_are_found_by_their_parts(engine: EmbeddedEngine) -> None:
    """In languages that join words, a word finds the compounds that end in it, and a compound finds the word."""
    said = memory("Die Gangschaltung springt.", language="de")
    put(engine, said, memory("Ich wohne in Kassel.", language="de", conversation_id="conv_2"))

    assert best(engine, "Schaltung")[:1] == [said.id]
    put(engine, memory("Die Apotheke hat zu.", language="de", caller=BEN))
    assert score(engine, "Wunschapotheke", caller=BEN) > 0
    put(engine, memory("The warehouse.", language="en", caller=BEN))
    assert score(engine, "house", caller=BEN) == 0


def test_call_about_the_matter_lifts_its_turns(engine: EmbeddedEngine) -> None:
    """Of two turns with the same words, the one whose call is about the rest of the question ranks higher."""
    here = [
        memory(text, 2 * n + 1, occurred_at_s=1) for n, text in enumerate(("The museum.", "Cold.", "Wet.", "In Oslo."))
    ]
    there = memory("The museum.", 1, conversation_id="conv_2", occurred_at_s=2)
    put(engine, there, *here)

    hits = best(engine, "museum Oslo")
    assert hits.index(here[0].id) < hits.index(there.id)


def test_day_of_the_call_is_part_of_a_memory(engine: EmbeddedEngine) -> None:
    """A question that names the day finds what was said then, in the language of the call."""
    said = [
        memory(
            "I have a headache.", 1, conversation_id=f"conv_{n}", occurred_at_s=MAY_3 + n * 40 * 86_400, language=tag
        )
        for n, tag in enumerate(("en", "en", "en"))
    ]
    put(engine, *said)

    assert best(engine, "headache on May 3")[0] == said[0].id
    assert best(engine, "headache in June")[0] == said[1].id
    spanish = memory("Me duele la cabeza.", 1, occurred_at_s=MAY_3, language="es", caller=BEN)
    put(engine, spanish)
    assert score(engine, "cabeza mayo", caller=BEN) > score(engine, "cabeza junio", caller=BEN)


def test_languages_of_one_caller_do_not_get_in_each_others_way(engine: EmbeddedEngine) -> None:
    """The memories of a caller who calls in two languages are found in both, each by its own stems."""
    spanish = memory("Quiero cambiar mis citas.", language="es")
    english = memory("I want to change my appointments.", conversation_id="conv_2", language="en-GB")
    put(engine, spanish, english)

    assert best(engine, "¿Cuándo es mi cita?")[0] == spanish.id
    assert best(engine, "the appointment")[0] == english.id


def test_collected_ranks_above_said_and_current_above_superseded(engine: EmbeddedEngine) -> None:
    """Other things equal, collected values come first, then turns; history comes after what is current."""
    collected = memory("Order number: 4711", kind="collected", salience=0.9, conversation_id="conv_2")
    said = memory("Order number 4711", conversation_id="conv_3")
    old = memory("Order number: 4700", kind="collected", salience=0.9, conversation_id="conv_1", is_current=False)
    put(engine, old, said, collected)

    assert best(engine, "order number") == [collected.id, said.id, old.id]


def test_collected_ranks_above_what_fits_a_little_better(engine: EmbeddedEngine) -> None:
    """A slightly better fit, such as a shorter sentence, does not rank above a collected value."""
    collected = memory("Order number: 4711", kind="collected", salience=0.9, conversation_id="conv_2")
    put(engine, collected, memory("Order number.", conversation_id="conv_3"))

    assert best(engine, "order number")[0] == collected.id


def test_newest_comes_first_where_nothing_else_tells(engine: EmbeddedEngine) -> None:
    """Of two memories that fit equally well, the later one ranks higher."""
    put(engine, *(memory("My son is ill.", 1, conversation_id=f"conv_{n}", occurred_at_s=n) for n in (2, 3, 1)))

    hits = best(engine, "son")
    expected = [memory("My son is ill.", 1, conversation_id=f"conv_{n}").id for n in (3, 2, 1)]
    assert hits == expected


def test_words_of_others_do_not_shift_a_score(engine: EmbeddedEngine) -> None:
    """Rarity is counted among a caller's own memories: other callers' words change neither hits nor scores."""
    put(engine, memory("My parcel is late."), memory("I moved to Oslo.", conversation_id="conv_2"))
    before = engine.search(ANA, "Is the parcel late?", limit=9, agent_id=None)
    put(engine, *(memory("My parcel is late.", caller=BEN, conversation_id=f"conv_{n}") for n in range(50)))

    assert engine.search(ANA, "Is the parcel late?", limit=9, agent_id=None) == before


def test_what_another_agent_was_told_does_not_shift_a_score(engine: EmbeddedEngine) -> None:
    """What the caller told another agent changes nothing in an agent's answer: not even ranks leak."""
    open_ = memory("Order number: 4711", kind="collected", told_to=None)
    put(engine, open_)
    before = engine.search(ANA, "order 4711 parcel", limit=9, agent_id="agent_b")
    put(
        engine,
        open_,
        *(memory("The order 4711, the parcel.", n, told_to="agent_a") for n in (1, 3, 5)),
        memory("Parcel!", 1, told_to="agent_a", conversation_id="conv_2"),
    )

    assert engine.search(ANA, "order 4711 parcel", limit=9, agent_id="agent_b") == before


def test_score_is_low_where_words_of_the_question_were_never_said(engine: EmbeddedEngine) -> None:
    """
    The same memory scores lower for a question half of whose words were never said, so a threshold can separate them.
    """
    put(engine, memory("My parcel is late."), *(memory(f"I like {w}.", conversation_id=w) for w in ("tea", "jazz")))

    assert score(engine, "parcel late") > 2 * score(engine, "parcel insurance premium refund statement") > 0


@pytest.mark.parametrize("query", ["صلى", "10005", "10005678", "\ufdfa", "\ud800", "\n 0 1", "0 1"])
def test_odd_question_is_answered(engine: EmbeddedEngine, query: str) -> None:
    """The index's own syntax is harmless in a question, and an unusual question is answered however long a call was."""
    turns = [memory(f"wort{n} nummer{n} \ufdfa", n, language="de", conversation_id="conv_1") for n in range(6000)]
    put(engine, *turns)

    assert isinstance(best(engine, query), list)


def test_question_of_stop_words_finds_nothing(engine: EmbeddedEngine) -> None:
    """A question of stop words finds nothing, rather than every memory that holds an `is`."""
    put(engine, memory("What is it that you have?"))

    assert best(engine, "What is it?") == []


def test_gives_up_when_its_time_is_over(engine: EmbeddedEngine) -> None:
    """A search whose deadline has passed raises an error, so that recent memories can be the answer."""
    put(engine, memory("My parcel is late."))
    with pytest.raises(EngineError, match="too long"):
        engine.search(ANA, "parcel", limit=5, agent_id=None, timeout_s=-1.0)


def test_segment_that_was_changed_is_noticed(engine: EmbeddedEngine, connection: sqlite3.Connection) -> None:
    """A changed row of the index, or one of another caller, answers nothing."""
    put(engine, memory("My parcel is late."), memory("My parcel is late.", caller=BEN))
    row = connection.execute("SELECT checksum, body FROM segments WHERE caller = ?", (BEN,)).fetchone()
    connection.execute("UPDATE segments SET checksum = ?, body = ? WHERE caller = ?", (*row, ANA))
    with pytest.raises(ReadModelDamagedError):
        engine.search(ANA, "parcel", limit=5, agent_id=None)


def test_rows_of_two_versions_of_a_block_answer_nothing(
    engine: EmbeddedEngine, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of merged calls that is an older one of its own, or is missing, answers nothing."""
    monkeypatch.setattr(merger, "LOOSE_MAX", 2)

    def said(word: str) -> list[Memory]:
        return [memory(f"The parrot {n} {word}.", 1, conversation_id=f"conv_{n}", occurred_at_s=n) for n in range(9)]

    put(engine, *said("sings"))
    older = connection.execute("SELECT * FROM block_rows").fetchall()
    put(engine, *said("talks"))
    newer = connection.execute("SELECT * FROM block_rows").fetchall()
    assert best(engine, "parrot")

    for rows in (older, [row for row in newer if row[1] != block.IDS]):
        connection.execute("DELETE FROM block_rows")
        connection.executemany("INSERT INTO block_rows VALUES (?, ?, ?, ?, ?)", rows)
        with pytest.raises(ReadModelDamagedError):
            best(engine, "parrot")


def _work(memories: int, others: int) -> int:
    """Return how many steps SQLite takes to search a caller with so many memories, among other callers."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        engine = new_engine(connection)
        for n in range(memories // 10):
            turns = [memory(f"parrot number {n}", turn, conversation_id=f"conv_{n}") for turn in range(10)]
            put(engine, *turns)
        for n in range(others):
            put(engine, memory("parrot", caller=f"+1202{n:07}"))
        connection.set_progress_handler(count, 10)
        assert len(engine.search(ANA, "parrot", limit=5, agent_id=None)) == 5
    return steps


@pytest.mark.slow
def test_search_grows_no_faster_than_a_callers_memories() -> None:
    """Four times the memories take at most about four times the work, so that a long-known caller is not a slow one."""
    assert _work(4000, 0) < 6 * _work(1000, 0)


def test_search_does_not_grow_with_other_callers() -> None:
    """A caller's search is the same work, however many other callers there are."""
    assert _work(1000, 2000) <= _work(1000, 10) + 2
