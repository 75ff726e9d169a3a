"""
Forgetting a caller: the request that asks for it, and the erasure that accounts for what was removed.

Both are events of the log, appended by us (source `erasure`). Neither holds a number: a caller is named by a hash,
keyed with a secret that lies in the log's folder, so that the journal's copies elsewhere tell nobody who it was.
"""

import hmac

import msgspec
from msgspec import Struct

from events.log.event import Event
from events.log.filing import ERASURE, ERASURE_REQUEST
from events.log.receipt import Receipt, sha256_of

SOURCE = "erasure"


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


def hash_caller(key: bytes, caller: str) -> str:
    """Return the keyed hash of a caller's key: HMAC-SHA256 in lower-case hex."""
    return hmac.digest(key, caller.encode("utf-8", "surrogatepass"), "sha256").hex()


def id_of_key(key: bytes) -> str:
    """Return what tells a key from another, and nothing else of it."""
    return sha256_of(key)[:8]
