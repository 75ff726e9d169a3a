"""strace, from Debian's package of that name: watch the system calls of a server, or make some of them fail."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from tests.support.trace import Call, read_trace
from tests.support.waiting import PATIENCE_S, wait_until

# Long enough for a batch of receipts, which the tests look for in the writes.
_STRING_BYTES = 65536
APPENDING = (
    "openat,write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync,link,linkat,mkdir,mkdirat,rename,unlink,ftruncate"
)


@cache
def why_not() -> str:
    """Return why strace cannot be used here; empty if it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            tried = subprocess.run(
                ["timeout", "--signal=INT", "0.5", "strace", "-qq", "-o", os.devnull, "-p", str(process.pid)],
                check=False,
                capture_output=True,
                text=True,
            )
        finally:
            process.kill()
    # Many containers forbid ptrace, and so does kernel.yama.ptrace_scope = 1 for ordinary users.
    return f"strace may not attach to a process here: {tried.stderr.strip()}" if tried.stderr else ""


needs_strace = pytest.mark.usefixtures("strace_works")


def watching(trace: Path) -> list[str]:
    """Return the prefix of a command so that its calls are written into `trace`; its process id stays its own."""
    options = ["-DD", "-f", "-y", "-tt", "-s", str(_STRING_BYTES), "--seccomp-bpf", "-e", f"trace={APPENDING}"]
    return ["strace", *options, "-o", str(trace), "--"]


def whole_trace(trace: Path, process: subprocess.Popen[bytes]) -> list[Call]:
    """Return the calls of a watched process that has ended, once strace has written the last of them."""

    def is_whole() -> bool:
        last = trace.read_text("ascii").splitlines()[-20:]
        return any(f"{process.pid} " in line and "+++" in line for line in last)

    wait_until(is_whole, describe=lambda: "strace has not come to an end")
    return read_trace_file(trace)


class Fault(Struct, frozen=True):
    """
    How a system call fails.

    `error` is the errno's name. `when` says which calls of each thread, as strace counts them from now on: `3`,
    `3+` (all from it on), `3+5` (every fifth from it on).
    """

    syscall: str
    error: str
    when: str = "1+"


@contextmanager
def failing(process: int, *faults: Fault, trace: Path, path: Path | None = None, also: str = "") -> Iterator[None]:
    """
    Make system calls of a running process fail until the block ends; they then work again.

    Args:
        trace: where to write these calls, whether or not they were made to fail.
        path: only calls upon this file. Without it, writes fail in all present threads but the first, which serves the
        sockets and would be lost with them.
        also: other calls to write into the trace.
    """
    syscalls = ",".join([*(fault.syscall for fault in faults), *([also] if also else [])])
    command = ["strace", "-y", "-s", str(_STRING_BYTES), "-o", str(trace), "-e", f"trace={syscalls}"]
    for fault in faults:
        command += ["-e", f"inject={fault.syscall}:error={fault.error}:when={fault.when}"]
    if path is None and any(fault.syscall == "write" for fault in faults):
        targets = [thread for thread in threads_of(process) if thread != process]
    else:
        targets = [process]
        command += ["-f"] if path is None else ["-f", "-P", str(path)]
    for target in targets:
        command += ["-p", str(target)]
    said = trace.with_suffix(".said")
    with said.open("wb") as output:
        strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=output)
    try:
        _wait_until_attached(strace, said, len(targets))
        yield
    finally:
        strace.terminate()  # it detaches from them
        try:
            strace.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            strace.kill()
            strace.wait()
            raise


def injected(trace: Path) -> list[Call]:
    """Return the calls that were made to fail."""
    return [call for call in read_trace_file(trace) if call.is_injected]


def read_trace_file(trace: Path) -> list[Call]:
    """Return the calls of a trace."""
    return list(read_trace(trace.read_text("ascii").splitlines()))


def threads_of(process: int) -> list[int]:
    """Return the threads of a process."""
    return sorted(int(path.name) for path in Path(f"/proc/{process}/task").iterdir())


def _wait_until_attached(strace: subprocess.Popen[bytes], said: Path, threads: int) -> None:
    def is_attached() -> bool:
        assert strace.poll() is None, f"strace cannot attach: {said.read_text()}"
        return said.read_text().count("attached") >= threads

    wait_until(is_attached, describe=said.read_text)
