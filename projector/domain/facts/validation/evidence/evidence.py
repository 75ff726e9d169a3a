"""What a statement may be made of: the words of its quote, and of the agent's turn that they answer."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from projector.domain.facts.told.counting.numbers import Piece, is_told, numbers_in, pieces_of
from projector.domain.facts.told.negations import is_negation
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of, without_accents
from projector.domain.facts.told.tokens import UNPARTED, composed, tokens_of
from projector.domain.facts.validation.evidence.names import unsaid_names
from projector.domain.facts.validation.evidence.readings import readings_of
from projector.domain.facts.validation.hostile.links import ADDRESS
from projector.domain.facts.validation.people.relations import names_relation

# Letters and digits in one: `OL-20417`, `LR18 KVP` in two, `27a`.
_CODE = re.compile(
    rf"(?<![^\W{UNPARTED}]|[@.])(?=[^\W_{UNPARTED}]*[\-/]?[^\W_{UNPARTED}]*\d)(?=[\d\-/]*[^\W\d_{UNPARTED}])"
    rf"[^\W_{UNPARTED}]+(?:[\-/][^\W_{UNPARTED}]+)*"
)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ère|ème|e|º|ª|a|o|de|ste|\.)", re.IGNORECASE)
_LETTERS = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "ß": "ss", "đ": "d", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa"})
# What a Turkish word ends in, and what that is before an ending.
_SOFTENED = {"k": "ğ", "p": "b", "ç": "c", "t": "d"}
# In which the last letters of a stem change as well.
_CHANGING_STEMS = frozenset({"cs", "pl", "ru", "uk"})
_COMMON_CHARS_MIN, _OTHER_CHARS_MAX = 4, 2
_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})
_UNPARTED, _UNPARTED_RUN = re.compile(f"[{UNPARTED}]"), re.compile(f"[{UNPARTED}]+")
# Shorter ones begin too many others.
_WORD_CHARS_MIN = 4


class Evidence:
    """
    The words by which a statement is proven.

    Args:
        quoted: the words of the turn.
        answered: the agent's words before it, or to which it says yes.
        named: further words that a statement may hold: whom it is about.
    """

    def __init__(self, quoted: str, answered: str, named: str, language: str) -> None:
        self.quoted, self.answered, self._named, self._language = quoted, answered, named, language

    def supports(self, value: str) -> bool:
        """Tell whether the words of a value are those of the call: one of two, or half of more."""
        pieces = pieces_of(value, self._language)
        numbers = sum(piece.is_number for piece in pieces)
        empty = EMPTY_WORDS.get(self._language, frozenset())
        words = {piece.text for piece in pieces if not piece.is_number}
        wanted = {word for word in words if word not in empty} or (set() if numbers else words)
        # Whether it is denied is asked by itself.
        wanted = {word for word in wanted if not is_negation(word, self._language)} or wanted
        found = sum(map(self._has_value_word, wanted)) + numbers  # that numbers were told is asked of each by itself
        total = len(wanted) + numbers
        return found * 2 >= total > 0 or (total <= 2 and found > 0)

    def holds_any(self, text: str) -> bool:
        """Tell whether any word or number of a text that says something was said."""
        pieces = pieces_of(text, self._language)
        empty = EMPTY_WORDS.get(self._language, frozenset())
        wanted = {piece.text for piece in pieces if piece.text not in empty} or {piece.text for piece in pieces}
        wanted = {word for word in wanted if not is_negation(word, self._language)} or wanted
        # Of writing without spaces one sign is no word, but where it is all.
        runs = [run for run in _UNPARTED_RUN.findall(composed(text)) if len(run) > 1]
        if any(run[at : at + 2] in self._text for run in runs for at in range(len(run) - 1)):
            return True
        wanted = {word for word in wanted if not runs or _UNPARTED.match(word) is None}
        return any(map(self._has_value_word, wanted)) or any(map(self._tells, numbers_in(pieces)))

    def numbers_beside(self, text: str) -> list[str]:
        """Return the numbers and codes of a text that nobody told."""
        text = ADDRESS.sub(" ", composed(text))
        return [*self._codes_beside(text), *self._plain_numbers_beside(text)]

    def has_exchanged_numbers(self, value: str) -> bool:
        """
        Tell whether a value gives a word the number of another: `before 2`, where the words are `before 9, in 2 weeks`.
        """
        told = self._told_neighbours
        quoted = pieces_of(self.quoted, self._language)
        near, alone = self._neighbours(quoted), {piece.text for piece in quoted if piece.is_number}
        return any(
            not any(_is_part(number, each) for each in told[word])
            for word, numbers in self._neighbours(pieces_of(value, self._language)).items()
            if word in told
            for number in numbers
            # `The 29th is better`, to `delivery on January 28`: the number is the caller's, and the month the agent's.
            if number not in self._named_numbers
            and (word in near or not any(number.startswith(each) or number.endswith(each) for each in alone))
        )

    @cached_property
    def _named_numbers(self) -> frozenset[str]:
        return frozenset(piece.text for piece in pieces_of(self._named, self._language) if piece.is_number)

    @cached_property
    def _told_neighbours(self) -> dict[str, set[str]]:
        """The numbers beside each word, of each of the texts by itself."""
        found: dict[str, set[str]] = {}
        for text in (self.answered, self.quoted):
            for word, numbers in self._neighbours(pieces_of(text, self._language)).items():
                found.setdefault(word, set()).update(numbers)
        return found

    def _neighbours(self, pieces: list[Piece]) -> dict[str, set[str]]:
        """Return the numbers that stand directly beside each word; what is told in several pieces is one number."""
        empty = EMPTY_WORDS.get(self._language, frozenset())
        rows: list[tuple[bool, str]] = []
        for piece in pieces:
            if piece.text in _ORDINAL_ENDS:
                continue
            if piece.is_number and rows and rows[-1][0]:
                rows[-1] = (True, rows[-1][1] + piece.text)
            elif piece.is_number or piece.text not in empty:
                rows.append((piece.is_number, piece.text))
        found: dict[str, set[str]] = {}
        for one, other in pairwise(rows):
            # Where nothing parts the words, what is counted comes after its number: `6月20日`.
            is_counted = one[0] or _UNPARTED.match(one[1]) is None
            if one[0] != other[0] and is_counted:
                word, number = (other, one) if one[0] else (one, other)
                found.setdefault(stem_of(word[1], self._language), set()).add(number[1])
        return found

    def addresses_beside(self, text: str) -> list[str]:
        """Return the e-mail addresses of a text that nobody told."""
        return [found.group() for found in ADDRESS.finditer(composed(text)) if not self._has_address(found.group())]

    def names_beside(self, text: str, *, labels: str = "") -> list[str]:
        """
        Return the words of a text that begin with a capital, as names do, and that nobody said.

        Args:
            labels: what the text may call the thing that it says, as `Allergy: nuts` does.
        """
        called = labels.casefold().split()
        names = unsaid_names(ADDRESS.sub(" ", composed(text)), self._language, self.has_word)
        return [name for name in names if name.casefold() not in called]

    def has_word(self, word: str) -> bool:
        """Tell whether a word was said, in this form or another, or spelled."""
        plain = word.casefold()
        if plain in self._words or stem_of(plain, self._language) in self._stems or self._tells(plain):
            return True
        # Where we do not know the endings, a word may go on in one: `Cengiz` was said as `Cengizin`.
        is_foreign = self._language not in EMPTY_WORDS and len(plain) >= _WORD_CHARS_MIN
        begins = (plain, plain[:-1] + _SOFTENED.get(plain[-1:], plain[-1:])) if self._language == "tr" else (plain,)
        if is_foreign and any(said.startswith(begins) for said in self._words):
            return True
        return names_relation(plain, self._text, self._language)

    def _has_value_word(self, word: str) -> bool:
        """Tell the same of a word that is no name, whose stem may change as well: `szkoła`, `szkole`."""
        return self.has_word(word) or (
            self._language in _CHANGING_STEMS and any(_is_inflected(word, said) for said in self._words)
        )

    def _codes_beside(self, text: str) -> Iterator[str]:
        for found in _CODE.finditer(text):
            code = found.group()
            if _ORDINAL.fullmatch(code) or self._tells(_squeezed(code)):
                continue
            yield code

    def _plain_numbers_beside(self, text: str) -> Iterator[str]:
        rest = _CODE.sub(_ordinal_alone, text)
        pieces = pieces_of(rest, self._language)
        is_one = self._says_one(pieces)
        for number in numbers_in(pieces):
            if not self._tells(number) and not self._has_parts(number, pieces) and not (number == "1" and is_one):
                yield number

    def _says_one(self, pieces: Sequence[Piece]) -> bool:
        """
        Tell whether some words say no more by `one` or `first` than an article does: `she has one sister`.

        They do say more where there are two sisters.
        """
        places = [at for at, piece in enumerate(pieces) if piece.text == "1"]
        beside = [each.text for at in places for each in pieces[at + 1 : at + 2]]
        is_counted = len(beside) == len(places) and all(pieces[at].is_spoken for at in places)
        # Of `daughters` nobody has said that it is one.
        stems = {word: stem_of(word, self._language) for word in beside}
        are_told = all(word in self._words or stem not in self._stems for word, stem in stems.items())
        return (
            is_counted and are_told and all(self._told_neighbours.get(each, {"1"}) <= {"1"} for each in stems.values())
        )

    def _has_parts(self, number: str, pieces: list[Piece]) -> bool:
        """Tell whether two numbers that a text says one after the other were told, each by itself: `9, 4:15`."""
        parts = [piece.text for piece in pieces if piece.is_number]
        pairs = [(one, other) for one, other in pairwise(parts) if one + other == number]
        told = {piece.text for piece in self._pieces if piece.is_number}
        return any(told >= {*pair} and max(map(len, pair)) > 1 for pair in pairs)

    def _has_address(self, address: str) -> bool:
        if address.casefold() in composed(f"{self.quoted} {self.answered}").casefold():
            return True
        parts = [part for part in re.split(r"[@._+\-]+", address.casefold()) if part]
        return all(self._tells(part) or part in self._without_accents for part in parts)

    @cached_property
    def _without_accents(self) -> frozenset[str]:
        """The words as an address writes them: `karaağaç` is `karaagac`, and `Müller` is `mueller`."""
        plain = {without_accents(word.translate(_LETTERS)) for word in self._words}
        return frozenset({*plain, *(word.translate(_UMLAUTS) for word in self._words)})

    def _tells(self, wanted: str) -> bool:
        if is_told(wanted, self._pieces) or is_told(wanted, self._letters):
            return True
        return any(is_told(wanted, reading) for reading in self._readings) or self._tells_fraction(wanted)

    def _tells_fraction(self, wanted: str) -> bool:
        """Tell whether a number with a fraction was told without the mark between them: `eins neunundachtzig`."""
        whole, mark, fraction = wanted.partition(".")
        return bool(mark) and any(
            one.text == whole and other.text == fraction and one.is_spoken and other.is_spoken and other.is_tight
            for one, other in pairwise(self._pieces)
        )

    @cached_property
    def _text(self) -> str:
        return composed(f"{self.answered} \u2026 {self.quoted} \u2026 {self._named}")

    @cached_property
    def _pieces(self) -> list[Piece]:
        texts = (self.answered, self.quoted, self._named)
        return [piece for text in texts for piece in pieces_of(text, self._language)]

    @cached_property
    def _readings(self) -> list[list[Piece]]:
        texts = (self.answered, self.quoted)
        return [pieces_of(each, self._language) for text in texts for each in readings_of(text, self._language)]

    @cached_property
    def _letters(self) -> list[Piece]:
        """The words as they are, without reading letters by their names: `Otto` may be a man."""
        return [Piece(token.text, token.is_number, is_tight=False) for token in tokens_of(self._text)]

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(token.text for token in tokens_of(self._text))

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stem_of(token.text, self._language) for token in tokens_of(self._text))


def _is_part(number: str, other: str) -> bool:
    """Tell whether one of two numbers begins or ends with the other: digits are grouped in more than one way."""
    short, long = sorted((number, other), key=len)
    return long.startswith(short) or long.endswith(short)


def _is_inflected(one: str, other: str) -> bool:
    """Tell whether two words are alike but for their last two letters."""
    common = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    return common >= _COMMON_CHARS_MIN and max(len(one), len(other)) - common <= _OTHER_CHARS_MAX


def _ordinal_alone(found: re.Match[str]) -> str:
    ordinal = _ORDINAL.fullmatch(found.group())
    return f" {ordinal[1]} " if ordinal else " ; "


def _squeezed(code: str) -> str:
    return "".join(char for char in code.casefold() if char.isalnum())
