"""Tells of what is only asked, supposed or considered: a doubt must not become a fact."""

import re

from projector.domain.facts.statement import Statement
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.evidence.quote import Span
from projector.domain.facts.validation.people.attributes import OF_ONE_PERSON
from projector.domain.facts.validation.people.people_words import FIRST_PERSON, POSSESSIVES

_SUPPOSING = {
    "de": words("wenn falls ob"),
    "en": words("if whether suppose"),
    "es": words("si"),
    "fr": words("si"),
    "it": words("se"),
    "nl": words("als indien"),
    "pl": words("jeśli jeżeli gdyby gdybym czy"),
    "pt": words("se"),
    "sv": words("om ifall"),
}
_MAYBE = re.compile(
    r"\b(?:maybe|perhaps|might|possibly|considering|vielleicht|eventuell|quizás?|tal vez|a lo mejor|peut-être|forse|"
    r"magari|misschien|wellicht|może|talvez|kanske)\b",
    re.IGNORECASE,
)
# What is asked or supposed of these is not so yet.
_DOUBTED = OF_ONE_PERSON | {"address", "doctor", "occupation", "pharmacy", "subscription", "vehicle"}
# What follows is said, and not asked: `could you note that I have asthma?`
_SAYING = words("that dass daß que qu'il qu'elle qu'on che dat że att")
_PART = re.compile(r"[^.!?;:\u2026\u3002\uff01\uff1f,\uff0c]+[.!?;:\u2026\u3002\uff01\uff1f,\uff0c]*")
_QUESTIONS = re.compile(r"[?\uff1f]")
_WORDS_OF_A_QUESTION_MIN, _CHARS_MIN = 3, 3


def is_supposed(attribute: str, clause: str, language: str) -> bool:
    """Tell whether words on what one person has only suppose it: `what if I had diabetes`."""
    tokens, supposing = tokens_of(clause), _SUPPOSING.get(language, frozenset())
    if attribute not in OF_ONE_PERSON:
        return False
    at = next((at for at, token in enumerate(tokens[:3]) if token.text in supposing), None)
    return at is not None and at + 1 < len(tokens) and not tokens[at + 1].begins_clause


def is_doubted(statement: Statement, span: Span, turn: str) -> bool:
    """
    Tell whether the words that hold a value only ask for it, or only consider it: `do you take Delta?`

    Args:
        span: the quote, in its turn.
        turn: the words of the turn, composed.
    """
    if statement.attribute not in _DOUBTED or statement.status == "ended" or _MAYBE.search(statement.content):
        return False
    said = [token.text for token in tokens_of(statement.value)]
    wanted = [word for word in said if len(word) >= _CHARS_MIN] or said
    parts = [found.group() for found in _PART.finditer(turn) if found.start() < span.end and found.end() > span.begin]
    telling = [part for part in parts if any(_holds(part, word) for word in wanted)]
    return bool(telling) and all(map(_is_doubt, telling))


def _holds(part: str, word: str) -> bool:
    return any(token.text.startswith(word) for token in tokens_of(part))


def _is_doubt(part: str) -> bool:
    told = [token.text for token in tokens_of(part)]
    if not _SAYING.isdisjoint(told) and _MAYBE.search(part) is None:
        return False
    if _MAYBE.search(part) is not None:
        return _SAYING.isdisjoint(told) or _MAYBE.match(part.strip()) is not None
    is_said = told[0] in FIRST_PERSON | POSSESSIVES  # in the voice of a question: `I'm with Delta?`
    return _QUESTIONS.search(part) is not None and len(told) >= _WORDS_OF_A_QUESTION_MIN and not is_said
