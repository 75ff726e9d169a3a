"""OpenMemory's SDK in this process: imported when it is needed, held to one file, and asked by one thread."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from events.disk.durable import make_folder
from projector.engines import shutdown as stopping
from projector.engines.openmemory.sdk.file import is_complete, make_file, writing
from projector.engines.openmemory.sdk.install import SDK_SETTINGS_FILE
from projector.errors import EngineError, EngineStoppedError

T = TypeVar("T")
# The SDK's own default; vectors of another size cannot be compared with these.
_DIMENSIONS = 1536


class SdkProcess:
    """
    What the SDK has once per process: its connection to one file, its settings and its cache.

    Its calls are coroutines that never wait for anything: they compute, and ask SQLite through the one connection. One
    thread does them all, one after the other, for whichever thread asks.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="openmemory")
        self._memory: Any = None
        self._path = Path()
        self._inode = (0, 0)

    def ask(
        self,
        path: Path,
        question: Callable[[Any], Coroutine[Any, Any, T]],
        *,
        may_create: bool,
        timeout_s: float | None = None,
    ) -> T:
        """
        Return what a coroutine makes of the SDK's `Memory`, with its file open.

        Args:
            path: the file, absolute; the first one that could be opened is that of the process.
            may_create: whether to make the file where it is not there.
            timeout_s: seconds after which to give up; what has begun then goes on, and others wait for it.

        Raises:
            EngineStoppedError: this process is to end; what has begun is brought to its end all the same.
            EngineError: it cannot be used, took too long, or failed.
        """
        stopping.check_stop()
        answer = self._thread.submit(self._answer, path, question, may_create=may_create)
        try:
            return stopping.result_of(answer, timeout_s)
        except EngineStoppedError:
            answer.cancel()
            raise
        except TimeoutError as error:
            answer.cancel()
            raise EngineError("OpenMemory took too long") from error

    def _answer(self, path: Path, question: Callable[[Any], Coroutine[Any, Any, T]], *, may_create: bool) -> T:
        try:
            self._open(path, may_create=may_create)
            return asyncio.run(question(self._memory))
        except EngineError:
            raise
        # Whatever a library of others raises is a fault of the world: to be waited for, not of one event.
        except Exception as error:
            raise EngineError(f"OpenMemory failed: {_describe(error)}") from error

    def _open(self, path: Path, *, may_create: bool) -> None:
        if self._memory is None:
            memory_type = _import_sdk(path)
            if may_create:
                make_folder(path.parent, is_durable=True)
                # Of two that make the tables at once, one would fail.
                with writing(path):
                    make_file(path)
                    memory = _connect(memory_type, path)
            elif is_complete(path):
                memory = _connect(memory_type, path)
            else:
                raise EngineError(f"there is no OpenMemory file at {path} yet; the projector makes it")
            self._memory, self._path, self._inode = memory, path, _inode(path)
        if path != self._path:
            raise EngineError(f"this process has {self._path} open, and OpenMemory can have one file only")
        if _inode(path) != self._inode:
            raise EngineError(f"{path} was removed or replaced while it was open: start this process again")


def _import_sdk(path: Path) -> Any:
    if SDK_SETTINGS_FILE.exists():
        raise EngineError(f"OpenMemory would read {SDK_SETTINGS_FILE.absolute()}: remove it")
    try:
        import openmemory  # noqa: PLC0415 - takes seconds, and most installations use another engine
        from openmemory.core import config, vector_store  # noqa: PLC0415
        from openmemory.memory import hsg, user_summary  # noqa: PLC0415
        from openmemory.ops import ingest  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(f"OpenMemory's SDK cannot be imported: {error}") from error
    # Whatever the environment says, or a `.env` beside the installed SDK, of which nobody knows.
    config.env.database_url = f"sqlite:///{path}"
    config.env.emb_kind = "synthetic"  # others send the words to a server
    config.env.vec_dim = _DIMENSIONS
    config.env.use_summary_only = False  # would cut the words short
    if not isinstance(vector_store.vector_store, vector_store.SQLiteVectorStore):
        raise EngineError("OpenMemory keeps its vectors elsewhere: unset OPENMEMORY_VECTOR_STORE")
    # It prints to stdout, which is our log, and whole numbers among the rest.
    for module in (hsg, user_summary, ingest):
        module.print = _print_nothing
    logging.getLogger("db").setLevel(logging.WARNING)
    return openmemory.Memory


def _connect(memory_type: Any, path: Path) -> Any:
    from openmemory.core.db import db  # noqa: PLC0415 - see above

    try:
        memory = memory_type()
    except sqlite3.IntegrityError:
        memory = memory_type()  # another process was first
    if not is_complete(path):
        # The SDK takes a connection for open of which only the first try to make the tables failed.
        db.init_schema()
    # What a power cut takes from it while the read model keeps it would never be put again. The SDK says NORMAL.
    db.conn.execute("PRAGMA synchronous = FULL")
    return memory


def _print_nothing(*_: object, **__: object) -> None:
    pass


def _inode(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return 0, 0
    return stat.st_dev, stat.st_ino


def _describe(error: Exception) -> str:
    # What others say may quote what they were given.
    return str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__


SDK = SdkProcess()
