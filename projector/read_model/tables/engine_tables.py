"""What memory engines keep in the read model: the tables that they are given, whichever database holds these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from projector.domain.memories import Memory
from projector.read_model.records import OpenMemoryRow


class SegmentTable(Protocol):
    """
    The segments of the lexical index: one for each conversation that has memories, each at a place of its own.

    Changes join the transaction that is under way. Reading raises `ReadModelDamagedError` for a row that is not what
    was written.
    """

    def put(self, caller: str, segments: Iterable[tuple[str, int, bytes]]) -> None:
        """
        Write segments of conversations of a caller.

        Args:
            segments: the conversation, the place, at least 0 and below 2 to the power of 63, and the segment.
        """

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the segment of a conversation of a caller, if there is one."""

    def remove_caller(self, caller: str) -> None:
        """Remove all segments of a caller."""

    def remove_some(self, caller: str) -> bool:
        """Remove a few segments of a caller, and return whether there were any."""

    def is_forgotten(self, caller: str) -> bool:
        """
        Tell whether a caller is being forgotten: nothing is to be found of them, though segments and blocks are there.

        What is read of all callers leaves these out.
        """

    def get(self, caller: str, conversation_id: str) -> tuple[int, bytes] | None:
        """Return the place of a conversation's segment, and the segment; None where there is none."""

    def newest_place(self, caller: str) -> int | None:
        """Return the last place of a caller's segments; None where there are none."""

    def next_place(self, caller: str, low: int, high: int) -> int | None:
        """Return the first place of a caller's segments between two places, these included; None without one."""

    def has_more(self, caller: str, low: int, high: int, than: int) -> bool:
        """Tell whether a caller has more segments than a number between two places, these included."""

    def between(self, caller: str, low: int, high: int) -> list[bytes]:
        """Return the segments of a caller between two places, these included, in the order of their places."""

    def reading(self, until_s: float | None) -> AbstractContextManager[None]:
        """
        Let all reads of the block see one moment.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: a row was not read by then.
        """

    def read_ahead(self, caller: str, low: int) -> None:
        """Have the operating system read the pages of a caller's segments from a place on into memory."""

    def with_memories(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield every segment with the memories of its conversation, encoded as the read model holds them."""

    def places(self, *, more_than: int) -> Iterator[tuple[str, list[int]]]:
        """Yield each caller who has more segments than a number, and the places of these segments, in order."""

    def memory_count(self) -> int:
        """Return how many memories the read model holds, of all callers."""


class BlockTable(Protocol):
    """
    The blocks of the lexical index, each of a range of places of one caller. A block has columns and numbered rows.

    Changes join the transaction that is under way. Reading raises `ReadModelDamagedError` for a row that is not what
    was written.
    """

    def put(self, caller: str, range_: tuple[int, int], columns: bytes, rows: Mapping[int, bytes]) -> None:
        """Write a block where there is none."""

    def renew(self, caller: str, range_: tuple[int, int], columns: bytes) -> None:
        """Write the columns of a block anew, and leave its rows as they are."""

    def remove(self, caller: str, low: int) -> None:
        """Remove the block that begins at a place."""

    def remove_caller(self, caller: str) -> None:
        """Remove all blocks of a caller."""

    def remove_some(self, caller: str) -> bool:
        """Remove a few rows or blocks of a caller, which then do not fit each other; return whether there were any."""

    def end(self, caller: str) -> int:
        """Return the place after the last block of a caller; 0 where there is none."""

    def overlapping(self, caller: str, low: int, high: int) -> list[tuple[int, int]]:
        """Return the ranges of the blocks that hold a place between two places, these included."""

    def columns(self, caller: str) -> Iterator[tuple[int, int, bytes]]:
        """Yield the first place, the last place and the columns of each block of a caller, in order."""

    def row(self, caller: str, number: int, low: int) -> bytes | None:
        """Return a row of the block that begins at a place; None where it has no such row."""

    def rows(self, caller: str, number: int) -> dict[int, bytes]:
        """Return all rows of one number of a caller, by the first place of their block."""

    def counts(self) -> tuple[int, int]:
        """Return how many blocks there are of all callers, and how many rows these have."""

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read the pages into memory that every search of a caller needs."""


class OpenMemoryTable(Protocol):
    """
    Which row of OpenMemory holds which memory, and what else the read model notes of OpenMemory.

    Changes join the transaction that is under way. Reading raises `ReadModelDamagedError` for a row that is not what
    was written.
    """

    def replace(self, caller: str, conversation_id: str, rows: Iterable[OpenMemoryRow]) -> None:
        """Note that these rows, and no others, hold the memories of a conversation of a caller."""

    def forget(self, caller: str) -> None:
        """Note that no row holds anything of a caller, and drop the caller's profile."""

    def known(self, caller: str, row_ids: Sequence[str]) -> dict[str, OpenMemoryRow]:
        """Return those of the rows that hold memories of a caller, by their ids."""

    def count(self, caller: str) -> int:
        """Return how many rows hold memories of a caller."""

    def is_owed(self, caller: str) -> bool:
        """Tell whether the outbox holds changes of a caller, which OpenMemory and these tables do not know yet."""

    def note_profile(self, caller: str, summary: str) -> None:
        """Note what OpenMemory says of a caller; an empty summary removes the note."""

    def profile(self, caller: str) -> str:
        """Return the noted summary of a caller; empty where there is none."""

    def note_mark(self, row_id: str, token: str) -> None:
        """Note the row that is the mark of this generation, and the token that it holds."""

    def mark(self) -> tuple[str, str] | None:
        """Return the row id of the mark and its token; None where OpenMemory was not filled yet."""

    def note_shortened(self) -> None:
        """Note that OpenMemory kept less of a text than it was given."""

    def is_shortened(self) -> bool:
        """Tell whether that was noted since this generation was begun."""

    def check(self) -> None:
        """
        Read all rows, and compare them with the memories.

        Raises:
            ReadModelDamagedError: a row is damaged, a memory has no row, or a row has no memory. Callers with changes
                in the outbox are not compared.
        """


class Stamp(NamedTuple):
    """
    A conversation of a caller, and what its memories were at one moment, as a number.

    The number is another one where a memory was added, removed or changed.
    """

    caller: str
    conversation_id: str
    stamp: int


class Conversations(Protocol):
    """What whoever makes vectors asks of a generation; of a caller who is being forgotten there is nothing."""

    def conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation of a caller."""

    def stamps(self) -> Iterator[Stamp]:
        """
        Yield what the memories of each conversation are, in the order of callers and conversations.

        Equal memories MUST have equal stamps in every generation.
        """

    def stamp(self, caller: str, conversation_id: str) -> Stamp | None:
        """Return what the memories of one conversation are; None where `stamps` has none of it."""

    def newest_first(self) -> Iterator[tuple[str, str]]:
        """Yield each caller and conversation of which there are memories, by the newest of these."""


class VectorTable(Protocol):
    """
    The vectors that one encoder made of memories: a row for each conversation of a caller, in no generation.

    Every method may raise `ReadModelBusyError`, after which a retry is safe, and `ReadModelDamagedError`.
    """

    def of(self, caller: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield the head and the vectors of each row of a caller, as they are read."""

    def of_conversation(self, caller: str, conversation_id: str) -> list[tuple[bytes, bytes]]:
        """
        Return the digests and the vectors of each row of a conversation, under any caller.

        Of what stems from many calls, `NO_CONVERSATION`, the row of `caller` alone: every caller has one.
        """

    def stamps(self, caller: str | None = None) -> Iterator[Stamp]:
        """Yield which rows there are, of one caller or of all, in the order of callers and conversations."""

    def changing(self) -> AbstractContextManager[None]:
        """Keep all other writers out until the block ends, and make its changes one."""

    def put(self, stamp: Stamp, *, head: bytes, digests: bytes, vectors: bytes) -> None:
        """Write the row of a conversation, in place of the one before."""

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the row of a conversation, if there is one."""

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read the pages of a caller's rows into memory."""

    def why_damaged(self) -> str | None:
        """Return what is wrong with them, looked through as a whole; None if nothing is."""

    def is_there(self) -> bool:
        """Tell whether this is still what others read and write: not where somebody removed it."""

    def close(self) -> None:
        """Close it."""


class VectorReader(Protocol):
    """Reads the vectors of one encoder, as soon as there are any; safe to share among threads."""

    def open(self) -> VectorTable | None:
        """
        Return the vectors, the same object to the same thread as long as they are there; None without any.

        Raises:
            ReadModelDamagedError, ReadModelBusyError: they cannot be read.
        """

    def close(self) -> None:
        """Close what all threads have open; nobody reads any more."""


class EngineTables(Protocol):
    """The tables of one generation that belong to engines; only those of the generation's own engine exist."""

    @property
    def segments(self) -> SegmentTable:
        """The lexical engine's, one for each conversation."""

    @property
    def blocks(self) -> BlockTable:
        """The lexical engine's, of older conversations."""

    @property
    def openmemory_rows(self) -> OpenMemoryTable:
        """Those of OpenMemory."""
