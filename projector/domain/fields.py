"""What a data collection id says: its words, when it says nothing, and which ids an operator means."""

import re
import unicodedata
from collections.abc import Iterable

from msgspec import structs

from projector.domain.calls import Call, id_in_words

_WORD_END = re.compile(r"[\W_]+")
_CHANGES = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")
_HEX = re.compile(r"(?=[0-9a-f]*[0-9])[0-9a-f]{8,}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9]{6,}")
_CAMEL_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
# An id of these words and a number says no more than that something is collected: `item_3`.
_EMPTY_WORDS = {"ai", "analysis", "collected", "collection", "custom", "data", "dc", "dci", "entry", "field", "id"} | {
    *("item", "key", "prop", "property", "q", "question", "result", "v", "val", "value", "var", "variable")
}


def squeezed(id_: str) -> str:
    """Return an id as operators mean it: without case, `_`, `-`, blanks and other signs; `*` stays alone."""
    return "".join(char for char in id_.casefold() if char.isalnum()) or id_.strip()


def words_of(id_: str) -> list[str]:
    """Return the words of an id or a name, in lower case and without accents: `lastName` gives `last` and `name`."""
    plain = unicodedata.normalize("NFKD", id_in_words(id_).casefold())
    return _WORD_END.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).split()


def is_opaque(id_: str) -> bool:
    """Tell whether an id says nothing about what it stands for: a UUID, a made-up token, `item_3`."""
    words = [word for word in _WORD_END.split(id_) if word]
    return all(word.isdigit() or word.lower() in _EMPTY_WORDS for word in words) or any(map(_is_made_up, words))


def field_of(call: Call, id_: str) -> str:
    """Return what says what a collected value is: its id; where that is opaque, the name that the operator gave it."""
    name = call.collected_names.get(id_)
    return name if name and is_opaque(id_) else id_


def by_field(call: Call) -> Call:
    """Return a call whose collected values stand under names in place of opaque ids; an id that is one stays before."""
    fields = {id_: field_of(call, id_) for id_ in call.collected_names if id_ in call.collected}
    fields = {id_: field for id_, field in fields.items() if field != id_ and field not in call.collected}
    if not fields:
        return call
    return structs.replace(
        call,
        collected={fields.get(id_, id_): value for id_, value in call.collected.items()},
        collected_redacted={fields.get(id_, id_): kinds for id_, kinds in call.collected_redacted.items()},
    )


def without_fields(call: Call, hidden: Iterable[str]) -> Call:
    """Return a call without the values whose id or name is one of the squeezed `hidden`."""
    names = frozenset(hidden)
    kept = {
        id_: value
        for id_, value in call.collected.items()
        if names.isdisjoint({squeezed(id_), squeezed(call.collected_names.get(id_, id_))})
    }
    return call if len(kept) == len(call.collected) else structs.replace(call, collected=kept)


def _is_made_up(word: str) -> bool:
    # `7301k9r8` goes from digits to letters again and again, `address2` does not; `VqKzXwTn` does so with its case.
    if _LONG_NUMBER.fullmatch(word) or _HEX.fullmatch(word):
        return True
    changes = len(_CHANGES.findall(word))
    runs = len(_CAMEL_CHANGE.findall(word)) + 1
    return changes >= 3 or (runs >= 4 and len(word) < 3 * runs)
