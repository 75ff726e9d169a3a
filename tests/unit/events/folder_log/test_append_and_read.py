"""An append adds a file and a line of the journal; `tests/contract/logs/` has what every log promises."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from events.errors import DamagedEventError
from events.folder_log.log import FolderLog
from events.log.receipt import HEADER, Receipt
from tests.support.logs import (
    CALL,
    CALL_PATH,
    LATER,
    NOW,
    OTHER,
    SIGNATURE,
    append,
    assert_chained,
    bodies,
    journal,
    journal_lines,
    payload_files,
    receipt_of,
    sha256,
)
from tests.support.samples import audio, failure, transcription


def test_receipt_says_what_came_in(log: FolderLog) -> None:
    """A receipt records when the body came in, what it is, where it lies, its length and its signature."""
    assert log.append(CALL, source="webhook", signature=SIGNATURE) == Receipt(
        position=1,
        received_at=NOW,
        kind="transcription",
        conversation_id="conv_1",
        path=CALL_PATH,
        sha256=sha256(CALL),
        size=len(CALL),
        source="webhook",
        signature=SIGNATURE,
        previous=sha256(HEADER),
    )


def test_event_is_a_file_of_the_same_bytes(log: FolderLog) -> None:
    """An event is a file under its conversation, byte for byte as it was received."""
    body = b'{ "type":"post_call_transcription",\r\n\t"data" : {"conversation_id":"conv_1"} }\n\n'
    receipt = log.append(body, source="webhook")
    assert (log.folder / CALL_PATH).read_bytes() == body
    assert receipt.path == CALL_PATH
    assert payload_files(log) == {CALL_PATH}


def test_journal_begins_with_its_format(log: FolderLog) -> None:
    """The first line names the format and its version; each line after it is one receipt."""
    append(log, CALL, OTHER)
    header, *lines = journal_lines(log)
    assert json.loads(header) == {"format": "elaoms-journal", "version": 1}
    assert [json.loads(line)["path"] for line in lines] == [CALL_PATH, "conv_2/conv_2_transcription.json"]
    assert list(json.loads(lines[0])) == list(Receipt.__struct_fields__)
    assert journal(log).read_bytes().endswith(b"}\n")


def test_receipts_are_a_chain(log: FolderLog) -> None:
    """Each receipt holds the digest of the line before it; the first receipt holds that of the header."""
    append(log, CALL, OTHER, LATER)
    assert_chained(log, 3)


@pytest.mark.parametrize(
    ("body", "kind", "path"),
    [
        (CALL, "transcription", CALL_PATH),
        (audio("conv_1", b"mp3"), "audio", "conv_1/conv_1_audio.json"),
        (failure("conv_1"), "failure", "conv_1/conv_1_failure.json"),
        (
            b'{"type": "answering_machine_detection", "data": {"conversation_id": "conv_1"}}',
            "other-answering-machine-detection",
            "conv_1/conv_1_other-answering-machine-detection.json",
        ),
    ],
    ids=["transcription", "audio", "failure", "other"],
)
def test_kind_and_conversation_name_the_file(log: FolderLog, body: bytes, kind: str, path: str) -> None:
    """The file is named after the conversation and the kind, and the receipt says both."""
    (receipt,) = append(log, body)
    assert (receipt.kind, receipt.conversation_id, receipt.path) == (kind, "conv_1", path)
    assert (log.folder / path).read_bytes() == body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b'["\xff"]',
        b"[" * 100_000,
        b'{"type": "post_call_transcription", "data": {"conversation_id": "../../x"}}',
        b'{"type": "post_call_transcription", "data": {}}',
        CALL[:-1],
        CALL.replace(b"hello", b"hell\xff"),
    ],
    ids=["empty", "no JSON", "no UTF-8", "nested", "hostile", "no conversation", "truncated", "call with a bad byte"],
)
def test_unreadable_body_is_kept_apart(log: FolderLog, body: bytes) -> None:
    """A body that we cannot read is kept like every other event, with a receipt, and named after its content."""
    (receipt,) = append(log, body)
    assert (receipt.kind, receipt.conversation_id) == ("unreadable", None)
    assert payload_files(log) == {f"_unreadable/{sha256(body)}.body"}
    assert bodies(log) == [body]
    assert append(log, body) == [receipt]


def test_event_about_no_conversation_is_kept_by_its_content(log: FolderLog) -> None:
    """Readable JSON that belongs to no conversation is kept among the events, named after its kind and content."""
    body = b'{"type": "voice_removed", "data": {"voice_id": "v"}}'
    (receipt,) = append(log, body)
    assert receipt.path == f"_events/other-voice-removed/{sha256(body)}.json"
    assert bodies(log) == [body]


def test_large_body_is_looked_at_whole(log: FolderLog) -> None:
    """A body that was written to a draft is read to its last byte: an id is found wherever it stands."""
    id_ = "".join(chr(ord("a") + number % 26) for number in range(128))
    call = {"conversation_id": id_, "full_audio": "A" * 1_000_000}
    for at in (262_144, 524_288):
        body = json.dumps({"pad": "x" * (at - 130), "type": "post_call_audio", "data": call}).encode()
        assert body.index(id_.encode()) < at < body.index(id_.encode()) + len(id_)
        (receipt,) = append(log, body)
        assert receipt.conversation_id == id_
    assert len(bodies(log)) == 2


def test_same_bytes_again_write_nothing(log: FolderLog) -> None:
    """Appending the same bytes again adds no line to the journal and no file."""
    append(log, CALL, OTHER)
    before, size = journal(log).read_bytes(), log.size()
    append(log, CALL)
    append(FolderLog(log.folder), CALL)
    assert journal(log).read_bytes() == before
    assert log.size() == size
    assert payload_files(log) == {CALL_PATH, "conv_2/conv_2_transcription.json"}


@pytest.mark.parametrize("block_bytes", [1000, 1500, 1024 * 1024])
def test_receipt_is_found_however_far_back(log: FolderLog, monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """The receipt of a body that came long ago is found in whichever block of a long journal it lies."""
    monkeypatch.setattr("events.folder_log.append.locked_journal._BLOCK_BYTES", block_bytes)
    given = [transcription(f"conv_{number}", "hello") for number in range(20)]
    receipts = append(log, *given)
    assert append(log, *given) == receipts
    assert_chained(log, 20)


def test_other_bytes_of_the_same_name_are_kept_beside(log: FolderLog) -> None:
    """Another version of a call replaces nothing: it is kept beside the first, and its name contains its digest."""
    beside = f"conv_1/conv_1_transcription.{sha256(LATER)[:12]}.json"
    receipts = append(log, CALL, LATER)
    assert [receipt.path for receipt in receipts] == [CALL_PATH, beside]
    assert (log.folder / CALL_PATH).read_bytes() == CALL
    assert (log.folder / beside).read_bytes() == LATER
    assert append(log, LATER, CALL) == [receipts[1], receipts[0]]
    assert bodies(log) == [CALL, LATER]


def test_stored_file_is_never_overwritten(log: FolderLog) -> None:
    """Where a stored file was altered on disk, the original bytes are kept beside it when they come again."""
    append(log, CALL)
    (log.folder / CALL_PATH).write_bytes(b"altered")
    (again,) = append(log, CALL)
    assert again.position == 2
    assert again.path == f"conv_1/conv_1_transcription.{sha256(CALL)[:12]}.json"
    assert (log.folder / CALL_PATH).read_bytes() == b"altered"
    assert (log.folder / again.path).read_bytes() == CALL
    (log.folder / again.path).write_bytes(b"altered as well")
    (third,) = append(log, CALL)
    assert third.path == f"conv_1/conv_1_transcription.{sha256(CALL)}.json"
    (log.folder / third.path).write_bytes(b"so is this")
    with pytest.raises(DamagedEventError):
        append(log, CALL)
    assert payload_files(log) == {CALL_PATH, again.path, third.path}


def test_file_without_receipt_becomes_an_event(log: FolderLog) -> None:
    """A file that lies there without a receipt gets one when its bytes come in."""
    (log.folder / CALL_PATH).parent.mkdir()
    (log.folder / CALL_PATH).write_bytes(CALL)
    assert append(log, CALL)[0].position == 1
    assert bodies(log) == [CALL]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777], ids=oct)
def test_only_the_owner_may_read(tmp_path: Path, umask: int) -> None:
    """Files are 0600 and folders 0700 whatever the umask, even while a body is coming in."""
    before = os.umask(umask)
    try:
        log = FolderLog(tmp_path / "parent" / "payloads")
        append(log, CALL, LATER, b"unreadable", b'{"type": "voice_removed"}')
        with log.draft() as draft:
            draft.write(OTHER)
            draft.make_durable(receipt_of(draft))
            modes = {
                path: (path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (tmp_path / "parent").rglob("*")
            }
            modes[tmp_path / "parent"] = (True, stat.S_IMODE((tmp_path / "parent").stat().st_mode))
    finally:
        os.umask(before)
    assert len(modes) == 15  # 6 folders, 4 events, the journal, its lock, a draft's two files, and the parent
    assert {path: mode for path, (is_folder, mode) in modes.items() if mode != (0o700 if is_folder else 0o600)} == {}


def test_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """The mode of a payload folder that the operator made does not change."""
    tmp_path.chmod(0o750)
    append(FolderLog(tmp_path), CALL)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_body_that_stops_coming_leaves_nothing(log: FolderLog) -> None:
    """A draft that its writer leaves without publishing it is removed."""
    with log.draft() as draft:
        draft.write(b"x" * 3_000_000)
        assert len(payload_files(log)) == 1
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_whose_sender_fails_leaves_nothing(log: FolderLog) -> None:
    """A draft that its writer leaves by an error is removed as well."""

    def receive() -> None:
        with log.draft() as draft:
            draft.write(b"x" * 3_000_000)
            raise KeyError

    with pytest.raises(KeyError):
        receive()
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_that_is_not_verified_yet_touches_no_disk(log: FolderLog) -> None:
    """A body that fits in memory is not written to disk before it is published."""
    with log.draft() as draft:
        draft.write(CALL)
        assert payload_files(log) == set()


def test_name_goes_with_the_folder(log: FolderLog, tmp_path: Path) -> None:
    """A log keeps its name when its folder is restored elsewhere."""
    append(log, CALL, OTHER)
    copy = FolderLog(shutil.copytree(log.folder, tmp_path / "restored"))
    assert log.name() == copy.name() != ""
