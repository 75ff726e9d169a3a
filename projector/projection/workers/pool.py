"""
Worker processes that do the part of a replay that needs no open database, so that a replay uses several processors.

Each of them does what `projector.projection.workers.process` says. The replay works beside them: rather than wait for
an answer, it does a task itself that no worker has begun. So it has read much of its log before new interpreters run.
"""

import fcntl
import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import IO, Any, Generic, TypeVar

import msgspec

from events.log.event import Bodies
from events.open_log import open_bodies
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.messages import FoldTask, ReadTask, Start, WipeTask, read_message, write_message
from projector.projection.workers.starting import Worker, started
from projector.projection.workers.work import (
    OBJECTS_BETWEEN_COLLECTIONS,
    FoldedCaller,
    fold_callers,
    read_calls,
    wipe_part,
)
from projector.read_model.fingerprints import FilePart
from projector.read_model.open import open_generations

WORKERS_MAX = 4
# Tasks for each worker that are under way, or done and not collected yet: enough to keep it busy, few in memory.
_TASKS_PER_WORKER = 4
# A worker is sent the next task while it does one: else it would wait, after each, until a busy replay notices.
_TASKS_SENT = 2
# Tasks and answers are longer than the 64 KiB that a pipe holds: each further piece would wait for a busy replay. More
# than this Linux grants to nobody but root.
_PIPE_BYTES = 1024 * 1024
# The replay computes: each message of its workers waits until it lets other threads of this process have their turn.
_TURN_S = 0.0005

_read_answers = msgspec.msgpack.Decoder(list[bytes])
_wipe_answers = msgspec.msgpack.Decoder(bool)
_fold_answers = msgspec.msgpack.Decoder(list[FoldedCaller | None])
T = TypeVar("T")


class _Job(Generic[T]):
    """A task, and its answer once that is there: from a worker, or from this process."""

    def __init__(
        self, task: ReadTask | FoldTask | WipeTask, do: Callable[[], T], decoder: msgspec.msgpack.Decoder[T]
    ) -> None:
        self.message = msgspec.msgpack.encode(task)
        self.from_worker = Future[bytes]()
        self._do = do
        self._decoder = decoder
        self._own: T | None = None

    def has_answer(self) -> bool:
        return self.from_worker.done()

    def do_unless_begun(self) -> None:
        """Do the task in this process, unless a worker has begun it."""
        if not self.has_answer() and self.from_worker.cancel():
            self._own = self._do()

    def answer(self) -> T:
        """
        Return the answer, once it is there.

        Raises:
            OSError: the worker has died.
        """
        return self._decoder.decode(self.from_worker.result()) if self._own is None else self._own


class WorkerPool:
    """
    Worker processes, and the replay itself as one more.

    Args:
        jobs: what the workers take their tasks from.
        workers: the processes.
        bodies: of the log whose events are read.
    """

    def __init__(
        self,
        jobs: "SimpleQueue[_Job[Any] | None]",
        workers: Sequence[Worker],
        settings: ProjectionSettings,
        bodies: Bodies,
    ) -> None:
        self._jobs = jobs
        self._count = len(workers)
        self._are_copies = all(worker.is_copy for worker in workers)
        self._tasks_max = (self._count + 1) * _TASKS_PER_WORKER
        self._settings = settings
        self._bodies = bodies

    def read(self, tasks: Iterable[ReadTask]) -> Iterator[list[bytes]]:
        """Yield the answers to read tasks, in the order of the tasks: what `read_call` makes of each receipt."""
        return self._ahead(
            _Job(task, partial(read_calls, task.receipts, self._bodies, self._settings), _read_answers)
            for task in tasks
        )

    def fold(self, tasks: Iterable[FoldTask]) -> Iterator[list[FoldedCaller | None]]:
        """Yield the answers to fold tasks, in the order of the tasks: what `fold_caller` makes of each caller."""
        return self._ahead(
            _Job(task, partial(fold_callers, task.callers, self._settings), _fold_answers) for task in tasks
        )

    def wipe(self, location: str, parts: Sequence[FilePart]) -> None:
        """
        Wipe the parts of a filled generation, and let the workers end: nothing is asked of them any more.

        Raises what `Generations.wipe_part` raises.
        """
        done = [False] * len(parts)
        if self._are_copies:  # a new interpreter would take longer to import what that needs
            tasks = [WipeTask(location, part) for part in parts]
            done = [*self._ahead(_Job(task, partial(wipe_part, task), _wipe_answers) for task in tasks)]
        # A worker takes a while to end; meanwhile the replay waits for the disk.
        _dismiss(self._jobs, self._count)
        generations = open_generations(location)
        for part, is_done in zip(parts, done, strict=True):
            if not is_done:
                generations.wipe_part(part)

    def _ahead(self, jobs: Iterable[_Job[T]]) -> Iterator[T]:
        under_way = deque[_Job[T]]()
        for job in jobs:
            self._jobs.put(job)
            under_way.append(job)
            if len(under_way) > self._tasks_max:
                yield _first(under_way)
        while under_way:
            yield _first(under_way)


def _dismiss(jobs: "SimpleQueue[_Job[Any] | None]", count: int) -> None:
    """Tell so many workers to end; one that is within a task ends at once."""
    for _ in range(count):
        jobs.put(None)


def _first(under_way: deque[_Job[T]]) -> T:
    """Remove the first job, and return its answer. Until that is there, do what no worker has begun."""
    first = under_way.popleft()
    for job in (first, *under_way):
        if first.has_answer():
            break
        job.do_unless_begun()
    return first.answer()


@contextmanager
def worker_pool(settings: ProjectionSettings, location: str) -> Iterator[WorkerPool | None]:
    """
    Run workers until the block ends; yield None on a machine with one processor.

    Args:
        location: of the log whose events they read.
    """
    count = min(_processors() - 1, WORKERS_MAX)
    if count < 1:
        yield None
        return
    start = msgspec.msgpack.encode(Start(settings, location))
    jobs = SimpleQueue[_Job[Any] | None]()
    with ExitStack() as stack, _short_turns(), _rare_collections():
        try:
            # All processes first: none can be copied any more once this one has threads.
            workers = [stack.enter_context(started(settings.engine.name)) for _ in range(count)]
            for worker in workers:
                stack.enter_context(_working(worker, start, jobs))
            yield WorkerPool(jobs, workers, settings, open_bodies(location))
        finally:
            _dismiss(jobs, count)  # before any of them is waited for, for each takes one, and none takes only its own


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads take turns more often than Python does by itself, until the block ends."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _TURN_S))
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cycles of objects less often than Python does by itself, until the block ends."""
    objects, *more = before = gc.get_threshold()
    gc.set_threshold(objects and max(objects, OBJECTS_BETWEEN_COLLECTIONS), *more)  # 0 is never
    try:
        yield
    finally:
        # Else the next allocation would look through all that was made meanwhile. Among the old objects, it waits for a
        # full look.
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*before)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _working(worker: Worker, start: bytes, jobs: "SimpleQueue[_Job[Any] | None]") -> Iterator[None]:
    """Run two threads until the block ends, and with it the worker: one sends it jobs, the other takes its answers."""
    for pipe in (worker.tasks, worker.answers):
        _widen(pipe)
    sent, room = SimpleQueue[_Job[Any] | None](), Semaphore(_TASKS_SENT)
    threads = [
        Thread(target=_send, args=(start, jobs, sent, room, worker.tasks), daemon=True),
        Thread(target=_receive, args=(sent, room, worker.answers), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        worker.end()  # its results are not needed any more
        for thread in threads:
            thread.join()


def _widen(pipe: IO[bytes]) -> None:
    """Make room in a pipe, where the system does that and grants it: without, a replay only takes longer."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _send(
    start: bytes,
    jobs: "SimpleQueue[_Job[Any] | None]",
    sent: "SimpleQueue[_Job[Any] | None]",
    room: Semaphore,
    pipe: IO[bytes],
) -> None:
    with suppress(OSError):  # that the worker has died is seen by who waits for its answers
        write_message(pipe, start)
    while (job := jobs.get()) is not None:
        room.acquire()
        if not job.from_worker.set_running_or_notify_cancel():
            room.release()  # the replay has done it
            continue
        sent.put(job)
        with suppress(OSError):
            write_message(pipe, job.message)
    sent.put(None)
    with suppress(OSError):  # a task that a dead worker had not read yet
        pipe.close()  # by which the worker ends


def _receive(sent: "SimpleQueue[_Job[Any] | None]", room: Semaphore, pipe: IO[bytes]) -> None:
    while (job := sent.get()) is not None:
        try:
            job.from_worker.set_result(read_message(pipe))
        except (EOFError, OSError) as error:
            died = OSError("a worker of the replay has died")
            died.__cause__ = error
            job.from_worker.set_exception(died)
        room.release()
