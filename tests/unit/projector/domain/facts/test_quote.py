"""A quote is found as a model writes it down, and never with another number or without its negation."""

import random
from collections import Counter

from bench.recall.corpora import phone
from projector.domain.facts.told.counting.number_of import number_of
from projector.domain.facts.told.negations import NEGATIONS
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.validation.evidence.quote import find_quote

_FILLERS = {"en": ("um", "uh", "like"), "de": ("äh", "ähm"), "es": ("eh",), "pl": ("yyy",), "ja": ("えっと",)}
# The languages of which words of numbers and negations are known, beside those of `_MORE`.
_OF_PHONE = {"en", "de", "es", "pl", "ja"}
# Turns of callers in four more languages.
_MORE = {
    "fr": (
        "Bonjour, euh, je voudrais changer mon rendez-vous du douze mars, je ne peux pas venir le matin.",
        "Mon numéro de commande, c'est le quarante-sept cent onze, et je n'ai rien reçu.",
    ),
    "it": (
        "Buongiorno, ehm, sono allergica alle noci e non mangio glutine, siamo in tre.",
        "Il mio indirizzo è cambiato, abito in via Garibaldi ventiquattro, non più in centro.",
    ),
    "nl": ("Goedemorgen, ik kan niet op dinsdag komen, liever donderdag om drie uur, nou, als dat kan.",),
    "pt": ("Bom dia, não recebi a encomenda quarenta e dois, e preciso dela antes de sexta-feira.",),
}


def _turns() -> list[tuple[str, str]]:
    calls = [call for call in phone.load().calls if call.language in _OF_PHONE]
    of_phone = [(call.language, turn.words) for call in calls for turn in call.turns if turn.is_caller]
    more = [(language, words) for language, texts in _MORE.items() for words in texts]
    return [(language, words) for language, words in [*of_phone, *more] if len(tokens_of(words)) >= 5]


def test_finds_honest_variations() -> None:
    """Without case and punctuation, without fillers, with an ellipsis or a mended letter a quote is found."""
    chance = random.Random(600)
    tried, found = Counter[str](), Counter[str]()
    turns = _turns()
    for language, words in [*turns, *turns][:600]:
        for name, quote in _honest(words, language, chance):
            tried[name] += 1
            found[name] += find_quote(quote, words, language) is not None
    assert sum(tried.values()) >= 600
    for name, count in tried.items():
        assert found[name] >= 0.99 * count, (name, found[name], count)


def _honest(words: str, language: str, chance: random.Random) -> list[tuple[str, str]]:
    tokens = words.split() if language != "ja" else [words]
    plain = " ".join("".join(char for char in word if char.isalnum() or char in "'-@.") for word in tokens)
    varied = [("case", words.upper() if language != "de" else words.lower()), ("whole", words)]
    if language != "ja":
        fillers = _FILLERS.get(language, ())
        varied.append(("punctuation", plain))
        varied.append(("fillers", " ".join(word for word in tokens if word.strip(",.").lower() not in fillers)))
        if len(tokens) >= 8:
            varied.append(("ellipsis", f"{' '.join(tokens[:3])} ... {' '.join(tokens[-3:])}"))
        long = [at for at, word in enumerate(tokens) if _is_ordinary(word, language)]
        if long:
            at = chance.choice(long)
            mended = [*tokens]
            mended[at] = mended[at][:3] + mended[at][4:]
            varied.append(("one letter", " ".join(mended)))
    return varied


def _is_ordinary(word: str, language: str) -> bool:
    # Seven letters, so that six are left.
    return len(word) >= 7 and word.isalpha() and number_of(word.casefold(), language) is None


def test_never_finds_another_number_or_polarity() -> None:
    """A changed digit, a changed word of a number, a negation left out or put in: not one of them is found."""
    tried = Counter[str]()
    chance = random.Random(601)
    turns = _turns()
    for language, words in [*turns, *turns][:600]:
        for name, quote in _dishonest(words, language, chance):
            tried[name] += 1
            assert find_quote(quote, words, language) is None, (name, language, quote, words)
    assert min(tried.values()) >= 25, tried


def _dishonest(words: str, language: str, chance: random.Random) -> list[tuple[str, str]]:
    varied = []
    digits = [at for at, char in enumerate(words) if char.isdigit()]
    if digits:
        at = chance.choice(digits)
        varied.append(("digit", words[:at] + str((int(words[at]) + 1) % 10) + words[at + 1 :]))
    tokens = tokens_of(words)
    numbers = [token for token in tokens if token.text.isalpha() and (number_of(token.text, language) or 0) > 2]
    if numbers and language != "ja":
        token = chance.choice(numbers)
        other = {"en": "eleven", "de": "siebzehn", "es": "diecinueve", "pl": "osiemnaście"}.get(language, "cinque")
        if number_of(other, language) != number_of(token.text, language):
            varied.append(("word of a number", words[: token.begin] + other + words[token.end :]))
    inner = [at for at, token in enumerate(tokens) if token.text in NEGATIONS and 0 < at < len(tokens) - 1]
    if inner:
        token = tokens[chance.choice(inner)]
        left = words[: token.begin] + words[token.end :]
        varied.append(("negation left out", left))
    if len(tokens) > 3 and language != "ja":
        at = tokens[2].begin
        no = {"en": "not", "de": "nicht", "es": "no", "pl": "nie", "fr": "pas", "it": "non", "nl": "niet", "pt": "não"}
        varied.append(("negation put in", f"{words[:at]}{no[language]} {words[at:]}"))
    return varied


def test_span_is_the_turns_own() -> None:
    """What is kept of a quote with an ellipsis is the turn from its first word to its last, all of it."""
    span = find_quote("i am ... allergic", "Well, I am told I am NOT, uh, allergic to it.", "en")
    assert span is not None
    assert span.text == "I am told I am NOT, uh, allergic"


def test_filler_of_one_language_is_a_word_of_another() -> None:
    """`Ben` is a filler in French and a name in English; at the ends of a quote also a filler is kept."""
    for quote, turn, language in (
        ("this is Ben", "Hello, this is Ben.", "en"),
        ("Je m'appelle Ben", "Euh, je m'appelle Ben.", "fr"),
        ("I like", "I, um, I like it.", "en"),
        ("like tea", "I like tea.", "en"),
    ):
        span = find_quote(quote, turn, language)
        assert span is not None
        assert span.text.casefold() == quote.casefold()


def test_negation_behind_a_sound_is_one() -> None:
    """What follows `not, uh,` is not so, however the sound is written."""
    for turn in ("I'm not, uh, allergic to latex.", "I'm not uh allergic to latex."):
        assert find_quote("allergic to latex", turn, "en") is None, turn
    assert find_quote("allergic to latex", "No. Uh, allergic to latex.", "en") is not None


def test_negation_beside_a_filler_is_not_left_out() -> None:
    """A filler that a quote keeps does not carry it over the negation that stood beside the filler."""
    for quote, turn in (
        ("Um, I'd rather stay", "Um, no, I'd rather stay."),
        ("I take it, um", "I take it, no, um, never mind."),
    ):
        assert find_quote(quote, turn, "en") is None, turn
    assert find_quote("Um, I'd rather stay", "Well, I'd rather stay.", "en") is not None
