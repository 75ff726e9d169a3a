"""Every kind of read model, empty, for each test of the contract."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from projector.read_model.generations import Generations
from projector.read_model.open import open_generations
from projector.read_model.protocol import ReadModelWriter


class Kind(Struct, frozen=True, kw_only=True):
    """
    One kind of read model.

    Args:
        place: gives a test the location of an empty one, for as long as the block lasts; in a folder, if it needs one.
        why_not: why it cannot be run here; empty if it can.
    """

    name: str
    place: Callable[[Path], AbstractContextManager[str]]
    why_not: str = ""


@contextmanager
def _in_folder(folder: Path) -> Iterator[str]:
    yield str(folder / "readmodel")


# Add a new kind of read model here, and nowhere else in this suite.
KINDS = (Kind(name="sqlite", place=_in_folder),)


def _param(kind: Kind) -> object:
    marks = [pytest.mark.skip(reason=f"{kind.name}: {kind.why_not}")] if kind.why_not else []
    return pytest.param(kind, id=kind.name, marks=marks)


@pytest.fixture(params=map(_param, KINDS))
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
