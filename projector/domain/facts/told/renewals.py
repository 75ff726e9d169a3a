"""
Whether of two medicines the newer one takes the place of the older: another dose of it.

In doubt both stand: what somebody takes is sooner told twice than lost.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from projector.domain.facts.told.counting.number_of import is_number_word
from projector.domain.facts.told.stems import content_tokens, stem_of
from projector.domain.facts.told.tokens import Token
from projector.domain.facts.told.word_list import words

# Beside a number these say how much, and not of what.
_UNITS = words(
    """
    mg g kg ml l dl µg μg ug mcg ie iu ui i.e mval mmol milligram milligrams milligramm milligramme milligrammes
    miligramo miligramos miligrama miligramas milligrammo milligrammi miligram miligramy miligramów gram grams gramm
    gramme grammes gramo gramos microgram micrograms mikrogramm er units unit einheiten unidades unités unità
    tablet tablets pill pills capsule capsules drop drops puff puffs patch patches dose doses tablette tabletten pille
    pillen kapsel kapseln tropfen dosis dosen pastilla pastillas comprimido comprimidos pastillas cápsula cápsulas gota
    gotas comprimé comprimés gélule gélules goutte gouttes compressa compresse pastiglia pastiglie goccia gocce tabletka
    tabletki tabletek kropli krople pil druppel druppels tablett tabletter droppar
    """
)
# After these a number is part of a name.
_NUMBERED = words("omega mix factor faktor facteur factor fattore q")
_NAME_DIGITS_MAX, _THOUSANDS = 2, 3


class _Dose(Struct, frozen=True):
    """What is taken, by the stems of its words, and how much."""

    of: frozenset[str]
    number: str


class _Taken(Struct, frozen=True):
    """What a value says of medicines: their doses, and what is said after the last, such as the time of day."""

    doses: tuple[_Dose, ...]
    how: frozenset[str]

    def is_other_dose(self, former: "_Taken") -> bool:
        # A newer dose at a time of day is most often one more, where the older one names no time.
        if not former.doses or (self.how and self.how != former.how):
            return False
        numbers = {dose.of: dose.number for dose in self.doses}
        if len(numbers) < len(self.doses) or not former.of <= numbers.keys():
            return False
        return any(numbers[dose.of] != dose.number for dose in former.doses)

    @property
    def of(self) -> frozenset[frozenset[str]]:
        return frozenset(dose.of for dose in self.doses)


def renewed_doses(new: str, standing: Sequence[str], language: str) -> list[bool]:
    """
    Tell of each value that stands whether a new one says another dose of all the medicines that it says.

    `Ramipril 2.5` of `Ramipril 5 mg`; and not `insulin 8 units in the evening` of `insulin 10 units in the morning`.
    Where one medicine stands with several doses, one at each time of day, a dose without a time is of none of them.

    Args:
        language: of all, ISO 639-1.
    """
    taken, before = _taken(new, language), [_taken(each, language) for each in standing]
    are_other = [taken.is_other_dose(each) for each in before]
    times: dict[frozenset[frozenset[str]], set[frozenset[str]]] = {}
    for each in before:
        times.setdefault(each.of, set()).add(each.how)
    return [
        is_other and (bool(taken.how) or len(times[each.of]) == 1)
        for is_other, each in zip(are_other, before, strict=True)
    ]


def medicine_words(stems: Iterable[str]) -> frozenset[str]:
    """Return of the stems of a value those that may name a medicine; doses renew each other only if they share one."""
    return frozenset(stem for stem in stems if not stem[:1].isdigit() and stem not in _UNITS)


def _taken(value: str, language: str) -> _Taken:
    """Return each medicine of a value with its number, `ramipril 5 mg` or `5 mg ramipril`, and what is said then."""
    tokens = content_tokens(value, language)
    reader = _Reader(is_number_first=_begins_with_measure(tokens, language), language=language)
    for token, before in zip(tokens, (None, *tokens), strict=False):
        reader.read(token, before)
    return reader.taken()


class _Reader:
    """Reads a value word by word."""

    def __init__(self, *, is_number_first: bool, language: str) -> None:
        self._is_number_first = is_number_first
        self._language = language
        self._doses: list[_Dose] = []
        self._of: set[str] = set()
        self._number = ""
        self._is_measured = False

    def read(self, token: Token, before: Token | None) -> None:
        if not _is_number(token, self._language):
            self._read_word(token)
        elif self._of and not self._number and before is not None and _is_of_name(before, token):
            self._of.add(token.text)
        elif self._is_number_first and self._of:
            self._flush()
            self._number = token.text
        elif self._number and (self._is_measured or not self._goes_on(token)) and self._of:
            self._flush()
            self._of.add(token.text)  # `5 mg at 8`
        else:
            self._number = f"{self._number} {token.text}".strip()

    def taken(self) -> _Taken:
        if self._of and self._number:
            self._flush()
        how = {*self._of, *([self._number] if self._number else [])} if self._doses else set()
        return _Taken(tuple(self._doses), frozenset(how))

    def _read_word(self, token: Token) -> None:
        if token.text.strip(".") in _UNITS:
            self._is_measured = bool(self._number)
            return
        if self._of and self._number and not self._is_number_first:
            self._flush()
        self._of.add(stem_of(token.text, self._language))

    def _flush(self) -> None:
        self._doses.append(_Dose(frozenset(self._of), self._number))
        self._of, self._number, self._is_measured = set(), "", False

    def _goes_on(self, token: Token) -> bool:
        """Tell whether a number goes on: `2,5`, `twenty five`, `1 000`."""
        if not token.text[:1].isdigit() or (token.gap and not token.gap[-1].isspace()):
            return True
        return len(token.text) == _THOUSANDS and len(self._number) <= _THOUSANDS


def _begins_with_measure(tokens: Sequence[Token], language: str) -> bool:
    """Tell whether the number comes first: `5 mg of ramipril`, `two hundred milligrams of ramipril`."""
    after = next((at for at, token in enumerate(tokens) if not _is_number(token, language)), 0)
    return after > 0


def _is_of_name(before: Token, number: Token) -> bool:
    """Tell whether a number is of the name: `vitamin B 6`, `omega 3`; a dose has more digits."""
    is_named = before.text in _NUMBERED or (len(before.text) == 1 and before.text.isascii() and before.text.isalpha())
    return is_named and len(number.text) <= _NAME_DIGITS_MAX


def _is_number(token: Token, language: str) -> bool:
    return token.text[:1].isdigit() or is_number_word(token.text, language)
