"""Whether an event that belongs to no known caller mentions one."""

import re
from collections.abc import Callable, Container, Iterator
from contextlib import suppress

import msgspec

from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.log.filing import UNREADABLE, file_body
from events.log.ours.agent_profile import is_agent_profile
from events.log.ours.correction import is_correction, read_correction
from events.wire.caller import conversation_key, user_key, whatsapp_key
from events.wire.outline import Outline, outline_of
from events.wire.reading.loose_json import loosely_decoded
from events.wire.reading.parties import NamedParties, numbers_in, parties_in

# Longer than any number as people write it, and than a quoted id.
_OVERLAP_CHARS = 600
_QUOTED = re.compile(r'"([^"\\\s]{1,256})"')


def mentions(
    event: Event | DamagedLine, is_asked_for: Callable[[str], bool], *, faulty: Container[int], region: str
) -> bool:
    """
    Return whether an event names a caller.

    Of an event that belongs to a conversation and could be folded, the fold knows the caller: the answer is False.

    Args:
        is_asked_for: whether a key is the caller's. It is asked for each key that the body could mean: E.164 numbers,
            other digits behind a plus, `user:` and `whatsapp:` keys.
        faulty: the positions of the events that could not be folded.
        region: the country in which national numbers are read.

    Raises:
        DamagedEventError: the body is gone or altered, or cannot be read; what there is of it does not name the caller.
    """
    if not isinstance(event, Event) or is_ours(event.receipt):
        return False
    if event.receipt.conversation_id is not None and event.place.position not in faulty:
        return False
    return any(map(is_asked_for, keys_in(event, region=region)))


def keys_in(event: Event, *, region: str) -> Iterator[str]:
    """
    Yield the key of each caller whom an event of ElevenLabs' could name; one key may come several times.

    An event of no conversation is searched whole, as is one that cannot be decoded. Of any other only the parties are
    looked at: people in a call speak about others too, and it must not be erased with one of those. An agent's profile
    names no caller: a number in it is one that the agent tells everybody.

    Args:
        region: the country in which national numbers are read.

    Raises:
        DamagedEventError: the body is gone or altered.
        OSError: it cannot be read now.
    """
    if is_ours(event.receipt) or is_agent_profile(event.receipt):
        return
    if event.receipt.conversation_id is None:
        if is_correction(event.receipt):
            with suppress(msgspec.MsgspecError):  # then its text says whom it names
                correction = read_correction(event)
                yield from filter(None, (correction.caller, correction.other))
        yield from _keys_anywhere(event, region)
        return
    try:
        named = named_parties(event, region=region)
    except msgspec.DecodeError:
        yield from _keys_anywhere(event, region)
    else:
        yield from named.keys


def named_parties(event: Event, *, region: str) -> NamedParties:
    """
    Return whom an event of a conversation names as a party.

    Args:
        region: the country in which national numbers are read.

    Raises:
        msgspec.DecodeError: it cannot be decoded, so that its text must be searched.
        DamagedEventError: the body is gone or altered.
        OSError: it cannot be read now.
    """
    outline = outline_of(event.chunks())
    if outline is None:
        raise msgspec.DecodeError("it is no JSON")
    return parties_in(loosely_decoded(outline), region=region)


def _keys_anywhere(event: Event, region: str) -> Iterator[str]:
    rest = ""
    # This release may read what an older one could not, and then fold it as a call of its conversation.
    outline = Outline() if event.receipt.kind == UNREADABLE else None
    for chunk in event.chunks():
        if outline is not None:
            outline.feed(chunk)
        # Without NUL bytes: in UTF-16 they stand between the digits.
        text = rest + chunk.replace(b"\0", b"").decode("utf-8", "replace")
        yield from numbers_in(text, region=region)
        for quoted in _QUOTED.findall(text):
            yield from filter(None, (user_key(quoted), whatsapp_key(quoted)))
        rest = text[-_OVERLAP_CHARS:]
    if outline is not None:
        yield from _keys_of_conversation(outline.text(), event.receipt.sha256, region)


def _keys_of_conversation(outline: bytes | None, sha256: str, region: str) -> Iterator[str]:
    conversation_id = file_body(outline, sha256).conversation_id
    if outline is not None and conversation_id is not None:
        yield conversation_key(conversation_id)
        yield from parties_in(loosely_decoded(outline), region=region).keys
