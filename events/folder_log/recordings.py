"""The recording of a call, as an MP3 file beside its event: a projection like any other, made to be listened to."""

import os
import uuid
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.errors import DamagedEventError
from events.log.event import Event
from events.log.filing import AUDIO, UNREADABLE
from events.log.receipt import Receipt
from events.wire.recording import recording_of


def write_mp3(folder: Path, event: Event) -> bool:
    """
    Write the recording of an audio event beside it, unless it is there and right; return whether it was written.

    Args:
        folder: the payload folder.

    Raises as `EventLog.write_recording` does.
    """
    recording = recording_of(event.part, event.chunks())
    target = folder / mp3_path(event.receipt.path)
    if recording is None or recording.is_in(target):
        return False
    # A name of its own: a replay and a follower may write the same recording at once.
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        fd = create_file(aside)
        try:
            for piece in recording.pieces():
                write_all(fd, piece)
            os.fsync(fd)
        finally:
            os.close(fd)
        steps.reached("recording_written_aside")
        aside.replace(target)
        fsync_folder(target.parent)
        steps.reached("recording_renamed")
    except FileNotFoundError as error:
        raise DamagedEventError(f"{event.receipt.path} is missing") from error  # erased, folder and all, just now
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return True


def count_mp3s(folder: Path, conversation_id: str) -> int:
    """Return how many recordings lie in the folder of a conversation."""
    return sum(1 for _ in (folder / conversation_id).glob("*.mp3"))


def mp3_path(path: str) -> str:
    """Return where the recording of an event lies, relative to the payload folder."""
    return path.rpartition(".")[0] + ".mp3"


def can_hold_recording(receipt: Receipt) -> bool:
    """Return whether an MP3 may have been made from an event; a body that was unreadable once may be audio to us."""
    return receipt.kind in {AUDIO, UNREADABLE}
