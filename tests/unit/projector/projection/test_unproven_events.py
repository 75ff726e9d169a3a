"""The projector obeys no event of our own that is not proven to be ours, and no erasure that answers no request."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from events.folder_log.layout import KEY_NAME
from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, ErasedEvent, Erasure, ErasureRequest
from events.log.event import Event
from events.log.ours.seal import seal
from events.log.proof.keys import key_id_of
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from tests.support.erasures import erasures_of, requests_of
from tests.support.forging import forge, forge_line
from tests.support.logs import events
from tests.support.samples import MARTA, audio, transcription
from tests.support.sites import ProjectorSite

KEY, ROTATED = "log-key-of-today", "log-key-of-yesterday"
BEN = "+12025550199"
NOW_S = 1_800_000_000
MARTAS = transcription("conv_marta", "My zebrak7.", at_s=NOW_S - 1000, user_name="Marta")
BENS = transcription("conv_ben", "My walrusk7.", at_s=NOW_S - 1000, caller=BEN)
RENAMED = transcription("conv_late", "I am Ben now.", at_s=NOW_S - 500, user_name="Ben")


def site_of(folder: Path, *log_keys: str) -> ProjectorSite:
    """Return a site where Marta and Ben have called, and both are remembered."""
    site = ProjectorSite(folder, log_keys=log_keys)
    site.received_at_s = NOW_S - 10
    site.append(MARTAS, audio("conv_marta"), BENS)
    site.catch_up()
    return site


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site with a key."""
    return site_of(tmp_path, KEY)


def with_keys(site: ProjectorSite, *log_keys: str) -> ProjectorSite:
    """Return the same site, as a process with other keys has it."""
    other = ProjectorSite(site.folders[0].parent, log_keys=log_keys)
    other.received_at_s = site.received_at_s
    return other


def erasure(site: ProjectorSite, request: int, *conversations: str, caller: str = MARTA) -> bytes:
    """Return an erasure as a program makes it that knows the format, and the key in the folder."""
    listed = [
        ErasedEvent(
            position=event.place.position,
            kind=event.receipt.kind,
            conversation_id=event.receipt.conversation_id,
            path=event.receipt.path,
        )
        for event in events(site.log)
        if event.receipt.conversation_id in conversations
    ]
    return msgspec.json.encode(
        Erasure(
            request=request,
            caller=site.log.caller_hashes(may_create=True).of(caller),
            requested_at_s=NOW_S,
            conversations=conversations,
            events=tuple(listed),
            counts={},
        )
    )


def request(site: ProjectorSite, caller: str = MARTA) -> bytes:
    hashes = site.log.caller_hashes(may_create=True)
    return msgspec.json.encode(
        ErasureRequest(id="forged", caller=hashes.of(caller), key_id=hashes.key_id, requested_at_s=NOW_S)
    )


@pytest.mark.parametrize("source", ["import", "backfill", "extraction", "correction", "profile", "anything"])
def test_forged_call_is_not_remembered(site: ProjectorSite, source: str) -> None:
    """A forged line of any source of our own has no caller greeted as somebody else, live, retried or replayed."""
    before = site.dump()
    forge(site.log.folder, RENAMED, source=source)
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert site.dump() == before
        assert site.errors() == ["unproven: LOG_KEY did not sign it, and no seal vouches for it"]
    site.now_s += 10_000
    site.catch_up()
    assert site.dump() == before


def test_forged_request_and_erasure_remove_nothing(site: ProjectorSite) -> None:
    """Neither a forged request nor its forged erasure is obeyed, though they fit each other and the folder's key."""
    before = site.dump()
    asked = forge(site.log.folder, request(site), source=SOURCE)
    forge(site.log.folder, erasure(site, asked.position, "conv_marta"), source=SOURCE)
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert site.dump() == before
        assert [fault.place.position for fault in site.faults()] == [5, 6]
    assert sorted(path.name for path in (site.log.folder / "conv_marta").iterdir()) == [
        "conv_marta_audio.json",
        "conv_marta_audio.mp3",
        "conv_marta_transcription.json",
    ]


def test_forged_seal_vouches_for_nothing(site: ProjectorSite) -> None:
    """A seal that an intruder appends is an event like another: set aside."""
    forged = forge(site.log.folder, RENAMED, source="backfill")
    line = events(site.log)[-1].place.sha256
    body = msgspec.json.encode({"type": "elaoms_seal", "id": "1", "sealed_at_s": 1, "lines": [line]})
    forge(site.log.folder, body, source="seal")
    before = site.dump()
    site.catch_up()
    assert site.dump() == before
    assert [fault.place.position for fault in site.faults()] == [forged.position, forged.position + 1]


def test_moved_proof_moves_nothing(site: ProjectorSite) -> None:
    """The proof of a true event does not make a forged one true, and does not let the true one happen twice."""
    site.append(BENS.replace(b"conv_ben", b"conv_ben_2"), source="backfill")
    site.catch_up()
    before = site.dump()
    true = events(site.log)[-1].receipt
    forge(site.log.folder, RENAMED, source="backfill", signature=true.signature)
    forge_line(site.log.folder, true)
    for do in (site.catch_up, site.replay):
        do()
        assert site.dump() == before
        assert site.errors() == ["forged: its signature was not made with LOG_KEY"] * 2


def test_forged_event_of_an_erased_conversation_is_removed(site: ProjectorSite) -> None:
    """What is not believed is not obeyed; it is still removed where it belongs to a caller who was forgotten."""
    site.forget(at_s=NOW_S)
    before = site.dump()
    forge(site.log.folder, transcription("conv_marta", "My late zebrak7."), source="backfill")
    site.catch_up()
    assert site.files_holding("zebrak7") == []
    assert site.dump() == before


def test_true_events_are_obeyed(site: ProjectorSite) -> None:
    """With a key, all that we append ourselves is signed and obeyed, and a replay with or without it is the same."""
    site.append(RENAMED, source="backfill")
    site.append(transcription("conv_ben_2", "More.", caller=BEN), source="import")
    site.catch_up()
    site.forget(BEN, at_s=NOW_S)
    assert len(requests_of(site.log)) == len(erasures_of(site.log)) == 1
    live = site.dump()
    assert "walrusk7" not in live
    assert site.errors() == []
    for keys in ((KEY,), (ROTATED, KEY), ()):
        other = with_keys(site, *keys)
        assert other.replayed_dump() == live
        assert other.errors() == []


def test_log_from_before_the_key_is_sealed_and_obeyed(tmp_path: Path) -> None:
    """On the day that LOG_KEY is set, nothing is lost, and no unsigned event counts from then on."""
    old = site_of(tmp_path)
    old.append(RENAMED, source="import")
    old.forget(BEN, at_s=NOW_S)
    live = old.dump()

    site = with_keys(old, KEY)
    site.catch_up()
    assert site.log.proofs.is_sealed
    assert site.replayed_dump() == live
    assert site.errors() == []
    forge(site.log.folder, MARTAS.replace(b"conv_marta", b"conv_forged"), source="import")
    site.catch_up()
    assert site.dump() == live
    assert len(site.errors()) == 1


def test_replay_command_seals_too(tmp_path: Path) -> None:
    """A replay that is the first to run with the key believes what is there, and seals it."""
    old = site_of(tmp_path)
    old.append(RENAMED, source="import")
    old.catch_up()
    live = old.dump()
    site = with_keys(old, KEY)
    assert site.replayed_dump() == live
    assert site.log.proofs.is_sealed


def test_lost_key_loses_nothing(site: ProjectorSite) -> None:
    """With another key own events are set aside by name until the old key is back, or a person seals the log."""
    site.append(RENAMED, source="backfill")
    site.catch_up()
    live = site.dump()

    lost = with_keys(site, ROTATED)
    lost.replay()
    assert lost.dump() != live
    reasons = lost.errors()
    assert len(reasons) == 2
    assert all(
        f"key {key_id_of(KEY)} signed it, and LOG_KEY holds {key_id_of(ROTATED)}" in reason for reason in reasons
    )

    both = with_keys(site, ROTATED, KEY)
    both.now_s = 61
    both.catch_up()
    assert both.dump() == live
    assert both.errors() == []

    lost.replay()
    assert seal(lost.log) is not None
    lost.now_s = 61
    lost.catch_up()
    assert lost.dump() == live
    assert lost.errors() == []


@pytest.mark.parametrize("log_keys", [(), (KEY,)])
def test_gone_journal_is_not_sealed_over(tmp_path: Path, log_keys: tuple[str, ...]) -> None:
    """If the journal is gone although there are memories of it, no new one hides that."""
    site = site_of(tmp_path, *log_keys)
    shutil.rmtree(site.log.folder)
    again = with_keys(site, KEY)
    with pytest.raises(Exception, match="is gone"):
        again.catch_up()
    assert not (again.log.folder / "journal.jsonl").exists()


class _Killed(BaseException):
    """Ends a process like a kill: no handler of errors sees it."""


@pytest.mark.parametrize(
    "last",
    [
        "body_written",
        "draft_receipts_written",
        "body_linked",
        "receipt_written",
        "receipt_synced",
        "draft_receipts_removed",
        "draft_discarded",
        "erasure_appended",
        "erased_files_removed",
    ],
)
def test_killed_erasure_is_carried_out_after_all(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """A projector that dies while it appends an erasure makes it again: its draft is not signed by whoever finds it."""
    site.request_erasure(at_s=NOW_S)

    def die(step: str) -> None:
        if step == last:
            raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr("events.disk.steps.reached", die)
        with pytest.raises(_Killed):
            site.catch_up()
    again = with_keys(site, KEY)
    again.log.recover()
    again.catch_up()
    again.catch_up()
    assert len(erasures_of(again.log)) == 1
    assert again.errors() == []
    assert again.files_holding("zebrak7", MARTA[2:]) == []
    findings = list(Verification(again.log.folder, Secrets(), log_keys=Secrets([KEY])).findings())
    assert {finding.what for finding in findings} == {"unsigned"}  # the webhooks of this test carry no header


FORGED: dict[str, tuple[Callable[[ProjectorSite, int], bytes], str]] = {
    "no request": (lambda site, _: erasure(site, 1, "conv_ben"), "no request stands at position 1"),
    "another caller": (lambda site, at: erasure(site, at, "conv_ben", caller=BEN), "is about another caller"),
    "another moment": (
        lambda site, at: erasure(site, at, "conv_ben").replace(b"1800000000", b"1800000001"),
        "was made at another moment",
    ),
    "a call of another": (lambda site, at: erasure(site, at, "conv_ben"), "it lists conv_ben, which does not name"),
    "a late event of another": (
        lambda site, at: erasure(site, at, "conv_ben").replace(b'"conversations":["conv_ben"]', b'"conversations":[]'),
        "it lists conv_ben, which does not name",
    ),
    "a later event": (
        lambda site, at: erasure(site, at, "conv_ben").replace(b'"position":3', b'"position":99'),
        "it lists events that come after it",
    ),
}


@pytest.mark.parametrize(("make", "words"), FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("is_signed", [False, True])
def test_erasure_must_answer_its_request(
    tmp_path: Path, make: Callable[[ProjectorSite, int], bytes], words: str, *, is_signed: bool
) -> None:
    """Also without a key, and also if we signed it, an erasure removes nothing that its request does not ask for."""
    site = ProjectorSite(tmp_path, log_keys=(KEY,) if is_signed else ())
    site.received_at_s = NOW_S - 10
    site.append(MARTAS, audio("conv_marta"), BENS)
    site.catch_up()
    site.forget(at_s=NOW_S)
    before = site.dump()
    (asked,) = [event.place.position for event in events(site.log) if event.receipt.kind == "erasure-request"]
    site.append(make(site, asked), source=SOURCE)
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert site.dump() == before
        (error,) = site.errors()
        assert error.startswith("forged: ")
        assert words in error
    assert (site.log.folder / "conv_ben" / "conv_ben_transcription.json").exists()


def test_erasure_must_name_who_is_in_a_stray(tmp_path: Path) -> None:
    """A body of no conversation is removed only if it holds the caller of the request."""
    site = site_of(tmp_path)
    stray = site.append(b'{"type": "note", "data": {"text": "about +12025550199 and walrusk7"}}')
    site.forget(at_s=NOW_S)
    path = events(site.log)[stray - 1].receipt.path
    body = msgspec.json.decode(erasure(site, stray + 1))
    for conversation_id in (None, "conv_marta"):
        listed = {"position": stray, "kind": "other-note", "conversation_id": conversation_id, "path": path}
        site.append(msgspec.json.encode(body | {"events": [listed]}), source=SOURCE)
        for do in (site.catch_up, site.replay):
            do()
            assert (site.log.folder / path).exists()
    assert len(site.errors()) == 2


@pytest.mark.parametrize("is_replayed", [False, True])
def test_erasure_of_a_lost_erasure_key_still_counts(tmp_path: Path, *, is_replayed: bool) -> None:
    """If the key of the requests is lost, what was erased stays accounted for; only late calls are not covered."""
    site = site_of(tmp_path, KEY)
    site.forget(at_s=NOW_S)
    before = site.dump()
    (site.log.folder / KEY_NAME).unlink()
    site.replay() if is_replayed else site.catch_up()
    site.append(transcription("conv_marta", "My late zebrak7."), source="backfill")
    site.catch_up()
    assert site.dump() == before
    assert site.files_holding("zebrak7") == []
    assert all("restore it" in error for error in site.errors())


def test_many_own_events_cost_no_second_pass(site: ProjectorSite) -> None:
    """An honest log is read on once to see whether it is sealed; proving an event reads nothing."""
    site.append(*(transcription(f"conv_{n}", "x") for n in range(5)), source="backfill")
    log = FolderLog(site.log.folder, log_keys=Secrets([KEY]))
    read = [event for event in log.read() if isinstance(event, Event)]
    shutil.move(site.log.folder / "journal.jsonl", site.log.folder.parent / "aside")
    assert [log.proofs.why_not(event) for event in read] == [None] * len(read)
    assert len(read) == 9
