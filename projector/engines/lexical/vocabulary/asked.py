"""The terms of a question, and of the keywords beside it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from projector.engines.lexical.vocabulary.terms import DEFAULT_LANGUAGE, terms_of, words_of

# A question is a sentence or two; more would only slow the search down.
_QUERY_CHARS_MAX, _KEYWORDS_CHARS_MAX = 2000, 1000
_TERMS_MAX, _KEYWORD_TERMS_MAX = 32, 32


class AskedTerm(Struct, frozen=True):
    """A term that is looked for: its stem in each language of the caller. `is_keyword` is false in the question."""

    stems: dict[str, str]
    is_keyword: bool = False


def asked_terms(query: str, keywords: Sequence[str], languages: Iterable[str]) -> list[AskedTerm]:
    """
    Return the terms of a question, then those that only keywords have.

    A stop word of one of the languages is left out in all of them.

    Args:
        languages: of the caller's calls, ISO 639-1.
    """
    ordered = sorted(languages) or [DEFAULT_LANGUAGE]
    own = _terms(query[:_QUERY_CHARS_MAX], ordered)[:_TERMS_MAX]
    beside = _terms(" ; ".join(keywords)[:_KEYWORDS_CHARS_MAX], ordered)
    more = [stems for stems in beside if stems not in own][:_KEYWORD_TERMS_MAX]
    return [*map(AskedTerm, own), *(AskedTerm(stems, is_keyword=True) for stems in more)]


def _terms(text: str, languages: Sequence[str]) -> list[dict[str, str]]:
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for word in dict.fromkeys(word for language in languages for word in words_of(text, language)):
        for stems in zip(*(terms_of([word], language) for language in languages), strict=False):
            found.setdefault(stems, dict(zip(languages, stems, strict=True)))
    return list(found.values())
