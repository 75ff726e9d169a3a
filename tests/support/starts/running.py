"""A command, or a piece of code, that runs to its end in a process of its own that was started by a fork."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.starts.process import ForkedProcess


def run_forked(
    command: Sequence[str], *, folder: Path | None = None, env: dict[str, str] | None = None, read: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """
    Run a command to its end.

    Args:
        command: a module, or `-c` and a piece of code; then arguments.
        folder: where it runs; None for a new one, which is removed then.
        env: its environment; None for one in which nothing is set.
        read: what it reads from its standard input.
    """
    with TemporaryDirectory(prefix="elaoms-run-") as own:
        given, out, err = (Path(own, name) for name in ("given", "out", "err"))
        given.write_bytes(read)
        process = ForkedProcess(
            command,
            folder=folder or Path(own),
            env={"PATH": os.environ["PATH"]} if env is None else env,
            stdin=given,
            stdout=out,
            stderr=err,
        )
        code = process.wait()
        return subprocess.CompletedProcess(process.args, code, out.read_text(), err.read_text())
