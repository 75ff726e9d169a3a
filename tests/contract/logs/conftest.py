"""Every kind of log, empty, for each test of the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.log.protocol import EventLog
from events.open_log import open_log
from tests.contract.logs.kinds import KINDS, Kind
from tests.support.object_store import SHARED_STORE
from tests.support.postgres import SHARED


def _param(kind: Kind) -> object:
    marks = [pytest.mark.skip(reason=f"{kind.name}: {kind.why_not}")] if kind.why_not else []
    return pytest.param(kind, id=kind.name, marks=marks)


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """End the servers that kinds of logs have started."""
    yield
    SHARED.close()
    SHARED_STORE.close()


@pytest.fixture(params=map(_param, KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of log."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def location(kind: Kind, tmp_path: Path) -> Iterator[str]:
    """Where the log is kept."""
    with kind.empty(tmp_path / "one") as location:
        yield location


@pytest.fixture
def log(location: str) -> EventLog:
    """An empty log."""
    return open_log(location)


@pytest.fixture
def again(log: EventLog) -> EventLog:
    """The same log, opened once more, as another process does."""
    return open_log(log.location)


@pytest.fixture
def other(kind: Kind, tmp_path: Path) -> Iterator[EventLog]:
    """Another log of the same kind, empty."""
    with kind.place(tmp_path / "other") as location:
        yield open_log(location)
