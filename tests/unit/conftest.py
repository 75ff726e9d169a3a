"""What unit tests share."""

from pathlib import Path

import pytest

from events.folder_log.log import PayloadLog
from tests.support.logs import NOW


@pytest.fixture
def log(tmp_path: Path) -> PayloadLog:
    """An empty log."""
    return PayloadLog(tmp_path / "payloads", clock=lambda: NOW)
