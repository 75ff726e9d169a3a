"""Replaying with worker processes gives the same rows as without, and leaves nothing of the workers."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from events.log.event import Event
from events.open_log import open_bodies
from events.wire.reading.webhook import ReadWebhook, read_webhook
from projector.errors import ReadModelDamagedError
from projector.projection import intake
from projector.projection.settings import ProjectionSettings
from projector.projection.workers import pool as workers
from projector.projection.workers import process, starting
from projector.projection.workers.messages import ReadTask, Start, write_message
from projector.projection.workers.starting import Worker, started
from projector.projection.workers.work import fold_callers, read_calls
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import Pages
from tests.support.cost import function_calls
from tests.support.layouts import check_pages
from tests.support.samples import NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.server

# It takes 1,880; it took 1,960 where the texts of a conversation were indexed one by one.
_CALLS, _TURNS, _STEPS_PER_CALL_MAX = 20, 9, 1940
BEN, EVE = "+12025550144", "+12025550145"
WORKERS = pytest.mark.parametrize(
    "is_copied",
    [
        pytest.param(False, id="spawned"),
        pytest.param(True, id="copied", marks=pytest.mark.skipif(sys.platform != "linux", reason="never copied here")),
    ],
)


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site with a bit of everything in its log, and one erased caller."""
    site = ProjectorSite(tmp_path)
    site.append(
        transcription("conv_1", "I moved to Oslo.", first_name="Marta"),
        transcription("conv_2", "My card is 4111 1111 1111 1111.", caller=BEN, city="Rome", summary="They spoke."),
        transcription("conv_1", "I moved to Rome.", caller=BEN, city="Bergen", event_timestamp=1),
        audio("conv_1"),
        failure("conv_3", BEN),
        transcription("conv_4", "Forget me.", caller=EVE),
        transcription("conv_5", "This file is gone."),
        b"not JSON",
        *(transcription(f"conv_1{number}", f"My zebra is number {number}.") for number in range(150)),
    )
    (site.log.folder / "conv_5" / "conv_5_transcription.json").unlink()
    site.request_erasure(EVE, at_s=2e9)
    site.follower.catch_up()  # appends the erasure, and carries it out
    site.follower.close()
    return site


def rows_replayed(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, *, with_workers: bool
) -> dict[str, list[tuple[Any, ...]]]:
    """Replay the log, and return every row of the live generation as it is stored."""
    monkeypatch.setattr("projector.follow.replay._EVENTS_FOR_WORKERS", 0 if with_workers else 10**9)
    site.replay()
    tables = [name for (name,) in site.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {table: site.rows(f"SELECT * FROM {table}") for table in tables}  # noqa: S608


@WORKERS
def test_replay_with_workers_writes_the_same_rows(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, *, is_copied: bool
) -> None:
    """Whichever process reads the calls and folds the callers, the rows are the same, byte for byte."""
    monkeypatch.setattr(starting, "_may_copy", lambda: is_copied)
    alone = rows_replayed(site, monkeypatch, with_workers=False)
    assert rows_replayed(site, monkeypatch, with_workers=True) == alone
    assert len(alone["calls"]) == 152
    assert [error for *_, error, _, _, _ in alone["faults"]] == ["conv_5/conv_5_transcription.json is missing"]


def test_what_a_worker_has_read_is_read_by_nobody_else(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that replays takes the calls as workers have read them, and reads no transcription itself."""
    read: list[str] = []

    def note(body: bytes) -> ReadWebhook:
        webhook = read_webhook(body)
        read.append(type(webhook.webhook).__name__)
        return webhook

    monkeypatch.setattr(intake, "read_webhook", note)
    rows_replayed(site, monkeypatch, with_workers=True)
    assert "CallInitiationFailure" in read
    assert "PostCallTranscription" not in read


def test_call_is_read_and_folded_in_few_steps(tmp_path: Path) -> None:
    """What each call of a replay costs is known: it is paid as often as the log has calls."""
    site, settings = ProjectorSite(tmp_path), ProjectionSettings()
    said = ["My zebra lives in Oslo with all its friends, and it likes the summer."] * _TURNS
    summary = "The caller told of a zebra in Oslo, and of the summer."
    site.append(
        *(
            transcription(
                f"conv_{number}", *said, at_s=NOON_S + number, summary=summary, user_name="Marta", topic="zoo"
            )
            for number in range(_CALLS)
        )
    )
    receipts = [event.receipt for event in site.log.read() if isinstance(event, Event)]
    bodies = open_bodies(site.log.location)

    def learn() -> None:
        fold_callers([read_calls(receipts, bodies, settings)], settings)

    learn()  # what is kept of the words of earlier calls is at hand by now
    assert function_calls(learn) < _CALLS * _STEPS_PER_CALL_MAX


def test_replay_leaves_the_interpreter_as_it_was(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside workers, threads take shorter turns and cycles are looked for rarely; both end with the replay."""
    gc.freeze()  # as an interpreter may be that starts a replay
    before, frozen = (sys.getswitchinterval(), gc.get_threshold()), gc.get_freeze_count()
    during = list[tuple[float, tuple[int, int, int]]]()
    read = workers.WorkerPool.read

    def looking(self: workers.WorkerPool, tasks: Iterable[ReadTask]) -> Iterator[list[bytes]]:
        during.append((sys.getswitchinterval(), gc.get_threshold()))
        return read(self, tasks)

    monkeypatch.setattr(workers.WorkerPool, "read", looking)
    rows_replayed(site, monkeypatch, with_workers=True)
    ((turn_s, (objects, *_)),) = during
    assert turn_s < before[0]
    assert objects > before[1][0]
    assert (sys.getswitchinterval(), gc.get_threshold()) == before
    assert gc.get_freeze_count() > frozen // 2


def test_what_workers_cannot_fold_is_folded_without_them(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a worker returns nothing, its parent does the work."""
    alone = rows_replayed(site, monkeypatch, with_workers=False)
    monkeypatch.setattr(workers.WorkerPool, "read", lambda _, tasks: ([b""] * len(task.receipts) for task in tasks))
    monkeypatch.setattr(workers.WorkerPool, "fold", lambda _, tasks: ([None] * len(task.callers) for task in tasks))
    assert rows_replayed(site, monkeypatch, with_workers=True) == alone


@WORKERS
def test_what_workers_wipe_is_wiped_whole(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, *, is_copied: bool
) -> None:
    """No page of a filled generation keeps anything beside its rows, whichever process wiped it."""
    monkeypatch.setattr(starting, "_may_copy", lambda: is_copied)
    rows_replayed(site, monkeypatch, with_workers=True)
    check_pages(site.generations.folder, site.generations.current() or 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only copies are asked, and nothing is copied here")
def test_what_workers_cannot_wipe_is_wiped_without_them(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a worker does not wipe its part, its parent does, or says why that cannot be, and leaves the old memories."""
    monkeypatch.setattr(starting, "_may_copy", lambda: True)
    for module in (workers, process):
        monkeypatch.setattr(module, "wipe_part", lambda _: False)
    rows_replayed(site, monkeypatch, with_workers=True)
    live = site.generations.current()
    assert live is not None
    check_pages(site.generations.folder, live)

    def damaged(_: Pages, part: int, of: int) -> None:
        raise ReadModelDamagedError(f"part {part} of {of}")

    monkeypatch.setattr(Pages, "overwrite_part", damaged)
    with pytest.raises(ReadModelDamagedError, match=r"part \d+ of"):
        rows_replayed(site, monkeypatch, with_workers=True)
    assert site.generations.current() == live


@WORKERS
def test_workers_end_while_the_disk_is_waited_for(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, *, is_copied: bool
) -> None:
    """Once all is wiped, nothing is asked of the workers, and they end by themselves."""
    monkeypatch.setattr(starting, "_may_copy", lambda: is_copied)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    others, settle, ended = {*psutil.Process().children()}, Database.settle, list[int]()

    def settle_once_they_have(path: Path) -> None:
        started = {*psutil.Process().children()} - others
        wait_until(lambda: all(worker.status() == psutil.STATUS_ZOMBIE for worker in started))
        ended.append(len(started))
        settle(path)

    monkeypatch.setattr(Database, "settle", settle_once_they_have)
    rows_replayed(site, monkeypatch, with_workers=True)
    assert ended == [1]


@WORKERS
def test_dead_worker_is_the_worlds_fault(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, *, is_copied: bool
) -> None:
    """A replay whose worker is killed fails as on a disk fault, leaves nothing behind, and can be run again."""
    killed: list[Worker] = []

    @contextmanager
    def doomed(engine: str) -> Iterator[Worker]:
        with started(engine) as worker:
            worker.end()
            killed.append(worker)
            yield worker

    with monkeypatch.context() as patch:
        patch.setattr(workers, "started", doomed)
        patch.setattr(starting, "_may_copy", lambda: is_copied)
        patch.setattr("os.sched_getaffinity", lambda _: {0, 1})
        with pytest.raises(OSError, match=r"worker|pipe"):
            rows_replayed(site, monkeypatch, with_workers=True)
    assert killed
    assert site.generations.current() == 1
    assert rows_replayed(site, monkeypatch, with_workers=True)["calls"]


def test_position_that_is_there_twice_mixes_no_calls_up(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal with one position twice is reported as damaged; its calls stay separate, with workers and without."""
    journal = site.log.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'{"position":12,', b'{"position":11,'))
    alone = rows_replayed(site, monkeypatch, with_workers=False)
    assert rows_replayed(site, monkeypatch, with_workers=True) == alone
    assert len(alone["calls"]) == 152


def test_workers_are_ours_wherever_one_stands(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A module of the same name in the current folder is not imported in place of ours, or of Python's."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "queue.py").write_text("raise SystemExit('not yours')")
    (folder / "projector.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(folder)
    assert len(rows_replayed(site, monkeypatch, with_workers=True)["calls"]) == 152


def test_worker_ends_with_who_asked_it() -> None:
    """A worker whose parent was killed ends by itself."""
    ended = subprocess.run(
        [sys.executable, "-m", "projector.projection.workers.process"], stdin=subprocess.DEVNULL, check=False
    )
    assert ended.returncode == 0


def test_worker_ends_within_a_task(site: ProjectorSite) -> None:
    """A worker whose parent is killed ends at once, even while it works."""
    (event, *_) = site.log.read()
    assert isinstance(event, Event)
    body = site.log.folder / event.receipt.path
    body.unlink()
    os.mkfifo(body)  # to read it is a task without end
    command = [sys.executable, "-m", "projector.projection.workers.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        write_message(process.stdin, msgspec.msgpack.encode(Start(site.settings, site.log.location)))
        write_message(process.stdin, msgspec.msgpack.encode(ReadTask([event.receipt])))
        with body.open("wb"):  # it has begun to read
            process.stdin.close()
            assert process.wait(PATIENCE_S) == 0


def test_one_processor_has_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one processor there are no workers, as they would only take turns."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    with workers.worker_pool(ProjectionSettings(), "payloads") as worker_pool:
        assert worker_pool is None
