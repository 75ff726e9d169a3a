"""A log in PostgreSQL holds the lines of a folder's log, and of long bodies little in memory."""

import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from events.errors import DamagedEventError
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.protocol import EventLog
from events.log.receipt import HEADER, Receipt
from events.open_log import open_log, open_log_there
from events.postgres_log.bodies.sealing import PART_BYTES
from events.postgres_log.log import PostgresLog
from events.postgres_server.connections import UnfitServerError
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from tests.support.logs import CALL, LATER, NOW, OTHER, append, assert_in_order, at_once, bodies, events, journal_lines
from tests.support.postgres import why_not
from tests.support.samples import audio, failure, transcription

SECRET = "wsec_of_a_test"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

GIVEN = [
    CALL,
    OTHER,
    LATER,
    CALL,
    b"\xff",
    audio("conv_1"),
    failure("conv_3"),
    b"",
    transcription("conv_4", "é ☎ \x00"),
]


def lines(url: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT line FROM elaoms.events ORDER BY position")
        return [line.encode() for (line,) in found]


def written_out(log: EventLog, folder: Path) -> Path:
    """Write a log as a folder: its lines as a journal, its bodies as files."""
    folder.mkdir()
    text = [HEADER]
    for event in events(log):
        text.append(event.receipt.line())
        path = folder / event.receipt.path
        with suppress(DamagedEventError):  # it was erased
            body = event.body()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    (folder / NAME).write_bytes(b"\n".join(text) + b"\n")
    return folder


def test_chain_is_that_of_a_folder(url: str, tmp_path: Path) -> None:
    """The same bodies at the same time give the same lines, byte for byte, at the same places, and the same name."""
    folder, database = FolderLog(tmp_path / "payloads", clock=lambda: NOW), PostgresLog(url, clock=lambda: NOW)
    for log in (folder, database):
        for number, body in enumerate(GIVEN):
            log.append(body, source="backfill" if number % 2 else "webhook", signature="t=1,v0=ab" if number else None)
    assert lines(url) == journal_lines(folder)[1:]
    assert [event.place for event in events(database)] == [event.place for event in events(folder)]
    assert (database.name(), database.tail()) == (folder.name(), folder.tail())
    assert database.size() == (tmp_path / "payloads" / NAME).stat().st_size


def test_what_is_written_out_is_sound(url: str, tmp_path: Path) -> None:
    """A log that is written as a folder passes `events verify`, and the folder's log goes on from there."""
    log = PostgresLog(url)
    for body in GIVEN:
        log.append(body, source="webhook", signature=sign(body, SECRET, timestamp_s=1_762_948_800))
    folder = written_out(log, tmp_path / "out")
    assert list(Verification(folder, Secrets([SECRET])).findings()) == []
    copy = FolderLog(folder)
    assert (copy.tail(), copy.name()) == (log.tail(), log.name())
    assert append(copy, *GIVEN) == append(log, *GIVEN)
    assert (
        append(copy, transcription("conv_5", "on"))[0].previous
        == append(log, transcription("conv_5", "on"))[0].previous
    )


def test_looking_makes_no_log_and_tells_no_password(url: str) -> None:
    """A process that only looks makes no log; its message names the database, and not its password."""
    secret = url.replace("postgres@", "postgres:hush@")
    with pytest.raises(Exception, match=r"there is no log in postgresql://postgres@127\.0\.0\.1"):
        open_log_there(secret)
    log = open_log(secret)
    assert "hush" not in str(log)
    append(log, CALL)
    assert bodies(open_log_there(url)) == [CALL]


@pytest.mark.parametrize(
    "setting", ["synchronous_commit = off", "synchronous_commit = local", "statement_timeout = 90000"]
)
def test_server_that_would_not_keep_it_is_refused(url: str, setting: str) -> None:
    """Where a commit would not mean what we promise, the log is not opened, and the message names the setting."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = connection.info.dbname
        connection.execute(f"ALTER DATABASE {database} SET {setting}")
    with pytest.raises(UnfitServerError, match=setting.split(maxsplit=1)[0]):
        open_log(url)


def test_long_body_takes_little_memory(url: str) -> None:
    """A body of 48 MiB is appended and read in pieces, whatever its length."""
    log, piece = PostgresLog(url), b"x" * 1024 * 1024
    begin, end = audio("conv_1", b"?").split(b64encode(b"?"))
    tracemalloc.start()
    try:
        with log.draft() as draft:
            for part in (begin, *[piece] * 48, end):
                draft.write(part)
            receipt = log.publish(draft, source="webhook")
        (event,) = events(log)
        assert sum(map(len, event.chunks())) == receipt.size > 48 * len(piece)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(piece)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 2 * PART_BYTES + 1])
def test_body_of_any_length_is_read_whole_and_in_parts(url: str, size: int) -> None:
    """Around the length of a row nothing is lost and nothing is added, wherever a reader begins."""
    log = PostgresLog(url)
    body = bytes(number % 251 for number in range(size))
    receipts = append(log, body, body)
    assert receipts == [receipts[0]] * 2
    (event,) = events(log)
    assert event.body() == body
    for begin in {0, 1, size // 2, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, size}:
        for length in (None, 0, 1, 7, PART_BYTES, PART_BYTES + 1):
            expected = body[begin:] if length is None else body[begin : begin + length]
            if begin <= size:
                assert b"".join(event.part(begin, length)) == expected


@pytest.mark.parametrize(
    "location",
    [
        "postgresql://u:hu[sh@127.0.0.1/db",
        "postgresql://u:hush@127.0.0.1:port/db",
        "postgresql://u:hush@[::1/db",
        "postgresql://u:hush@127.0.0.1/db?nonsense=hush",
        "postgresql://u:hush%zz@127.0.0.1/db",
        "postgresql://u:hu@hush@127.0.0.1:1/db",
        "postgresql://u:hush/sh@127.0.0.1:1/db",
        "postgresql://u:1/hush@127.0.0.1:1/db",
        "postgresql://u:hush@127.0.0.1:1/db?sslmode=nonsense",
        "postgresql://u:hush@127.0.0.1:1/db?connect_timeout=hush",
        "postgresql://u:hush@127.0.0.1:1/db",
    ],
)
def test_location_that_leads_nowhere_tells_no_password(location: str) -> None:
    """Where a location is no URL, or nobody answers there, the error says so without the password."""
    with pytest.raises(OSError, match=r"the database of the log|the location of the database") as raised:
        open_log(location)
    assert "hu" not in str(raised.value).replace("127.0.0.1", "")


def test_check_leaves_nothing(url: str) -> None:
    """The check of a healthy log leaves no body behind, and its log is as it was."""
    log = PostgresLog(url)
    append(log, CALL)
    before = (log.size(), log.tail())
    log.check_writable()
    assert (log.size(), log.tail()) == before
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM elaoms.bodies").fetchone() == (1,)


def appending_all(log: EventLog, given: list[bytes]) -> list[Callable[[], Receipt]]:
    return [lambda body=body: log.append(body, source="webhook") for body in given]  # type: ignore[misc]


def test_groups_in_other_orders_wait_in_no_ring(url: str) -> None:
    """Groups of the same long and short bodies, in any order and from two machines at once, all come to their end."""
    given = [transcription(f"conv_{number}", "x" * (number % 3) * 700_000) for number in range(12)]
    one, two = PostgresLog(url), PostgresLog(url)
    receipts = at_once(*appending_all(one, given), *appending_all(two, given[::-1]))
    assert receipts[:12] == receipts[:11:-1]
    assert_in_order(one, 12)
