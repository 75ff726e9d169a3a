"""With any byte of a read model flipped, each answer is right, a part of the right one, or an error."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.domain.memories import Memory
from projector.engines.lexical.engine import EmbeddedEngine
from projector.engines.protocol import Engine
from projector.errors import EngineError, ReadModelBusyError, ReadModelDamagedError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.read_models import check_sound
from tests.support.samples import AGENT_LINE, MARTA, failure, transcription
from tests.support.sites import ProjectorSite

BEN, NOBODY = "+12025550144", "+12025550999"
OTHER_AGENT = "agent_other"
# A damaged index may hide some of these until the full check: fewer are found, or other intact memories of the caller
# take their place. Every other answer is exact.
_IN_PART = ("search ", "recent ", "missed ", "line ", "dump")
_READ_ERRORS = (ReadModelBusyError, ReadModelDamagedError)
Question = Callable[[SqliteReadModel, Engine], Any]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small read model, closed, as a few calls and their later versions leave it."""
    site = ProjectorSite(tmp_path_factory.mktemp("site"))
    for body in (
        transcription("conv_1", "I moved to Oslo.", "My dog is Rex.", first_name="Marta", at_s=1_700_000_000),
        transcription("conv_2", "I live in Bergen.", caller=BEN, first_name="Ben", at_s=1_700_000_100),
        transcription("conv_3", "x" * 6000, caller=BEN, agent=OTHER_AGENT, summary="They spoke.", at_s=1_700_000_200),
        transcription("conv_1", "I moved to Rome.", first_name="Maria", at_s=1_700_000_000, event_timestamp=1),
        transcription("conv_4", "My cat is Tom.", first_name="Mary", city="Rome", at_s=1_700_000_300),
        failure("conv_5", BEN),
        transcription("conv_1", "I moved to Paris.", first_name="Mara", at_s=1_700_000_000, event_timestamp=2),
    ):
        site.append(body)
        site.follower.catch_up()
    site.follower.close()
    return site.database()


@pytest.fixture(scope="module")
def right(database: Path) -> dict[str, Any]:
    """Its answers as long as it is intact."""
    check_sound(database)
    return answers(database)


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(where=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_flipped_byte_never_speaks(
    database: Path, right: dict[str, Any], tmp_path: Path, where: float, mask: int
) -> None:
    """
    Whatever byte of the database is flipped, no caller hears altered words, or another caller's.

    Whatever hides a part of an answer is found by the full check.
    """
    rotten = bytearray(database.read_bytes())
    rotten[int(where * len(rotten))] ^= mask
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    damaged = tmp_path / database.name
    damaged.write_bytes(rotten)

    differ = {name: answer for name, answer in answers(damaged).items() if answer != right[name]}
    for name, answer in differ.items():
        assert name.startswith(_IN_PART), f"{name}: {answer!r}"
        all_of_it = right[f"all {name.split()[1]}"] if name.startswith(("search ", "recent ")) else right[name]
        assert is_part(answer, all_of_it), f"{name}: {answer!r}"
        if name.endswith(OTHER_AGENT):
            assert all(memory.is_current and memory.told_to in {None, OTHER_AGENT} for memory in answer)
    if differ:
        with pytest.raises(_READ_ERRORS):
            check_sound(damaged)


def answers(database: Path) -> dict[str, Any]:
    """Ask every question, and return the answers."""
    answered: dict[str, Any] = {}
    try:
        opened = Database.open(database, is_writing=False)
    except _READ_ERRORS:
        return {}
    with closing(opened):
        for name, question in questions():
            try:
                answered[name] = question(SqliteReadModel(opened), EmbeddedEngine(SqliteEngineTables(opened)))
            except (EngineError, *_READ_ERRORS):
                continue
    return answered


def questions() -> Iterator[tuple[str, Question]]:
    """Yield every question to a read model, by name."""
    for caller in (MARTA, BEN, NOBODY):
        yield f"view {caller}", partial(lambda caller, model, _: model.view(caller), caller)
        yield f"all {caller}", partial(lambda caller, model, _: list(model.all_memories(caller)), caller)
        yield f"missed {caller}", partial(lambda caller, model, _: model.missed_calls(caller), caller)
        for agent in (None, OTHER_AGENT):
            yield f"recent {caller} {agent}", partial(recent, caller, agent)
        for query in ("moved", "live in Bergen", "cat dog"):
            yield f"search {caller} {query}", partial(found, caller, query)
    for number in (AGENT_LINE, MARTA):
        yield f"line {number}", partial(lambda number, model, _: model.is_agent_line(number), number)
    yield "dump", lambda model, _: [line.rstrip(",") for line in model.dump()]


def recent(caller: str, agent: str | None, model: SqliteReadModel, _: Engine) -> list[Memory]:
    """Return the recent memories."""
    return model.recent(caller, agent_id=agent, limit=3)


def found(caller: str, query: str, model: SqliteReadModel, engine: Engine) -> list[Memory]:
    """Search as ingress does, in an order that does not depend on scores."""
    hits = engine.search(caller, query, limit=5, agent_id=None)
    return sorted(model.memories(caller, [hit.memory_id for hit in hits]).values(), key=lambda memory: memory.id)


def is_part(answer: Any, right: Any) -> bool:
    """Return whether an answer holds only items of the right one, and none more often."""
    if isinstance(answer, bool):
        return not answer
    rest = list(right)
    for item in answer:
        if item not in rest:
            return False
        rest.remove(item)
    return True
