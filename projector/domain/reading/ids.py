"""What a data collection id says: its words, when it says nothing, and which id an operator means by it."""

import re
import unicodedata

from projector.domain.reading.kept import kept_if_short

_WORD_END = re.compile(r"[\W_]+")
_CHANGES = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")
_HEX = re.compile(r"(?=[0-9a-f]*[0-9])[0-9a-f]{8,}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9]{6,}")
_CAMEL_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])")
# An id of these words and a number says no more than that something is collected: `item_3`.
_EMPTY_WORDS = {"ai", "analysis", "collected", "collection", "custom", "data", "dc", "dci", "entry", "field", "id"} | {
    *("item", "key", "prop", "property", "q", "question", "result", "v", "val", "value", "var", "variable")
}


@kept_if_short
def squeezed(id_: str) -> str:
    """Return an id as operators mean it: without case, `_`, `-`, blanks and other signs; `*` stays alone."""
    return "".join(char for char in id_.casefold() if char.isalnum()) or id_.strip()


@kept_if_short
def id_in_words(id_: str) -> str:
    """Return a data collection id as separate words: `last_name` gives `last name`, `lastName` gives `last Name`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", id_).replace("_", " ").replace("-", " ")


def words_of(id_: str) -> list[str]:
    """Return the words of an id or a name, in lower case and without accents: `lastName` gives `last` and `name`."""
    plain = unicodedata.normalize("NFKD", id_in_words(id_).casefold())
    return _WORD_END.sub(" ", "".join(char for char in plain if not unicodedata.combining(char))).split()


@kept_if_short
def is_opaque(id_: str) -> bool:
    """Tell whether an id says nothing about what it stands for: a UUID, a made-up token, `item_3`."""
    words = [word for word in _WORD_END.split(id_) if word]
    return all(word.isdigit() or word.lower() in _EMPTY_WORDS for word in words) or any(map(_is_made_up, words))


def _is_made_up(word: str) -> bool:
    # `7301k9r8` goes from digits to letters again and again, `address2` does not; `VqKzXwTn` does so with its case.
    if _LONG_NUMBER.fullmatch(word) or _HEX.fullmatch(word):
        return True
    changes = len(_CHANGES.findall(word))
    runs = len(_CAMEL_CHANGE.findall(word)) + 1
    return changes >= 3 or (runs >= 4 and len(word) < 3 * runs)
