"""
Starts one worker process: as a copy of this process where that is safe, else as a new interpreter.

A copy has all that is imported, and works at once. A new interpreter takes a fifth of a second, which is what a whole
processor needs to replay a hundred calls.
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from projector.engines.registry import load_index
from projector.projection.workers.process import work

_OURS = Path("/proc/self")
# In a copy, the tasks come in where stdin was, and the answers go out by this.
_TASKS_FD, _STDOUT_FD, _STDERR_FD, _ANSWERS_FD = 0, 1, 2, 3
_TOLD_TO_STOP = frozenset({signal.SIGINT, signal.SIGTERM})


class Worker(NamedTuple):
    """
    A worker process: where tasks are written to and answers read from, and what ends it at once, if it has not.

    `is_copy` tells whether it has all that this process has imported.
    """

    tasks: IO[bytes]
    answers: IO[bytes]
    end: Callable[[], None]
    is_copy: bool


@contextmanager
def started(engine: str) -> Iterator[Worker]:
    """
    Run one worker process until the block ends.

    Args:
        engine: whose index it makes.
    """
    worker = _copied(engine) if _may_copy() else _spawned()
    try:
        yield worker
    finally:
        worker.end()
        with suppress(BrokenPipeError):  # a task that the worker had not read yet
            worker.tasks.close()
        worker.answers.close()


def _may_copy() -> bool:
    """
    Tell whether this process can be copied.

    A copy has only the thread that asked for it. A lock that another thread holds meanwhile stays locked there for
    good, be it one of Python's or one of a library's.
    """
    if sys.platform != "linux":  # elsewhere the system's own libraries do not survive it
        return False
    try:
        # Where one of the first three is closed, a pipe to a copy would get its number.
        for fd in (_TASKS_FD, _STDOUT_FD, _STDERR_FD):
            os.fstat(fd)
        return len([*(_OURS / "task").iterdir()]) == 1
    except OSError:
        return False


def _spawned() -> Worker:
    # The worker imports the same code as this process, not what lies in the current folder.
    command = [sys.executable, "-P", "-m", "projector.projection.workers.process"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdin is not None
    assert process.stdout is not None
    end = ExitStack()
    end.callback(process.wait)
    end.callback(process.kill)
    return Worker(process.stdin, process.stdout, end.close, is_copy=False)


def _copied(engine: str) -> Worker:
    load_index(engine)  # or each copy would do it
    tasks, to_tasks = os.pipe()
    from_answers, answers = os.pipe()
    # Until the copy ignores them: it must not do what this process would do then.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD_TO_STOP)
    try:
        pid = os.fork()
        if pid == 0:
            _be_a_worker(tasks, answers, before)
    except OSError:  # too many processes, or too little memory
        for fd in (tasks, to_tasks, from_answers, answers):
            os.close(fd)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(tasks)
    os.close(answers)
    end = ExitStack()
    end.callback(os.waitpid, pid, 0)
    end.callback(os.kill, pid, signal.SIGKILL)
    return Worker(os.fdopen(to_tasks, "wb"), os.fdopen(from_answers, "rb"), end.close, is_copy=True)


def _be_a_worker(tasks: int, answers: int, unblocked: set[signal.Signals | int]) -> NoReturn:
    """Work until the replay ends. Nothing of what this copy was in the middle of goes on, and no file of it is kept."""
    try:
        for number in _TOLD_TO_STOP:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        os.dup2(tasks, _TASKS_FD)
        os.dup2(_STDERR_FD, _STDOUT_FD)
        if answers != _ANSWERS_FD:
            os.dup2(answers, _ANSWERS_FD)
        # Locks of the replay would be held for as long as this process has their files open, and another worker would
        # not notice the end of the replay while its pipe is.
        for fd in [int(file.name) for file in (_OURS / "fd").iterdir()]:
            if fd > _ANSWERS_FD:
                with suppress(OSError):  # the folder itself, which was listed
                    os.close(fd)
        work(_TASKS_FD, _ANSWERS_FD)
    except BaseException:  # noqa: BLE001 - nothing of what called us may go on here
        with suppress(BaseException):
            os.write(_STDERR_FD, traceback.format_exc().encode(errors="replace"))
    finally:
        os._exit(1)
