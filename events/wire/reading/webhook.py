"""
Reads a webhook, also one in which single values are not what they should be.

One odd value costs that value: it is left out and named, and all else of the webhook is read. A value that says what is
meant in another form (a time as text, an id as a number) is read as what it says.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo

from events.wire.reading.loose_json import NoNumber, loosely_decoded
from events.wire.webhooks import CallInitiationFailure, PostCallAudio, PostCallTranscription, PostCallWebhook

_KINDS = (PostCallTranscription, PostCallAudio, CallInitiationFailure)
# What says which entry an entry of a list is, where a mapping by id is expected.
_ID_FIELDS = ("data_collection_id", "id", "name")
# Fields whose text may as well be sent as a whole number.
_IDENTIFYING = re.compile(r"(^|_)(id|number|phone|To|From|Called|Caller)$|^message$")
_TIME, _MOMENT = re.compile(r"_secs$|_timestamp$"), re.compile(r"_unix_secs$|_timestamp$")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_NAMES_MAX, _NAME_CHARS_MAX = 50, 200
_NOTHING = object()

_strictly: msgspec.json.Decoder[PostCallWebhook] = msgspec.json.Decoder(PostCallWebhook)


class ReadWebhook(Struct, frozen=True):
    """
    A webhook as far as it can be read.

    `left_out` names the values that could not be read, by where they stand (`data.transcript[3].message`); of more
    than 50, the last entry says how many more there are. It holds no value: one may be what the caller said.
    """

    webhook: PostCallWebhook
    left_out: tuple[str, ...] = ()


def read_webhook(body: bytes) -> ReadWebhook:
    """
    Return one of the three webhooks that we fold.

    Args:
        body: or its outline.

    Raises:
        msgspec.MsgspecError: it is none of them, or names no conversation.
    """
    try:
        return ReadWebhook(_strictly.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        event = loosely_decoded(body)
    kinds = {kind.__struct_config__.tag: kind for kind in _KINDS}
    type_ = event.get("type") if isinstance(event, dict) else None
    if not isinstance(type_, str) or type_ not in kinds:
        raise msgspec.ValidationError("this is none of the webhooks that are folded")
    return _read(event, kinds[type_])


def read_stand_in(body: bytes) -> ReadWebhook | None:
    """
    Return an event of a type that we do not know, if its `data` is that of a transcription; None for any other event.

    Args:
        body: or its outline.

    Raises:
        msgspec.MsgspecError: it is no JSON, or names no conversation.
    """
    event = loosely_decoded(body)
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("metadata"), dict):
        return None
    if "transcript" not in data or not isinstance(data["transcript"], list | None):
        return None
    return _read(event, PostCallTranscription)


def _read(event: dict[str, Any], kind: type[Struct]) -> ReadWebhook:
    reader = _Reader()
    webhook = reader.struct(event, kind, "")
    more = len(reader.left_out) - _NAMES_MAX
    names = tuple(name[:_NAME_CHARS_MAX] for name in reader.left_out[:_NAMES_MAX])
    return ReadWebhook(webhook, (*names, f"{more} more") if more > 0 else names)


class _Reader:
    """Makes the Structs of one webhook, and notes what it has to leave out."""

    def __init__(self) -> None:
        self.left_out: list[str] = []

    def struct(self, values: dict[str, Any], kind: type[Struct], at: str) -> Any:
        read = {}
        for field in msgspec.structs.fields(kind):
            name = f"{at}.{field.encode_name}" if at else field.encode_name
            value = self._field(values[field.encode_name], field, name) if field.encode_name in values else _NOTHING
            if value is not _NOTHING:
                read[field.name] = value
            elif field.required:
                raise msgspec.ValidationError(f"the webhook has no {name} that can be read")
        return kind(**read)

    def _field(self, value: Any, field: FieldInfo, at: str) -> Any:
        """Return a value as its field takes it; `_NOTHING` where it is left out, so that the default stands for it."""
        if value is None:
            return None if NoneType in _options(field.type) else _NOTHING
        return self._value(_as_meant(value, field.encode_name), field.type, at)

    def _value(self, value: Any, type_: Any, at: str) -> Any:
        for option in _options(type_):
            if isinstance(option, type) and issubclass(option, Struct) and isinstance(value, dict):
                return self.struct(value, option, at)
            if get_origin(option) is list and isinstance(value, list):
                return list(self._items(value, get_args(option)[0], at))
            if get_origin(option) is dict and isinstance(value, dict | list):
                return dict(self._entries(value, get_args(option)[1], at))
        if not _holds_no_number(value):
            try:
                return msgspec.convert(value, type_)
            except msgspec.ValidationError:
                pass
        self.left_out.append(at)
        return _NOTHING

    def _items(self, values: list[Any], type_: Any, at: str) -> Iterator[Any]:
        for index, value in enumerate(values):
            item = self._value(value, type_, f"{at}[{index}]")
            if item is not _NOTHING:
                yield item
            elif (kind := _struct_in(type_)) is not None:
                yield kind()  # an empty one in its place: a turn is known by its number

    def _entries(self, values: dict[str, Any] | list[Any], type_: Any, at: str) -> Iterator[tuple[str, Any]]:
        for id_, value, name in _members(values, at):
            if id_ is not None and isinstance(value, str | int | float):
                value = {"value": value}  # noqa: PLW2901 - the value alone, without what is said about it
            item = _NOTHING if id_ is None else self._value(value, type_, name)
            if id_ is None:
                self.left_out.append(name)
            elif item is not _NOTHING:
                yield id_, item


def _options(type_: Any) -> tuple[Any, ...]:
    """Return the types of which a value may be, without what is only said about them."""
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    if get_origin(type_) in {Union, UnionType}:
        return tuple(option for part in get_args(type_) for option in _options(part))
    return (type_,)


def _struct_in(type_: Any) -> type[Struct] | None:
    """Return the Struct that a value may be, if it may be one and all of its fields may be absent."""
    for option in _options(type_):
        if isinstance(option, type) and issubclass(option, Struct):
            return None if any(field.required for field in msgspec.structs.fields(option)) else option
    return None


def _members(values: dict[str, Any] | list[Any], at: str) -> Iterator[tuple[str | None, Any, str]]:
    """Yield the id of each member of a mapping, or of a list of what belongs into one; its value, and where it is."""
    if isinstance(values, dict):
        yield from ((id_, value, f"{at}.{id_}") for id_, value in values.items())
    else:
        yield from ((_id_of(value), value, f"{at}[{index}]") for index, value in enumerate(values))


def _id_of(entry: Any) -> str | None:
    ids = [entry.get(name) for name in _ID_FIELDS] if isinstance(entry, dict) else []
    return next((id_ for id_ in ids if isinstance(id_, str) and id_), None)


def _as_meant(value: Any, name: str) -> Any:
    """Return a value of a field in the form that the field has, where it says the same in another one."""
    if isinstance(value, int) and not isinstance(value, bool) and _IDENTIFYING.search(name):
        return str(value)
    if isinstance(value, str) and _TIME.search(name):
        return _seconds(value.strip(), is_moment=_MOMENT.search(name) is not None)
    return value


def _seconds(text: str, *, is_moment: bool) -> int | float | str:
    """Return seconds that came as text, or a moment as ISO 8601 writes it (UTC if it does not say); else the text."""
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    try:
        moment = datetime.fromisoformat(text) if is_moment else None
        return text if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return text


def _holds_no_number(value: Any) -> bool:
    rest = [value]
    while rest:
        match rest.pop():
            case NoNumber():
                return True
            case dict() as inner:
                rest.extend(inner.values())
            case list() as inner:
                rest.extend(inner)
    return False
