"""Every kind of read model, empty, for each test of the contract; a new kind is one more line of `KINDS`."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.open import open_generations
from projector.read_model.protocol import Generations, ReadModelWriter

KINDS: dict[str, Callable[[Path], Generations]] = {"sqlite": open_generations}


@pytest.fixture(params=list(KINDS))
def generations(request: pytest.FixtureRequest, tmp_path: Path) -> Generations:
    """A read model without any generation."""
    return KINDS[request.param](tmp_path / "readmodel")


@pytest.fixture
def writer(generations: Generations) -> Iterator[ReadModelWriter]:
    """The writer of a first generation, which is live and empty."""
    generation = generations.begin()
    generations.create(generation, fingerprint="one", engine="embedded", is_outside=False).close()
    generations.settle(generation)
    generations.publish(generation)
    with closing(generations.open(generation)) as writer:
        yield writer
