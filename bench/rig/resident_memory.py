"""How much memory processes hold, and the most that they hold while something is done."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from msgspec import Struct

_SAMPLE_S = 0.02


class Held(Struct):
    """What a process holds, in bytes: all that is resident, and of it what is no file's page."""

    rss: int = 0
    anonymous: int = 0

    def raise_to(self, other: "Held") -> None:
        """Keep what is greater of each."""
        self.rss, self.anonymous = max(self.rss, other.rss), max(self.anonymous, other.anonymous)


@contextmanager
def watching(processes: dict[str, subprocess.Popen[bytes]]) -> Iterator[dict[str, Held]]:
    """Give the most that each of these holds at any time while the block runs."""
    most = {name: Held() for name in processes}
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_SAMPLE_S):
            for name, process in processes.items():
                if process.poll() is None:
                    most[name].raise_to(held_by(process.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        is_over.set()
        thread.join()


def held_by(pid: int) -> Held:
    """Return what a process and those that it started hold; pages that they share count for each of them."""
    held = Held()
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                info = one.memory_info()
                held.rss += info.rss
                held.anonymous += info.rss - info.shared
    return held
