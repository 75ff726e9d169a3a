"""Where a memory comes from, what proves it, and what it took the place of."""

from collections.abc import Mapping

from msgspec import UNSET, Struct

from events.errors import DamagedEventError, EventsError, SignatureError
from events.log.event import DamagedLine, Event
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier
from projector.domain.audience import ids_in
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import CallerView, FactSource, Memory
from projector.read_model.protocol import ReadModel
from projector.read_side.facts import FactTold, facts_in_order
from projector.read_side.story.learned import Learned
from projector.read_side.story.story import Story, story_of
from projector.read_side.whole.agent_names import agent_names

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


class Proven(Struct, frozen=True, kw_only=True):
    """One source of a fact; `proof` is that of its call, None where a person corrected it."""

    source: FactSource
    proof: Proof | None


class Explanation(Struct, frozen=True, kw_only=True):
    """
    A memory and all that led to it.

    `turn` and `second` are those of its call. `view` is its caller's. `superseded` is the memory whose place it took,
    `superseded_by` the one that took its place; `said_before` and `said_again` hold memories of the same value in
    earlier and later calls, oldest first. `proof` is None where a memory stems from many calls. `sources` are those of
    a fact, oldest first: one fact may be proven by several calls. `agents` says what those are called that may be told
    it, by their ids; empty where all may.
    """

    memory: Memory
    view: CallerView | None
    turn: int | None
    second: int | None
    superseded: Memory | None
    superseded_by: Memory | None
    said_before: tuple[Memory, ...]
    said_again: tuple[Memory, ...]
    proof: Proof | None
    sources: tuple[Proven, ...] = ()
    agents: dict[str, str] = {}


def explain(
    read_model: ReadModel, log: EventLog, memory_id: str, keys: Secrets, registry: Registry | None = None
) -> Explanation | None:
    """
    Return what led to a memory; None where there is no memory with this id, or its caller is being forgotten.

    Args:
        keys: the secrets of the post-call webhook; with none, signatures are not checked.
        registry: what an attribute is, of which one fact may supersede another; our own if not given.
    """
    caller = read_model.caller_of_memory(memory_id)
    memory = read_model.memories(caller, [memory_id]).get(memory_id) if caller is not None else None
    story = story_of(read_model, log, caller) if caller is not None else None
    if memory is None or story is None:
        return None
    told = next((each for each in story.calls if each.call.conversation_id == memory.conversation_id), None)
    places = {each.conversation_id: each.place for each in read_model.kept_calls(memory.caller)}
    place = places.get(memory.conversation_id)
    learned = next((each for each in story.learned if each.memory.id == memory_id), None)
    before, after = (learned.before, learned.after) if learned is not None else _beside(story, memory, registry)
    sources = memory.fact.sources if memory.fact is not UNSET else ()
    return Explanation(
        memory=memory,
        view=story.view,
        turn=told.turn_of(memory) if told is not None else memory.source.turn,
        second=told.second_of(memory) if told is not None else memory.source.second,
        superseded=before,
        superseded_by=after,
        said_before=learned.again if learned is not None else (),
        said_again=_said_again(story.learned, memory_id),
        proof=_proof(log, place, keys) if place is not None else None,
        agents=agent_names(read_model, ids_in(memory.told_to or "")),
        sources=tuple(Proven(source=each, proof=_proof_of(log, places, each, keys)) for each in sources),
    )


def _beside(story: Story, memory: Memory, registry: Registry | None) -> tuple[Memory | None, Memory | None]:
    """Return the facts before and after a fact of which one can be so: one ends when the other is first said."""
    if memory.fact is UNSET:
        return None, None
    attribute = (registry or Registry()).get(memory.fact.attribute)
    if attribute is None or attribute.is_several:
        return None, None
    told = [each for each in facts_in_order(story.of_many) if _is_beside(each, memory)]
    fact = memory.fact
    before = (one for one, other in told if other.until_s and other.until_s == fact.first_said_at_s)
    after = (one for one, other in told if fact.until_s and other.first_said_at_s == fact.until_s)
    return next(before, None), next(after, None)


def _is_beside(told: FactTold, memory: Memory) -> bool:
    other, _ = told
    # Each agent has facts of its own; what a person corrected is no agent's, and stands above those of all.
    agents = {other.agent_id, memory.agent_id} - {None}
    return other.id != memory.id and (other.key, other.person) == (memory.key, memory.person) and len(agents) <= 1


def _proof_of(log: EventLog, places: Mapping[str, Place], source: FactSource, keys: Secrets) -> Proof | None:
    if source.kind == "operator":
        return None
    place = places.get(source.conversation_id)
    if place is None:
        return Proof(receipt=None, error=f"the call {source.conversation_id} is not there any more")
    return _proof(log, place, keys)


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
