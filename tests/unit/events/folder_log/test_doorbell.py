"""Who waits for the next event looks again soon, whatever else happens in the folder."""

import os
import threading
from pathlib import Path
from threading import Event as Flag

import pytest

from events.folder_log.log import FolderLog
from tests.support.logs import CALL, OTHER, append, journal


@pytest.mark.timeout(60)
@pytest.mark.parametrize("is_watching", [True, False])
def test_wait_ends_while_others_write_into_the_folder(tmp_path: Path, is_watching: bool) -> None:
    """Folders that come and go, as those of health checks do, put off no look."""
    log = FolderLog(tmp_path, is_watching=is_watching)
    append(log, CALL)
    stop, has_waited = Flag(), Flag()

    def disturb() -> None:
        while not has_waited.wait(0.1):
            (tmp_path / "other").mkdir()
            (tmp_path / "other").rmdir()

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(3):
            log.wait(stop)
    finally:
        has_waited.set()
        thread.join()


def test_journal_that_was_restored_is_seen_though_it_is_as_long(log: FolderLog) -> None:
    """A journal that was put back, and grew again to its former length, is not taken for the one that was there."""
    append(log, CALL, OTHER)
    before, status = log.size(), journal(log).stat()
    lines = journal(log).read_bytes()
    journal(log).write_bytes(lines[:-10] + b"0" * 9 + b"\n")
    os.utime(journal(log), ns=(status.st_mtime_ns, status.st_mtime_ns + 1))
    assert journal(log).stat().st_size == status.st_size
    assert log.size() != before
