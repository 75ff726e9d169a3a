"""How the memory engine is: asked in a thread of its own, so that one that hangs holds up nobody else."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

from events.logging import get_logger
from projector.damage import READ_ERRORS, in_words
from projector.engines import EngineSettings, open_store
from projector.errors import ProjectorError
from projector.reader import ReadModelReader

log = get_logger("engine")
# How long an engine may take to say how it is; who asks waits a little longer, for one that does not keep to that.
_ANSWER_S, _PATIENCE_S = 0.5, 0.75
_NO_ANSWER = "the memory engine does not answer in time"


class EngineHealth:
    """Asks the engine over the live generation."""

    def __init__(self, reader: ReadModelReader, settings: EngineSettings) -> None:
        self._reader = reader
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._asked: Future[str] | None = None

    def prepare(self) -> None:
        """Have an engine outside made ready, soon: the first who asks it is not to wait for what takes long once."""
        if self._settings.is_outside:
            self._asked = self._thread.submit(self._prepare)

    async def ask(self) -> str:
        """Return `ok`, or in words what is wrong; where it is still at an earlier answer, it is not asked again."""
        if self._asked is not None and not self._asked.done():
            return _NO_ANSWER
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
            return self._reader.open()[1].health(timeout_s=_ANSWER_S)
        except (ProjectorError, OSError, *READ_ERRORS) as error:
            return in_words(error)

    def _prepare(self) -> str:
        try:
            open_store(self._settings, may_create=False).check()
        except ProjectorError as error:
            # Events are taken and callers greeted all the same.
            log.warning("engine_not_ready", engine=self._settings.name, reason=str(error))
            return str(error)
        return "ok"
