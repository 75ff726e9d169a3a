"""The commands `events cat` and `events mp3`: one body, or the recording of one call, out of any log."""

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import click

from events.errors import DamagedEventError, EventsError
from events.log.event import Event
from events.log.filing import AUDIO
from events.log.protocol import EventLog
from events.open_log import open_log_there
from events.wire.recording import recording_of


class WithLog(Protocol):
    """The settings that the commands need."""

    @property
    def log_location(self) -> str | Path:
        """Where the log is."""


@click.command("cat")
@click.argument("path", metavar="PATH")
@click.pass_obj
def cat(settings: WithLog, path: str) -> None:
    """
    Write the body of the event at PATH to standard output, byte for byte as it was received.

    PATH is `path` in a line of the journal, such as conv_1/conv_1_transcription.json; in a folder's log it is the name
    of the file too. Where several events had that name, because an erasure was between, it is the last. What is
    written is checked: exit 1 if it turns out not to be what was received.
    """
    event = _last(open_log_there(settings.log_location), f"no event has the path {path}", path=path)
    for chunk in event.chunks():
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


@click.command("mp3")
@click.argument("conversation", metavar="CONVERSATION")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def mp3(settings: WithLog, conversation: str, file: Path) -> None:
    """
    Write the recording of CONVERSATION into a new FILE, 0600: the last that the log has of it.

    Whole or not at all; an existing FILE is left as it is.
    """
    log = open_log_there(settings.log_location)
    event = _last(log, f"the log has no recording of {conversation}", conversation_id=conversation, kind=AUDIO)
    recording = recording_of(event.part, event.chunks())
    if recording is None:
        raise DamagedEventError(f"{event.receipt.path} holds no recording")
    _write(file, recording.pieces())


def _last(log: EventLog, words: str, **wanted: str) -> Event:
    """Return the last event whose receipt has some values, whose body is there if that of any is."""
    found = [
        event
        for event in log.read()
        if isinstance(event, Event) and all(getattr(event.receipt, name) == value for name, value in wanted.items())
    ]
    if not found:
        raise EventsError(words)
    for event in reversed(found):
        with suppress(DamagedEventError):
            next(iter(event.part(0, 1)), b"")
            return event
    return found[-1]


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as writing:
            for piece in pieces:
                writing.write(piece)
        os.link(draft, file)
    except FileExistsError as error:
        raise EventsError(f"{file} exists, and is left as it is: name another file, or remove it") from error
    finally:
        draft.unlink()
