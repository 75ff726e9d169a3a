"""The stems of the words of a value, without words that say nothing of it: articles and whose it is."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

import Stemmer

from projector.domain.facts.told.tokens import Token, tokens_of

_ALGORITHMS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "it": "italian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ru": "russian",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Articles, and whose it is: what the caller calls `my` is `her` in a statement. No word that could change a fact.
_EMPTY = {
    "de": """
        der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner meines sein seine
        seinen seinem seiner ihr ihre ihren ihrem ihrer ist bin sind war am im ich mir mich sich
    """,
    "en": "the a an my his her its our their your is am are was were be it this that at on of i i'm i've",
    "es": """
        el la los las un una unos unas mi mis su sus nuestro nuestra es soy está estoy son del de al me le se nos
        les
    """,
    "fr": "le la les un une des mon ma mes son sa ses notre nos leur leurs est suis sont du de au",
    "it": "il lo la i gli le un uno una mio mia miei mie suo sua suoi sue è sono del della di al",
    "nl": "de het een mijn zijn haar ons onze hun is ben van",
    "pl": "mój moja moje jego jej nasz nasza jest są",
    "pt": "o a os as um uma meu minha meus minhas seu sua seus suas é sou são do da de ao",
    "sv": "en ett den det min mitt mina hans hennes sin sitt sina är",
}
EMPTY_WORDS = {language: frozenset(words.split()) for language, words in _EMPTY.items()}
_NONE: frozenset[str] = frozenset()


def stem_of(word: str, language: str) -> str:
    """Return the stem of a word in lower case; the word itself in a language without stems."""
    return _stem(language)(word)


def content_stems(text: str, language: str) -> list[str]:
    """Return the stems of the words of a text that say something, in order; digits as they are."""
    return [stem_of(token.text, language) for token in content_tokens(text, language)]


def content_tokens(text: str, language: str) -> list[Token]:
    """Return the words of a text that say something, in order; all of them where none does."""
    tokens = tokens_of(text)
    empty = EMPTY_WORDS.get(language, _NONE)
    return [token for token in tokens if token.text not in empty] or tokens


def without_accents(text: str) -> str:
    """Return a text without the marks on its letters."""
    parted = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parted if not unicodedata.combining(char))


@lru_cache
def _stem(language: str) -> Callable[[str], str]:
    if language not in _ALGORITHMS:
        return str
    stem: Callable[[str], str] = Stemmer.Stemmer(_ALGORITHMS[language]).stemWord
    return stem
