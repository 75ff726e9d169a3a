"""What is erased in a log is in none of its copies, whenever it was erased, and whatever a copy went through."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from events.errors import JournalError
from events.log.event import Bodies
from events.log.filing import ERASURE, SEAL
from events.log.ours.seal import seal
from events.log.protocol import EventLog
from events.log.receipt import HEADER, Receipt, sha256_of
from events.open_log import is_database, open_copy_source, open_copy_target, open_log
from events.postgres_server.location import read_location
from events.wire.shared_secrets import Secrets
from tests.contract.logs.conftest import _param
from tests.contract.logs.kinds import KINDS, Kind, put_step
from tests.support.copies import content_of, copy, forget
from tests.support.logs import CALL, LATER, OTHER, append, events
from tests.support.samples import transcription
from tests.support.steps import dying_at, held_at

LONG = transcription("conv_long", "x" * 6_000_000)


@pytest.fixture(params=map(_param, KINDS))
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty place for each kind of log."""
    kind: Kind = request.param
    with kind.place(tmp_path / "target") as location:
        yield location


def strangers_at(location: str) -> list[str]:
    """Return what lies there and is the body of no event."""
    named = {event.receipt.path for event in events(open_log(location))}
    if is_database(location):
        with psycopg.connect(read_location(location).url) as connection:
            found = connection.execute(
                "SELECT sha256 FROM elaoms.bodies WHERE sha256 NOT IN (SELECT sha256 FROM elaoms.files)"
            )
            return [sha256 for (sha256,) in found]
    folder = Path(location)
    files = {path.relative_to(folder).as_posix() for path in folder.glob("*/*") if path.is_file()}
    return sorted(files - named)


def test_erasure_goes_along_a_chain_of_copies(log: EventLog, target: str, kind: Kind, tmp_path: Path) -> None:
    """A caller who is forgotten in the first place goes from the second, and from the third that was copied from it."""
    with kind.place(tmp_path / "third") as third:
        append(log, CALL, OTHER, b"\xff", LONG)
        copy(log.location, target)
        copy(target, third)
        forget(log, "conv_long", "conv_1", positions=(3,))
        copy(log.location, target)
        copy(target, third)
        assert content_of(log.location) == content_of(target) == content_of(third)
        assert [number for number, body in enumerate(content_of(third).bodies, 1) if body is None] == [1, 3, 4]
        assert strangers_at(target) == strangers_at(third) == []


def test_killed_copy_leaves_nothing_of_who_is_erased_then(log: EventLog, target: str) -> None:
    """What a killed copy had brought of a long body goes, if it is erased before the next copy."""
    append(log, CALL, LONG)
    with dying_at(put_step(target, "body_linked")):
        copy(log.location, target)
    forget(log, "conv_long", "conv_1")
    copy(log.location, target)
    assert content_of(target) == content_of(log.location)
    assert strangers_at(target) == []


def test_slower_of_two_copies_brings_back_nothing(log: EventLog, target: str) -> None:
    """A copy that is behind another one, which carried out an erasure meanwhile, leaves no body of that caller."""
    append(log, CALL, LONG)
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
        forget(log, "conv_long", "conv_1")
        copy(log.location, target)
        held.release()
        first.join()
    assert "appended to" in str(outcomes[0])
    assert content_of(target) == content_of(log.location)
    assert strangers_at(target) == []


def test_stray_that_came_again_outlives_a_seal(kind: Kind, tmp_path: Path, target: str) -> None:
    """Bytes that were erased and came again are in the copy, also where a later seal vouches for the erasure."""
    keys = Secrets(["log-key-of-a-test"])
    with kind.place(tmp_path / "sealed") as location:
        append(open_log(location), b"\xff")
        forget(open_log(location), positions=(1,))
        append(open_log(location), b"\xff")
        log = open_log(location, log_keys=keys)
        log.append(b"\xfe", source="import")
        seal(log)
        copy(location, target, log_keys=("log-key-of-a-test",))
        assert content_of(target) == content_of(location)
        assert content_of(target).bodies[3] == b"\xff"


class Faulty:
    """Bodies whose disk or server fails when an erasure is read for the first time."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._is_failing = True

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of a body."""
        if receipt.kind == ERASURE and self._is_failing:
            self._is_failing = False
            raise ConnectionError("the server restarts")
        return self._bodies.part(receipt, offset, length)


def test_erasure_that_cannot_be_read_now_ends_the_copy(
    log: EventLog, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the source fails for a moment, no erasure is taken for one that does not count: the next copy obeys it."""
    append(log, CALL, OTHER)
    copy(log.location, target)
    forget(log, "conv_1")
    source = open_copy_source(log.location)
    monkeypatch.setattr(source, "bodies", Faulty(source.bodies))
    monkeypatch.setattr("tests.support.copies.open_copy_source", lambda *_, **__: source)
    with pytest.raises(ConnectionError):
        copy(log.location, target)
    _, totals = copy(log.location, target)
    assert totals.removed == 1
    assert open_copy_target(target).tail() == log.tail()
    monkeypatch.undo()
    assert content_of(target).bodies[0] is None


def test_name_that_came_to_other_bytes_is_told(log: EventLog, target: str) -> None:
    """Where the log lost a body and gave its name to another one, the copy keeps what it has, and says what to do."""
    if is_database(log.location):
        with psycopg.connect(read_location(log.location).url, autocommit=True) as connection:
            append(log, CALL)
            copy(log.location, target)
            connection.execute("DELETE FROM elaoms.files")
            connection.execute("DELETE FROM elaoms.bodies")
    else:
        append(log, CALL)
        copy(log.location, target)
        (Path(log.location) / events(log)[0].receipt.path).unlink()
    append(log, LATER)
    assert events(log)[0].receipt.path == events(log)[1].receipt.path
    before = content_of(target)
    for _ in range(2):
        with pytest.raises(JournalError, match="other bytes"):
            copy(log.location, target)
        assert content_of(target) == before
        assert strangers_at(target) == []


def test_line_that_is_no_text_is_told(tmp_path: Path, target: str) -> None:
    """A line of another release in which something is no UTF-8 goes into a folder; a database says that it cannot."""
    log = open_log(str(tmp_path / "log"))
    append(log, CALL)
    (line,) = open_copy_source(log.location).lines(None)
    text = line.text[:-1] + b',"later":"\xff"}'
    (tmp_path / "log" / "journal.jsonl").write_bytes(HEADER + b"\n" + text + b"\n")
    assert sha256_of(text) == open_copy_source(log.location).end().sha256  # type: ignore[union-attr]
    if is_database(target):
        with pytest.raises(JournalError, match=r"position 1 is no text in UTF-8.*copy into a folder"):
            copy(log.location, target)
    else:
        copy(log.location, target)
        assert (Path(target) / "journal.jsonl").read_bytes() == HEADER + b"\n" + text + b"\n"


def test_seal_that_cannot_be_read_now_ends_the_copy(
    kind: Kind, tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the source fails while a seal is read, the erasure it vouches for is not passed over: a retry obeys it."""
    keys, location_keys = Secrets(["log-key-of-a-test"]), ("log-key-of-a-test",)
    with kind.place(tmp_path / "sealed") as location:
        append(open_log(location), CALL, OTHER)
        forget(open_log(location), "conv_1", is_removing=False)
        log = open_log(location, log_keys=keys)
        log.append(b"\xfe", source="import")
        copy(location, target, log_keys=location_keys)
        seal(log)
        bodies = type(open_copy_source(location).bodies)
        real, failed = bodies.part, list[int]()

        def part(self: Bodies, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
            if receipt.kind == SEAL and not failed:
                failed.append(1)
                raise ConnectionError("the server restarts")
            return real(self, receipt, offset, length)

        monkeypatch.setattr(bodies, "part", part)
        with pytest.raises(ConnectionError):
            copy(location, target, log_keys=location_keys)
        copy(location, target, log_keys=location_keys)
        assert content_of(target).bodies[0] is None
