"""Erasure in a payload folder: the key file, and the removal of files."""

import errno
import os
import secrets
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, write_all
from events.disk.reading import open_file, reason_of
from events.errors import FileFaultError, JournalError, os_errors_as_log_closed
from events.folder_log.blame import raise_unless_one_files
from events.folder_log.layout import KEY_NAME
from events.folder_log.recordings import mp3_path
from events.log.erasure import Erasure
from events.log.filing import ERASURE_REQUEST, is_stray_path
from events.wire.webhooks import is_conversation_id

_KEY_BYTES = 32
_KEY_FILE_BYTES_MAX = 4096

# How often another process may write into a folder while it is removed; the leftovers of a network file system, which
# renames an open file instead of removing it, never end.
_REMOVE_TRIES = 100


def read_key(folder: Path) -> bytes:
    """
    Return the key in a payload folder.

    Raises:
        OSError: it cannot be read now. Without it nobody knows whose late calls are to be erased: wait.
        JournalError: the key file is gone, or holds no key.
    """
    path = folder / KEY_NAME
    try:
        with open_file(path) as file:
            key = bytes.fromhex(file.read(_KEY_FILE_BYTES_MAX).decode("ascii", errors="replace"))
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
            keep_key(folder, secrets.token_bytes(_KEY_BYTES))
        return read_key(folder)


def remove_erased(folder: Path, erasure: Erasure) -> None:
    """
    Remove the files that an erasure lists, and the folders of its conversations, as `EventLog.remove` promises.

    All names are gone durably once this returns, by one fsync of each folder that stays. A folder that goes needs none:
    without its own name, which is in the payload folder, no name in it leads anywhere. If a power cut comes before,
    some of it may be back; the erasure is in the log, and the next start carries it out again.

    Args:
        folder: the payload folder.

    Goes on where single files cannot be removed.

    Raises:
        FileFaultError: names the first of those files, once all others are removed.
        OSError: the folder cannot be used now; do it again.
    """
    stuck, parents = list[str](), {folder}
    late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
    for conversation_id in sorted(late.union(erasure.conversations)):
        if is_conversation_id(conversation_id):
            _remove_folder(folder, conversation_id, stuck)
            steps.reached("erased_folder_removed")
    for event in erasure.events:
        if is_stray_path(event.path):
            _remove_stray(folder, event.path, stuck)
            parents.add((folder / event.path).parent)
            steps.reached("erased_stray_removed")
    for parent in sorted(parents):
        with _noting(folder, parent.name, stuck):
            if parent.is_dir():
                fsync_folder(parent)
    if stuck:
        more = f"; nor can {len(stuck) - 1} more" if len(stuck) > 1 else ""
        raise FileFaultError(f"{stuck[0]}{more}")


def _remove_stray(folder: Path, path: str, stuck: list[str]) -> None:
    mp3 = folder / mp3_path(path)
    with _noting(folder, path, stuck):
        _unlink(folder / path)
        # A later release may have made a recording of it; one that was killed meanwhile left its file aside.
        for recording in (mp3, *mp3.parent.glob(f".{mp3.name}.*")):
            _unlink(recording)


def _remove_folder(folder: Path, name: str, stuck: list[str]) -> None:
    already_stuck = len(stuck)
    inner = folder / name
    with _noting(folder, name, stuck):
        if inner.is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link, which is never followed")
        for tries_left in reversed(range(_REMOVE_TRIES)):
            if not inner.is_dir():
                return  # also where another process removes it: a replay carries out the same erasures
            try:
                _empty(folder, name, stuck)
                if len(stuck) > already_stuck:
                    fsync_folder(inner)  # it stays, and what went out of it must not come back
                    return
                inner.rmdir()
            except OSError as error:
                # An append or a recording wrote into it: the event is a late one, which the request covers too.
                if error.errno not in {errno.ENOENT, errno.ENOTEMPTY} or not tries_left:
                    raise


def _empty(folder: Path, name: str, stuck: list[str]) -> None:
    for path in list((folder / name).iterdir()):
        with _noting(folder, f"{name}/{path.name}", stuck):
            _unlink(path)
        steps.reached("erased_file_removed")


def _unlink(path: Path) -> None:
    """Remove what lies at a path, a folder with all that is in it; nothing where there is nothing."""
    if not path.is_symlink() and path.is_dir():  # in this order: where the link leads is nobody's business
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _noting(folder: Path, path: str, stuck: list[str]) -> Iterator[None]:
    """Note a path where the block fails for its sake alone, and go on."""
    try:
        yield
    except OSError as error:
        raise_unless_one_files(folder, error)
        stuck.append(f"{path} cannot be removed: {reason_of(error)}")


def keep_key(folder: Path, key: bytes) -> None:
    """
    Write a key into a payload folder, durably; leaves one that is there as it is.

    Raises:
        OSError: no room, or an I/O error.
    """
    path = folder / KEY_NAME
    # Linked once it is whole, and never over another: two processes may make one at the same time.
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    fd = create_file(aside)
    try:
        write_all(fd, key.hex().encode() + b"\n")
        os.fsync(fd)
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        steps.reached("erasure_key_linked")
    finally:
        os.close(fd)
        aside.unlink()
    fsync_folder(folder)
