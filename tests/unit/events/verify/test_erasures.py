"""Verifying a log with erasures: which missing files are accounted for, and which are not."""

from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from events.log.erasure_request import request_erasure
from tests.support.logs import events
from tests.support.signed_logs import MP3_PATH, PATHS, append_signed, erase, named, remove, signed_log, verify


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log without faults."""
    return signed_log(tmp_path / "payloads")


def test_accepts_what_an_erasure_accounts_for(log: FolderLog) -> None:
    """Files that are missing by intent are counted: those that an erasure lists, and those of its conversations."""
    erase(log, 4)
    findings, totals = verify(log.folder)
    assert (findings, totals.erased, totals.erasures) == ([], 1, 1)

    for event in events(log):
        if event.receipt.conversation_id == "conv_1":
            remove(log, event)
    erase(log, conversations=("conv_1",))
    findings, totals = verify(log.folder)
    assert (findings, totals.erased, totals.erasures) == ([], 4, 2)
    (log.folder / "conv_3" / "conv_3_transcription.json").unlink()
    assert named(log.folder) == [("missing", "conv_3/conv_3_transcription.json")]


def test_names_what_is_erased_and_still_there(log: FolderLog) -> None:
    """A file or a recording that an erasure lists must no longer exist."""
    erase(log, 4, is_removing=False)
    assert named(log.folder) == [("not erased", PATHS[2])]
    (log.folder / PATHS[2]).unlink()
    erase(log, conversations=("conv_1",), is_removing=False)
    (log.folder / PATHS[1]).unlink()  # its recording stays
    version = events(log)[2].receipt.path
    assert sorted(named(log.folder)) == sorted(("not erased", path) for path in (PATHS[0], MP3_PATH, version))


def test_believes_no_erasure_but_ours(log: FolderLog) -> None:
    """An erasure that came in as a webhook, or whose file was altered, accounts for nothing."""
    receipt = erase(log, 4)
    body = (log.folder / receipt.path).read_bytes()
    (log.folder / receipt.path).write_bytes(body.replace(b'"counts":{}', b'"counts":[]'))
    assert named(log.folder) == [("missing", PATHS[2]), ("altered", receipt.path)]


def test_believes_no_erasure_that_was_posted(log: FolderLog, tmp_path: Path) -> None:
    """A sender who can sign a webhook cannot account for a missing file."""
    body = (log.folder / erase(log, 4).path).read_bytes()
    other = signed_log(tmp_path / "other")
    append_signed(other, body)
    (other.folder / PATHS[2]).unlink()
    assert named(other.folder) == [("missing", PATHS[2])]


def test_names_the_missing_key_of_erasures(log: FolderLog) -> None:
    """Without the key of the requests, a replay would miss late calls of erased callers, so a lost key is a finding."""
    erase(log, 4)
    (log.folder / ".erasure.key").unlink()
    assert named(log.folder) == [("missing", ".erasure.key")]


def test_says_that_an_erasure_may_be_under_way(log: FolderLog) -> None:
    """If a request still waits for its erasure, the report says that a missing file may be due to it."""
    request_erasure(log, "+12025550143")
    (log.folder / PATHS[2]).unlink()
    (finding,) = verify(log.folder)[0]
    assert finding.what == "missing"
    assert "the request at position 8 may be under way" in finding.words
