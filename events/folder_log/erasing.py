"""Erasure in a payload folder: the key file, and the removal of files."""

import errno
import os
import re
import secrets
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.errors import JournalError, os_errors_as_log_closed
from events.folder_log.layout import KEY_NAME
from events.folder_log.recordings import mp3_path
from events.log.erasure import Erasure
from events.log.filing import ERASURE_REQUEST
from events.wire.webhooks import is_conversation_id

_KEY_BYTES = 32

# How often another process may write into a folder while it is removed; the leftovers of a network file system, which
# renames an open file instead of removing it, never end.
_REMOVE_TRIES = 100

# Where the log files a body that belongs to no conversation.
_STRAY = re.compile(r"(?:_unreadable|_events/[a-z0-9-]+)/[0-9a-f]{64}(?:\.[0-9a-f]{12,64})?\.(?:json|body)")


def read_key(folder: Path) -> bytes:
    """
    Return the key in a payload folder.

    Raises:
        OSError: an I/O error.
        JournalError: the key file is gone, or holds no key.
    """
    path = folder / KEY_NAME
    try:
        key = bytes.fromhex(path.read_text("ascii", errors="replace"))
    except FileNotFoundError:
        raise JournalError(f"{path} is gone; restore it from the backup") from None
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise JournalError(f"{path} holds no key; restore it from the backup")
    return key


def read_or_make_key(folder: Path) -> bytes:
    """
    Return the key in a payload folder; makes it for the folder's first request.

    Raises:
        LogClosedError: no room, or an I/O error.
        JournalError: the key file is gone, or holds no key: requests made with it cover no late call until it is back.
    """
    path = folder / KEY_NAME
    with os_errors_as_log_closed():
        if not path.exists():
            if (folder / "_events" / ERASURE_REQUEST).exists():
                words = "restore it from the backup; only if there is none, write 64 new hex digits into it"
                raise JournalError(f"{path}, which earlier requests were made with, is gone: {words}")
            _make_key(path)
        return read_key(folder)


def remove_erased(folder: Path, erasure: Erasure) -> None:
    """
    Remove the files that an erasure lists, and the folders of its conversations, as `EventLog.remove` promises.

    Args:
        folder: the payload folder.

    Raises:
        OSError: an I/O error; do it again.
    """
    late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
    for conversation_id in sorted(late.union(erasure.conversations)):
        if is_conversation_id(conversation_id):
            _remove_folder(folder / conversation_id)
            steps.reached("erased_folder_removed")
    for event in erasure.events:
        if _STRAY.fullmatch(event.path):
            path, mp3 = folder / event.path, folder / mp3_path(event.path)
            path.unlink(missing_ok=True)
            # A later release may have made a recording of it; one that was killed meanwhile left its file aside.
            for recording in (mp3, *mp3.parent.glob(f".{mp3.name}.*")):
                recording.unlink(missing_ok=True)
            if path.parent.is_dir():
                fsync_folder(path.parent)
            steps.reached("erased_stray_removed")


def _remove_folder(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    for tries_left in reversed(range(_REMOVE_TRIES)):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            steps.reached("erased_file_removed")
        fsync_folder(folder)
        try:
            folder.rmdir()
        except OSError as error:
            # An append or a recording wrote into it: the event is a late one, which the request covers too.
            if error.errno != errno.ENOTEMPTY or not tries_left:
                raise
        else:
            break
    fsync_folder(folder.parent)


def _make_key(path: Path) -> None:
    # Linked once it is whole, and never over another: two processes may make one at the same time.
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    fd = create_file(aside)
    try:
        write_all(fd, secrets.token_hex(_KEY_BYTES).encode() + b"\n")
        os.fsync(fd)
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        steps.reached("erasure_key_linked")
    finally:
        os.close(fd)
        aside.unlink()
    fsync_folder(path.parent)
