"""
The two events of forgetting a caller: the request for it, and the erasure that lists what was removed.

We append both ourselves (source `erasure`). Neither holds a number. A caller is named by a hash whose key never leaves
the log, so that a copy of the journal alone does not say who it was.
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
    Asks that a caller be forgotten.

    Covers every call of that caller that came in before the request, and every later one that started up to
    `requested_at_s` (Unix seconds). `id` makes each request an event of its own. `caller` is the keyed hash, and
    `key_id` names the key. `by_position` is False in requests of releases that did not look at the order in the log:
    these cover what started up to `requested_at_s`, and nothing else. `may_name_conversation` is False where the key
    is not that of a conversation without a caller: then nobody needs to hash the ids of all conversations.
    """

    id: str
    caller: str
    key_id: str
    requested_at_s: int
    by_position: bool = False
    may_name_conversation: bool = True


class ErasedEvent(Struct, frozen=True, kw_only=True):
    """One event whose body is removed; its receipt stays in the journal."""

    position: int
    kind: str
    conversation_id: str | None
    path: str


class Erasure(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_erasure"):
    """
    Lists what was removed for the request at position `request`. One request has several where bytes came in late.

    `events` are those whose bodies are removed; a conversation is removed whole, with its recordings. `conversations`
    are those that no earlier erasure lists. `counts` says how many things were removed, by place and kind:
    `log.transcription`, `log.recordings`, `read_model.calls`, `read_model.memories.turn`, ... `has_searched` is true
    for the erasure that also lists the events of no conversation that named the caller. `unread` are the positions of
    those that could not be read for it: each is searched once it can be.
    """

    request: int
    caller: str
    requested_at_s: int
    conversations: tuple[str, ...]
    events: tuple[ErasedEvent, ...]
    counts: dict[str, int]
    has_searched: bool = False
    unread: tuple[int, ...] = ()


def erased_event(event: Event) -> ErasedEvent:
    """Return how an erasure lists an event."""
    receipt = event.receipt
    return ErasedEvent(
        position=event.place.position,
        kind=receipt.kind,
        conversation_id=receipt.conversation_id,
        path=receipt.path,
    )


def why_no_answer(erasure: Erasure, position: int, request: ErasureRequest | None) -> str | None:
    """
    Return why an erasure does not answer its request; None where it does, as far as the two of them say.

    Args:
        position: where the erasure stands.
        request: what stands at the position that the erasure names; None where that is no request.
    """
    if request is None or erasure.request >= position:
        return f"no request stands at position {erasure.request}, to which it is said to be the answer"
    if erasure.caller != request.caller:
        return f"the request at position {erasure.request} is about another caller"
    if erasure.requested_at_s != request.requested_at_s:
        return f"the request at position {erasure.request} was made at another moment"
    if any(event.position >= position for event in erasure.events):
        return "it lists events that come after it"
    return None


class CallerHashes:
    """
    Makes the hashes by which requests and erasures name callers: HMAC-SHA256 in lower-case hex.

    `key_id` identifies the key and reveals nothing else about it.

    Args:
        key: the log's secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.key_id = sha256_of(key)[:8]

    def of(self, caller: str) -> str:
        """Return the hash of a caller's key."""
        return hmac.digest(self._key, caller.encode("utf-8", "surrogatepass"), "sha256").hex()


_decoder: msgspec.json.Decoder[ErasureRequest | Erasure] = msgspec.json.Decoder(ErasureRequest | Erasure)


def read_erasure(event: Event) -> ErasureRequest | Erasure | None:
    """
    Return the request or the erasure that an event is; None for any other event.

    A webhook is neither, whatever its body says: only we erase.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it is one of ours, in a form that this release does not know.
    """
    return _decoder.decode(event.body()) if is_ours(event.receipt) else None


def is_ours(receipt: Receipt) -> bool:
    """Return whether an event is a request or an erasure; a webhook is neither, whatever its body says."""
    return receipt.source == SOURCE and receipt.kind in {ERASURE, ERASURE_REQUEST}
