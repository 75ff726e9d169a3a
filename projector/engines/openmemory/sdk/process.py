"""OpenMemory's SDK in this process: imported when it is needed, held to one file, and called by one thread."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from events.disk.durable import make_folder
from projector.engines.openmemory.sdk.file import is_complete, make_file, writing
from projector.engines.openmemory.sdk.install import SDK_SETTINGS_FILE
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError, EngineStoppedError

T = TypeVar("T")
# The SDK's own default; vectors of another size cannot be compared with these.
_DIMENSIONS = 1536


class SdkProcess:
    """
    The SDK, over one file. A process can have one of these: the SDK keeps its connection and settings in its modules.

    The SDK's calls are coroutines that never wait: they compute, and query SQLite over that connection. One thread runs
    them all, one after the other, for every thread that asks.

    Args:
        shutdown: once it is set, no call begins, and hardly any is waited for.
    """

    def __init__(self, shutdown: Shutdown) -> None:
        self.shutdown = shutdown
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="openmemory")
        self._memory: Any = None
        self._has_tried = False
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
        Return the result of a coroutine that is given the SDK's `Memory`, with its file open.

        Args:
            path: the file, absolute. Once one is open, any other is refused.
            may_create: whether to make the file where there is none.
            timeout_s: seconds after which to give up. A call that has begun goes on, and later calls wait for it.

        Raises:
            EngineStoppedError: this process is to end; a call that has begun is finished all the same.
            EngineError: the SDK cannot be used, took too long, or failed.
        """
        self.shutdown.check()
        answer = self._thread.submit(self._answer, path, question, may_create=may_create)
        try:
            return self.shutdown.result_of(answer, timeout_s)
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
        # Whatever the SDK raises is the world's fault: the projector waits and tries again, and blames no event for it.
        except Exception as error:
            raise EngineError(f"OpenMemory failed: {_describe(error)}") from error

    def _open(self, path: Path, *, may_create: bool) -> None:
        if self._memory is None:
            memory_type = _import_sdk(path, is_first=not self._has_tried)
            self._has_tried = True
            if may_create:
                make_folder(path.parent, is_durable=True)
                # Under the lock: of two processes that make the tables at once, one would fail.
                with writing(path, self.shutdown):
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


def _import_sdk(path: Path, *, is_first: bool) -> Any:
    if SDK_SETTINGS_FILE.exists():
        raise EngineError(f"OpenMemory would read {SDK_SETTINGS_FILE.absolute()}: remove it")
    try:
        import openmemory  # noqa: PLC0415 - takes seconds, and most installations use another engine
        from openmemory.core import config, vector_store  # noqa: PLC0415
        from openmemory.core.db import db  # noqa: PLC0415
        from openmemory.memory import hsg, user_summary  # noqa: PLC0415
        from openmemory.ops import ingest  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(f"OpenMemory's SDK cannot be imported: {error}") from error
    if is_first and db.conn is not None:
        raise EngineError("another part of this process has OpenMemory open, and OpenMemory can have one file only")
    # These override the environment, and a `.env` that may lie unnoticed beside the installed SDK.
    config.env.database_url = f"sqlite:///{path}"
    config.env.emb_kind = "synthetic"  # other kinds send the text to a server
    config.env.vec_dim = _DIMENSIONS
    config.env.use_summary_only = False  # it would shorten the text
    if not isinstance(vector_store.vector_store, vector_store.SQLiteVectorStore):
        raise EngineError("OpenMemory keeps its vectors elsewhere: unset OPENMEMORY_VECTOR_STORE")
    # It prints to stdout, which is our log, and among the rest whole phone numbers.
    for module in (hsg, user_summary, ingest):
        module.print = _print_nothing
    logging.getLogger("db").setLevel(logging.WARNING)
    return openmemory.Memory


def _connect(memory_type: Any, path: Path) -> Any:
    from openmemory.core.db import db  # noqa: PLC0415 - see above

    try:
        memory = memory_type()
    except sqlite3.IntegrityError:
        memory = memory_type()  # another process made the tables at the same time
    if not is_complete(path):
        # After a first try that failed to make the tables, the SDK takes its connection for ready.
        db.init_schema()
    # With the SDK's NORMAL a power cut could take a row that the read model knows of, and nothing would add it again.
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
    # The message of any other error may quote what a caller said.
    return str(error) if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
