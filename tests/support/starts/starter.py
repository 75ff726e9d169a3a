"""
Starts our commands by forking itself, with all modules imported: `python -m tests.support.starts.starter DESCRIPTOR`.

Each connection to the socket of that descriptor is one start: a line with a `Start` as JSON comes in, the process id
goes out, and once it has ended its exit code, as `subprocess` counts it. It ends when its standard input does.
"""

import atexit
import gc
import os
import runpy
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from importlib import import_module
from types import ModuleType

import msgspec
from msgspec import Struct

from ingress.searching.questions.weeks import load_weeks
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
    "projector.read_model.sqlite.live_reader",
    "projector.read_side.show",
    "events.folder_log.doorbell",
    "events.postgres_log.log",
    "projector.read_model.postgres.generations",
)
# What libraries import once they are used: as much again as all that a start of ingress takes.
_LATER_STILL = (
    "anyio._backends._asyncio",
    "dotenv",
    "httpx",
    "idna",
    "litestar._kwargs.kwargs_model",
    "litestar.exceptions.responses",
    "litestar.middleware._internal.exceptions.middleware",
    "litestar.middleware.allowed_hosts",
    "litestar.middleware.csrf",
    "litestar.middleware.response_cache",
    "rich.progress",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
)
# What some commands alone import: half a second of processor time, before the first of them is started and not in each.
_FOR_COMMANDS = {
    "backfill": ("elevenlabs.client", "elevenlabs.conversational_ai.conversations.client", "httpcore"),
    "extract": (
        "projector.commands.learning.extract",
        "projector.sources.models.batches.openai_batches",
        "projector.sources.models.chat",
        "openai.resources.chat.completions",
        "httpcore",
    ),
}


# The variable that names folders in which modules are looked for first.
PATHS = "PYTHONPATH"


class Start(Struct):
    """
    What to run: `argv[0]` is a module, as of `python -m`, or it is `-c`, and code comes next.

    Both outputs are appended to files.
    """

    argv: list[str]
    folder: str
    env: dict[str, str]
    stdin: str
    stdout: str
    stderr: str


def paths_of(env: dict[str, str]) -> list[str]:
    """Return the folders in which modules are looked for first."""
    return [path for path in env.get(PATHS, "").split(os.pathsep) if path]


def main() -> None:
    """Import, then start what is asked for."""
    for command in _COMMANDS:
        import_module(f"{command}.__main__")
        del sys.modules[f"{command}.__main__"]  # it is run, not imported
    for module in _LATER:
        import_module(module)
    for module in _LATER_STILL:
        with suppress(ImportError):  # each is imported only where it is there
            import_module(module)
    load_before_work(EMBEDDED)
    load_weeks()
    assert threading.active_count() == 1, "threads do not survive a fork"
    gc.collect()
    gc.freeze()
    if (start := _serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        _become(start)
        _end(_run(start.argv[0]))


def _serve(listener: socket.socket) -> Start | None:
    """Answer connections until the standard input ends; in a process that is to run a command, return that."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            return None
        connection, _ = listener.accept()
        with connection:
            with connection.makefile("rb") as lines:
                start = msgspec.json.decode(lines.readline(), type=Start)
            for command in _FOR_COMMANDS.keys() & set(start.argv):
                for module in _FOR_COMMANDS[command]:
                    import_module(module)
                gc.freeze()
            if os.fork() == 0:
                listener.close()
                return _watch(start, connection)


def _watch(start: Start, connection: socket.socket) -> Start | None:
    """Fork the process of a command and say how it ends; in that process, return what it is to run."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
        (0, start.stdin, os.O_RDONLY),
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
    sys.path[:1] = [start.folder, *paths_of(start.env)]


def _run(module: str) -> int:
    """Run a module, or the code after `-c`, and return the exit code."""
    try:
        if module == "-c":
            main = sys.modules["__main__"] = ModuleType("__main__")
            exec(compile(sys.argv.pop(1), "<string>", "exec"), main.__dict__)  # noqa: S102 - the code of a test
        else:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    return 0


def _end(code: int) -> None:
    """End as Python does, but free nothing of what was imported: to do so takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]  # it waits for threads, and ends those of pools
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # Python says so, in its own way
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
