"""Finds what could be imported from a folder: payloads, and recordings that are named after a conversation."""

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from events.disk.reading import open_file
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.layout import OUR_FILES, PROBE_NAME
from events.wire.outline import Outline
from events.wire.webhooks import is_conversation_id

_SUFFIXES = (".json", ".body", ".mp3")
_RECORDING = re.compile(r"(?P<conversation_id>.+)_audio(?:\.[0-9a-f]{12,64})?\.mp3")
_CHUNK_BYTES = 256 * 1024


class Payload(Struct, frozen=True):
    """A file that may be an event; `said_s` is the time that its content says, in Unix seconds."""

    path: str
    said_s: float | None
    sha256: str

    def order(self) -> tuple[bool, float, str]:
        """Return the key to sort by: the time that the content says; payloads without a time come last, by name."""
        return self.said_s is None, self.said_s or 0.0, self.path


class RecordingFile(Struct, frozen=True):
    """An MP3 that is named after its conversation."""

    path: str
    conversation_id: str


class Other(Struct, frozen=True):
    """A file that is not imported, and why not; `is_failure` where it could not be read."""

    path: str
    words: str
    is_failure: bool = False


class _Metadata(Struct):
    start_time_unix_secs: float | None = None


class _Data(Struct):
    metadata: _Metadata | None = None


class _Webhook(Struct):
    event_timestamp: float | None = None
    data: _Data | None = None


_webhook = msgspec.json.Decoder(_Webhook)


def candidates(folder: Path, is_wanted: Callable[[str], bool]) -> Iterator[Payload | RecordingFile | Other]:
    """
    Yield what lies in a folder and below it, by name, with paths relative to it. Follows no symbolic link.

    Args:
        is_wanted: whether to read a payload; one that is not wanted is not yielded.
    """
    for path in _files(folder, ""):
        if isinstance(path, Other):
            yield path
        elif path.endswith(".mp3"):
            match = _RECORDING.fullmatch(path.rpartition("/")[2])
            if match is None or not is_conversation_id(match["conversation_id"]):
                yield Other(path, "is not named after a conversation: {conversation_id}_audio.mp3")
            else:
                yield RecordingFile(path, match["conversation_id"])
        elif is_wanted(path):
            try:
                yield _payload(folder, path)
            except OSError as error:
                yield _unread(path, error)


def _files(folder: Path, prefix: str) -> Iterator[str | Other]:
    try:
        with os.scandir(folder / prefix) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _unread(prefix, error)
        return
    for entry in entries:
        path = prefix + entry.name
        words = _why_not(entry, is_top=not prefix)
        if words is not None:
            yield Other(path, words)
        elif entry.is_dir(follow_symlinks=False):
            yield from _files(folder, f"{path}/")
        else:
            yield path


def _why_not(entry: "os.DirEntry[str]", *, is_top: bool) -> str | None:
    if entry.is_symlink():
        return "is a symbolic link"
    if is_top and entry.name in {*OUR_FILES, INCOMING, PROBE_NAME}:
        return "belongs to the log that lies there, and is no event"
    if entry.name.startswith("."):
        return "its name begins with a dot"
    if not entry.is_dir(follow_symlinks=False):
        if not entry.is_file(follow_symlinks=False):
            return "is no regular file"
        if not entry.name.endswith(_SUFFIXES):
            return "is no .json, .body or .mp3"
    return None


def _unread(path: str, error: OSError) -> Other:
    return Other(path, f"cannot be read: {error.strerror or error}", is_failure=True)


def _payload(folder: Path, path: str) -> Payload:
    outline, digest = Outline(), hashlib.sha256()
    for chunk in read_part(folder / path):
        digest.update(chunk)
        outline.feed(chunk)
    return Payload(path, _said_s(outline.text()), digest.hexdigest())


def _said_s(outline: bytes | None) -> float | None:
    try:
        webhook = _webhook.decode(outline or b"")
    except (msgspec.MsgspecError, RecursionError):
        return None
    if webhook.event_timestamp is not None:
        return webhook.event_timestamp
    return webhook.data.metadata.start_time_unix_secs if webhook.data and webhook.data.metadata else None


def read_part(path: Path, offset: int = 0, length: int = sys.maxsize) -> Iterator[bytes]:
    """Yield a file, or `length` bytes of it from `offset` on, piece by piece."""
    with open_file(path) as file:
        file.seek(offset)
        while chunk := file.read(min(_CHUNK_BYTES, length)):
            length -= len(chunk)
            yield chunk
