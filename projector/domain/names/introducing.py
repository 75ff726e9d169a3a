"""How surely a turn shows that whoever speaks tells their own name: `This is Nadia`, and not `for Nadia`."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from projector.domain.names.introductions import (
    ASKS_FOR_OWN_NAME,
    DENYING_WORDS,
    GREETING_WORDS,
    IT_IS_ME,
    JOINING_WORDS,
    MAY_ASK_FOR_OWN_NAME,
    OWN_NAME_FOLLOWS,
    OWN_NAME_MAY_FOLLOW,
    OWN_NAME_MAY_HAVE_BEEN,
    OWN_NAME_WAS,
    REPORTING_WORDS,
    SAYS_WHOSE_NAME_IT_WAS,
    SPEAKS_OF_ANOTHER,
    WORDS_AFTER_INTRODUCTION,
    WORDS_BEFORE_OWNERS,
)
from projector.domain.names.speaker import Proof
from projector.domain.names.titles import is_title

_PART_END = re.compile(r"[.!?;:()\u2026\u3002\u3001\u060c\u061b\u061f\u0964]|,(?!\d)|\s[\u2013\u2014-]\s")
_QUESTION = re.compile(r"[?\u061f]")
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A letter, or a mark that stands on one, as the vowels of Hindi do.
_LETTER = r"[^\W_]|[\u0300-\u036f\u0900-\u0dff]"
_ARTICLES = frozenset(("the", "la", "el", "le", "il", "der", "die", "den", "o", "a", "de"))
_TITLE_END = re.compile(r"(?<![^\W_])(dr|mr|mrs|ms|prof|sr|sra|srta|dott|mme|mlle|hr|fr|ing|mgr|dhr|mevr|sig)\.")
_SOUND = re.compile(r",?\s*(?<![^\W_])(?:uh|um|uhm|erm|äh|ähm|öh|euh|hm+|mm+)(?![^\W_]),?\s*")
# `我是欧阳慧敏的妈妈`: somebody of hers speaks.
_OWNED_IN_SIGNS = "的|の|의|妈|爸|老公|老婆|儿子|女儿"
# Of somebody else: `my daughter Nadia here`, `夫は村瀬です`.
_OWNERS_IN_SIGNS = (
    *"はがのも은는이가의夫妻母父娘姉妹兄弟",
    *("担当", "担当者", "主人", "家内", "息子", "友人", "先生", "医師", "名前", "남편", "아내", "엄마", "아빠", "아들"),
)
# `我是王芳我想预约`
_GOES_ON_IN_SIGNS = "我"
_SIGNS_AROUND = "\"'“”„«».,!?;:…。、،؟।()-\u2013\u2014¿¡"
_WORDS_OF_WHOLE_NAME_MIN, _SIGNS_OF_WHOLE_NAME_MIN = 2, 3


def _rows(table: str) -> tuple[str, ...]:
    return tuple(row for each in re.split(r"[|\n]", table) if (row := _plain(each).strip()))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "").replace("\u2019", "'")


_FOLLOWS, _MAY_FOLLOW, _ME, _WAS, _MAY_HAVE_BEEN = map(
    _rows, (OWN_NAME_FOLLOWS, OWN_NAME_MAY_FOLLOW, IT_IS_ME, OWN_NAME_WAS, OWN_NAME_MAY_HAVE_BEEN)
)
_GREETINGS = frozenset(map(_plain, GREETING_WORDS))


def proof_in(  # noqa: PLR0911 - one for each of what the turn shows
    words: Sequence[str], turn: str, before: Sequence[str], *, is_first: bool
) -> Proof | None:
    """
    Return how surely a turn shows that a name that was said in it is that of whoever speaks; None for another's.

    Args:
        words: those of the name, without titles.
        before: what the agent said before, the last turn last.
        is_first: whether it is the caller's first turn.
    """
    text, name = _TITLE_END.sub(r"\1", _SOUND.sub(" ", _plain(turn))), [_plain(word) for word in words]
    place = _place_of(name, text)
    if place is None or _is_owner(name, text[place.end() :]):
        return None if _is_owner(name, text) else Proof.TOLD
    if not _is_written_as_name(name[0], turn):
        return Proof.TOLD
    sentence, behind = text[: place.start()], text[place.end() :]
    part = _PART_END.split(sentence)[-1]
    ahead = sentence[: len(sentence) - len(part)]
    lead, has_title = _without_titles(_words_in(part))
    if _is_anothers(lead, behind):
        return None
    asked = _last_question(_plain(before[-1])) if before else ""
    is_own_asked = ASKS_FOR_OWN_NAME.search(asked) is not None
    may_be = is_first or is_own_asked
    is_whole_part = _ends_part(behind) or _is_followed_by(_MAY_HAVE_BEEN, behind)  # not `it's Rosa who needs it`
    if _is_reported(ahead):
        return Proof.TOLD
    if _is_closed(lead, ahead, part, behind, may_be=may_be) or _is_led(
        lead, ahead, behind, may_be=may_be and is_whole_part
    ):
        return Proof.INTRODUCED
    is_alone = all(word in _GREETINGS for word in (*lead, *_words_in(ahead))) and _ends_part(behind)
    is_of_another = SAYS_WHOSE_NAME_IT_WAS.match(behind) or SPEAKS_OF_ANOTHER.search(behind)
    if not is_alone or _is_heard(name, before) or is_of_another:
        return Proof.TOLD
    # `Nadia Berg! How are you?` greets her.
    is_called_out = behind.lstrip().startswith("!")
    if not is_called_out and (is_own_asked or (is_first and (has_title or _is_whole(name)))):
        return Proof.INTRODUCED
    return Proof.OPENED if is_first or MAY_ASK_FOR_OWN_NAME.search(asked) else Proof.TOLD


def _is_written_as_name(word: str, turn: str) -> bool:
    """Tell whether a word has a capital where it stands, if the turn has any: `I'm sorry` names nobody."""
    written = [each for each in _words_in(unicodedata.normalize("NFKC", turn)) if _plain(each).startswith(word)]
    return not any(map(str.isupper, turn)) or not written or any(not each[0].islower() for each in written)


def _is_owner(name: Sequence[str], text: str) -> bool:
    """Tell whether a name is that of whose somebody is: `Rosa's husband`, `Rosas Mann`, `村瀬の妻`."""
    joined = r"[\s.\-]+".join(map(re.escape, name))
    if not joined:
        return False
    if _EAST_ASIAN.search(name[0]):
        return re.search(rf"{joined}(?:{_OWNED_IN_SIGNS})", text) is not None
    return re.search(rf"(?<![^\W_]){joined}(?:'?s(?!{_LETTER})|')", text) is not None


def _is_anothers(lead: Sequence[str], behind: str) -> bool:
    """Tell whether a name is asked for, denied, or that of whose somebody is: `Is this Nadia?`, `no soy Ana`."""
    end = _PART_END.search(behind)
    if end is not None and _QUESTION.match(end.group()) is not None:
        return True
    last = _words_in(behind if end is None else behind[: end.start()])[-2:]
    if not DENYING_WORDS.isdisjoint((*lead, *last)) or re.match(
        r"가 아닙|이 아닙|では(?:ありません|ない)|じゃ", behind
    ):
        return True
    return bool(lead) and lead[-1] in WORDS_BEFORE_OWNERS and "name" not in lead


def _is_reported(ahead: str) -> bool:
    """Tell whether somebody else said what follows: `I got a voicemail: this is Nadia`."""
    return not REPORTING_WORDS.isdisjoint(_words_in(re.split(r"[.!?\u3002]", ahead)[-1].replace(":", " ")))


def _last_question(asked: str) -> str:
    """Return what an agent asked last; all it said where it asked nothing."""
    questions = re.findall(r"[^.!?\u061f\u3002\uff1f]*[?\u061f\uff1f]", asked)
    return questions[-1] if questions else asked


def _place_of(name: Sequence[str], text: str) -> re.Match[str] | None:
    """Return where a name stands; its last word must end there: `Rosa's` and `Rosas` are not hers."""
    joined = r"[\s.\-]+".join(map(re.escape, name))
    if not joined:
        return None
    if _EAST_ASIAN.search(name[0]):
        return re.search(rf"{joined}(?!{_OWNED_IN_SIGNS})", text)
    return re.search(rf"(?<![^\W_]){joined}(?!{_LETTER}|['\-]\w)", text)


def _is_led(lead: Sequence[str], ahead: str, behind: str, *, may_be: bool) -> bool:
    """
    Tell whether what stands right before a name introduces whoever speaks.

    Args:
        ahead: what stands before the part of the sentence in which the name stands.
        may_be: whether words count that may say as well who somebody else is: `it's Nadia`.
    """
    told, rows = " ".join(lead), (*_FOLLOWS, *_MAY_FOLLOW) if may_be else _FOLLOWS
    if not lead:
        return any(_ends_with(" ".join(_words_in(ahead)), row) for row in _ME)
    found = max((row for row in rows if _ends_with(told, row)), key=len, default="")
    if not found or not _goes_on(behind):
        return False
    rest = told[: len(told) - len(found)].split()
    if found in _MAY_FOLLOW or not _EAST_ASIAN.search(found):
        return _is_greeting(rest, may_join=found not in _MAY_FOLLOW)
    return not rest or not rest[-1].endswith(tuple(REPORTING_WORDS))


def _is_greeting(words: Sequence[str], *, may_join: bool) -> bool:
    """Tell whether words may stand before an introduction: none, `hello`, and with `may_join` `hi Lisa` and `and`."""
    known = _GREETINGS | JOINING_WORDS if may_join else _GREETINGS
    is_somebody_greeted = may_join and len(words) > 1 and words[-1] not in REPORTING_WORDS
    return all(word in known for word in (words[:-1] if is_somebody_greeted else words))


def _goes_on(behind: str) -> bool:
    """Tell whether a sentence ends behind a name, or goes on so that nobody else is meant: not `Nadia phone`."""
    return (
        behind.startswith(_GOES_ON_IN_SIGNS) or _may_go_on(behind) or _is_followed_by((*_WAS, *_MAY_HAVE_BEEN), behind)
    )


def _is_closed(lead: Sequence[str], ahead: str, part: str, behind: str, *, may_be: bool) -> bool:
    """Tell whether what stands right behind a name says that it is whoever speaks; takes what `_is_led` takes."""
    if not _is_followed_by((*_WAS, *_MAY_HAVE_BEEN) if may_be else _WAS, behind):
        return False
    if all(word in _GREETINGS for word in lead):
        return not ahead.rstrip("、, ").endswith(_OWNERS_IN_SIGNS)
    return may_be and bool(_EAST_ASIAN.search(part)) and not part.rstrip().endswith(_OWNERS_IN_SIGNS)


def _is_followed_by(rows: Sequence[str], behind: str) -> bool:
    """Tell whether one of some rows stands right behind a name, and the sentence ends there or goes on as it may."""
    rest = behind.lstrip()
    return any(
        rest.startswith(row)
        and not re.match(_LETTER, _next(rest, row))
        and (bool(_EAST_ASIAN.search(row)) or _may_go_on(rest[len(row) :]))
        for row in rows
    )


def _may_go_on(behind: str) -> bool:
    # `Peter here is six years old` is of another.
    words = _words_in(behind)
    return _ends_part(behind) or not words or words[0] in WORDS_AFTER_INTRODUCTION


def _next(text: str, row: str) -> str:
    # In signs, a word goes on in what stands behind it.
    return "" if _EAST_ASIAN.search(row) else text[len(row) : len(row) + 1]


def _ends_with(told: str, row: str) -> bool:
    if not told.endswith(row):
        return False
    return len(told) == len(row) or told[-len(row) - 1] == " " or bool(_EAST_ASIAN.search(row))


def _ends_part(behind: str) -> bool:
    rest = behind.lstrip()
    return not rest or _PART_END.match(behind) is not None or _PART_END.match(rest) is not None


def _is_heard(name: Sequence[str], before: Iterable[str]) -> bool:
    """Tell whether an agent said a word of a name before: who greets Lisa is not Lisa."""
    said = {word for turn in before for word in _words_in(_plain(turn))}
    return any(word in said or (_EAST_ASIAN.search(word) and any(word in each for each in said)) for word in name)


def _is_whole(name: Sequence[str]) -> bool:
    joined = "".join(name)
    return len(name) >= _WORDS_OF_WHOLE_NAME_MIN or (
        bool(_EAST_ASIAN.search(joined)) and len(joined) >= _SIGNS_OF_WHOLE_NAME_MIN
    )


def _without_titles(words: list[str]) -> tuple[list[str], bool]:
    """Return the words before a name without its titles and articles, and whether there was a title."""
    count, is_titled = len(words), False
    while count and (is_title(words[count - 1]) or words[count - 1] in _ARTICLES):
        is_titled = is_titled or is_title(words[count - 1])
        count -= 1
    return words[:count], is_titled


def _words_in(text: str) -> list[str]:
    return [word for each in text.split() if (word := each.strip(_SIGNS_AROUND))]
