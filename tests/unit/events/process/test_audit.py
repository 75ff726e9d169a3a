"""The audit trail: which key received which caller's data."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from events.process.audit import EXPORT, GREETING, SEARCH, AuditTrail, key_name
from tests.support.logs import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the trail will be written."""
    return tmp_path / "data" / "audit.jsonl"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_notes_who_did_what_when(path: Path) -> None:
    """A line holds the time, the action, the key's name, the caller and any further details."""
    AuditTrail(path, clock=lambda: NOW).note(SEARCH, by="KEY:1", caller="***143", request_id="r", found=2)

    assert lines(path) == [
        {
            "at": "2026-01-02T03:04:05.678900Z",
            "action": "search_answered",
            "by": "KEY:1",
            "caller": "***143",
            "request_id": "r",
            "found": 2,
        }
    ]


def test_only_appends(path: Path) -> None:
    """Earlier lines stay, even when another process opens the trail."""
    for number in range(3):
        AuditTrail(path).note(EXPORT, by=f"KEY:{number}", caller="***143", is_durable=number == 1)

    assert [line["by"] for line in lines(path)] == ["KEY:0", "KEY:1", "KEY:2"]


def test_is_for_the_owner_alone(path: Path) -> None:
    """File and folder are closed to other users, whatever the umask."""
    AuditTrail(path).note(EXPORT, by="KEY", caller="***143")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_goes_on_in_a_new_file_when_the_old_one_was_rotated_away(path: Path) -> None:
    """After a rotation the old file is closed: the next line begins a new file, with the same mode."""
    trail = AuditTrail(path)
    trail.note(EXPORT, by="KEY:1", caller="***143")
    path.rename(path.with_suffix(".1"))
    trail.note(EXPORT, by="KEY:2", caller="***143")

    assert [line["by"] for line in lines(path)] == ["KEY:2"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keeps_lines_whole_among_threads(path: Path) -> None:
    """However many threads write at once, each line is one JSON object."""
    trail = AuditTrail(path)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: trail.note(SEARCH, by="KEY", caller="***143", found=n), range(400)))

    assert sorted(int(str(line["found"])) for line in lines(path)) == list(range(400))


def test_names_a_key_without_telling_it() -> None:
    """The name distinguishes rotated keys, and reveals nothing of the secret."""
    one, other = key_name("ADMIN_KEY", "first-secret"), key_name("ADMIN_KEY", "second-secret")

    assert one.startswith("ADMIN_KEY:")
    assert one != other
    assert "secret" not in one + other


def test_pipe_that_nobody_reads_is_an_error(tmp_path: Path) -> None:
    """Nobody waits for a reader of the trail: a line that cannot be written now is said not to be written."""
    os.mkfifo(tmp_path / "audit.jsonl")
    with pytest.raises(OSError, match="No such device"):
        AuditTrail(tmp_path / "audit.jsonl").note(GREETING, by="key", caller="+1***")
