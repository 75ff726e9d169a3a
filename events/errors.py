"""Everything that can go wrong on the ground floor."""

from collections.abc import Iterator
from contextlib import contextmanager


class EventsError(Exception):
    """Root of the errors of this package."""


class SettingsError(EventsError):
    """
    The environment lacks something or holds something unusable; nothing was opened yet.

    Trying again is useless until the operator has mended every one of `faults`.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class SignatureError(EventsError):
    """A webhook is not proven to come from ElevenLabs; nothing of it was kept. A retry needs a new signature."""


class BodyTooLargeError(EventsError):
    """A body exceeds the cap; nothing of it was kept. The same body will be refused again."""


class LogClosedError(EventsError):
    """The log cannot take an event now (no room, an I/O error); nothing of it was kept. A retry is safe."""


class JournalError(EventsError):
    """The journal is damaged where it must be read; nothing was changed. A retry helps only once it is mended."""


class PositionError(EventsError):
    """The journal holds another line where a reader left off: it was restored or cut. The reader must replay."""


class DamagedEventError(EventsError):
    """A stored file is missing or does not match its receipt. A retry helps only once the file is restored."""


class AudioError(EventsError):
    """An audio event holds no recording that can be decoded. A retry helps only after a mend of ours."""


def closed_by(error: OSError) -> LogClosedError:
    """Return what a fault of the world (no room, an I/O error) means to whoever appends; it names the fault."""
    closed = LogClosedError(f"the payload log cannot take an event now: {error.strerror or error}")
    closed.__cause__ = error
    return closed


@contextmanager
def closing_the_log() -> Iterator[None]:
    """Turn the world's faults into `LogClosedError`."""
    try:
        yield
    except OSError as error:
        raise closed_by(error) from error
