"""By which words people call those near to them: who says `لأمي` has named a mother, and who says `mum` as well."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from projector.domain.facts.told.tokens import UNPARTED, tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.people.relation_words import relation_words

# `والسواق`, `لأمي`: what Arabic joins to the begin and the end of a word.
_ARABIC = r"(?:[وفبكل]|ال|لل|وال|بال|فال|كال)?{}(?:ي|ه|ها|ك|نا|هم|كم)?"
_ARABIC_MINE = r"[وفبكل]*{}(?:ي|نا)"
_NONE: frozenset[str] = frozenset()
_OF_SIGNS = ("ja", "zh")
# Of whom these languages speak is asked of the words for those near to somebody.
_BY_RELATION = frozenset({"ar", "da", "hi", "ko", "no", "ru", "tr", "uk"})
# Who says these speaks of themselves as well.
OF_ME = {
    "ar": words("أنا انا عندي معي مني لي"),
    "da": words("jeg mig"),
    "hi": words("मैं मुझे मुझको"),
    "no": words("jeg meg"),
    "ru": words("я мне меня мной"),
    "tr": words("ben benim bana bende beni"),
    "uk": words("я мені мене мною"),
}
# Of somebody else, and of no thing.
_THIRD_PERSON = {
    "ar": words("عندها عنده معها معه"),
    "da": words("han hun ham hende"),
    "hi": words("उनको उनकी उनका उनके उन्हें उसको उसकी उसका उसके उसे"),
    "no": words("han hun ham henne"),
    "ru": words("он она него неё нее ему ей принимает пьёт пьет страдает болеет"),
    "tr": words("onun ona içiyor kullanıyor yürüyemiyor yiyemiyor göremiyor duyamıyor yapamıyorlar"),
    "uk": words("він вона нього неї йому їй приймає страждає хворіє"),
}
# `Still`, `what the wife has` and `my friend`, who is `another` as well, are somebody near beside a word of `_MINE`.
_AMBIGUOUS = {
    "da": words("kone mand far mor barn chef ven partner nabo"),
    "no": words("kone mann far mor barn venn partner nabo"),
    "ru": words("друг шеф"),
    "tr": words("hala karı koca kız kızı eş eşi"),
    "uk": words("друг дружина чоловік"),
}
_MINE = {
    "da": words("min mit mine vores vor"),
    "no": words("min mi mitt mine vår våre"),
    "ru": words("мой моего моему моим моём мои моя моей наш нашего"),
    "uk": words("мій мого моєму моїм мої моя моєї наш нашого"),
}
# `One`, where nobody calls them theirs.
_ONLY_OWNED = {"nl": words("man"), "sv": words("man")}
_OWNED_BY = words("mijn m'n haar je uw zijn jouw min mitt din hennes hans sin er")
# What a Slavic noun ends in, by the end of its first form.
_ENDINGS = {
    "ru": {
        "а": words("а ы и е у ой ою ей ею ам ами ах"),
        "я": words("я и е ю ей ею ям ями ях"),
        "ь": words("ь я ю ем ём е и ей ям ями ях"),
        "": words("а у ом е ы и ов ам ами ах"),
    },
    "uk": {
        "а": words("а и і у ою ею ам ами ах"),
        "я": words("я і ї ю ею єю ям ями ях"),
        "о": words("о а у ом ові і и ів ам ами ах"),
        "ь": words("ь я ю ем єм еві єві і ї ів ей ям ями ях"),
        "": words("а у ові ом ем е і и ів ам ами ах"),
    },
}
# The same letters as a form of these, and nobody: `another`, `to take`.
_OTHER_WORDS = {
    "ru": words("другой другая другое другие другим других другую другом брать"),
    "uk": words("друга друге другу другої другий брати"),
}
# What Korean joins to a person, before and after.
_KOREAN = (
    "(?:우리|저희|울|친|큰|작은|막내|첫째|둘째|예비)?(?:{names})(?:들|분)*(?:이|가|은|는|을|를|의|도|만|과|와|랑|하고|한테|에게|께|서|보고|네|집|"
    "에|으로|로|라서|라고|라|인데|예요|에요|입니다|세요|요|처럼|보다|까지|부터|때문|나|며|고|시|님)*+"
)
_IS_ARABIC, _IS_UNPARTED = re.compile(r"[\u0600-\u06ff]"), re.compile(f"[{UNPARTED}]")


# They hold the sign of a relation, and name nobody.
_NO_RELATIONS = re.compile(
    "大丈夫|工夫|夫婦|農夫|大夫|夫人|稲妻|妻子さん|酵母|分母|母音|母国|保母|空母|神父|父兄|弟子|師弟|主人公|嫁[ぐいっ]|"
    "墨西哥|哥伦比亚|八哥|小姐|空姐|办公公|公公里|妈祖|爸妈网"
)
_IS_OF_ME = re.compile(
    r"(?<!\S)(?:저는|저도|저만|저한테|제가|나는|나도|내가)(?!\S)|(?:私|僕|俺)(?!の|たち|達)|我也?(?:对|是|有(?!个|一个|位))"
)


def names_relation(word: str, text: str, language: str) -> bool:
    """
    Tell whether a text names somebody by the relation that a word says: `mother`, and `my mum` was said.

    Args:
        word: in lower case, of the language or in English, as models write it.
        language: of the text, ISO 639-1.
    """
    relations = [at for at, names in enumerate(_relations(language)) if any(_is_form(n, word, language) for n in names)]
    if not relations and language != "ar":
        return False
    # An English word names a relation in English alone: `son cuarenta`, `son bureau`.
    own = _relations(language, is_with_english=False)
    names = frozenset[str]().union(*(own[at] for at in relations)) or frozenset({word})
    unsure = _ONLY_OWNED.get(language, _NONE)
    if any(_is_told(name, text, language) for name in names - unsure):
        return True
    told = [token.text for token in tokens_of(text)]
    return any(one in _OWNED_BY and other in names & unsure for one, other in pairwise(told))


def speaks_of_relation(text: str, language: str) -> bool:
    """
    Tell whether a text speaks of somebody near to the caller, and not of the caller: `annemin alerjisi var`.

    Of a language whose words around a person we know this is asked of the person who stands nearest.
    """
    told = [token.text for token in tokens_of(text)]
    if language not in _BY_RELATION or not OF_ME.get(language, _NONE).isdisjoint(told) or _IS_OF_ME.search(text):
        return False
    if not _THIRD_PERSON.get(language, _NONE).isdisjoint(told):
        return True
    if language == "ar":  # without an ending, `أم` is an `or`
        return _in_arabic(_ARABIC_MINE).search(" ".join(told)) is not None
    if language == "ko":
        return _in_korean(_alternatives(language)).search(text) is not None
    return _near(language).is_in(_plain(told, language)) or _is_called_ours(told, language)


def is_relation_word(word: str, language: str) -> bool:
    """Tell whether a word in lower case is one for somebody near, in some form, and nothing else besides."""
    if _IS_ARABIC.match(word):
        return _in_arabic(_ARABIC).search(word) is not None
    return _near(language).length_at(_plain([word], language), 0) > 0


def relations_in_signs(text: str, language: str) -> list[str]:
    """Return the words of a text in Chinese, Japanese or Korean for those who are near to somebody."""
    if _IS_UNPARTED.search(text) is None:
        return []
    languages = [language] if language in {*_OF_SIGNS, "ko"} else _OF_SIGNS
    return [
        name
        for each in languages
        for names in _relations(each, is_with_english=False)
        for name in names
        if name in text and _IS_UNPARTED.match(name) and _is_told(name, text, each)
    ]


def is_relation_in_signs(word: str, language: str) -> bool:
    """Tell whether a word is a relation in a writing where nothing parts the words, or particles go on in them."""
    is_of_signs = language in {*_OF_SIGNS, "ko"} and _IS_UNPARTED.search(word) is not None
    return is_of_signs and any(word in names for names in _relations(language, is_with_english=False))


def is_of_me_in_signs(text: str) -> bool:
    """Tell whether a text in Chinese or Japanese speaks of who says it, and not of what is theirs: `私の母`."""
    return _IS_OF_ME.search(text) is not None


def _is_called_ours(told: Sequence[str], language: str) -> bool:
    """Tell whether a word that may be another is somebody near beside a word of the caller's: `min far`."""
    mine = _MINE.get(language, _NONE)
    unsure = {word for pair in pairwise(told) if mine.intersection(pair) for word in pair}
    return any(_is_form(name, word, language) for word in unsure for name in _AMBIGUOUS.get(language, _NONE))


@lru_cache(32)
def _near(language: str) -> WordKind:
    """Return the words of a language for those near to somebody, in their forms, but for those that may be another."""
    names = frozenset[str]().union(*_relations(language, is_with_english=False)) - _AMBIGUOUS.get(language, _NONE)
    return WordKind(" ".join(form for name in names for form in _forms(name, language) if len(form) > 1))


def _forms(name: str, language: str) -> frozenset[str]:
    parted = name.replace("-", "_")
    if language not in _ENDINGS:
        return frozenset({name, parted})
    return frozenset({*_plain([name], language), *_inflected(name, language)} - _OTHER_WORDS[language])


def _plain(told: Sequence[str], language: str) -> Sequence[str]:
    return [word.replace("ё", "е") for word in told] if language in _ENDINGS else told


def _relations(language: str, *, is_with_english: bool = True) -> tuple[frozenset[str], ...]:
    """Return the words of each relation, in a language, and in English besides."""
    return relation_words(*{language, "en"} if is_with_english else {language})


@lru_cache(512)
def _longer(name: str, language: str) -> tuple[str, ...]:
    """Return the words of other relations that hold one: `祖母` holds `母`, and is no mother."""
    every = frozenset[str]().union(*_relations(language, is_with_english=False))
    own = frozenset[str]().union(*(names for names in _relations(language, is_with_english=False) if name in names))
    return tuple(sorted((each for each in every - own if name in each), key=len, reverse=True))


def _is_form(name: str, word: str, language: str) -> bool:
    """Tell whether a word is one of a relation, with the endings of its language."""
    if name.endswith("*"):
        return word.startswith(name[:-1])
    if _IS_ARABIC.match(name):
        return re.fullmatch(_ARABIC.format(_arabic_stem(name)), word) is not None
    if language in _ENDINGS and word not in _OTHER_WORDS[language]:
        return word.replace("ё", "е") in _inflected(name, language)
    return word == name


@lru_cache(2048)
def _inflected(name: str, language: str) -> frozenset[str]:
    """Return the forms of a Slavic word."""
    name, endings = name.replace("ё", "е"), _ENDINGS[language]
    last = name[-1] if name[-1] in endings else ""
    return frozenset({name, *(name.removesuffix(last) + ending for ending in endings[last])})


def _is_told(name: str, text: str, language: str) -> bool:
    if language == "ko" and _IS_UNPARTED.match(name):
        return _in_korean(re.escape(name)).search(text) is not None
    if _IS_UNPARTED.match(name):
        for longer in _longer(name, language):
            text = text.replace(longer, "\u3001")
        return name in _NO_RELATIONS.sub("\u3001", text)
    told = [token.text for token in tokens_of(text)]
    if "_" in name and _IS_ARABIC.match(name):
        return re.search(rf"(?<!\w){_ARABIC.format(_arabic_stem(name))}(?!\w)", " ".join(told)) is not None
    if not name.isalpha() and not name.endswith("*"):
        return re.sub(r"[_\-]", " ", name) in " ".join(told)
    if "_" in name:
        return re.sub("_", " ", name[:-1]) in " ".join(told)
    return any(_is_form(name, word, language) for word in told)


@lru_cache(512)
def _in_korean(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w]){_KOREAN.format(names=names)}(?![\w])")


@lru_cache(32)
def _alternatives(language: str) -> str:
    """Return a pattern of the words of a language for those near to somebody, the longer first."""
    names = frozenset[str]().union(*_relations(language, is_with_english=False))
    stem = _arabic_stem if language == "ar" else re.escape
    return "|".join(map(stem, sorted(names, key=len, reverse=True)))


@lru_cache(2)
def _in_arabic(pattern: str) -> re.Pattern[str]:
    names = f"(?:{_alternatives('ar')})"
    return re.compile(rf"(?<!\w){pattern.format(names)}(?!\w)")


def _arabic_stem(name: str) -> str:
    """Return a pattern of a word whose last letter changes before an ending: `جدة`, `جدتي`."""
    plain = re.escape(name.replace("_", " "))
    return re.sub(r"ة(?=\\ |$)", "[ةهت]", plain)
