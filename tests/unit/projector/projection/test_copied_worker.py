"""A worker that is a copy of its process keeps nothing of it, and is made only where that is safe."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import psutil
import pytest

from projector.projection.settings import ProjectionSettings
from projector.projection.workers import starting
from projector.projection.workers.messages import FoldTask, Start, read_message, write_message
from projector.projection.workers.starting import Worker, started
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing is copied here")

_STARTED_AND_KILLED = """
import os, signal, psutil
from projector.projection.workers.starting import started

with started("embedded") as worker, started("embedded") as other:
    print(*(child.pid for child in psutil.Process().children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _copied(monkeypatch: pytest.MonkeyPatch) -> None:
    # What runs the tests may have threads, none of which holds a lock that a worker needs.
    monkeypatch.setattr(starting, "_may_copy", lambda: True)


def is_working(worker: Worker) -> bool:
    """Return whether a worker answers a task."""
    write_message(worker.tasks, msgspec.msgpack.encode(Start(ProjectionSettings(), "payloads")))
    write_message(worker.tasks, msgspec.msgpack.encode(FoldTask([[b"no call"]])))
    return bool(msgspec.msgpack.decode(read_message(worker.answers)) == [None])


def is_running(pid: int) -> bool:
    """Return whether a process has not ended; whoever inherited it may not have noticed yet."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_copy_holds_no_lock_of_its_process(tmp_path: Path) -> None:
    """A lock that a replay held is free once the replay has died, though a worker has not ended yet."""
    fd = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    with started("embedded") as worker:
        assert is_working(worker)
        os.close(fd)
        with (tmp_path / "lock").open() as again:
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_copy_outlives_a_signal_to_stop() -> None:
    """A terminal tells all processes to stop, and the replay decides when."""
    with started("embedded") as worker:
        for child in psutil.Process().children():
            child.send_signal(signal.SIGTERM)
            child.send_signal(signal.SIGINT)
        assert is_working(worker)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


def test_copies_end_with_their_process() -> None:
    """No worker stays once its replay was killed, whichever was started first."""
    killed = subprocess.run([sys.executable, "-c", _STARTED_AND_KILLED], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    workers = [*map(int, killed.stdout.split())]
    assert len(workers) == 2
    wait_until(lambda: not any(map(is_running, workers)))


def test_process_with_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that another thread holds would stay locked in a copy: there, a new interpreter is started."""
    monkeypatch.undo()
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        assert not starting._may_copy()
        with started("embedded") as worker:
            assert is_working(worker)
    finally:
        end.set()
        other.join()


_MAY_COPY = "import os, sys; from projector.projection.workers.starting import _may_copy; os._exit(_may_copy())"


@pytest.mark.parametrize(("closed", "may_copy"), [(None, 1), (0, 0), (1, 0), (2, 0)])
def test_process_with_a_closed_standard_file_is_not_copied(closed: int | None, may_copy: int) -> None:
    """A pipe to the copy would get the number of that file, and the copy would write into its own tasks."""
    close = "" if closed is None else f" {closed}>&-"
    command = ["sh", "-c", f'exec "$0" -c "$1"{close}', sys.executable, _MAY_COPY]
    assert subprocess.run(command, check=False).returncode == may_copy


def test_copy_that_fails_leaves_no_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system makes no more processes, the replay ends with that error, and with the files it had."""

    def no_more() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", no_more)
    before = psutil.Process().num_fds()
    with pytest.raises(BlockingIOError), started("embedded"):
        pass
    assert psutil.Process().num_fds() == before
