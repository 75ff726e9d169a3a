"""The caller's name as far as it can be said aloud: a name, and no speech, markup, address or order."""

import re
import unicodedata

from ingress.wording.order_words import NEVER_IN_NAMES, OF_SENTENCES
from projector.domain.facts.told.stems import without_accents
from projector.domain.memories import CallerView
from projector.domain.reading.placeholders import is_placeholder

NAME_CHARS_MAX = 60
_WORDS_MAX, _SMALL_WORDS_MAX = 8, 4
# What a speech engine takes for a command: SSML, and the bracketed directions of newer voices, closed or not.
_MARKUP = re.compile(r"<[^<>]*>?|\[[^\[\]]*\]?")
_SYMBOLS = frozenset({"So", "Sk", "Cc", "Co", "Cs", "Zl", "Zp"})
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]")
# Format characters that join the parts of Persian and Indic words.
_JOINERS = "\u200c\u200d"
_SIGNS = frozenset(" '\u2018\u2019\u02bc`\u00b4-\u2010\u2011\u2013.\u00b7" + _JOINERS)
# A dot within a word: `evil.com`; not `J.R.` and `Sig.ra`.
_INNER_DOT = re.compile(r"(?<![\w.])([^\W\d_]{2,}(?:-[^\W\d_]+)*)\.(?=[^\W\d_]{2,})")
_SENTENCE_END = re.compile(r"[^\W\d_]{5,}\.\s+\S")
_BEFORE_A_DOT = frozenset(("dr", "mr", "mrs", "ms", "mme", "prof", "sr", "sra", "sig", "st", "fr", "hr", "dott", "ing"))
_SPELLED_ADDRESS = re.compile(r"\b(?:dot|punkt|punto|ponto|point|punt|kropka) (?:com|net|org|info|io|de|uk|eu|biz)\b")
_PARTICLES = """
    af al ap av bat ben bin bint da das de del della den der des di do dos du e el et i ibn la las le los mac och of
    san st te ten ter und van von y zu zum zur
"""
_PARTICLE_WORDS = frozenset(_PARTICLES.split())


def spoken_name(name: str) -> str:
    """
    Return a name as it can be said to a stranger; empty where it cannot, or is none.

    Without markup, signs and emoji. What holds a digit, an `@`, an address or another sign that stands in no name, what
    has more than 60 characters or 8 words, what gives an order, and what says that none is known, is not said at all.
    """
    if len(name) > 4 * NAME_CHARS_MAX:
        return ""
    text = _VARIATION_SELECTORS.sub("", _MARKUP.sub(" ", name))
    text = "".join(
        " " if (kind := unicodedata.category(char)) in _SYMBOLS or (kind == "Cf" and char not in _JOINERS) else char
        for char in text
    )
    text = " ".join(text.split()).strip(" ,;:!?\u2026-\u2013\u2014\"'`*_~()\u201c\u201d\u201e\u00ab\u00bb")
    if len(text.rpartition(" ")[2]) > 4:
        text = text.rstrip(".")
    is_said = (
        len(text) <= NAME_CHARS_MAX
        and any(char.isalpha() for char in text)
        and all(char in _SIGNS or unicodedata.category(char)[0] in "LM" for char in text)
        and not _is_address(text)
        and not is_order(text)
        and not is_placeholder(name)
    )
    return text if is_said else ""


def address_of(view: CallerView) -> str:
    """Return how to address a caller; empty where no name is known that can be said."""
    # Of an order the first word alone was taken for the given name.
    return "" if is_order(_MARKUP.sub(" ", view.name)) else spoken_name(view.given_name)


def is_order(text: str) -> bool:
    """Tell whether a text that was collected as a name says what to do, or is a sentence of another kind."""
    words = text.split()
    plain = re.findall(r"[^\W\d_]+", _plain(text))
    if len(words) > _WORDS_MAX or not NEVER_IN_NAMES.isdisjoint(plain):
        return True
    # `My An` is a name, too.
    if sum(word in OF_SENTENCES and (len(word) > 2 or len(plain) > 2) for word in plain) > 1:
        return True
    # People are written in capitals, or all of it is small: sentences have one capital at their beginning.
    small = [word for word in words if word[0].islower() and word not in _PARTICLE_WORDS]
    is_sentence = len(small) > (1 if len(small) < len(words) else _SMALL_WORDS_MAX)
    return is_sentence or _SENTENCE_END.search(text) is not None


def _is_address(text: str) -> bool:
    lower = text.lower()
    return _SPELLED_ADDRESS.search(lower) is not None or any(
        word not in _BEFORE_A_DOT for word in _INNER_DOT.findall(lower)
    )


def _plain(text: str) -> str:
    return without_accents(text.casefold()).replace("\u0142", "l")
