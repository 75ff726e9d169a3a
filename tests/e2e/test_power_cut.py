"""The loss of power: what was acknowledged is on the disk, and what is in doubt is settled by the next start."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from events.disk.durable import fsync_file, fsync_folder
from events.folder_log.log import FolderLog
from events.log.event import Event
from tests.support.powered_disk import needs_powered_disk, powered_disk
from tests.support.strace import needs_strace
from tests.torture.power_cut import cut_power, cut_power_once, move_to_powered_disk
from tests.torture.stage import Stage
from tests.torture.verdict import judge

# strace skips the call, and says that it succeeded.
_WITHOUT_FSYNC = (
    *("strace", "-DD", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"),
    *("-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0", "--"),
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An installation under load, on a disk whose power can go."""
    with closing(Stage(tmp_path)) as stage:
        yield stage


@needs_powered_disk
def test_disk_keeps_what_was_synced_and_nothing_else(tmp_path: Path) -> None:
    """When its power goes, the disk of these tests loses whatever nobody has fsynced: a file, and a name."""
    with powered_disk(tmp_path) as disk:
        kept, unsynced, nameless = (disk.folder / name for name in ("kept", "unsynced", "nameless"))
        kept.write_text("kept")
        fsync_file(kept)
        fsync_folder(disk.folder)
        unsynced.write_text("lost")
        nameless.hardlink_to(kept)
        disk.cut()
        with pytest.raises(OSError, match="Input/output error"):
            kept.write_text("more")
        disk.restore()
        assert (kept.read_text(), unsynced.exists(), nameless.exists()) == ("kept", False, False)


@needs_powered_disk
def test_nothing_acknowledged_is_lost_with_the_power(stage: Stage) -> None:
    """
    After the power went under load, and came back, each acknowledged call is in the log once, at the position that was
    answered; the log is whole; and the memories are those of a fresh replay.
    """
    cut_power(stage, cuts=3)
    verdict = judge(stage)
    assert (verdict.lost, verdict.double, verdict.problems) == (0, 0, [])
    assert verdict.acknowledged > 120


@needs_powered_disk
@needs_strace
def test_without_fsyncs_it_would_be_lost(stage: Stage) -> None:
    """An ingress whose fsyncs do nothing loses acknowledged calls at the same cut: so it is they that keep them."""
    disk = move_to_powered_disk(stage)
    with stage.load():
        cut_power_once(stage, disk, seed=0, under=_WITHOUT_FSYNC)
    there = {event.receipt.sha256 for event in FolderLog(stage.site.payloads).read() if isinstance(event, Event)}
    assert set(stage.acknowledged.values()) - there
