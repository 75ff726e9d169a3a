"""A log is moved between a folder and PostgreSQL, and backed up, by real processes that die at any moment."""

import json
import os
import shutil
import subprocess
import sys
import threading
import tracemalloc
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from events.errors import JournalError
from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody
from events.log.protocol import EventLog
from events.open_log import is_database, open_copy_source, open_log
from events.postgres_log.log import PostgresLog
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from tests.support.copies import Content, content_of, copy, files_in, forget
from tests.support.crashing import Crashing
from tests.support.logs import append, assert_in_order, events
from tests.support.postgres import Cluster, why_not
from tests.support.samples import audio, failure, transcription
from tests.support.signed_logs import verify
from tests.support.small_disk import mounting, needs_small_disk
from tests.support.starts.process import ForkedProcess
from tests.support.starts.running import run_forked
from tests.support.waiting import PATIENCE_S, wait_until

SECRET = "wsec_6b1f0a29"
KEY = "log-key-of-a-test-0123456789"
BODIES = [
    transcription("conv_1", "hello"),
    audio("conv_1"),
    transcription("conv_1", "hello", "goodbye"),
    failure("conv_2"),
    b'{"type": "voice_removed", "data": {"voice_id": "v"}}',
    b"\xff",
    transcription("conv_long", "x" * 3_000_000),
]
MIB = 1024 * 1024

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    """A process of its own that copies, and dies at a step."""
    crashing = Crashing(tmp_path_factory.mktemp("crashing"))
    yield crashing
    crashing.close()


def append_signed(log: EventLog, *given: bytes) -> None:
    """Append bodies as ingress does."""
    for body in given:
        log.append(body, source="webhook", signature=sign(body, SECRET, timestamp_s=1_762_948_800))


def ran(*arguments: str, folder: Path, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `events` in a folder, and check how it ends."""
    done = run_forked(
        ["events", *arguments],
        env={"PAYLOAD_STORAGE_PATH": str(folder), "ELEVENLABS_POST_CALL_KEY": SECRET, "LOG_KEY": KEY} | env,
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def test_log_moves_in_and_out_by_the_command(url: str, tmp_path: Path) -> None:
    """A log with all that there is goes into a database and out again; `events verify` finds nothing wrong with it."""
    log = FolderLog(tmp_path / "log", log_keys=Secrets([KEY]))
    append_signed(log, *BODIES)
    log.append(transcription("conv_7", "mine"), source="backfill")
    forget(log, "conv_1")
    before = files_in(log.folder)
    into = ran("copy", str(log.folder), url, folder=log.folder)
    assert files_in(log.folder) == before
    tail = log.tail()
    assert tail is not None
    assert (
        into.stdout
        == f"copied 10 events, 3 of them erased, 1 erasure carried out; both end at position 10, {tail.sha256}\n"
    )
    assert "copying events: 10 of 10" in into.stderr
    out = ran("copy", url, str(tmp_path / "out"), "--json", folder=log.folder)
    assert json.loads(out.stdout) == {
        "copied": 10,
        "erased": 3,
        "left_out": 0,
        "removed": 1,
        "remains": "",
        "position": 10,
        "head": tail.sha256,
    }
    said = ran("verify", "--head", tail.sha256, folder=tmp_path / "out").stdout
    assert "nothing is wrong" in said
    journals = [(folder / "journal.jsonl").read_bytes() for folder in (log.folder, tmp_path / "out")]
    assert journals[0] == journals[1]
    again = ran("copy", url, str(tmp_path / "out"), folder=log.folder)
    assert again.stdout == f"nothing new; both end at position 10, {tail.sha256}\n"


def test_command_says_what_to_do(url: str, tmp_path: Path) -> None:
    """Wrong use exits 2; what cannot be copied exits 1; each with a line that helps, and without a password."""
    log = FolderLog(tmp_path / "log", log_keys=Secrets([KEY]))
    append_signed(log, *BODIES)
    for target in (log.folder, log.folder / "inside", tmp_path):
        assert "must lie apart" in ran("copy", str(log.folder), str(target), folder=log.folder, code=2).stderr
    assert "the same database" in ran("copy", url, url, folder=log.folder, code=2).stderr
    assert "Missing argument" in ran("copy", url, folder=log.folder, code=2).stderr
    secret = url.replace("postgres@", "postgres:hush@")
    nothing = ran("copy", secret, str(tmp_path / "out"), folder=log.folder, code=1).stderr
    assert "there is no log in postgresql://postgres@127.0.0.1" in nothing
    assert "hush" not in nothing
    assert "no log" in ran("copy", str(tmp_path / "nowhere"), url, folder=log.folder, code=1).stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    assert "is not empty" in ran("copy", str(log.folder), str(tmp_path / "full"), folder=log.folder, code=1).stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    log.append(transcription("conv_7", "mine"), source="backfill")
    assert "LOG_KEY" in ran("copy", str(log.folder), url, folder=log.folder, code=1, LOG_KEY="").stderr
    (log.folder / events(log)[1].receipt.path).unlink()
    assert "--leave-out" in ran("copy", str(log.folder), url, folder=log.folder, code=1).stderr
    left = ran("copy", str(log.folder), url, "--leave-out", folder=log.folder, code=1).stdout
    assert left.startswith("left out  2  conv_1/conv_1_audio.json  conv_1/conv_1_audio.json is missing\n")
    assert "1 without its body" in left
    append(PostgresLog(url), transcription("conv_8", "elsewhere"))
    append_signed(log, transcription("conv_9", "here"))
    assert "another history" in ran("copy", str(log.folder), url, folder=log.folder, code=1).stderr


class Stage:
    """A log as it was early, and as it is now; and places to copy it to."""

    def __init__(self, folder: Path) -> None:
        log = FolderLog(folder / "early")
        append_signed(log, *BODIES)
        shutil.copytree(folder / "early", folder / "late")
        late = FolderLog(folder / "late")
        forget(late, "conv_1", positions=(5,))
        append_signed(late, transcription("conv_new", "hello"), audio("conv_new"))
        self.early, self.late = str(folder / "early"), str(folder / "late")
        self.whole = content_of(self.late)


def assert_beginning(there: Content, whole: Content) -> None:
    """Assert that a place holds a beginning of a log, whose bodies are all there."""
    count = len(there.lines)
    assert there.lines == whole.lines[:count]
    for number, (body, expected) in enumerate(zip(there.bodies, whole.bodies, strict=False), 1):
        assert body == expected or expected is None, number


@contextmanager
def place_for(way: str, cluster: Cluster, folder: Path) -> Iterator[str]:
    """Yield an empty place to copy to."""
    if way == "folder to postgres":
        with cluster.database() as place:
            yield place
    else:
        yield str(folder)


def assert_becomes_whole(source: str, place: str, stage: Stage) -> None:
    """Assert that what a killed copy left is a beginning, and that the next one makes it the log."""
    if count_at(place):
        assert_beginning(content_of(place), stage.whole)
    copy(source, place)
    assert content_of(place) == stage.whole
    if not is_database(place):
        assert verify(Path(place)) == verify(Path(stage.late))
        assert verify(Path(place))[0] == []
        assert not list((Path(place) / ".incoming").iterdir())


@pytest.mark.parametrize("is_begun", [False, True], ids=["whole", "rest"])
@pytest.mark.parametrize("way", ["folder to postgres", "postgres to folder"])
def test_killed_copy_is_a_beginning_and_goes_on(
    way: str, is_begun: bool, crashing: Crashing, cluster: Cluster, url: str, tmp_path: Path
) -> None:
    """Whatever step a copy is killed at, what is there is a beginning of the log, and a second one makes it whole."""
    stage = Stage(tmp_path)
    source = stage.late
    if way == "postgres to folder":
        copy(stage.late, url)
        source = url

    def run(place: str, at: str = "", occurrence: int = 1) -> list[str]:
        if is_begun:
            copy(stage.early, place)
        return crashing.run(tmp_path, ["copy", source, place], at=at, occurrence=occurrence)

    with place_for(way, cluster, tmp_path / "steps") as place:
        steps = Counter(run(place))
    assert len(steps) > 4
    for step, times in steps.items():
        for occurrence in {1, (times + 1) // 2, times}:
            with place_for(way, cluster, tmp_path / f"{step} {occurrence}") as place:
                run(place, step, occurrence)
                assert_becomes_whole(source, place, stage)


@pytest.mark.parametrize("way", ["folder to postgres", "postgres to folder"])
def test_command_that_is_killed_again_and_again_comes_to_the_end(way: str, url: str, tmp_path: Path) -> None:
    """`events copy` under kill -9, wherever it happens to be, goes on each time, and makes a whole copy in the end."""
    log = FolderLog(tmp_path / "log", log_keys=Secrets([KEY]))
    given = [transcription(f"conv_{number}", "x" * (number % 7) * 10_000) for number in range(400)]
    for begin in range(0, len(given), 50):
        group = [DraftedBody(log.draft(), "webhook") for _ in given[begin : begin + 50]]
        for member, body in zip(group, given[begin : begin + 50], strict=True):
            member.draft.write(body)
        assert not [outcome for outcome in log.publish_all(group) if isinstance(outcome, Exception)]
    places = [str(log.folder), url]
    if way == "postgres to folder":
        copy(*places)
        places = [url, str(tmp_path / "out")]
    copied = kills = 0
    while copied < len(given):
        kills += killed_on_the_way(places, behind=copied)
        copied = count_at(places[1])
    assert kills >= 2
    copy(*places)
    assert content_of(places[1]) == content_of(places[0])


def killed_on_the_way(places: list[str], *, behind: int) -> bool:
    """Run the command, and kill it once it has come behind a position; return whether it was still running."""
    nowhere = Path(os.devnull)
    process = ForkedProcess(
        ["events", "copy", *places], env={"LOG_KEY": KEY}, folder=Path.cwd(), stdout=nowhere, stderr=nowhere
    )
    wait_until(lambda: count_at(places[1]) > behind or process.poll() is not None)
    was_running = process.poll() is None
    process.kill()
    process.wait()
    return was_running


def count_at(location: str) -> int:
    """Return how many events there are; none where there is no log yet."""
    try:
        end = open_copy_source(location).end()
    except JournalError:
        return 0
    return end.position if end else 0


@pytest.mark.parametrize("way", ["folder to postgres", "postgres to folder"])
def test_long_body_is_copied_in_little_memory(way: str, url: str, tmp_path: Path) -> None:
    """A body of 30 MiB goes either way in pieces, whatever its length."""
    folder = str(tmp_path / "log")
    source, target = (folder, url) if way == "folder to postgres" else (url, folder)
    log, piece = open_log(source), b"x" * MIB
    begin, end = audio("conv_1", b"?").split(b64encode(b"?"))
    with log.draft() as draft:
        for part in (begin, *[piece] * 30, end):
            draft.write(part)
        receipt = log.publish(draft, source="webhook")
    tracemalloc.start()
    try:
        copy(source, target)
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()
    (event,) = events(open_log(target))
    assert sum(map(len, event.chunks())) == receipt.size > 30 * MIB


def test_backup_of_a_running_log_is_sound(url: str, tmp_path: Path) -> None:
    """
    While others append and a caller is forgotten, each copy into a folder is a sound beginning, that `events verify`
    finds nothing wrong with; once all is quiet, the next one is the whole log.
    """
    log, backup = PostgresLog(url, log_keys=Secrets([KEY])), tmp_path / "backup"
    append_signed(log, *BODIES)
    is_over = threading.Event()

    def post(number: int) -> None:
        count = 0
        while not is_over.is_set():
            append_signed(log, transcription(f"conv_{number}_{count}", "hello"))
            count += 1

    threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        positions = []
        for number in range(6):
            if number == 3:
                forget(log, "conv_1", "conv_0_0")
            _, totals = copy(url, str(backup), log_keys=(KEY,))
            findings, verified = verify(backup, log_keys=(KEY,))
            assert findings == []
            assert verified.position == totals.position
            positions.append(totals.position)
        assert positions == sorted(set(positions))
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    copy(url, str(backup), log_keys=(KEY,))
    assert content_of(str(backup)) == content_of(url)
    assert_in_order(FolderLog(backup), len(events(log)))


def test_server_that_dies_during_a_copy_ends_it(own: Cluster, tmp_path: Path) -> None:
    """A copy into a server that is killed ends with one line; once the server is back, the next one goes on."""
    log = FolderLog(tmp_path / "log", log_keys=Secrets([KEY]))
    append_signed(log, *[transcription(f"conv_{number}", "x" * 100_000) for number in range(200)])
    process = subprocess.Popen(
        [sys.executable, "-m", "events", "copy", str(log.folder), own.url()],
        env={"PAYLOAD_STORAGE_PATH": str(log.folder), "LOG_KEY": KEY},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: count_at(own.url()) > 0)
    own.kill()
    _, said = process.communicate(timeout=2 * PATIENCE_S)
    own.start()
    if process.returncode:  # else it was faster than we
        assert process.returncode == 1
        assert "the database of the log" in said.splitlines()[-1]
    ran("copy", str(log.folder), own.url(), folder=log.folder)
    assert content_of(own.url()) == content_of(str(log.folder))


def test_copy_is_made_from_a_standby(own: Cluster, tmp_path: Path) -> None:
    """A standby gives what it has, so that a backup need not burden the primary; into a standby nothing can go."""
    log = PostgresLog(own.url())
    append_signed(log, *BODIES)
    forget(log, "conv_1")
    standby = Cluster(of=own)
    try:
        wait_until(lambda: count_at(standby.url()) == len(BODIES) + 2)
        copy(standby.url(), str(tmp_path / "out"))
        assert content_of(str(tmp_path / "out")) == content_of(own.url())
        assert verify(tmp_path / "out")[0] == []
        with pytest.raises(OSError, match="standby"):
            copy(str(tmp_path / "out"), standby.url())
        into_primary = ran("copy", standby.url(), own.url(), folder=tmp_path / "out", code=2).stderr
        assert "FROM and TO are the same log" in into_primary
    finally:
        standby.close()


def test_copy_is_made_from_a_server_that_is_no_longer_fit(url: str, tmp_path: Path) -> None:
    """Where a server would not keep what is appended, a log can still be copied out of it."""
    append_signed(PostgresLog(url), *BODIES)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off".encode())
    copy(url, str(tmp_path / "out"))
    assert content_of(str(tmp_path / "out")) == content_of(url)
    with pytest.raises(OSError, match="synchronous_commit is off"):
        copy(str(tmp_path / "out"), url)


@pytest.mark.root
@needs_small_disk
def test_copy_onto_a_full_disk_goes_on_once_there_is_room(url: str, tmp_path: Path) -> None:
    """Where the disk is full, the command says so and exits 1; with more room it goes on, and all is sound."""
    log = PostgresLog(url, log_keys=Secrets([KEY]))
    append_signed(log, *BODIES)
    (tmp_path / "disk").mkdir()
    events_command = f"{sys.executable} -m events"
    script = f"""
        {events_command} copy "{url}" "$0/out"; echo "exit $?"
        mount -o remount,size=64m small "$0"
        {events_command} copy "{url}" "$0/out"; echo "exit $?"
        PAYLOAD_STORAGE_PATH="$0/out" {events_command} verify; echo "exit $?"
    """
    done = subprocess.run(
        [*mounting(tmp_path / "disk"), "sh", "-c", script, str(tmp_path / "disk")],
        env={"LOG_KEY": KEY, "ELEVENLABS_POST_CALL_KEY": SECRET, "PATH": os.environ["PATH"]},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("exit")] == ["exit 1", "exit 0", "exit 0"]
    assert "No space left on device" in done.stderr
    assert "nothing is wrong" in done.stdout
