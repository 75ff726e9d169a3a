"""The payload log: what is appended stays, in order, byte for byte, whatever fails meanwhile."""

import errno
import fcntl
import hashlib
import itertools
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from events.draft import FOLDER as INCOMING
from events.draft import Draft
from events.errors import BodyTooLargeError, DamagedEventError, JournalError, LogClosedError, PositionError
from events.event import DamagedLine, Event
from events.filing import Filing
from events.journal import HEADER, NAME
from events.log import PayloadLog, _Linked
from events.receipt import Place, Receipt
from tests.samples import CAPTURED, MP3, audio, failure, transcription

NOW = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
SIGNATURE = "t=1762948800,v0=" + "a" * 64
CALL = transcription("conv_1", "hello")
CALL_PATH = "conv_1/conv_1_transcription.json"
LATER = transcription("conv_1", "hello", "goodbye")
OTHER = transcription("conv_2", "hello")


@pytest.fixture
def log(tmp_path: Path) -> PayloadLog:
    """An empty log."""
    return PayloadLog(tmp_path / "payloads", clock=lambda: NOW)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def append(log: PayloadLog, *bodies: bytes) -> list[Receipt]:
    return [log.append(body, source="webhook") for body in bodies]


def events(log: PayloadLog, after: Place | None = None) -> list[Event]:
    """Return what is read, none of it damaged."""
    read = list(log.read(after))
    assert all(isinstance(event, Event) for event in read)
    return [event for event in read if isinstance(event, Event)]


def bodies(log: PayloadLog) -> list[bytes]:
    return [event.body() for event in events(log)]


def journal(log: PayloadLog) -> Path:
    return log.folder / NAME


def journal_lines(log: PayloadLog) -> list[bytes]:
    return journal(log).read_bytes().splitlines()


def payload_files(log: PayloadLog) -> set[str]:
    """Return all files but the journal and its lock: events, and what is left of drafts."""
    files = {path.relative_to(log.folder).as_posix() for path in log.folder.rglob("*") if path.is_file()}
    return files - {NAME, ".journal.lock"}


def assert_chained(log: PayloadLog, count: int) -> None:
    """Assert that the journal is one unbroken chain of `count` receipts, by its bytes alone."""
    header, *lines = journal_lines(log)
    assert header == HEADER
    receipts = [json.loads(line) for line in lines]
    assert [receipt["position"] for receipt in receipts] == list(range(1, count + 1))
    assert [receipt["previous"] for receipt in receipts] == [sha256(line) for line in [header, *lines][:-1]]
    assert all(event.is_chained for event in events(log))


def test_receipt_says_what_came_in(log: PayloadLog) -> None:
    """A receipt says when, what, where and how much came in, with which signature."""
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


def test_event_is_a_file_of_the_same_bytes(log: PayloadLog) -> None:
    """An event is a file under its conversation, byte for byte as it was received."""
    body = b'{ "type":"post_call_transcription",\r\n\t"data" : {"conversation_id":"conv_1"} }\n\n'
    receipt = log.append(body, source="webhook")
    assert (log.folder / CALL_PATH).read_bytes() == body
    assert receipt.path == CALL_PATH
    assert payload_files(log) == {CALL_PATH}


def test_events_are_read_in_the_order_in_which_they_came(log: PayloadLog) -> None:
    """Reading yields what was appended, in that order, each with the receipt that was given for it."""
    given = [OTHER, CALL, failure("conv_0"), CAPTURED.read_bytes(), audio("conv_1", MP3)]
    receipts = append(log, *given)
    assert bodies(log) == given
    assert [event.receipt for event in events(log)] == receipts


def test_journal_begins_with_its_format(log: PayloadLog) -> None:
    """The first line names the format and its version; each line after it is one receipt."""
    append(log, CALL, OTHER)
    header, *lines = journal_lines(log)
    assert json.loads(header) == {"format": "elaoms-journal", "version": 1}
    assert [json.loads(line)["path"] for line in lines] == [CALL_PATH, "conv_2/conv_2_transcription.json"]
    assert list(json.loads(lines[0])) == list(Receipt.__struct_fields__)
    assert journal(log).read_bytes().endswith(b"}\n")


def test_receipts_are_a_chain(log: PayloadLog) -> None:
    """Each receipt holds the digest of the line before, the first one that of the header."""
    append(log, CALL, OTHER, LATER)
    assert_chained(log, 3)


def test_chain_goes_on_in_another_process(log: PayloadLog) -> None:
    """A log that is opened anew continues the chain."""
    append(log, CALL)
    append(PayloadLog(log.folder), OTHER)
    append(log, LATER)
    assert_chained(log, 3)


def test_empty_log_has_nothing_to_read(log: PayloadLog) -> None:
    """A log into which nothing was appended yields nothing, and has no tail."""
    assert list(log.read()) == []
    assert log.tail() is None
    assert log.size() == 0


def test_reading_goes_on_where_it_left_off(log: PayloadLog) -> None:
    """After a place, only what came later is read, and it is chained to that place."""
    append(log, CALL, OTHER)
    first, second = events(log)
    assert [event.receipt for event in events(log, first.place)] == [second.receipt]
    assert events(log, second.place) == []
    append(log, LATER)
    (third,) = events(log, second.place)
    assert third.body() == LATER
    assert third.is_chained


def test_event_is_found_again_at_its_place(log: PayloadLog) -> None:
    """The place of an event leads back to it."""
    append(log, CALL, OTHER)
    for event in events(log):
        again = log.event_at(event.place)
        assert isinstance(again, Event)
        assert again == event


def test_tail_is_the_last_event(log: PayloadLog) -> None:
    """The tail is the place of the last event, and the size grows with each."""
    sizes = [log.size()]
    for body in (CALL, OTHER):
        append(log, body)
        sizes.append(log.size())
        assert log.tail() == events(log)[-1].place
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == journal(log).stat().st_size


def test_part_of_a_body_is_read(log: PayloadLog) -> None:
    """A part of a body is read from an offset on, as long as was asked for."""
    append(log, CALL)
    (event,) = events(log)
    assert b"".join(event.part(10, 20)) == CALL[10:30]
    assert b"".join(event.part(10, None)) == CALL[10:]
    assert b"".join(event.part(0, 0)) == b""


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
def test_kind_and_conversation_name_the_file(log: PayloadLog, body: bytes, kind: str, path: str) -> None:
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
def test_unreadable_body_is_kept_apart(log: PayloadLog, body: bytes) -> None:
    """What we cannot read is kept like every other event, with a receipt, by the name of its content."""
    (receipt,) = append(log, body)
    assert (receipt.kind, receipt.conversation_id) == ("unreadable", None)
    assert payload_files(log) == {f"_unreadable/{sha256(body)}.body"}
    assert bodies(log) == [body]
    assert append(log, body) == [receipt]


def test_event_about_no_conversation_is_kept_by_its_content(log: PayloadLog) -> None:
    """Readable JSON that belongs to no conversation is kept among the events, by kind and content."""
    body = b'{"type": "voice_removed", "data": {"voice_id": "v"}}'
    (receipt,) = append(log, body)
    assert receipt.path == f"_events/other-voice-removed/{sha256(body)}.json"
    assert bodies(log) == [body]


def test_body_larger_than_memory_should_hold_is_kept(log: PayloadLog) -> None:
    """A recording of some megabytes that streams in in pieces is kept byte for byte, under its conversation."""
    body = audio("conv_1", bytes(range(256)) * 10_000)
    with log.draft() as draft:
        for at in range(0, len(body), 100_000):
            draft.write(body[at : at + 100_000])
        receipt = log.publish(draft, source="webhook")
    assert receipt.path == "conv_1/conv_1_audio.json"
    assert (receipt.size, receipt.sha256) == (len(body), sha256(body))
    assert bodies(log) == [body]
    assert payload_files(log) == {receipt.path}


def test_large_body_is_looked_at_whole(log: PayloadLog) -> None:
    """Of a body that was written aside, every byte is looked at: an id is found wherever it stands."""
    id_ = "".join(chr(ord("a") + number % 26) for number in range(128))
    call = {"conversation_id": id_, "full_audio": "A" * 1_000_000}
    for at in (262_144, 524_288):
        body = json.dumps({"pad": "x" * (at - 130), "type": "post_call_audio", "data": call}).encode()
        assert body.index(id_.encode()) < at < body.index(id_.encode()) + len(id_)
        (receipt,) = append(log, body)
        assert receipt.conversation_id == id_
    assert len(bodies(log)) == 2


def test_same_bytes_have_one_receipt(log: PayloadLog) -> None:
    """The same bytes again, from wherever, are the same event: nothing new is written."""
    first = log.append(CALL, source="webhook", signature=SIGNATURE)
    append(log, OTHER)
    before = journal(log).read_bytes()
    assert log.append(CALL, source="backfill") == first
    assert PayloadLog(log.folder).append(CALL, source="import") == first
    assert journal(log).read_bytes() == before
    assert payload_files(log) == {CALL_PATH, "conv_2/conv_2_transcription.json"}


@pytest.mark.parametrize("block_bytes", [1000, 1500, 1024 * 1024])
def test_receipt_is_found_however_far_back(log: PayloadLog, monkeypatch: pytest.MonkeyPatch, block_bytes: int) -> None:
    """A body that came long ago is found in a journal of many blocks, wherever its line lies in them."""
    monkeypatch.setattr("events.journal._BLOCK_BYTES", block_bytes)
    given = [transcription(f"conv_{number}", "hello") for number in range(20)]
    receipts = append(log, *given)
    assert append(log, *given) == receipts
    assert_chained(log, 20)


def test_other_bytes_of_the_same_name_are_kept_beside(log: PayloadLog) -> None:
    """Another version of a call replaces nothing: it is kept beside, under a name that says its content."""
    beside = f"conv_1/conv_1_transcription.{sha256(LATER)[:12]}.json"
    receipts = append(log, CALL, LATER)
    assert [receipt.path for receipt in receipts] == [CALL_PATH, beside]
    assert (log.folder / CALL_PATH).read_bytes() == CALL
    assert (log.folder / beside).read_bytes() == LATER
    assert append(log, LATER, CALL) == [receipts[1], receipts[0]]
    assert bodies(log) == [CALL, LATER]


def test_stored_file_is_never_overwritten(log: PayloadLog) -> None:
    """Where a file was altered on disk, the right bytes come beside it when they come again."""
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


def test_file_without_receipt_becomes_an_event(log: PayloadLog) -> None:
    """A file that is there already, but has no receipt, gets one when its bytes come."""
    (log.folder / CALL_PATH).parent.mkdir()
    (log.folder / CALL_PATH).write_bytes(CALL)
    assert append(log, CALL)[0].position == 1
    assert bodies(log) == [CALL]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777], ids=oct)
def test_only_the_owner_may_read(tmp_path: Path, umask: int) -> None:
    """Files are 0600 and folders 0700 whatever the umask, also while a body is coming in."""
    before = os.umask(umask)
    try:
        log = PayloadLog(tmp_path / "parent" / "payloads")
        append(log, CALL, LATER, b"unreadable", b'{"type": "voice_removed"}')
        with log.draft() as draft:
            draft.write(OTHER)
            draft.seal(receipt_of(draft))
            modes = {
                path: (path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in (tmp_path / "parent").rglob("*")
            }
            modes[tmp_path / "parent"] = (True, stat.S_IMODE((tmp_path / "parent").stat().st_mode))
    finally:
        os.umask(before)
    assert len(modes) == 15  # 6 folders, 4 events, the journal, its lock, a draft's two files, and the parent
    assert {path: mode for path, (is_folder, mode) in modes.items() if mode != (0o700 if is_folder else 0o600)} == {}


def test_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """A payload folder that the operator made is left as it is."""
    tmp_path.chmod(0o750)
    append(PayloadLog(tmp_path), CALL)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_body_above_the_cap_is_refused(tmp_path: Path) -> None:
    """A body of a byte more than the cap is refused as soon as it is known, and nothing of it stays."""
    log = PayloadLog(tmp_path / "payloads", body_bytes_max=len(CALL))
    append(log, CALL)
    with pytest.raises(BodyTooLargeError):
        append(log, CALL + b" ")
    with log.draft() as draft:
        draft.write(CALL)
        with pytest.raises(BodyTooLargeError):
            draft.write(b" ")
    assert bodies(log) == [CALL]
    assert payload_files(log) == {CALL_PATH}


def test_body_that_stops_coming_leaves_nothing(log: PayloadLog) -> None:
    """A draft that is left without having been published is gone."""
    with log.draft() as draft:
        draft.write(b"x" * 3_000_000)
        assert len(payload_files(log)) == 1
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_whose_sender_fails_leaves_nothing(log: PayloadLog) -> None:
    """A draft that is left by an error is gone as well."""

    def receive() -> None:
        with log.draft() as draft:
            draft.write(b"x" * 3_000_000)
            raise KeyError

    with pytest.raises(KeyError):
        receive()
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_that_is_not_verified_yet_touches_no_disk(log: PayloadLog) -> None:
    """A body that fits in memory is not written before it is published."""
    with log.draft() as draft:
        draft.write(CALL)
        assert payload_files(log) == set()


def is_file(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


class FaultyFsync:
    """An fsync that fails at the calls that are chosen, and works at all others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Callable[[int, int], bool]) -> None:
        """Take the place of fsync; `fails` is given the number of the call, from 1, and the descriptor."""
        self._fsync = os.fsync
        self._fails = fails
        self.calls = 0
        self.failures = 0
        monkeypatch.setattr("events.journal.os.fsync", self)

    def __call__(self, fd: int) -> None:
        self.calls += 1
        if self._fails(self.calls, fd):
            self.failures += 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._fsync(fd)


def at_call(number: int) -> Callable[[int, int], bool]:
    return lambda call, _: call == number


def test_failed_fsync_of_the_journal_appends_nothing(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal cannot be made durable, nothing is kept, and the next try is written afresh."""
    append(log, OTHER)
    before, files = journal(log).read_bytes(), payload_files(log)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises(LogClosedError, match="Input/output error"):
        append(log, CALL)
    assert fsync.failures == 1
    assert journal(log).read_bytes() == before
    assert payload_files(log) == files
    assert not (log.folder / "conv_1").exists()
    assert bodies(log) == [OTHER]

    assert append(log, CALL)[0].position == 2
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_failed_duplicate_keeps_the_event(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a duplicate cannot be answered, the event that it duplicates stays."""
    (receipt,) = append(log, CALL)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises(LogClosedError):
        append(log, CALL)
    assert bodies(log) == [CALL]
    assert append(log, CALL) == [receipt]


@pytest.mark.parametrize("earlier", [(), (OTHER,)], ids=["first", "later"])
def test_append_that_fails_anywhere_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: tuple[bytes, ...]
) -> None:
    """Whichever fsync of an append fails: what was there stays, no event or file is added, and the next succeeds."""
    left: dict[int, set[str]] = {}
    for number in itertools.count(1):
        log = PayloadLog(tmp_path / str(number))
        append(log, *earlier)
        files = payload_files(log)
        with monkeypatch.context() as patch:
            fsync = FaultyFsync(patch, at_call(number))
            try:
                append(log, CALL)
            except LogClosedError:
                pass
            else:
                break
        assert fsync.failures == 1
        assert bodies(log) == [*earlier]
        left[number] = payload_files(log) - files
        append(log, LATER, CALL)
        assert bodies(log) == [*earlier, LATER, CALL]
        assert_chained(log, len(earlier) + 2)
    # Body, receipt, the folders of the drafts, of the conversation and of all, the journal.
    assert len(left) >= 6
    assert {number: names for number, names in left.items() if names} == {}


def test_receipt_is_given_after_all_is_durable(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body, what was noted of it and their names are durable before the journal is, and that before the answer."""
    append(log, OTHER)
    synced: list[str] = []

    def note(_: int, fd: int) -> bool:
        places = {"body": log.folder / CALL_PATH, "conversation": log.folder / "conv_1", "payloads": log.folder}
        places |= {"journal": journal(log), "incoming": log.folder / INCOMING}
        drafts = {draft.suffix: draft for draft in (log.folder / INCOMING).iterdir()}
        places |= {"draft": drafts.get(".body", log.folder / "-"), "receipt": drafts.get(".receipt", log.folder / "-")}
        synced.append(next(name for name, path in places.items() if is_file(fd, path)))
        return False

    FaultyFsync(monkeypatch, note)
    append(log, CALL)
    assert synced == ["draft", "receipt", "incoming", "conversation", "payloads", "journal"]


def test_name_of_a_new_journal_is_durable(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal's own name is durable before the first event is acknowledged."""
    synced: list[str] = []

    def note(_: int, fd: int) -> bool:
        synced.extend(name for name in (NAME, ".") if is_file(fd, log.folder / name))
        return False

    FaultyFsync(monkeypatch, note)
    append(log, CALL)
    assert "." in synced[synced.index(NAME) :]


def test_journal_is_locked_while_it_is_written(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else can hold the journal until its new line is durable."""
    others: list[bool] = []

    def try_to_lock(_: int, fd: int) -> bool:
        if is_file(fd, journal(log)):
            with (log.folder / ".journal.lock").open("r+b") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    others.append(False)
                else:
                    others.append(True)
        return False

    FaultyFsync(monkeypatch, try_to_lock)
    append(log, CALL, OTHER, CALL)
    assert len(others) >= 3
    assert not any(others)


def test_journal_that_cannot_be_cut_back_keeps_its_event(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither the fsync nor the cut works, the line may stay: then so does its file, and a retry finds it."""
    append(log, OTHER)
    ftruncate = os.ftruncate
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)

    def fail(fd: int, length: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("events.journal.os.ftruncate", fail)
    with pytest.raises(LogClosedError):
        append(log, CALL)
    monkeypatch.setattr("events.journal.os.ftruncate", ftruncate)
    assert append(log, CALL)[0].position == 2
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_full_disk_closes_the_log(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room a large body is refused while it streams in, and nothing of it stays."""
    write = os.write

    def fail(fd: int, data: memoryview) -> int:
        if len(data) > 1_000_000:
            return write(fd, data[:1_000_000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("events.durable.os.write", fail)
    with pytest.raises(LogClosedError, match="No space left on device"), log.draft() as draft:
        draft.write(b"x" * 1_500_000)
    assert payload_files(log) == set()
    monkeypatch.setattr("events.durable.os.write", write)
    append(log, CALL)
    assert bodies(log) == [CALL]


def test_short_writes_are_continued(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that takes less than it was given is continued."""
    write = os.write
    monkeypatch.setattr("events.durable.os.write", lambda fd, data: write(fd, data[:100]))
    append(log, CALL, OTHER)
    assert bodies(log) == [CALL, OTHER]
    assert_chained(log, 2)


def test_log_says_whether_it_could_append(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check writes and fsyncs, fails as an append would, and leaves nothing behind."""
    log.check_writable()
    fsync = FaultyFsync(monkeypatch, at_call(1))
    with pytest.raises(LogClosedError):
        log.check_writable()
    log.check_writable()
    assert fsync.calls == 2
    assert payload_files(log) == set()


def at_once(*tasks: Callable[[], Receipt]) -> list[Receipt]:
    """Run all tasks in threads that start together, and return what they returned; raise what one raised."""
    barrier = threading.Barrier(len(tasks))
    results: dict[int, Receipt | BaseException] = {}

    def run(number: int, task: Callable[[], Receipt]) -> None:
        barrier.wait()
        try:
            results[number] = task()
        except BaseException as error:
            results[number] = error
            raise

    threads = [threading.Thread(target=run, args=(number, task)) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = [results[number] for number in range(len(tasks))]
    assert [result for result in receipts if not isinstance(result, Receipt)] == []
    return [result for result in receipts if isinstance(result, Receipt)]


def appending(log: PayloadLog, body: bytes) -> Callable[[], Receipt]:
    return lambda: log.append(body, source="webhook")


def test_threads_make_one_chain(log: PayloadLog) -> None:
    """Appended by many at once, through one log and through two, the receipts are one chain, and each its own."""
    second = PayloadLog(log.folder)
    given = [transcription(f"conv_{number}", "hello") for number in range(24)]
    tasks = [appending((log, second)[number % 2], body) for number, body in enumerate(given)]
    receipts = at_once(*tasks)
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 25))
    assert_chained(log, 24)
    assert {event.receipt.position: event.body() for event in events(log)} == {
        receipt.position: body for receipt, body in zip(receipts, given, strict=True)
    }
    assert not any(path.startswith(INCOMING) for path in payload_files(log))


def test_duplicates_at_once_have_one_receipt(log: PayloadLog) -> None:
    """The same bytes from many at once are one event, and all of them get its receipt."""
    second = PayloadLog(log.folder)
    receipts = at_once(*[appending((log, second)[number % 2], CALL) for number in range(12)])
    assert receipts == [receipts[0]] * 12
    assert bodies(log) == [CALL]
    assert payload_files(log) == {CALL_PATH}
    assert_chained(log, 1)


def test_versions_at_once_are_all_kept(log: PayloadLog) -> None:
    """Different bytes of one name from many at once are all kept, each under a name of its own."""
    given = [transcription("conv_1", f"version {number}") for number in range(8)]
    receipts = at_once(*[appending(log, body) for body in given])
    assert len({receipt.path for receipt in receipts}) == 8
    assert [(log.folder / receipt.path).read_bytes() for receipt in receipts] == given
    assert sorted(bodies(log)) == sorted(given)
    assert_chained(log, 8)


class Queue(list[_Linked]):
    """The bodies of one log that wait to be committed; says when one has come, and may hold its thread there."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def append(self, linked: _Linked) -> None:
        self.arrived.release()
        self.gate.wait()
        super().append(linked)


def append_as_one_batch(log: PayloadLog, *given: bytes) -> list[Receipt | LogClosedError]:
    """Append all bodies from threads of which each had to queue, and return what each was answered."""
    answers: dict[int, Receipt | LogClosedError] = {}

    def run(number: int, body: bytes) -> None:
        try:
            answers[number] = log.append(body, source="webhook")
        except LogClosedError as error:
            answers[number] = error

    queue = log._waiting = Queue()
    threads = [threading.Thread(target=run, args=one) for one in enumerate(given)]
    with log._turn:
        for thread in threads:
            thread.start()
            queue.arrived.acquire()  # one after the other, so that it is known who of two duplicates came first
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(given))]


def test_queue_shares_one_fsync(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who wait while one holds the journal are committed together, by one fsync, duplicates as one."""
    append(log, OTHER)
    fsynced: list[bool] = []

    def note(_: int, fd: int) -> bool:
        fsynced.append(is_file(fd, journal(log)))
        return False

    FaultyFsync(monkeypatch, note)
    given = [transcription(f"conv_{number}", "hello") for number in range(10, 16)]
    answers = append_as_one_batch(log, *given, given[0], LATER, OTHER)
    assert fsynced.count(True) == 1
    assert answers[6] == answers[0]
    assert answers[8] == events(log)[0].receipt
    assert bodies(log) == [OTHER, *given, LATER]
    assert_chained(log, 8)


def test_failed_fsync_fails_all_who_shared_it(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody whose receipt the failed fsync was to make durable is told so; afterwards each can try again."""
    append(log, OTHER)
    files = payload_files(log)
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    given = [transcription(f"conv_{number}", "hello") for number in range(10, 14)]
    answers = append_as_one_batch(log, *given, given[0], OTHER)
    assert [type(answer) for answer in answers] == [LogClosedError] * 6
    assert fsync.failures == 1
    assert bodies(log) == [OTHER]
    assert payload_files(log) == files
    append(log, *given)
    assert bodies(log) == [OTHER, *given]
    assert_chained(log, 5)


def fail_once_linked(log: PayloadLog, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """Append CALL, which is linked, then `meanwhile`, and then fails to get its receipt."""
    failed: list[LogClosedError] = []

    def fail() -> None:
        try:
            log.append(CALL, source="webhook")
        except LogClosedError as error:
            failed.append(error)

    queue = log._waiting = Queue()
    queue.gate.clear()
    thread = threading.Thread(target=fail)
    thread.start()
    queue.arrived.acquire()
    meanwhile()
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        queue.gate.set()
        thread.join()
    assert len(failed) == 1
    assert not (log.folder / CALL_PATH).exists()


def test_duplicate_outlives_the_failure_of_the_first(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who met the file of another that then failed, and took it away, puts the file back before it answers."""
    append(log, OTHER)
    second = PayloadLog(log.folder)
    queue = second._waiting = Queue()
    receipts: list[Receipt] = []
    thread = threading.Thread(target=lambda: receipts.append(second.append(CALL, source="webhook")))

    def meet() -> None:
        queue.gate.clear()
        thread.start()
        queue.arrived.acquire()

    fail_once_linked(log, monkeypatch, meet)
    queue.gate.set()
    thread.join()
    assert [receipt.position for receipt in receipts] == [2]
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)


def test_version_beside_a_failed_one_has_one_receipt(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that was kept beside one that then failed has one receipt, also when it comes again."""
    append(log, OTHER)
    second = PayloadLog(log.folder)
    receipts: list[Receipt] = []
    fail_once_linked(log, monkeypatch, lambda: receipts.extend(append(second, LATER)))
    assert append(log, LATER) == receipts
    assert bodies(log) == [OTHER, LATER]


def receipt_of(draft: Draft, *, signature: str | None = None) -> Receipt:
    """Return what its writer notes of a draft before it links it."""
    filing: Filing = draft.filing()
    return Receipt(
        position=0,
        received_at=NOW,
        kind=filing.kind,
        conversation_id=filing.conversation_id,
        path=filing.path,
        sha256=draft.sha256,
        size=draft.size,
        source="webhook",
        signature=signature,
    )


def sealed(log: PayloadLog, body: bytes, *, is_linked: bool = False) -> Draft:
    """Return a draft whose writer has come as far as to seal it, or to link it to its final name."""
    draft = log.draft()
    draft.write(body)
    receipt = receipt_of(draft, signature=SIGNATURE)
    draft.seal(receipt)
    if is_linked:
        final = log.folder / receipt.path
        final.parent.mkdir(exist_ok=True)
        final.hardlink_to(draft.path)
    return draft


def die(draft: Draft) -> None:
    """Let the writer of a draft die: its lock goes, its files stay."""
    assert draft._fd is not None
    os.close(draft._fd)
    draft._fd = None


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_whole_body_of_a_dead_writer_becomes_an_event(log: PayloadLog, is_linked: bool) -> None:
    """A body that had come in whole becomes an event once, with what its writer noted, and the draft is gone."""
    append(log, OTHER)
    die(sealed(log, CALL, is_linked=is_linked))
    assert bodies(log) == [OTHER]

    assert PayloadLog(log.folder).recover() == 1
    assert bodies(log) == [OTHER, CALL]
    recovered = events(log)[1].receipt
    assert (recovered.received_at, recovered.source, recovered.signature) == (NOW, "webhook", SIGNATURE)
    assert recovered.path == CALL_PATH
    assert payload_files(log) == {CALL_PATH, "conv_2/conv_2_transcription.json"}
    assert_chained(log, 2)

    assert log.recover() == 0
    assert append(log, CALL) == [recovered]
    assert_chained(log, 2)


@pytest.mark.parametrize("is_linked", [False, True], ids=["before the link", "after the link"])
def test_duplicate_meets_what_a_dead_writer_left(log: PayloadLog, is_linked: bool) -> None:
    """The same bytes again make the event, once, whether they or the recovery come first."""
    die(sealed(log, CALL, is_linked=is_linked))
    (receipt,) = append(log, CALL)
    assert receipt.position == 1
    log.recover()
    assert bodies(log) == [CALL]
    assert append(log, CALL) == [receipt]
    assert payload_files(log) == {CALL_PATH}
    assert (log.folder / CALL_PATH).stat().st_nlink == 1


def test_duplicate_removes_the_draft_of_a_dead_writer(log: PayloadLog) -> None:
    """Who meets a file that still has its draft gives it its receipt, and removes the draft, before it answers."""
    die(sealed(log, CALL, is_linked=True))
    append(log, CALL)
    assert payload_files(log) == {CALL_PATH}


def test_writer_that_died_after_its_receipt_is_not_counted(log: PayloadLog) -> None:
    """A draft that is committed already makes no second event, and is none that was recovered."""
    draft = sealed(log, CALL, is_linked=True)
    receipt = append(log, CALL)
    die(draft)
    assert bodies(log) == [CALL]
    recovered = log.recover()
    assert payload_files(log) == {CALL_PATH}
    assert bodies(log) == [CALL]
    assert append(log, CALL) == receipt
    assert recovered == 0


def test_another_version_of_a_dead_writer_is_kept_beside(log: PayloadLog) -> None:
    """Where the name was taken meanwhile, the recovered body comes beside it."""
    die(sealed(log, LATER))
    append(log, CALL)
    assert log.recover() == 1
    assert bodies(log) == [CALL, LATER]
    assert_chained(log, 2)


def test_draft_of_a_living_writer_is_left_alone(log: PayloadLog) -> None:
    """Recovery does not touch what somebody is still writing: that writer publishes it itself."""
    with log.draft() as draft:
        draft.write(b" " * 2_000_000)
        draft.write(CALL)
        before = payload_files(log)
        assert len(before) == 1
        assert PayloadLog(log.folder).recover() == 0
        assert payload_files(log) == before
        log.publish(draft, source="webhook")
    assert bodies(log) == [b" " * 2_000_000 + CALL]


def test_sealed_draft_of_a_living_writer_is_left_alone(log: PayloadLog) -> None:
    """Nor does it touch a draft that is sealed, as long as its writer lives."""
    draft = sealed(log, CALL)
    before = payload_files(log)
    assert len(before) == 2
    assert log.recover() == 0
    assert payload_files(log) == before
    die(draft)
    assert log.recover() == 1
    assert bodies(log) == [CALL]


def test_part_of_a_body_is_removed(log: PayloadLog) -> None:
    """What a writer left that died before the body was whole is removed, and makes no event."""
    draft = log.draft()
    draft.write(b"x" * 2_000_000)
    die(draft)
    assert len(payload_files(log)) == 1
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


@pytest.mark.parametrize("torn", [b"", b'{"position":0,"rec', b"\x00\x00"])
def test_torn_note_of_a_dead_writer_is_removed(log: PayloadLog, torn: bytes) -> None:
    """Nor does a body whose writer died while it noted the receipt."""
    draft = sealed(log, CALL)
    die(draft)
    draft.path.with_suffix(".receipt").write_bytes(torn)
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_body_that_is_not_what_was_noted_is_removed(log: PayloadLog) -> None:
    """Nor does a body that is not the one whose signature was verified."""
    draft = sealed(log, CALL)
    die(draft)
    draft.path.write_bytes(CALL[:-1])
    assert log.recover() == 0
    assert payload_files(log) == set()
    assert list(log.read()) == []


def test_recovery_that_fails_can_be_tried_again(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal cannot be written, the draft stays, and the next recovery makes the event."""
    append(log, OTHER)
    die(sealed(log, CALL))
    fsync = FaultyFsync(monkeypatch, lambda _, fd: is_file(fd, journal(log)) and fsync.failures == 0)
    with pytest.raises((OSError, LogClosedError)):
        log.recover()
    assert bodies(log) == [OTHER]
    assert log.recover() == 1
    assert bodies(log) == [OTHER, CALL]
    assert_chained(log, 2)
    assert not any(path.startswith(INCOMING) for path in payload_files(log))


def test_several_dead_writers_are_recovered(log: PayloadLog) -> None:
    """Recovery finishes everybody's work, each body once."""
    for body in (CALL, OTHER, CALL, b"unreadable"):
        die(sealed(log, body))
    log.recover()
    assert sorted(bodies(log)) == sorted([CALL, OTHER, b"unreadable"])
    assert_chained(log, 3)


@pytest.mark.parametrize("torn", [b"{", b'{"position":3,"received_at":"2026-01-', b"\x00" * 100, b"x" * 60_000])
def test_torn_last_line_is_cut_back(log: PayloadLog, torn: bytes) -> None:
    """A last line that was never finished is nobody's receipt: it is not read, and the next append cuts it off."""
    append(log, CALL, OTHER)
    whole, tail = journal(log).read_bytes(), log.tail()
    journal(log).write_bytes(whole + torn)
    assert bodies(log) == [CALL, OTHER]
    assert log.tail() == tail
    append(log, LATER)
    assert journal(log).read_bytes().startswith(whole + b'{"position":3,')
    assert bodies(log) == [CALL, OTHER, LATER]
    assert_chained(log, 3)


@pytest.mark.parametrize("length", [0, 1, len(HEADER)])
def test_torn_header_is_written_afresh(log: PayloadLog, length: int) -> None:
    """A journal whose writer died before its first line was whole begins anew."""
    journal(log).write_bytes(HEADER[:length])
    assert list(log.read()) == []
    assert log.tail() is None
    append(log, CALL)
    assert_chained(log, 1)


@pytest.mark.parametrize("header", [b'{"format":"elaoms-journal","version":2}', b"something else"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_unknown_format_is_refused(log: PayloadLog, header: bytes, is_empty: bool) -> None:
    """A journal of another format is neither read nor written, and nothing is kept beside it."""
    append(log, OTHER)
    files = payload_files(log)
    lines = [header] if is_empty else [header, *journal_lines(log)[1:]]
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    with pytest.raises(JournalError):
        list(log.read())
    with pytest.raises(JournalError):
        append(log, CALL)
    assert journal_lines(log) == lines
    assert payload_files(log) == files


def test_damaged_end_of_the_journal_is_not_written_over(log: PayloadLog) -> None:
    """After a last line that is no receipt nothing is appended: the chain would go on from nowhere."""
    append(log, OTHER)
    with journal(log).open("ab") as file:
        file.write(b"garbage\n")
    before = journal(log).read_bytes()
    with pytest.raises(JournalError):
        append(log, CALL)
    with pytest.raises(JournalError):
        log.tail()
    assert journal(log).read_bytes() == before
    assert payload_files(log) == {"conv_2/conv_2_transcription.json"}


@pytest.mark.parametrize("garbage", [b"garbage", b"{}", b"[1]", b'{"position": "1"}', b"\xff", b""])
def test_garbage_line_is_said_to_be_damaged(log: PayloadLog, garbage: bytes) -> None:
    """A line that is no receipt is yielded as damaged, in its place, and so is what follows it as unchained."""
    append(log, CALL, OTHER, LATER)
    header, first, _, third = journal_lines(log)
    journal(log).write_bytes(b"\n".join([header, first, garbage, third, b""]))
    read = list(log.read())
    assert [type(one) for one in read] == [Event, DamagedLine, Event]
    assert isinstance(read[0], Event)
    assert read[0].is_chained
    assert isinstance(read[2], Event)
    assert not read[2].is_chained
    assert read[2].body() == LATER
    damaged = read[1]
    assert isinstance(damaged, DamagedLine)
    assert damaged.place == Place(2, len(header) + len(first) + 2, sha256(garbage))
    assert log.event_at(damaged.place) == damaged
    assert list(log.read(damaged.place)) == read[2:]


@pytest.mark.parametrize("number", [1, 2])
def test_removed_line_breaks_the_chain(log: PayloadLog, number: int) -> None:
    """Without one of its lines, the first included, the journal is no chain any more, and that shows where."""
    append(log, CALL, OTHER, LATER)
    lines = journal_lines(log)
    del lines[number]
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    assert [event.is_chained for event in events(log)] == [position != number for position in (1, 2)]


def test_slipped_in_line_breaks_the_chain(log: PayloadLog) -> None:
    """A receipt that was slipped in, or altered, shows."""
    append(log, CALL, OTHER, LATER)
    lines = journal_lines(log)
    altered = msgspec.json.decode(lines[2], type=Receipt)
    lines[2] = msgspec.structs.replace(altered, source="backfill").line()
    journal(log).write_bytes(b"\n".join([*lines, b""]))
    assert [event.is_chained for event in events(log)] == [True, True, False]
    journal(log).write_bytes(b"\n".join([lines[0], lines[1], lines[1], b""]))
    assert [event.is_chained for event in events(log)] == [True, False]


def test_receipt_of_another_position_breaks_the_chain(log: PayloadLog) -> None:
    """A last receipt that follows the line before, but claims another position, shows as well."""
    append(log, CALL, OTHER)
    header, first, last = journal_lines(log)
    moved = msgspec.structs.replace(msgspec.json.decode(last, type=Receipt), position=3)
    journal(log).write_bytes(b"\n".join([header, first, moved.line(), b""]))
    assert [event.is_chained for event in events(log)] == [True, False]


def test_first_receipt_is_chained_to_the_header(log: PayloadLog) -> None:
    """A first receipt that does not follow the header is no part of this chain."""
    append(log, CALL)
    header, line = journal_lines(log)
    other = msgspec.structs.replace(msgspec.json.decode(line, type=Receipt), previous="0" * 64)
    journal(log).write_bytes(b"\n".join([header, other.line(), b""]))
    assert [event.is_chained for event in events(log)] == [False]


def places_of_another_journal(log: PayloadLog, tmp_path: Path) -> Iterator[Place]:
    other = PayloadLog(tmp_path / "other")
    append(other, LATER, CALL, OTHER)
    for event in events(other):
        yield event.place


def test_reader_of_another_journal_must_begin_anew(log: PayloadLog, tmp_path: Path) -> None:
    """Where another line stands at a reader's place, or none, nothing is read: the journal was replaced or cut."""
    append(log, CALL, OTHER)
    places = list(places_of_another_journal(log, tmp_path))
    first, second = (event.place for event in events(log))
    moved = Place(first.position, first.offset + 1, first.sha256)
    for place in [*places, moved]:
        with pytest.raises(PositionError):
            list(log.read(place))
        with pytest.raises(PositionError):
            log.event_at(place)

    whole = journal(log).read_bytes()
    journal(log).write_bytes(whole[: second.offset])
    with pytest.raises(PositionError):
        list(log.read(second))
    journal(log).write_bytes(whole[:-1])
    with pytest.raises(PositionError):
        list(log.read(second))
    assert list(log.read(first)) == []


def test_journal_that_is_gone_is_not_an_empty_one(log: PayloadLog) -> None:
    """A reader that had read something is told that the journal is gone, and does not begin anew with nothing."""
    append(log, CALL)
    (event,) = events(log)
    journal(log).unlink()
    with pytest.raises(JournalError):
        list(log.read(event.place))
    with pytest.raises(JournalError):
        log.event_at(event.place)


@pytest.mark.parametrize(
    "altered",
    [CALL + b" ", CALL[:-1], b"", CALL.replace(b"hello", b"HELLO")],
    ids=["longer", "shorter", "empty", "other"],
)
def test_altered_file_is_damaged(log: PayloadLog, altered: bytes) -> None:
    """A file that is not what its receipt says is never passed off as the event."""
    append(log, CALL)
    (event,) = events(log)
    (log.folder / CALL_PATH).write_bytes(altered)
    with pytest.raises(DamagedEventError, match=CALL_PATH):
        event.body()


def test_missing_file_is_damaged(log: PayloadLog) -> None:
    """A file that is missing is said to be missing, and the others are read."""
    append(log, CALL, OTHER)
    (log.folder / CALL_PATH).unlink()
    first, second = events(log)
    with pytest.raises(DamagedEventError, match="missing"):
        first.body()
    with pytest.raises(DamagedEventError, match="missing"):
        list(first.part(0, 1))
    assert second.body() == OTHER


def test_same_bytes_mend_a_missing_file(log: PayloadLog) -> None:
    """A file that is missing is put back by the same bytes, so that the receipt that it had holds again."""
    append(log, CALL, OTHER)
    (log.folder / CALL_PATH).unlink()
    append(log, CALL)
    assert [event.body() for event in events(log)[:2]] == [CALL, OTHER]


def test_log_that_can_never_begin_its_journal_keeps_nothing(log: PayloadLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a new journal cannot be made durable, again and again, no file is left that could pass for an event."""
    with monkeypatch.context() as patch:
        FaultyFsync(patch, lambda _, fd: is_file(fd, journal(log)))
        for _ in range(2):
            with pytest.raises(LogClosedError):
                log.append(CALL, source="webhook")
            assert payload_files(log) == set()
    assert append(log, CALL)[0].position == 1
