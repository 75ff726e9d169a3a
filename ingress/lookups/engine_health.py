"""How the memory engine is: asked in a thread of its own, so that one that hangs holds up nobody else."""

import asyncio
import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

from events.process.logging import get_logger
from ingress.lookups.outage_log import OutageLog
from projector.engines import shutdown as stopping
from projector.engines.registry import open_store
from projector.engines.settings import EMBEDDED, EngineSettings
from projector.errors import EngineError, EngineStoppedError, ProjectorError
from projector.read_model.sqlite.damage import READ_ERRORS, describe
from projector.read_side.reader import ReadModelReader

logger = get_logger("engine")
# How long an engine may take to say how it is; who asks waits a little longer, for one that does not keep to that.
_ANSWER_S, _PATIENCE_S = 0.5, 0.75
_NO_ANSWER = "the memory engine does not answer in time"
_NO_READ_MODEL = "the read model could not be read just now"
_PATH = re.compile(r"(?<![\w.:/])/[^\s'\",;:()]+")


class EngineHealth:
    """
    Asks the engine over the live generation; where another one is set by now, that one, why it is not in use yet.

    Anybody may read what it says: that names no path and no address. The log does.
    """

    def __init__(self, reader: ReadModelReader, settings: EngineSettings) -> None:
        self._reader = reader
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._asked: Future[str] | None = None
        self._outages = OutageLog(lost="engine_failed", back="engine_recovered")

    def prepare(self) -> None:
        """Have an engine outside made ready, soon: the first who asks it is not to wait for what takes long once."""
        if self._settings.is_outside:
            self._thread.submit(self._prepare)

    async def ask(self) -> str:
        """Return `ok`, or in words what is wrong; all who ask at the same time are told the same answer."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._answer)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._asked)), _PATIENCE_S)
        except TimeoutError:
            return _NO_ANSWER

    def close(self) -> None:
        """End the thread, without waiting for it."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _answer(self) -> str:
        try:
            return without_places(self._describe(), self._settings.location)
        except EngineError as error:
            return without_places(str(error), self._settings.location)
        except (ProjectorError, OSError, *READ_ERRORS) as error:
            logger.warning("engine_not_asked", reason=describe(error))
            return _NO_READ_MODEL

    def _describe(self) -> str:
        if self._reader.generation() is None:
            self._check_set()
            return "ok"
        read_model, engine = self._reader.open()
        in_use = read_model.meta("engine") or EMBEDDED
        if in_use == self._settings.name:
            words = engine.health(timeout_s=_ANSWER_S)
            self._note(words)
            return words
        words = f"{self._settings.name} is set, but the memories are those of {in_use} until a replay has moved them"
        try:
            self._check_set()
        except EngineError as error:
            return f"{words}; {error}"
        return words

    def _note(self, words: str) -> None:
        if words == "ok":
            self._outages.note_success()
        elif not stopping.STOP.is_set():
            self._outages.note_failure(words)

    def _check_set(self) -> None:
        """Check the engine that is set, which a replay is to fill."""
        if self._settings.is_outside:
            open_store(self._settings, may_create=False).check(timeout_s=_ANSWER_S)

    def _prepare(self) -> None:
        try:
            open_store(self._settings, may_create=False).check()
        except EngineStoppedError:
            pass
        except ProjectorError as error:
            # Events are taken and callers greeted all the same.
            logger.warning("engine_not_ready", engine=self._settings.name, reason=str(error))


def without_places(words: str, place: str) -> str:
    """Return what an engine says of itself without any path, and without `place`, the path or URL where it is."""
    # Longest first: as the system calls a path, it may end with the path as it was set.
    for known in sorted({place, os.path.realpath(place)} if place else (), key=len, reverse=True):
        words = words.replace(f" at {known}", "").replace(known, "its file")
    if host := urlsplit(place).hostname:
        words = words.replace(f"'{host}'", "its host")  # as TLS says that a certificate is another's
    return _PATH.sub("[path]", words)
