"""Every kind of log can be copied into every kind: the same lines, bodies and key, and nothing that is not its own."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from events.errors import DamagedEventError, JournalError, LogKeyError
from events.folder_log.log import FolderLog
from events.log.copying import CopiedEvent
from events.log.erasure import CallerHashes
from events.log.event import Event
from events.log.ours.seal import seal
from events.log.protocol import EventLog
from events.log.receipt import HEADER, sha256_of
from events.open_log import is_database, open_copy_source, open_copy_target, open_log
from events.postgres_server.location import read_location
from events.wire.shared_secrets import Secrets
from tests.contract.logs.conftest import _param
from tests.contract.logs.kinds import KINDS, Kind, put_step
from tests.support.copies import content_of, copy, files_in, forget
from tests.support.logs import CALL, LATER, OTHER, append, assert_in_order, bodies, events
from tests.support.samples import MARTA, audio, failure, transcription
from tests.support.steps import held_at

GIVEN = [
    CALL,
    OTHER,
    LATER,
    b"\xff",
    audio("conv_1"),
    failure("conv_3"),
    b"",
    transcription("conv_4", "é ☎ \x00"),
    transcription("conv_long", "x" * 3_000_000),
]


@pytest.fixture(params=map(_param, KINDS))
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty place for each kind of log."""
    kind: Kind = request.param
    with kind.place(tmp_path / "target") as location:
        yield location


def assert_same(log: EventLog, target: str) -> None:
    assert content_of(target) == content_of(log.location)
    copied = open_log(target)
    assert (copied.tail(), copied.name()) == (log.tail(), log.name())
    assert_in_order(copied, len(events(log)))


def untouched(location: str) -> object:
    """Return all that somebody could change at a location."""
    if not is_database(location):
        return files_in(Path(location))
    with psycopg.connect(read_location(location).url) as connection:
        tables = ("log", "events", "files", "bodies")
        selects = {table: SQL("SELECT * FROM {} ORDER BY 1, 2").format(Identifier("elaoms", table)) for table in tables}
        return {table: connection.execute(select).fetchall() for table, select in selects.items()}


def test_copy_is_the_log(log: EventLog, target: str) -> None:
    """A copy has the very lines, places, bodies and key; what is copied is not touched, and both go on alike."""
    for number, body in enumerate(GIVEN):
        log.append(body, source="backfill" if number % 2 else "webhook", signature="t=1,v0=ab" if number else None)
    log.caller_hashes(may_create=True)
    before = untouched(log.location)
    notes, totals = copy(log.location, target)
    assert untouched(log.location) == before
    assert (notes, totals.copied, totals.position) == ([], len(GIVEN), len(GIVEN))
    assert_same(log, target)
    assert append(open_log(target), *GIVEN) == append(log, *GIVEN)


def test_copy_again_goes_on_where_it_ended(log: EventLog, target: str) -> None:
    """A second copy takes what came since, a third finds nothing new, and neither touches what is there."""
    append(log, *GIVEN[:3])
    copy(log.location, target)
    append(log, *GIVEN[3:])
    _, totals = copy(log.location, target)
    assert totals.copied == len(GIVEN) - 3
    assert_same(log, target)
    before = content_of(target)
    _, totals = copy(log.location, target)
    assert (totals.copied, totals.position) == (0, len(GIVEN))
    assert content_of(target) == before


def test_empty_log_can_be_copied(log: EventLog, target: str) -> None:
    """A log without events gives one without events, which later takes what comes."""
    _, totals = copy(log.location, target)
    assert (totals.copied, str(totals)) == (0, "the log is empty: nothing to copy")
    append(log, CALL)
    copy(log.location, target)
    assert_same(log, target)


def test_there_and_back(log: EventLog, target: str, tmp_path: Path, kind: Kind) -> None:
    """What is copied into another kind and back is the same log."""
    append(log, *GIVEN)
    forget(log, "conv_1")
    copy(log.location, target)
    with kind.place(tmp_path / "back") as back:
        copy(target, back)
        assert_same(log, back)


def test_copy_while_others_append_is_a_beginning(log: EventLog, again: EventLog, target: str) -> None:
    """A copy ends where the log ended when it began, and the next one takes the rest."""
    append(log, *GIVEN)
    source, copied = open_copy_source(log.location), []
    append(again, transcription("conv_new", "hi"))
    for line in source.lines(None):
        copied.append(line)
        if len(copied) == 2:
            append(again, transcription("conv_newer", "hi"))
    copy(log.location, target)
    append(again, transcription("conv_newest", "hi"))
    assert content_of(target).lines == content_of(log.location).lines[:-1]
    copy(log.location, target)
    assert_same(log, target)


def test_erasure_is_carried_out_in_the_copy(log: EventLog, target: str) -> None:
    """What is erased since a copy was made goes from it with the next one; nothing else does; the key comes along."""
    append(log, *GIVEN)
    copy(log.location, target)
    forget(log, "conv_1", positions=(4,))
    append(log, transcription("conv_5", "hi"))
    _, totals = copy(log.location, target)
    assert (totals.copied, totals.removed) == (3, 1)
    assert_same(log, target)
    there = content_of(target)
    assert [number for number, body in enumerate(there.bodies, 1) if body is None] == [1, 3, 4, 5]
    assert there.key is not None
    assert CallerHashes(there.key).of(MARTA) == log.caller_hashes().of(MARTA)


def test_what_is_to_be_erased_is_not_copied(log: EventLog, target: str) -> None:
    """What an erasure lists is left out also where the projector has not removed it yet."""
    append(log, *GIVEN)
    forget(log, "conv_1", is_removing=False)
    _, totals = copy(log.location, target)
    assert totals.erased == 3
    assert [number for number, body in enumerate(content_of(target).bodies, 1) if body is None] == [1, 3, 5]
    assert content_of(target).lines == content_of(log.location).lines


def test_erasure_during_a_copy_takes_the_copy_along(
    log: EventLog, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a caller is forgotten while the log is copied, the copy goes on to the erasure that says so."""
    append(log, *GIVEN)
    to = open_copy_target(target)
    real = to.draft
    seen: list[int] = []

    def draft() -> object:
        seen.append(1)
        if len(seen) == 2:
            forget(log, "conv_1")
        return real()

    monkeypatch.setattr(to, "draft", draft)
    monkeypatch.setattr("tests.support.copies.open_copy_target", lambda _: to)
    copy(log.location, target)
    there = content_of(target)
    assert there.end == log.tail()
    assert [number for number, body in enumerate(there.bodies, 1) if body is None] == [1, 3, 5]


def test_forged_erasure_takes_nothing_along(kind: Kind, tmp_path: Path, target: str) -> None:
    """With the key of the log, an erasure that it does not prove takes no body out of the copy."""
    with kind.place(tmp_path / "signed") as location:
        keys = Secrets(["log-key-of-a-test"])
        append(open_log(location, log_keys=keys), *GIVEN)
        open_log(location, log_keys=keys).append(b"\xfe", source="import")
        forget(open_log(location), "conv_1", is_removing=False)
        copy(location, target, log_keys=("log-key-of-a-test",))
        assert content_of(target) == content_of(location)
        assert None not in content_of(target).bodies
        with pytest.raises(LogKeyError):
            copy(location, target)


def test_erasure_that_a_seal_vouches_for_is_carried_out_then(kind: Kind, tmp_path: Path, target: str) -> None:
    """An erasure that did not count when it was copied is carried out in the copy once a seal makes it count."""
    keys = Secrets(["log-key-of-a-test"])
    with kind.place(tmp_path / "sealed") as location:
        append(open_log(location), *GIVEN)
        erasure = forget(open_log(location), "conv_1", is_removing=False)
        log = open_log(location, log_keys=keys)
        log.append(b"\xfe", source="import")
        copy(location, target, log_keys=("log-key-of-a-test",))
        assert None not in content_of(target).bodies
        seal(log)
        log.remove(erasure)
        _, totals = copy(location, target, log_keys=("log-key-of-a-test",))
        assert (totals.copied, totals.removed) == (1, 1)
        assert content_of(target) == content_of(location)
        assert [number for number, body in enumerate(content_of(target).bodies, 1) if body is None] == [1, 3, 5]


def test_another_history_is_refused_and_left_alone(log: EventLog, other: EventLog, target: str) -> None:
    """A place with another log, or one that goes on elsewhere, or behind, is told and not touched."""
    append(other, LATER)
    copy(other.location, target)
    append(log, *GIVEN[:2])
    before = content_of(target)
    with pytest.raises(JournalError, match=r"holds another history.*copy into an empty place"):
        copy(log.location, target)
    append(other, CALL)
    append(open_log(target), OTHER)
    with pytest.raises(JournalError, match="another history"):
        copy(other.location, target)
    assert content_of(target).lines[:1] == before.lines


def test_copy_that_is_ahead_is_refused(log: EventLog, target: str) -> None:
    """A place that goes on where the log ends is not cut back: somebody may have mixed up the two."""
    append(log, CALL)
    copy(log.location, target)
    append(open_log(target), OTHER)
    with pytest.raises(JournalError, match=r"goes on behind position 1, .*is the other direction meant\?"):
        copy(log.location, target)
    assert bodies(open_log(target)) == [CALL, OTHER]


def test_target_that_is_appended_to_meanwhile_is_noticed(log: EventLog, target: str) -> None:
    """Somebody who appends to the target while it is copied into is told of, and what he appended stays."""
    append(log, *GIVEN)
    to = open_copy_target(target)
    append(open_log(target), transcription("conv_9", "mine"))
    source = open_copy_source(log.location)
    line = next(source.lines(None))
    (event, *_) = events(log)
    with pytest.raises(JournalError, match="was appended to while it was copied into"):
        to.take([CopiedEvent(line, event.receipt, event.place, None)], None)
    assert bodies(open_log(target)) == [transcription("conv_9", "mine")]


def harm(location: str, event: Event, *, is_missing: bool) -> None:
    """Take an event's body away, or change it."""
    if not is_database(location):
        path = Path(location) / event.receipt.path
        path.unlink() if is_missing else path.write_bytes(b"harmed")
        return
    with psycopg.connect(read_location(location).url, autocommit=True) as connection:
        change = "DELETE FROM elaoms.bodies" if is_missing else "UPDATE elaoms.bodies SET sealed = 'harmed'"
        connection.execute(f"{change} WHERE sha256 = %s".encode(), [event.receipt.sha256])


@pytest.mark.parametrize("is_missing", [True, False], ids=["missing", "altered"])
def test_damaged_body_ends_a_copy_or_is_left_out(log: EventLog, target: str, is_missing: bool) -> None:
    """A body that is gone without an erasure is named; what is before it is copied, and all else if that is asked."""
    append(log, *GIVEN)
    harm(log.location, events(log)[2], is_missing=is_missing)
    for _ in range(2):
        with pytest.raises(DamagedEventError, match=r"position 3: .*--leave-out"):
            copy(log.location, target)
        assert bodies(open_log(target)) == GIVEN[:2]
    notes, totals = copy(log.location, target, leaves_out=True)
    assert [(note.position, note.what) for note in notes] == [(3, "left out")]
    assert (totals.left_out, totals.copied) == (1, len(GIVEN) - 2)
    there = content_of(target)
    assert there.lines == content_of(log.location).lines
    assert there.bodies == [*GIVEN[:2], None, *GIVEN[3:]]


def test_damaged_line_is_not_passed_on(log: EventLog, target: str) -> None:
    """A line that somebody changed ends the copy before it: the next one, which does not follow it, tells."""
    append(log, *GIVEN)
    if is_database(log.location):
        with psycopg.connect(read_location(log.location).url, autocommit=True) as connection:
            connection.execute(
                "UPDATE elaoms.events SET line = replace(line, 'webhook', 'sluggish') WHERE position = 2"
            )
    else:
        journal = Path(log.location) / "journal.jsonl"
        lines = journal.read_bytes().split(b"\n")
        lines[2] = lines[2].replace(b"webhook", b"sluggish")
        journal.write_bytes(b"\n".join(lines))
    for _ in range(2):
        with pytest.raises(JournalError, match="damaged at position 3, or just before"):
            copy(log.location, target)
        assert bodies(open_log(target)) == GIVEN[:1]


def test_lines_of_another_release_stay_as_they_are(tmp_path: Path, target: str) -> None:
    """A line with a field that we do not know, or in other spaces, is copied as it is, and so is what follows it."""
    log = FolderLog(tmp_path / "log")
    append(log, *GIVEN)
    text, previous = [HEADER], sha256_of(HEADER)
    for number, event in enumerate(events(log)):
        told = msgspec.json.decode(event.receipt.line()) | {"previous": previous}
        line = json.dumps(told | {"later": "é \\u0000"}, ensure_ascii=number % 2 == 0).encode()
        text.append(line)
        previous = sha256_of(line)
    journal = log.folder / "journal.jsonl"
    journal.write_bytes(b"\n".join(text) + b"\n")
    copy(str(log.folder), target)
    copy(target, str(tmp_path / "back"))
    assert content_of(target) == content_of(str(log.folder))
    assert (tmp_path / "back" / "journal.jsonl").read_bytes() == journal.read_bytes()
    assert_in_order(open_log(target), len(GIVEN))


def test_two_copies_at_once_make_one(log: EventLog, target: str) -> None:
    """Of two who copy into one place, one may be told of the other; what is there is the log all the same."""
    append(log, *GIVEN)
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(copy(log.location, target))
        except JournalError as error:
            outcomes.append(error)

    first = threading.Thread(target=run)
    with held_at(put_step(target, "body_synced"), first) as held:
        first.start()
        held.arrived.acquire()
        copy(log.location, target)
        held.release()
        first.join()
    assert "appended to" in str(outcomes[0])
    copy(log.location, target)
    assert_same(log, target)
