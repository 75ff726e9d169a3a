"""The likeness of meaning of a caller's memories to a question, for an engine that ranks by words."""

import math
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from events.process.logging import get_logger
from projector.engines.meaning.encoder import Usual
from projector.engines.meaning.questions import Questions
from projector.errors import ProjectorError
from projector.read_model.tables.engine_tables import VectorReader, VectorTable

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from projector.engines.meaning.rows import Alike, Row

logger = get_logger("engine")


class Meaning:
    """
    What searches of one process need besides words.

    Args:
        vectors: returns what reads the vectors of an encoder, given its fingerprint.
        deadline_s: how long a question may wait for its vector.
    """

    def __init__(self, questions: Questions, vectors: Callable[[str], VectorReader], *, deadline_s: float) -> None:
        self.questions = questions
        self._vectors = vectors
        self._reader: VectorReader | None = None
        self._deadline_s = deadline_s
        self._has_failed = False
        self._lock = threading.Lock()

    def close(self) -> None:
        """Stop the thread that computes, and close all vectors; nobody searches any more."""
        self.questions.close()
        with self._lock:
            if self._reader is not None:
                self._reader.close()

    def ask(
        self,
        caller: str,
        question: str,
        *,
        names: Collection[str] = (),
        timeout_s: float | None = None,
        pause: Callable[[], None] = lambda: None,
    ) -> "Asked | None":
        """
        Begin to look for what means the same as a question; None if there is nothing to compare it with in time.

        Args:
            names: of the caller; words that are in every call anyway are found here.
            timeout_s: how long the whole search may take; half of it is left to the words.
            pause: see `Engine.search`.
        """
        encoder = self.questions.encoder
        until_s = time.monotonic() + min(self._deadline_s, math.inf if timeout_s is None else timeout_s / 2)
        if encoder is None or not question.strip():
            return None
        from projector.engines.meaning.texts import names_of_calls, without_names, words_of_names  # noqa: PLC0415

        rows = self._rows(caller, encoder.dimensions, until_s, pause)
        if not rows:
            return None
        unsaid = names_of_calls(row.head.names for row in rows) | words_of_names(names)
        begun = self.questions.begin(without_names(question, unsaid), until_s=until_s)
        return Asked(self.questions, rows, begun, encoder.usual, until_s)

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read a caller's vectors into memory."""
        try:
            if (vectors := self._opened()) is not None:
                vectors.read_ahead(caller)
        except (OSError, ProjectorError) as error:
            logger.debug("warming_failed", error=str(error))

    def _rows(self, caller: str, dimensions: int, until_s: float, pause: Callable[[], None]) -> "list[Row]":
        rows = list["Row"]()
        reading = self._read(caller, dimensions)
        while True:
            pause()
            if time.monotonic() > until_s:
                self.questions.note_late("the vectors of the memories were not read in time")
                return []
            try:
                row = next(reading, None)
            except (OSError, ProjectorError) as error:
                if not self._has_failed:
                    consequence = "memories are found by their words"  # the projector makes damaged ones anew
                    logger.warning("vectors_not_read", reason=str(error), consequence=consequence)
                self._has_failed = True
                return []
            if row is None:
                self._has_failed = False
                return rows
            rows.append(row)

    def _read(self, caller: str, dimensions: int) -> "Iterator[Row]":
        from projector.engines.meaning.rows import unpack  # noqa: PLC0415 - numpy is there where an encoder is

        if (vectors := self._opened()) is not None:
            yield from unpack(vectors.of(caller), dimensions)

    def _opened(self) -> VectorTable | None:
        with self._lock:
            if self._reader is None and (encoder := self.questions.encoder) is not None:
                self._reader = self._vectors(encoder.fingerprint)
        return self._reader.open() if self._reader is not None else None


class Asked:
    """A question whose vector is being made."""

    def __init__(
        self,
        questions: Questions,
        rows: "list[Row]",
        begun: "Future[NDArray[float32]]",
        usual: Usual,
        until_s: float,
    ) -> None:
        self._questions = questions
        self._rows = rows
        self._begun = begun
        self._until_s = until_s
        self.usual = usual

    def alike(self, pause: Callable[[], None]) -> "Alike | None":
        """
        Return how alike the memories are; None if the question's vector did not come in time.

        Memories that have no vectors yet are not there. This waits for the vector, so do all else before.

        Args:
            pause: called again and again.
        """
        from projector.engines.meaning.rows import compare  # noqa: PLC0415 - numpy is there by now

        question = self._questions.vector(self._begun, until_s=self._until_s)
        return None if question is None else compare(self._rows, question, self._questions.usual, pause)
