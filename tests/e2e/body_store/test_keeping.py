"""A long body lies in the bucket, sealed, and is what was appended; a fault of an object is one event's."""

import base64
import os
import subprocess
import sys
import zlib
from pathlib import Path

import psycopg
import pytest

from events.errors import DamagedEventError, LogClosedError
from events.log.event import Event
from events.open_log import open_bodies, with_body_store
from events.postgres_log.bodies.objects import HAS_OBJECTS
from events.postgres_log.log import PostgresLog
from tests.support.logs import CALL, OTHER, append, assert_in_order, bodies, events
from tests.support.object_store import SECRET_KEY, ObjectStore
from tests.support.postgres import Cluster
from tests.support.samples import audio, transcription
from tests.support.server_files import files_with, files_with_compressed

MIB = 1024 * 1024
WORD = b"heliotropek7"
LONG = transcription("conv_1", WORD.decode() + "x" * 3_000_000)
AUDIO = audio("conv_2", WORD + os.urandom(2 * MIB))
# What a body of four whole parts is, and its last part.
EVEN = transcription("conv_3", "y" * 100)
EVEN = EVEN[:-1] + b" " * (4 * MIB - len(EVEN)) + EVEN[-1:]


def files(store: ObjectStore) -> list[bytes]:
    return [path.read_bytes() for path in store.objects()]


def test_long_bodies_are_in_the_bucket_and_short_ones_are_not(url: str, log: PostgresLog, store: ObjectStore) -> None:
    """A body above 1 MiB is one object and one row, and is read back byte for byte, whole and from any place on."""
    given = [CALL, LONG, AUDIO, OTHER, EVEN]
    append(log, *given)
    assert bodies(log) == given
    assert len(store.objects()) == 3
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT owner, count(*), min(part) FROM elaoms.bodies GROUP BY 1 ORDER BY 1")
        assert found.fetchall() == [("conv_1", 2, -1), ("conv_2", 2, -1), ("conv_3", 1, -1)]
    _, long, _, _, even = events(log)
    for event, body in ((long, LONG), (even, EVEN)):
        for offset in (0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB + 5, len(body) - 1, len(body)):
            for length in (0, 1, 7, MIB, None):
                end = None if length is None else offset + length
                assert b"".join(event.part(offset, length)) == body[offset:end]
    assert open_bodies(log.location) == log.bodies
    assert open_bodies(url) != log.bodies
    assert_in_order(log, 5)


def test_no_file_of_the_bucket_or_the_server_holds_a_word(
    cluster: Cluster, log: PostgresLog, store: ObjectStore
) -> None:
    """What is stored is compressed and sealed, in both places; the settings' secret is in neither, and never said."""
    append(log, LONG, AUDIO)
    spoken = base64.b64encode(WORD)[:-4]
    for content in files(store):
        assert WORD not in content
        assert spoken not in content
        assert b"x\x01" not in content[:64]
    assert sum(map(len, files(store))) < len(AUDIO) + 100_000  # the other one is three million times the same letter
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    assert files_with(WORD, spoken, SECRET_KEY.encode(), of=(cluster,)) == []
    assert files_with_compressed(WORD, of=(cluster,)) == []
    assert SECRET_KEY not in str(log)


def test_same_bytes_are_one_object(log: PostgresLog, location: str, store: ObjectStore) -> None:
    """However often the same bytes come, there is one event and one object, put there anew if it is damaged."""
    (first,) = append(log, LONG)
    (path,) = store.objects()
    before = path.stat().st_mtime_ns
    assert append(log, LONG) == append(PostgresLog(location), LONG) == [first]
    assert path.stat().st_mtime_ns == before
    for harm in (Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])):
        harm(path)
        store.reread()
        with pytest.raises(DamagedEventError):
            bodies(log)
        assert append(log, LONG) == [first]
        assert bodies(log) == [LONG]
        assert store.objects() == [path]


def altered(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def without_last_part(content: bytes) -> bytes:
    at = last = 0
    while at < len(content):
        last, at = at, at + 4 + int.from_bytes(content[at : at + 4])
    return content[:last]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda _: None, "is missing from the body store"),
        (altered, "cannot be read: its bytes or its key were altered"),
        (lambda content: content[:-1], "cannot be read: its bytes or its key were altered"),
        (lambda content: b"\xff" * 8 + content, "cannot be read: its bytes or its key were altered"),
        (without_last_part, "is cut off"),
        (lambda _: b"", "is cut off|is missing"),
        (lambda _: zlib.compress(LONG), "cannot be read: its bytes or its key were altered"),
    ],
    ids=["missing", "altered", "cut", "prefixed", "without its last part", "empty", "plain"],
)
def test_fault_of_an_object_is_one_events(log: PostgresLog, store: ObjectStore, harm: object, words: str) -> None:
    """Whatever is done to an object, that event is damaged, and says so; all others are read on."""
    append(log, LONG, CALL)
    (path,) = store.objects()
    content = harm(path.read_bytes())  # type: ignore[operator]
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    store.reread()
    append(log, AUDIO)
    one, two, three = events(log)
    with pytest.raises(DamagedEventError, match=words):
        one.body()
    assert (two.body(), three.body()) == (CALL, AUDIO)


def test_one_body_does_not_pass_for_another(log: PostgresLog, store: ObjectStore) -> None:
    """An object under the name of another one is damage, although it is whole and sealed."""
    append(log, LONG, LONG[:-1] + b" " + LONG[-1:])
    one, two = store.objects()
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    store.reread()
    for event in events(log):
        with pytest.raises(DamagedEventError):
            event.body()


def test_rows_and_objects_live_side_by_side(url: str, location: str, store: ObjectStore) -> None:
    """What lies in rows stays there once a bucket is named, and what lies in a bucket is not put into rows."""
    append(PostgresLog(url), LONG)
    log = PostgresLog(location)
    append(log, LONG, AUDIO)
    assert bodies(log) == [LONG, AUDIO]
    assert len(store.objects()) == 1
    plain = PostgresLog(url, wait_s=1)
    one, two = (event for event in plain.read() if isinstance(event, Event))
    assert one.body() == LONG
    with pytest.raises(OSError, match="set BODY_STORE_URL") as raised:
        two.body()
    assert not isinstance(raised.value, DamagedEventError)


def test_folder_will_do(url: str, tmp_path: Path) -> None:
    """A folder is a store as a bucket is, for its owner's eyes alone; a wrong folder is never filled."""
    folder = tmp_path / "a folder"
    log = PostgresLog(with_body_store(url, f"file://{tmp_path}/a%20folder"), wait_s=1)
    assert not folder.exists()
    append(log, LONG, CALL)
    assert bodies(log) == [LONG, CALL]
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rename(tmp_path / "elsewhere")
    again = PostgresLog(with_body_store(url, f"file://{tmp_path}/a%20folder"), wait_s=1)
    with pytest.raises(OSError, match="is not where the bodies of this log lie"):
        bodies(again)
    with pytest.raises(Exception, match="is not where the bodies of this log lie"):
        append(again, AUDIO)
    assert not folder.exists()


def test_folder_that_goes_is_not_filled_anew(url: str, tmp_path: Path) -> None:
    """A folder that is unmounted below a running process gets no body: it would lie hidden once it is mounted again."""
    folder = tmp_path / "mounted"
    log = PostgresLog(with_body_store(url, f"file://{folder}"), wait_s=1)
    append(log, LONG)
    folder.rename(tmp_path / "unmounted")
    folder.mkdir()
    with pytest.raises(LogClosedError, match="is not where the bodies of this log lie"):
        append(log, AUDIO)
    assert list(folder.iterdir()) == []
    folder.rmdir()
    (tmp_path / "unmounted").rename(folder)
    append(log, AUDIO)
    assert bodies(log) == [LONG, AUDIO]


def test_object_of_a_writer_that_died_is_made_durable(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds an object in a folder fsyncs it, and each folder above: its writer may have died before it did."""
    folder = tmp_path / "store"
    location = with_body_store(url, f"file://{folder}")
    append(PostgresLog(location), LONG)
    (path,) = (path for path in folder.rglob("*") if path.is_file() and path.name != "log")
    synced = set()
    monkeypatch.setattr("events.disk.durable.fsync", lambda fd: synced.add(os.fstat(fd).st_ino))
    append(PostgresLog(location), LONG)
    assert synced >= {each.stat().st_ino for each in (path, path.parent, path.parent.parent, folder)}


def test_whether_there_are_objects_takes_no_scan(url: str, log: PostgresLog) -> None:
    """A log that has grown large without a bucket may name one: the look for objects reads an index of them alone."""
    append(log, CALL)
    with psycopg.connect(url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(f"EXPLAIN {HAS_OBJECTS}").fetchall()
    assert any("bodies_in_store" in line for (line,) in plan)


@pytest.mark.slow
def test_any_length_takes_the_same_memory(location: str) -> None:
    """A body of 96 MiB is appended and read in a few MiB more than one of 3."""
    code = (
        "import sys, resource, hashlib, os\n"
        "from events.postgres_log.log import PostgresLog\n"
        "log = PostgresLog(sys.argv[1])\n"
        "peaks = []\n"
        "for mib in (12, 96):\n"
        "    with log.draft() as draft:\n"
        "        draft.write(b'{')\n"
        "        for _ in range(mib):\n"
        "            draft.write(os.urandom(2**20))\n"
        "        receipt = log.publish(draft, source='webhook')\n"
        "    for event in log.read():\n"
        "        assert sum(map(len, event.chunks())) == event.receipt.size\n"
        "    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "print(peaks[1] - peaks[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, location], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 24 * 1024
