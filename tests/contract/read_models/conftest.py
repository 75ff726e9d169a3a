"""Every kind of read model, empty, for each test of the contract."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.generations import Generations
from projector.read_model.open import open_generations
from projector.read_model.protocol import ReadModelWriter
from tests.support.memories import KINDS, Kind, as_parameter
from tests.support.postgres import SHARED


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """End the servers that kinds of read models have started."""
    yield
    SHARED.close()


@pytest.fixture(params=map(as_parameter, KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of read model."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def location(kind: Kind, tmp_path: Path) -> Iterator[str]:
    """Where the read model is kept."""
    with kind.place(tmp_path) as location:
        yield location


@pytest.fixture
def generations(location: str) -> Generations:
    """A read model without any generation."""
    return open_generations(location)


@pytest.fixture
def writer(generations: Generations) -> Iterator[ReadModelWriter]:
    """The writer of a first generation, which is live and empty."""
    generation = generations.begin()
    generations.create(generation, fingerprint="one", engine="embedded", is_outside=False).close()
    generations.settle(generation)
    generations.publish(generation)
    with closing(generations.open(generation)) as writer:
        yield writer
