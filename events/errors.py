"""
The errors of the package `events`, by who must act.

    EventsError
    ├── SettingsError        the operator: a setting is missing or unusable
    ├── MissingExtraError    the operator: an optional part of the installation is missing
    ├── SignatureError       the sender: the webhook is not proven to be ElevenLabs'
    │   └── UntimelySignatureError   the operator, where its digest is right: a clock is wrong
    ├── BodyTooLargeError    the sender: the body is above the cap
    ├── LogClosedError       the machine: the disk is full or fails; retry later
    │   └── StillHeldError   nobody: others of its group were held for long enough, and this one may go on
    ├── JournalError         the operator: the journal is damaged
    ├── LogKeyError          the operator: LOG_KEY is missing, or is not the key of this log
    ├── UnprovenEventError   the operator: an event of our own is not proven to be ours
    ├── PositionError        the projector: the journal was restored or cut; replay it
    ├── DamagedEventError    the operator: an event's file is missing or altered
    │   └── UnreadEventError the operator: it is there, but cannot be read
    ├── FileFaultError       the operator: one file of the log cannot be written or removed
    └── AudioError           us: an audio event holds no recording that we can decode
"""

from collections.abc import Iterator
from contextlib import contextmanager


class EventsError(Exception):
    """Root of the errors of this package."""


class SettingsError(EventsError):
    """
    A setting is missing or unusable. No socket and no file was opened yet.

    A retry does not help until the operator has fixed every one of `faults`.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class MissingExtraError(EventsError):
    """Something needs an optional part that is not installed. A retry helps once it is."""


class SignatureError(EventsError):
    """A webhook is not proven to come from ElevenLabs. Nothing of it was kept; a retry needs a new signature."""


class UntimelySignatureError(SignatureError):
    """
    A signature says that it was made too long ago, or in the future.

    `age_s` is its age in seconds by our clock, negative for one from the future. Whether its digest is right is not
    known.
    """

    def __init__(self, age_s: int) -> None:
        super().__init__("the signature's timestamp is outside the tolerance")
        self.age_s = age_s


class BodyTooLargeError(EventsError):
    """A body exceeds the cap. Nothing of it was kept; the same body will be refused again."""


class LogClosedError(EventsError):
    """
    The log cannot take an event now: the disk is full or fails, or a server does not answer. A retry is safe.

    Nothing of it was kept; but where a server fell silent, the event may be there all the same, and nobody was told so.
    """


class StillHeldError(LogClosedError):
    """
    The log takes nothing now. It gave a whole group back, because some bodies were held as long as they may be.

    This body may be held longer. Publish it again with the moment at which it came: the log holds it for the rest.
    """


class JournalError(EventsError):
    """The journal is gone or damaged where it must be read. Nothing was changed; a retry helps only after a repair."""


class LogKeyError(EventsError):
    """`LOG_KEY` is missing or another than this log's. Nothing was appended; a retry helps once it is set right."""


class UnprovenEventError(EventsError):
    """An event of our own is forged or not proven, and was not obeyed. A retry helps once its key is at hand."""


class PositionError(EventsError):
    """The journal was restored or cut: it holds another line where a reader left off. The reader must replay."""


class DamagedEventError(EventsError):
    """A stored file is missing or does not match its receipt. A retry helps only after the file is restored."""


class UnreadEventError(DamagedEventError):
    """
    The system refuses to read the file of one event, while the log itself can be read: a right, a bad sector, a pipe
    in its place. The message says what the system said. A retry helps once that is mended.
    """


class FileFaultError(EventsError):
    """
    The system refuses to write or remove single files of the log, while the log itself works.

    Whatever else was to be done is done. A retry helps once the files that the message names are mended.
    """


class AudioError(EventsError):
    """An audio event holds no recording that we can decode. A retry helps only with a newer version of ours."""


def log_closed_error(error: OSError) -> LogClosedError:
    """Return the error that an appender gets when the operating system refuses a write; it names the cause."""
    closed = LogClosedError(f"the payload log cannot take an event now: {error.strerror or error}")
    closed.__cause__ = error
    return closed


@contextmanager
def os_errors_as_log_closed() -> Iterator[None]:
    """Raise `LogClosedError` in place of any `OSError` from the block."""
    try:
        yield
    except OSError as error:
        raise log_closed_error(error) from error
