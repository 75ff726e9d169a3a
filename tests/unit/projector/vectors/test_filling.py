"""Vectors are kept in step with the memories, and none is computed twice."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.open import open_live_reader
from projector.read_model.tables.engine_tables import VectorTable
from projector.vectors.filling import Filling
from tests.support.encoders import StandIn
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.vector_site import VectorSite, found_in, traces_of

BEN = "+12025550144"
_DAY_S = 86_400


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[VectorSite]:
    """A log without events, and what makes vectors."""
    vectors = VectorSite(tmp_path)
    yield vectors
    vectors.close()


def test_every_memory_gets_its_vectors(vectors: VectorSite) -> None:
    """Turns, summaries and collected values have vectors, each text once; how many calls there were has none."""
    vectors.site.hold(
        transcription("conv_1", "I have a dog.", "Yes.", "Yes.", summary="A dog.", pet="dog"),
        transcription("conv_2", "We moved.", at_s=NOON_S + _DAY_S),
    )

    made = vectors.fill()

    assert vectors.held() == vectors.remembered()
    assert {"I have a dog.", "Question 0? I have a dog.", "Pet: dog"} <= set(made)
    assert any("A dog." in text for text in made)
    assert made.count("Yes.") == 1
    assert not any("spoken with us" in text for text in made)


def test_newest_call_is_first(vectors: VectorSite) -> None:
    """Of what is missing the newest is made first, and what was just learned before all of that."""
    for day in (2, 1, 3):
        vectors.site.hold(transcription(f"conv_{day}", f"It was day {day}.", at_s=NOON_S + day * _DAY_S))
    vectors.filling.compare()
    vectors.filling.note([(MARTA, "conv_1")])
    while vectors.filling.step():
        pass

    own = [text for text in vectors.encoder.encoded if text.startswith("It was day")]
    assert own == ["It was day 1.", "It was day 3.", "It was day 2."]


@pytest.mark.parametrize("again", ["replay", "restart", "refold", "another agent's call"])
def test_nothing_is_computed_twice(vectors: VectorSite, again: str) -> None:
    """After a replay, a restart, a refold or another call, only texts that are new are turned into vectors."""
    vectors.site.hold(
        transcription("conv_1", "I have a dog.", plan="basic"),
        transcription("conv_2", "We moved.", plan="premium", at_s=NOON_S + _DAY_S),
    )
    first = vectors.fill()

    match again:
        case "replay":
            vectors.site.replay()
        case "restart":
            vectors.restart()
        case "refold":  # a late call, which supersedes and adds
            vectors.site.hold(transcription("conv_0", "I have a cat.", plan="none", at_s=NOON_S - _DAY_S))
        case _:
            vectors.site.hold(transcription("conv_3", "I have a bird.", agent="agent_other", at_s=NOON_S + 2 * _DAY_S))
    later = vectors.fill()

    assert first
    assert not set(later) & set(first)
    assert bool(later) == (again in {"refold", "another agent's call"})
    assert vectors.held() == vectors.remembered()


def test_other_questions_of_a_fact_make_one_vector_anew(vectors: VectorSite) -> None:
    """They stand before its sentence, as whoever asks for it would say; the sentence by itself keeps its vector."""
    body = transcription("conv_1", "I'm with Delta.")
    vectors.site.hold(body)
    for version, asked in ((1, ["who insures them?"]), (2, ["which insurer is theirs?", "wo sind sie versichert?"])):
        answer = extraction(body, statement("I'm with Delta.", 1, questions=asked), version=version)
        vectors.site.append(answer, source="extraction")
        vectors.site.catch_up()
        made = vectors.fill()
        assert [text for text in made if text.startswith(f"{' '.join(asked)} ")] == made[-1:]
        assert ("The caller is with Delta." in made) is (version == 1)
    assert vectors.held() == vectors.remembered()


def test_calls_of_another_caller_key_need_no_new_vectors(vectors: VectorSite) -> None:
    """Where a conversation turns out to be another caller's, its vectors go with it."""
    vectors.site.hold(transcription("conv_1", "I have a dog.", caller=BEN, event_timestamp=NOON_S))
    first = vectors.fill()
    vectors.site.hold(transcription("conv_1", "I have a dog.", caller=MARTA, event_timestamp=NOON_S + 60))

    later = vectors.fill()

    assert "I have a dog." in first
    assert "I have a dog." not in later
    assert {stamp.caller for stamp in vectors.table.stamps()} == {MARTA}


def test_call_costs_as_much_however_many_callers_there_are(
    vectors: VectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a call of one caller no vectors of another caller are read, also where all of them called several times."""
    for number in range(5):
        caller = f"+120255501{number:02d}"
        vectors.site.hold(*(transcription(f"conv_{number}_{n}", "Hello.", caller=caller) for n in range(3)))
    vectors.fill()
    vectors.site.hold(transcription("conv_new", "We moved."), transcription("conv_newer", "I have a dog."))
    read, of_conversation = list[int](), vectors.table.of_conversation

    def counted(*of: str) -> list[tuple[bytes, bytes]]:
        found = of_conversation(*of)
        read.append(len(found))
        return found

    monkeypatch.setattr(vectors.table, "of_conversation", counted)

    assert vectors.fill()
    assert read == [0, 0, 0]


def test_another_encoder_makes_all_anew_and_changes_no_memory(vectors: VectorSite) -> None:
    """With another model the vectors are made again, those of the first are gone, and nothing is replayed."""
    vectors.site.hold(transcription("conv_1", "I have a dog."))
    first, dump, generation = vectors.fill(), vectors.site.dump(), vectors.site.generations.current()
    vectors.encoder = StandIn("stand-in-2")
    vectors.restart()

    later = vectors.fill()
    vectors.site.catch_up()

    assert sorted(later) == sorted(first)
    assert [path.name for path in (vectors.folder / "vectors").glob("*.sqlite")] == ["stand-in-2-3.sqlite"]
    assert (vectors.site.dump(), vectors.site.generations.current()) == (dump, generation)


def test_what_is_more_urgent_interrupts_and_loses_nothing(vectors: VectorSite) -> None:
    """A conversation that was interrupted goes on where it was."""
    vectors.site.hold(transcription("conv_1", *(f"It is number {n}." for n in range(10))))
    vectors.filling.compare()
    left = iter(range(7))

    def check() -> None:
        if next(left, None) is None:
            raise InterruptedError

    vectors.check = check
    with pytest.raises(InterruptedError):
        vectors.filling.step()
    begun = list(vectors.encoder.encoded)
    vectors.check = lambda: None
    vectors.restart()

    assert len(begun) == 7
    assert not set(vectors.fill()) & set(begun)
    assert vectors.held() == vectors.remembered()


@pytest.mark.parametrize("error", [ValueError("bad"), MemoryError(), OSError("bad")])
def test_text_that_the_encoder_fails_at_stops_no_other(
    vectors: VectorSite, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A text of which the model makes no vector is counted; the others get theirs, and the next start tries again."""
    vectors.site.hold(transcription("conv_1", "I have a dog.", "A bad one.", "It is called Rex."))
    remembered = vectors.remembered()["conv_1"]
    memory = vectors.encoder.memory

    def failing(text: str):  # type: ignore[no-untyped-def]
        if "bad" in text:
            raise error
        return memory(text)

    monkeypatch.setattr(vectors.encoder, "memory", failing)
    vectors.fill()

    assert len(vectors.held()["conv_1"]) == len(remembered) - 1
    assert vectors.filling.failed == 2
    assert {stamp.stamp for stamp in vectors.table.stamps()} == {-1}
    monkeypatch.undo()
    vectors.restart()
    assert set(vectors.fill()) == {"A bad one.", "Question 1? A bad one."}
    assert vectors.held()["conv_1"] == remembered


def test_memories_that_change_meanwhile_are_made_again(vectors: VectorSite) -> None:
    """A call that comes in again while its vectors are made has those of its newest version at the end."""
    vectors.site.hold(transcription("conv_1", "I have a dog.", event_timestamp=NOON_S))
    vectors.filling.compare()

    def check() -> None:
        vectors.check = lambda: None
        vectors.site.hold(transcription("conv_1", "I have a cat.", event_timestamp=NOON_S + 60))

    vectors.check = check
    while vectors.filling.step():
        pass

    assert "I have a cat." in vectors.encoder.encoded
    assert vectors.held() == vectors.remembered()


def test_worker_brings_back_nobody_who_was_forgotten(vectors: VectorSite) -> None:
    """A caller who is forgotten while vectors of them are made has none at the end, in no byte of the files."""
    vectors.site.hold(transcription("conv_1", "I have a dog.", "It is called Rex."))
    vectors.filling.compare()
    vectors.site.now_s = NOON_S + 1000

    def check() -> None:
        vectors.check = lambda: None
        vectors.site.forget(at_s=NOON_S + 1000)

    vectors.check = check
    while vectors.filling.step():
        pass

    assert not list(vectors.table.stamps())


@pytest.mark.parametrize("how", ["forgotten", "forgotten, then replayed", "with rows of another encoder"])
def test_erasure_leaves_no_byte_of_a_vector(vectors: VectorSite, how: str) -> None:
    """Once an erasure is finished, no file holds a byte of the caller's vectors, nor the key; others keep theirs."""
    vectors.site.hold(
        transcription("conv_1", "I have a dog called Rex.", "Our invoice was paid."),
        transcription("conv_2", "We have a cat.", caller=BEN),
    )
    vectors.fill()
    traces = traces_of(vectors, "conv_1")
    kept = vectors.table.of_conversation(BEN, "conv_2")
    if how == "with rows of another encoder":
        with closing(open_vectors_beside(vectors, "older")) as older:
            reader = open_live_reader(vectors.folder)
            filling = Filling(reader.open, older, StandIn("older"))
            filling.compare()
            while filling.step():
                pass
            reader.close()
    assert all(found_in(vectors.folder, trace) for trace in traces)

    if how == "forgotten, then replayed":
        vectors.site.request_erasure(at_s=NOON_S + 1000)
        vectors.site.replay()
        vectors.site.catch_up()
    else:
        vectors.site.forget(at_s=NOON_S + 1000)

    vectors.restart()
    assert not any(found_in(vectors.folder / "vectors", trace) for trace in traces)
    assert vectors.table.of_conversation(BEN, "conv_2") == kept


def open_vectors_beside(vectors: VectorSite, fingerprint: str) -> VectorTable:
    """Open the vectors of another encoder, and leave the others."""
    from projector.read_model.sqlite.tables.engines.vectors import VectorFiles

    return VectorFiles(vectors.folder).writer(fingerprint)
