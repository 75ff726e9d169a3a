"""The recording of a call: wraps an MP3 into an audio webhook as ElevenLabs sends it, and reads it out of one."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from events.errors import AudioError
from events.wire.outline import elided, outline_of
from events.wire.reading.webhook import read_webhook
from events.wire.webhooks import PostCallAudio

_ESCAPE = re.compile(rb"\\(?:u00([0-9a-fA-F]{2})|(/))")
_ESCAPE_BYTES_MAX = 6
_PIECE_BYTES = 192 * 1024  # a multiple of 3, so that the base64 of the pieces joins to the base64 of the whole

# Reads so many bytes of an event's body from an offset on.
Part = Callable[[int, int], Iterator[bytes]]


class Recording:
    """
    The recording in an audio event, read piece by piece, so that its length does not matter.

    Args:
        part: reads a part of the event's body.
        where: the base64 itself, or its place in the body (`@{offset}+{length}`), as the outline of the event has it.
    """

    def __init__(self, part: Part, where: str) -> None:
        self._part = part
        self._where = where

    def pieces(self) -> Iterator[bytes]:
        """
        Yield the MP3.

        Raises:
            AudioError: the recording cannot be decoded.
            DamagedEventError, OSError: the event's body cannot be read.
        """
        place = elided(self._where)
        rest = b""
        try:
            for piece in _unescaped(self._part(*place)) if place else iter([self._where.encode()]):
                text = rest + piece
                whole = len(text) // 4 * 4
                rest = text[whole:]
                yield binascii.a2b_base64(text[:whole], strict_mode=True)
            if rest:
                raise AudioError("the recording's base64 is cut off")
        except binascii.Error as error:
            raise AudioError(f"the recording is not base64: {error}") from error

    def is_in(self, mp3: BinaryIO) -> bool:
        """Return whether an open file holds exactly this recording; raises the errors of `pieces`, and `OSError`."""
        return all(mp3.read(len(piece)) == piece for piece in self.pieces()) and not mp3.read(1)


def recording_of(part: Part, chunks: Iterable[bytes]) -> Recording | None:
    """
    Return the recording of an audio event; None if it has none.

    Args:
        part: reads a part of the event's body.
        chunks: the whole body, piece by piece.

    Raises:
        AudioError: the body is not an audio webhook.
    """
    outline = outline_of(chunks)
    try:
        read = read_webhook(outline or b"")
    except msgspec.MsgspecError as error:
        raise AudioError(f"not an audio webhook: {error}") from error
    if not isinstance(read.webhook, PostCallAudio) or "data.full_audio" in read.left_out:
        raise AudioError("not an audio webhook")
    recording = read.webhook.data.full_audio
    return Recording(part, recording) if recording else None


def audio_webhook(
    mp3: Path, conversation_id: str, *, agent_id: str | None = None, timestamp_s: int | None = None
) -> Iterator[bytes]:
    """
    Yield the audio webhook of a conversation, piece by piece, with the recording from an MP3 file.

    The same arguments and the same recording give the same bytes.

    Args:
        agent_id: None leaves it out of the webhook.
        timestamp_s: when the webhook was sent, Unix seconds; None leaves it out.
    """
    webhook: dict[str, Any] = {"type": "post_call_audio"}
    if timestamp_s is not None:
        webhook["event_timestamp"] = timestamp_s
    data = {"agent_id": agent_id} if agent_id is not None else {}
    webhook["data"] = {**data, "conversation_id": conversation_id, "full_audio": ""}
    end = b'"}}'
    yield msgspec.json.encode(webhook).removesuffix(end)
    with mp3.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield base64.b64encode(piece)
    yield end


def _unescaped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo the escapes that JSON allows for characters of base64: `\\/`, and `\\u00..` for any character."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        escape = text.rfind(b"\\", max(0, len(text) - _ESCAPE_BYTES_MAX + 1))
        text, rest = (text, b"") if escape < 0 else (text[:escape], text[escape:])
        yield _ESCAPE.sub(_unescape, text)
    yield _ESCAPE.sub(_unescape, rest)


def _unescape(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode()) if escape[1] else escape[2]
