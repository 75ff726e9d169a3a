"""What memory engines keep in the read model: the tables that they are given, whichever database holds these."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from projector.read_model.records import OpenMemoryRow


class SegmentTable(Protocol):
    """
    The segments of the lexical index: one for each conversation that has memories.

    Changes join the transaction that is under way. Reading raises `ReadModelDamagedError` for a row that is not what
    was written.
    """

    def put(self, caller: str, conversation_id: str, body: bytes) -> None:
        """Write the segment of a conversation of a caller."""

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the segment of a conversation of a caller, if there is one."""

    def remove_caller(self, caller: str) -> None:
        """Remove all segments of a caller."""

    def bodies(self, caller: str, *, until_s: float | None) -> list[bytes]:
        """
        Return all segments of a caller.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: they were not read by then.
        """

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read the pages of a caller's segments into memory."""

    def with_memories(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield every segment with the memories of its conversation, encoded as the read model holds them."""

    def memory_count(self) -> int:
        """Return how many memories the read model holds, of all callers."""


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


class EngineTables(Protocol):
    """The tables of one generation that belong to engines; only those of the generation's own engine exist."""

    @property
    def segments(self) -> SegmentTable:
        """Those of the lexical engine."""

    @property
    def openmemory_rows(self) -> OpenMemoryTable:
        """Those of OpenMemory."""
