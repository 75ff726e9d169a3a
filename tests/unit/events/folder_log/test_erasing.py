"""Erasure in a payload folder: the key file, and the files and folders that are removed."""

import stat
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest

from events.errors import FileFaultError, JournalError
from events.folder_log.layout import KEY_NAME
from events.folder_log.log import FolderLog
from events.log.erasure import ErasedEvent, Erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.receipt import Receipt, sha256_of
from tests.support.logs import events
from tests.support.samples import MARTA, transcription

DIGEST = "0" * 64


def erasure(*paths: str, conversations: tuple[str, ...] = (), of: str | None = None) -> Erasure:
    listed = tuple(ErasedEvent(position=n, kind="x", conversation_id=of, path=path) for n, path in enumerate(paths))
    return Erasure(request=1, caller=DIGEST, requested_at_s=0, conversations=conversations, events=listed, counts={})


def test_no_file_names_the_caller(log: FolderLog) -> None:
    """Neither the journal nor the request holds a number, or a hash that can be computed without the key."""
    request_erasure(log, MARTA)
    written = b"".join(path.read_bytes() for path in log.folder.rglob("*") if path.is_file())
    assert MARTA[2:].encode() not in written
    assert sha256_of(MARTA.encode()).encode() not in written


def test_key_is_made_once_and_for_nobody_else(log: FolderLog) -> None:
    """However many threads ask for the first key, they get one key, for its owner alone, and no draft stays."""
    threads = [threading.Thread(target=lambda: log.caller_hashes(may_create=True)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [path.name for path in log.folder.glob(".erasure*")] == [KEY_NAME]
    assert stat.S_IMODE((log.folder / KEY_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("garbage", [b"", b"no hex", b"abcd\n", b"\xff" * 64, b"0" * 66])
def test_garbage_is_no_key(log: FolderLog, garbage: bytes) -> None:
    """An invalid key file is reported and left as it is, not replaced by a new key."""
    (log.folder / KEY_NAME).write_bytes(garbage)
    for may_create in (False, True):
        with pytest.raises(JournalError, match="holds no key; restore it"):
            log.caller_hashes(may_create=may_create)
    with pytest.raises(JournalError):
        request_erasure(log, MARTA)
    assert (log.folder / KEY_NAME).read_bytes() == garbage
    assert events(log) == []


def test_reading_the_key_makes_none(log: FolderLog) -> None:
    """A process that only checks requests never makes a key, which would hide that the old one is missing."""
    with pytest.raises(JournalError, match="is gone; restore it"):
        log.caller_hashes()
    assert not (log.folder / KEY_NAME).exists()


def test_lost_key_is_not_made_anew(log: FolderLog) -> None:
    """Once requests exist, their key must be restored: a new key would not match late calls of the erased callers."""
    request_erasure(log, MARTA)
    (log.folder / KEY_NAME).unlink()
    with pytest.raises(JournalError, match="which earlier requests were made with, is gone"):
        request_erasure(log, MARTA)
    assert not (log.folder / KEY_NAME).exists()


def test_removes_the_folders_of_its_conversations(log: FolderLog) -> None:
    """
    Erasing a conversation removes all of its folder: events, recordings, hidden leftovers, foreign folders; twice is
    fine.
    """
    for id_ in ("conv_1", "conv_2", "conv_3"):
        log.append(transcription(id_, "word"), source="webhook")
        (log.folder / id_ / f"{id_}_audio.mp3").write_bytes(b"ID3")
        (log.folder / id_ / f".{id_}_audio.mp3.ab12").write_bytes(b"ID3")
    (log.folder / "conv_1" / "notes").mkdir()
    (log.folder / "conv_1" / "notes" / "note.txt").write_text("word")

    for _ in range(2):
        log.remove(erasure("conv_2/late.json", conversations=("conv_1",), of="conv_2"))
    assert not (log.folder / "conv_1").exists()
    assert not (log.folder / "conv_2").exists()
    assert len(list((log.folder / "conv_3").iterdir())) == 3


@pytest.mark.parametrize(
    "path",
    [
        "../../victim",
        "_events/../../../victim",
        "_unreadable/../../victim",
        "_unreadable/../journal.jsonl",
        "_unreadable",
        "_events/erasure",
        "_unreadable/\0",
        "_unreadable/" + DIGEST + ".body/../../../victim",
        "journal.jsonl",
        ".erasure.key",
        "conv_1/conv_1_transcription.json",
        "/{victim}",
    ],
)
@pytest.mark.parametrize("conversation_id", ["..", ".", "/", "../..", ".incoming", "_events", "", "{victim}", None])
def test_forged_erasure_removes_nothing_else(tmp_path: Path, path: str, conversation_id: str | None) -> None:
    """
    Whatever an erasure lists, only conversations and the events of no conversation go, and nothing outside the folder.
    """
    log = FolderLog(tmp_path / "a" / "payloads")
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("precious")
    (tmp_path / "a" / "victim").write_text("precious")
    (log.folder / "link").symlink_to(victim)
    log.append(transcription("conv_1", "word"), source="webhook")
    log.append(b"\xff", source="webhook")
    request_erasure(log, MARTA)
    before = sorted(tmp_path.rglob("*"))

    names = [text.replace("{victim}", str(victim)) for text in (path, conversation_id or "")]
    conversations = (names[1], "link") if conversation_id is not None else ()
    with pytest.raises(FileFaultError, match="link") if conversations else nullcontext():
        log.remove(erasure(names[0], conversations=conversations))
    assert sorted(tmp_path.rglob("*")) == before


def test_append_goes_on_while_its_folder_is_removed(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is removed between the steps of an append is made again: the append succeeds."""
    removed: list[str] = []

    def remove_at(step: str) -> None:
        if step in {"body_linked", "folders_synced", "receipt_synced", "draft_sealed"} and step not in removed:
            removed.append(step)
            log.remove(erasure(conversations=("conv_1",)))

    monkeypatch.setattr("events.disk.steps.reached", remove_at)
    receipt = log.append(transcription("conv_1", "word"), source="webhook")
    assert removed == ["draft_sealed", "body_linked", "folders_synced", "receipt_synced"]
    assert receipt.position == 1
    # The same bytes again get a receipt at most once for each time that their file was missing.
    assert log.append(transcription("conv_1", "word"), source="webhook").position == 2
    assert log.append(transcription("conv_1", "word"), source="webhook").position == 2
    assert [event.receipt.position for event in log.read() if isinstance(event, Event)] == [1, 2]


def test_bytes_that_came_twice_and_were_erased_in_between_have_two_receipts(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow append does not reuse the receipt of a file erased meanwhile, or its own file would never be erased."""
    body = transcription("conv_1", "word")
    others: list[Receipt] = []

    def append_and_erase_at(step: str) -> None:
        if step == "draft_sealed" and not others:
            monkeypatch.undo()
            others.append(FolderLog(log.folder).append(body, source="webhook"))
            log.remove(erasure(conversations=("conv_1",)))

    monkeypatch.setattr("events.disk.steps.reached", append_and_erase_at)
    receipt = log.append(body, source="webhook")
    assert [each.position for each in (*others, receipt)] == [1, 2]
    assert (log.folder / receipt.path).read_bytes() == body
