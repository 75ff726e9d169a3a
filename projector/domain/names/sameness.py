"""
Whether two names are those of one person: the same, in part, or spelled anew.

No list of names is asked. Two spellings are one name if they sound alike: `Jonas` and `Jonass`, `Martha` and `Marta`,
`Karin` and `Karen`. What is a name of its own in most languages is not: `Marta` and `Maria`, `Martin` and `Martina`.
In doubt they are two people: then the worst is that something must be told again.
"""

import re

from projector.domain.names.name import Name, is_initials
from projector.domain.names.reading import words_in
from projector.domain.names.titles import contradict, plain

_SOUNDS = (
    ("sch", "s"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("qv", "kv"),
    ("qu", "kv"), ("q", "k"), ("x", "ks"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("y", "i"), ("w", "v"), ("f", "v"),
    ("z", "s"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
# An `h` is heard at the beginning and between vowels.
_SILENT_H = re.compile(r"(?<=[^aeiou])(?<!^)h|h(?=[^aeiou]|$)(?<!^h)")
_TWICE = re.compile(r"(.)\1+")
_VOWEL = re.compile(r"[aeiou]")
_WORD = re.compile(r"[\s\-]+")
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORT_FORM_MIN, _LEFT_OUT_MIN, _HEARD_MIN, _LONG_MIN = 3, 3, 5, 7
# `Pauline` is no long form of `Paul`.
_FEMININE = ("ina", "ine", "etta", "ette", "otta", "otte", "ella", "elle", "ika", "ita")


def fits(known: Name, heard: Name) -> bool:
    """Return whether a name that was heard may be that of a person who is known by another, or by a part of it."""
    if contradict(known.title, heard.title):
        return False
    known, heard = _last_name_alone(known, heard), _last_name_alone(heard, known)
    if known.given and heard.given:
        return is_same_given(known.given, heard.given)
    if not known.family or not heard.family:
        return True
    if is_spelled_anew(known.family, heard.family):
        return True
    # A last name alone that differs says nothing of whoever is known by a first name.
    return bool(known.given) and not heard.given and not heard.title


def is_shared_in_part(known: Name, heard: Name) -> bool:
    """
    Return whether two names have a part in common, so that they may be told of one person.

    More than `fits` says: a person of whom a last name alone is known has nothing in common with `Peter`.
    """
    if contradict(known.title, heard.title):
        return False
    known, heard = _last_name_alone(known, heard), _last_name_alone(heard, known)
    if known.given and heard.given:
        return is_same_given(known.given, heard.given) or is_part_in_signs(known.given, heard.given)
    return bool(known.family and heard.family) and is_spelled_anew(known.family, heard.family)


def is_part_in_signs(one: str, other: str) -> bool:
    """Return whether of two names that are written without blanks one is a part of the other: `村瀬`, `村瀬健太`."""
    return bool(_SIGNS.match(one) and _SIGNS.match(other)) and (one in other or other in one)


def told_anew(known: Name, heard: Name) -> Name:
    """
    Return the name of a person who has told it again, whole or in part.

    What was not told again stays: `Sylvia` after `Sylvia Cartwright` keeps the last name, and `S. Cartwright` keeps
    the first.
    """
    known, heard = _last_name_alone(known, heard), _last_name_alone(heard, known)
    if not heard.given and not heard.title:
        is_other = bool(known.family) and not is_spelled_anew(known.family, heard.family)
        if known.given and known.is_whole and is_other:
            return known  # a last name alone is worth less than the whole name that is known already
        return Name(known.title, known.given, heard.family, is_whole=heard.is_whole or known.is_whole)
    is_less = not heard.given or (is_initials(heard.given) and is_same_given(known.given, heard.given))
    return Name(
        title=heard.title,
        given=(known.given if is_less else "") or heard.given,
        family=heard.family or known.family,
        is_whole=heard.is_whole if heard.family or not known.family else known.is_whole,
    )


def is_told_in_part(text: str, whole: str) -> bool:
    """Return whether a name as it was told is a part of another one, and no more: `Ann` of `Ann Lee`."""
    told, known = words_in(text), words_in(whole)
    if told is None or known is None:
        return False
    return {*map(plain, told.words)} < {*map(plain, known.words)}


def is_same_given(one: str, other: str) -> bool:
    """Return whether two first names are one: the same, in part, a short form, or spelled anew."""
    words, others = _sounds_of(one), _sounds_of(other)
    if not words or not others:
        return False
    if "".join(words) == "".join(others) or {*words} <= {*others} or {*others} <= {*words}:
        return True
    if len(words) > 1 or len(others) > 1:
        return False
    short, long = sorted((plain(one), plain(other)), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return _is_short_form(short, long) or _is_misheard(words[0], others[0])


def is_spelled_anew(one: str, other: str) -> bool:
    """Return whether two last names are one, spelled anew."""
    word, another = ("".join(_sounds_of(name)) for name in (one, other))
    longest = max(len(word), len(another))
    return word == another or _is_misheard(word, another) or (longest >= _HEARD_MIN and _is_one_edit(word, another))


def _last_name_alone(name: Name, other: Name) -> Name:
    """Return a name of one word as a last name, where it is that of the other name: `Cartwright` beside Sylvia's."""
    is_one_word = name.is_whole and name.given and not name.family
    if is_one_word and other.family and is_spelled_anew(name.given, other.family):
        return Name(name.title, family=name.given, is_whole=True)
    return name


def _sounds_of(name: str) -> list[str]:
    return [sound for word in _WORD.split(name) if (sound := _sound(plain(word)))]


def _sound(word: str) -> str:
    word = _SOFT_C.sub("s", word)
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return _TWICE.sub(r"\1", _SILENT_H.sub("", word.replace("c", "k"))) or word


def _is_short_form(short: str, long: str) -> bool:
    """Return whether a name is the beginning of the other, as `Alex` of `Alexander`."""
    left_out = long[len(short) :]
    return (
        len(short) >= _SHORT_FORM_MIN
        and len(left_out) >= _LEFT_OUT_MIN
        and long.startswith(short)
        and not left_out.endswith(_FEMININE)
    )


def _is_misheard(one: str, other: str) -> bool:
    """Return whether one vowel within differs; or, in a long name, one letter within."""
    if min(len(one), len(other)) < _HEARD_MIN or one[0] != other[0] or one[-1] != other[-1]:
        return False
    if not _is_one_edit(one, other):
        return False
    if _VOWEL.sub("", one) == _VOWEL.sub("", other):
        return True
    return min(len(one), len(other)) >= _LONG_MIN


def _is_one_edit(one: str, other: str) -> bool:
    """Return whether one letter more, less or other, or two exchanged, turn one word into the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    begin = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    if len(long) > len(short):
        return short[begin:] == long[begin + 1 :]
    exchanged = short[begin : begin + 2][::-1] + short[begin + 2 :]
    return short[begin + 1 :] == long[begin + 1 :] or exchanged == long[begin:]
