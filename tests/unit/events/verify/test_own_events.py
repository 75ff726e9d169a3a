"""Verifying what we appended ourselves: forged lines, exchanged keys, and heads that were noted elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from events.folder_log.layout import KEY_NAME, NAME
from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, ErasedEvent, Erasure
from events.log.event import Event
from events.log.ours.seal import seal_if_first
from events.log.proof.head import Head, head_at
from events.log.proof.keys import LogKeys, key_id_of
from events.verify.heads import current_head, read_heads
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from tests.support.forging import forge, forge_line, journal_of, rechain, write_journal
from tests.support.logs import events
from tests.support.samples import NOON_S, transcription
from tests.support.signed_logs import BODIES, SECRET, erase, named, remove, signed_log, verify

KEY, ROTATED = "log-key-of-today", "log-key-of-yesterday"


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log with a key, sealed, that holds every kind of webhook, an erasure and an import."""
    log = signed_log(tmp_path / "payloads", KEY)
    seal_if_first(log)
    erase(log, 4)
    log.append(transcription("conv_8", "imported"), source="import")
    return log


def erasure_of(log: FolderLog) -> tuple[Event, Erasure]:
    """Return the erasure in a log."""
    (event,) = [event for event in events(log) if event.receipt.kind == "erasure"]
    return event, msgspec.json.decode(event.body(), type=Erasure)


def test_counts_what_is_proven(log: FolderLog) -> None:
    """With LOG_KEY each event of our own is proven; without it, the report says that they are not, and how many."""
    findings, totals = verify(log.folder, log_keys=(KEY,))
    assert (findings, totals.proven, totals.unproven) == ([], 4, 0)
    assert "4 events of our own proven: signed with LOG_KEY" in str(totals)

    findings, totals = verify(log.folder)
    assert (findings, totals.proven, totals.unproven) == ([], 0, 4)
    assert "4 events of our own unproven: LOG_KEY is not set" in str(totals)


def test_counts_what_a_seal_vouches_for(tmp_path: Path) -> None:
    """Own events that are older than the key are no fault once they are sealed, and are counted."""
    old = signed_log(tmp_path)
    erase(old, 4)
    assert {what for what, _ in named(tmp_path, log_keys=(KEY,))} == {"unproven", "missing"}
    seal_if_first(FolderLog(tmp_path, log_keys=Secrets([KEY])))
    findings, totals = verify(tmp_path, log_keys=(KEY,))
    assert (findings, totals.proven, totals.vouched) == ([], 1, 2)
    assert "2 events of our own unproven, but vouched for by a seal" in str(totals)


def test_rotated_keys_verify_and_a_strange_one_does_not(log: FolderLog) -> None:
    """Any key of the list will do; with another key alone everything of our own is unproven, by the key's id."""
    assert named(log.folder, log_keys=(ROTATED, KEY)) == []
    findings, _ = verify(log.folder, log_keys=(ROTATED,))
    unproven = [finding for finding in findings if finding.what == "unproven"]
    assert len(unproven) == 4
    assert all(f"key {key_id_of(KEY)} signed it" in finding.words for finding in unproven)


@pytest.mark.parametrize("source", ["import", "backfill", "extraction", "correction", "profile", "seal"])
def test_names_a_forged_line(log: FolderLog, source: str) -> None:
    """One appended line, rightly chained and with its file, is named whatever source it claims."""
    receipt = forge(log.folder, transcription("conv_9", "forged"), source=source)
    assert named(log.folder, log_keys=(KEY,)) == [("unproven", receipt.path)]
    assert named(log.folder) == []


def test_names_a_forged_webhook(log: FolderLog) -> None:
    """A line that claims to be a webhook needs a signature of ElevenLabs, whatever proof of ours it carries."""
    true = events(log)[-1].receipt
    receipt = forge(log.folder, transcription("conv_9", "forged"), source="webhook", signature=true.signature)
    assert named(log.folder, log_keys=(KEY,)) == [("unsigned", receipt.path)]


def test_names_a_moved_proof(log: FolderLog) -> None:
    """The proof of one event stands for no other, and not for the same bytes once more."""
    true = events(log)[-1].receipt
    receipt = forge(log.folder, transcription("conv_9", "forged"), source="import", signature=true.signature)
    forge_line(log.folder, true)
    assert named(log.folder, log_keys=(KEY,)) == [("forged", receipt.path), ("forged", true.path)]


def test_names_a_rewritten_chain(tmp_path: Path) -> None:
    """A journal that is rewritten without one of its lines proves nothing of our own behind that line."""
    log = signed_log(tmp_path, KEY)
    seal_if_first(log)
    imported = log.append(transcription("conv_8", "imported"), source="import")
    remove(log, events(log)[0])
    rechain(log.folder, journal_of(log.folder)[2:])
    assert named(log.folder) == []
    assert [what for what, _ in named(log.folder, log_keys=(KEY,))] == ["forged", "forged"]
    assert ("forged", imported.path) in named(log.folder, log_keys=(KEY,))


def test_forged_erasure_accounts_for_nothing(log: FolderLog) -> None:
    """Whoever removes a call and appends an erasure of it is found: the erasure by its proof, the call as missing."""
    call = events(log)[6]
    _, erasure = erasure_of(log)
    forged = msgspec.structs.replace(erasure, conversations=("conv_3",), events=())
    receipt = forge(log.folder, msgspec.json.encode(forged), source=SOURCE)
    remove(log, call)
    assert named(log.folder, log_keys=(KEY,)) == [("missing", call.receipt.path), ("unproven", receipt.path)]


CHANGES: dict[str, tuple[Callable[[Erasure], Erasure], str]] = {
    "no request": (lambda erasure: msgspec.structs.replace(erasure, request=7), "no request stands at position 7"),
    "a later request": (lambda erasure: msgspec.structs.replace(erasure, request=99), "no request stands at"),
    "another caller": (lambda erasure: msgspec.structs.replace(erasure, caller="0" * 64), "is about another caller"),
    "another moment": (
        lambda erasure: msgspec.structs.replace(erasure, requested_at_s=erasure.requested_at_s + 1),
        "was made at another moment",
    ),
    "a later event": (
        lambda erasure: msgspec.structs.replace(
            erasure,
            events=(ErasedEvent(position=99, kind="transcription", conversation_id="conv_3", path="conv_3/x.json"),),
        ),
        "it lists events that come after it",
    ),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("log_keys", [(), (KEY,)])
def test_erasure_must_answer_its_request(
    log: FolderLog, change: Callable[[Erasure], Erasure], words: str, log_keys: tuple[str, ...]
) -> None:
    """Also without a key, and also where we signed it, an erasure must fit the request that it names."""
    _, erasure = erasure_of(log)
    forged = change(msgspec.structs.replace(erasure, conversations=("conv_3",)))
    receipt = log.append(msgspec.json.encode(forged), source=SOURCE)
    (log.folder / "conv_3" / "conv_3_transcription.json").unlink()
    findings, _ = verify(log.folder, log_keys=log_keys)
    assert [(finding.what, finding.path) for finding in findings] == [
        ("missing", "conv_3/conv_3_transcription.json"),
        ("forged", receipt.path),
    ]
    assert words in findings[1].words


EXCHANGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "exchanged": (lambda path: path.write_text("ab" * 32), "was made with key"),
    "nonsense": (lambda path: path.write_bytes(b"\xffnonsense"), "holds no key"),
    "truncated": (lambda path: path.write_text(path.read_text()[:40]), "holds no key"),
    "emptied": (lambda path: path.write_bytes(b""), "holds no key"),
    "longer": (lambda path: path.write_text(path.read_text().strip() + "ab"), "holds no key"),
}


@pytest.mark.parametrize(("change", "words"), EXCHANGED.values(), ids=EXCHANGED)
@pytest.mark.parametrize("log_keys", [(), (KEY,)])
def test_names_a_wrong_erasure_key(
    log: FolderLog, change: Callable[[Path], object], words: str, log_keys: tuple[str, ...]
) -> None:
    """The key of the requests must be the one that they name: with another one they cover no late call."""
    change(log.folder / KEY_NAME)
    (finding,) = verify(log.folder, log_keys=log_keys)[0]
    assert (finding.what, finding.path) == ("altered", KEY_NAME)
    assert words in finding.words


def test_forged_request_does_not_accuse_the_key(log: FolderLog) -> None:
    """With LOG_KEY, only requests that are proven say which key is the right one."""
    body = {"type": "elaoms_erasure_request", "id": "1", "caller": "0" * 64, "key_id": "ffffffff", "requested_at_s": 1}
    receipt = forge(log.folder, msgspec.json.encode(body), source=SOURCE)
    assert named(log.folder, log_keys=(KEY,)) == [("unproven", receipt.path)]
    assert named(log.folder) == [("altered", KEY_NAME)]


def test_imported_webhook_is_proven_by_elevenlabs(tmp_path: Path) -> None:
    """An import that kept the signature of ElevenLabs is checked by it, with a key of ours and without."""
    body = transcription("conv_9", "x")
    header = sign(body, SECRET, timestamp_s=NOON_S)
    log = signed_log(tmp_path, KEY)
    log.append(body, source="import", signature=header)
    for log_keys in ((), (KEY,)):
        findings, totals = verify(log.folder, log_keys=log_keys)
        assert (findings, totals.signed, totals.unproven) == ([], len(BODIES) + 1, 0)
    other = FolderLog(tmp_path / "other", log_keys=Secrets([KEY]))
    other.append(body, source="import", signature=sign(b"other", SECRET, timestamp_s=NOON_S))
    assert named(other.folder, log_keys=(KEY,)) == [("unsigned", "conv_9/conv_9_transcription.json")]


def noted(log: FolderLog, *keys: str) -> Head:
    """Return the head of a log as it was noted a while ago."""
    return current_head(log.folder, LogKeys(Secrets(keys)))


def test_noted_head_proves_what_was_before_it(log: FolderLog) -> None:
    """A signed head still fits after later events, under a rotated key too, and no longer once the end was cut."""
    head = noted(log, KEY)
    log.append(transcription("conv_9", "later"), source="import")
    for log_keys in ((KEY,), (ROTATED, KEY), ()):
        assert named(log.folder, log_keys=log_keys, head=head) == []
    assert "1 signature of noted heads not checked: LOG_KEY is not set" in str(verify(log.folder, head=head)[1])
    last = events(log)[-2:]
    for event in last:
        remove(log, event)
    write_journal(log.folder, journal_of(log.folder)[:-2])
    assert named(log.folder, log_keys=(KEY,), head=head) == [("cut", NAME)]


HEADS: dict[str, tuple[Callable[[Head], Head], list[str]]] = {
    "another position": (lambda head: msgspec.structs.replace(head, position=3), ["forged", "forged"]),
    "another hash": (lambda head: msgspec.structs.replace(head, sha256="0" * 64), ["forged", "cut"]),
    "another log": (lambda head: msgspec.structs.replace(head, log="0" * 16), ["forged", "cut"]),
    "another time": (lambda head: msgspec.structs.replace(head, at=datetime(2020, 1, 1, tzinfo=UTC)), ["forged"]),
    "a strange key": (
        lambda head: msgspec.structs.replace(head, proof=LogKeys(Secrets([ROTATED])).sign(b"x")),
        ["unproven"],
    ),
    "no signature": (lambda head: msgspec.structs.replace(head, proof=None), []),
}


@pytest.mark.parametrize(("change", "findings"), HEADS.values(), ids=HEADS)
def test_names_a_head_that_was_not_noted(log: FolderLog, change: Callable[[Head], Head], findings: list[str]) -> None:
    """A head is signed whole: its log, position, hash and time."""
    head = change(noted(log, KEY))
    assert [what for what, _ in named(log.folder, log_keys=(KEY,), head=head)] == findings


def test_proof_of_a_head_is_none_of_an_event(log: FolderLog) -> None:
    """The same key signs both, for different purposes."""
    head = noted(log, KEY)
    receipt = forge(log.folder, transcription("conv_9", "forged"), source="import", signature=head.proof)
    assert named(log.folder, log_keys=(KEY,)) == [("forged", receipt.path)]


def test_reads_heads_of_any_form(log: FolderLog) -> None:
    """Hashes, lines of `events head`, and lines of the projector's log may stand in one file."""
    head = noted(log, KEY)
    line = msgspec.json.encode(head).decode()
    said = msgspec.json.encode(msgspec.to_builtins(head) | {"event": "journal_head", "level": "info"}).decode()
    assert read_heads(f"{line}\n\n  {head.sha256.upper()}\n{said}\n") == [head, head.sha256, head]
    for text in ("", "\n", "abc", "{}", '{"log":1}', "\ud800", line[:-1], f"{line}\nabc"):
        with pytest.raises(ValueError, match="head"):
            read_heads(text)


def test_head_is_of_the_last_line(log: FolderLog) -> None:
    """A head names the log, its last line and the time; the projector's daily one is signed in the same way."""
    tail = log.tail()
    assert tail is not None
    head = noted(log)
    assert (head.log, head.position, head.sha256, head.proof) == (log.name(), tail.position, tail.sha256, None)
    daily = head_at(tail, log=log.name(), at=head.at, keys=log.proofs.keys)
    assert named(log.folder, log_keys=(KEY,), head=daily) == []
    assert msgspec.structs.replace(daily, proof=None) == head


def test_lost_erasure_key_makes_no_erasure_doubtful(log: FolderLog) -> None:
    """If the key of the requests is gone, their erasures still account for what was removed."""
    (log.folder / KEY_NAME).unlink()
    assert named(log.folder, log_keys=(KEY,)) == [("missing", KEY_NAME)]
