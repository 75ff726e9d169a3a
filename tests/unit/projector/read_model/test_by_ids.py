"""Single memories are found at a cost that does not grow with the caller's past."""

from functools import partial
from pathlib import Path

import pytest

from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.cost import Cost, cost_of
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite

# As many as a search may return.
FOUND = 20


@pytest.mark.slow
def test_cost_does_not_grow(tmp_path: Path) -> None:
    """To read what a search found costs the same after 300 calls as after 30, so that it may be much less than all."""
    site = ProjectorSite(tmp_path)

    def cost_after(begin: int, end: int) -> Cost:
        site.hold(*(transcription(f"conv_{n}", f"My zebra is number {n}.") for n in range(begin, end)))
        with site.opened() as database:
            read_model = SqliteReadModel(database)
            ids = [memory.id for memory in read_model.all_memories(MARTA)][:FOUND]
            assert len(read_model.memories(MARTA, ids)) == FOUND  # the first time a statement is also prepared
            return cost_of(partial(read_model.memories, MARTA, ids), database)

    few, many = cost_after(0, 30), cost_after(30, 300)

    assert many.calls < few.calls * 1.1
    assert many.steps < few.steps * 1.1
