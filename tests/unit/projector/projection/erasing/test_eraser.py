"""Erasing callers through a real log and a real projection: what is removed, what stays, and what is recorded of it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.errors import JournalError
from events.folder_log.layout import KEY_NAME
from events.log.erasure import SOURCE, ErasedEvent, Erasure
from events.wire.reading.webhook import ReadWebhook, read_webhook
from events.wire.signature import sign
from tests.support.erasures import assert_accounted_for, erasures_of, request_by_time
from tests.support.logs import die, sealed
from tests.support.samples import MARTA, audio, failure, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
NOW_S = 1_800_000_000
OLD_S = NOW_S - 1000


def call(id_: str, words: str, *, at_s: int | None = OLD_S, caller: str | None = MARTA, **more: object) -> bytes:
    return transcription(id_, words, at_s=at_s, caller=caller, **more)  # type: ignore[arg-type]


def forget(site: ProjectorSite, caller: str = MARTA) -> Erasure:
    """Request the erasure of a caller; every later event comes in later."""
    erasure = site.forget(caller, at_s=NOW_S)
    site.received_at_s = NOW_S + 10
    return erasure


MARTAS = call("conv_marta", "My zebrak7.", summary="About zebrak7.", pet="zebrak7")
BENS = call("conv_ben", "My walrusk7.", caller=BEN)


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site where Marta and Ben have called, and both are remembered."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOW_S - 10
    site.append(MARTAS, audio("conv_marta"), BENS, audio("conv_ben"))
    site.catch_up()
    return site


def test_account_tells_what_was_removed(site: ProjectorSite) -> None:
    """The erasure lists each event and its sizes, by kind and place, and holds no words and no number."""
    erasure = forget(site)

    assert erasure.request == 5
    assert erasure.conversations == ("conv_marta",)
    assert erasure.events == (
        ErasedEvent(
            position=1,
            kind="transcription",
            conversation_id="conv_marta",
            path="conv_marta/conv_marta_transcription.json",
        ),
        ErasedEvent(position=2, kind="audio", conversation_id="conv_marta", path="conv_marta/conv_marta_audio.json"),
    )
    assert erasure.counts == {
        "log.audio": 1,
        "log.recordings": 1,
        "log.transcription": 1,
        "read_model.calls": 1,
        "read_model.memories.collected": 1,
        "read_model.memories.summary": 1,
        "read_model.memories.turn": 1,
    }
    assert erasures_of(site.log) == [erasure]
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert [name for name, _ in site.files_holding("walrusk7")] == ["conv_ben_transcription.json", "readmodel.sqlite"]
    assert (site.log.folder / "conv_ben" / "conv_ben_audio.mp3").exists()
    assert_accounted_for(site.log)


def test_no_page_keeps_a_word_whatever_sqlite_does_by_itself(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some builds of SQLite overwrite deleted rows, and others do not: in either the words are gone."""

    def connected(address: str, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(address, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    connect = sqlite3.connect
    monkeypatch.setattr("projector.read_model.sqlite.database.sqlite3.connect", connected)
    site.append(*(call(f"conv_{number}", f"My zebrak7 {number}." * 100) for number in range(20)))
    site.catch_up()
    forget(site)
    assert site.files_holding("zebrak7", MARTA[2:]) == []


LATE: dict[str, bytes] = {
    "the same bytes": MARTAS,
    "another version": call("conv_marta", "My late zebrak7.", event_timestamp=NOW_S + 5),
    "a version of nobody": call("conv_marta", "My late zebrak7.", at_s=None, caller=None),
    "a version of somebody else": call("conv_marta", "My late zebrak7.", caller=BEN),
    "another recording": audio("conv_marta", b"ID3zebrak7"),
    "a webhook that says so": b'{"type":"elaoms_erasure","data":{"conversation_id":"conv_marta"},"x":"zebrak7"}',
    "another call of that time": call("conv_other", "My other zebrak7."),
    "a failed call of that time": failure("conv_failed", MARTA),
}


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize("name", LATE)
def test_late_bytes_are_removed_and_accounted_for(site: ProjectorSite, name: str, *, is_replayed: bool) -> None:
    """A late event of an erased call, or of one that started before the request, is recorded and removed at once."""
    forget(site)
    before = site.dump()
    if is_replayed:
        site.replay()
    position = site.append(LATE[name], source="backfill" if "version" in name else "webhook")
    site.replay() if is_replayed else site.catch_up()
    site.catch_up()

    _, late = erasures_of(site.log)
    assert late.request == 5
    assert [event.position for event in late.events] == [position]
    assert site.dump() == before
    assert site.errors() == []
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert_accounted_for(site.log)
    tail = site.log.tail()
    for _ in range(2):
        site.replay()
        site.catch_up()
    assert site.log.tail() == tail
    assert site.dump() == before


def test_recording_that_came_before_its_call_goes_with_it(site: ProjectorSite) -> None:
    """No event says whose a recording is until its call comes; then both are removed."""
    forget(site)
    recording = site.append(audio("conv_new", b"ID3zebrak7"))
    site.catch_up()
    assert (site.log.folder / "conv_new" / "conv_new_audio.mp3").exists()
    called = site.append(call("conv_new", "My zebrak7."))
    site.catch_up()

    late = erasures_of(site.log)[-1]
    assert [event.position for event in late.events] == [recording, called]
    assert late.conversations == ("conv_new",)
    assert late.counts == {"log.audio": 1, "log.recordings": 1, "log.transcription": 1}
    assert_accounted_for(site.log)


def test_later_call_is_a_new_memory(site: ProjectorSite) -> None:
    """
    A caller who calls again after the request is remembered from then on, as a first-time caller; a replay agrees.
    """
    forget(site)
    site.append(call("conv_again", "Hello, I am newk7.", at_s=NOW_S + 5))
    for do in (site.catch_up, site.replay):
        do()
        assert site.dump().count('"call_count":1') == 2
        assert "newk7" in site.dump()
    assert forget(site, BEN).conversations == ("conv_ben",)
    assert "newk7" in site.dump()


@pytest.mark.parametrize(
    ("at_s", "event_timestamp", "came_s", "is_covered"),
    [
        (None, None, NOW_S - 10, True),
        (None, None, NOW_S, True),
        (None, None, NOW_S + 1, False),
        (0, NOW_S - 5, NOW_S + 10, True),
        (-5, NOW_S + 5, NOW_S + 10, False),
        (NOW_S, NOW_S + 60, NOW_S + 90, True),
        (NOW_S + 1, NOW_S + 60, NOW_S + 90, False),
        # Clocks differ: whatever had come in at the time of the request had started before it.
        (NOW_S + 300, None, NOW_S - 10, True),
        (NOW_S * 1000, None, NOW_S - 10, True),
        (NOW_S + 300, None, NOW_S + 10, False),
    ],
)
def test_covers_what_started_before(
    site: ProjectorSite, at_s: int | None, event_timestamp: int | None, came_s: int, *, is_covered: bool
) -> None:
    """A request covers a call by its start; a call without a time, or with an impossible one, by its receipt."""
    body = call("conv_timed", "My timedk7.", at_s=at_s, event_timestamp=event_timestamp)
    if came_s < NOW_S:
        site.received_at_s = came_s
        site.append(body)
        site.catch_up()
    forget(site)
    if came_s >= NOW_S:
        site.received_at_s = came_s
        site.append(body)
    for do in (site.catch_up, site.replay):
        do()
        assert ("timedk7" in site.dump()) is not is_covered
    assert (site.files_holding("timedk7") == []) is is_covered


def test_every_request_has_its_account(site: ProjectorSite) -> None:
    """
    A repeated request, two at once, and one for an unknown caller each get their own erasure, with what it removed.
    """
    first = site.request_erasure(at_s=NOW_S)
    second = site.request_erasure(at_s=NOW_S)
    stranger = site.request_erasure("+12025550111", at_s=NOW_S)
    site.catch_up()

    accounts = [site.account(position) for position in (first, second, stranger)]
    assert [account and account.conversations for account in accounts] == [("conv_marta",), (), ()]
    assert [account and account.counts for account in accounts[1:]] == [{}, {}]
    assert erasures_of(site.log) == accounts
    assert_accounted_for(site.log)
    third = forget(site)
    assert (third.request, third.conversations, third.events) == (11, (), ())
    site.replay()
    assert [site.account(position) for position in (first, second, stranger)] == accounts


def _web(user_id: str) -> bytes:
    return transcription("conv_web", "My webk7.", caller=None, user_id=user_id, at_s=OLD_S)


def _whatsapp(id_: str) -> bytes:
    data = {
        "conversation_id": "conv_web",
        "status": "done",
        "transcript": [{"role": "user", "message": "My webk7."}],
        "metadata": {"start_time_unix_secs": OLD_S, "whatsapp": {"whatsapp_user_id": id_}},
    }
    return msgspec.json.encode({"type": "post_call_transcription", "data": data})


@pytest.mark.parametrize(
    ("body", "caller", "stray"),
    [
        (_web("ana@example.com"), "user:ana@example.com", b'\xff "ana@example.com" strayk7'),
        (_web("5551234"), "user:5551234", b'\xff "5551234" strayk7'),
        (_whatsapp("ana.b"), "whatsapp:ana.b", b'\xff "ana.b" strayk7'),
        (_whatsapp("12025550177"), "+12025550177", b'\xff {"whatsapp_user_id": "12025550177"} strayk7'),
        (transcription("conv_web", "My webk7.", caller=None, at_s=OLD_S), "conversation:conv_web", b"\xff"),
        (transcription("conv_web", "My webk7.", caller="anonymous", at_s=OLD_S), "conversation:conv_web", b"\xff"),
    ],
)
def test_forgets_whatever_the_channel(site: ProjectorSite, body: bytes, caller: str, stray: bytes) -> None:
    """
    A caller without a phone number is erased by the key of their channel, with unreadable bodies that hold that key.
    """
    site.append(body, stray)
    site.catch_up()
    assert site.files_holding("webk7")
    erasure = forget(site, caller)
    assert erasure.conversations == ("conv_web",)
    assert site.files_holding("webk7", "strayk7") == []
    assert "walrusk7" in site.dump()
    assert "zebrak7" in site.dump()


def test_conversation_is_erased_whole(site: ProjectorSite) -> None:
    """A conversation that was Marta's in an earlier version is erased in all versions; Ben's other calls stay."""
    site.append(
        call("conv_both", "My bothk7.", event_timestamp=1),
        call("conv_both", "My bothk7!", caller=BEN, event_timestamp=2),
    )
    site.catch_up()
    assert "bothk7" in site.dump()
    erasure = forget(site)
    assert erasure.conversations == ("conv_both", "conv_marta")
    assert erasure.counts["read_model.memories.turn"] == 2
    assert site.files_holding("bothk7") == []
    assert "walrusk7" in site.dump()


MENTIONS = [
    b'\xff {"external_number": "+12025550143"} strayk7',
    b"\xff sip:+12025550143@example.com strayk7",
    b"\xff (202) 555-0143 strayk7",
    b"\xff 202.555.0143 strayk7",
    b"\xff tel:+1-202-555-0143 strayk7",
    b"\xff \\u002b12025550143 strayk7",
    "\x00".join("+12025550143 strayk7").encode() + b"\xff",
    b"\xff" + b"x" * (256 * 1024 - 6) + b" +12025550143 strayk7",
    b'{"type": "notice", "about": {"number": "+12025550143"}, "words": "strayk7"}',
    b'{"type": "elaoms_erasure", "number": "+12025550143", "words": "strayk7"}',
]


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize("number", range(len(MENTIONS)))
def test_events_of_nobody_that_hold_the_number_go(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, number: int, *, is_replayed: bool
) -> None:
    """
    However a number is written, an unreadable body or a workspace event that holds it is removed, and listed.

    A replay that carries out the request, in as many batches as there are events, lists them in one erasure.
    The same bytes, sent again, are removed too.
    """
    monkeypatch.setattr("projector.follow.read_ahead._EVENTS_PER_COMMIT", 1)
    stray = MENTIONS[number]
    kept = site.append(b"\xff +12025550199 benk7", b'{"type": "notice", "number": "+12025550199"}')
    position = site.append(stray)
    if is_replayed:
        request = site.request_erasure(at_s=NOW_S)
        site.replay()
        site.catch_up()
        (erasure,) = erasures_of(site.log)
        assert site.account(request) == erasure
    else:
        site.catch_up()
        erasure = forget(site)

    assert [event.position for event in erasure.events] == [1, 2, position]
    assert site.files_holding("strayk7", "s\0t\0r\0a\0y", MARTA[2:]) == []
    assert len(site.files_holding("benk7")) == 1
    again = site.append(stray)
    assert again > kept
    site.replay() if is_replayed else site.catch_up()
    site.catch_up()
    assert [event.position for event in erasures_of(site.log)[-1].events] == [again]
    site.replay()
    assert site.errors() == []
    assert_accounted_for(site.log)


@pytest.fixture
def unfoldable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own code: no transcription of a conversation `conv_odd...` can be folded."""

    def fail_on_odd_ones(body: bytes) -> ReadWebhook:
        if b"conv_odd" in body:
            raise ArithmeticError
        return read_webhook(body)

    monkeypatch.setattr("projector.projection.intake.read_webhook", fail_on_odd_ones)


@pytest.mark.usefixtures("unfoldable")
def test_calls_that_could_not_be_folded_go_by_the_number_in_them(site: ProjectorSite) -> None:
    """A set-aside call belongs to no caller: it is erased with its fault if it holds the number; others stay listed."""
    for id_, number in (("conv_odd", MARTA), ("conv_odd_ben", BEN)):
        site.append(call(id_, "My oddk7.", caller=number))
    site.catch_up()
    assert len(site.errors()) == 2
    erasure = forget(site)
    assert erasure.conversations == ("conv_marta", "conv_odd")
    assert [fault.conversation_id for fault in site.faults()] == ["conv_odd_ben"]
    site.replay()
    assert [fault.conversation_id for fault in site.faults()] == ["conv_odd_ben"]


def test_forged_erasure_stays_inside(site: ProjectorSite, tmp_path: Path) -> None:
    """A forged erasure with hostile paths removes nothing outside the folder, and stops no projection."""
    (tmp_path / "victim").write_text("precious")
    paths = ("../victim", "_events/../../victim", str(tmp_path / "victim"), "_unreadable/\0")
    forged = Erasure(
        request=99,
        caller="0" * 64,
        requested_at_s=1,
        conversations=("..", "../readmodel", ".incoming"),
        events=tuple(ErasedEvent(position=99, kind="x", conversation_id=None, path=path) for path in paths),
        counts={},
    )
    site.append(msgspec.json.encode(forged), source=SOURCE)
    site.append(b'{"type":"elaoms_erasure","request":"what is this"}', source=SOURCE)
    site.append(call("conv_after", "afterk7"))
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert (tmp_path / "victim").read_text() == "precious"
        assert all(words in site.dump() for words in ("zebrak7", "walrusk7", "afterk7"))
        assert [fault.place.position for fault in site.faults()] == [5, 6]


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda path: path.write_bytes(b"garbage"), lambda path: path.write_bytes(b"ab" * 32)]
)
def test_lost_key_is_told_and_stops_nobody(site: ProjectorSite, damage: Callable[[Path], object]) -> None:
    """
    Without its key a request covers no late call: that is listed until the key is back and the log is replayed.

    Meanwhile calls of other callers are projected, and erased events stay erased.
    """
    forget(site)
    key = site.log.folder / KEY_NAME
    kept = key.read_bytes()
    damage(key)
    site.catch_up()  # a projector that starts now, though no event is new
    assert [fault.place.position for fault in site.faults()] == [5]
    assert all("restore it from the backup" in error for error in site.errors())

    site.append(call("conv_late", "My latek7."), call("conv_ben2", "My otterk7.", caller=BEN), audio("conv_marta"))
    site.catch_up()
    site.replay()
    site.catch_up()
    assert "otterk7" in site.dump()
    assert "zebrak7" not in site.dump()
    assert site.files_holding("zebrak7") == []
    assert not (site.log.folder / "conv_marta").exists()
    assert [fault.place.position for fault in site.faults()] == [5]

    key.write_bytes(kept)
    site.replay()
    site.catch_up()
    assert site.errors() == []
    assert site.files_holding("latek7") == []
    assert "otterk7" in site.dump()
    assert_accounted_for(site.log)


def test_new_requests_go_with_a_new_key(site: ProjectorSite) -> None:
    """
    A lost key is not silently replaced; a new key that an operator wrote serves new requests, and the old stay listed.
    """
    forget(site)
    key = site.log.folder / KEY_NAME
    key.unlink()
    with pytest.raises(JournalError, match="restore it from the backup"):
        forget(site, BEN)
    key.write_text("0f" * 32 + "\n")
    assert forget(site, BEN).conversations == ("conv_ben",)
    assert site.files_holding("walrusk7") == []
    assert [fault.place.position for fault in site.faults()] == [5]
    site.append(call("conv_late", "My latek7.", caller=BEN))
    site.replay()
    site.catch_up()
    assert site.files_holding("latek7") == []
    assert [fault.place.position for fault in site.faults()] == [5]


def test_unreadable_key_is_waited_for(site: ProjectorSite) -> None:
    """A key that cannot be read right now is the world's fault: nothing is skipped, and no call is set aside."""
    forget(site)
    key = site.log.folder / KEY_NAME
    kept = key.read_bytes()
    key.unlink()
    key.mkdir()
    site.append(call("conv_late", "My latek7."))
    with pytest.raises(OSError, match="directory"):
        site.catch_up()
    key.rmdir()
    key.write_bytes(kept)
    site.catch_up()
    assert site.errors() == []
    assert site.files_holding("latek7") == []


@pytest.mark.parametrize("is_linked", [False, True])
def test_draft_of_a_writer_that_died_goes(site: ProjectorSite, *, is_linked: bool) -> None:
    """A complete draft of a dead writer is erased too, though it has no receipt and no ingress has recovered it."""
    die(sealed(site.log, call("conv_dead", "My zebrak7."), is_linked=is_linked))
    forget(site)
    assert not list((site.log.folder / ".incoming").iterdir())
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert_accounted_for(site.log)


def test_generations_of_a_replay_that_died_are_removed(site: ProjectorSite) -> None:
    """No half-filled generation keeps the erased words."""
    (site.generations.folder / "7").mkdir()
    (site.generations.folder / "7" / "readmodel.sqlite").write_text("zebrak7")
    forget(site)
    assert site.files_holding("zebrak7") == []


def test_is_not_finished_while_a_replay_may_hold_the_words(site: ProjectorSite) -> None:
    """A request is finished only once no replay is running that read the calls before it."""
    request = site.request_erasure(at_s=NOW_S)
    with site.generations.lock("replay", wait=False) as is_held:
        assert is_held
        site.catch_up()
        assert site.account(request) is None
        assert "zebrak7" not in site.dump()
    site.catch_up()
    assert site.account(request) is not None
    assert site.files_holding("zebrak7") == []


def test_search_that_fails_is_made_again(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the search for ownerless events sets the whole request aside; its next try does all of it."""

    def fail(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    stray = site.append(b"\xff +12025550143 strayk7")
    request = site.request_erasure(at_s=NOW_S)
    with monkeypatch.context() as patch:
        patch.setattr("projector.projection.erasing.search.keys_in", fail)
        site.catch_up()
        late = site.append(call("conv_late", "My latek7."))
        site.catch_up()
    assert [fault.place.position for fault in site.faults()] == [request]
    site.now_s = 61
    site.catch_up()

    assert site.errors() == []
    assert site.files_holding("zebrak7", "strayk7", "latek7", MARTA[2:]) == []
    listed = {event.position for erasure in erasures_of(site.log) for event in erasure.events}
    assert listed == {1, 2, stray, late}
    assert_accounted_for(site.log)


class _Killed(BaseException):
    """Ends a process like a kill: no handler of errors sees it."""


def test_crashes_in_a_row_leave_one_account_and_no_fault(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Killed once the erasure is appended, and again once the files are gone, the projector ends in the same state.

    The next start then meets calls whose files are gone before it reads the erasure that explains them.
    """
    last = ""

    def die(step: str) -> None:
        if step == last:
            raise _Killed

    monkeypatch.setattr("events.disk.steps.reached", die)
    site.append(call("conv_new", "My zebrak7."), audio("conv_new", b"ID3zebrak7"), b"\xff +12025550143 zebrak7")
    request = site.request_erasure(at_s=NOW_S)
    for last in ("erasure_appended", "erased_files_removed"):  # noqa: B007 - `die` reads it
        with pytest.raises(_Killed):
            site.catch_up()
    last = ""
    site.catch_up()

    (erasure,) = erasures_of(site.log)
    assert site.account(request) == erasure
    assert [event.position for event in erasure.events] == [1, 2, 5, 6, 7]
    assert site.errors() == []
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert_accounted_for(site.log)


def test_erasure_is_carried_out_whoever_appended_it(site: ProjectorSite) -> None:
    """A read model that folded a conversation before its erasure came removes it: the log has the last word."""
    request = site.request_erasure(MARTA, at_s=0)  # it covers nothing by itself
    erasure = Erasure(
        request=request,
        caller=site.log.caller_hashes().of(MARTA),
        requested_at_s=0,
        conversations=("conv_marta",),
        events=(),
        counts={},
    )
    site.append(msgspec.json.encode(erasure), source=SOURCE)
    site.catch_up()
    live = site.dump()
    assert "zebrak7" not in live
    assert site.files_holding("zebrak7") == []
    site.replay()
    assert site.dump() == live


@pytest.mark.usefixtures("unfoldable")
def test_call_of_another_that_cannot_be_folded_stays_though_it_names_the_number(site: ProjectorSite) -> None:
    """A call that names the caller only in its words is not the caller's, because people speak of others."""
    site.append(call("conv_odd", "Call +12025550143, says oddk7.", caller=BEN, call_back="+12025550143"))
    site.append(call("conv_odd_own", "My ownk7."))
    site.catch_up()
    assert len(site.errors()) == 2

    assert forget(site).conversations == ("conv_marta", "conv_odd_own")
    assert site.files_holding("oddk7")
    assert site.files_holding("ownk7") == []


def test_fault_of_the_journal_makes_nobodys_call_the_callers(site: ProjectorSite) -> None:
    """An event behind a broken chain is listed and folded: it is erased with its own caller, whomever it names."""
    site.append(call("conv_next", "Ask +12025550143 about nextk7.", caller=BEN))
    journal = site.log.folder / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:4] + lines[5:]))
    site.replay()
    assert len(site.errors()) == 1

    assert forget(site).conversations == ("conv_marta",)
    assert site.files_holding("nextk7")


def test_conversation_of_nobody_is_erased_by_its_id(site: ProjectorSite) -> None:
    """A recording without a transcription belongs to no caller, and is erased by its conversation's own key."""
    site.append(audio("conv_alone", b"ID3alonek7"))
    site.catch_up()
    assert (site.log.folder / "conv_alone" / "conv_alone_audio.mp3").exists()

    erasure = forget(site, "conversation:conv_alone")
    assert erasure.conversations == ("conv_alone",)
    assert not (site.log.folder / "conv_alone").exists()


AHEAD_S = 600


def arrive(site: ProjectorSite, id_: str, *, started_s: int, received_s: int, ahead_s: int) -> None:
    """Append a signed call whose times are seconds after `NOW_S`, while our clock is ahead."""
    body = call(id_, f"My {id_}k7.", at_s=NOW_S + started_s)
    site.received_at_s = NOW_S + received_s + ahead_s
    signature = sign(body, "secret", timestamp_s=NOW_S + received_s)
    site.log.append(body, source="webhook", signature=signature)


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize(
    ("before_s", "request_s", "after_s"),
    [
        (AHEAD_S, AHEAD_S, AHEAD_S),
        (0, AHEAD_S, 0),
        (0, AHEAD_S, AHEAD_S),
        (AHEAD_S, AHEAD_S, 0),
        (AHEAD_S, 0, 0),
        (0, 0, 0),
    ],
)
def test_clock_that_was_ahead_at_a_request_costs_no_later_call(
    site: ProjectorSite, before_s: int, request_s: int, after_s: int, *, is_replayed: bool
) -> None:
    """
    Wherever the log shows that our clock was ten minutes ahead, a call that starts after the request is remembered.

    What had come in, and what was under way at the request, is erased. A replay ends in the same.
    """
    for number in range(3):
        arrive(site, f"conv_before{number}", started_s=-200, received_s=-100 + 10 * number, ahead_s=before_s)
    if not is_replayed:
        site.catch_up()
    site.received_at_s = NOW_S + request_s
    site.request_erasure(at_s=NOW_S + request_s)
    if not is_replayed:
        site.catch_up()
    arrive(site, "conv_way", started_s=-90, received_s=30, ahead_s=after_s)
    arrive(site, "conv_later", started_s=20, received_s=40, ahead_s=after_s)
    for do in (site.replay if is_replayed else site.catch_up, site.catch_up, site.replay, site.catch_up):
        do()
        assert "conv_laterk7" in site.dump()
        assert [word for word in ("conv_before0k7", "conv_before2k7", "conv_wayk7") if word in site.dump()] == []
    assert site.files_holding("conv_before0k7", "conv_wayk7") == []
    assert len(site.files_holding("conv_laterk7")) == 2
    assert_accounted_for(site.log)


def test_what_came_in_before_goes_though_our_clock_went_back(site: ProjectorSite) -> None:
    """A call that stands before the request in the log is erased, though our clock dates the request before it."""
    arrive(site, "conv_before", started_s=-90, received_s=-30, ahead_s=0)
    site.catch_up()
    site.received_at_s = NOW_S - AHEAD_S
    request = site.request_erasure(at_s=NOW_S - AHEAD_S)
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert "conv_beforek7" not in site.dump()
    assert site.account(request) is not None
    assert site.files_holding("conv_beforek7", MARTA[2:]) == []


def test_request_of_an_earlier_release_replays_as_it_did(site: ProjectorSite) -> None:
    """A request without the new field covers by time alone, whatever the log shows of the clock."""
    arrive(site, "conv_before", started_s=-90, received_s=-30, ahead_s=AHEAD_S)
    request_by_time(site.log, MARTA, at_s=NOW_S - 100)
    arrive(site, "conv_later", started_s=-100, received_s=60, ahead_s=0)
    for do in (site.catch_up, site.replay, site.catch_up):
        do()
        assert "conv_beforek7" in site.dump()
        assert "zebrak7" not in site.dump()
        assert "conv_laterk7" not in site.dump()
