"""
Forgetting a caller: the request that asks for it, and the erasure that accounts for what was removed.

Both are events of the log, appended by us (source `erasure`). Neither holds a number: a caller is named by a hash,
keyed with a secret that lies in the log's folder, so that the journal's copies elsewhere tell nobody who it was.
"""

import errno
import hmac
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
from msgspec import Struct

from events import steps
from events.durable import create_file, fsync_folder, write_all
from events.errors import JournalError, closing_the_log
from events.event import Event
from events.filing import ERASURE, ERASURE_REQUEST, is_conversation_id
from events.log import PayloadLog
from events.receipt import Receipt, sha256_of

SOURCE = "erasure"
KEY_NAME = ".erasure.key"
_KEY_BYTES = 32
# So often may somebody write into a folder while it is removed; a network file system's leftovers never end.
_REMOVE_TRIES = 100


class ErasureRequest(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_erasure_request"):
    """
    Somebody asked that a caller be forgotten.

    Covers every call of that caller that started up to `requested_at_s` (Unix seconds), whenever it arrives. `id`
    makes each request an event of its own. `caller` is the keyed hash, and `key_id` says by which key.
    """

    id: str
    caller: str
    key_id: str
    requested_at_s: int


class ErasedEvent(Struct, frozen=True, kw_only=True):
    """One event whose file is gone; its receipt stays in the journal."""

    position: int
    kind: str
    conversation_id: str | None
    path: str


class Erasure(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_erasure"):
    """
    What was removed for a request, by its position; several account for one request where bytes arrived late.

    `events` are those whose files are removed; a conversation is removed whole, with what else lies in its folder.
    `conversations` are those that were not erased before. `counts` says how many there were, by kind and place:
    `log.transcription`, `log.recordings`, `read_model.calls`, `read_model.memories.turn`, ...
    `has_searched` is true for the one that also tells of the events of no conversation that held the caller's key.
    """

    request: int
    caller: str
    requested_at_s: int
    conversations: tuple[str, ...]
    events: tuple[ErasedEvent, ...]
    counts: dict[str, int]
    has_searched: bool = False


# Where the log files what belongs to no conversation.
_STRAY = re.compile(r"(?:_unreadable|_events/[a-z0-9-]+)/[0-9a-f]{64}(?:\.[0-9a-f]{12,64})?\.(?:json|body)")
_decoder: msgspec.json.Decoder[ErasureRequest | Erasure] = msgspec.json.Decoder(ErasureRequest | Erasure)


def read_erasure(event: Event) -> ErasureRequest | Erasure | None:
    """
    Return the request or the erasure that an event is; None for any other.

    What came in as a webhook is none, whatever it says: only we erase.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it is one of ours, of a form that this release does not know.
    """
    return _decoder.decode(event.body()) if is_ours(event.receipt) else None


def is_ours(receipt: Receipt) -> bool:
    """Tell whether an event is a request or an erasure; a webhook is none, whatever type it says it has."""
    return receipt.source == SOURCE and receipt.kind in {ERASURE, ERASURE_REQUEST}


def request_erasure(payloads: PayloadLog, caller: str, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append the request to forget a caller, and return its receipt.

    Args:
        caller: the caller's key.
        clock_s: the present in Unix seconds: later calls are not covered.

    Raises:
        LogClosedError: as `PayloadLog.append`.
    """
    key = erasure_key(payloads.folder)
    request = ErasureRequest(
        id=uuid.uuid4().hex,
        caller=hash_caller(key, caller),
        key_id=id_of_key(key),
        requested_at_s=int(clock_s()),
    )
    return payloads.append(msgspec.json.encode(request), source=SOURCE)


def hash_caller(key: bytes, caller: str) -> str:
    """Return the keyed hash of a caller's key: HMAC-SHA256 in lower-case hex."""
    return hmac.digest(key, caller.encode("utf-8", "surrogatepass"), "sha256").hex()


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


def id_of_key(key: bytes) -> str:
    """Return what tells a key from another, and nothing else of it."""
    return sha256_of(key)[:8]


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
