"""The recording of a call, as an MP3 file beside its event: a projection like any other, made to be listened to."""

import os
import uuid

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.errors import DamagedEventError
from events.log.event import Event
from events.log.filing import AUDIO, UNREADABLE
from events.log.receipt import Receipt
from events.wire.recording import recording_of


def write_mp3(event: Event) -> bool:
    """
    Write the recording of an audio event beside it, unless it is there and right; return whether it was written.

    An event without a recording leaves none.

    Raises:
        AudioError: the event holds something that cannot be decoded.
        DamagedEventError: the event does not match its receipt.
        OSError: no room, or an I/O error.
    """
    recording = recording_of(event.path, event.chunks())
    target = event.path.with_suffix(".mp3")
    if recording is None or recording.is_in(target):
        return False
    # Its own name: a replay and a follower may be at the same recording.
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


def mp3_path(path: str) -> str:
    """Return where the recording of an event is written, relative to the payload folder."""
    return path.rpartition(".")[0] + ".mp3"


def can_hold_recording(receipt: Receipt) -> bool:
    """Tell whether an MP3 may have been made from an event: what an older ingress could not read, we may."""
    return receipt.kind in {AUDIO, UNREADABLE}
