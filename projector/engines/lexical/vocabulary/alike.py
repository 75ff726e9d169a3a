"""
Finds words that somebody may have said where nobody said those of a question: by their sound, and by their letters.

Speech recognition writes a name as it hears it, and each time another way: `Kowalski`, `Covalsky`. The sound of a word
is made for no language in particular, because a name keeps its spelling in all of them.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, JaroWinkler

# Letters that recognisers take for each other, each group with the one that stands for it.
_SOUNDS = (
    (re.compile(r"tsch|sch|cz|sz|tz|sh|ts|zh"), "s"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"ph|[vw]"), "f"),
    (re.compile(r"ck|ch|gh|[cgq]"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"[zjß]"), "s"),
    (re.compile(r"th|dt|d"), "t"),
    (re.compile(r"b"), "p"),
    (re.compile(r"m"), "n"),
)
_VOWELS = re.compile(r"[aeiouyhäöüæøåœ]+")
_DOUBLED = re.compile(r"(.)\1+")
# What has no accent that could be taken off.
_LETTERS = str.maketrans("łđðøı", "lddoi")
_SOUND_CHARS_MIN, _WORD_CHARS_MIN, _CODE_CHARS_MIN, _LONG_CHARS_MIN = 3, 5, 4, 8
# Words of the same sound that have less in common are different words: `Bauer` and `apparai`.
_SAME_SOUND_MIN = 0.4
_AT_ONCE = 1000
ALIKE_MAX = 8


def sound_of(word: str) -> str:
    """Return what is left of a word in lower case without vowels, and with one letter for all that sound like it."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    plain = plain.translate(_LETTERS)
    for letters, sound in _SOUNDS:
        plain = letters.sub(sound, plain)
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", plain))


def alike(word: str, said: Sequence[str], *, pause: Callable[[], None] = lambda: None) -> list[tuple[str, float]]:
    """
    Return the words that were said and are most like a word, each with how like it is, 0 to 1, the likest first.

    A word is like another if it sounds the same, or if one letter differs, two of a long word. A short number is like
    no other.

    Args:
        said: in lower case, each once, in any order.
        pause: called again and again.
    """
    edits, is_code = _edits(word), any(map(str.isdigit, word))
    if not edits and (is_code or len(word) < _SOUND_CHARS_MIN):
        return []
    sound = "" if is_code else sound_of(word)
    found: dict[str, float] = {}
    for begin in range(0, len(said), _AT_ONCE):
        pause()
        some = said[begin : begin + _AT_ONCE]
        if edits:
            for other, _, _ in process.extract(word, some, scorer=OSA.distance, score_cutoff=edits, limit=None):
                if is_code == any(map(str.isdigit, other)):
                    found[other] = JaroWinkler.normalized_similarity(word, other)
        if len(sound) > 1:
            cutoff = _SAME_SOUND_MIN
            near = process.extract(word, some, scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None)
            for other, _, _ in near:
                if other not in found and sound_of(other) == sound:
                    found[other] = JaroWinkler.normalized_similarity(word, other)
    found.pop(word, None)
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:ALIKE_MAX]


def _edits(word: str) -> int:
    """Return by how many letters a word that is like another one may differ from it."""
    # Short numbers that differ by a digit mean something else.
    is_code = any(map(str.isdigit, word)) and not word.isdecimal()
    least = _CODE_CHARS_MIN if is_code else _WORD_CHARS_MIN
    return 0 if len(word) < least else 1 if len(word) < _LONG_CHARS_MIN else 2
