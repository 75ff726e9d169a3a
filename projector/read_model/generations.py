"""
The generations of a read model, wherever it is kept: how one is made and becomes live, and what reads the live one.

Every method may raise `ReadModelDamagedError`, which only a replay mends, or `ReadModelBusyError`: a retry is safe.
`tests/contract/read_models` holds every implementation to this.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from projector.read_model.fingerprints import FilePart, Footprint
from projector.read_model.protocol import ReadModel, ReadModelWriter


class Helpers(Protocol):
    """Other processes that help to settle a generation."""

    def wipe(self, location: str, parts: Sequence[FilePart]) -> None:
        """Call `Generations.wipe_part` for each part, in whatever process, and raise what it raises."""


class Generations(Protocol):
    """
    The generations of one read model, one of which is live.

    `location` is what `open_generations` opened them by, and may hold a password: in messages stands `str` of this,
    which MUST NOT print one.
    """

    @property
    def location(self) -> str: ...

    def current(self) -> int | None:
        """Return the number of the live generation; None before the first."""

    def has(self, generation: int) -> bool:
        """Tell whether a generation is there."""

    def begin(self) -> int:
        """Make room for the next generation, and return its number; hold the replay lock."""

    def create(self, generation: int, *, fingerprint: str, engine: str, is_outside: bool) -> ReadModelWriter:
        """
        Make the tables of a generation that was begun, and open it; until it is settled, nobody else reads it.

        Args:
            fingerprint, engine: what the generation is made with.
            is_outside: whether the engine keeps its index outside of the read model.
        """

    def settle(self, generation: int, *, helpers: Helpers | None = None) -> None:
        """
        Make a filled generation durable, and readable while it is written; it MUST hold no byte of what was removed.

        Raises `ReadModelMissingError` where somebody removed it.

        Args:
            helpers: other processes, which help to remove these bytes.
        """

    def wipe_part(self, part: FilePart) -> None:
        """
        Overwrite what was removed, in one part of a filled generation; `settle` or its helpers call this for each part.

        Several processes may wipe different parts at once.

        Raises:
            ReadModelMissingError: somebody removed the generation; another one of that number is left as it is.
        """

    def open(self, generation: int) -> ReadModelWriter:
        """Open a generation for writing; forget how it was left, for what comes now is not watched yet."""

    def read(self, generation: int) -> AbstractContextManager[ReadModel]:
        """Open a generation for reading, until the block ends."""

    def publish(self, generation: int, *, guard: AbstractContextManager[bool] | None = None) -> bool:
        """
        Make a generation the live one, durably and at once for all readers, remove the others, and return True.

        The one that was live before stays for readers of another release: if its schema is another one, its settings
        are the same, it is not damaged, and no erasure in it is unfinished.

        Args:
            guard: entered just before the moment, and left just after it; False if nothing is to be done after all.
        """

    def discard(self, generation: int) -> None:
        """Remove a generation that is not to become live."""

    def sweep(self) -> None:
        """Remove all generations but the live one; hold the replay lock."""

    def drop_former(self, *, kept_for_s: float = 0.0) -> None:
        """Remove what `publish` left for readers of another release, once it is `kept_for_s` old; needs no lock."""

    def mark_damaged(self, generation: int) -> None:
        """Note that a generation is damaged, or seems to be: no reader answers from it until the mark is gone."""

    def is_marked_damaged(self, generation: int) -> bool:
        """Tell whether a generation is noted to be damaged."""

    def clear_mark(self, generation: int) -> None:
        """Note that a generation is not damaged after all."""

    def check(
        self,
        generation: int,
        check_index: Callable[[ReadModel], None],
        *,
        is_outside: bool,
        should_go_on: Callable[[], bool],
        on_begun: Callable[[], None],
    ) -> None:
        """
        Check a whole generation on one snapshot. Writers are not blocked.

        Args:
            check_index: compares the index of the memory engine with the memories.
            should_go_on: asked again and again; False ends the check.
            on_begun: called once the snapshot is taken: what is written from then on is not looked at.

        Raises:
            ReadModelDamagedError: it is not what was written.
            ReplayStoppedError: `should_go_on` said no.
        """

    def footprint(self, generation: int) -> Footprint:
        """Return how the files of a generation look now."""

    def note_left(self, generation: int) -> None:
        """Note how the files of a generation look now: who finds them so need not check them."""

    def clean_beside(self, generation: int, *, should_go_on: Callable[[], bool]) -> None:
        """
        Keep only vectors of memories, and notes on questions about calls, that are in a generation.

        Of others no byte MUST be left. Any thread may do so.

        Raises:
            ReplayStoppedError: `should_go_on`, which is asked again and again, said no.
            ReadModelDamagedError: the generation is damaged.
            ReadModelBusyError, OSError: a reader or a writer of the vectors is in the way, or the disk is full.
        """

    def shared(self) -> Sequence[int]:
        """Return the generations in which other processes may fold beside who takes: what is filled, what is live."""

    def lock(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """
        Hold a lock among processes: `follow` to write the live generation, `replay` to fill the next one.

        Yields whether it is held: with `wait` always, else only where no other process has it.
        """

    def still_holds(self, name: str) -> bool:
        """Tell whether a lock that was taken here keeps others out: not if somebody removed it."""


class LiveReader(Protocol):
    """Reads the live generation, whichever that is; safe to share among threads."""

    def open(self) -> ReadModel:
        """
        Return the live generation: the same object to the same thread, as long as that generation is live and whole.

        If this release cannot read the schema of the live one, the newest former one that it can read, if one is left.

        Raises:
            ReadModelMissingError: there is none yet, or none that can be opened, or it is noted to be damaged.
            ReadModelVersionError: none is written in a schema that this release can read.
            ReadModelDamagedError: it is damaged, and not noted yet: call `report_damage`.
        """

    def generation(self) -> int | None:
        """Return the number of the live generation; None where there is none."""

    def gap(self) -> str | None:
        """Return what to do where another release wrote the live generation, and this one cannot read it; else None."""

    def report_damage(self) -> None:
        """Note that what this thread has open is damaged, for the projector and for other readers."""

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged."""

    def close(self) -> None:
        """Close what this thread has open; the next `open` opens it again."""
