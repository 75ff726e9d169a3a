"""Why a search ranks memories as it does: how well each word of the question is answered, and by what."""

import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from projector.domain.memories import Memory
from projector.engines.protocol import Engine
from projector.read_model.protocol import ReadModel

_WORD = re.compile(r"\w[\w'.@+-]*")
# A question has few words, and each costs a search.
_WORDS_MAX = 16
# Deep enough that a memory which the whole question finds is among those that each of its words finds.
_DEPTH = 200
# Forms of one word begin alike: `allergy`, `allergic`.
_STEM_CHARS, _ENDING_CHARS_MAX = 4, 3

Held = Literal["words", "question", "surroundings", "nothing"]


class WordShare(Struct, frozen=True, kw_only=True):
    """
    What a word of the question finds in a memory.

    `score` is that of a search for this word alone, 0 where it does not find the memory. `held_by` says what holds it,
    or a form of it: the memory's `words`, the `question` of the agent before it, else its `surroundings` (the turns
    beside it, the day, the whole call, or what the engine takes for alike), or `nothing`.
    """

    word: str
    score: float
    held_by: Held


class Ranked(Struct, frozen=True, kw_only=True):
    """A memory that was found: its rank from 1, its score from 0 to 1, and the words of the question, best first."""

    rank: int
    score: float
    memory: Memory
    words: tuple[WordShare, ...]


def ranked(
    read_model: ReadModel, engine: Engine, caller: str, query: str, *, limit: int, agent_id: str | None
) -> list[Ranked]:
    """
    Return what a search finds, best first, and why: the search is made again for each word of the question.

    So it tells of every engine what it does, and not what we believe that it does. A score says how much of the
    question a memory holds: a word that finds nothing lowers it.

    Args:
        agent_id: the agent that asks; None for all memories.

    Raises:
        EngineError: the engine cannot be asked.
    """
    caller = read_model.remembered_as(caller)

    def scores(text: str, depth: int) -> dict[str, float]:
        hits = engine.search(caller, text, limit=depth, agent_id=agent_id)
        return {hit.memory_id: hit.score for hit in hits}

    whole = scores(query, limit)
    memories = read_model.memories(caller, whole)
    words = list(dict.fromkeys(_WORD.findall(query)))[:_WORDS_MAX]
    alone = {word: scores(word, max(limit, _DEPTH)) for word in words}
    return [
        Ranked(
            rank=rank,
            score=whole[id_],
            memory=memories[id_],
            words=tuple(
                sorted(
                    (_share(word, found.get(id_, 0.0), memories[id_]) for word, found in alone.items()),
                    key=lambda share: -share.score,
                )
            ),
        )
        for rank, id_ in enumerate(whole, start=1)
        if id_ in memories
    ]


def _share(word: str, score: float, memory: Memory) -> WordShare:
    held_by: Held = "nothing"
    if score:
        held_by = "surroundings"
        if _is_in(word, (memory.text, memory.source.words)):
            held_by = "words"
        elif _is_in(word, (memory.source.asked,)):
            held_by = "question"
    return WordShare(word=word, score=score, held_by=held_by)


def _is_in(word: str, texts: Iterable[str]) -> bool:
    wanted = word.casefold()
    return any(_is_alike(wanted, other.casefold()) for text in texts for other in _WORD.findall(text))


def _is_alike(word: str, other: str) -> bool:
    beginning = max(_STEM_CHARS, len(word) - _ENDING_CHARS_MAX)
    return word == other or (len(word) >= beginning and other.startswith(word[:beginning]))
