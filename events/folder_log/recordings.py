"""The recording of a call, as an MP3 file beside its event: a projection like any other, made to be listened to."""

import os
import uuid
from contextlib import suppress
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.disk.reading import is_one_files, open_file, reason_of
from events.errors import DamagedEventError, FileFaultError
from events.folder_log.blame import raise_unless_one_files
from events.log.event import Event
from events.log.filing import AUDIO, UNREADABLE
from events.log.receipt import Receipt
from events.wire.recording import Recording, recording_of


def write_mp3(folder: Path, event: Event) -> bool:
    """
    Write the recording of an audio event beside it, unless it is there and right; return whether it was written.

    Args:
        folder: the payload folder.

    Raises as `EventLog.write_recording` does.
    """
    recording = recording_of(event.part, event.chunks())
    target = folder / mp3_path(event.receipt.path)
    if recording is None or _is_right(target, recording):
        return False
    # A name of its own: a replay and a follower may write the same recording at once.
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        _write_aside(aside, recording)
        steps.reached("recording_written_aside")
        aside.replace(target)
        fsync_folder(target.parent)
        steps.reached("recording_renamed")
    except FileNotFoundError as error:
        raise_unless_one_files(folder, error)
        raise DamagedEventError(f"{event.receipt.path} is missing") from error  # erased, folder and all, just now
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise_unless_one_files(folder, error)
            raise FileFaultError(f"{mp3_path(event.receipt.path)} cannot be written: {reason_of(error)}") from error
        raise
    return True


def _write_aside(aside: Path, recording: Recording) -> None:
    fd = create_file(aside)
    try:
        for piece in recording.pieces():
            write_all(fd, piece)
        os.fsync(fd)
    finally:
        os.close(fd)


def _is_right(mp3: Path, recording: Recording) -> bool:
    """Return whether a file holds a recording; one that cannot be read does not, and is replaced."""
    try:
        with open_file(mp3, follows_link=False) as file:
            return recording.is_in(file)
    except OSError as error:
        if not is_one_files(error):
            raise
        return False


def mp3s(folder: Path, conversation_id: str) -> list[Path]:
    """Return the recordings that are seen in the folder of a conversation, by name."""
    try:
        return sorted(path for path in (folder / conversation_id).iterdir() if path.name.endswith(".mp3"))
    except OSError as error:
        raise_unless_one_files(folder, error)
        return []  # no folder, or none that can be listed


def mp3_path(path: str) -> str:
    """Return where the recording of an event lies, relative to the payload folder."""
    return path.rpartition(".")[0] + ".mp3"


def can_hold_recording(receipt: Receipt) -> bool:
    """Return whether an MP3 may have been made from an event; a body that was unreadable once may be audio to us."""
    return receipt.kind in {AUDIO, UNREADABLE}
