"""The recording of a call, as an MP3 file beside its event: a projection like any other, made to be listened to."""

import binascii
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec

from events.durable import create_file, fsync_folder, write_all
from events.event import Event
from events.outline import Outline, elided
from events.webhooks import PostCallAudio
from projector.errors import AudioError

_ESCAPE = re.compile(rb"\\(?:u00([0-9a-fA-F]{2})|(/))")
_ESCAPE_BYTES_MAX = 6


def write_mp3(event: Event) -> bool:
    """
    Write the recording of an audio event beside it, unless it is there and right; return whether it was written.

    An event without a recording leaves none.

    Raises:
        AudioError: the event holds something that cannot be decoded.
        DamagedEventError: the event does not match its receipt.
        OSError: no room, or an I/O error.
    """
    place_or_text = _recording(event)
    target = event.path.with_suffix(".mp3")
    if not place_or_text or _holds(target, _decoded(event, place_or_text)):
        return False
    # Its own name: a replay and a follower may be at the same recording.
    aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    fd = create_file(aside)
    try:
        try:
            for piece in _decoded(event, place_or_text):
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


def _recording(event: Event) -> str:
    """Return the event's base64, or, where that is long, where it lies; empty where there is none."""
    outline = Outline()
    for chunk in event.chunks():
        outline.feed(chunk)
    try:
        webhook = msgspec.json.decode(outline.text() or b"", type=PostCallAudio)
    except msgspec.MsgspecError as error:
        raise AudioError(f"not an audio webhook: {error}") from error
    return webhook.data.full_audio or ""


def _decoded(event: Event, place_or_text: str) -> Iterator[bytes]:
    place = elided(place_or_text)
    rest = b""
    try:
        for piece in _unescaped(event.part(*place)) if place else iter([place_or_text.encode()]):
            text = rest + piece
            whole = len(text) // 4 * 4
            rest = text[whole:]
            yield binascii.a2b_base64(text[:whole], strict_mode=True)
        if rest:
            raise AudioError("the recording's base64 is cut off")
    except binascii.Error as error:
        raise AudioError(f"the recording is not base64: {error}") from error


def _unescaped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo what JSON may do to the characters of base64: a backslash before a slash, or any as `\\u00..`."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        escape = text.rfind(b"\\", max(0, len(text) - _ESCAPE_BYTES_MAX + 1))
        text, rest = (text, b"") if escape < 0 else (text[:escape], text[escape:])
        yield _ESCAPE.sub(_unescape, text)
    yield _ESCAPE.sub(_unescape, rest)


def _unescape(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode()) if escape[1] else escape[2]


def _holds(path: Path, pieces: Iterator[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
    except FileNotFoundError:
        return False
