"""Says of each question that was missed why: what ranked first, which words it shares, where the right one stood."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from bench.recall.corpora.conversations import Collection, Place, Question
from bench.recall.measures import MISSED_BELOW, Answer, Found, is_missed
from bench.recall.playing import Results
from projector.engines.lexical.vocabulary.terms import terms_of, words_of

_CHARS_MAX = 120

_EMPTY = "nothing was found"
_SUPERSEDED = "a superseded value ranks above it"
_NO_WORD = "the right one shares no word with the question"
_FAR = "others rank above it, although it shares words with the question"


def show_misses(collection: Collection, results: Results) -> None:
    """Print, for each question that nothing right answers among the first 5, why that is; then how often each why."""
    spoken = words_by_place(collection)
    reasons: Counter[str] = Counter()
    print(f"\n{collection.name}: missed{f', {results.way.name}' if results.way.name else ''}")
    for answer in results.usual.answers:
        if is_missed(answer, MISSED_BELOW):
            far = results.far[answer.question]
            reasons[reason(answer, spoken)] += 1
            print("\n".join(explanation(answer, far, spoken)), end="\n\n")
    for why, count in reasons.most_common():
        print(f"{count:4}  {why}")


def words_by_place(collection: Collection) -> dict[Place, str]:
    """Return what is said in each place: for a turn of the caller, after what the agent said just before it."""
    spoken = {}
    for call in collection.calls:
        for index, turn in enumerate(call.turns):
            before = call.turns[index - 1] if index else None
            asked = f"{before.words} " if before and not before.is_caller else ""
            spoken[Place(call.conversation_id, "turn", str(index))] = asked + turn.words
        for id_, value in call.collected.items():
            spoken[Place(call.conversation_id, "collected", id_)] = f"{id_.replace('_', ' ')}: {value}"
        spoken[Place(call.conversation_id, "summary", "summary")] = call.summary or ""
    return spoken


def explanation(answer: Answer, far: Answer, spoken: Mapping[Place, str]) -> Iterator[str]:
    """
    Yield lines on a question that was missed.

    Args:
        far: the answer without a threshold, as long as search makes it.
        spoken: what is said in each place.
    """
    question = answer.question
    languages = f"{question.language}, asked in {question.asked_in}"
    yield f"{question.query}  [{', '.join(question.kinds)}; {languages}]"
    yield f"  why    {reason(answer, spoken)}"
    if answer.found:
        yield f"  first  {_ranked(1, answer.found[0], question)}"
    for rank, found in enumerate(answer.found, 1):
        if found.place in question.superseded:
            yield f"  stale  {_ranked(rank, found, question)}"
    for gold in question.gold:
        ranked = [(rank, found) for rank, found in enumerate(far.found, 1) if found.place in gold]
        if ranked:
            yield f"  right  {_ranked(*ranked[0], question)}"
        else:
            place = min(gold, key=_order)
            yield f"  right  not among {len(far.found)}; {_at(place)} {_quoted(spoken[place], question)}"


def reason(answer: Answer, spoken: Mapping[Place, str]) -> str:
    """Return why a question was missed, in words."""
    question = answer.question
    if not answer.found:
        return _EMPTY
    if answer.is_superseded_first:
        return _SUPERSEDED
    if not any(shared_words(question, spoken[place]) for place in chain.from_iterable(question.gold)):
        return _NO_WORD
    return _FAR


def shared_words(question: Question, text: str) -> list[str]:
    """
    Return the words of a question that a text says too, as the embedded engine reads words: without stop words, by
    their stems in the language of the call; of a script without spaces, the pairs of characters.
    """
    terms = {*terms_of(words_of(text, question.language), question.language)}
    shared: dict[str, None] = {}
    for word in words_of(question.query, question.language):
        own = terms_of([word], question.language)
        found = [term for term in own if term in terms]
        shared |= dict.fromkeys([word] if len(own) == 1 and found else found)
    return list(shared)


def _ranked(rank: int, found: Found, question: Question) -> str:
    return f"{rank}., score {found.score:.2f}; {_at(found.place)} {_quoted(found.words, question)}"


def _quoted(words: str, question: Question) -> str:
    shown = words if len(words) <= _CHARS_MAX else "…" + words[-_CHARS_MAX:]
    return f'"{shown}"; shares: {", ".join(shared_words(question, words)) or "nothing"}'


def _at(place: Place) -> str:
    return f"{place.conversation_id} {place.kind} {place.key}".replace("summary summary", "summary")


def _order(place: Place) -> tuple[str, str, int]:
    return place.conversation_id, place.kind, int(place.key) if place.key.isdigit() else 0
