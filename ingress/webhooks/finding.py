"""What is found for a question during a call: the memories of the caller, and of nobody else."""

import time
from collections.abc import Callable, Iterable

from msgspec import UNSET, Struct

from events.wire.caller import caller_of_question
from events.wire.timezone import timezone_of
from events.wire.webhooks import SearchDataRequest
from ingress.http.requests import agent_of
from ingress.questions.when import Asked, Span, understand
from ingress.webhooks.proofs import facts_in_place_of_proofs
from ingress.wording.before import asks_what_was_before
from projector.domain.audience import may_hear
from projector.domain.memories import CallerView, Memory
from projector.engines.protocol import Engine, Hit, ShortSearchError
from projector.errors import EngineError
from projector.read_model.protocol import ReadModel

_LIMIT_DEFAULT, _LIMIT_MAX = 5, 20
# What is found for a question about a time is sorted by that time, so more is asked for; and of a time, so many of the
# newest memories are looked at.
_MORE, _OF_TIME_MAX = 4, 200
# Of a memory of the time that was asked about, what its score lacks of 1 is raised to this power: what was said then
# comes before a value that was collected at another time, which weighs more by itself.
_LACK_POWER = 3
# In an answer to a question about a time alone, the summary of a call says more than what was collected in it.
_PLACES = {"summary": 0, "collected": 1}
_DAY_S = 24 * 60 * 60

Scored = tuple[Memory, float]


class Asking(Struct, frozen=True, kw_only=True):
    """
    A question, and when it is asked, Unix seconds.

    `started_by` is the caller of the call, as the start of the call had it; None if not known. `tells_sensitive` is
    whether facts on health, money and the like answer a question about them.
    """

    question: SearchDataRequest
    region: str
    at_s: int
    started_by: str | None = None
    tells_sensitive: bool = True

    @property
    def asker(self) -> str:
        """Whose searches come one after the other."""
        ids = self.question.caller_id, self.question.called_number, self.question.user_id
        return " ".join(map(str, ids if any(ids) else (self.question.conversation_id, self.question.call_sid)))

    @property
    def audience(self) -> str | None:
        """The agent that may hear the answer; None for one that may hear everything."""
        return None if self.question.search_all_agents else agent_of(self.question.agent_id)

    @property
    def limit(self) -> int:
        """How many memories to return at most."""
        return min(max(self.question.limit if self.question.limit is not None else _LIMIT_DEFAULT, 1), _LIMIT_MAX)

    @property
    def words(self) -> str:
        """The question itself."""
        return str(self.question.query if self.question.query is not None else "").strip()

    @property
    def asks_before(self) -> bool:
        """Whether the question asks what was before."""
        return asks_what_was_before(self.words)

    def caller(self, read_model: ReadModel) -> str | None:
        """
        Return the key under which whoever is calling is remembered; None if not known.

        By the numbers sent, else by the conversation in the log, or the start of the call.
        """
        question = self.question
        caller = caller_of_question(
            question.caller_id,
            question.called_number,
            question.user_id,
            is_agent_line=read_model.is_agent_line,
            region=self.region,
        )
        if caller is None and question.conversation_id:
            caller = read_model.caller_of(question.conversation_id)
        caller = caller or self.started_by
        return read_model.remembered_as(caller) if caller is not None else None


class Found(Struct):
    """
    The memories that fit a question, best first, each with its score, 0 to 1.

    `is_ranked` tells whether a search made the scores. `degraded` is true if one should have, and could not: `fault`
    says why.
    """

    caller: str | None = None
    view: CallerView | None = None
    memories: list[Scored] = []
    is_ranked: bool = False
    degraded: bool = False
    fault: EngineError | None = None


class _Time(Struct, frozen=True):
    """The time that a question is about; of one call alone, if it names that."""

    span: Span
    conversation_id: str | None = None

    def holds(self, memory: Memory) -> bool:
        """Tell whether a memory is of that time."""
        is_within = self.span.since_s <= memory.occurred_at_s < self.span.until_s
        return is_within and self.conversation_id in {None, memory.call}


def find(asking: Asking, read_model: ReadModel, engine: Engine, *, until_s: float, pause: Callable[[], None]) -> Found:
    """
    Return what fits a question.

    A question that names a time and no subject is answered by what is of that time. Of one that names both, what is of
    that time counts for more.

    Args:
        until_s: when the engine is to give up, on the monotonic clock.
        pause: see `Engine.search`.
    """
    caller = asking.caller(read_model)
    if caller is None:
        return Found()
    view = read_model.view(caller)
    if not asking.words:
        recent = read_model.recent(caller, agent_id=asking.audience, limit=asking.limit)
        return Found(caller, view, _unranked(recent))
    asked = Asked(asking.words) if view is None else _understood(asking, view)
    when = _time_of(asked, asking, read_model, caller)
    if asked.has_time and asked.is_time_alone:
        return Found(caller, view, _unranked(_of_time(when, asking, read_model, caller))[: asking.limit])
    hits, fault = _hits(asked, asking, caller, engine, until_s=until_s, pause=pause)
    memories = read_model.memories(caller, [hit.memory_id for hit in hits])
    ranked = [
        (memory, hit.score)
        for hit in hits
        if (memory := memories.get(hit.memory_id)) is not None and may_hear(memory.told_to, asking.audience)
    ]
    ranked = facts_in_place_of_proofs(ranked)
    if not asking.tells_sensitive:  # the turns that prove these are gone already
        ranked = [each for each in ranked if not is_sensitive(each[0])]
    if when is not None:
        ranked = _with_time(ranked, when)[: asking.limit]
        ranked += _others(ranked, _of_time(when, asking, read_model, caller), limit=asking.limit)
    if fault:
        recent = read_model.recent(caller, agent_id=asking.audience, limit=asking.limit)
        ranked += _others(ranked, recent, limit=asking.limit)
    return Found(caller, view, ranked, is_ranked=not fault, degraded=fault is not None, fault=fault)


def find_recent(asking: Asking, read_model: ReadModel) -> Found:
    """Return the newest memories, where no search can be made."""
    caller = asking.caller(read_model)
    if caller is None:
        return Found(degraded=True)
    memories = read_model.recent(caller, agent_id=asking.audience, limit=asking.limit)
    return Found(caller, read_model.view(caller), _unranked(memories), degraded=True)


def _understood(asking: Asking, view: CallerView) -> Asked:
    timezone = timezone_of(asking.question.timezone) or view.timezone
    return understand(asking.words, language=view.language, at_s=asking.at_s, timezone=timezone)


def _hits(
    asked: Asked, asking: Asking, caller: str, engine: Engine, *, until_s: float, pause: Callable[[], None]
) -> tuple[list[Hit], EngineError | None]:
    try:
        hits = engine.search(
            caller,
            asked.words,
            limit=asking.limit * (_MORE if asked.has_time else 1),
            agent_id=asking.audience,
            timeout_s=max(0.0, until_s - time.monotonic()),
            pause=pause,
        )
    except ShortSearchError as error:
        return error.hits, error.with_traceback(None)  # a traceback would keep the question in memory
    except EngineError as error:
        return [], error.with_traceback(None)
    return hits, None


def _time_of(asked: Asked, asking: Asking, read_model: ReadModel, caller: str) -> _Time | None:
    if asked.span is not None:
        return _Time(asked.span)
    if not asked.is_last_call:
        return None
    for memory in read_model.recent(caller, agent_id=asking.audience, limit=_OF_TIME_MAX):
        # The newest memory may be what many calls show, or be of the conversation in which this is asked.
        if memory.kind not in {"pattern", "fact"} and memory.conversation_id != asking.question.conversation_id:
            at_s = memory.occurred_at_s
            return _Time(Span(at_s - _DAY_S, at_s + 1), memory.conversation_id)
    return None


def _of_time(when: _Time | None, asking: Asking, read_model: ReadModel, caller: str) -> list[Memory]:
    """Return the memories of a time, what says most of it first."""
    if when is None:
        return []
    span = when.span
    memories = read_model.within(caller, span.since_s, span.until_s, agent_id=asking.audience, limit=_OF_TIME_MAX)
    return sorted(filter(when.holds, memories), key=lambda memory: _PLACES.get(memory.kind, len(_PLACES)))


def _with_time(ranked: Iterable[Scored], when: _Time) -> list[Scored]:
    """Return what was found with higher scores for what is of a time, best first."""
    scored = [
        (memory, round(1 - (1 - score) ** _LACK_POWER, 4) if when.holds(memory) else score) for memory, score in ranked
    ]
    return sorted(scored, key=lambda found: -found[1])


def _others(found: list[Scored], memories: list[Memory], *, limit: int) -> list[Scored]:
    """Return those of some memories that were not found, as many as there is room for."""
    ids = {memory.id for memory, _ in found}
    return _unranked([memory for memory in memories if memory.id not in ids])[: limit - len(found)]


def _unranked(memories: list[Memory]) -> list[Scored]:
    # Nobody asked about these: what is sensitive among them is not told.
    return [(memory, 0.0) for memory in memories if not is_sensitive(memory)]


def is_sensitive(memory: Memory) -> bool:
    """Tell whether a memory is a fact on health, money, credentials or somebody else."""
    return memory.fact is not UNSET and memory.fact.sensitive != "none"
