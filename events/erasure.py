"""
Forgetting a caller: the request that asks for it, and the erasure that accounts for what was removed.

Both are events of the log, appended by us (source `erasure`). Neither holds a number: a caller is named by a hash,
keyed with a secret that lies in the log's folder, so that the journal's copies elsewhere tell nobody who it was.
"""

import hmac
import os
import secrets
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from events.durable import create_file, fsync_folder, write_all
from events.errors import JournalError, closing_the_log
from events.event import Event
from events.filing import ERASURE, ERASURE_REQUEST
from events.log import PayloadLog
from events.receipt import Receipt

SOURCE = "erasure"
KEY_NAME = ".erasure.key"
_KEY_BYTES = 32


class ErasureRequest(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_erasure_request"):
    """
    Somebody asked that a caller be forgotten.

    Covers every call of that caller that started up to `requested_at_s` (Unix seconds), whenever it arrives. `id`
    makes each request an event of its own. `caller` is the keyed hash.
    """

    id: str
    caller: str
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

    `events` are those whose files are removed; `conversations` are removed whole, with what else lies in their
    folders. `counts` says how many there were, by kind and place: `log.transcription`, `recordings`,
    `read_model.calls`, `read_model.memories.turn`, ...
    """

    request: int
    caller: str
    requested_at_s: int
    conversations: tuple[str, ...]
    events: tuple[ErasedEvent, ...]
    counts: dict[str, int]


_decoder: msgspec.json.Decoder[ErasureRequest | Erasure] = msgspec.json.Decoder(ErasureRequest | Erasure)


def read_erasure(event: Event) -> ErasureRequest | Erasure | None:
    """
    Return the request or the erasure that an event is; None for any other.

    What came in as a webhook is none, whatever it says: only we erase.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it is one of ours, of a form that this release does not know.
    """
    if event.receipt.source != SOURCE or event.receipt.kind not in {ERASURE, ERASURE_REQUEST}:
        return None
    return _decoder.decode(event.body())


def request_erasure(payloads: PayloadLog, caller: str, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append the request to forget a caller, and return its receipt.

    Args:
        caller: the caller's key.
        clock_s: the present in Unix seconds: later calls are not covered.

    Raises:
        LogClosedError: as `PayloadLog.append`.
    """
    request = ErasureRequest(
        id=uuid.uuid4().hex,
        caller=hash_caller(erasure_key(payloads.folder), caller),
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
            _make_key(path)
        text = path.read_text("ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise JournalError(f"{path} holds no key; restore it from the backup")
    return key


def _make_key(path: Path) -> None:
    # Linked when it is whole, and never over another: two processes may be asked at the same time.
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    fd = create_file(aside)
    try:
        write_all(fd, secrets.token_hex(_KEY_BYTES).encode() + b"\n")
        os.fsync(fd)
        with suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        os.close(fd)
        aside.unlink()
    fsync_folder(path.parent)
