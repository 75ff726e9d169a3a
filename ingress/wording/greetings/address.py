"""A name as it is said to whoever has it, in the grammar of a language."""
# ruff: noqa: RUF001 - Ukrainian

from functools import cache

# Courtesy that our templates have behind a name, and that a name may bring along.
_COURTESY = {"ja": ("様", "さま", "さん"), "ko": ("님", "씨"), "hi": (" जी", "जी", " ji")}
_UKRAINIAN = "uk"
_FIRST_CYRILLIC, _LAST_CYRILLIC = "\u0400", "\u04ff"
# Names whose vocative is not that of their ending, and names of women that have none.
_UKRAINIAN_NAMES = """
    ілля=ілле олег=олегу ігор=ігорю любов=любове яків=якове антін=антоне кармен=кармен ніколь=ніколь ірен=ірен
    нінель=нінель мішель=мішель ізабель=ізабель рахіль=рахіль адель=адель еллен=еллен
"""
# The first ending that fits counts; a last name in `-енко` stays. Source: the Ukrainian orthography of 2019, §§ 87, 89.
_UKRAINIAN_ENDINGS = """
    енко=енко ко=ку ія=іє ая=аю оя=оє йя=йє ня=ню ля=лю дя=дю тя=тю ся=сю зя=зю ич=ичу й=ю ь=ю а=о о=е к=ку б=бе в=ве
    д=де з=зе л=ле м=ме н=не п=пе р=ре с=се т=те ф=фе
"""


def said_to(name: str, language: str) -> str:
    """
    Return a name as its bearer is called; empty where the grammar of the language cannot be told for it.

    In Ukrainian whoever is called has a case of its own: Марта is called Марто.

    Args:
        name: as it is known.
        language: in which it is said, ISO 639-1.
    """
    for courtesy in _COURTESY.get(language, ()):
        if len(name) > len(courtesy) and name.endswith(courtesy):
            name = name.removesuffix(courtesy).rstrip()
    if language != _UKRAINIAN:
        return name
    words = [_called_in_ukrainian(word) for word in name.split()]
    return " ".join(words) if all(words) else ""


def _called_in_ukrainian(word: str) -> str:
    plain = word.lower()
    if not any(_FIRST_CYRILLIC <= char <= _LAST_CYRILLIC for char in plain):
        return word  # a name in other letters has no cases
    for name, called in _pairs(_UKRAINIAN_NAMES):
        if plain == name:
            return word[:1] + called[1:]
    for ending, called in _pairs(_UKRAINIAN_ENDINGS):
        if plain.endswith(ending):
            return word[: -len(ending)] + called
    return ""


@cache
def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in text.split())
    return tuple((name, called) for name, _, called in pairs)
