"""What is found for a question during a call, best first."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from events.wire.timezone import timezone_of
from ingress.searching.asking import Asking
from ingress.searching.found import Found, Ranked
from ingress.searching.newest import former_first, newest_first
from ingress.searching.padding import padding
from ingress.searching.proofs import facts_in_place_of_proofs, without_proofs, without_proven
from ingress.searching.questions.promises import asks_what_was_promised, score_of_promise
from ingress.searching.questions.safety import score_of_safety, words_beside
from ingress.searching.questions.subject import speaks_of
from ingress.searching.questions.when import Asked, understand
from ingress.searching.times import Time, of_time, score_with_time, time_of
from ingress.searching.withholding import (
    asked_for,
    proofs_of,
    told_unasked,
    with_calls_without,
    with_harmless_proofs,
    without_values,
)
from ingress.wording.before import asks_what_was_before
from projector.domain.audience import may_hear
from projector.domain.facts.sensitive import is_sensitive, sensitive_values
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.memories import CallerView, Memory
from projector.engines.protocol import Engine, Hit, ShortSearchError
from projector.errors import EngineError
from projector.read_model.protocol import ReadModel

# What is found for a question about a time, a promise or safety is sorted by that, so more is asked for.
_MORE, _MORE_RAISED = 4, 2
# So much is looked for to tell when something happened.
_EVENT_HITS = 10
_ENGLISH = "en"


def find(asking: Asking, read_model: ReadModel, engine: Engine, *, until_s: float, pause: Callable[[], None]) -> Found:
    """
    Return what fits a question, and fill the answer with what else is known of the caller.

    A question that names a time and no subject is answered by what is of that time. Of one that names both, what is of
    that time counts for more.

    Args:
        until_s: when the engine is to give up, on the monotonic clock.
        pause: see `Engine.search`.
    """
    caller = asking.caller(read_model)
    view = read_model.view(caller) if caller is not None else None
    if caller is None or view is None:
        return Found(caller)
    found = Found(caller, view, asks_before=asks_what_was_before(asking.words))
    sensitive = found.sensitive = read_model.sensitive_facts(caller)
    values = sensitive_values(view, sensitive, asking.registry)
    if not asking.words and not asking.keywords:
        untold = len(sensitive) + len(proofs_of(sensitive)) + len(view.facts)
        recent = read_model.recent(caller, agent_id=asking.audience, limit=_MORE * asking.limit + untold)
        told = told_unasked(without_proofs(recent, [], asking.registry), asking.registry, sensitive)
        told = without_values(told, values)
        found.view = with_calls_without(view, values)
        found.memories = [Ranked(memory, is_certain=True) for memory in told[: asking.limit]]
        return found
    search = _Search(asking, caller, view, engine, until_s=until_s, pause=pause)
    rest = resting(pause)
    asked = _understood(asking, view)
    when = time_of(asked, asking, read_model, view, lambda words: search(words, [], limit=_EVENT_HITS))
    found.asks_before |= asked.is_of_the_past
    if when is None and asked.event is not None:
        asked = Asked(asking.words)  # nobody told of it, in these words
    of = of_time(when, asking, read_model, view, sensitive, asks_reason=asked.asks_reason, values=values)
    if asked.has_time and asked.is_time_alone and not _are_keywords_the_subject(asked, asking):
        found.memories = [Ranked(memory, is_certain=True) for memory in of[: asking.limit]]
        found.view = with_calls_without(view, values)
    else:
        is_of_us = asks_what_was_promised(asking.words)
        more = _MORE if when is not None else _MORE_RAISED if is_of_us or asking.topics else 1
        hits = search(asked.words, asking.keywords, limit=asking.limit * more)
        rest()
        fitting = _memories(hits, read_model, caller)
        if is_of_us:
            fitting = [(memory, score_of_promise(score, memory)) for memory, score in fitting]
        if asking.topics:
            fitting = [(memory, _score_of_safety(score, memory, asking)) for memory, score in fitting]
        # When something happened is known by what was told of it alone: too vague to tell what nothing else speaks for.
        ranked = _ranked(fitting, of if asked.event is None else [], asking, when)
        words = ToldValues([asking.words, *asking.keywords], [view.language])
        found.memories = asked_for(ranked, words, sensitive)[: asking.limit]
        rest()
        if when is None:
            in_order = former_first if found.asks_before else newest_first
            found.memories = in_order(found.memories, asking, read_model, view)
        found.is_searched = True
    found.degraded, found.fault = search.fault is not None, search.fault
    rest()
    _fill(found, asking, read_model, values, of=of, is_timed=when is not None)
    return found


def resting(pause: Callable[[], None]) -> Callable[[], None]:
    """Return a pause that ends no search: what was found by then is told."""

    def rest() -> None:
        with suppress(EngineError):
            pause()

    return rest


def find_recent(asking: Asking, read_model: ReadModel) -> Found:
    """Return facts and the newest memories, where no search can be made."""
    caller = asking.caller(read_model)
    view = read_model.view(caller) if caller is not None else None
    found = Found(caller, view, asks_before=asks_what_was_before(asking.words), degraded=True)
    if view is not None:
        found.sensitive = read_model.sensitive_facts(view.caller)
        values = sensitive_values(view, found.sensitive, asking.registry)
        _fill(found, asking, read_model, values, of=[], is_timed=False)
    return found


class _Search:
    """Asks the engine, until it fails: `fault` says why, and nothing more is found from then on."""

    def __init__(
        self,
        asking: Asking,
        caller: str,
        view: CallerView,
        engine: Engine,
        *,
        until_s: float,
        pause: Callable[[], None],
    ) -> None:
        self.fault: EngineError | None = None
        self._asking = asking
        self._caller = caller
        self._view = view
        self._engine = engine
        self._until_s = until_s
        self._pause = pause

    def __call__(self, words: str, keywords: list[str], *, limit: int) -> list[Hit]:
        """Return what fits some words and keywords, best first."""
        if self.fault is not None:
            return []
        beside = words_beside(self._asking.words, self._asking.topics, (self._view.language or _ENGLISH).lower()[:2])
        try:
            return self._engine.search(
                self._caller,
                words,
                keywords=[*keywords, *beside],
                limit=limit,
                agent_id=self._asking.audience,
                names=[self._view.name, self._view.given_name, *(person.name for person in self._view.people)],
                timeout_s=max(0.0, self._until_s - time.monotonic()),
                pause=self._pause,
            )
        except ShortSearchError as error:
            self.fault = error.with_traceback(None)  # a traceback would keep the question in memory
            return error.hits
        except EngineError as error:
            self.fault = error.with_traceback(None)
            return []


def _are_keywords_the_subject(asked: Asked, asking: Asking) -> bool:
    """Tell whether a question is a time and nothing else, so that the keywords beside it say what it is about."""
    return bool(asking.keywords) and not any(map(str.isalnum, asked.words))


def _understood(asking: Asking, view: CallerView) -> Asked:
    timezone = timezone_of(asking.question.timezone) or view.timezone
    return understand(asking.words, language=view.language, at_s=asking.at_s, timezone=timezone)


def _score_of_safety(score: float, memory: Memory, asking: Asking) -> float:
    is_on_topic = speaks_of(memory, asking.topics, asking.registry)
    return score_of_safety(score, memory, is_on_topic=is_on_topic, topics=asking.topics)


def _memories(hits: list[Hit], read_model: ReadModel, caller: str) -> list[tuple[Memory, float]]:
    memories = read_model.memories(caller, [hit.memory_id for hit in hits])
    return [(memory, hit.score) for hit in hits if (memory := memories.get(hit.memory_id)) is not None]


def _ranked(
    found: Sequence[tuple[Memory, float]], of: Sequence[Memory], asking: Asking, when: Time | None
) -> list[Ranked]:
    """
    Return what was found and what is of the time that is asked about, best first.

    Args:
        found: memories with their scores.
        of: what is of that time, found or not.
    """
    there = {memory.id for memory, _ in found}
    ranked = [
        Ranked(memory, score_with_time(score, memory, when))
        for memory, score in [*found, *((memory, 0.0) for memory in of if memory.id not in there)]
        if may_hear(memory.told_to, asking.audience)
    ]
    ranked = facts_in_place_of_proofs(sorted(ranked, key=lambda each: -each.score), asking.registry)
    if not asking.tells_sensitive:  # what proves these is gone already
        ranked = [each for each in ranked if not is_sensitive(each.memory, asking.registry)]
    return ranked


def _fill(
    found: Found, asking: Asking, read_model: ReadModel, values: ToldValues, *, of: Sequence[Memory], is_timed: bool
) -> None:
    """
    Fill the answer up to the limit: with what is of the time that is asked about, with facts, with the newest.

    Args:
        values: those of what is sensitive, which nobody is told who did not ask.
    """
    if found.view is None:
        return
    there = {each.memory.id for each in found.memories}
    room = asking.limit - len(there)
    told = [each.memory for each in found.memories]
    more = without_proven(without_proofs([*of], told, asking.registry), told, asking.registry)
    told += [memory for memory in more if memory.id not in there][:room]
    beside = padding(
        asking, read_model, found.view, told, found.sensitive, values=values, room=asking.limit - len(told)
    )
    if is_timed:  # what was said then is told as it was said
        beside = without_proven(beside, told, asking.registry)
    found.memories += [Ranked(memory, is_certain=False) for memory in [*told[len(there) :], *beside]]
    if not is_timed:
        found.memories = facts_in_place_of_proofs(found.memories, asking.registry)
    found.memories = with_harmless_proofs(found.memories, found.sensitive, values)
