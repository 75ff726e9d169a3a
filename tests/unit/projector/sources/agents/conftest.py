"""What the tests of asking about agents share."""

from pathlib import Path

import pytest

from tests.unit.projector.sources.agents.desk import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A log without a call."""
    return Bench(tmp_path)
