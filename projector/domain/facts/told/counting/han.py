"""Reads the numbers that Chinese and Japanese write with characters: `五千六`, `二百二十三`, `15万`."""

from collections.abc import Sequence

from projector.domain.facts.told.tokens import Token

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2, "幺": 1}
_MULTIPLES = {"十": 10, "百": 100, "千": 1000}
_GREAT = {"万": 10_000, "萬": 10_000, "億": 100_000_000, "亿": 100_000_000}
# With them no number begins: `万一` says in case.
_SIGNS = _DIGITS.keys() | _MULTIPLES.keys()
_LANGUAGES = frozenset({"ja", "ko", "zh"})


def begins_number(tokens: Sequence[Token], at: int, language: str) -> bool:
    """Tell whether a number begins at a place: with a character of one, or with digits before such a character."""
    if tokens[at].text in _SIGNS:
        return True
    is_next = at + 1 < len(tokens) and not tokens[at + 1].gap
    is_great = is_next and tokens[at + 1].text in _MULTIPLES.keys() | _GREAT.keys()
    return tokens[at].is_number and is_great and language in _LANGUAGES


def read_number(tokens: Sequence[Token], at: int, language: str) -> tuple[str, int]:
    """Return the digits of a number that begins at a place, and where it ends."""
    total, section, current, positional = 0, 0, 0, ""
    begin, last = at, 1
    while at < len(tokens) and (at == begin or not tokens[at].gap):
        sign = tokens[at].text
        if sign in _DIGITS or (at == begin and sign.isdigit()):
            current = _DIGITS[sign] if sign in _DIGITS else int(sign)
            # `五千六` is five thousand six hundred; `五千零六` is not.
            last = 1 if current == 0 else last
            is_gap = current == 0 and not positional and (section or total)
            positional += "" if is_gap else str(current)
        elif sign in _MULTIPLES:
            section, current, positional = section + max(current, 1) * _MULTIPLES[sign], 0, ""
            last = _MULTIPLES[sign]
        elif sign in _GREAT:
            total, section, current, positional = total + max(section + current, 1) * _GREAT[sign], 0, 0, ""
            last = _GREAT[sign]
        else:
            break
        at += 1
    if not total and not section:
        return positional, at
    if language == "zh" and len(positional) == 1 and last > 10:
        current *= last // 10
    if len(positional) > 1 and not total:  # `十二` is over, and `三四` are digits
        return str(section) + positional, at
    return str(total + section + current), at
