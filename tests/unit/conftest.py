"""Fixtures that unit tests share."""

from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from tests.support.logs import NOW


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """An empty log."""
    return FolderLog(tmp_path / "payloads", clock=lambda: NOW)
