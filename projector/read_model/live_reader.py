"""What reads the generation that is live, whichever that is, for as long as a process runs."""

from typing import Protocol

from projector.read_model.protocol import ReadModel


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
