"""
The process that makes vectors: see `projector.vectors.worker`.

It reads from stdin what has changed, a line for each batch, until the projector closes that, or dies. It looks at the
live generation as any reader does, and is the only one to write vectors.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import msgspec

from events.process import logging
from projector.engines.meaning.e5 import E5
from projector.engines.meaning.encoder import Encoder
from projector.errors import MeaningError, ProjectorError, ReadModelDamagedError
from projector.read_model.open import open_live_reader, open_vectors
from projector.read_model.tables.engine_tables import VectorTable
from projector.vectors.deaths import Noting
from projector.vectors.filling import Filling
from projector.vectors.messages import NO_ENCODER, Changed, Start

logger = logging.get_logger("engine")
_NICENESS = 19
_RETRY_S = 1.0
_SAID_EVERY_S = 60.0
# A replay, or another process that writes, is over sooner; what lasts longer is for a person to look at.
_TRIES_BEFORE_SAID = 10
_changed = msgspec.json.Decoder(Changed)


class _MoreUrgentError(Exception):
    """A call was just learned: its vectors come first."""


class _Work:
    """What is to be done, and by whom it was told."""

    def __init__(
        self, location: str | Path, vectors: VectorTable, encoder: Encoder, lines: "SimpleQueue[Changed]"
    ) -> None:
        self._lines = lines
        self._vectors = vectors
        self._reader = open_live_reader(location)
        self._filling = Filling(self._reader.open, vectors, encoder, check=self._check_lines)
        self._must_compare = True
        self._is_busy = False
        self._say_at_s = 0.0
        self._tries = 0

    def go_on(self) -> None:
        """
        Do what is to be done, and wait for more; ends where the file of the vectors is gone.

        Raises:
            ReadModelDamagedError: that file is damaged, or the generation, which the projector mends.
        """
        while self._vectors.is_there():
            try:
                self._take_lines()
                if self._must_compare:
                    self._filling.compare()
                    self._must_compare = False
                is_done = not self._filling.step()
                self._tries = 0
                if not is_done:
                    self._say()
                    continue
                self._say_done()
                self._take(self._lines.get())
            except _MoreUrgentError:
                continue
            except ReadModelDamagedError:
                if self._vectors.why_damaged() is None:
                    self._reader.report_damage()  # the projector checks the generation, and makes it anew
                raise
            except (ProjectorError, OSError) as error:
                self._wait(error)
            except Exception as error:  # noqa: BLE001 - an outermost loop: one bad conversation does not stop the rest
                logger.warning("vectors_failed", reason=type(error).__name__)  # what it says may hold words of a call
                if self._must_compare or not self._filling.leave():
                    time.sleep(_RETRY_S)

    def close(self) -> None:
        """Close the generation that this thread has open."""
        self._reader.close()

    def _check_lines(self) -> None:
        if not self._lines.empty():
            raise _MoreUrgentError

    def _take_lines(self) -> None:
        with suppress(Empty):
            while True:
                self._take(self._lines.get_nowait())

    def _take(self, changed: Changed) -> None:
        if changed is None:
            self._must_compare = True
        else:
            self._filling.note(changed)

    def _wait(self, error: Exception) -> None:
        self._tries += 1
        say = logger.warning if self._tries == _TRIES_BEFORE_SAID else logger.debug
        say("vectors_waiting", reason=str(error), retry_in_s=_RETRY_S)
        time.sleep(_RETRY_S)

    def _say(self) -> None:
        if time.monotonic() < self._say_at_s:
            return
        if self._say_at_s:  # once the first minute is over
            self._is_busy = True
            self._say_made()
        self._say_at_s = time.monotonic() + _SAID_EVERY_S

    def _say_made(self) -> None:
        filling = self._filling
        logger.info("vectors_made", computed=filling.computed, failed=filling.failed, conversations_left=filling.left)

    def _say_done(self) -> None:
        if self._is_busy:
            self._say_made()
        self._is_busy, self._say_at_s = False, 0.0


def main() -> None:
    """Work until the projector closes stdin."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal sends them to the whole group
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(_NICENESS)
    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    logging.configure(level=start.log_level)
    lines: SimpleQueue[Changed] = SimpleQueue()
    Thread(target=_read, args=(lines.put,), daemon=True).start()
    Thread(target=_end_with_the_projector, daemon=True).start()
    try:
        encoder = Noting(E5(), start.note_fd, start.deadly)
    except MeaningError as error:
        logger.info("vectors_not_made", reason=str(error), consequence="memories are found by their words")
        sys.exit(NO_ENCODER)
    logger.info("vectors_begun", encoder=encoder.name)
    while True:
        try:
            with (
                closing(open_vectors(start.location, encoder.fingerprint)) as vectors,
                closing(_Work(start.location, vectors, encoder, lines)) as work,
            ):
                work.go_on()
        except (ProjectorError, OSError) as error:
            logger.warning("vectors_waiting", reason=str(error), retry_in_s=_RETRY_S)
        time.sleep(_RETRY_S)


def _read(put: Callable[[Changed], None]) -> None:
    with suppress(OSError, msgspec.MsgspecError):
        for line in sys.stdin.buffer:
            put(_changed.decode(line))


def _end_with_the_projector() -> None:
    """End this process once nobody can write to stdin any more, whatever it is doing: it can be done again."""
    # Asked for nothing, poll reports only that the other end of the pipe is closed.
    end = select.poll()
    end.register(sys.stdin.fileno(), 0)
    end.poll()
    os._exit(0)


if __name__ == "__main__":
    main()
