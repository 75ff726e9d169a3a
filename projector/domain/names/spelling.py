"""Names that were spelled: `J-O-H-N`, and `Jon, J-O-H-N`."""

import re

from projector.domain.names.titles import plain

_LETTER = r"[^\W\d_]"
# Three letters or more: two are initials. Letters with dots before a name, `J.R.R. Tolkien`, are initials as well.
_BETWEEN = (r"\s*-\s*", r"\s+", r"\s*,\s*")
_SPELLED = re.compile("|".join(rf"(?<![\w-]){_LETTER}(?:{sign}{_LETTER}){{2,}}(?![\w-])" for sign in _BETWEEN))
_SPELLED_WITH_DOTS = re.compile(rf"\s*{_LETTER}(?:\.\s*{_LETTER}){{2,}}\.?\s*")
_LEAD = re.compile(rf"(?P<word>[^\s,]{{2,}})[\s,.:;]+(?:spelled\s+)?(?P<spelled>{_SPELLED.pattern})", re.IGNORECASE)


def without_spelling(text: str) -> str:
    """
    Return a text with its spelled words as words; what was said just before them goes where they only spell it.

    `J-O-H-N` gives `John`, `Jon, J-O-H-N Smith` gives `John Smith`.
    """
    if _SPELLED_WITH_DOTS.fullmatch(text):
        return _word(text)
    text = _LEAD.sub(lambda match: _spelled_over(match["word"], match["spelled"]), text)
    return _SPELLED.sub(lambda match: _word(match[0]), text)


def _spelled_over(word: str, spelled: str) -> str:
    letters = _word(spelled)
    is_repeated = plain(word)[:1] == plain(letters)[:1] and abs(len(word) - len(letters)) <= 2 and len(word) > 1
    return letters if is_repeated else f"{word} {letters}"


def _word(spelled: str) -> str:
    return "".join(char for char in spelled if char.isalpha()).capitalize()
