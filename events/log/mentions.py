"""Whether an event that belongs to no known caller mentions one."""

import re
from collections.abc import Callable, Container, Iterator
from typing import Any

import msgspec

from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.wire.caller import keys_of_number, number_of, user_key, whatsapp_key

# Longer than any number as people write it, and than a quoted id.
_OVERLAP_CHARS = 600
# Digits in one piece, and as people write them. Not phonenumbers' own matcher, which takes seconds for a megabyte of
# digits.
_DIGITS = re.compile(r"[0-9]{7,15}")
_WRITTEN = re.compile(r"[+(]{0,2}[0-9](?:[ ().\-/\u00a0]{0,3}[0-9]){6,14}")
# Where ElevenLabs and the providers name a party; see `events.wire.webhooks`.
_PARTY_FIELDS = {
    *("external_number", "system__caller_id", "system__called_number", "user_id", "whatsapp_user_id"),
    *("sms_user_phone_number", "To", "From", "to_number", "from_number", "bsuid", "user_identifier"),
}
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

    An event of no conversation is searched whole. Of any other only the parties are looked at: people in a call speak
    about others too, and it must not be erased with one of those.

    Args:
        region: the country in which national numbers are read.

    Raises:
        DamagedEventError: the body is gone or altered.
        OSError: it cannot be read now.
    """
    if is_ours(event.receipt):
        return
    if event.receipt.conversation_id is None:
        yield from _keys_anywhere(event, region)
    else:
        for party in _parties(event):
            yield from _keys(f'"{party}"', region)
            yield from keys_of_number(party, region=region)


def _parties(event: Event) -> Iterator[Any]:
    try:
        rest: list[Any] = [msgspec.json.decode(event.body())]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    while rest:
        node = rest.pop()
        if isinstance(node, dict):
            yield from (node[name] for name in _PARTY_FIELDS & node.keys())
            if isinstance(recipient := node.get("recipient"), dict):  # a `phone` elsewhere may be anybody's
                yield recipient.get("phone")
            rest.extend(node.values())
        elif isinstance(node, list):
            rest.extend(node)


def _keys_anywhere(event: Event, region: str) -> Iterator[str]:
    rest = ""
    for chunk in event.chunks():
        # Without NUL bytes: in UTF-16 they stand between the digits.
        text = rest + chunk.replace(b"\0", b"").decode("utf-8", "replace")
        yield from _keys(text, region)
        rest = text[-_OVERLAP_CHARS:]


def _keys(text: str, region: str) -> Iterator[str]:
    for written in {*_DIGITS.findall(text), *_WRITTEN.findall(text)}:
        yield from keys_of_number(written, region=region)
        yield from filter(None, [number_of("+" + written, region=region)])
    for quoted in _QUOTED.findall(text):
        yield from filter(None, (user_key(quoted), whatsapp_key(quoted)))
