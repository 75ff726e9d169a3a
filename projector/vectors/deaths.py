"""
What the process that makes vectors has died of, and how soon it is begun again.

The model is native code: a text may end the process. So the process notes each text before it is turned into a vector,
and the next one leaves out what has ended two of them.
"""

import os
import signal
import sys
import tempfile
from collections import Counter
from typing import TYPE_CHECKING

from projector.engines.meaning.encoder import Encoder
from projector.engines.meaning.texts import digest_of
from projector.errors import MeaningError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

_BACKOFF_S = (1.0, 5.0, 30.0, 300.0)
# One that has lived for so long died of something else than the one before.
_LONG_S = _BACKOFF_S[-1]
# By these a process is ended by its own code. By others it may be ended for want of memory, or by a person: then a text
# is only to blame the second time.
_FAULTS = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGABRT})
_OTHERS_MAX = 2
# After a death that is explained the next process does better at once. So many explain nothing: the model is broken.
_DEADLY_MAX = 20
_NOTHING = bytes(32)


class Deaths:
    """
    Counts the deaths, and knows the texts at which they happened, by their digests.

    `note_fd` is the file descriptor to which the process notes what it has at hand; see `Noting`.
    """

    def __init__(self) -> None:
        self.note_fd = _unnamed_file()
        self._in_a_row = 0
        self._at = Counter[bytes]()

    @property
    def deadly(self) -> list[str]:
        """The digests of texts that ended the process, in hexadecimal."""
        return [digest.hex() for digest, deaths in self._at.items() if deaths >= _OTHERS_MAX]

    def add(self, code: int, *, lived_s: float) -> float:
        """
        Count a death, and return after how many seconds the process is to be begun again.

        Args:
            code: what it ended with; negative for a signal.
            lived_s: for how long it had lived.
        """
        digest = os.pread(self.note_fd, len(_NOTHING), 0)
        os.pwrite(self.note_fd, _NOTHING, 0)
        if digest not in {_NOTHING, b""}:
            self._at[digest] += _OTHERS_MAX if -code in _FAULTS else 1
            if self._at[digest] >= _OTHERS_MAX and len(self.deadly) <= _DEADLY_MAX:
                return _BACKOFF_S[0]
        self._in_a_row = 1 if lived_s >= _LONG_S else self._in_a_row + 1
        return _BACKOFF_S[min(self._in_a_row, len(_BACKOFF_S)) - 1]

    def close(self) -> None:
        """Close the note."""
        os.close(self.note_fd)


class Noting:
    """
    An `Encoder` that notes what it has at hand, and refuses what has ended a process.

    Args:
        note_fd, deadly: see `Deaths`.
    """

    def __init__(self, encoder: Encoder, note_fd: int, deadly: list[str]) -> None:
        self._encoder = encoder
        self._note_fd = note_fd
        self._deadly = frozenset(map(bytes.fromhex, deadly))
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimensions, self.usual = encoder.dimensions, encoder.usual

    def question(self, text: str) -> "NDArray[float32]":
        """Return the vector of a question."""
        return self._encoder.question(text)

    def memory(self, text: str) -> "NDArray[float32]":
        """Return the vector of something that may answer a question; raises `MeaningError` for a deadly one."""
        digest = digest_of(text)
        if digest in self._deadly:
            raise MeaningError("this text has ended the process that makes vectors")
        os.pwrite(self._note_fd, digest, 0)
        vector = self._encoder.memory(text)
        os.pwrite(self._note_fd, _NOTHING, 0)
        return vector


def _unnamed_file() -> int:
    """Return the descriptor of a file that has no name, and is gone with us: what a dead process wrote can be read."""
    try:
        if sys.platform == "linux":
            return os.memfd_create("vectors")
        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())
    except OSError:
        return os.open(os.devnull, os.O_RDWR)  # then no text is blamed
