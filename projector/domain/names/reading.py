"""Reads a name from a text that was collected as one."""

import re
import unicodedata

from msgspec import Struct

from projector.domain.names.introductions import without_introduction
from projector.domain.names.name import Name
from projector.domain.names.spelling import without_spelling
from projector.domain.names.titles import is_company, is_particle, is_suffix, is_title, plain, with_given_name, words_of
from projector.domain.reading.kept import kept_if_short
from projector.domain.reading.placeholders import is_placeholder

_CHARS_MAX, _WORDS_MAX, _SMALL_WORDS_MAX = 100, 7, 4
_ASIDE = re.compile(r"\([^()]*\)|[\"“”„«»][^\"“”„«»]*[\"“”„«»]")
_APOSTROPHES = str.maketrans(
    dict.fromkeys("`\N{ACUTE ACCENT}\N{MODIFIER LETTER APOSTROPHE}\N{RIGHT SINGLE QUOTATION MARK}", "'")
)
# With any other sign in it, a text is an address, a link, markup or what redaction left.
_OF_A_NAME = re.compile(r"(?:[^\W\d_]|[\s'.,/&ª·\u0300-\u036f-])+")
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# What is written where a name was asked for, and is none.
_NOBODY = words_of(
    "caller customer client user patient guest visitor person man woman sir madam maam someone somebody nobody "
    "anybody unknown agent assistant friend name anrufer anruferin kunde kundin patientin cliente usuario utente "
    "klant beller klient klientka pacjent paciente patiente paziente kund gast invitado yes yeah no speaking true "
    "false"
)


class Words(Struct, frozen=True):
    """The words of a text that was collected as a name, without titles; `title` holds those before it."""

    title: str
    words: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The words as a text."""
        return " ".join(self.words)


def name_in(text: str) -> Name | None:
    """
    Return the name of a person in a text that was collected as a whole name; None if it names nobody.

    A text with a digit, an `@` or a sign that stands in no name, a sentence, a company, a title alone and a word such
    as `customer` name nobody.
    """
    found = words_in(text)
    if found is None:
        return None
    title, words = found.title, found.words
    if title and len(words) == 1 and not with_given_name(title):
        return Name(title, family=words[0], is_whole=True)
    if _EAST_ASIAN.search(found.joined):
        return Name(title, given=found.joined, is_whole=True)  # most of these names begin with the last name
    if len(words) > 1 and is_particle(words[0]):
        return Name(title, family=found.joined, is_whole=True)
    return Name(title, given=words[0], family=" ".join(words[1:]), is_whole=True)


@kept_if_short
def words_in(text: str) -> Words | None:
    """Return the words of a name in a text, the last name last; None if the text names nobody: see `name_in`."""
    if not text or len(text) > _CHARS_MAX:
        return None
    text = "".join(
        char for char in text.translate(_APOSTROPHES) if unicodedata.category(char) not in {"So", "Sk", "Cf"}
    )
    text = without_introduction(_ASIDE.sub(" ", text).strip())
    # `Smith / Example Ltd`: the form asked for a name and a company.
    text = without_spelling(text.partition("/")[0].strip())
    if not _OF_A_NAME.fullmatch(text) or not any(char.isalpha() for char in text):
        return None
    title, words = _without_titles(_last_name_last(text.strip(" .,!;")))
    if not words or _is_sentence(words) or is_company(words) or is_placeholder(" ".join(words)):
        return None
    if all(plain(word) in _NOBODY or is_suffix(word) for word in words):
        return None
    return Words(title, _capitalised(words))


def _is_sentence(words: list[str]) -> bool:
    if all(word.islower() for word in words):
        return len(words) > _SMALL_WORDS_MAX
    small = [word for word in words if word.islower() and not is_particle(word) and len(word) > 1]
    return len(words) > _WORDS_MAX or len(small) > 1 + ("and" in small)


def _last_name_last(text: str) -> list[str]:
    """Return the words of `Smith, John` as those of `John Smith`, without suffixes and companies behind a comma."""
    parts = [part.split() for part in text.split(",")]
    first, *others = [part for part in parts if part] or [[]]
    if any(len(part) == 1 and is_company([*first, *part]) for part in others):
        return [*first, *others[0]]  # `Example, Inc.`
    behind = [part for part in others if not all(is_suffix(word) for word in part) and not is_company(part)]
    if not behind:
        return first
    return [*behind[0], *first]


def _without_titles(words: list[str]) -> tuple[str, list[str]]:
    titles: list[str] = []
    rest: list[str] = []
    for at, word in enumerate(words):
        # Also `de heer Jansen`, and `Smith, Dr. John`, whose title has come to stand first.
        is_before_title = plain(word) == "de" and plain("".join(words[at + 1 : at + 2])) == "heer"
        if not rest and (is_title(word) or is_before_title):
            titles.append(word)
        else:
            rest.append(word)
    while len(rest) > 1 and is_suffix(rest[-1]):
        rest.pop()
    return " ".join(titles), [bare for word in rest if (bare := _bare(word))]


def _bare(word: str) -> str:
    """Return a word without the signs around it; an initial keeps its dot."""
    word = word.strip(" ,-·'")
    letters = word.strip(".'")
    return f"{letters}." if len(letters) == 1 and word.endswith(".") else letters if "." not in letters else word


def _capitalised(words: list[str]) -> tuple[str, ...]:
    """Return the words of a name as they are written, where they came in capitals alone or in small letters alone."""
    joined = "".join(words)
    if len(joined) > 3 and (joined.isupper() or joined.islower()):
        return tuple(word.lower() if is_particle(word) and at else _capital(word) for at, word in enumerate(words))
    return tuple(words)


def _capital(word: str) -> str:
    # Not `str.title`: a letter behind a combining accent is in the middle of a word.
    return re.sub(r"(^|[-'])([^\W\d_])", lambda match: match[1] + match[2].upper(), word.lower())
