"""The folder in which the worker processes of one ingress share their counters."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

# The variable by which the client library of each worker finds where it shares its counters.
# Source: prometheus_client, "Multiprocess Mode".
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
_PREFIX = "elaoms-counters-"


@contextmanager
def shared_counters() -> Iterator[None]:
    """
    Have the worker processes that are started in the block share their counters, in a folder that goes with it.

    Folders of processes that were killed go first.
    """
    # In memory where there is some: what is counted must not wait for a disk, nor fail on a full one.
    within = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    for left in within.glob(f"{_PREFIX}*"):
        with suppress(OSError), _held(left):
            shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as stack:
        folder = _own_folder(stack, within)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ[SHARED_FOLDER] = folder
        stack.callback(os.environ.pop, SHARED_FOLDER, None)
        yield


def _own_folder(stack: ExitStack, within: Path) -> str:
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX, dir=within)
        # Another process that starts just now may take it for one that is left.
        with suppress(BlockingIOError, FileNotFoundError):
            stack.enter_context(_held(Path(folder)))
            if Path(folder).exists():
                return folder


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder for as long as this process lives, at most until the block ends; raises OSError if one holds it."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(fd)
