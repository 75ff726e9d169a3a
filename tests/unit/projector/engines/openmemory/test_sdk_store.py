"""OpenMemory in this process: what its store promises on top of what the SDK does."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from projector.engines.openmemory.sdk import file as openmemory_file
from projector.engines.openmemory.sdk import store as openmemory_sdk
from projector.engines.openmemory.sdk.process import SdkProcess
from projector.engines.openmemory.sdk.store import CONTENT_CHARS_MAX, SdkStore
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError
from tests.support.openmemory.fresh_sdk import needs_sdk, released

pytestmark = [needs_sdk, pytest.mark.server]

ANA, BEN = "+12025550143", "user:ben/%'\""
# The SDK may leave its connection open to the end of the process.
PYTHON = (sys.executable, "-W", "error", "-W", "ignore::ResourceWarning")
DISHES = ("lasagne", "ramen", "paella", "goulash", "pierogi", "tacos", "moussaka", "laksa", "borscht")


# The first lines of another process's code.
OPENS = """
import sys; from pathlib import Path
from projector.engines.openmemory.sdk.process import SdkProcess
from projector.engines.openmemory.sdk.store import SdkStore
from projector.engines.shutdown import Shutdown
sdk = SdkProcess(Shutdown())
"""


@pytest.fixture(autouse=True)
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SdkProcess]:
    """The SDK of this process, with nothing open yet."""
    monkeypatch.chdir(tmp_path)
    with released(SdkProcess(Shutdown())) as sdk:
        yield sdk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be, in a folder that does not exist yet."""
    return tmp_path / "data" / "open memory?%20.db"


@pytest.fixture
def store(path: Path, sdk: SdkProcess) -> SdkStore:
    """The projector's store."""
    return SdkStore(path, sdk, may_create=True)


def add(store: SdkStore, content: str, *, user_id: str = ANA, **metadata: Any) -> str:
    """Add one memory."""
    return store.add(user_id, content, tags=["turn"], metadata=metadata)


def run(
    code: str, *arguments: object, check: bool = True, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own to its end."""
    command = [*PYTHON, "-c", OPENS + code, *map(str, arguments)]
    return subprocess.run(
        command, check=check, capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=60
    )


@contextmanager
def searcher(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, like ingress: it searches for each line of its input, and prints how many rows it found."""
    code = f"""
store = SdkStore(Path(sys.argv[1]), sdk, may_create=False)
for line in sys.stdin:
    print(len(store.search({ANA!r}, line, limit=5, timeout_s=None)), flush=True)
"""
    command = [*PYTHON, "-c", OPENS + code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
    assert process.returncode == 0


def found_by(process: subprocess.Popen[str], query: str) -> int:
    """Return how many rows a searcher finds."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{query}\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def test_imports_nothing_before_the_first_call() -> None:
    """Importing the store, and making one, loads no part of the SDK, which takes seconds."""
    code = """
SdkStore(Path("om.db"), sdk, may_create=True)
assert "openmemory" not in sys.modules and not Path("om.db").exists()
"""
    run(code)


def test_keeps_the_file_to_its_owner_whatever_the_umask(store: SdkStore, path: Path) -> None:
    """The folder is 0700; the file and every file that SQLite makes beside it are 0600."""
    umask = os.umask(0)
    try:
        add(store, "I like lasagne.")
    finally:
        os.umask(umask)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert len(modes) == 4  # the file, its log, the log's index, the lock
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_waits_for_the_projector_to_make_the_file(path: Path, sdk: SdkProcess) -> None:
    """Ingress says that the file does not exist, makes none, and works as soon as it exists."""
    reading = SdkStore(path, sdk, may_create=False)
    with pytest.raises(EngineError, match="the projector makes it"):
        reading.check()
    assert not path.parent.exists()
    path.parent.mkdir()
    path.touch()
    with pytest.raises(EngineError, match="the projector makes it"):
        reading.search(ANA, "food", limit=1, timeout_s=5)
    code = f"""
SdkStore(Path(sys.argv[1]), sdk, may_create=True).add({ANA!r}, "I like lasagne.", tags=[], metadata={{}})
"""
    run(code, path)
    reading.check()
    assert len(reading.search(ANA, "food", limit=1, timeout_s=None)) == 1


def test_lets_two_processes_make_the_file_at_once(path: Path) -> None:
    """If several processes find no file, all can use it afterwards: one of them does the SDK's set-up."""
    code = """
import openmemory
print("ready", flush=True); sys.stdin.readline()
SdkStore(Path(sys.argv[1]), sdk, may_create=True).check()
"""
    processes = [
        subprocess.Popen(
            [*PYTHON, "-c", OPENS + code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        process.communicate("go\n")
    assert [process.returncode for process in processes] == [0, 0, 0]


def test_refuses_a_second_file_in_one_process(store: SdkStore, sdk: SdkProcess, tmp_path: Path) -> None:
    """The SDK would silently continue with the first file; the store raises an error, and makes no second file."""
    add(store, "I like lasagne.")
    other = SdkStore(tmp_path / "other.db", sdk, may_create=True)
    with pytest.raises(EngineError, match="one file only"):
        other.users()
    assert not (tmp_path / "other.db").exists()
    assert SdkStore(store._path, sdk, may_create=False).users() == {ANA}


def test_refuses_a_second_sdk_in_one_process(store: SdkStore) -> None:
    """The SDK has one connection per process: a second object over it would use it from another thread."""
    add(store, "I like lasagne.")
    second = SdkProcess(Shutdown())
    with pytest.raises(EngineError, match="one file only"):
        SdkStore(store._path, second, may_create=False).users()
    second._thread.shutdown()
    assert store.users() == {ANA}


def test_notices_a_file_that_was_removed_or_replaced(store: SdkStore, path: Path) -> None:
    """Writes into a file that lost its name would be lost: the store raises an error instead."""
    add(store, "I like lasagne.")
    path.rename(path.with_name("moved"))
    with pytest.raises(EngineError, match="removed or replaced"):
        add(store, "I like ramen.")
    path.touch()
    with pytest.raises(EngineError, match="removed or replaced"):
        store.rows(ANA)


def test_says_that_a_file_is_no_database(store: SdkStore, path: Path) -> None:
    """The store does not write into a file that is no database."""
    path.parent.mkdir()
    path.write_text("these are the notes of somebody else, which are no database at all. " * 20)
    before = path.read_bytes()
    with pytest.raises(EngineError, match="not a database"):
        store.check()
    assert path.read_bytes() == before


def test_makes_the_tables_once_a_writer_lets_go(store: SdkStore, path: Path) -> None:
    """The SDK never retries to make its tables after a failed attempt; the store does."""
    path.parent.mkdir()
    openmemory_file.make_file(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(EngineError, match="locked"):
            store.check()
        other.execute("ROLLBACK")
    add(store, "I like lasagne.")
    assert store.users() == {ANA}


def test_refuses_a_settings_file_of_openmemory(store: SdkStore, tmp_path: Path) -> None:
    """
    OpenMemory's own settings file in the current folder would override ours: the error names it, and nothing is made.
    """
    (tmp_path / "openmemory.toml").write_text('[ai]\nembedding_provider = "openai"\n')
    with pytest.raises(EngineError, match=r"openmemory\.toml"):
        store.check()
    assert not store._path.exists()


def test_holds_what_it_was_given(store: SdkStore) -> None:
    """Content, user and metadata come back as added, without the SDK's additions; our own objects stay unchanged."""
    metadata = {"sector": "procedural", "our_id": "m1", "turn": 3, "nested": {"a": [1]}}
    tags = ["turn"]
    content = "Ring twice\n\nat 10:30 \x00 Žluťoučký 🐴 "
    id_ = store.add(BEN, content, tags=tags, metadata=metadata)
    stored = store.row(id_)
    assert stored is not None
    assert (stored.id, stored.user_id, stored.content) == (id_, BEN, content)
    assert stored.metadata == metadata == {"sector": "procedural", "our_id": "m1", "turn": 3, "nested": {"a": [1]}}
    assert store.rows(BEN) == [stored]
    assert store.users() == {BEN}
    with closing(sqlite3.connect(store._path)) as connection:
        assert connection.execute("SELECT primary_sector, tags FROM memories").fetchall() == [
            ("procedural", '["turn"]')
        ]


def test_holds_the_longest_content_in_one_row(store: SdkStore) -> None:
    """
    Content up to the limit is one row, kept verbatim and found; one character more is refused, because it would be cut.
    """
    content = "lasagne " * (CONTENT_CHARS_MAX // 8)
    content += "x" * (CONTENT_CHARS_MAX - len(content))
    id_ = add(store, content)
    assert [row.content for row in store.rows(ANA)] == [content]
    assert [found for found, _ in store.search(ANA, "lasagne", limit=3, timeout_s=None)] == [id_]
    with pytest.raises(ValueError, match="31999"):
        add(store, content + "x")


def test_lists_all_rows_page_by_page(store: SdkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows a user has, each is listed once; rows of other users are not."""
    ids = {add(store, f"I like {dish}.") for dish in DISHES}
    add(store, "Who knows what Ben likes to eat?", user_id=BEN)
    for size in range(2, 11):
        monkeypatch.setattr(openmemory_sdk, "_ROWS_PER_PAGE", size)
        rows = store.rows(ANA)
        assert len(rows) == len(DISHES)
        assert {row.id for row in rows} == ids


def test_lists_again_what_changes_between_two_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process removes a row meanwhile, the next row, which moves to the page before, is still listed."""
    rows = [{"id": str(number)} for number in range(9)]

    class Shrinking:
        asked = 0

        def history(self, *, user_id: str, limit: int, offset: int = 0) -> list[dict[str, str]]:
            self.asked += 1
            page = rows[offset : offset + limit]
            if self.asked == 1:
                del rows[0]
            return page

    monkeypatch.setattr(openmemory_sdk, "_ROWS_PER_PAGE", 4)
    assert [row["id"] for row in openmemory_sdk._history(Shrinking(), ANA)] == list("12345678")


def test_removes_one_row_and_all_of_a_user(store: SdkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A removed row is gone from rows, users and searches; removing it again does nothing."""
    monkeypatch.setattr(openmemory_sdk, "_ROWS_PER_PAGE", 4)
    kept = add(store, "Who knows what Ben likes to eat?", user_id=BEN)
    ids = [add(store, f"I like {dish}.") for dish in DISHES]
    store.remove(ids[0])
    store.remove(ids[0])
    assert store.row(ids[0]) is None
    assert {row.id for row in store.rows(ANA)} == set(ids[1:])
    store.remove_all(ANA)
    store.remove_all("nobody")
    assert store.rows(ANA) == []
    assert store.users() == {BEN}
    assert store.search(ANA, "food", limit=5, timeout_s=None) == []
    assert [id_ for id_, _ in store.search(BEN, "food", limit=5, timeout_s=None)] == [kept]


def test_finds_what_is_that_users_alone(store: SdkStore) -> None:
    """Hits are that user's ids with scores from 0 to 1, best first; an unknown user has none, an empty one fails."""
    ids = {dish: add(store, f"I like {dish} a lot.") for dish in DISHES}
    add(store, "My sister cooks lasagne on Sundays.", user_id=BEN)
    hits = store.search(ANA, "do they like lasagne", limit=4, timeout_s=None)
    assert len(hits) == 4
    assert hits[0][0] == ids["lasagne"]
    assert {id_ for id_, _ in hits} <= set(ids.values())
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert store.search("user:stranger", "lasagne", limit=4, timeout_s=None) == []
    for limit in (0, -1):
        assert store.search(ANA, "lasagne", limit=limit, timeout_s=None) == []
    for nobody in (store.rows, store.remove_all, store.summary):
        with pytest.raises(ValueError, match="everybody"):
            nobody("")
    with pytest.raises(ValueError, match="everybody"):
        store.search("", "lasagne", limit=4, timeout_s=None)
    with pytest.raises(ValueError, match="everybody"):
        add(store, "I like lasagne.", user_id="")


def test_finds_at_once_what_was_added_here_or_elsewhere(store: SdkStore, path: Path) -> None:
    """The same question finds rows that were added since; the SDK alone would answer from its cache for a minute."""
    add(store, "I like lasagne.")
    assert len(store.search(ANA, "food", limit=5, timeout_s=None)) == 1
    with searcher(path) as other:
        assert found_by(other, "food") == 1
        add(store, "I like ramen.")
        assert found_by(other, "food") == 2
    assert len(store.search(ANA, "food", limit=5, timeout_s=None)) == 2


def test_gives_up_a_search_in_time(store: SdkStore) -> None:
    """A search that does not get its turn in time is given up, and never carried out."""
    add(store, "I like lasagne.")
    go_on, asked = threading.Event(), threading.Event()

    async def wait(_: Any) -> None:
        asked.set()
        go_on.wait()

    async def never(_: Any) -> None:
        raise AssertionError

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(store._ask, wait)
        asked.wait()
        try:
            with pytest.raises(EngineError, match="too long"):
                store.search(ANA, "food", limit=5, timeout_s=0.01)
        finally:
            go_on.set()
        waiting.result()
    with closing(sqlite3.connect(store._path)) as connection:
        (salience,) = connection.execute("SELECT salience FROM memories").fetchone()
    assert salience < 0.9  # a search would have raised it
    assert len(store.search(ANA, "food", limit=5, timeout_s=30)) == 1


def test_is_asked_by_many_threads_at_once(store: SdkStore) -> None:
    """Threads that add and search at the same time lose nothing, and each gets its own answer."""

    def use(number: int) -> int:
        user_id = f"user:{number}"
        for dish in DISHES:
            add(store, f"{number * 1111} prefers {dish} over plum number {number * 7919}", user_id=user_id)
        return len(store.search(user_id, "food", limit=20, timeout_s=None))

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(use, range(6))) == [len(store.rows(f"user:{number}")) for number in range(6)]
    assert store.users() == {f"user:{number}" for number in range(6)}


def test_sends_nothing_and_prints_nothing_whatever_the_environment_says(path: Path, tmp_path: Path) -> None:
    """The text stays complete and in our file, the SDK opens no connection, and stdout, our log, gets no line of it."""
    code = f"""
reached = []
sys.addaudithook(lambda name, args: reached.append(name) if name in ("socket.connect", "socket.getaddrinfo") else None)
from events.process import logging
logging.configure(level="debug")
store = SdkStore(Path(sys.argv[1]), sdk, may_create=True)
content = "I was at the lake. " * 100
store.check()
from openmemory.memory import user_summary
async def fails(_): raise OSError("disk")
user_summary.gen_user_summary_async = fails
id_ = store.add({ANA!r}, content, tags=[], metadata={{}})
store.search({ANA!r}, "lake", limit=3, timeout_s=None)
assert store.row(id_).content == content
assert not reached, reached
"""
    env = {
        "OM_EMBED_KIND": "openai",
        "OPENAI_API_KEY": "sk-nobody",
        "OM_USE_SUMMARY_ONLY": "true",
        "OM_SUMMARY_MAX_LENGTH": "50",
        "OM_VEC_DIM": "64",
        "OM_SEG_SIZE": "0",
        "OM_DB_URL": f"sqlite:///{tmp_path}/elsewhere.db",
    }
    done = run(code, path, env=env)
    assert (done.stdout, done.stderr) == ("", "")
    assert not (tmp_path / "elsewhere.db").exists()
    elsewhere = run(code, path, check=False, env={"OPENMEMORY_VECTOR_STORE": "postgres"})
    assert "OPENMEMORY_VECTOR_STORE" in elsewhere.stderr


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "added_at_once"])
@pytest.mark.parametrize(
    "place",
    ["embed_multi_sector", "store.storeVector", "calc_mean_vec", "create_single_waypoint", "update_user_summary"],
)
def test_finds_again_what_was_half_added_by_one_that_was_killed(
    store: SdkStore, path: Path, place: str, *, is_listed: bool
) -> None:
    """After `kill -9` anywhere in an add, no row that a search cannot find is listed; added again, it is found."""
    code = f"""
import os, signal
store = SdkStore(Path(sys.argv[1]), sdk, may_create=True)
store.add({ANA!r}, "I like ramen.", tags=[], metadata={{"n": 1}})
from openmemory.memory import hsg
async def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
def killed_at_once(*_): os.kill(os.getpid(), signal.SIGKILL)
hsg.{place} = killed_at_once if "calc" in {place!r} else killed
store.add({ANA!r}, "My lasagne needs an oven.", tags=[], metadata={{"n": 2}})
"""
    assert run(code, path, check=False).returncode == -9
    held = []
    if is_listed:
        held = [row.metadata["n"] for row in store.rows(ANA)]
        found = {id_ for id_, _ in store.search(ANA, "lasagne", limit=9, timeout_s=None)}
        assert {row.id for row in store.rows(ANA)} == found
    if 2 not in held:
        add(store, "My lasagne needs an oven.", n=2)
    assert sorted(row.metadata["n"] for row in store.rows(ANA)) == [1, 2]
    found = {id_ for id_, _ in store.search(ANA, "lasagne", limit=9, timeout_s=None)}
    assert {row.id for row in store.rows(ANA)} == found


def test_mends_nothing_while_another_process_adds(store: SdkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row without vectors may belong to an add that is under way: it is removed only when no process is adding."""
    add(store, "I like lasagne.")
    with closing(sqlite3.connect(store._path, isolation_level=None)) as connection:
        connection.execute("UPDATE memories SET mean_vec = NULL")
    monkeypatch.setattr(openmemory_file, "_WAITS_FOR_WRITERS_S", 0.01)
    with openmemory_file.writing(store._path, Shutdown()), pytest.raises(EngineError, match="keeps writing"):
        store.rows(ANA)
    assert store.rows(ANA) == []


def test_leaves_no_word_of_what_was_removed(store: SdkStore, path: Path) -> None:
    """
    After a wipe no file holds a removed user's words or number, even while another process has it open and searches.
    """
    add(store, "Who knows what Ben likes to eat?", user_id=BEN)
    for dish in DISHES:
        add(store, f"I like {dish}.", quote=f"they said {dish}")
    overwrite_nothing()
    with searcher(path) as other:
        assert found_by(other, "food") == 5
        assert ANA.encode() in on_disk(path)
        store.remove_all(ANA)
        assert ANA.encode() in on_disk(path)  # the SDK leaves that much
        assert found_by(other, "food") == 0
        store.wipe()
        left = on_disk(path)
        assert found_by(other, "food") == 0
    for words in (ANA, *DISHES, "they said"):
        assert words.encode() not in left + on_disk(path)
    assert len(store.search(BEN, "food", limit=3, timeout_s=None)) == 1
    with closing(sqlite3.connect(path)) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own four
            for table in ("memories", "users", "embed_logs", "waypoints")
        ]
    assert counts == [1, 1, 1, 1]


def test_wipes_what_a_removal_that_was_killed_left(store: SdkStore, path: Path) -> None:
    """Vectors contain their user's key: a wipe also removes those whose rows are gone."""
    add(store, "I like lasagne.")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM memories")
    store.wipe()
    assert ANA.encode() not in on_disk(path)


def test_says_that_it_cannot_wipe_while_somebody_reads(
    store: SdkStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a reader holds the file, words stay in its write-ahead log: the wipe fails, and a later try succeeds."""
    add(store, "I like lasagne.")
    monkeypatch.setattr(openmemory_file, "_BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM memories").fetchone()
        store.remove_all(ANA)
        with pytest.raises(EngineError, match="is reading"):
            store.wipe()
    store.wipe()
    assert b"lasagne" not in on_disk(path)


def overwrite_nothing() -> None:
    """Let SQLite leave deleted rows in place in the file, as it does unless it was built otherwise."""
    from openmemory.core.db import db

    db.conn.execute("PRAGMA secure_delete = OFF")


def on_disk(path: Path) -> bytes:
    """Return all bytes of all files in the folder of the file."""
    # Another process reads them: closing the file here would release all of SQLite's locks on it in this process.
    return subprocess.run(["cat", *path.parent.iterdir()], check=True, capture_output=True).stdout
