"""Stand-ins for the model of search by meaning, and what a test makes vectors with."""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from projector.domain.memories import Memory
from projector.engines.meaning.encoder import Usual
from projector.read_model.tables.engine_tables import Stamp

_DIMENSIONS = 384
_WORD = re.compile(r"\w+")
# Words that mean the same to the stand-in, in two languages.
_SAME = (
    *("allergies allergic rash latex allergien", "parcel package delivery paket", "phone call ring anrufen"),
    *("invoice bill pay paid rechnung", "dog puppy pet hund", "doctor physician arzt"),
)
_MEANINGS = {word: words for words in _SAME for word in words.split()}


class StandIn:
    """
    An `Encoder` that counts words, and knows a few that mean the same; needs no model.

    `encoded` holds every text that was turned into a vector, in order.
    """

    name = "stand-in 1"
    dimensions = _DIMENSIONS
    usual = Usual(mean=0.0, deviation=0.1)

    def __init__(self, fingerprint: str = "stand-in-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []

    def question(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a question."""
        return self._vector(text)

    def memory(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a memory."""
        return self._vector(text)

    def _vector(self, text: str) -> NDArray[np.float32]:
        self.encoded.append(text)
        vector = np.full(_DIMENSIONS, 1e-3, np.float32)
        for word in _WORD.findall(text.lower()):
            vector[zlib.crc32(_MEANINGS.get(word, word).encode("utf-8", "replace")) % _DIMENSIONS] += 1
        normal: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return normal


class HeldMemories:
    """Memories that are in no read model, by caller and conversation; `Conversations`."""

    def __init__(self, held: Mapping[tuple[str, str], Sequence[Memory]]) -> None:
        self._held = held

    def conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation."""
        return list(self._held.get((caller, conversation_id), ()))

    def stamps(self) -> Iterator[Stamp]:
        """Yield what the memories of each conversation are."""
        for caller, conversation_id in sorted(self._held):
            if (stamp := self.stamp(caller, conversation_id)) is not None:
                yield stamp

    def stamp(self, caller: str, conversation_id: str) -> Stamp | None:
        """Return what the memories of one conversation are."""
        memories = self._held.get((caller, conversation_id))
        return Stamp(caller, conversation_id, zlib.crc32(repr(memories).encode())) if memories else None

    def newest_first(self) -> Iterator[tuple[str, str]]:
        """Yield each caller and conversation."""
        moments = {key: max(memory.occurred_at_s for memory in held) for key, held in self._held.items() if held}
        yield from sorted(moments, key=lambda key: -moments[key])
