"""Requests and erasures as events of the log: the key, the hash, and what an erasure may remove."""

import stat
import threading
from pathlib import Path

import msgspec
import pytest

from events.errors import JournalError
from events.folder_log.erasing import check_key, erasure_key, read_key, remove_erased, request_erasure
from events.folder_log.layout import KEY_NAME
from events.folder_log.log import FolderLog
from events.log.erasure import ErasedEvent, Erasure, ErasureRequest, hash_caller, read_erasure
from events.log.event import Event
from events.log.receipt import Receipt, sha256_of
from tests.support.erasures import requests_of
from tests.support.logs import events
from tests.support.samples import MARTA, transcription

DIGEST = "0" * 64


def erasure(*paths: str, conversations: tuple[str, ...] = (), of: str | None = None) -> Erasure:
    listed = tuple(ErasedEvent(position=n, kind="x", conversation_id=of, path=path) for n, path in enumerate(paths))
    return Erasure(request=1, caller=DIGEST, requested_at_s=0, conversations=conversations, events=listed, counts={})


def test_request_names_nobody(log: FolderLog) -> None:
    """Neither the journal nor the request holds a number: whoever has no key cannot tell whom it is about."""
    request_erasure(log, MARTA, clock_s=lambda: 1_800_000_000.9)

    (request,) = requests_of(log)
    key = read_key(log.folder)
    assert request == ErasureRequest(
        id=request.id, caller=hash_caller(key, MARTA), key_id=sha256_of(key)[:8], requested_at_s=1_800_000_000
    )
    written = b"".join(path.read_bytes() for path in log.folder.rglob("*") if path.is_file())
    assert MARTA[2:].encode() not in written
    assert sha256_of(MARTA.encode()).encode() not in written


def test_each_request_is_an_event_of_its_own(log: FolderLog) -> None:
    """Two requests for the same caller at the same second are two events: each is answered."""
    positions = [request_erasure(log, MARTA, clock_s=lambda: 1.0).position for _ in range(2)]
    assert positions == [1, 2]
    assert len({request.caller for request in requests_of(log)}) == 1


def test_key_is_made_once_and_for_nobody_else(log: FolderLog) -> None:
    """However many ask for the first key at once, all get the same; only its owner reads it, no draft of it stays."""
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(erasure_key(log.folder))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in log.folder.glob(".erasure*")] == [KEY_NAME]
    assert stat.S_IMODE((log.folder / KEY_NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("garbage", [b"", b"no hex", b"abcd\n", b"\xff" * 64, b"0" * 66])
def test_garbage_is_no_key(log: FolderLog, garbage: bytes) -> None:
    """A key file that holds none is told and left as it is, not replaced by a new one."""
    (log.folder / KEY_NAME).write_bytes(garbage)
    for ask in (erasure_key, read_key):
        with pytest.raises(JournalError, match="holds no key; restore it"):
            ask(log.folder)
    with pytest.raises(JournalError):
        request_erasure(log, MARTA)
    assert (log.folder / KEY_NAME).read_bytes() == garbage
    assert events(log) == []


def test_reading_the_key_makes_none(log: FolderLog) -> None:
    """Who only checks requests never makes the key that would hide that the old one is gone."""
    with pytest.raises(JournalError, match="is gone; restore it"):
        read_key(log.folder)
    assert not (log.folder / KEY_NAME).exists()


def test_other_key_is_noticed(log: FolderLog) -> None:
    """A request whose hash was made with another key says so."""
    request_erasure(log, MARTA)
    (request,) = requests_of(log)
    check_key(read_key(log.folder), request)
    with pytest.raises(JournalError, match="not the key of this request"):
        check_key(b"\0" * 32, request)


@pytest.mark.parametrize("type_", ["elaoms_erasure_request", "elaoms_erasure"])
def test_webhook_is_no_erasure_whatever_it_says(log: FolderLog, type_: str) -> None:
    """Whoever holds the webhook's secret cannot erase anybody: only what we appended ourselves counts."""
    if type_ == "elaoms_erasure":
        body = msgspec.json.encode(erasure("conv_1/x.json", conversations=("conv_1",)))
    else:
        body = msgspec.json.encode(ErasureRequest(id="a", caller=DIGEST, key_id="b", requested_at_s=1))
    for source in ("webhook", "backfill", "import"):
        log.append(body + b" " * len(source), source=source)
    assert [read_erasure(event) for event in events(log)] == [None, None, None]


def test_removes_the_folders_of_its_conversations(log: FolderLog) -> None:
    """All that lies in them goes: events, recordings, hidden leftovers, a folder that somebody made; again is fine."""
    for id_ in ("conv_1", "conv_2", "conv_3"):
        log.append(transcription(id_, "word"), source="webhook")
        (log.folder / id_ / f"{id_}_audio.mp3").write_bytes(b"ID3")
        (log.folder / id_ / f".{id_}_audio.mp3.ab12").write_bytes(b"ID3")
    (log.folder / "conv_1" / "notes").mkdir()
    (log.folder / "conv_1" / "notes" / "note.txt").write_text("word")

    for _ in range(2):
        remove_erased(log.folder, erasure("conv_2/late.json", conversations=("conv_1",), of="conv_2"))
    assert not (log.folder / "conv_1").exists()
    assert not (log.folder / "conv_2").exists()
    assert len(list((log.folder / "conv_3").iterdir())) == 3


def test_removes_listed_events_of_no_conversation(log: FolderLog) -> None:
    """Of events that belong to no conversation just the listed ones go."""
    receipts = [
        log.append(body, source="webhook") for body in (b"\xff one", b"\xff two", b'{"type":"a"}', b'{"type":"b"}')
    ]
    remove_erased(log.folder, erasure(receipts[0].path, receipts[2].path))
    assert [(log.folder / receipt.path).exists() for receipt in receipts] == [False, True, False, True]


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
    """Whatever an erasure lists, nothing goes but conversations and events of none; nothing outside the folder."""
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
    remove_erased(log.folder, erasure(names[0], conversations=conversations))
    assert sorted(tmp_path.rglob("*")) == before


def test_append_goes_on_while_its_folder_is_removed(log: FolderLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that goes between the steps of an append is made again: no fault of the disk, no answer but 200."""
    removed: list[str] = []

    def remove_at(step: str) -> None:
        if step in {"body_linked", "folders_synced", "receipt_synced", "draft_sealed"} and step not in removed:
            removed.append(step)
            remove_erased(log.folder, erasure(conversations=("conv_1",)))

    monkeypatch.setattr("events.disk.steps.reached", remove_at)
    receipt = log.append(transcription("conv_1", "word"), source="webhook")
    assert removed == ["draft_sealed", "body_linked", "folders_synced", "receipt_synced"]
    assert receipt.position == 1
    # The same bytes, again: no more than one receipt for each time that they were not there.
    assert log.append(transcription("conv_1", "word"), source="webhook").position == 2
    assert log.append(transcription("conv_1", "word"), source="webhook").position == 2
    assert [event.receipt.position for event in log.read() if isinstance(event, Event)] == [1, 2]


def test_bytes_that_came_twice_and_were_erased_in_between_have_two_receipts(
    log: FolderLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is slow does not take the receipt of a file that was erased for its own, or nobody would erase it again."""
    body = transcription("conv_1", "word")
    others: list[Receipt] = []

    def append_and_erase_at(step: str) -> None:
        if step == "draft_sealed" and not others:
            monkeypatch.undo()
            others.append(FolderLog(log.folder).append(body, source="webhook"))
            remove_erased(log.folder, erasure(conversations=("conv_1",)))

    monkeypatch.setattr("events.disk.steps.reached", append_and_erase_at)
    receipt = log.append(body, source="webhook")
    assert [each.position for each in (*others, receipt)] == [1, 2]
    assert (log.folder / receipt.path).read_bytes() == body
