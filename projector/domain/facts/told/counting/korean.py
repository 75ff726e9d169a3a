"""Writes the numbers that Korean tells in words as digits: `이백이십삼 다시 사` says 223-4."""

import re

_DIGITS = {char: value for value, char in enumerate("영일이삼사오육칠팔구")} | {"공": 0, "륙": 6}
_MULTIPLES = {"십": 10, "백": 100, "천": 1000}
_GREAT = {"만": 10_000, "억": 100_000_000}
# Each of them is a part of very many words: they are a number only in a longer one, or before what is counted.
_SIGNS = "".join([*_DIGITS, *_MULTIPLES])
_COUNTERS = "층|호|월|시|분|번|원|동|년|도|킬로|미터|센티|프로|퍼센트|개월|인분|주일|학년|반|급|단지|평|동호"
# Of a day the last sign is the day, and no one: `이십일이 금요일`.
_DAY = re.compile(rf"(?<=월)\s*([{_SIGNS}]+?)일(?!{_SIGNS[0]})")
_WRITTEN = re.compile(r"(?<![\d.,])(\d+)([십백천]?)(억|만)(?:\s*(\d+)(천|백)?)?")
_RUN = re.compile(rf"[{_SIGNS}][{_SIGNS}만억]*")
_NATIVE_TENS = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_NATIVE = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9,
}  # fmt: skip
_COUNTED = "시(?!작|간이)|시간|살|명|분|개|마리|번|달|잔|권|대|장|병|군데|사람|가지|주|쪽|켤레|벌|송이|그릇|박스"
_NATIVE_NUMBER = re.compile(
    rf"(?<![\uac00-\ud7a3])({'|'.join(_NATIVE_TENS)})?({'|'.join(sorted(_NATIVE, key=len, reverse=True))})?"
    rf"(?=\s*(?:{_COUNTED}))"
)
_LETTERS = {
    "에이치": "h", "더블유": "w", "에이": "a", "비": "b", "씨": "c", "디": "d", "에프": "f", "지": "g", "아이": "i",
    "제이": "j", "케이": "k", "엘": "l", "엠": "m", "엔": "n", "피": "p", "큐": "q", "알": "r", "에스": "s",
    "티": "t", "유": "u", "브이": "v", "엑스": "x", "와이": "y", "제트": "z",
}  # fmt: skip
# A letter by its name, before a number: `에이치, 칠칠공삼`.
_LETTER = re.compile(
    rf"(?<![\uac00-\ud7a3])((?:(?:{'|'.join(sorted(_LETTERS, key=len, reverse=True))})[\s,]*)+?)(?=\d|[{_SIGNS}]{{2,}})"
)
_LETTER_NAME = re.compile("|".join(sorted(_LETTERS, key=len, reverse=True)))
_DASH = re.compile(r"(?<=\d)\s*(?:다시|에|의)\s*(?=\d)")
_POSITIONAL_MIN = 3


def with_digits(text: str, *, is_day: bool = False) -> str:
    """
    Return a text with digits in place of the words of its numbers.

    Args:
        is_day: whether the last sign of a number is to be read as the word for a day: `이십일` is 21, or the 20th.
    """
    text = _LETTER.sub(_letters, text)
    text = _WRITTEN.sub(_written, text)
    text = _DAY.sub(lambda found: f" {value}일" if (value := _value(found[1])) else found.group(), text)
    if is_day:
        text = re.sub(rf"([{_SIGNS}]*십[{_SIGNS}]*?)일(?=[이은로에날])", lambda found: f"{_value(found[1])}일", text)
    text = _NATIVE_NUMBER.sub(_native, text)
    return _DASH.sub("-", _runs(text))


def _letters(found: re.Match[str]) -> str:
    return " " + " ".join(_LETTERS[name] for name in _LETTER_NAME.findall(found[1])) + " "


def _written(found: re.Match[str]) -> str:
    """Return an amount that is written in part: `24만 9천`."""
    value = int(found[1]) * _MULTIPLES.get(found[2], 1) * _GREAT[found[3]]
    return str(value + (int(found[4]) * _MULTIPLES.get(found[5] or "", 1) if found[4] else 0))


def _native(found: re.Match[str]) -> str:
    is_article = (
        not found[1] and found[2] in {"한", "하나"} and not found.string[found.end() :].lstrip().startswith("시")
    )
    if is_article or not (found[1] or found[2]):
        return found.group()
    return str(_NATIVE_TENS.get(found[1] or "", 0) + _NATIVE.get(found[2] or "", 0))


def _runs(text: str) -> str:
    """Return a text with digits in place of those rows of signs that are numbers."""
    found = [*_RUN.finditer(text)]
    are_numbers = [_is_number(text, run) for run in found]
    for at in range(1, len(found)):  # `칠칠공삼, 이오`: what goes on in a row is one, too
        gap = text[found[at - 1].end() : found[at].start()]
        is_beside = bool(re.fullmatch(r"[\s,]*(?:다시|에|의)?[\s,]*", gap)) and bool(gap.strip(" 에의"))
        is_short = len(found[at].group()) <= 4 and not re.match(
            r"[\uac00-\ud7a3]{2}", _rest(text, found[at]).strip("요로다고예입이")
        )
        are_numbers[at] = are_numbers[at] or (is_beside and are_numbers[at - 1] and is_short)
    end, parts = 0, []
    for run, is_number in zip(found, are_numbers, strict=True):
        signs = run.group()
        told = _cut(signs)
        number = _number(told) + signs[len(told) :]
        parts += [text[end : run.start()], number if is_number else signs]
        end = run.end()
    return "".join([*parts, text[end:]])


def _cut(signs: str) -> str:
    """Return a number without the particle that goes on in signs, too: `이십일이` is 21 and a particle."""
    if not any(sign in _MULTIPLES for sign in signs):
        return signs
    at = next((at for at in range(1, len(signs)) if signs[at] in _DIGITS and signs[at - 1] in _DIGITS), len(signs))
    return signs[:at]


def _rest(text: str, run: re.Match[str]) -> str:
    """Return what goes on in a word after a row of signs."""
    after = re.match(r"[\uac00-\ud7a3]*", text[run.end() :])
    return after.group() if after else ""


def _is_number(text: str, run: re.Match[str]) -> bool:
    signs = run.group()
    is_inner = run.start() > 0 and "\uac00" <= text[run.start() - 1] <= "\ud7a3"
    if is_inner and not (text[run.start() - 1] in "층호동" and len(signs) > 1):
        return False
    is_counting = re.match(rf"\s?(?:{_COUNTERS})", text[run.end() :]) is not None
    if any(sign in _MULTIPLES for sign in signs) and len(signs) > 1:
        return True
    is_row = len(signs) >= _POSITIONAL_MIN and all(sign in _DIGITS for sign in signs)
    return is_row or is_counting


def _number(signs: str) -> str:
    if not any(sign in _MULTIPLES or sign in _GREAT for sign in signs):
        return "".join(str(_DIGITS[sign]) for sign in signs)
    return str(_value(signs))


def _value(signs: str) -> int:
    total, section, current = 0, 0, 0
    for sign in signs:
        if sign in _DIGITS:
            current = _DIGITS[sign]
        elif sign in _MULTIPLES:
            section, current = section + max(current, 1) * _MULTIPLES[sign], 0
        else:
            total, section, current = total + max(section + current, 1) * _GREAT[sign], 0, 0
    return total + section + current
