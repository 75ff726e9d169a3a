"""
Who is named as a party by an event that no caller is known of, whatever its type: for export and erasure alone.

ElevenLabs adds types of events and names of fields, so a party is told by the words in a field's name. What was said in
a call names no party: people speak about others too.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from events.wire.caller import keys_of_number, number_of, user_key, whatsapp_key

# The two sides of a call. Which of them is the human's depends on who called.
_CALLING, _CALLED = frozenset({"from", "caller", "calling"}), frozenset({"to", "called", "callee"})
_EITHER = frozenset(
    "contact customer e164 mobile msisdn number party phone recipient sender sip sms tel telephone".split()  # noqa: SIM905
)
_AGENT = frozenset({"agent", "assistant"})
_WORD = re.compile(r"[eE]164|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Where the words of a call stand, and what an agent was told of a caller before it.
_SPOKEN = frozenset(
    {"analysis", "dynamic_variables", "original_message", "message", "transcript", "transcript_summary"}
)
# Of the dynamic variables, those that the telephone network sets; an agent's own may hold anybody's number.
_OF_THE_NETWORK = ("system__caller_id", "system__called_number")
_DIGITS = re.compile(r"[0-9]{7,15}")
# As people write numbers. Not phonenumbers' own matcher, which takes seconds for a megabyte of digits.
_WRITTEN = re.compile(r"[+(]{0,2}[0-9](?:[ ().\-/\u00a0]{0,3}[0-9]){6,14}")
_PARTY_CHARS_MAX = 1000


class NamedParties(Struct, frozen=True):
    """
    What an event says of the people in it: the keys of all whom it names as a party, and when the call was.

    `said_at_s` is Unix seconds: when the call began, else when the event was made; 0 if it does not say.
    """

    keys: frozenset[str]
    said_at_s: float


class _Field(Struct, frozen=True):
    """A field that names somebody, and the words of its name."""

    words: frozenset[str]
    value: str | int

    def has(self, *words: str) -> bool:
        return not self.words.isdisjoint(words)


def parties_in(event: Any, *, region: str) -> NamedParties:
    """
    Return whom an event names as a human party.

    A number that stands in it as the agent's own line is no party; on which side of the call that line is, the
    direction says, where there is one. Where nothing says so, both sides are parties.

    Args:
        event: the decoded JSON of the body, or of its outline.
        region: the country in which national numbers are read.
    """
    fields, lines, direction = list[_Field](), set[str](), ""
    for name, value in _values(event):
        words = _words(name)
        if name.lower() == "direction" and isinstance(value, str):
            direction = direction or value.lower()
        elif not words.isdisjoint(_AGENT):
            lines.update(filter(None, [number_of(value, region=region)]))
        elif _is_party(words):
            fields.append(_Field(words, value))
    line_side: frozenset[str] = frozenset()
    if direction.startswith(("inbound", "outbound")):
        line_side = _CALLED if direction.startswith("inbound") else _CALLING
    keys = set[str]()
    for field in fields:
        if not field.has(*line_side):
            # A call of a line to itself is a call of whoever has that number.
            keys.update(key for key in _keys(field, region) if key not in lines or field.has("external"))
    return NamedParties(frozenset(keys), _said_at_s(event))


def numbers_in(text: str, *, region: str) -> Iterator[str]:
    """Yield the key of each number in a text, however it is written; one may come several times."""
    for written in {*_DIGITS.findall(text), *_WRITTEN.findall(text)}:
        yield from keys_of_number(written, region=region)
        yield from filter(None, [number_of("+" + written, region=region)])


def _values(event: Any) -> Iterator[tuple[str, str | int]]:
    """Yield the name and the value of each member that holds a text or a whole number, but for what was said."""
    rest = [event]
    while rest:
        node = rest.pop()
        if isinstance(node, list):
            rest.extend(node)
        for name, value in node.items() if isinstance(node, dict) else ():
            if name == "dynamic_variables" and isinstance(value, dict):
                rest.append({known: value[known] for known in _OF_THE_NETWORK if known in value})
            elif isinstance(value, str | int) and not isinstance(value, bool):
                yield name, value
            elif name not in _SPOKEN:
                rest.append(value)


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(name))


def _is_party(words: frozenset[str]) -> bool:
    return not words.isdisjoint(_CALLING | _CALLED | _EITHER | {"external", "user", "whatsapp", "bsuid"})


def _keys(field: _Field, region: str) -> Iterator[str]:
    text = str(field.value)[:_PARTY_CHARS_MAX]
    # A code says how a call ended, in a field of the same words.
    line = [] if field.has("code", "status") else keys_of_number(text, region=region)
    yield from line or numbers_in(text, region=region)
    if field.has("whatsapp", "bsuid"):
        yield from filter(None, [whatsapp_key(text)])
    elif field.has("user") and field.has("id", "identifier"):
        yield from filter(None, [user_key(text)])


def _said_at_s(event: Any) -> float:
    data = event.get("data") if isinstance(event, dict) else None
    metadata = data.get("metadata") if isinstance(data, dict) else None
    began = metadata.get("start_time_unix_secs") if isinstance(metadata, dict) else None
    made = event.get("event_timestamp") if isinstance(event, dict) else None
    times = [at for at in (began, made) if isinstance(at, int | float) and not isinstance(at, bool)]
    return times[0] if times else 0
