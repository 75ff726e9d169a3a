"""The kinds of read models that tests run on, and where a test of each finds an empty one."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from tests.support.postgres import memories_database, why_not


class Kind(Struct, frozen=True, kw_only=True):
    """
    One kind of read model.

    Args:
        place: gives a test the location of an empty one, for as long as the block lasts; in a folder, if it needs one.
        why_not: why it cannot be run here; empty if it can.
        makes_slowly: whether making an empty one takes a tenth of a second.
    """

    name: str
    place: Callable[[Path], AbstractContextManager[str]]
    why_not: str = ""
    makes_slowly: bool = False


@contextmanager
def _in_folder(folder: Path) -> Iterator[str]:
    yield str(folder / "readmodel")


@contextmanager
def _in_database(_: Path) -> Iterator[str]:
    with memories_database() as url:
        yield url


# Add a new kind of read model here, and nowhere else.
KINDS = (
    Kind(name="sqlite", place=_in_folder),
    Kind(name="postgres", place=_in_database, why_not=why_not(), makes_slowly=True),
)


def as_parameter(kind: Kind) -> object:
    """Return a kind as a parameter of a test, which is skipped where the kind cannot be run."""
    marks = [pytest.mark.skip(reason=f"{kind.name}: {kind.why_not}")] if kind.why_not else []
    return pytest.param(kind, id=kind.name, marks=marks)
