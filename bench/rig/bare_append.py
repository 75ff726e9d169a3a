"""A bare append to compare with: the same writes and fsyncs as ours in plain Python, and nothing else."""

import fcntl
import os
import threading
from pathlib import Path

# As long as the receipt of the captured payload.
_RECEIPT = b"r" * 580


class BareWriter:
    """
    Writes bodies as durably as the payload log: the same system calls in the same order.

    Several threads and processes may write at the same time. The threads of one process share the journal's fsync.
    """

    def __init__(self, folder: Path) -> None:
        self._root = str(folder)
        self._incoming = f"{self._root}/.incoming"
        os.makedirs(self._incoming, exist_ok=True)  # noqa: PTH103 - the bare call, here and below
        self._journal = os.open(f"{self._root}/journal", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._turn = threading.Lock()
        self._waiting_lock = threading.Lock()
        self._waiting: list[threading.Event] = []

    def append(self, name: str, body: bytes) -> None:
        """Write one body, and return once it is durable."""
        draft, receipt = f"{self._incoming}/{name}.body", f"{self._incoming}/{name}.receipt"
        folder = f"{self._root}/{name}"
        _write_durably(draft, body)
        _write_durably(receipt, _RECEIPT)
        _fsync_folder(self._incoming)
        os.mkdir(folder, 0o700)  # noqa: PTH102
        os.link(draft, f"{folder}/{name}_transcription.json")
        _fsync_folder(folder)
        _fsync_folder(self._root)
        self._commit()
        os.unlink(receipt)  # noqa: PTH108
        os.unlink(draft)  # noqa: PTH108

    def _commit(self) -> None:
        is_durable = threading.Event()
        with self._waiting_lock:
            self._waiting.append(is_durable)
        with self._turn:
            if is_durable.is_set():
                return
            with self._waiting_lock:
                batch, self._waiting = self._waiting, []
            fcntl.flock(self._journal, fcntl.LOCK_EX)
            os.write(self._journal, (_RECEIPT + b"\n") * len(batch))
            os.fsync(self._journal)
            fcntl.flock(self._journal, fcntl.LOCK_UN)
            for other in batch:
                other.set()


def _write_durably(path: str, data: bytes) -> None:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)


def _fsync_folder(path: str) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(fd)
    os.close(fd)
