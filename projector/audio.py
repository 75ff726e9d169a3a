"""The recording of a call, as an MP3 file beside its event: a projection like any other, made to be listened to."""

import binascii
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from events.durable import create_file, fsync_folder, write_all
from events.log import Event
from events.outline import Outline, elided
from events.webhooks import PostCallAudio
from projector.errors import AudioError


def write_mp3(event: Event) -> bool:
    """
    Write the recording of an audio event beside it, unless it is there and right; return whether it was written.

    Raises:
        AudioError: the event holds none that can be decoded.
        DamagedEventError: the event does not match its receipt.
        OSError: no room, or an I/O error.
    """
    target = event.path.with_suffix(".mp3")
    if _holds(target, decoded_audio(event)):
        return False
    aside = target.with_name(f".{target.name}.part")
    aside.unlink(missing_ok=True)
    fd = create_file(aside)
    try:
        try:
            for piece in decoded_audio(event):
                write_all(fd, piece)
            os.fsync(fd)
        finally:
            os.close(fd)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    fsync_folder(target.parent)
    return True


def decoded_audio(event: Event) -> Iterator[bytes]:
    """Yield the recording of an audio event piece by piece; raises as `write_mp3` does."""
    outline = Outline()
    for chunk in event.chunks():
        outline.feed(chunk)
    text = outline.text()
    try:
        webhook = msgspec.json.decode(text or b"", type=PostCallAudio)
    except msgspec.MsgspecError as error:
        raise AudioError(f"not an audio webhook: {error}") from error
    audio = webhook.data.full_audio or ""
    place = elided(audio)
    yield from _decoded(event.part(*place) if place else iter([audio.encode()]))


def _decoded(base64: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    try:
        for piece in base64:
            # JSON may write a slash with a backslash before it; base64 has no other use for one.
            text = rest + piece.replace(b"\\", b"")
            whole = len(text) // 4 * 4
            rest = text[whole:]
            yield binascii.a2b_base64(text[:whole], strict_mode=True)
        if rest:
            raise AudioError("the recording's base64 is cut off")
    except binascii.Error as error:
        raise AudioError(f"the recording is not base64: {error}") from error


def _holds(path: Path, pieces: Iterator[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
    except FileNotFoundError:
        return False
