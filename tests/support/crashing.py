"""A process that runs our code in children of its own, and kills a child at a chosen step, or holds it there."""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from events.disk import steps
from events.log.draft import DraftedBody
from events.open_log import open_log
from projector.__main__ import main
from tests.support.copies import copy
from tests.support.erasures import listing
from tests.support.starts.talking import TalkingProcess
from tests.support.waiting import wait_until


class Crashing:
    """
    Runs commands that die at a step.

    One interpreter imports everything and forks for each run, so that hundreds of runs cost little.
    """

    def __init__(self, folder: Path) -> None:
        self._trace = folder / "steps"
        self._process = TalkingProcess(["tests.support.crashing"])

    def run(
        self, folder: Path, command: list[str], *, at: str = "", occurrence: int = 1, payloads: str = "payloads"
    ) -> list[str]:
        """
        Run a command in a folder until it ends, or dies at the n-th occurrence of a step; return the steps it reached.

        Args:
            command: arguments of `projector`; or `append` and the names of files, which are appended as a group; or
                `erase` and conversations, which are removed and wiped; or `copy` and the locations of two logs.
            payloads: the folder of the log.
        """
        self._begin(folder, command, at=at, occurrence=occurrence, payloads=payloads, by=signal.SIGKILL)
        self._end(folder, -signal.SIGKILL if at else 0)
        return self._trace.read_text().split()

    @contextmanager
    def held(self, folder: Path, command: list[str], *, at: str, payloads: str = "payloads") -> Iterator[None]:
        """Run a command, hold it at a step until the block ends, and let it come to a good end."""
        self._begin(folder, command, at=at, occurrence=1, payloads=payloads, by=signal.SIGSTOP)
        wait_until(lambda: at in self._trace.read_text().split())
        (child,) = psutil.Process(self._process.process.pid).children()
        wait_until(lambda: child.status() == psutil.STATUS_STOPPED)
        try:
            yield
        finally:
            child.send_signal(signal.SIGCONT)
        self._end(folder, 0)

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _begin(
        self, folder: Path, command: list[str], *, at: str, occurrence: int, payloads: str, by: signal.Signals
    ) -> None:
        self._trace.write_text("")
        order = {"folder": str(folder), "command": command, "at": at, "occurrence": occurrence, "by": int(by)}
        self._process.tell(json.dumps(order | {"trace": str(self._trace), "payloads": payloads}))

    def _end(self, folder: Path, expected: int) -> None:
        status = int(self._process.line() or 1)
        assert status == expected, (status, (folder.parent / "output").read_text())


def _serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _run(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(order: dict[str, Any]) -> None:
    folder = Path(order["folder"])
    os.chdir(folder)
    output = os.open(folder.parent / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for fd in (1, 2):
        os.dup2(output, fd)
    trace = os.open(order["trace"], os.O_WRONLY | os.O_APPEND)
    counted: Counter[str] = Counter()

    def reached(step: str) -> None:
        os.write(trace, step.encode() + b"\n")
        counted[step] += 1
        if step == order["at"] and counted[step] == order["occurrence"]:
            os.kill(os.getpid(), order["by"])

    steps.reached = reached
    os.environ.update(PAYLOAD_STORAGE_PATH=order["payloads"])
    os.environ.update(READ_MODEL_PATH="readmodel", AUDIT_LOG_PATH="audit/audit.jsonl")
    code: object = 1
    try:
        if order["command"][0] == "append":
            _append(order["payloads"], *order["command"][1:])
            code = 0
        elif order["command"][0] == "erase":
            _erase(order["payloads"], *order["command"][1:])
            code = 0
        elif order["command"][0] == "copy":
            copy(*order["command"][1:])
            code = 0
        else:
            sys.argv = ["projector", *order["command"]]
            main()
            code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _append(location: str, *names: str) -> None:
    log = open_log(location)
    group = [DraftedBody(log.draft(), "webhook") for _ in names]
    for whole, name in zip(group, names, strict=True):
        whole.draft.write(Path(name).read_bytes())
    assert not [outcome for outcome in log.publish_all(group) if isinstance(outcome, Exception)]


def _erase(location: str, *conversations: str) -> None:
    log = open_log(location)
    log.remove(listing(*conversations))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)


if __name__ == "__main__":
    _serve()
