"""What is stored of the vectors of one conversation, and how they are compared with a question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGEST_BYTES, _NUMBER_BYTES = 32, 4
_NUMBER = "<u4"
# Each number of a vector becomes one byte, the largest one this: a cosine does not depend on the length.
_LARGEST = 127
# So many bytes of vectors are compared in one go: that takes a fraction of a millisecond.
_BYTES_AT_ONCE = 200_000


class Head(Struct, frozen=True, array_like=True):
    """
    What a row says of its vectors.

    `own` and `in_call` say for each memory of `ids` which vector is that of its own text, and which that of the text
    with the agent's turn before it; numbers of 32 bits. `names` are what `names_said` found.
    """

    ids: list[str]
    own: bytes
    in_call: bytes
    names: list[str]


class Row(NamedTuple):
    """The vectors of one conversation, a byte to a number, with their head."""

    head: Head
    vectors: bytes


class Alike(NamedTuple):
    """
    The cosines of the memories of a caller with a question, and with what all questions have in common.

    `places` says by the id of a memory in which row of both it stands. The columns are the cosine of its text in the
    call, and that of its own text.
    """

    places: dict[str, int]
    asked: "NDArray[np.float32]"
    usual: "NDArray[np.float32]"


_encode = msgspec.msgpack.Encoder().encode
_heads = msgspec.msgpack.Decoder(Head)


def pack(
    memories: Iterable[tuple[str, bytes, bytes]], vectors: Mapping[bytes, bytes], names: Sequence[str]
) -> dict[str, bytes]:
    """
    Return the columns of a row, as `VectorTable.put` takes them.

    Args:
        memories: the id of each, the digest of its own text, and that of its text in the call.
        vectors: by digest; all are kept, but memories without both vectors are left out.
    """
    known = [memory for memory in memories if memory[1] in vectors and memory[2] in vectors]
    number = {digest: at for at, digest in enumerate(vectors)}
    head = Head(
        ids=[id_ for id_, _, _ in known],
        own=np.array([number[own] for _, own, _ in known], _NUMBER).tobytes(),
        in_call=np.array([number[in_call] for _, _, in_call in known], _NUMBER).tobytes(),
        names=list(names),
    )
    return {"head": _encode(head), "digests": b"".join(vectors), "vectors": b"".join(vectors.values())}


def by_digest(rows: Iterable[tuple[bytes, bytes]], dimensions: int) -> dict[bytes, bytes]:
    """Return vectors by the digests of their texts, out of columns with the ones and the others."""
    found: dict[bytes, bytes] = {}
    for digests, vectors in rows:
        for at in range(min(len(digests) // _DIGEST_BYTES, len(vectors) // dimensions)):
            digest = digests[at * _DIGEST_BYTES : (at + 1) * _DIGEST_BYTES]
            found[digest] = vectors[at * dimensions : (at + 1) * dimensions]
    return found


def unpack(rows: Iterable[tuple[bytes, bytes]], dimensions: int) -> Iterator[Row]:
    """Yield rows, out of columns with heads and vectors; what is none is left out."""
    for body, vectors in rows:
        try:
            head = _heads.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if _is_whole(head, len(vectors), dimensions):
            yield Row(head, vectors)


def as_bytes(vector: "NDArray[np.float32]") -> bytes:
    """Return a vector with a byte for each number."""
    largest = float(np.abs(vector).max()) or 1.0
    numbers: bytes = np.rint(vector * (_LARGEST / largest)).astype(np.int8).tobytes()
    return numbers


def compare(
    rows: Sequence[Row],
    question: "NDArray[np.float32]",
    usual_question: "NDArray[np.float32]",
    pause: Callable[[], None],
) -> Alike:
    """
    Compare a question, and what all questions have in common, with all memories.

    Args:
        question: of length 1.
        usual_question: see `usual_questions`.
        pause: called again and again.
    """
    asked, usual = [np.zeros((0, 2), np.float32)], [np.zeros((0, 2), np.float32)]
    for some in _batches(rows):
        pause()
        vectors = np.frombuffer(b"".join([row.vectors for row in some]), np.int8).reshape(-1, len(question))
        floats = vectors.astype(np.float32)
        lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", floats, floats)), 1.0)
        counts = [len(row.vectors) // len(question) for row in some]
        first = np.repeat(np.cumsum([0, *counts[:-1]]), [len(row.head.ids) for row in some])
        columns = [b"".join([row.head.in_call for row in some]), b"".join([row.head.own for row in some])]
        # A number that a damaged head has too large stands for another vector, and changes the order at worst.
        numbers = np.stack([np.frombuffer(column, _NUMBER) + first for column in columns], axis=1)
        numbers = np.minimum(numbers, len(vectors) - 1)
        for cosines, vector in ((asked, question), (usual, usual_question)):
            # Not `@`: that lets a second thread help, and waits for it where the processors are busy.
            cosines.append((np.einsum("ij,j->i", floats, vector) / lengths)[numbers])
    ids = [id_ for row in rows for id_ in row.head.ids]
    places = dict(zip(ids, range(len(ids)), strict=True))
    return Alike(places, np.concatenate(asked), np.concatenate(usual))


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    begin = size = 0
    for end, row in enumerate(rows):
        if size and size + len(row.vectors) > _BYTES_AT_ONCE:
            yield rows[begin:end]
            begin, size = end, 0
        size += len(row.vectors)
    if begin < len(rows):
        yield rows[begin:]


def _is_whole(head: Head, vector_bytes: int, dimensions: int) -> bool:
    """Tell whether a head and vectors fit each other."""
    count, rest = divmod(vector_bytes, dimensions)
    is_filled = count > 0 or not head.ids
    return is_filled and not rest and len(head.own) == len(head.in_call) == _NUMBER_BYTES * len(head.ids)
