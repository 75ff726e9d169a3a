"""What every memory engine promises, run against each of them."""

import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from projector.database import SCHEMA, connect
from projector.engines import Engine, EngineSettings, Hit, open_engine
from projector.errors import EngineError
from projector.memories import NO_AGENT, Memory, Source, memory_id

ANA, BEN = "+12025550143", "+12025550144"
# Keys that are somebody's all the same, whatever an index may read into them.
CALLERS = (ANA, BEN, f"user:{ANA}", 'user:a" OR caller : "b', "user:'; DROP TABLE segments; --", "whatsapp:%", "user:*")
AGENT, OTHER_AGENT = "agent_a", "agent_b"


@contextmanager
def opened(name: str) -> Iterator[Engine]:
    """Open an engine over a read model of its own, empty."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        yield open_engine(EngineSettings(name=name), connection, is_new=True)


@pytest.fixture(params=["embedded"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each of the engines."""
    return str(request.param)


@pytest.fixture
def engine(engine_name: str) -> Iterator[Engine]:
    """Each of the engines, empty."""
    with opened(engine_name) as engine:
        yield engine


def memory(
    text: str,
    *,
    caller: str = ANA,
    conversation: str = "conv_1",
    key: str = "",
    asked: str = "",
    told_to: str | None = None,
    salience: float = 0.3,
    is_current: bool = True,
) -> Memory:
    """Return a memory; its key is its text where none is given."""
    return Memory(
        id=memory_id(caller, "turn", conversation, key or text),
        caller=caller,
        kind="turn",
        key=key or text,
        sector="episodic",
        salience=salience,
        text=text,
        conversation_id=conversation,
        agent_id=told_to,
        told_to=told_to,
        occurred_at_s=0,
        is_current=is_current,
        source=Source(words=text, asked=asked),
    )


def put(engine: Engine, *memories: Memory) -> None:
    """Have the engine hold these memories, conversation by conversation."""
    conversations: dict[tuple[str, str], list[Memory]] = {}
    for m in memories:
        conversations.setdefault((m.caller, m.conversation_id), []).append(m)
    for (caller, conversation_id), of_conversation in conversations.items():
        engine.replace(caller, conversation_id, of_conversation)


def search(engine: Engine, query: str, *, caller: str = ANA, limit: int = 20, agent: str | None = None) -> list[Hit]:
    return engine.search(caller, query, limit=limit, agent_id=agent)


def found(engine: Engine, query: str, *, caller: str = ANA, limit: int = 20, agent: str | None = None) -> list[str]:
    """Return the ids of what is found, best first."""
    return [hit.memory_id for hit in search(engine, query, caller=caller, limit=limit, agent=agent)]


def ids(*memories: Memory) -> list[str]:
    return [m.id for m in memories]


SON_3, SON_4 = memory("My son is 3."), memory("My son is 4.", conversation="conv_2")
DOG = memory("We have a dog called Rex.")


def test_finds_what_was_said(engine: Engine) -> None:
    """A question finds the memory that answers it, before all others."""
    put(engine, SON_4, DOG)

    assert found(engine, "How old is your son?")[0] == SON_4.id
    assert found(engine, "dog")[0] == DOG.id


def test_finds_two_memories_that_differ_by_a_digit(engine: Engine) -> None:
    """`My son is 3` and `my son is 4` are two memories, both are found, and the digit tells which is meant."""
    put(engine, SON_3, SON_4)

    assert sorted(found(engine, "son")) == sorted(ids(SON_3, SON_4))
    assert found(engine, "Is the son 3?")[0] == SON_3.id
    assert found(engine, "Is the son 4?")[0] == SON_4.id


def test_finds_the_same_words_of_two_turns_twice(engine: Engine) -> None:
    """Memories with the same words are each held: an engine merges nothing."""
    twins = [memory("My son is 4.", key=str(n)) for n in range(3)]
    put(engine, *twins)

    assert sorted(found(engine, "son")) == sorted(ids(*twins))


def test_replaces_twice_what_it_holds_once(engine: Engine) -> None:
    """Being told the same twice changes nothing, neither what is found nor how well it fits."""
    put(engine, SON_3, SON_4, DOG)
    before = search(engine, "son dog")
    put(engine, SON_3, SON_4, DOG)

    assert search(engine, "son dog") == before
    assert sorted(found(engine, "son dog")) == sorted(ids(SON_3, SON_4, DOG))


def test_replaces_with_fewer(engine: Engine) -> None:
    """What a conversation no longer holds is found no more; what it still holds, is."""
    put(engine, SON_3, DOG)
    engine.replace(ANA, "conv_1", [SON_3])

    assert found(engine, "dog") == []
    assert found(engine, "son") == [SON_3.id]


def test_replaces_the_words_of_a_memory(engine: Engine) -> None:
    """A memory whose words, audience or currency changed is found as it is now, and not as it was."""
    put(engine, SON_3)
    changed = msgspec.structs.replace(SON_3, text="My daughter is 3.", source=Source(), told_to=AGENT)
    engine.replace(ANA, "conv_1", [changed])

    assert found(engine, "son") == []
    assert found(engine, "daughter") == [SON_3.id]
    assert found(engine, "daughter", agent=OTHER_AGENT) == []


def test_replaces_with_nothing(engine: Engine) -> None:
    """A conversation of which nothing is left is not found."""
    put(engine, SON_3, SON_4)
    engine.replace(ANA, "conv_1", [])

    assert found(engine, "son") == [SON_4.id]


def test_replaces_one_conversation_alone(engine: Engine) -> None:
    """Replacing a conversation leaves the caller's others, and another caller's of the same name."""
    of_ben = memory("My son is 3.", caller=BEN)
    put(engine, SON_3, SON_4, of_ben)
    engine.replace(ANA, "conv_1", [DOG])

    assert found(engine, "son") == [SON_4.id]
    assert found(engine, "son", caller=BEN) == [of_ben.id]


def test_forgets_a_caller(engine: Engine) -> None:
    """Of a forgotten caller nothing is left, in any conversation; of the others everything."""
    of_ben = memory("My son is 3.", caller=BEN)
    put(engine, SON_3, SON_4, DOG, of_ben)
    engine.forget(ANA)
    engine.forget(ANA)

    assert found(engine, "son dog 3 4 Rex") == []
    assert found(engine, "son", caller=BEN) == [of_ben.id]


def test_forgets_a_stranger(engine: Engine) -> None:
    """Forgetting a caller of whom nothing is held is no error, and touches nobody."""
    put(engine, SON_3)
    engine.forget(BEN)

    assert found(engine, "son") == [SON_3.id]


def test_remembers_a_caller_who_was_forgotten(engine: Engine) -> None:
    """A caller who was forgotten and calls again is remembered from then on."""
    put(engine, SON_3)
    engine.forget(ANA)
    put(engine, SON_4)

    assert found(engine, "son") == [SON_4.id]


def test_finds_nothing_of_a_stranger(engine: Engine) -> None:
    """Of a caller who is not known nothing is found, also while others are known, nor in an empty engine."""
    assert found(engine, "son") == []
    put(engine, SON_3)

    assert found(engine, "son", caller=BEN) == []
    assert found(engine, "son", caller="") == []


@pytest.mark.parametrize("caller", CALLERS)
def test_finds_only_what_the_caller_said(engine: Engine, caller: str) -> None:
    """Callers who said the same sentence in conversations of the same name find each their own only."""
    put(engine, *(memory("My son is 3.", caller=each) for each in CALLERS))

    assert found(engine, "My son is 3.", caller=caller) == ids(memory("My son is 3.", caller=caller))
    engine.forget(caller)
    assert [len(found(engine, "son", caller=each)) for each in CALLERS] == [int(each != caller) for each in CALLERS]


TOLD = {told_to: memory(f"My son is {told_to}.", told_to=told_to) for told_to in (None, AGENT, OTHER_AGENT, NO_AGENT)}


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (AGENT, [None, AGENT]),
        (OTHER_AGENT, [None, OTHER_AGENT]),
        ("agent_third", [None]),
        (None, [None, AGENT, OTHER_AGENT, NO_AGENT]),
    ],
)
def test_tells_an_agent_what_it_may_be_told(engine: Engine, agent: str | None, told: list[str | None]) -> None:
    """An agent finds what all are told and what it was told itself; who asks for no agent finds everything."""
    put(engine, *TOLD.values())

    assert sorted(found(engine, "son", agent=agent)) == sorted(ids(*(TOLD[each] for each in told)))


def test_fills_the_limit_with_what_may_be_told(engine: Engine) -> None:
    """What an agent may not be told takes no place among the best few."""
    hidden = [memory("My son is 3.", key=str(n), told_to=OTHER_AGENT, salience=0.9) for n in range(30)]
    put(engine, *hidden, SON_3)

    assert found(engine, "My son is 3.", agent=AGENT, limit=1) == [SON_3.id]


def test_scores_best_first(engine: Engine) -> None:
    """Scores lie between 0 and 1, the best comes first, and nothing comes twice."""
    memories = [memory("apple " * n + "pear fig " * (9 - n), key=str(n), salience=n / 9) for n in range(10)]
    put(engine, *memories)

    for query in ("apple", "apple pear fig", "pear unknown words", "an apple and a fig"):
        hits = search(engine, query)
        scores = [hit.score for hit in hits]
        assert all(0 <= score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)
        assert len({hit.memory_id for hit in hits}) == len(hits) > 1


def test_scores_what_fits_better_higher(engine: Engine) -> None:
    """A memory that holds more of the question scores higher than one that holds less."""
    more, less = memory("My son plays football."), memory("My neighbour plays chess.")
    put(engine, less, more)
    hits = search(engine, "Which football does the son play?")

    assert [hit.memory_id for hit in hits[:2]] in ([more.id, less.id], [more.id])
    assert [hit.score for hit in hits] == sorted({hit.score for hit in hits}, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_respects_the_limit(engine: Engine, limit: int) -> None:
    """No more is found than was asked for, and that is the best of it."""
    memories = [memory("My son is 3.", key=str(n), salience=n / 10) for n in range(5)]
    put(engine, *memories)

    assert found(engine, "son", limit=limit) == found(engine, "son")[:limit]
    assert len(found(engine, "son", limit=limit)) == min(limit, 5)


@pytest.mark.parametrize("limit", [0, -1])
def test_finds_nothing_where_nothing_is_wanted(engine: Engine, limit: int) -> None:
    """A limit below one is nothing, not everything."""
    put(engine, SON_3, SON_4, DOG)

    assert found(engine, "son dog", limit=limit) == []


@pytest.mark.parametrize("keys", ["ab", "ba"])
def test_ranks_history_below_what_is_current(engine: Engine, keys: str) -> None:
    """A superseded memory is still found, below the current one that says the same."""
    superseded = memory("My son is 3.", key=keys[0], is_current=False)
    current = memory("My son is 3.", key=keys[1])
    for order in ([superseded, current], [current, superseded]):
        engine.replace(ANA, "conv_1", order)
        assert found(engine, "How old is your son?") == [current.id, superseded.id]


def test_ranks_what_weighs_more_first(engine: Engine) -> None:
    """Of memories with the same words the one with the greater salience comes first."""
    memories = [memory("My son is 3.", key=str(n), salience=salience) for n, salience in enumerate((0.3, 0.9, 0.7))]
    put(engine, *memories)

    assert found(engine, "son") == ids(memories[1], memories[2], memories[0])


def test_ranks_alike_however_it_was_filled(engine_name: str) -> None:
    """The same memories, told in another order, are found in the same order: a replay changes no answer."""
    memories = [
        memory(f"My son is {n % 3}.", conversation=f"conv_{n % 4}", key=str(n), salience=0.3) for n in range(12)
    ]
    with opened(engine_name) as engine, opened(engine_name) as other:
        put(engine, *memories)
        put(other, *reversed(memories))

        assert search(engine, "son 2") == search(other, "son 2")
        assert len(search(engine, "son 2")) == 12


def test_finds_an_answer_by_its_question(engine: Engine) -> None:
    """What the agent had asked is the context of an answer: `yes, two` is found by what it answers."""
    answer = memory("Yes, two.", asked="Do you have any children?")
    put(engine, answer, DOG)

    assert found(engine, "children")[:1] == [answer.id]


@pytest.mark.parametrize("text", ["👍", "...", "\x00", "—"])
def test_finds_an_answer_without_words_by_its_question(engine: Engine, text: str) -> None:
    """An answer without one word is an answer: it is found by its question, also where it is all that was said."""
    answer = memory(text, asked="Shall we call you on Monday?")
    put(engine, answer)

    assert found(engine, "Monday") == [answer.id]
    assert found(engine, text) in ([], [answer.id])


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Ich wohne in der Hauptstraße.", "Hauptstraße"),
        ("Ich wohne in der Hauptstraße.", "HAUPTSTRAßE"),
        ("Frau Müller möchte Brötchen.", "müller"),
        ("Frau Müller möchte Brötchen.", "BRÖTCHEN"),
        ("Frau Müller möchte Brötchen.", "Muller"),
        ("Mein Enkel heißt Jörg.", "Wie heißt Ihr Enkel?"),
        ("Mi niño tiene cuatro años.", "¿Cuántos años tiene su niño?"),
        ("Mi niño tiene cuatro años.", "nino"),
        ("El señor Núñez llamará mañana.", "mañana"),
        ("Le garçon préfère le café.", "CAFÉ"),
        ("Żona ma na imię Łucja.", "Łucja"),
        ("Min fru heter Åsa.", "åsa"),
        ("Moje jméno je Dvořák.", "Dvorak"),
        ("Меня зовут Анна.", "анна"),
        ("Με λένε Νίκο.", "ΝΊΚΟ"),
        ("Με λένε Νίκος.", "νίκος"),
        ("İstanbul'da oturuyorum.", "İstanbul"),
        ("שמי דנה", "דנה"),
        ("اسمي ليلى", "ليلى"),
        (decomposed("Frau Müller möchte Brötchen."), "Müller"),
        ("Frau Müller möchte Brötchen.", decomposed("Müller")),
        ("Mi niño tiene cuatro años.", decomposed("niño")),
    ],
    ids=ascii,
)
def test_finds_words_of_other_languages(engine: Engine, text: str, query: str) -> None:
    """Words with accents, in capitals, composed or not, and in other scripts are found as they were said."""
    said = memory(text)
    put(engine, said, DOG)

    assert found(engine, query)[:1] == [said.id]


HOSTILE = (
    "",
    " ",
    "\x00",
    "son\x00",
    "\x00son",
    '"',
    '""',
    '"son',
    'son"',
    '" OR "1"="1',
    "'",
    "'; DROP TABLE segments; DELETE FROM words; --",
    "*",
    "son*",
    "^son",
    "son -dog",
    "-",
    "+",
    "NOT son",
    "NOT",
    "AND",
    "OR OR OR",
    "son NEAR dog",
    "NEAR(son dog, 5)",
    "said : son",
    "caller : *",
    "{said asked} : son",
    "rowid:1",
    "(son",
    "son)",
    "((((((((((",
    "%",
    "_",
    "s_n",
    "?",
    ":caller",
    "\\",
    "{{query}}",
    "👨‍👩‍👧 🐕",
    "\u202eson\u202c",
    "\u200b",
    "שלום son",
    "مرحبا",
    "\ud800",
    "\U0010ffff",
    "²³¹ ½ Ⅷ ㊿",
    "\n\r\t",
    "NULL",
    "x" * 100_000,
    "son " * 25_000,
    "(" * 100_000,
    " ".join(f"word{n}" for n in range(10_000)),
)


def as_id(query: str) -> str:
    return ascii(query[:20])


@pytest.mark.parametrize("query", HOSTILE, ids=as_id)
def test_answers_any_query(engine: Engine, query: str) -> None:
    """No query is an error, and none finds what another caller said: an LLM may ask anything."""
    own = memory("My son and our dog, NOT the cat.")
    put(engine, own, memory("My son and our dog, NOT the cat.", caller=BEN))

    assert found(engine, query) in ([], [own.id])
    assert found(engine, "cat") == [own.id]
    assert found(engine, query, caller="+12025550199") == []


@pytest.mark.parametrize("query", ["NOT son", "son -dog", "son AND zebra", "son*", '"son', "son\x00", "son " * 25_000])
def test_takes_operators_for_words(engine: Engine, query: str) -> None:
    """What an index would read as an operator excludes nothing: a memory is found by the words beside it."""
    put(engine, SON_3, DOG)

    assert SON_3.id in found(engine, query)


# JSON holds no lone surrogates, and so no memory does.
@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text], ids=as_id)
def test_holds_any_words(engine: Engine, text: str) -> None:
    """Whatever was said can be held, is found by a word beside it, and can be removed again."""
    said = memory(f"{text} zebra", asked=text)
    put(engine, said, DOG)

    assert found(engine, "zebra") == [said.id]
    engine.replace(ANA, "conv_1", [DOG])
    assert found(engine, "zebra") == []


words_of_queries = st.sampled_from(
    (
        "son",
        "dog",
        "My",
        "is",
        "3",
        "4",
        "the",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        '"',
        "'",
        "*",
        "^",
        "-",
        ":",
        "(",
        ")",
        "\x00",
    )
)
queries = st.one_of(
    st.text(st.characters(), max_size=40),
    st.lists(words_of_queries, max_size=12).map(" ".join),
    st.lists(words_of_queries, max_size=12).map("".join),
)


# Searching changes nothing, so that one filled engine may serve all examples.
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=queries, caller=st.sampled_from(CALLERS), agent=st.sampled_from((None, AGENT, "")), limit=st.integers(0, 9)
)
@example(query="son", caller=ANA, agent=AGENT, limit=9)
@example(query=BEN, caller=ANA, agent=None, limit=9)
def test_never_crosses_callers(engine: Engine, query: str, caller: str, agent: str | None, limit: int) -> None:
    """Whatever is asked, only what that caller said and that agent may be told is found, scored and in order."""
    told = {
        each: [
            memory(text, caller=each, key=f"{text}{told_to}", told_to=told_to)
            for text in ("My son is 3.", "My son is 4.", f"Our dog: {each}")
            for told_to in (None, AGENT, OTHER_AGENT)
        ]
        for each in CALLERS
    }
    if not search(engine, "son", caller=CALLERS[-1]):
        for memories in told.values():
            put(engine, *memories)
    hits = search(engine, query, caller=caller, agent=agent, limit=limit)

    allowed = {m.id for m in told[caller] if agent is None or m.told_to in {None, agent}}
    assert {hit.memory_id for hit in hits} <= allowed
    assert len({hit.memory_id for hit in hits}) == len(hits) <= limit
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


changes = st.lists(
    st.tuples(
        st.sampled_from(CALLERS[:3]),
        # None: forget the caller; else replace this conversation.
        st.sampled_from((None, "conv_1", "conv_2", "-")),
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=3, unique=True),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes)
def test_holds_exactly_what_it_was_told(engine_name: str, changes: Sequence[tuple[str, str | None, list[str]]]) -> None:
    """After any changes, of any callers and conversations, an engine holds what was told last and nothing else."""
    expected: dict[tuple[str, str], list[Memory]] = {}
    with opened(engine_name) as engine:
        for caller, conversation, texts in changes:
            if conversation is None:
                engine.forget(caller)
                expected = {key: memories for key, memories in expected.items() if key[0] != caller}
            else:
                memories = [
                    memory(f"zebra {text}", caller=caller, conversation=conversation, key=text or "empty")
                    for text in texts
                ]
                engine.replace(caller, conversation, memories)
                expected[caller, conversation] = memories

        for caller in CALLERS[:3]:
            held = [m.id for (each, _), memories in expected.items() if each == caller for m in memories]
            assert sorted(found(engine, "zebra", caller=caller, limit=100)) == sorted(held)


def test_gives_up_in_time(engine: Engine) -> None:
    """A search that has no time either answers or gives up with its error, and the next one has its answer."""
    put(engine, *(memory(f"My son is {n}.", key=str(n)) for n in range(3000)))
    try:
        hits = engine.search(ANA, "How old is my son?", limit=5, agent_id=None, timeout_s=0.0)
    except EngineError:
        hits = []

    assert len(hits) in {0, 5}
    assert len(engine.search(ANA, "son", limit=5, agent_id=None, timeout_s=20)) == 5


def test_is_well(engine: Engine) -> None:
    """An engine that works says so."""
    assert engine.health(timeout_s=1) == "ok"


@pytest.mark.parametrize("name", ["mongodb", "", "Embedded"])
def test_knows_no_other_engine(name: str) -> None:
    """An engine that there is not is said not to be there."""
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(EngineError, match=f"no memory engine '{name}'"),
    ):
        open_engine(EngineSettings(name=name), connection, is_new=True)


def test_is_read_by_others(engine_name: str, tmp_path: Path) -> None:
    """What the projector told an engine is found by whoever opens the same generation only to read."""
    path = tmp_path / "readmodel.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        put(open_engine(EngineSettings(name=engine_name), connection, is_new=True), SON_3)
    with closing(connect(path, is_writing=False)) as connection:
        engine = open_engine(EngineSettings(name=engine_name), connection)

        assert found(engine, "son") == [SON_3.id]
        assert engine.search(ANA, "son", limit=5, agent_id=None, timeout_s=10) == search(engine, "son")


def test_embedded_changes_with_the_transaction() -> None:
    """The embedded index is part of the read model's transaction: both change, or neither does."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        engine = open_engine(EngineSettings(), connection, is_new=True)
        put(engine, SON_3)
        connection.execute("BEGIN")
        engine.replace(ANA, "conv_1", [DOG])
        put(engine, SON_4)
        connection.execute("ROLLBACK")

        assert found(engine, "son dog") == [SON_3.id]
