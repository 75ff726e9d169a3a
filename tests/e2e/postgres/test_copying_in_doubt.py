"""A copy whose connection is lost while the server commits goes on: what it finds there then is its own."""

import threading
from pathlib import Path

import pytest

from events.disk import steps
from events.folder_log.log import FolderLog
from tests.support.copies import content_of, copy
from tests.support.logs import append
from tests.support.postgres import SHARED, why_not
from tests.support.samples import transcription
from tests.support.swallowing_proxy import SwallowingProxy, swallowing_proxy

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]


def cut_once_swallowed(proxy: SwallowingProxy) -> None:
    """End the connections of a proxy once the server has answered what was sent last."""
    if proxy.swallowed.wait(20):
        proxy.cut()


def test_commit_that_is_answered_by_nobody_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The server commits the lines, and the connection ends before it can say so: the copy is not told that somebody else
    appended them, and ends as if nothing had happened.
    """
    log = FolderLog(tmp_path / "log")
    append(log, *[transcription(f"conv_{number}", "hello") for number in range(100)])
    with SHARED.cluster().database() as url, swallowing_proxy(SHARED.cluster().port) as proxy:
        through = url.replace(str(SHARED.cluster().port), str(proxy.port))
        cutting = threading.Thread(target=cut_once_swallowed, args=[proxy])
        before, seen = steps.reached, list[str]()

        def reached(name: str) -> None:
            before(name)
            seen.append(name)
            if name == "committing" and "lines_written" in seen and not cutting.is_alive() and not cutting.ident:
                proxy.is_swallowing.set()
                cutting.start()

        monkeypatch.setattr("events.disk.steps.reached", reached)
        _, totals = copy(str(log.folder), through)
        cutting.join()
        assert proxy.swallowed.is_set()
        assert totals.copied == 100
        assert content_of(url) == content_of(str(log.folder))
