"""
What a writer writes: one protocol for each table of a read model.

Changes join the transaction that is under way. Every method may raise as `ReadModel` says.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from events.log.receipt import Place
from projector.domain.memories import Memory
from projector.read_model.checksums import MemoryRow
from projector.read_model.records import (
    CallerSums,
    KeptCall,
    MissedCall,
    PartlyRead,
    PartlyReadCounts,
)
from projector.read_model.tables.erasing_tables import Erased, Erasures, Filed, Parties
from projector.read_model.tables.learning_tables import Agents, Corrections, Extractions, Histories, Merged, SaidTable


class Calls(Protocol):
    """The newest version of each call."""

    def put(
        self,
        call: KeptCall,
        *,
        agent_number: str | None,
        agent_id: str | None = None,
        sha256: str = "",
        counted_at_s: int | None = None,
        replaces: bool = True,
    ) -> bool:
        """
        Keep a version of a call, and return whether that was done; `call.checksum` is not looked at.

        Args:
            sha256: the hash of the webhook that it was read from.
            counted_at_s: when it took place, Unix seconds; None where nobody was there to say anything.
            replaces: whether it takes the place of a version that is kept; else nothing changes where there is one.
        """

    def get(self, conversation_id: str) -> KeptCall | None:
        """Return the version of a call that is kept; None where there is none."""

    def of(self, caller: str) -> list[KeptCall]:
        """Return the calls of a caller, in the order of their events' positions."""

    def remove(self, conversation_id: str) -> int:
        """Remove a call, and return how many there were."""

    def remove_missed(self, conversation_id: str) -> int:
        """Remove a call that did not come about, and return how many there were."""

    def callers(self) -> list[str]:
        """Return everybody who has called, in the order of their keys."""

    def put_missed(self, missed: MissedCall, caller: str, *, sha256: str) -> None:
        """Keep a call that did not come about, unless an event with a later (timestamp, sha256) is kept."""

    def note_machine(self, conversation_id: str) -> None:
        """Note that a machine answered a call, whether or not the call is kept yet."""

    def is_machine(self, conversation_id: str) -> bool:
        """Tell whether a machine is known to have answered a call."""

    def remove_machine(self, conversation_id: str) -> None:
        """Forget whether a machine answered a call; nothing changes where that is not known."""


class Links(Protocol):
    """Calls that name one person by two keys: the caller's, and an id that other calls name alone."""

    def note(self, conversation_id: str, id_: str, caller: str, at_s: int) -> None:
        """Note that a call that began at a second names its caller by an id too; it takes the place of what it said."""

    def remove(self, conversation_id: str) -> None:
        """Forget what a call says of who is who; nothing changes where it says nothing."""

    def id_in(self, conversation_id: str) -> str | None:
        """Return the id by which a call names its caller too; None where it does not."""

    def caller_of(self, id_: str) -> str | None:
        """Return the caller whose id this is, by the call with the greatest (second, id) that says so; else None."""


class Callers(Protocol):
    """
    One row for each caller: the view, the state of the fold, and sums that show a missing call or memory.

    The sums MUST be changed by what a transaction writes and removes; they MUST NOT be read from the calls and
    memories, for that would hide one that is missing. A transaction that changes these without writing the row MUST
    leave the row without a state: the next fold is then a whole one, and until then the check finds it.
    """

    def put(self, caller: str, view: bytes, state: bytes | None, sums: CallerSums | None = None) -> None:
        """
        Write the row of a caller whose calls and memories are written already.

        Args:
            view: the `CallerView` as JSON.
            state: the fold's `Trail` as JSON; None where the next fold is to be a whole one.
            sums: for a caller whose row was never written; None to change the sums by what this transaction wrote.
        """

    def remove(self, caller: str) -> None:
        """Remove the row of a caller; raises `ReadModelDamagedError` where the sums say that calls are left."""

    def state(self, caller: str) -> bytes | None:
        """Return the state of a caller's fold; None where there is none."""

    def sums(self, caller: str) -> CallerSums:
        """Return what a caller's calls and memories must add up to, this transaction's writes included."""

    def all(self) -> set[str]:
        """Return the keys of all callers."""


class Memories(Protocol):
    """The memories of all callers."""

    def insert(self, rows: Sequence[MemoryRow]) -> None:
        """Add memories that are not there yet, as `memory_row` made them."""

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the memories of one conversation of a caller."""

    def forget(self, caller: str) -> None:
        """Remove all memories of a caller."""

    def bodies(self, caller: str) -> Iterator[tuple[str, str, int, bytes]]:
        """Yield the conversation, the id, the checksum and the JSON of each memory of a caller, unchecked."""

    def of_conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation of a caller, in the order in which they were inserted."""

    def beginning_with(self, caller: str, prefix: str) -> list[Memory]:
        """
        Return the memories of a caller whose conversation begins with a text, as those of facts do.

        They come by their conversations' ids, and within one in the order in which they were inserted.
        """

    def count_by_kind(self, caller: str) -> Counter[str]:
        """Return how many memories of each kind a caller has."""

    def count_of(self, caller: str, conversation_id: str) -> Counter[str]:
        """Return how many memories of each kind one conversation of a caller has."""


class Faults(Protocol):
    """Events that could not be folded; the key is an event's position and the hash of its receipt."""

    def record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, now_s: int, is_final: bool = False
    ) -> None:
        """Note one more failed attempt; it is due again 60, 300 and 1800 s after `now_s`, then never; final: never."""

    def note_partly_read(self, event: PartlyRead) -> None:
        """Note what of an event could not be read, which is no failed attempt; the newest note of an event counts."""

    def attempts(self, place: Place) -> int:
        """Return how often the event at a place was tried in vain."""

    def clear(self, place: Place) -> None:
        """Forget the fault at a place: its event was folded after all."""

    def clear_conversation(self, conversation_id: str) -> None:
        """Forget the faults of an erased conversation, but for final ones, and what could not be read of its events."""

    def due(self, *, now_s: int) -> list[Place]:
        """Return the places of the events that are to be tried again by now (Unix seconds)."""

    def ask_again(self, position: int | None, *, now_s: int) -> int:
        """Make one fault due now (None: all of them), and return how many became due; final ones never do."""

    def places(self) -> list[Place]:
        """Return the places of the events that could not be folded; not of those whose fault is final."""


class PartlyReads(Protocol):
    """Events of which something could not be read; `Faults` writes them."""

    def all(self) -> list[PartlyRead]:
        """Return all of them, in the order of the log."""

    def counts(self, *, since_s: int) -> PartlyReadCounts:
        """Return how many there are; `unreadable_since` counts bodies that came in after a second (Unix seconds)."""


class Outbox(Protocol):
    """Conversations whose changes an outside engine has not received yet."""

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Note that the memories of a conversation have changed."""

    def forget(self, caller: str) -> None:
        """Note all conversations of a caller: before the memories are removed, or to have them delivered again."""

    def begin_forgetting(self, caller: str) -> None:
        """Note all conversations of a caller who is being forgotten, before the first of them is removed."""

    def forget_some(self, caller: str) -> bool:
        """Return False: what is noted of a caller is delivered, and nothing of it removed before."""

    def is_there(self) -> bool:
        """Tell whether anything is still to be delivered."""

    def conversations(self) -> Iterator[tuple[str, str, list[Memory]]]:
        """Yield each caller and conversation in the outbox, with its memories as they are now."""

    def remove(self, caller: str, conversation_id: str) -> None:
        """Note that a conversation was delivered."""


class Tables(Protocol):
    """All tables of one generation."""

    @property
    def calls(self) -> Calls: ...
    @property
    def links(self) -> Links: ...
    @property
    def extractions(self) -> Extractions: ...
    @property
    def corrections(self) -> Corrections: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def merged(self) -> Merged: ...
    @property
    def said(self) -> SaidTable: ...
    @property
    def histories(self) -> Histories: ...
    @property
    def callers(self) -> Callers: ...
    @property
    def memories(self) -> Memories: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def filed(self) -> Filed: ...
    @property
    def erased(self) -> Erased: ...
    @property
    def erasures(self) -> Erasures: ...
