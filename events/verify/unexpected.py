"""Files in the payload folder that no receipt accounts for."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path

from msgspec import Struct

from events.disk.reading import reason_of
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.layout import OUR_FILES, PROBE_NAME

_DRAFT = re.compile(r"[0-9a-f]{32}(-[0-9]+)?\.(body|receipt)")

# Files that are written aside, then renamed or linked: `.{name}.mp3.{hex}` and `.erasure.key.{hex}`.
_ASIDE = re.compile(r"\..+\.[0-9a-f]{32}")

# The only folder that holds folders.
_NESTED = "_events/"

_OURS_BEGINNING = {"_events", "_unreadable", PROBE_NAME}


class Kind(Enum):
    """What a file is."""

    FILE = "no receipt names it"
    RECORDING = "no audio event names it"
    ASIDE = "left by a process that was killed while it wrote; it can be removed"
    LINK = "a symbolic link; the log has none"
    FOLDER = "a folder where the log has none"
    ODD = "no regular file"
    UNREAD = "a folder that cannot be listed"


class UnexpectedFile(Struct, frozen=True):
    """
    A file or a folder that is not the log's, or a folder of which that is not known.

    `path` is relative to the payload folder. `reason` is what the system said of a folder that cannot be listed.
    """

    path: str
    kind: Kind
    reason: str = ""


def unexpected(folder: Path, is_named: Callable[[str], bool]) -> Iterator[UnexpectedFile]:
    """
    Yield what lies in a payload folder and is not the log's; leaves out `.incoming`.

    Does not hold a folder's names in memory. A folder where the log has none is yielded as one, whatever it holds.

    Args:
        is_named: whether a path, relative to the payload folder, is an event's or a recording's.
    """
    for entry, path in _entries(folder, ""):
        if path in OUR_FILES and entry.is_file(follow_symlinks=False):
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield UnexpectedFile(path, _kind(entry))
        elif path == INCOMING:
            continue
        elif path.startswith((".", "_")) and path not in _OURS_BEGINNING:
            yield UnexpectedFile(path, Kind.FOLDER)
        else:
            yield from _unexpected_in(folder, f"{path}/", is_named)


def drafts(folder: Path) -> set[tuple[int, int]]:
    """
    Return the bodies in `.incoming`, by device and inode: a file linked to one of them is being appended.

    Raises:
        OSError: the folder cannot be listed.
    """
    found = set()
    for entry, path in _entries(folder, f"{INCOMING}/"):
        with suppress(FileNotFoundError):
            if _is_draft(entry) and path.endswith(".body"):
                status = entry.stat(follow_symlinks=False)
                found.add((status.st_dev, status.st_ino))
    return found


def unexpected_in_incoming(folder: Path) -> Iterator[UnexpectedFile]:
    """Yield what lies in `.incoming` and is not a draft."""
    try:
        for entry, path in _entries(folder, f"{INCOMING}/"):
            if not _is_draft(entry):
                yield UnexpectedFile(path, Kind.FOLDER if entry.is_dir(follow_symlinks=False) else _kind(entry))
    except OSError as error:
        yield UnexpectedFile(INCOMING, Kind.UNREAD, reason_of(error))


def _is_draft(entry: "os.DirEntry[str]") -> bool:
    return _DRAFT.fullmatch(entry.name) is not None and entry.is_file(follow_symlinks=False)


def _unexpected_in(folder: Path, prefix: str, is_named: Callable[[str], bool]) -> Iterator[UnexpectedFile]:
    try:
        for entry, path in _entries(folder, prefix):
            if entry.is_dir(follow_symlinks=False):
                if prefix == _NESTED:
                    yield from _unexpected_in(folder, f"{path}/", is_named)
                else:
                    yield UnexpectedFile(path, Kind.FOLDER)
            elif not is_named(path):
                yield UnexpectedFile(path, _kind(entry))
    except OSError as error:
        yield UnexpectedFile(prefix.rstrip("/"), Kind.UNREAD, reason_of(error))


def _entries(folder: Path, prefix: str) -> "Iterator[tuple[os.DirEntry[str], str]]":
    try:
        with os.scandir(folder / prefix) as entries:
            for entry in entries:
                yield entry, prefix + entry.name
    except FileNotFoundError:
        return  # an erasure removed it, or an append that failed


def _kind(entry: "os.DirEntry[str]") -> Kind:
    if entry.is_symlink():
        return Kind.LINK
    if not entry.is_file(follow_symlinks=False):
        return Kind.ODD
    if _ASIDE.fullmatch(entry.name):
        return Kind.ASIDE
    return Kind.RECORDING if entry.name.endswith(".mp3") else Kind.FILE
