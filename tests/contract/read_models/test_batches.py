"""What every read model keeps of batches that are out, beside its generations."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from projector.read_model.asked import Batch, BatchedCall
from projector.read_model.open import open_questions, read_questions
from projector.read_model.tables.learning_tables import Batches, Questions

NOON_S = 1_762_948_800
ONE = Batch(
    id="batch_1",
    provider="openai",
    host="vendor.example",
    model="luna",
    is_of_any_model=True,
    prompt_version=1,
    prompt_sha256="f" * 64,
    submitted_at_s=NOON_S,
    tokens=300,
)
OTHER = replace(ONE, id="batch_0", is_of_any_model=False, submitted_at_s=NOON_S + 1, tokens=50)
A, B = BatchedCall("conv_a", "v"), BatchedCall("conv_b", "v")


@pytest.fixture
def batches(tmp_path: Path) -> Iterator[Batches]:
    """None is out."""
    with closing(open_questions(tmp_path)) as opened:
        yield opened.batches


def test_batch_is_out_until_it_is_removed(batches: Batches) -> None:
    """The oldest comes first; calls, tokens and batches are counted."""
    assert (batches.all(), batches.counts(), batches.tokens()) == ([], (0, 0), 0)
    batches.put(OTHER, [A])
    batches.put(ONE, [B, A])
    assert batches.all() == [ONE, OTHER]
    assert (batches.counts(), batches.tokens()) == ((2, 3), 350)
    assert batches.calls("batch_1") == [A, B]
    batches.remove("batch_1")
    assert (batches.all(), batches.calls("batch_1")) == ([OTHER], [])
    assert batches.of("conv_b", "v") == []


def test_call_is_out_as_it_was_asked_about(batches: Batches) -> None:
    """Another version of it is not; it may be in two batches, and something comes of each for itself."""
    batches.put(ONE, [A, B])
    batches.put(OTHER, [A])
    assert {each.id for each in batches.of("conv_a", "v")} == {"batch_0", "batch_1"}
    assert batches.of("conv_a", "another") == batches.of("conv_c", "v") == []
    batches.remove_call("batch_1", "conv_a")
    assert batches.of("conv_a", "v") == [OTHER]
    assert batches.calls("batch_1") == [B]
    assert batches.conversations() == ["conv_a", "conv_b"]


def test_forgotten_call_leaves_no_byte_and_its_batch_stays(tmp_path: Path) -> None:
    """So that what the vendor has of it is removed there, too."""
    with closing(open_questions(tmp_path)) as questions:
        calls = [BatchedCall(f"conv_to_forget_{number}", "v") for number in range(50)]
        questions.batches.put(ONE, [*calls, A])
        assert questions.batches.forget(*(call.conversation_id for call in calls))
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"to_forget" in path.read_bytes()]
        assert questions.batches.calls("batch_1") == [A]
        assert questions.batches.forget("conv_a")
        assert questions.batches.all() == [ONE]


def test_batches_outlive_the_process(tmp_path: Path) -> None:
    """Who opens it again finds them; so does a reader beside the writer."""
    with closing(open_questions(tmp_path)) as questions:
        questions.batches.put(ONE, [A])
        beside = read_questions(tmp_path)
        assert beside is not None
        with closing(beside):
            assert beside.batches.of("conv_a", "v") == [ONE]
    with closing(open_questions(tmp_path)) as questions:
        assert questions.batches.all() == [ONE]


@pytest.mark.parametrize("opened", [open_questions, read_questions])
def test_file_of_an_earlier_release_is_taken_on(tmp_path: Path, opened: Callable[[Path], Questions | None]) -> None:
    """What it knows stays, and no batch is out."""
    with closing(open_questions(tmp_path)) as questions:
        questions.spend("2025-11-12", 7)
    (path,) = tmp_path.rglob("*.sqlite")
    with closing(sqlite3.connect(path)) as database:
        database.executescript("DROP TABLE batches; DROP TABLE batched;")
    found = opened(tmp_path)
    assert found is not None
    with closing(found):
        assert found.batches.all() == []
        assert found.spent("2025-11-12") == 7
