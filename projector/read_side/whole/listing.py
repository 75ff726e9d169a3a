"""The callers as lines, all of them or those that a name or digits find."""

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from events.process.terminal import count_of, one_line
from events.wire.timezone import UTC_NAME
from projector.domain.days import iso_moment, spoken_date
from projector.domain.memories import CallerView
from projector.read_model.protocol import ReadModel

_NOT_DIGITS = re.compile(r"[^0-9]")
# What may stand in a number as people write it. A text of nothing else is searched for in numbers, not in names.
_NUMBER = re.compile(r"[-+() ./0-9]*[0-9][-+() ./0-9]*")


def caller_lines(
    read_model: ReadModel, search: str | None, *, is_json: bool = False, only: str | None = None
) -> Iterator[str]:
    """
    Yield a line for each caller, in the order of their keys.

    Args:
        search: the beginnings of words of a name, or digits of any of a caller's numbers; None for all callers.
        is_json: whether each line is a JSON object: `caller`, `name`, `others` (who also call from the number),
            `call_count`, `first_call_at` and `last_call_at` (RFC 3339 in UTC, or null).
        only: the key of the one caller to be listed; None for all.
    """
    for view in _views(read_model, only):
        if search is None or _is_found(view, search, read_model):
            yield _json(view) if is_json else one_line(_line(view), instead="?")


def _views(read_model: ReadModel, only: str | None) -> Iterator[CallerView]:
    if only is None:
        yield from read_model.views()
    elif (view := read_model.view(read_model.remembered_as(only))) is not None:
        yield view


def _is_found(view: CallerView, search: str, read_model: ReadModel) -> bool:
    if _NUMBER.fullmatch(search):
        # `0170 ...` and `+49 170 ...` share all digits but the first ones.
        digits = _NOT_DIGITS.sub("", search).lstrip("0")
        return any(digits in _NOT_DIGITS.sub("", key) for key in read_model.keys_of(view.caller))
    words = _words(search)
    names = [view.name, *(each.name for each in view.people), view.caller.partition(":")[2]]
    return bool(words) and any(
        all(any(has.startswith(word) for has in _words(name)) for word in words) for name in names
    )


def _words(text: str) -> list[str]:
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return re.findall(r"\w+", plain)


def _others(view: CallerView) -> list[str]:
    return [each.name for each in view.people if each.name and each.name != view.name]


def _line(view: CallerView) -> str:
    name = view.name or "name not known"
    others = f" (also {', '.join(_others(view))})" if _others(view) else ""
    last = spoken_date(view.last_call_at_s, UTC_NAME)
    calls = f"{count_of(view.call_count, 'call')}{f', last on {last}' if last else ''}"
    return f"{view.caller}  {name}{others}  {calls if view.call_count else 'has not spoken with us yet'}"


def _json(view: CallerView) -> str:
    return msgspec.json.encode(
        {
            "caller": view.caller,
            "name": view.name,
            "others": _others(view),
            "call_count": view.call_count,
            "first_call_at": iso_moment(view.first_call_at_s),
            "last_call_at": iso_moment(view.last_call_at_s),
        }
    ).decode()
