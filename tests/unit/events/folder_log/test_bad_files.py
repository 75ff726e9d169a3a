"""Appending where a file that cannot be read has the name already, and erasing and recovering past such files."""

import errno
import os
from pathlib import Path

import pytest

from events.errors import FileFaultError, LogClosedError, UnreadEventError
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.log import FolderLog
from events.log.erasure import Erasure
from tests.support.broken_files import BREAKS, THE_MACHINES, Break, Refusal
from tests.support.logs import CALL, CALL_PATH, LATER, OTHER, append, assert_chained, die, events, sealed


@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
@pytest.mark.parametrize("body", [CALL, LATER], ids=["the same bytes", "another version"])
def test_body_is_kept_beside_a_file_that_cannot_be_read(log: FolderLog, break_: Break, body: bytes) -> None:
    """A webhook whose name is taken by what cannot be read is kept and readable, at once, and once however often."""
    append(log, CALL)
    break_(log.folder / CALL_PATH)
    receipts = append(log, body, body)
    assert receipts[0] == receipts[1]
    assert events(log)[-1].body() == body
    assert_chained(log, 2)


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO])
def test_body_is_kept_beside_a_file_that_the_system_refuses(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """The same for a file that is there and gives an error."""
    append(log, CALL)
    Refusal(monkeypatch, error, log.folder / CALL_PATH)
    (receipt,) = append(log, LATER)
    assert receipt.path != CALL_PATH
    assert events(log)[-1].body() == LATER


@pytest.mark.parametrize("error", THE_MACHINES)
def test_machine_that_refuses_every_file_refuses_the_webhook(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """Where the machine cannot open any file, the sender is asked to try again: nothing is kept twice for it."""
    append(log, CALL)
    with monkeypatch.context() as patch:
        Refusal(patch, error, log.folder / CALL_PATH)
        with pytest.raises(LogClosedError):
            append(log, CALL)
    assert append(log, CALL)[0].position == 1


def test_draft_that_cannot_be_read_keeps_no_other_from_recovery(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recovery finishes every draft that it can, names one that it cannot, and finishes that one later."""
    drafts = [sealed(log, body) for body in (CALL, OTHER)]
    for draft in drafts:
        die(draft)
    with monkeypatch.context() as patch:
        Refusal(patch, errno.EACCES, drafts[0].path)
        with pytest.raises(UnreadEventError, match=rf"{INCOMING}/{drafts[0].path.name} cannot be recovered: Perm"):
            log.recover()
    assert [event.body() for event in events(log)] == [OTHER]
    assert log.recover() == 1
    assert [event.body() for event in events(log)] == [OTHER, CALL]


def test_erasure_goes_on_past_what_cannot_be_removed(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An erasure removes all other files, and names the first that it could not remove, and how many more there are."""
    append(log, CALL, LATER, OTHER)
    kept = sorted((log.folder / "conv_1").iterdir())
    (log.folder / "conv_1" / "conv_1_audio.mp3").write_bytes(b"ID3")
    conversations = ("conv_1", "conv_2")
    erasure = Erasure(request=1, caller="", requested_at_s=0, conversations=conversations, events=(), counts={})
    real = Path.unlink

    def unlink(path: Path, **named: bool) -> None:
        if path in kept:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        real(path, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        with pytest.raises(FileFaultError, match=r"^conv_1/conv_1_.*: Operation not permitted; nor can 1 more$"):
            log.remove(erasure)
    assert sorted((log.folder / "conv_1").iterdir()) == kept
    assert not (log.folder / "conv_2").exists()
    log.remove(erasure)
    assert not (log.folder / "conv_1").exists()


@pytest.mark.parametrize("error", THE_MACHINES)
def test_erasure_waits_for_a_machine_that_refuses_everything(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    """An error that any file would give is no fault of one: the erasure is to be done again, whole."""
    append(log, CALL)
    erasure = Erasure(request=1, caller="", requested_at_s=0, conversations=("conv_1",), events=(), counts={})

    def unlink(_: Path, **__: bool) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(OSError, match=r"Errno|disk|file"):
        log.remove(erasure)
