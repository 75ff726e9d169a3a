"""
Makes a text safe to be given to an LLM, and to be spoken: clean, capped, in whole sentences.

What an agent is told comes from what callers said.
"""

import re
import unicodedata
from collections.abc import Iterable

SUMMARY_CHARS_MAX = 300
# Longer text is cut before it is cleaned: a sentence has at most a few hundred characters.
_READ_CHARS_MAX = 5000
# These join the parts of an emoji, and of Persian and Indic words. Every other invisible format character is removed.
_JOINERS = "\u200c\u200d"
_TEMPLATE_BRACES = re.compile(r"\{\{+|\}\}+")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


def clean(text: str, chars_max: int) -> str:
    """Return a text that is safe to give to an LLM and to speak: one line, no control characters, capped."""
    text = text[:_READ_CHARS_MAX]
    if not text.isprintable():  # what is printable is speakable, and that is nearly every text
        text = "".join(char if _is_speakable(char) else " " for char in text)
    while _TEMPLATE_BRACES.search(text):  # repeated: a removal may bring two braces together, as in "{}}{"
        text = _TEMPLATE_BRACES.sub("", text)
    return shorten(" ".join(text.split()), chars_max)


def _is_speakable(char: str) -> bool:
    # Not speakable: control, format (also marks of text direction), surrogate, private, line and paragraph separators.
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def shorten(text: str, chars_max: int) -> str:
    """Return a text of at most `chars_max` characters, cut after a sentence if that leaves at least half of them."""
    if len(text) <= chars_max:
        return text
    cut = text[:chars_max]
    ends = [match.end() for match in _SENTENCE_END.finditer(cut)]
    if ends and ends[-1] >= chars_max // 2:
        return cut[: ends[-1]]
    cut = cut[: chars_max - 1]
    return (cut.rpartition(" ")[0].rstrip(" ,;:-") or cut) + "…"


def sentence(text: str, chars_max: int) -> str:
    """Return a text as one clean sentence; empty for an empty one."""
    text = clean(text, chars_max - 1)
    return text if not text or text.endswith((".", "!", "?", "…")) else text + "."


def joined(sentences: Iterable[str]) -> str:
    """Join as many sentences as fit."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > SUMMARY_CHARS_MAX:
            return text or shorten(sentence, SUMMARY_CHARS_MAX)
        text = longer
    return text
