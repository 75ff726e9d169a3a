"""Where a memory comes from, what proves it, and what it took the place of."""

from msgspec import Struct

from events.errors import DamagedEventError, EventsError, SignatureError
from events.log.event import DamagedLine, Event
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier
from projector.domain.memories import CallerView, Memory
from projector.read_model.protocol import ReadModel
from projector.read_side.story.learned import Learned
from projector.read_side.story.story import story_of

VERIFIED, UNVERIFIED, WRONG, NONE = "verified", "not checked", "wrong", "none"


class Proof(Struct, frozen=True, kw_only=True):
    """
    What the log says of the event that a memory stems from.

    `receipt` is the journal's line. `is_whole` tells whether the body is there and has the receipt's SHA-256, and
    `is_chained` whether the receipt follows the one before it. `signature` is `verified` with one of the secrets,
    `wrong`, `not checked` without a secret, or `none` where nobody signed it. `error` says what is wrong.
    """

    receipt: Receipt | None
    is_whole: bool = False
    is_chained: bool = False
    signature: str = NONE
    error: str = ""


class Explanation(Struct, frozen=True, kw_only=True):
    """
    A memory and all that led to it.

    `second` is that of its call. `view` is its caller's. `superseded` is the memory that it took the place of,
    `superseded_by` the one that took its place; `said_before` and `said_again` hold memories of the same value in
    earlier and later calls, oldest first. `proof` is None where a memory stems from many calls.
    """

    memory: Memory
    view: CallerView | None
    second: int | None
    superseded: Memory | None
    superseded_by: Memory | None
    said_before: tuple[Memory, ...]
    said_again: tuple[Memory, ...]
    proof: Proof | None


def explain(read_model: ReadModel, log: EventLog, memory_id: str, keys: Secrets) -> Explanation | None:
    """
    Return what led to a memory; None where there is no memory with this id, or its caller is being forgotten.

    Args:
        keys: the secrets of the post-call webhook; with none, signatures are not checked.
    """
    caller = read_model.caller_of_memory(memory_id)
    memory = read_model.memories(caller, [memory_id]).get(memory_id) if caller is not None else None
    story = story_of(read_model, log, caller) if caller is not None else None
    if memory is None or story is None:
        return None
    told = next((each for each in story.calls if each.call.conversation_id == memory.conversation_id), None)
    place = next(
        (each.place for each in read_model.kept_calls(memory.caller) if each.conversation_id == memory.conversation_id),
        None,
    )
    learned = next((each for each in story.learned if each.memory.id == memory_id), None)
    return Explanation(
        memory=memory,
        view=story.view,
        second=told.second_of(memory) if told is not None else memory.source.second,
        superseded=learned.before if learned is not None else None,
        superseded_by=learned.after if learned is not None else None,
        said_before=learned.again if learned is not None else (),
        said_again=_said_again(story.learned, memory_id),
        proof=_proof(log, place, keys) if place is not None else None,
    )


def _said_again(learned: tuple[Learned, ...], memory_id: str) -> tuple[Memory, ...]:
    return tuple(each.memory for each in learned if any(former.id == memory_id for former in each.again))


def _proof(log: EventLog, place: Place, keys: Secrets) -> Proof:
    try:
        event = log.event_at(place)
    except (EventsError, OSError) as error:
        return Proof(receipt=None, error=str(error))
    if isinstance(event, DamagedLine):
        return Proof(receipt=None, error=f"line {place.position} of the journal is no receipt")
    try:
        body = event.body()
    except DamagedEventError as error:
        return Proof(receipt=event.receipt, is_chained=event.is_chained, error=str(error))
    signature, fault = _signature(event, body, keys)
    return Proof(receipt=event.receipt, is_whole=True, is_chained=event.is_chained, signature=signature, error=fault)


def _signature(event: Event, body: bytes, keys: Secrets) -> tuple[str, str]:
    header = event.receipt.signature
    if header is None or event.receipt.is_our_own:
        return NONE, ""
    if not keys:
        return UNVERIFIED, ""
    try:
        # Without the present: a webhook of last year was timely when it came.
        verifier = Verifier(header, keys, now_s=None)
        verifier.update(body)
        verifier.verify()
    except SignatureError as error:
        return WRONG, str(error)
    return VERIFIED, ""
