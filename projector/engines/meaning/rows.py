"""What is stored of the vectors of one conversation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIGEST_BYTES = 32
# Each number of a vector becomes one byte, the largest one this: a cosine does not depend on the length.
_LARGEST = 127


class Row(Struct, frozen=True, array_like=True):
    """
    The vectors of one conversation of a caller.

    `digests` has one for each text, and `vectors` has the vectors of these texts, a byte to a number. `own` and
    `in_call` say for each memory of `ids` which text is its own, and which is the one with the agent's turn before it;
    numbers of 32 bits. `names` are what `names_said` found.
    """

    ids: list[str]
    own: bytes
    in_call: bytes
    digests: bytes
    vectors: bytes
    names: list[str]

    def by_digest(self, dimensions: int) -> dict[bytes, bytes]:
        """Return the vectors by the digests of their texts."""
        return {
            self.digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES]: self.vectors[
                at * dimensions : (at + 1) * dimensions
            ]
            for at in range(len(self.digests) // DIGEST_BYTES)
        }

    def is_whole(self, dimensions: int) -> bool:
        """Tell whether all parts fit each other."""
        texts, rest = divmod(len(self.digests), DIGEST_BYTES)
        numbers = np.frombuffer(self.own + self.in_call, "<u4")
        return (
            not rest
            and len(self.vectors) == texts * dimensions
            and len(self.own) == len(self.in_call) == 4 * len(self.ids)
            and (not len(numbers) or int(numbers.max()) < texts)
        )


_encode = msgspec.msgpack.Encoder().encode
_rows = msgspec.msgpack.Decoder(Row)


def pack(memories: Iterable[tuple[str, bytes, bytes]], vectors: Mapping[bytes, bytes], names: Sequence[str]) -> bytes:
    """
    Return a row, encoded.

    Args:
        memories: the id of each, the digest of its own text, and that of its text in the call.
        vectors: by digest; all are kept, but memories without both vectors are left out.
    """
    known = [memory for memory in memories if memory[1] in vectors and memory[2] in vectors]
    digests = list(vectors)
    number = {digest: at for at, digest in enumerate(digests)}
    return _encode(
        Row(
            ids=[id_ for id_, _, _ in known],
            own=np.array([number[own] for _, own, _ in known], "<u4").tobytes(),
            in_call=np.array([number[in_call] for _, _, in_call in known], "<u4").tobytes(),
            digests=b"".join(digests),
            vectors=b"".join(vectors.values()),
            names=list(names),
        )
    )


def unpack(bodies: Iterable[bytes], dimensions: int) -> list[Row]:
    """Return rows; what is none is left out."""
    rows = []
    for body in bodies:
        try:
            row = _rows.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if row.is_whole(dimensions):
            rows.append(row)
    return rows


def as_bytes(vector: "NDArray[np.float32]") -> bytes:
    """Return a vector with a byte for each number."""
    largest = float(np.abs(vector).max()) or 1.0
    numbers: bytes = np.rint(vector * (_LARGEST / largest)).astype(np.int8).tobytes()
    return numbers


def cosines(row: Row, question: "NDArray[np.float32]") -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
    """
    Return the cosine of a question and each memory of a row: of its text in the call, and of its own.

    Args:
        question: of length 1.
    """
    vectors = np.frombuffer(row.vectors, np.int8).reshape(-1, len(question)).astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    of_texts = (vectors @ question) / np.maximum(lengths, 1.0)
    return of_texts[np.frombuffer(row.in_call, "<u4")], of_texts[np.frombuffer(row.own, "<u4")]
