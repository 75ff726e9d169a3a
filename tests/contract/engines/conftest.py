"""Every available engine, for each test of the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projector.engines.open import Engines
from tests.contract.engines.kinds import IS_FULL, KINDS, Kind, emptied
from tests.contract.engines.memories import AnyEngine
from tests.support.postgres import SHARED

# The time limit of a test of an outside engine where everything is tried; some wait for the only server there is.
_FULL_S = 3600


def _param(kind: Kind) -> object:
    marks = [pytest.mark.timeout(_FULL_S)] if IS_FULL and kind.is_slow else []
    if kind.why_not:
        marks.append(pytest.mark.skip(reason=f"{kind.name}: {kind.why_not}"))
    return pytest.param(kind, id=kind.name, marks=marks)


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """End the servers that kinds of engines have started."""
    yield
    SHARED.close()


@pytest.fixture(params=map(_param, KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """One kind of engine at a time."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def engines(kind: Kind, tmp_path: Path) -> Iterator[Engines]:
    """The engines of one process, of each kind."""
    with kind.engines(tmp_path) as engines:
        yield engines


@pytest.fixture
def engine(engines: Engines) -> Iterator[AnyEngine]:
    """An empty engine of each kind."""
    with emptied(engines) as engine:
        yield engine
