"""Turns questions into vectors while a caller is on the line: in one thread, the latest kept, never waited for long."""

import hashlib
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from events.process.logging import get_logger
from projector.engines.meaning.encoder import Encoder
from projector.errors import MeaningError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

logger = get_logger("engine")
_KEPT = 1024
# Greetings go first.
_NICENESS = 19
_LOADING = "the model is being loaded"


class Questions:
    """
    The encoder of one process, and the vectors of the latest questions.

    `late` counts the questions that were answered without their vector, because it did not come in time.

    Args:
        load: returns the encoder; called once, in the thread that computes. It may raise `MeaningError`.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="meaning", initializer=_step_back)
        self._lock = threading.Lock()
        self._vectors = OrderedDict[bytes, _Begun]()
        self._encoder: Encoder | None = None
        self._usual: NDArray[float32] | None = None
        self._why_not = _LOADING
        self.late = 0

    @property
    def encoder(self) -> Encoder | None:
        """The encoder, once it is loaded; None until then, and where it cannot be used."""
        return self._encoder

    @property
    def usual(self) -> "NDArray[float32]":
        """What all questions have in common, once the encoder is loaded: see `usual_questions`."""
        assert self._usual is not None
        return self._usual

    @property
    def why_not(self) -> str:
        """Why there is no encoder, in words for an operator; empty if there is one."""
        return self._why_not

    def prepare(self) -> Future[None]:
        """Load the encoder, in the background; call it once. What is returned is done once it is there, or is not."""
        return self._thread.submit(self._prepare)

    def begin(self, question: str, *, until_s: float) -> "Future[NDArray[float32]]":
        """
        Begin to turn a question into a vector; `vector` waits for it.

        Args:
            until_s: when nobody waits any longer, on the monotonic clock: what was not begun by then is not begun.
        """
        key = hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            known = self._vectors.get(key)
            if known is not None and not known.has_failed():
                self._vectors.move_to_end(key)
                known.until_s = max(known.until_s, until_s)
                return known.vector
            begun = self._vectors[key] = _Begun(until_s)
            begun.vector = self._thread.submit(self._encode, question, begun)
            while len(self._vectors) > _KEPT:
                self._vectors.popitem(last=False)
            return begun.vector

    def vector(self, begun: "Future[NDArray[float32]]", *, until_s: float) -> "NDArray[float32] | None":
        """Return the vector that was begun; None where it does not come by then, which is counted and logged."""
        try:
            return begun.result(max(0.0, until_s - time.monotonic()))
        except TimeoutError:
            reason = "the vector of the question did not come in time"
        except MeaningError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a model does, the words answer
            reason = type(error).__name__  # what it says may hold the question
        self.note_late(reason)
        return None

    def note_late(self, reason: str) -> None:
        """Count and log a question that words alone answer."""
        self.late += 1
        logger.info("searched_by_words", reason=reason, late=self.late)

    def close(self) -> None:
        """Stop the thread, without waiting for it."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _prepare(self) -> None:
        try:
            encoder = self._load()
            self._usual = _usual(encoder)
        except MeaningError as error:
            self._why_not = str(error)
            logger.info("meaning_not_used", reason=self._why_not, consequence="memories are found by their words")
            return
        self._encoder, self._why_not = encoder, ""
        logger.info("meaning_used", encoder=encoder.name)

    def _encode(self, question: str, begun: "_Begun") -> "NDArray[float32]":
        with self._lock:
            begun.is_given_up = self._encoder is None or time.monotonic() > begun.until_s
        if self._encoder is None or begun.is_given_up:
            raise MeaningError("the vector of the question was not begun in time")
        return self._encoder.question(question)


def _usual(encoder: Encoder) -> "NDArray[float32]":
    from projector.engines.meaning.usual_questions import usual_question  # noqa: PLC0415 - needs numpy

    try:
        return usual_question(encoder)
    except Exception as error:
        raise MeaningError(f"the model turns no question into a vector: {type(error).__name__}") from error


class _Begun:
    """
    A vector that is being made, or is there.

    Somebody waits for it until `until_s`, on the monotonic clock. Changed only under the lock.
    """

    vector: "Future[NDArray[float32]]"

    def __init__(self, until_s: float) -> None:
        self.until_s = until_s
        self.is_given_up = False

    def has_failed(self) -> bool:
        """Tell whether there will be no vector."""
        return self.is_given_up or (self.vector.done() and self.vector.exception() is not None)


def _step_back() -> None:
    """Let the threads that greet go first: on Linux each thread has a niceness of its own."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
