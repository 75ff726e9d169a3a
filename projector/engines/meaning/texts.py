"""Which texts are turned into vectors: those of a memory, and a question without the names that are in it."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from projector.domain.facts.told.naming import asking_words
from projector.domain.memories import Memory

# A model reads a hundred words in a quarter of a second here. What a long text is about, its beginning says; what the
# agent asked, the end of it.
_TEXT_CHARS_MAX, _ASKED_CHARS_MAX, _QUESTION_CHARS_MAX = 800, 300, 300
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_ENDS_OF_SENTENCES = '.!?:;¿¡"“”„«»\n…'
# What is capitalised in any sentence of these languages may be any noun.
_NOUNS_CAPITALISED = ("de", "lb")
_NAME_CHARS_MIN = 3
# A word that the agent writes as a name in as many of the calls is one of the caller, of the agent, or of the house.
_SHARE_OF_CALLS, _CALLS_MIN = 0.4, 2


def may_be_alike(memory: Memory) -> bool:
    """
    Tell whether a memory gets vectors: not what many calls show, such as how many there were.

    That is a sentence of ours, in English, which is a little like every question in English.
    """
    return memory.kind != "pattern"


def own_text(memory: Memory) -> str:
    """Return a memory's own text, as far as it is turned into a vector."""
    return memory.text[:_TEXT_CHARS_MAX]


def text_in_call(memory: Memory) -> str:
    """
    Return a memory's text with the agent's turn before it: `Yes.` says nothing without its question.

    Before a fact there stand the questions that ask for it, what it is called, and words of questions about such facts.
    """
    if words := asking_words(memory):
        return f"{words}: {own_text(memory)}"
    asked = memory.source.asked[-_ASKED_CHARS_MAX:]
    return f"{asked} {own_text(memory)}" if asked else own_text(memory)


def digest_of(text: str) -> bytes:
    """Return the SHA-256 of a text, by which its vector is found again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def names_said(memories: Sequence[Memory]) -> list[str]:
    """Return the words that the agent writes as names in the turns of one call, in lower case."""
    if any((memory.language or "").lower().startswith(_NOUNS_CAPITALISED) for memory in memories):
        return []
    names, others = set[str](), set[str]()
    for memory in memories:
        for text in (memory.source.asked, memory.text):
            others |= {word for word in _WORD.findall(text) if word == word.lower()}
        asked = memory.source.asked
        for match in _WORD.finditer(asked):
            word, before = match.group(), asked[: match.start()].rstrip(" '\u2019(")
            if word[0].isupper() and before and before[-1] not in _ENDS_OF_SENTENCES:
                names.add(_bare(word))
    return sorted(name for name in names - others if len(name) >= _NAME_CHARS_MIN)


def names_of_calls(said: Iterable[Sequence[str]]) -> set[str]:
    """
    Return the names that come up in so many calls of a caller that they say nothing in a question.

    Args:
        said: what `names_said` returned, for each call.
    """
    calls = list(said)
    counts = Counter(name for names in calls for name in names)
    least = max(_CALLS_MIN, _SHARE_OF_CALLS * len(calls))
    return {name for name, count in counts.items() if count >= least}


def without_names(question: str, names: Collection[str]) -> str:
    """
    Return a question without names, for every memory is one of the same caller; as it is if nothing else is in it.

    Args:
        names: words in lower case.
    """
    question = " ".join(question[:_QUESTION_CHARS_MAX].split())
    if not names:
        return question
    bare = " ".join(_WORD.sub(lambda match: "" if _bare(match.group()) in names else match.group(), question).split())
    return bare if _WORD.search(bare) else question


def words_of_names(names: Iterable[str]) -> set[str]:
    """Return the words of names, in lower case."""
    return {word for name in names for word in map(_bare, _WORD.findall(name)) if len(word) > 1}


def _bare(word: str) -> str:
    """Return a word in lower case and without the ending of a possessive."""
    return re.sub(r"['\u2019]s?$", "", word.lower())
