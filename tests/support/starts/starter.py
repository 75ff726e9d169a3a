"""
Starts our commands by forking itself, with all modules imported: `python -m tests.support.starts.starter DESCRIPTOR`.

Each connection to the socket of that descriptor is one start: a line with a `Start` as JSON comes in, the process id
goes out, and once it has ended its exit code, as `subprocess` counts it. It ends when its standard input does.
"""

import gc
import os
import runpy
import select
import signal
import socket
import sys
import threading
from importlib import import_module

import msgspec
from msgspec import Struct

from projector.engines.settings import EMBEDDED
from projector.read_side.loading import load_before_work

_COMMANDS = ("events", "ingress", "projector")
# What the commands import once they know what is asked of them.
_LATER = (
    "ingress.serve",
    "projector.follow.follower",
    "projector.follow.replay",
    "projector.engines.lexical.engine",
    "projector.read_model.sqlite.generations",
    "projector.read_side.show",
)


class Start(Struct):
    """What to run, as `python -m` would: `argv[0]` is a module. Both outputs are appended to files."""

    argv: list[str]
    folder: str
    env: dict[str, str]
    stdout: str
    stderr: str


def main() -> None:
    """Import, then start what is asked for."""
    for command in _COMMANDS:
        import_module(f"{command}.__main__")
        del sys.modules[f"{command}.__main__"]  # it is run, not imported
    for module in _LATER:
        import_module(module)
    load_before_work(EMBEDDED)
    assert threading.active_count() == 1, "threads do not survive a fork"
    gc.collect()
    gc.freeze()
    if (start := _serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        _become(start)
        runpy.run_module(start.argv[0], run_name="__main__", alter_sys=True)


def _serve(listener: socket.socket) -> Start | None:
    """Answer connections until the standard input ends; in a process that is to run a command, return that."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            return None
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0:
                listener.close()
                return _watch(connection)


def _watch(connection: socket.socket) -> Start | None:
    """Fork the process of a command and say how it ends; in that process, return what it is to run."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection.makefile("rb") as lines:
        start = msgspec.json.decode(lines.readline(), type=Start)
    pid = os.fork()
    if pid == 0:
        return start
    connection.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    try:
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    finally:  # of a test that did not wait nobody is there to hear it
        os._exit(0)


def _become(start: Start) -> None:
    os.setsid()
    os.chdir(start.folder)
    os.environ.clear()
    os.environ.update(start.env)
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, start.stdout, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, start.stderr, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        opened = os.open(path, flags, 0o666)
        os.dup2(opened, number)
        os.close(opened)
    # As Python opens them where nothing says which language is spoken.
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv[:] = start.argv
    sys.path[0] = start.folder


if __name__ == "__main__":
    main()
