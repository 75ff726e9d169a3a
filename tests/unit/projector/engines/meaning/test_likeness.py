"""What likeness adds to scores."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from projector.engines.meaning.encoder import Usual
from projector.engines.meaning.likeness import Added, added_scores
from projector.engines.meaning.rows import as_bytes, by_digest, compare, pack, unpack

_USUAL = Usual(mean=0.78, deviation=0.02)


def added(*cosines: float) -> Added:
    """Return what is added where both cosines of each memory are these."""
    return added_to(cosines, [_USUAL.mean] * len(cosines))


def added_to(asked: Sequence[float], usually: Sequence[float]) -> Added:
    """Return what is added, given the cosines with the question, and with what all questions have in common."""
    return added_scores(columns_of(asked), columns_of(usually), _USUAL)


def columns_of(cosines: Sequence[float]) -> NDArray[np.float32]:
    """Return the same cosine twice for each memory: of its text in the call, and of its own text."""
    return np.array([cosines, cosines], np.float32).T


def test_what_is_told_does_not_depend_on_how_many_memories_there_are() -> None:
    """The same cosine is told as the same score to a caller of three memories and to one of three hundred."""
    few, many = added(0.86, 0.77, 0.79), added(0.86, *[0.77, 0.79] * 150)

    assert few.among_all[0] == pytest.approx(many.among_all[0])
    assert few.among_all[0] > 0.3


def test_only_memory_is_not_the_most_alike_by_being_alone() -> None:
    """One memory that has nothing to do with the question gains nothing, and one that fits does."""
    assert added(0.77).among_own[0] == 0
    assert added(0.88).among_own[0] > 0.1


def test_order_follows_the_cosines() -> None:
    """The more alike, the more is added; what is less alike than most gains nothing."""
    scores = added(0.90, 0.85, 0.80, *[0.78] * 50, 0.70).among_own

    assert scores[0] > scores[1] > scores[2] > scores[3]
    assert scores[-1] == 0


def test_what_is_like_any_question_comes_after_what_is_like_this_one() -> None:
    """A memory that is alike because it is like every question comes later; how sure it is does not change by that."""
    others = [0.78] * 20
    plain, taken = added(0.86, 0.85, *others), added_to([0.86, 0.85, *others], [0.83, 0.78, *others])

    assert plain.among_own[0] > plain.among_own[1]
    assert taken.among_own[0] < taken.among_own[1]
    assert taken.among_all.tolist() == plain.among_all.tolist()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_row_gives_back_the_cosines_that_went_in(count: int) -> None:
    """A byte for each number changes a cosine by less than a hundredth; a row without memories is none the worse."""
    made = np.random.default_rng(7)
    vectors = [vector / np.linalg.norm(vector) for vector in made.normal(size=(2 * count, 384)).astype(np.float32)]
    digests = [bytes([number]) * 32 for number in range(2 * count)]
    memories = [(f"id_{n}", digests[2 * n], digests[2 * n + 1]) for n in range(count)]
    columns = pack(memories, dict(zip(digests, map(as_bytes, vectors), strict=True)), ["marta"])
    question, usual = made.normal(size=(2, 384)).astype(np.float32)
    question /= np.linalg.norm(question)
    usual *= 0.9 / np.linalg.norm(usual)

    rows = list(unpack([(columns["head"], columns["vectors"])] * 2, 384))
    alike = compare(rows, question, usual, lambda: None)

    assert [row.head.names for row in rows] == [["marta"], ["marta"]]
    for n in range(count):
        own, in_call = vectors[2 * n], vectors[2 * n + 1]
        place = alike.places[f"id_{n}"]
        assert alike.asked[place] == pytest.approx([float(in_call @ question), float(own @ question)], abs=0.01)
        assert alike.usual[place] == pytest.approx([float(in_call @ usual), float(own @ usual)], abs=0.01)
    assert by_digest([(columns["digests"], columns["vectors"])], 384).keys() == set(digests)


def test_what_is_no_row_is_left_out() -> None:
    """A head that cannot be read, or that does not fit its vectors, leaves the other rows as they are."""
    columns = pack([("id_1", b"a" * 32, b"a" * 32)], {b"a" * 32: bytes(384)}, [])
    head, vectors = columns["head"], columns["vectors"]

    broken = [(b"", vectors), (b"\xff" * 9, vectors), (head, vectors[:-1]), (head, b""), (head[:-3], vectors)]

    assert len(list(unpack([*broken, (head, vectors)], 384))) == 1


def test_number_that_is_too_large_changes_the_order_at_worst() -> None:
    """A damaged head that names a vector which is not there ends no search, and leaves other rows as they are."""
    good = pack([("id_1", b"a" * 32, b"a" * 32)], {b"a" * 32: as_bytes(np.eye(1, 384, dtype=np.float32)[0])}, [])
    damaged = msgspec.msgpack.encode([["id_2"], b"\xff" * 4, b"\x07\0\0\0", []])
    question = np.eye(1, 384, dtype=np.float32)[0]

    rows = list(unpack([(good["head"], good["vectors"]), (damaged, good["vectors"])], 384))
    alike = compare(rows, question, question, lambda: None)

    assert alike.asked[alike.places["id_1"]] == pytest.approx([1, 1])
    assert len(alike.asked) == 2
