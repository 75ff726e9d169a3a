"""
What one generation of a read model is, wherever it is kept: a reading side and a writing side.

Every method may raise `ReadModelDamagedError`, which only a replay mends, or `ReadModelBusyError`: a retry is safe.
`tests/contract/read_models` holds every implementation to this. `generations` says how one of them becomes live.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from events.log.receipt import Place
from projector.domain.memories import CallerView, Memory
from projector.read_model.records import (
    ErasureState,
    Extracted,
    Fault,
    KeptCall,
    KeptCorrection,
    KnownClock,
    MissedCall,
    SchemaVersion,
)
from projector.read_model.tables.engine_tables import Conversations, EngineTables
from projector.read_model.tables.learning_tables import KnownAgents, ReadExtractions
from projector.read_model.tables.projection_tables import PartlyReads, Tables
from projector.read_model.tables.sharing_tables import Sharing


class ReadModel(Conversations, KnownAgents, Protocol):
    """The reading side of one generation: what was committed, and for a writer also what it has not committed yet."""

    @property
    def engine_tables(self) -> EngineTables:
        """What the memory engine keeps in this generation, to be given to the engine."""

    @property
    def partly_read(self) -> PartlyReads: ...
    @property
    def extractions(self) -> ReadExtractions: ...
    def place(self) -> Place | None:
        """Return how far the log has been folded."""

    def version(self) -> SchemaVersion:
        """Return what the generation is written in. This, and the three before and after, MUST read any release's."""

    def fingerprint(self) -> str | None:
        """Return the fingerprint of the fold and the settings that the generation was made with."""

    def engine(self) -> str | None:
        """Return the name of the memory engine that the generation was made with."""

    def view(self, caller: str) -> CallerView | None:
        """Return what is known of a caller; None for one who never called."""

    def views(self) -> Iterator[CallerView]:
        """Yield what is known of each caller, by their keys; none who is being forgotten."""

    def memories(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return those of the memories with these ids that are the caller's own, by id. MUST return no others."""

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest current memories of a caller that an agent may be told (None: any), newest first."""

    def within(self, caller: str, since_s: int, until_s: int, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return what `recent` does, from one second until before another; none that stem from many calls."""

    def facts(self, caller: str) -> list[Memory]:
        """Return the memories of kind `fact` of a caller, current ones and former ones, in the order of their ids."""

    def heaviest_facts(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return current facts that an agent may be told (None: any), the heaviest first; the limit bounds the cost."""

    def sensitive_facts(self, caller: str) -> list[Memory]:
        """Return those of `facts` that are sensitive, whoever may hear them; MUST NOT read the others."""

    def periods(self, caller: str, fact: Memory) -> list[Memory]:
        """Return those of `facts` that answer what one of them answers, as it was and is; MUST NOT read the others."""

    def planned_facts(self, caller: str) -> list[Memory]:
        """Return those of `facts` that were told as planned, whoever may hear them; MUST NOT read the others."""

    def corrections(self, caller: str) -> list[KeptCorrection]:
        """Return what was corrected of a caller, in the order of the log."""

    def correction(self, position: int) -> KeptCorrection | None:
        """Return the correction at a position of the log; None where none is projected."""

    def extracted(self, conversation_id: str) -> Extracted | None:
        """Return a call with what models said of it; None for a call that is not kept, or is being forgotten."""

    def all_memories(self, caller: str) -> Iterator[Memory]:
        """Yield every memory of a caller in the order of the calls; MUST hold no lock while the reader is slow."""

    def caller_of_memory(self, memory_id: str) -> str | None:
        """Return whose a memory is; None where there is none with this id, or the caller is being forgotten."""

    def kept_calls(self, caller: str) -> list[KeptCall]:
        """Return the calls of a caller, in the order of their events; none of one who is being forgotten."""

    def sectors(self) -> dict[str, int]:
        """Return how many memories of each sector there are; those of who is being forgotten are not counted."""

    def remembered_as(self, caller: str) -> str:
        """Return the key under which a caller is remembered: another one, where a call or a person names both."""

    def keys_of(self, caller: str) -> list[str]:
        """Return all keys that a person said are one caller's, the one under which the caller is remembered first."""

    def caller_of(self, conversation_id: str) -> str | None:
        """Return the caller of a call; None if there is no such call, or the caller is being forgotten."""

    def is_agent_line(self, number: str) -> bool:
        """Tell whether a number was seen as an agent's own line."""

    def missed_calls(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about, oldest first."""

    def conversations(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions, oldest first; missed calls too."""

    def begun_until(self, until_s: int, *, limit: int) -> list[str]:
        """Return conversations that began by a second and are not erased, the oldest first, as far as parties say."""

    def is_erased(self, conversation_id: str) -> bool:
        """Tell whether a conversation was erased; its receipts stay in the log."""

    def erasure(self, position: int) -> ErasureState | None:
        """Return how far the request at a position is; None while it is not projected."""

    def unfinished_erasures(self, *, requested_until_s: int) -> int:
        """Return how many requests made by then (Unix seconds) are still to be carried out."""

    def owed(self) -> int:
        """Return of how many callers an outside engine has not received all changes yet."""

    def waiting(self) -> int:
        """Return how many callers wait to be folded, though their calls are kept."""

    def faults(self) -> list[Fault]:
        """Return the events that could not be folded, in the order of the log."""

    def counts(self) -> dict[str, int]:
        """Return how many `callers`, `calls`, `memories`, `faults`, `corrections` and current `facts` there are."""

    def dump(self) -> Iterator[str]:
        """
        Yield every caller view and memory as the lines of one JSON document.

        Canonical: sorted, one record to a line, without clocks and paths. Equal read models MUST give equal bytes.
        """


class ReadModelWriter(Tables, Protocol):
    """The writing side of one generation; one process and one thread at a time."""

    @property
    def read_model(self) -> ReadModel:
        """What is written so far, also by the transaction under way."""

    @property
    def was_as_left(self) -> bool:
        """Whether its files looked as `Generations.note_left` noted them when it was opened."""

    @property
    def sharing(self) -> Sharing | None:
        """How several projectors work on it at once; None where one alone can."""

    def transaction(self) -> AbstractContextManager[None]:
        """
        Make the writes of a block one: readers see all of them after it, or none if it raises.

        A power cut MAY undo the last transactions, in order: the next catch-up makes them again from the log.
        """

    def note_place(self, place: Place) -> None:
        """Note how far the log has been folded, as part of the transaction."""

    def clock(self) -> KnownClock:
        """Return what the log said of the time until now."""

    def note_clock(self, clock: KnownClock) -> None:
        """Note what the log said of the time until now, as part of the transaction."""

    def checkpoint(self) -> bool:
        """
        Move what was committed to where it stays, and leave no byte of what was removed in any file.

        MUST cost what was written since the last time. Returns False if a reader of an older state is in the way.
        """

    def check_files(self) -> None:
        """Look from outside whether the files can be touched; MUST be cheap. Raises `ReadModelDamagedError`."""

    def close(self) -> None:
        """Close it; what was not committed is lost."""
