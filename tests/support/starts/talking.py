"""A process that was started by a fork and is talked with, a line at a time."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.starts.process import ForkedProcess

_ROOT = Path(__file__).parents[3]


class TalkingProcess:
    """
    A module of the tests' own that runs in a process of its own, and reads lines and prints some.

    Args:
        command: a module and its arguments.
        env: the process's environment; None for that of this process.
    """

    def __init__(self, command: Sequence[str], *, env: dict[str, str] | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="elaoms-talk-")
        told, said, self._errors = (Path(self._folder.name, name) for name in ("told", "said", "errors"))
        os.mkfifo(told)
        os.mkfifo(said)
        self.process = ForkedProcess(
            command,
            folder=_ROOT,
            env=dict(os.environ) if env is None else env,
            stdin=told,
            stdout=said,
            stderr=self._errors,
        )
        self._to, self._from = told.open("w"), said.open()

    def tell(self, line: str) -> None:
        """Write a line, which it reads."""
        self._to.write(line + "\n")
        self._to.flush()

    def line(self) -> str | None:
        """Return the next line that it prints; None once it has ended."""
        line = self._from.readline()
        return line.removesuffix("\n") if line else None

    def kill(self) -> None:
        """End it as it is, and print what it complained of."""
        self.process.kill()
        self._close()

    def close(self) -> None:
        """Have it read no more, and wait until it has ended."""
        self._to.close()
        self._close()

    def _close(self) -> None:
        self.process.wait()
        self._to.close()
        self._from.close()
        if self._errors.exists():  # it is closed for the first time
            sys.stderr.write(self._errors.read_text())
            self._folder.cleanup()
