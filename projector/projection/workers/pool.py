"""
Worker processes that do the part of a replay that needs no database, so that a replay uses several processors.

Each of them runs `projector.projection.workers.process`.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

import msgspec

from projector.projection.settings import ProjectionSettings
from projector.projection.workers.messages import FoldTask, ReadTask, Start, read_message, write_message
from projector.projection.workers.work import FoldedCaller

WORKERS_MAX = 4
# Tasks for each worker that are under way, or done and not collected yet: enough to keep it busy, few in memory.
_TASKS_PER_WORKER = 3

_read_answers = msgspec.msgpack.Decoder(list[bytes])
_fold_answers = msgspec.msgpack.Decoder(list[FoldedCaller | None])
Process = subprocess.Popen[bytes]


class WorkerPool:
    """Worker processes, each of which does one task at a time."""

    def __init__(self, processes: Sequence[Process], threads: ThreadPoolExecutor) -> None:
        self._tasks_max = len(processes) * _TASKS_PER_WORKER
        self._threads = threads
        self._idle = SimpleQueue[Process]()
        for process in processes:
            self._idle.put(process)

    def read(self, tasks: Iterable[ReadTask]) -> Iterator[list[bytes]]:
        """Yield the answers to read tasks, in the order of the tasks: what `read_call` makes of each receipt."""
        return map(_read_answers.decode, self._ahead(tasks))

    def fold(self, tasks: Iterable[FoldTask]) -> Iterator[list[FoldedCaller | None]]:
        """Yield the answers to fold tasks, in the order of the tasks: what `fold_caller` makes of each caller."""
        return map(_fold_answers.decode, self._ahead(tasks))

    def _ahead(self, tasks: Iterable[ReadTask | FoldTask]) -> Iterator[bytes]:
        under_way = deque[Future[bytes]]()
        for task in tasks:
            under_way.append(self._threads.submit(self._do, msgspec.msgpack.encode(task)))
            if len(under_way) > self._tasks_max:
                yield under_way.popleft().result()
        for answer in under_way:
            yield answer.result()

    def _do(self, task: bytes) -> bytes:
        process = self._idle.get()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            write_message(process.stdin, task)
            return read_message(process.stdout)
        except EOFError as error:
            raise OSError("a worker of the replay has died") from error
        finally:
            self._idle.put(process)


@contextmanager
def worker_pool(settings: ProjectionSettings, location: str) -> Iterator[WorkerPool | None]:
    """
    Run workers until the block ends; yield None on a machine with one processor.

    Args:
        location: of the log whose events they read.
    """
    count = min(_processors(), WORKERS_MAX)
    if count < 2:
        yield None
        return
    start = msgspec.msgpack.encode(Start(settings, location))
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(start)) for _ in range(count)]
        threads = ThreadPoolExecutor(count)
        try:
            yield WorkerPool(processes, threads)
        finally:
            for process in processes:
                process.kill()  # its results are not needed any more
            threads.shutdown(cancel_futures=True)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _process(start: bytes) -> Iterator[Process]:
    # The worker imports the same code as this process, not what lies in the current folder.
    command = [sys.executable, "-P", "-m", "projector.projection.workers.process"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        write_message(process.stdin, start)
        yield process
    finally:
        process.kill()
        with suppress(BrokenPipeError):  # a task that the worker had not read yet
            process.stdin.close()
        process.stdout.close()
        process.wait()
