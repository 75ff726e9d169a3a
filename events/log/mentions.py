"""Whether an event of which the fold cannot tell whose it is names a caller."""

import re
from collections.abc import Callable, Container, Iterator
from typing import Any

import msgspec

from events.errors import DamagedEventError
from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.wire.caller import number_of, user_key, whatsapp_key

# Longer than any number as people write it, and than a quoted id.
_OVERLAP_CHARS = 600
# In one piece, and as people write it. Not phonenumbers' own matcher: it takes seconds for a megabyte of digits.
_DIGITS = re.compile(r"[0-9]{7,15}")
_WRITTEN = re.compile(r"[+(]{0,2}[0-9](?:[ ().\-/\u00a0]{0,3}[0-9]){6,14}")
# Where ElevenLabs and the providers name a party; see `events.wire.webhooks`.
_PARTY_FIELDS = {
    *("external_number", "system__caller_id", "system__called_number", "user_id", "whatsapp_user_id"),
    *("sms_user_phone_number", "To", "From", "to_number", "from_number"),
}
_QUOTED = re.compile(r'"([^"\\\s]{1,256})"')


def mentions(
    event: Event | DamagedLine, is_asked_for: Callable[[str], bool], *, faulty: Container[int], region: str
) -> bool:
    """
    Tell whether an event names a caller: one of no conversation anywhere, one that cannot be folded as its party.

    Args:
        is_asked_for: told each key that the body could mean; keys are E.164 numbers, `user:` and `whatsapp:` ones.
        faulty: the positions of the events that could not be folded.
        region: in which national numbers are read.
    """
    if not isinstance(event, Event) or is_ours(event.receipt):
        return False
    try:
        if event.receipt.conversation_id is None:
            return _holds(event, is_asked_for, region)
        # In a call, others are spoken of as well, and it must not go with them.
        return event.place.position in faulty and any(
            is_asked_for(key) for party in _parties(event) for key in _keys(party, region)
        )
    except DamagedEventError:
        return False  # gone, or altered: listed as a fault; nothing can be said of bytes that are not there


def _parties(event: Event) -> Iterator[str]:
    try:
        rest: list[Any] = [msgspec.json.decode(event.body())]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    while rest:
        node = rest.pop()
        if isinstance(node, dict):
            yield from (f'"{node[name]}"' for name in _PARTY_FIELDS & node.keys())
            rest.extend(node.values())
        elif isinstance(node, list):
            rest.extend(node)


def _holds(event: Event, is_asked_for: Callable[[str], bool], region: str) -> bool:
    rest = ""
    for chunk in event.chunks():
        text = rest + chunk.replace(b"\0", b"").decode("utf-8", "replace")  # as UTF-16 its digits are apart
        if any(is_asked_for(key) for key in _keys(text, region)):
            return True
        rest = text[-_OVERLAP_CHARS:]
    return False


def _keys(text: str, region: str) -> Iterator[str]:
    for written in {*_DIGITS.findall(text), *_WRITTEN.findall(text)}:
        yield from filter(None, (number_of(written, region=region), number_of("+" + written, region=region)))
    for quoted in _QUOTED.findall(text):
        yield from filter(None, (user_key(quoted), whatsapp_key(quoted)))
