"""The lines that the projector writes to the process that makes vectors, and the exit code that it gives back."""

from msgspec import Struct

# The exit code of a process that cannot load its encoder: to start it again would not help.
NO_ENCODER = 3


class Start(Struct, frozen=True):
    """The first line: where the read model is, what is logged, and what `Noting` takes."""

    location: str
    log_level: str
    note_fd: int
    deadly: list[str]


# The other lines: conversations that have changed, None in place of one for all of a caller; None for all there are.
Changed = list[tuple[str, str | None]] | None
