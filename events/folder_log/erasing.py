"""Erasure in a payload folder: the key, the request, and the removal of files."""

import errno
import os
import re
import secrets
import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.errors import JournalError, closing_the_log
from events.folder_log.layout import KEY_NAME
from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, Erasure, ErasureRequest, hash_caller, id_of_key
from events.log.filing import ERASURE_REQUEST
from events.log.receipt import Receipt
from events.wire.webhooks import is_conversation_id

_KEY_BYTES = 32

# So often may somebody write into a folder while it is removed; a network file system's leftovers never end.
_REMOVE_TRIES = 100


# Where the log files what belongs to no conversation.
_STRAY = re.compile(r"(?:_unreadable|_events/[a-z0-9-]+)/[0-9a-f]{64}(?:\.[0-9a-f]{12,64})?\.(?:json|body)")


def request_erasure(payloads: FolderLog, caller: str, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append the request to forget a caller, and return its receipt.

    Args:
        caller: the caller's key.
        clock_s: the present in Unix seconds: later calls are not covered.

    Raises:
        LogClosedError: as `FolderLog.append`.
    """
    key = erasure_key(payloads.folder)
    request = ErasureRequest(
        id=uuid.uuid4().hex,
        caller=hash_caller(key, caller),
        key_id=id_of_key(key),
        requested_at_s=int(clock_s()),
    )
    return payloads.append(msgspec.json.encode(request), source=SOURCE)


def erasure_key(folder: Path) -> bytes:
    """
    Return the key of a log's folder, which is made when it is first asked for.

    Raises:
        LogClosedError: no room, or an I/O error.
        JournalError: the file holds no key; restore it, or requests made with it cover no late call any more.
    """
    path = folder / KEY_NAME
    with closing_the_log():
        if not path.exists():
            if (folder / "_events" / ERASURE_REQUEST).exists():
                words = "restore it from the backup; only if there is none, write 64 new hex digits into it"
                raise JournalError(f"{path}, which earlier requests were made with, is gone: {words}")
            _make_key(path)
        return read_key(folder)


def read_key(folder: Path) -> bytes:
    """
    Return the key of a log's folder.

    Raises:
        OSError: an I/O error.
        JournalError: there is none, or the file holds none.
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


def check_key(key: bytes, request: ErasureRequest) -> None:
    """
    Make sure that a request's hash was made with a key.

    Raises:
        JournalError: it was not; late bytes of that caller are not recognised until the key is restored.
    """
    if id_of_key(key) != request.key_id:
        raise JournalError(f"{KEY_NAME} is not the key of this request; restore it from the backup, then replay")


def remove_erased(folder: Path, erasure: Erasure) -> None:
    """
    Remove the files that an erasure lists, and the folders of its conversations; idempotent.

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
            path = folder / event.path
            path.unlink(missing_ok=True)
            # Of a recording that only a later release could read, also one whose writer was killed.
            for recording in (path.with_suffix(".mp3"), *path.parent.glob(f".{path.stem}.mp3.*")):
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
            # An append or a recording under way: the event will be covered like any late one.
            if error.errno != errno.ENOTEMPTY or not tries_left:
                raise
        else:
            break
    fsync_folder(folder.parent)


def _make_key(path: Path) -> None:
    # Linked when it is whole, and never over another: two processes may be asked at the same time.
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
