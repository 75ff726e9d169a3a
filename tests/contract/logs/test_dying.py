"""A process that appends may die at any moment: its bodies become events, or nothing."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.log.protocol import EventLog
from events.open_log import open_log
from tests.contract.logs.kinds import Kind
from tests.support.crashing import Crashing
from tests.support.logs import CALL, LATER, OTHER, append, assert_in_order, bodies
from tests.support.samples import transcription

GIVEN = {
    "alone": [CALL],
    "a group": [CALL, transcription("conv_3", "hello"), LATER, CALL, OTHER, b"\xff"],
    "too long for memory": [transcription("conv_long", "x" * 3_000_000)],
}


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    """A process of its own that appends, and dies at a step."""
    crashing = Crashing(tmp_path_factory.mktemp("crashing"))
    yield crashing
    crashing.close()


def test_recovery_of_nothing(log: EventLog) -> None:
    """If no writer died, recovery finds nothing, however often it runs."""
    assert log.recover() == 0
    append(log, CALL)
    assert log.recover() == 0
    assert bodies(log) == [CALL]


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_killed_writer_loses_and_doubles_nothing(
    kind: Kind, crashing: Crashing, tmp_path: Path, given: list[bytes]
) -> None:
    """Whatever step a writer is killed at, each body is one event or none; sent again, it is there once."""
    folder = tmp_path / "sent"
    folder.mkdir()
    for number, body in enumerate(given):
        (folder / str(number)).write_bytes(body)
    command = ["append", *map(str, range(len(given)))]
    with kind.place(tmp_path / "whole") as location:
        append(open_log(location), OTHER)
        steps = Counter(crashing.run(folder, command, payloads=location))
        assert sorted(bodies(open_log(location))) == sorted({OTHER, *given})
    for step, times in steps.items():
        for occurrence in {1, times}:
            with kind.empty(tmp_path / f"{step} {occurrence}") as location:
                append(open_log(location), OTHER)
                crashing.run(folder, command, at=step, occurrence=occurrence, payloads=location)
                assert_recovers(open_log(location), given)


def assert_recovers(log: EventLog, given: list[bytes]) -> None:
    """Assert that no committed body is lost or doubled, and that the same bytes, sent again, are events."""
    committed = bodies(log)
    recovered = log.recover()
    kept = bodies(log)
    assert kept[: len(committed)] == committed
    assert len(kept) == len(committed) + recovered == len(set(kept))
    assert set(kept) <= {OTHER, *given}
    assert_in_order(log, len(kept))
    assert log.recover() == 0
    append(log, *given)
    assert sorted(bodies(log)) == sorted({OTHER, *given})
    assert_in_order(log, len({OTHER, *given}))


@pytest.mark.parametrize("size", [100, 3_000_000])
def test_draft_of_a_living_writer_is_left_alone(log: EventLog, again: EventLog, size: int) -> None:
    """Recovery does not touch a draft that a living writer still writes: that writer publishes it itself."""
    body = b" " * size + CALL
    with log.draft() as draft:
        draft.write(body)
        assert again.recover() == 0
        assert log.recover() == 0
        log.publish(draft, source="webhook")
    assert bodies(again) == [body]
