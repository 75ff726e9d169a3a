"""Of whom somebody speaks who names nobody: whom the agent asks about, or of whom the caller has just spoken."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from collections.abc import Sequence
from typing import Literal

from projector.domain.facts.told.negations import is_negation
from projector.domain.facts.told.tokens import UNPARTED, composed, tokens_of
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.people.people_words import (
    ARTICLES,
    BEING,
    FIRST_PERSON,
    INTRODUCING,
    ONLY_IN,
    OTHERS,
    POSSESSIVES,
    THIRD_PERSON,
    TITLES,
    TO_ME,
)
from projector.domain.facts.validation.people.relations import OF_ME, is_relation_word, relations_in_signs

Person = Literal["listener", "other", "speaker"]

# By which an agent speaks to the caller.
_YOU = {
    "ar": words("أنت انت عندك معك لك حضرتك"),
    "da": words("du dig dem"),
    "de": words("du dir dich ihnen"),
    "en": words("you yourself you're you've"),
    "es": words("usted ustedes tú ti te"),
    "fr": words("vous tu toi"),
    "hi": words("आप आपको आपसे"),
    "it": words("lei tu voi le ti"),
    "nl": words("u jij je jou uzelf"),
    "no": words("du deg dere"),
    "pl": words("pan pani pana panu panią ty ci"),
    "pt": words("você vocês tu senhor senhora te"),
    "ru": words("вы вас вам тебя тебе"),
    "sv": words("du ni dig er"),
    "tr": words("siz size sizde sen sana"),
    "uk": words("ви вас вам тебе тобі"),
}
_YOUR = words(
    """
    your ihr ihre ihren ihrem ihrer dein deine su sus tu tus votre vos ton ta suo sua suoi vostro uw jouw je twój twoja
    seu sua teu tua din ditt dina er ert era deres ditt ваш ваша ваше вашу ваши твой твоя ваш твій आपका आपकी आपके اسمك
    sizin senin
    """
)
# Of somebody else, and never of a thing; as an agent and as a caller say it.
_THIRD_PERSON = {
    "ar": words("عندها عنده له لها معها معه اسمه اسمها هو هي"),
    "da": words("han hun ham hende hans hendes"),
    "de": words("ihm"),
    "en": words("he she him her his hers he's she's"),
    "es": words("él ella ellos ellas"),
    "fr": words("elle elles"),
    "hi": words("उनका उनकी उनके उनको उन्हें उसका उसकी उसको उसे"),
    "it": words("lui loro"),
    "nl": words("hij haar hem zij"),
    "no": words("han hun ham henne hans hennes"),
    "pl": words("on ona jego jej jemu niej niego"),
    "pt": words("ele ela dele dela"),
    "ru": words("он она его её ему ей него неё нее"),
    "sv": words("han hon honom henne hans hennes"),
    "tr": words("onun ona onu bey'in bey'e hanım'ın hanım'a"),
    "uk": words("він вона його її йому їй"),
}
# What callers have themselves, where nobody near follows: `my number`, and not `my mother's number`.
_MINE = {
    "da": words("mit mine vores"),
    "hi": words("मेरा मेरी मेरे हमारा हमारी हमारे"),
    "no": words("mi mitt mine vårt våre"),
    "ru": words("мой моя моё мое мои моего моему моём моей мою наш наша наше наши"),
    "uk": words("мій моя моє мої мого моєму моїй мою наш наша наше наші"),
}
# By which callers speak of themselves without a pronoun.
_WITHOUT_PRONOUN = {
    "ar": words("اسمي رقمي عنواني جوالي ايميلي إيميلي وأنا وانا أسكن اسكن ساكن ساكنة أشتغل اشتغل أعاني اعاني أخذ آخذ"),
    "de": words("bin habe hab wohne nehme arbeite leide heisse"),
    "en": words("ours mine"),
    "es": words("vivo tomo trabajo padezco sufro nací estudio llámeme"),
    "fr": words("suis"),
    "it": words("vivo abito prendo lavoro soffro vengo"),
    "nl": words("heb ben"),
    "pl": words("nazywam mieszkam biorę cierpię dzwonię"),
    "pt": words("vivo moro tomo trabalho sofro nasci chamo-me chamo"),
    "ru": words("живу принимаю пью работаю страдаю болею пользуюсь зовусь"),
    "tr": words("adım soyadım ismim numaram telefonum adresim e-postam mesleğim"),
    "uk": words("живу приймаю працюю хворію страждаю користуюся"),
}
# A verb of these ends as those who speak of themselves say it.
_FIRST_PERSON_VERB = {
    "hi": re.compile("हूँ|हूं"),
    "pl": re.compile(r"\w+uję|\w+ł[ae]m"),
    "tr": re.compile(r"\w+(?:yorum|yoruz|[ıiuü]y[ıiuü]m|y[ıiuü]m|[dt][ıiuü]m)"),
}
_IN_SIGNS = {
    "listener": re.compile("您|你|あなた|お客様|고객님|본인"),
    "other": re.compile("她|他(?!的?号)|彼女|彼(?!岸)|그분|그 ?사람"),
}
_SPEAKER_IN_SIGNS = re.compile(r"我(?!们?说)|私|僕|俺|(?<!\S)(?:저|제|내|나|저는|제가|저도|나는|내가)(?!\S)")
_SENTENCE = re.compile(r"[^.!?\u2026\u061f\u3002\uff01\uff1f\u0964]+[.!?\u2026\u061f\u3002\uff01\uff1f\u0964]*")
_QUESTION = re.compile(r"[?\u061f\uff1f]")
_UNPARTED = re.compile(f"[{UNPARTED}]")
# In these, a person is called by the relation alone.
_WITHOUT_ARTICLES = frozenset({"ar", "hi", "pl", "ru", "tr", "uk"})
_SENTENCES_BEFORE_MAX, _BEFORE_CHARS_MAX = 2, 2000
_TITLED = frozenset({"de", "es", "fr", "it"})
# Who says these of themselves before a relation is that: `I'm her son`.
_BEING_WORDS_MAX = 3
_BEING = BEING | words("أنا انا وأنا وانا я मैं i'm jeg")
_NONE: frozenset[str] = frozenset()


def is_of_whom_is_spoken(clause: str, before: str, asked: str, language: str) -> bool:
    """
    Tell whether words that name nobody are on somebody else: on whom the agent asks about, or the caller spoke of last.

    `What's your mother's name? Ann Lee.` and `Send it to my daughter. 5, Canal Street.`

    Args:
        clause: the words, with the rest of their clauses.
        before: what stands before them in the same turn.
        asked: the agent's words that they answer.
    """
    if _last_person(clause, language) is not None:
        return False
    spoken_of = _last_person(" ".join(_sentences(before[-_BEFORE_CHARS_MAX:])[-_SENTENCES_BEFORE_MAX:]), language)
    if spoken_of is not None:
        return spoken_of == "other" and not _is_asked_of_caller(asked, language)
    return _asked_of(asked, language) == "other"


def is_name_of_another(name: str, clause: str, language: str) -> bool:
    """
    Tell whether a name is that of who was named last before it: `our granddaughter, Tess`, `il dottor Uberti`.

    Args:
        clause: the words that tell it, with the rest of their clauses.
    """
    tokens = tokens_of(clause)
    told, wanted = [token.text for token in tokens], {token.text for token in tokens_of(name)} - TITLES
    first = next((at for at, token in enumerate(tokens) if token.text in wanted), 0)
    if not INTRODUCING.isdisjoint(told) or not first:
        return False
    begin = tokens[first].begin
    # Nobody calls themselves `the doctor`.
    is_titled = language in _TITLED and told[first - 1] in TITLES and told[max(0, first - 2)] in ARTICLES
    person = _last_person(composed(clause)[:begin], language)
    return person == "other" or (is_titled and person is None)


def _is_asked_of_caller(asked: str, language: str) -> bool:
    person = _asked_of(asked, language)
    told = {token.text for token in tokens_of(_question_of(asked))}
    return person == "listener" or (person is None and not _YOUR.isdisjoint(told))


def _asked_of(asked: str, language: str) -> Person | None:
    return _last_person(_question_of(asked), language, you=_YOU.get(language, _NONE))


def _question_of(asked: str) -> str:
    sentences = _sentences(asked)
    questions = [sentence for sentence in sentences if _QUESTION.search(sentence)]
    return (questions or sentences or [""])[-1]


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(composed(text)) if any(map(str.isalnum, sentence))]


def _last_person(text: str, language: str, *, you: frozenset[str] = _NONE) -> Person | None:
    """Return who is named last; None where nobody is."""
    if _UNPARTED.search(text):
        return _last_person_in_signs(text, language, is_caller=not you)
    tokens = tokens_of(text)
    told = [token.text for token in tokens]
    for at in range(len(told) - 1, -1, -1):
        is_formal = language == "de" and told[at] == "sie" and text[tokens[at].begin].isupper()
        if (told[at] in you or is_formal) and you:
            return "listener"
        if _is_another(told, at, language):
            is_self = not you and not _BEING.isdisjoint(told[max(0, at - _BEING_WORDS_MAX) : at])
            return "speaker" if is_self else "other"
        if not you and _is_speaker(told, at, language):
            return "speaker"
    return None


def _is_another(told: Sequence[str], at: int, language: str) -> bool:
    word = told[at].rpartition("'")[2] if language == "fr" else told[at]  # `qu'elle`
    if word in _THIRD_PERSON.get(language, _NONE):
        return True
    if language in {"de", "fr", "it"} and word in THIRD_PERSON:
        return False  # they may be an `it`, or a `you`
    before = told[max(0, at - 2) : at]
    if language in _WITHOUT_ARTICLES:
        return is_relation_word(word, language)
    plain = word.removesuffix("'s") if language == "en" else word
    is_near = plain in OTHERS and language in ONLY_IN.get(plain, (language,))
    is_near = is_near or is_relation_word(plain, language)
    return is_near and not (POSSESSIVES | ARTICLES | _YOUR).isdisjoint(before)


def _is_speaker(told: Sequence[str], at: int, language: str) -> bool:
    if at and is_negation(told[at - 1], language):
        return False  # `to him, not me`
    near = range(at + 1, min(at + 3, len(told)))
    is_possessive = told[at] in POSSESSIVES or told[at] in _MINE.get(language, _NONE)
    is_own = is_possessive and not any(_is_another(told, each, language) for each in near)
    is_first = told[at] in FIRST_PERSON and language in ONLY_IN.get(told[at], (language,))
    is_first = is_first or told[at] in _WITHOUT_PRONOUN.get(language, _NONE)
    verb = _FIRST_PERSON_VERB.get(language)
    is_first = is_first or (verb is not None and verb.fullmatch(told[at]) is not None)
    return is_own or is_first or told[at] in TO_ME or told[at] in OF_ME.get(language, _NONE)


def _last_person_in_signs(text: str, language: str, *, is_caller: bool) -> Person | None:
    places = {found.start(): "speaker" for found in _SPEAKER_IN_SIGNS.finditer(text) if is_caller}
    places |= {text.rfind(name): "other" for name in relations_in_signs(text, language)}
    for person, pattern in _IN_SIGNS.items():
        places |= {found.start(): person for found in pattern.finditer(text)}
    return places[max(places)] if places else None  # type: ignore[return-value]
