"""Measures how much memory processes use, and the most that they use while something runs."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from msgspec import Struct

_SAMPLE_S = 0.02


class MemoryUse(Struct):
    """The resident memory of a process in bytes; `anonymous` is the part of it that is not pages of files."""

    rss: int = 0
    anonymous: int = 0

    def raise_to(self, other: "MemoryUse") -> None:
        """Raise each number to that of another measurement, if that is greater."""
        self.rss, self.anonymous = max(self.rss, other.rss), max(self.anonymous, other.anonymous)


@contextmanager
def watching(processes: dict[str, subprocess.Popen[bytes]]) -> Iterator[dict[str, MemoryUse]]:
    """Yield the greatest memory use of each process, which grows while the block runs."""
    most = {name: MemoryUse() for name in processes}
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_SAMPLE_S):
            for name, process in processes.items():
                if process.poll() is None:
                    most[name].raise_to(memory_of(process.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        is_over.set()
        thread.join()


def memory_of(pid: int) -> MemoryUse:
    """Return the memory use of a process and of its children. Pages that they share count for each of them."""
    held = MemoryUse()
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                info = one.memory_info()
                held.rss += info.rss
                held.anonymous += info.rss - info.shared
    return held
