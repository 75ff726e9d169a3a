"""What the lexical engine finds by the words of a question, in which order and with which scores."""

from collections.abc import Iterator

import msgspec
import pytest

from projector.domain.memories import Source
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.errors import EngineError
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from tests.contract.engines.kinds import new_engine, opened, sqlite_generation
from tests.contract.engines.memories import (
    AGENT,
    ANA,
    BEN,
    DOG,
    OTHER_AGENT,
    SON_3,
    SON_4,
    AnyEngine,
    found,
    ids,
    memory,
    put,
    search,
)
from tests.contract.engines.texts import HOSTILE, SPOKEN, as_id


@pytest.fixture
def engine() -> Iterator[AnyEngine]:
    """An empty engine."""
    with opened(Engines(EngineSettings())) as engine:
        yield engine


def test_finds_what_was_said_before_all_others(engine: AnyEngine) -> None:
    """The memory that answers a question comes first."""
    put(engine, SON_4, DOG)

    assert found(engine, "How old is your son?")[0] == SON_4.id
    assert found(engine, "dog")[0] == DOG.id


def test_tells_by_a_digit_which_is_meant(engine: AnyEngine) -> None:
    """Of `My son is 3` and `my son is 4` the one whose digit was asked for comes first."""
    put(engine, SON_3, SON_4)

    assert found(engine, "Is the son 3?")[0] == SON_3.id
    assert found(engine, "Is the son 4?")[0] == SON_4.id


def test_replaces_twice_what_scores_the_same(engine: AnyEngine) -> None:
    """Replacing a conversation twice by the same memories changes neither the hits nor their scores."""
    put(engine, SON_3, SON_4, DOG)
    before = search(engine, "son dog")
    put(engine, SON_3, SON_4, DOG)

    assert search(engine, "son dog") == before
    assert sorted(found(engine, "son dog")) == sorted(ids(SON_3, SON_4, DOG))


def test_finds_nothing_by_words_that_are_no_longer_there(engine: AnyEngine) -> None:
    """A memory that was removed or replaced is not found by its former words."""
    put(engine, SON_3, DOG)
    engine.replace(ANA, "conv_1", [SON_3])
    assert found(engine, "dog") == []
    assert found(engine, "son") == [SON_3.id]

    changed = msgspec.structs.replace(SON_3, text="My daughter is 3.", source=Source(), told_to=AGENT)
    engine.replace(ANA, "conv_1", [changed])
    assert found(engine, "son") == []
    assert found(engine, "daughter") == [SON_3.id]
    assert found(engine, "daughter", agent=OTHER_AGENT) == []


def test_finds_nothing_by_words_of_another_conversation(engine: AnyEngine) -> None:
    """Replacing a conversation removes its words, and none of the caller's others."""
    put(engine, SON_3, SON_4, memory("My son is 3.", caller=BEN))
    engine.replace(ANA, "conv_1", [DOG])

    assert found(engine, "son") == [SON_4.id]
    assert found(engine, "dog") == [DOG.id]


def test_scores_what_fits_better_higher(engine: AnyEngine) -> None:
    """A memory that holds more of the question scores higher than one that holds less."""
    more, less = memory("My son plays football."), memory("My neighbour plays chess.")
    put(engine, less, more)
    hits = search(engine, "Which football does the son play?")

    assert [hit.memory_id for hit in hits[:2]] in ([more.id, less.id], [more.id])
    assert [hit.score for hit in hits] == sorted({hit.score for hit in hits}, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_limit_takes_the_best(engine: AnyEngine, limit: int) -> None:
    """A smaller limit returns the best of the hits."""
    memories = [memory("My son is 3.", key=str(n), salience=n / 10) for n in range(5)]
    put(engine, *memories)

    assert found(engine, "son", limit=limit) == found(engine, "son")[:limit]
    assert len(found(engine, "son", limit=limit)) == min(limit, 5)


@pytest.mark.parametrize("keys", ["ab", "ba"])
def test_ranks_history_below_what_is_current(engine: AnyEngine, keys: str) -> None:
    """A superseded memory is still found, below the current one that says the same."""
    superseded = memory("My son is 3.", key=keys[0], is_current=False)
    current = memory("My son is 3.", key=keys[1])
    for order in ([superseded, current], [current, superseded]):
        engine.replace(ANA, "conv_1", order)
        assert found(engine, "How old is your son?") == [current.id, superseded.id]


def test_ranks_what_weighs_more_first(engine: AnyEngine) -> None:
    """Of memories with the same words, the one with the greater salience comes first."""
    memories = [memory("My son is 3.", key=str(n), salience=salience) for n, salience in enumerate((0.3, 0.9, 0.7))]
    put(engine, *memories)

    assert found(engine, "son") == ids(memories[1], memories[2], memories[0])


def test_ranks_alike_however_it_was_filled(engine: AnyEngine) -> None:
    """The same memories, added in another order, are found in the same order: a replay changes no answer."""
    memories = [
        memory(f"My son is {n % 3}.", conversation=f"conv_{n % 4}", key=str(n), salience=0.3) for n in range(12)
    ]
    with opened(Engines(EngineSettings())) as other:
        put(engine, *memories)
        put(other, *reversed(memories))

        assert search(engine, "son 2") == search(other, "son 2")
        assert len(search(engine, "son 2")) == 12


def test_finds_an_answer_by_its_question_first(engine: AnyEngine) -> None:
    """`Yes, two` is found first by the question that it answers."""
    answer = memory("Yes, two.", asked="Do you have any children?")
    put(engine, answer, DOG)

    assert found(engine, "children")[:1] == [answer.id]


@pytest.mark.parametrize(("text", "query"), SPOKEN, ids=ascii)
def test_finds_words_of_other_languages_first(engine: AnyEngine, text: str, query: str) -> None:
    """Words with accents, in capitals, composed or decomposed, and in other scripts are found before all else."""
    said = memory(text)
    put(engine, said, DOG)

    assert found(engine, query)[:1] == [said.id]


# JSON holds no lone surrogates, so no memory does.
@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text], ids=as_id)
def test_finds_only_what_holds_the_word(engine: AnyEngine, text: str) -> None:
    """Among any other words, a word finds its memory alone, and finds nothing once it was removed."""
    said = memory(f"{text} zebra", asked=text)
    put(engine, said, DOG)

    assert found(engine, "zebra") == [said.id]
    engine.replace(ANA, "conv_1", [DOG])
    assert found(engine, "zebra") == []


def test_scores_alike_for_who_only_reads_and_has_time(engine: AnyEngine) -> None:
    """A search that ends before its deadline gives the same answer as one without."""
    put(engine, SON_3, DOG)

    assert engine.search(ANA, "son", limit=20, agent_id=None, timeout_s=10) == search(engine, "son")


@pytest.mark.parametrize("name", ["mongodb", "", "Embedded"])
def test_knows_no_other_engine(name: str) -> None:
    """An unknown engine is refused by name."""
    with sqlite_generation() as database, pytest.raises(EngineError, match=f"no memory engine '{name}'"):
        Engines(EngineSettings()).read(name, SqliteEngineTables(database))


def test_changes_with_the_transaction() -> None:
    """The embedded index is part of the read model's transaction: both change, or neither does."""
    with sqlite_generation() as database:
        engine = new_engine(Engines(EngineSettings()), database)
        put(engine, SON_3)
        database.run("BEGIN")
        engine.replace(ANA, "conv_1", [DOG])
        put(engine, SON_4)
        database.run("ROLLBACK")

        assert found(engine, "son dog") == [SON_3.id]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Please ask for Kowalski.", "Who is Covalsky?"),
        ("The order is AB-1234-X.", "Where is order AB1235X?"),
        ("My vet is Doctor Szymanski.", "Is Shimanski the vet?"),
        ("I am allergic to nuts.", "Any allergies?"),
    ],
)
def test_finds_what_was_misheard(engine: AnyEngine, said: str, asked: str) -> None:
    """A word that nobody said finds those that sound or are written like it."""
    heard = memory(said, conversation="conv_9")
    put(engine, heard, DOG, SON_3, SON_4)

    assert found(engine, asked)[0] == heard.id


def test_misheard_word_counts_least(engine: AnyEngine) -> None:
    """What was said in the very words comes before what only sounds like them, and scores far higher."""
    put(engine, memory("Ask for Kowalski."), memory("The lamp is red.", conversation="conv_2"), DOG)

    exact, alike = search(engine, "Kowalski")[0], search(engine, "Covalsky")[0]
    assert alike.memory_id == exact.memory_id
    assert alike.score < exact.score / 2
    assert found(engine, "Covalsky lamp")[0] == memory("The lamp is red.", conversation="conv_2").id


def test_said_word_is_looked_for_by_itself_alone(engine: AnyEngine) -> None:
    """A word that somebody said finds nothing that merely looks like it."""
    put(engine, memory("The parcel is late."), memory("The parcels of Parsel are here.", conversation="conv_2"))

    assert search(engine, "parsel")[0].score > 0
    assert found(engine, "parsel") == [memory("The parcels of Parsel are here.", conversation="conv_2").id]


def test_hidden_words_are_not_found_by_their_sound(engine: AnyEngine) -> None:
    """What an agent may not hear is not found by words that sound like it either, and takes no place of what it may."""
    hidden = [memory(f"Ask for Kowalsk{letter}.", key=letter, told_to=OTHER_AGENT) for letter in "bcdefghjk"]
    told = memory("Ask for Kowalski.", conversation="conv_2", told_to=AGENT)
    put(engine, *hidden, told)

    assert found(engine, "Covalsky", agent=AGENT) == [told.id]


def test_words_of_the_question_that_nobody_said_lower_the_score(engine: AnyEngine) -> None:
    """A question that holds more than anybody said is answered with less certainty, unless a keyword stands for it."""
    put(engine, memory("The gloves are of latex."), DOG, SON_3)

    def best(query: str, *keywords: str) -> float:
        return engine.search(ANA, query, keywords=keywords, limit=1, agent_id=None)[0].score

    assert best("latex zyxwvutsr") < best("latex")
    assert best("latex zyxwvutsr", "qponmlkjih") == best("latex zyxwvutsr")
    assert best("latex zyxwvutsr", "gloves") > best("latex zyxwvutsr")
