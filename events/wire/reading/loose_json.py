"""
Reads JSON that Python's own parser reads, and a strict one refuses: half a surrogate pair, `NaN`, endless numbers.

A sender who cuts a text in the middle of an emoji writes the half of it that is left. All else of the body is sound.
"""

import json
import re
from typing import Any

import msgspec

# One string, its end included if it has one; else a word that is no JSON. What stands between them is left alone.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|-?\bInfinity\b|\bNaN\b', re.DOTALL)
# A whole pair, one half of a pair, or any other escape: in this order, so that `\\ud83d` is a backslash and letters.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
_REPLACEMENT = rb"\ufffd"
# It stands for any number that no float can hold. A strict parser skips it where the field is not read.
_ENDLESS = b"1e400"


class NoNumber:
    """Stands where a body has a number that no computer word holds: `NaN`, `1e400`, an integer of 5,000 digits."""


NO_NUMBER = NoNumber()


def mended(text: bytes) -> bytes:
    """Return JSON with U+FFFD for each half of a surrogate pair, and an endless number for `NaN` and `Infinity`."""
    return _TOKEN.sub(_mend, text)


def loosely_decoded(text: bytes) -> Any:
    """
    Return the value of a JSON text, with `NO_NUMBER` for each number that cannot be held.

    Raises:
        msgspec.DecodeError: it is no JSON, or nested without end.
    """
    try:
        return json.loads(mended(text).decode(), parse_float=_float, parse_int=_int, parse_constant=lambda _: NO_NUMBER)
    except (ValueError, RecursionError) as error:  # of which bytes that are not UTF-8 are one
        raise msgspec.DecodeError(f"JSON is malformed: {error}") from error


def _mend(token: re.Match[bytes]) -> bytes:
    text = token.group()
    if not text.startswith(b'"'):
        return _ENDLESS
    return _ESCAPE.sub(lambda escape: _REPLACEMENT if escape[1] else escape.group(), text) if b"\\u" in text else text


def _float(text: str) -> float | NoNumber:
    number = float(text)
    return NO_NUMBER if number in {float("inf"), float("-inf")} else number


def _int(text: str) -> int | NoNumber:
    try:
        return int(text)
    except ValueError:  # more digits than Python takes from a stranger
        return NO_NUMBER
