"""The health of the memory engine, asked in a thread of its own: an engine that hangs holds up nothing else."""

import asyncio
import os
import re
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

from events.process.logging import get_logger
from ingress.lookups.outage_log import OutageLog
from projector.engines.open import Engines
from projector.engines.settings import EMBEDDED
from projector.errors import EngineError, EngineStoppedError, ProjectorError
from projector.read_side.reader import ReadModelReader

logger = get_logger("engine")
# The time an engine has to answer. Callers wait slightly longer, in case the engine ignores its timeout.
_ANSWER_S, _PATIENCE_S = 0.5, 0.75
_NO_ANSWER = "the memory engine does not answer in time"
_NO_READ_MODEL = "the read model could not be read just now"
_PATH = re.compile(r"(?<![\w.:/])/[^\s'\",;:()]+")


class EngineHealth:
    """
    Asks the engine over the live generation; if the settings name another one by now, that one as well.

    Anybody may read the answer, so it names no path and no address; the log does.

    Args:
        engines: of this process.
    """

    def __init__(self, reader: ReadModelReader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines
        self._settings = engines.settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._asked: Future[str] | None = None
        self._outages = OutageLog(lost="engine_failed", back="engine_recovered")

    def prepare(self) -> None:
        """Warm up an outside engine in the background, so that the first request does not pay its start-up cost."""
        if self._settings.is_outside:
            self._thread.submit(self._prepare)

    async def ask(self) -> str:
        """Return `ok`, or what is wrong, in words for an operator; simultaneous callers share one answer."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._answer)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._asked)), _PATIENCE_S)
        except TimeoutError:
            return _NO_ANSWER

    def close(self) -> None:
        """Stop the thread, without waiting for it; it closes what it has open."""
        if self._asked is not None:
            self._asked.cancel()
        self._thread.submit(self._reader.close)
        self._thread.shutdown(wait=False)

    def _answer(self) -> str:
        try:
            return without_location(self._describe(), self._settings.location)
        except EngineError as error:
            return without_location(str(error), self._settings.location)
        except (ProjectorError, OSError) as error:
            logger.warning("engine_not_asked", reason=str(error))
            return _NO_READ_MODEL

    def _describe(self) -> str:
        if self._reader.generation() is None:
            self._check_set()
            return "ok"
        read_model, engine = self._reader.open()
        in_use = read_model.engine() or EMBEDDED
        if in_use == self._settings.name:
            message = engine.health(timeout_s=_ANSWER_S)
            self._note(message)
            return message
        message = f"{self._settings.name} is set, but the memories are those of {in_use} until a replay has moved them"
        try:
            self._check_set()
        except EngineError as error:
            return f"{message}; {error}"
        return message

    def _note(self, message: str) -> None:
        if message == "ok":
            self._outages.note_success()
        elif not self._engines.shutdown.is_set():
            self._outages.note_failure(message)

    def _check_set(self) -> None:
        """Check the engine that the settings name, which the next replay will fill."""
        if self._settings.is_outside:
            self._engines.store(may_create=False).check(timeout_s=_ANSWER_S)

    def _prepare(self) -> None:
        try:
            self._engines.store(may_create=False).check()
        except EngineStoppedError:
            pass
        except ProjectorError as error:
            # Not fatal: webhooks are appended and callers greeted without the engine.
            logger.warning("engine_not_ready", engine=self._settings.name, reason=str(error))


def without_location(message: str, location: str) -> str:
    """
    Return an engine's message about itself without any path, and without its own location.

    Args:
        location: the path of the engine's file, or the URL of its server; empty for the embedded engine.
    """
    # Longest first: the real path may end with the path that was set.
    for known in sorted({location, os.path.realpath(location)} if location else (), key=len, reverse=True):
        message = message.replace(f" at {known}", "").replace(known, "its file")
    if host := urlsplit(location).hostname:
        message = message.replace(f"'{host}'", "its host")  # in errors of TLS about the certificate of another host
    return _PATH.sub("[path]", message)
