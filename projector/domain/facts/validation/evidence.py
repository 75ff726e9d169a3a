"""What a statement may be made of: the words of its quote, and of the agent's turn that they answer."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from projector.domain.facts.told.number_of import number_of
from projector.domain.facts.told.numbers import Piece, is_told, numbers_in, pieces_of
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import UNPARTED, composed, tokens_of
from projector.domain.facts.told.word_list import words

_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
# Letters and digits in one: `OL-20417`, `LR18 KVP` in two, `27a`.
_CODE = re.compile(
    rf"(?<![^\W{UNPARTED}]|[@.])(?=[^\W_{UNPARTED}]*[\-/]?[^\W_{UNPARTED}]*\d)(?=[\d\-/]*[^\W\d_{UNPARTED}])"
    rf"[^\W_{UNPARTED}]+(?:[\-/][^\W_{UNPARTED}]+)*"
)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|ère|ème|e|º|ª|a|o|de|ste|\.)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*")
# `L'appuntamento`, and not `L'Anna`.
_ELIDED = re.compile(r"(?:[^\W\d_]|Un|Qu|Dell|All|Nell|Sull|Dall|Quest|Quell)['\u2019](?-i:[^\W\d_A-Z])[\w'\u2019\-]*")
_SENTENCE_END = ".!?:"
# Shorter ones begin too many others.
_WORD_CHARS_MIN = 4
# How a sentence about a caller begins, or whom it calls what; German ones are nouns.
_NARRATION = words(
    """
    the a an he she it they we i you his her its our my your their this that these those there on in at from since
    after before for to of with no not when if now both all everything nothing caller callers customer client patient
    guest user person owner delivery name wants want prefers needs has have is was will lives works
    likes dislikes takes took uses asks asked called calls can cannot does had may please
    someone parcels parts invoices about over only one two
    three four five six seven eight nine ten under ring call moving new old drives gets got said says told
    reports complains expects plans pays der die das ein eine er sie es sein seine seiner ihr ihre ihrer ihm
    ihnen im in am an auf bei zu zum zur mit von vom und nach für kein keine beim bitte seit vor wegen herr frau
    dem den des anrufer anrufers anruferin kunde kunden kundin patient patientin gast name nummer möchte will
    hat ist braucht wohnt arbeitet nimmt kann el la los las un una unos unas su sus en de del al se le les lo
    cliente clienta paciente persona quiere tiene es está vive trabaja prefiere necesita pide paga pagó por para
    con sin hay no tras ahora solo pregunta ha han viene queda cuando desde antes después número nombre
    dirección le la les un une il elle son sa ses client cliente patient en à au aux du des pour avec sans veut
    a est habite préfère il la lo gli i un uno una il suo la sua cliente paziente vuole ha è abita preferisce in
    a per con senza de het een hij zij ze zijn haar klant patiënt wil heeft is woont werkt in op bij voor met
    zonder klient klientka dzwoniąca dzwoniący pacjent pacjentka jego jej jest ma chce mieszka pracuje woli w z
    na do po przy dla bez nie może pasuje dzwoni niech recepta wizyta nowa rodzina jadą o a os as um uma cliente
    paciente seu sua quer tem é está mora trabalha prefere em no na para com sem en ett han hon hans hennes kund
    kunden patient vill har är bor arbetar i på vid för med utan
    wir ich uhr euro cent nosotros nosotras yo nous je on nos notre noi io nostro wij we ik onze my nasz nós eu nosso
    vi jag vår vårt våra man es wir soll sollen muss müssen darf dürfen alles nichts niemand jemand heute morgen gestern
    dort hier laut ohne trotz statt während nur auch noch außerdem hay debe deben puede pueden hace todo nada nadie
    también siempre nunca hoy mañana ayer aquí según durante está están era fue faut on ne peut doit tout rien
    aujourd'hui demain hier ici selon pendant depuis après avant chez entre dans si può possono deve devono tutto
    niente nessuno oggi domani ieri qui secondo dopo prima dal dalla nel al ai alle sul moet kan alles niets niemand
    vandaag gisteren volgens tijdens sinds voor trzeba należy można musi wszystko nikt nic dziś dzisiaj jutro wczoraj
    według podczas od przed gdy jeśli é deve pode tudo ninguém hoje amanhã ontem aqui durante depois antes desde
    måste allt inget ingen idag imorgon igår här enligt under sedan efter före
    appelante appelant utente l'appelante l'appelant l'utente l'client l'cliente osoba rozmówca
    rozmówczyni uppringaren inringaren personen beller alla al chi ama beve mangia vive lavora toma bebe come quem gosta
    mora trinkt mag isst fährt liebt bevorzugt aime boit prend mange pije lubi je bierze dricker gillar äter tar drinkt
    houdt eet drinks enjoys loves hates eats owns
    """
)
# After a name that begins a sentence there stands a verb: `James wants`, and not `Prefers mornings`.
_VERBS = words(
    """
    is has was will would can could does did had may must should wants needs likes lives works prefers takes
    uses asks calls said says told gets got pays drives says reports complains expects plans owns moved bought
    ordered and 's
    """
)
_ADJECTIVE_ENDS = ("s", "ed", "ing", "ic", "al", "ly", "ent", "ant", "ive", "able")
_DETERMINERS = words(
    """
    der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner sein seine seinen
    seinem seiner ihr ihre ihren ihrem ihrer kein keine keinen keinem keiner diese dieser dieses diesem diesen
    zum zur im am vom beim ans ins
    """
)


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
        found = sum(map(self.has_word, wanted)) + numbers  # that numbers were told is asked of each by itself
        total = len(wanted) + numbers
        return found * 2 >= total > 0 or (total <= 2 and found > 0)

    def holds_any(self, text: str) -> bool:
        """Tell whether any word or number of a text that says something was said."""
        pieces = pieces_of(text, self._language)
        empty = EMPTY_WORDS.get(self._language, frozenset())
        wanted = {piece.text for piece in pieces if piece.text not in empty} or {piece.text for piece in pieces}
        return any(map(self.has_word, wanted)) or any(map(self._tells, numbers_in(pieces)))

    def numbers_beside(self, text: str) -> list[str]:
        """Return the numbers and codes of a text that nobody told."""
        text = _ADDRESS.sub(" ", composed(text))
        return [*self._codes_beside(text), *self._plain_numbers_beside(text)]

    def has_exchanged_numbers(self, value: str) -> bool:
        """
        Tell whether a value gives a word the number of another: `before 2`, where the words are `before 9, in 2 weeks`.
        """
        told = self._neighbours(self._pieces)
        return any(
            not any(_is_part(number, each) for each in told[word])
            for word, numbers in self._neighbours(pieces_of(value, self._language)).items()
            if word in told
            for number in numbers
        )

    def _neighbours(self, pieces: list[Piece]) -> dict[str, set[str]]:
        """Return the numbers that stand directly beside each word; what is told in several pieces is one number."""
        empty = EMPTY_WORDS.get(self._language, frozenset())
        rows: list[tuple[bool, str]] = []
        for piece in pieces:
            if piece.is_number and rows and rows[-1][0]:
                rows[-1] = (True, rows[-1][1] + piece.text)
            elif piece.is_number or piece.text not in empty:
                rows.append((piece.is_number, piece.text))
        found: dict[str, set[str]] = {}
        for one, other in pairwise(rows):
            if one[0] != other[0]:
                word, number = (other, one) if one[0] else (one, other)
                found.setdefault(stem_of(word[1], self._language), set()).add(number[1])
        return found

    def addresses_beside(self, text: str) -> list[str]:
        """Return the e-mail addresses of a text that nobody told."""
        return [found.group() for found in _ADDRESS.finditer(composed(text)) if not self._has_address(found.group())]

    def names_beside(self, text: str, *, labels: str = "") -> list[str]:
        """
        Return the words of a text that begin with a capital, as names do, and that nobody said.

        Args:
            labels: what the text may call the thing that it says, as `Allergy: nuts` does.
        """
        called = labels.casefold().split()
        return [name for name in self._names_beside(_ADDRESS.sub(" ", composed(text))) if name.casefold() not in called]

    def has_word(self, word: str) -> bool:
        """Tell whether a word was said, in this form or another, or spelled."""
        plain = word.casefold()
        if plain in self._words or stem_of(plain, self._language) in self._stems or self._tells(plain):
            return True
        # Where we do not know the endings, a word may go on in one: `Cengiz` was said as `Cengizin`.
        is_foreign = self._language not in EMPTY_WORDS and len(plain) >= _WORD_CHARS_MIN
        return is_foreign and any(said.startswith(plain) for said in self._words)

    def _codes_beside(self, text: str) -> Iterator[str]:
        for found in _CODE.finditer(text):
            code = found.group()
            if _ORDINAL.fullmatch(code) or self._tells(_squeezed(code)):
                continue
            yield code

    def _plain_numbers_beside(self, text: str) -> Iterator[str]:
        rest = _CODE.sub(_ordinal_alone, text)
        pieces = pieces_of(rest, self._language)
        for number in numbers_in(pieces):
            if not self._tells(number) and not self._has_parts(number, pieces):
                yield number

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
        return all(self._tells(part) for part in parts)

    def _names_beside(self, text: str) -> Iterator[str]:
        before, is_first = "", True
        end = 0
        for found in _WORD.finditer(text):
            word, gap = found.group(), text[end : found.start()]
            is_first = is_first or any(sign in gap for sign in _SENTENCE_END)
            end = found.end()
            is_name = word[:1].isupper() and not self._is_no_name(word, before, is_first=is_first)
            if is_name and not (is_first and _is_predicate(word, text[end:])):
                yield word
            before, is_first = word.casefold(), False

    def _is_no_name(self, word: str, before: str, *, is_first: bool) -> bool:
        plain = word.casefold()
        if is_first and (_ELIDED.fullmatch(word) or self._language not in EMPTY_WORDS):
            return True
        if all(map(self.has_word, re.split(r"[\-'\u2019]", plain))) or self.has_word(plain.replace("-", "")):
            return True
        if number_of(plain, self._language) is not None or len(plain) == 1:
            return True
        if plain in _NARRATION and (is_first or self._language == "de"):
            return True
        # German writes every noun with a capital; a name has no article.
        return self._language == "de" and before in _DETERMINERS | EMPTY_WORDS["de"]

    def _tells(self, wanted: str) -> bool:
        return is_told(wanted, self._pieces) or is_told(wanted, self._letters)

    @cached_property
    def _text(self) -> str:
        return composed(f"{self.answered} \u2026 {self.quoted} \u2026 {self._named}")

    @cached_property
    def _pieces(self) -> list[Piece]:
        texts = (self.answered, self.quoted, self._named)
        return [piece for text in texts for piece in pieces_of(text, self._language)]

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


def _is_predicate(word: str, rest: str) -> bool:
    """Tell whether a word at the beginning of an English sentence is a verb or an adjective: `Insured with Delta`."""
    following = _WORD.match(rest.lstrip())
    return (
        word.endswith(_ADJECTIVE_ENDS)
        and rest[:1] == " "
        and following is not None
        and following.group().islower()
        and following.group() not in _VERBS
    )


def _ordinal_alone(found: re.Match[str]) -> str:
    ordinal = _ORDINAL.fullmatch(found.group())
    return f" {ordinal[1]} " if ordinal else " ; "


def _squeezed(code: str) -> str:
    return "".join(char for char in code.casefold() if char.isalnum())
