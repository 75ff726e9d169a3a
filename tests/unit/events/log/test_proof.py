"""The proof of our own events: what an HMAC binds, whose events are believed, and what a seal vouches for."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from events.errors import LogKeyError
from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.ours.seal import seal, seal_if_first
from events.log.proof.keys import LogKeys, Proof, key_id_of, split
from events.log.proof.proofs import Standing
from events.log.receipt import Receipt
from events.wire.shared_secrets import Secrets
from tests.support.forging import forge, forge_line, journal_of, leave_draft, rechain, write_journal
from tests.support.logs import CALL, LATER, OTHER, append, events
from tests.support.samples import transcription

KEY, ROTATED, STRANGE = "log-key-of-today", "log-key-of-yesterday", "log-key-of-somebody"
KEYS = LogKeys(Secrets([KEY]))
NEW = transcription("conv_new", "hello")
SOURCES = ("erasure", "extraction", "correction", "profile", "import", "backfill", "seal", "anything")


def keyed(folder: Path, *keys: str) -> FolderLog:
    return FolderLog(folder, log_keys=Secrets(keys))


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log with a key, that a projector has sealed; it holds a webhook and an import."""
    log = keyed(tmp_path / "payloads", KEY)
    append(log, CALL)
    seal_if_first(log)
    log.append(OTHER, source="import")
    return log


def standing(log: FolderLog, event: Event) -> Standing:
    return log.proofs.standing(event.receipt, line_sha256=event.place.sha256)


def believed(log: FolderLog) -> list[bool]:
    """Return for each event whether it may be obeyed."""
    return [log.proofs.why_not(event) is None for event in events(log)]


@pytest.mark.parametrize("source", SOURCES)
def test_signs_every_event_of_our_own(log: FolderLog, source: str) -> None:
    """With a key, whatever does not come from ElevenLabs is signed as it is committed, and proven when it is read."""
    log.append(transcription("conv_own", source), source=source)
    (event,) = events(log)[3:]
    assert re.fullmatch(r"log1=[0-9a-f]{8}\.[0-9a-f]{64}", event.receipt.signature or "")
    assert standing(log, event) is Standing.PROVEN
    assert events(log)[0].receipt.signature is None


OTHER_FIELDS: dict[str, Callable[[Receipt], Receipt]] = {
    name: (lambda receipt, name=name, value=value: msgspec.structs.replace(receipt, **{name: value}))  # type: ignore[misc]
    for name, value in {
        "position": 99,
        "kind": "erasure",
        "conversation_id": "conv_9",
        "path": "conv_9/conv_9_transcription.json",
        "sha256": "0" * 64,
        "size": 1,
        "source": "backfill",
        "previous": "0" * 64,
    }.items()
}


@pytest.mark.parametrize("change", OTHER_FIELDS.values(), ids=OTHER_FIELDS)
def test_proof_binds_every_field(log: FolderLog, change: Callable[[Receipt], Receipt]) -> None:
    """A proof is worth nothing for another position, source, kind, conversation, path or body, or after other lines."""
    receipt = events(log)[-1].receipt
    assert KEYS.judge_receipt(receipt) is Proof.PROVEN
    assert KEYS.judge_receipt(change(receipt)) is Proof.WRONG


def test_proof_binds_the_header_that_came_with_it(log: FolderLog) -> None:
    """An imported webhook may keep the header of ElevenLabs: our proof stands behind it, and binds it."""
    header = "t=1762948800,v0=" + "a" * 64
    receipt = log.append(LATER, source="import", signature=header)
    assert split(receipt.signature)[0] == header
    assert KEYS.judge_receipt(receipt) is Proof.PROVEN
    forged = (receipt.signature or "").replace("a" * 64, "b" * 64)
    assert KEYS.judge_receipt(msgspec.structs.replace(receipt, signature=forged)) is Proof.WRONG


@pytest.mark.parametrize(
    ("proof", "worth"),
    [
        (None, Proof.ABSENT),
        ("log1=", Proof.WRONG),
        ("log1=zz", Proof.WRONG),
        (f"log1={key_id_of(KEY)}.{'0' * 64}", Proof.WRONG),
        (f"log1={key_id_of(KEY)}.{'0' * 63}", Proof.WRONG),
        (f"log1={key_id_of(STRANGE)}.{'0' * 64}", Proof.UNKNOWN_KEY),
        (f"log2={key_id_of(KEY)}.{'0' * 64}", Proof.WRONG),
    ],
)
def test_judges_any_text(proof: str | None, worth: Proof) -> None:
    """A text that is no proof is wrong, and no text raises."""
    assert KEYS.judge(b"anything", proof) is worth


def test_keys_print_nothing() -> None:
    """Keys print masked, and an id reveals nothing of its key but its hash."""
    assert KEY not in repr(LogKeys(Secrets([KEY])))
    assert list(KEYS) == [key_id_of(KEY)]


def test_first_key_signs_and_all_verify(log: FolderLog) -> None:
    """During a rotation events of both keys are proven; afterwards those of the old one are unproven, and say why."""
    both = keyed(log.folder, ROTATED, KEY)
    receipt = both.append(LATER, source="import")
    assert key_id_of(ROTATED) in (receipt.signature or "")
    assert believed(both) == [True] * 4

    alone = keyed(log.folder, ROTATED)
    assert believed(alone) == [True, False, False, True]
    reason = alone.proofs.why_not(events(alone)[2])
    assert reason is not None
    assert f"key {key_id_of(KEY)} signed it, and LOG_KEY holds {key_id_of(ROTATED)}" in reason


def test_seal_lets_an_old_key_be_dropped(log: FolderLog) -> None:
    """What an old key signed is vouched for by a seal of the new one; so is what an older seal vouched for."""
    old = FolderLog(log.folder.parent / "old")
    old.append(OTHER, source="import")
    assert seal_if_first(keyed(old.folder, KEY)) is not None
    both = keyed(old.folder, ROTATED, KEY)
    sealed = seal(both)
    assert sealed is not None
    assert sealed.sources == {"import": 1, "seal": 1}
    alone = keyed(old.folder, ROTATED)
    assert believed(alone) == [True] * 3
    assert seal(alone) is not None  # it names what it vouches for only once more
    assert believed(keyed(old.folder, ROTATED)) == [True] * 4


@pytest.mark.parametrize("source", SOURCES)
def test_unsigned_line_is_not_believed(log: FolderLog, source: str) -> None:
    """An appended line of any source but a webhook's, rightly chained, is unproven without a signature."""
    forge(log.folder, transcription("conv_9", "forged"), source=source)
    event = events(log)[-1]
    assert event.is_chained
    assert standing(log, event) is Standing.UNPROVEN


def test_moved_signature_is_not_believed(log: FolderLog) -> None:
    """The signature of one of our events proves no other one, and not the same bytes at another position."""
    true = events(log)[-1].receipt
    forge(log.folder, transcription("conv_9", "forged"), source="import", signature=true.signature)
    forge_line(log.folder, true)
    assert [standing(log, event) for event in events(log)[-2:]] == [Standing.FORGED, Standing.FORGED]


def test_other_logs_events_are_not_believed(log: FolderLog, tmp_path: Path) -> None:
    """A line of another log that has the same key proves nothing here."""
    other = keyed(tmp_path / "other", KEY)
    other.append(transcription("conv_9", "there"), source="backfill")
    line = journal_of(other.folder)[-1]
    write_journal(log.folder, [*journal_of(log.folder)[:-1], line])
    (log.folder / "conv_9").mkdir()
    (log.folder / "conv_9/conv_9_transcription.json").write_bytes(transcription("conv_9", "there"))
    assert not events(log)[-1].is_chained
    rechain(log.folder, journal_of(log.folder)[1:])
    assert standing(log, events(log)[-1]) is Standing.FORGED


def test_seal_vouches_for_what_was_there(tmp_path: Path) -> None:
    """The first projector with a key vouches for the unsigned events that it finds, and for none that comes later."""
    FolderLog(tmp_path).append(OTHER, source="import")
    log = keyed(tmp_path, KEY)
    sealed = seal_if_first(log)
    assert sealed is not None
    assert sealed.sources == {"import": 1}
    assert seal_if_first(log) is None
    assert seal_if_first(keyed(tmp_path, KEY)) is None
    forge(tmp_path, LATER, source="import")
    assert believed(keyed(tmp_path, KEY)) == [True, True, False]


def test_seal_vouches_for_nothing_behind_the_first_signed_event(tmp_path: Path) -> None:
    """Where ingress signs before the projector seals, what was slipped in between is unproven."""
    FolderLog(tmp_path).append(OTHER, source="import")
    log = keyed(tmp_path, KEY)
    log.append(CALL, source="backfill")
    forge(tmp_path, LATER, source="import")
    seal_if_first(log)
    assert believed(log) == [True, True, False, True]


@pytest.mark.parametrize("where", ["before", "in its place", "behind the copied seal"])
def test_rewritten_line_is_not_vouched_for(tmp_path: Path, where: str) -> None:
    """A seal names lines, so no forged one is vouched for: wherever it stands, and whatever position it claims."""
    old = FolderLog(tmp_path)
    old.append(OTHER, source="import")
    append(old, CALL)
    seal_if_first(keyed(tmp_path, KEY))
    header, *lines = journal_of(tmp_path)
    forge(tmp_path, LATER, source="backfill")
    forged = journal_of(tmp_path)[-1].replace(b'"position":4,', b'"position":1,')
    placed = {
        "before": [header, forged, *lines],
        "in its place": [header, forged, *lines[1:]],
        "behind the copied seal": [header, *lines, forged, lines[1], lines[2]],
    }[where]
    write_journal(tmp_path, placed)
    log = keyed(tmp_path, KEY)
    (event,) = [event for event in events(log) if event.receipt.source == "backfill"]
    assert standing(log, event) is Standing.UNPROVEN


def test_forged_or_damaged_seal_vouches_for_nothing(tmp_path: Path) -> None:
    """A seal counts only if it is signed, and if its file is the one that was signed."""
    old = FolderLog(tmp_path)
    old.append(OTHER, source="import")
    line = events(old)[0].place.sha256
    body = msgspec.json.encode({"type": "elaoms_seal", "id": "1", "sealed_at_s": 1, "lines": [line]})
    forge(tmp_path, body, source="seal")
    assert believed(keyed(tmp_path, KEY)) == [False, False]

    sealed = seal(keyed(tmp_path, KEY))
    assert sealed is not None
    assert believed(keyed(tmp_path, KEY)) == [True, True, True]
    (tmp_path / sealed.receipt.path).write_bytes(b"{}")
    assert believed(keyed(tmp_path, KEY)) == [False, False, True]


def test_imported_seal_vouches_for_nothing(log: FolderLog) -> None:
    """Whoever has a seal imported does not have us vouch for what it names, though we sign the import."""
    forge(log.folder, LATER, source="backfill")
    line = events(log)[-1].place.sha256
    body = msgspec.json.encode({"type": "elaoms_seal", "id": "1", "sealed_at_s": 1, "lines": [line]})
    for source in ("import", "backfill", "webhook"):
        log.append(body + b" " * len(source), source=source)
    assert believed(keyed(log.folder, KEY))[3:] == [False, True, True, True]


def test_log_with_another_key_is_not_sealed_by_itself(log: FolderLog) -> None:
    """A lost or a wrong key must be noticed: nothing vouches for the old events until a person has looked."""
    strange = keyed(log.folder, STRANGE)
    assert seal_if_first(strange) is None
    with pytest.raises(LogKeyError, match=f"signed with key {key_id_of(KEY)}, and LOG_KEY holds {key_id_of(STRANGE)}"):
        strange.proofs.check_key()
    seal(strange)
    strange.proofs.check_key()
    assert believed(strange) == [True] * 4


def test_process_without_the_key_says_so(log: FolderLog) -> None:
    """Whoever has no key believes all, as ever, and is told that others will not believe what it appends."""
    without = FolderLog(log.folder)
    forge(log.folder, LATER, source="import")
    assert believed(without) == [True] * 4
    with pytest.raises(LogKeyError, match="signed since position 2, and LOG_KEY is not set here"):
        without.proofs.check_key()
    FolderLog(log.folder.parent / "other").proofs.check_key()


def test_forged_line_keeps_no_true_event_out(log: FolderLog) -> None:
    """If a forged line names bytes that are appended later in truth, they get a receipt of their own."""
    forged = forge(log.folder, LATER, source="backfill")
    true = log.append(LATER, source="backfill")
    assert true.position == forged.position + 1
    assert log.append(LATER, source="backfill") == true
    forge(log.folder, transcription("conv_7", "x"), source="import")
    webhook = log.append(transcription("conv_7", "x"), source="webhook", signature="t=1,v0=" + "0" * 64)
    assert webhook.source == "webhook"
    assert [event.is_chained for event in events(log)] == [True] * 7


@pytest.mark.parametrize("is_linked", [False, True])
@pytest.mark.parametrize("has_key", [True, False])
def test_no_draft_of_our_own_is_signed_for_a_stranger(log: FolderLog, *, is_linked: bool, has_key: bool) -> None:
    """A draft that an intruder leaves is not taken for one of ours; a true one is made again by whoever wanted it."""
    receipt = leave_draft(log.folder, NEW, source="backfill", is_linked=is_linked)
    recovering = log if has_key else FolderLog(log.folder)
    assert recovering.recover() == 0
    assert len(events(log)) == 3
    assert not (log.folder / receipt.path).exists()
    assert list((log.folder / ".incoming").iterdir()) == []
    assert log.append(NEW, source="backfill").position == 4


def test_draft_of_an_event_that_has_its_receipt_is_only_removed(log: FolderLog) -> None:
    """A writer that died after the commit leaves its event; recovery keeps its file."""
    receipt = log.append(NEW, source="backfill")
    (log.folder / receipt.path).unlink()
    leave_draft(log.folder, NEW, source="backfill", is_linked=True)
    assert log.recover() == 0
    assert events(log)[-1].body() == NEW


def test_recovers_webhooks_and_logs_without_a_key_as_ever(log: FolderLog, tmp_path: Path) -> None:
    """A dead writer's webhook becomes an event, with a key too; without any signature in the log, so does our own."""
    leave_draft(log.folder, NEW, source="webhook")
    assert log.recover() == 1
    other = FolderLog(tmp_path / "other")
    leave_draft(other.folder, NEW, source="backfill")
    assert other.recover() == 1


def test_draft_cannot_name_a_file_elsewhere(log: FolderLog) -> None:
    """A receipt that an intruder leaves beside a draft links nothing outside the log."""
    receipt = leave_draft(log.folder, LATER, source="webhook")
    hostile = msgspec.structs.replace(receipt, path="../outside.json")
    (log.folder / ".incoming" / f"{'f' * 32}.receipt").write_bytes(hostile.line())
    assert log.recover() == 0
    assert not (log.folder.parent / "outside.json").exists()


def test_restored_log_is_read_anew(log: FolderLog) -> None:
    """A log that was cut under a running process is not believed by what it held before."""
    header, *lines = journal_of(log.folder)
    assert believed(log) == [True] * 3
    write_journal(log.folder, [header, lines[0]])
    forge(log.folder, LATER, source="import")
    log.proofs.read_on()
    assert not log.proofs.is_sealed
    assert log.proofs.first_signed == 0
    assert believed(log) == [True, False]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_proof_can_be_made_by_hand(log: FolderLog) -> None:
    """The commands of docs/log-layout.md make the proof that the journal holds, without any program of ours."""
    receipt = log.append(LATER, source="import")
    (log.folder / "line").write_bytes(receipt.line())
    line = """sed 's/"signature":"log1=[^"]*"/"signature":null/' line | tr -d '\\n'"""
    by_hand = f"{{ printf 'elaoms-receipt-1\\n'; {line}; }} | openssl dgst -sha256 -hmac {KEY}"
    made = subprocess.run(["sh", "-c", by_hand], cwd=log.folder, capture_output=True, check=True, text=True).stdout
    assert made.split()[-1] == (receipt.signature or "").rpartition(".")[2]
