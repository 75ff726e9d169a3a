"""Reads what a model answered: an object, or a text that holds one."""

import re

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

_BYTES_MAX = 1024 * 1024
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


class Answer(Struct, frozen=True):
    """
    An answer, whose parts are not read yet: each part is right or wrong by itself.

    `memories` are statements; the others say something of the call as a whole, and need not be there.
    """

    memories: list[Raw]
    summary: Raw | UnsetType = UNSET
    topics: Raw | UnsetType = UNSET
    open_issues: Raw | UnsetType = UNSET
    sentiment: Raw | UnsetType = UNSET
    next_greeting: Raw | UnsetType = UNSET


_decoder = msgspec.json.Decoder(Answer)


def read_answer(raw: bytes) -> Answer | None:
    """Return an answer; None where it is none, too long, or has no list of statements."""
    if len(raw) > _BYTES_MAX:
        return None
    try:
        text = raw.decode()
        if text.lstrip().startswith('"'):
            text = msgspec.json.decode(text, type=str)
        fenced = _FENCE.match(text)
        return _decoder.decode((fenced[1] if fenced else text).encode())
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
