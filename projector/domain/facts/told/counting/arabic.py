"""Writes the numbers that Arabic tells in words as digits, written ones and spoken ones: `ستة آلاف وخمسمية`."""

import re

_WORD = re.compile(r"[\u0621-\u064a\u064b-\u0652\u0670\u0640]+")
_MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
_LETTERS = str.maketrans("أإآةىؤئ", "اااهيوي")
_SMALL = {
    0: "صفر زيرو",
    1: "واحد واحده وحده",
    2: "اثنين اثنان اثنتين اثنتان ثنين اتنين تنين",
    3: "ثلاثه ثلاث تلاته تلات",
    4: "اربعه اربع",
    5: "خمسه خمس",
    6: "سته ست",
    7: "سبعه سبع",
    8: "ثمانيه ثماني ثمان تمانيه تمنيه تمان",
    9: "تسعه تسع",
    10: "عشره عشر",
    11: "احدعشر احدعش حداعش احدعشره",
    12: "اثناعشر اثنعش اطنعش اتناشر ثنعش",
    13: "ثلاثتعش ثلطعش تلتاشر ثلاثطعش",
    14: "اربعتعش اربعطعش اربعتاشر",
    15: "خمستعش خمسطعش خمستاشر خمسطاشر",
    16: "ستعش سطعش ستاشر",
    17: "سبعتعش سبعطعش سبعتاشر",
    18: "ثمنتعش ثمنطعش تمنتاشر ثمانطعش",
    19: "تسعتعش تسعطعش تسعتاشر",
}
_TENS = {20: "عشر", 30: "ثلاث", 40: "اربع", 50: "خمس", 60: "ست", 70: "سبع", 80: "ثمان", 90: "تسع"}
_HUNDREDS = ("ميه", "مايه", "مئه", "مائه", "ميت", "مية")
_VALUES = (
    {word: value for value, words in _SMALL.items() for word in words.split()}
    | {f"{stem}{end}": value for value, stem in _TENS.items() for end in ("ين", "ون")}
    | {"تلاتين": 30, "تمانين": 80}
    | dict.fromkeys(_HUNDREDS, 100)
    | dict.fromkeys(["ميتين", "ميتان", "مايتين", "مايتان", "متين"], 200)
    | {
        f"{stem}{hundred}": value * 100
        for value in range(3, 10)
        for stem in {*_SMALL[value].split(), *(word.removesuffix("يه") for word in _SMALL[value].split())}
        for hundred in _HUNDREDS
    }
    | {"الف": 1000, "الاف": 1000, "الفين": 2000, "الفان": 2000, "مليون": 1_000_000}
)
_TEEN_TENS = frozenset({"عشر", "عشره"})
_FIRST_OF_TEENS = {"احد": 1, "احدي": 1, "اثنا": 2, "اثني": 2, "اثنتا": 2, "اثنتي": 2}
_THOUSAND = 1000


def with_digits(text: str) -> str:
    """Return a text with digits in place of the words of its numbers."""
    parts: list[str] = []
    end = 0
    rows = _rows(text)
    for row in rows:
        parts += [text[end : row[0].start()], str(_value(row))]
        end = row[-1].end()
    return "".join([*parts, text[end:]])


def _rows(text: str) -> list[list[re.Match[str]]]:
    """Return the words that tell one number each, in order."""
    rows: list[list[re.Match[str]]] = []
    before: re.Match[str] | None = None
    for found in _WORD.finditer(text):
        word = _plain(found.group())
        is_beside = before is not None and text[before.end() : found.start()].strip() == ""
        row = rows[-1] if rows and is_beside and rows[-1][-1] is before else None
        if row is not None and _goes_on(row, word):
            row.append(found)
        elif word in _VALUES or (word in _FIRST_OF_TEENS and _is_teen_next(text, found)):
            rows.append([found])
        before = found
    return rows


def _is_teen_next(text: str, found: re.Match[str]) -> bool:
    following = _WORD.match(text, found.end() + 1)
    return following is not None and _plain(following.group()) in _TEEN_TENS


def _goes_on(row: list[re.Match[str]], word: str) -> bool:
    last = _plain(row[-1].group()).removeprefix("و" if len(row) > 1 else "")
    value = _VALUES.get(last, _FIRST_OF_TEENS.get(last, 0))
    if word in _TEEN_TENS and 0 < value < 10:  # `سبعة عشر`
        return True
    if _VALUES.get(word) in {100, _THOUSAND, 1_000_000} and value < _VALUES[word]:
        return True
    joined = _VALUES.get(word[1:]) if word.startswith("و") else None
    if joined is None:
        return False
    # `خمسة وعشرين`, `ألف وثلاثمية`, `مية وخمسة`; and not `خمسة وستة`.
    return (value < 10 and 20 <= joined < 100) or (value >= 20 and joined < value)


def _value(row: list[re.Match[str]]) -> int:
    total, current = 0, 0
    for at, found in enumerate(row):
        word = _plain(found.group())
        value = _VALUES.get(word, _FIRST_OF_TEENS.get(word))
        if value is None or (at and word.startswith("و") and word[1:] in _VALUES):
            value = _VALUES[word[1:]]
        if value in {_THOUSAND, 1_000_000}:
            total, current = total + max(current, 1) * value, 0
        elif value == 100 and 0 < current < 10:
            current *= value
        else:
            current += value
    return total + current


def _plain(word: str) -> str:
    return _MARKS.sub("", word).translate(_LETTERS)
