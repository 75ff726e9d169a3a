"""Everything that is held about a caller, as JSON, for a request by right of access."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from events.errors import DamagedEventError, UnreadEventError
from events.log.event import Event
from events.log.filing import AUDIO
from events.log.mentions import mentions
from events.log.ours.correction import is_correction
from events.log.protocol import EventLog
from events.wire.caller import conversation_of
from projector.read_model.protocol import ReadModel

# What a number that is a caller's and an agent's line leaves behind.
LINE_STAYS = "it is an agent's own line in calls of others; these are theirs, and stay, with the number in them"

_JSON = msgspec.json.Encoder()


def is_known(read_model: ReadModel, payloads: EventLog, caller: str, *, region: str) -> bool:
    """Tell whether anything is held about a caller; takes what `export_caller` takes."""
    keys = _keys(read_model, caller)
    return any(map(read_model.conversations, keys)) or any(_events(read_model, payloads, keys, region, []))


def export_caller(read_model: ReadModel, payloads: EventLog, caller: str, *, region: str) -> Iterator[str]:
    """
    Yield one JSON document, piece by piece: what is known of a caller, what is remembered, and every event.

    An event comes with its receipt and its body as it was received; a body that is no strict JSON comes as text. A
    recording is not repeated: `recording` names its file in the payload folder. An event of no conversation that names
    the caller comes with its receipt alone: it may speak of other people too, so a person must look at it first.
    `unread` lists the events that may be the caller's: nobody knows, for their files cannot be read. `is_agent_line`
    says that calls of others name the number as an agent's own line; these calls are not in the document.

    Args:
        caller: the caller's key.
        region: the region in which national numbers are read.
    """
    place, remembered = read_model.place(), read_model.remembered_as(caller)
    keys = _keys(read_model, caller)
    yield "{\n"
    yield f'"caller": {_json(caller)},\n'
    yield f'"position": {place.position if place else 0},\n'
    yield f'"is_agent_line": {_json(read_model.is_agent_line(caller))},\n'
    yield f'"view": {_json(read_model.view(remembered))},\n'
    yield from _array("memories", map(_json, read_model.all_memories(remembered)))
    yield ",\n"
    yield from _array("missed_calls", (_json(call) for key in keys for call in read_model.missed_calls(key)))
    yield ",\n"
    unread: list[str] = []
    yield from _array("events", map(_exported, _events(read_model, payloads, keys, region, unread)))
    yield ",\n"
    yield from _array("unread", iter(unread))
    yield "\n}\n"


def _keys(read_model: ReadModel, caller: str) -> list[str]:
    """Return all keys that a person said are one caller's; an id that a call names beside a number is by itself."""
    keys = read_model.keys_of(read_model.remembered_as(caller))
    return keys if caller in keys else [caller]


def _events(
    read_model: ReadModel, payloads: EventLog, keys: Sequence[str], region: str, unread: list[str]
) -> Iterator[Event]:
    conversations = {id_ for key in keys for id_ in read_model.conversations(key)}
    for conversation_id in filter(None, map(conversation_of, keys)):
        if not read_model.is_erased(conversation_id):
            conversations.add(conversation_id)
    faulty = {fault.place.position for fault in read_model.faults() if not fault.is_final}
    for event in payloads.read():
        if not isinstance(event, Event):
            continue
        if event.receipt.conversation_id in conversations:
            yield event
            continue
        try:
            if mentions(event, lambda key: key in keys, faulty=faulty, region=region):
                yield event
        except UnreadEventError:
            # Not the whole receipt: it may be of somebody else's call.
            known = {"position": event.place.position, "kind": event.receipt.kind}
            unread.append(_json({**known, "received_at": event.receipt.received_at}))
        except DamagedEventError:
            continue  # erased, or lost: there is nothing to hand out


def _exported(event: Event) -> str:
    receipt = _json(event.receipt)
    if event.receipt.conversation_id is None and not is_correction(event.receipt):
        return f'{{"receipt": {receipt}, "file": {_json(event.receipt.path)}}}'
    if event.receipt.kind == AUDIO:
        return f'{{"receipt": {receipt}, "recording": {_json(event.receipt.path)}}}'
    try:
        body = event.body().decode("utf-8", "replace")
    except DamagedEventError as error:
        return f'{{"receipt": {receipt}, "error": {_json(str(error))}}}'
    return f'{{"receipt": {receipt}, "body": {body if _is_json(body) else _json(body)}}}'


def _is_json(body: str) -> bool:
    """Return whether a strict parser reads a body: a `NaN` or an endless number would spoil the whole document."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _array(name: str, items: Iterator[str]) -> Iterator[str]:
    yield f'"{name}": ['
    separator = "\n"
    for item in items:
        yield separator + item
        separator = ",\n"
    yield "\n]"


def _json(value: Any) -> str:
    return _JSON.encode(value).decode()
