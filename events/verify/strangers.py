"""What lies in a payload folder and is named by no receipt."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path

from msgspec import Struct

from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.layout import OUR_FILES

_DRAFT = re.compile(r"[0-9a-f]{32}(-[0-9]+)?\.(body|receipt)")

# Written aside, then renamed or linked: `.{name}.mp3.{hex}` by the projector, `.erasure.key.{hex}`.
_ASIDE = re.compile(r"\..+\.[0-9a-f]{32}")

# Folders that hold folders: all others hold files only.
_NESTED = "_events/"

_OURS_BEGINNING = {"_events", "_unreadable"}


class Sort(Enum):
    """What a stranger is."""

    FILE = "no receipt names it"
    RECORDING = "no audio event names it"
    ASIDE = "left by a process that was killed while it wrote; it can be removed"
    LINK = "a symbolic link; the log has none"
    FOLDER = "a folder where the log has none"
    ODD = "no regular file"


class Stranger(Struct, frozen=True):
    """One thing that is none of the log's; `path` is relative to the payload folder."""

    path: str
    sort: Sort


def strangers(folder: Path, is_named: Callable[[str], bool]) -> Iterator[Stranger]:
    """
    Yield what lies in a payload folder and is none of ours; not what lies in `.incoming`.

    Holds the names of no folder in memory. A folder where we have none is one stranger, whatever it holds.

    Args:
        is_named: tells whether a path, relative to the payload folder, is an event's or a recording's.
    """
    for entry, path in _entries(folder, ""):
        if path in OUR_FILES and entry.is_file(follow_symlinks=False):
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield Stranger(path, _sort(entry))
        elif path == INCOMING:
            continue
        elif path.startswith((".", "_")) and path not in _OURS_BEGINNING:
            yield Stranger(path, Sort.FOLDER)
        else:
            yield from _strangers_in(folder, f"{path}/", is_named)


def drafts(folder: Path) -> set[tuple[int, int]]:
    """Return the bodies in `.incoming`, by device and inode: what is linked to one of them is being appended."""
    found = set()
    for entry, path in _entries(folder, f"{INCOMING}/"):
        with suppress(FileNotFoundError):
            if _is_draft(entry) and path.endswith(".body"):
                status = entry.stat(follow_symlinks=False)
                found.add((status.st_dev, status.st_ino))
    return found


def strangers_in_incoming(folder: Path) -> Iterator[Stranger]:
    """Yield what lies in `.incoming` and is no draft."""
    for entry, path in _entries(folder, f"{INCOMING}/"):
        if not _is_draft(entry):
            yield Stranger(path, Sort.FOLDER if entry.is_dir(follow_symlinks=False) else _sort(entry))


def _is_draft(entry: "os.DirEntry[str]") -> bool:
    return _DRAFT.fullmatch(entry.name) is not None and entry.is_file(follow_symlinks=False)


def _strangers_in(folder: Path, prefix: str, is_named: Callable[[str], bool]) -> Iterator[Stranger]:
    for entry, path in _entries(folder, prefix):
        if entry.is_dir(follow_symlinks=False):
            if prefix == _NESTED:
                yield from _strangers_in(folder, f"{path}/", is_named)
            else:
                yield Stranger(path, Sort.FOLDER)
        elif not is_named(path):
            yield Stranger(path, _sort(entry))


def _entries(folder: Path, prefix: str) -> "Iterator[tuple[os.DirEntry[str], str]]":
    try:
        with os.scandir(folder / prefix) as entries:
            for entry in entries:
                yield entry, prefix + entry.name
    except FileNotFoundError:
        return  # removed by an erasure, or by an append that failed


def _sort(entry: "os.DirEntry[str]") -> Sort:
    if entry.is_symlink():
        return Sort.LINK
    if not entry.is_file(follow_symlinks=False):
        return Sort.ODD
    if _ASIDE.fullmatch(entry.name):
        return Sort.ASIDE
    return Sort.RECORDING if entry.name.endswith(".mp3") else Sort.FILE
