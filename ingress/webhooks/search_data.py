"""The webhook of an agent's search tool during a call: answers what the caller told us before."""

import math
import time
from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from events.process import audit
from events.wire.caller import caller_of_question, masked
from events.wire.webhooks import SearchDataRequest
from ingress.http.auditing import Auditor
from ingress.http.openapi import question_handler
from ingress.http.requests import agent_of, annotate, check_key, loggable, read_question
from ingress.lookups.outage_log import OutageLog
from ingress.lookups.read_pool import ReadPool
from ingress.settings import Settings
from ingress.wording.phrases import CANNOT_LOOK, clean, found_summary, last_call_summary, profile_summary, whose_words
from ingress.wording.whose import said_by
from projector.domain.memories import CallerView, Memory, iso_moment
from projector.engines.protocol import Engine, Hit, ShortSearchError
from projector.errors import EngineBehindError, EngineError, EngineStoppedError
from projector.read_model.protocol import ReadModel

# The principal in the audit trail when no key is required.
_ANYBODY = "anybody"
_LIMIT_DEFAULT, _LIMIT_MAX = 5, 20
_UNSURE_MAX = 3
_CONTENT_CHARS_MAX = 500
_NAME_CHARS_MAX = 100
# Shares of the deadline: for the engine, and for the whole search. If it fails, the rest is for the recent memories.
_ENGINE_SHARE, _SEARCH_SHARE = 0.6, 0.75


class FoundSource(Struct, kw_only=True):
    """Where a memory comes from."""

    kind: Annotated[str, Meta(description="`collected`, `summary`, `turn` or `pattern`.")]
    turn: Annotated[int | None, Meta(description="Index in the transcript, from 0.")]
    time_in_call_secs: Annotated[int | None, Meta(description="Seconds since the call began.")]
    asked: Annotated[str, Meta(description="What the agent said just before.")]


class FoundMemory(Struct, kw_only=True):
    """One memory; `content` is a quote or a fact, never an instruction."""

    content: Annotated[str, Meta(description="What is remembered.")]
    score: Annotated[float, Meta(description="How well it fits the question, 0 to 1.")]
    sector: Annotated[str, Meta(description="`episodic`, `semantic`, `procedural`, `emotional` or `reflective`.")]
    occurred_at: Annotated[str | None, Meta(description="When it was said, RFC 3339 in UTC.")]
    conversation_id: Annotated[str | None, Meta(description="The call that it comes from.")]
    agent_id: Annotated[str | None, Meta(description="The agent of that call.")]
    source: Annotated[FoundSource, Meta(description="Where in the call it was said.")]
    said_by: Annotated[str, Meta(description="Who said it, where several people call from the number; else empty.")]
    confident: Annotated[
        bool, Meta(description="False if the score is below the relevance threshold, or no search was made.")
    ]


class Profile(Struct, kw_only=True):
    """Who the caller is, as far as this agent may know."""

    name: Annotated[str, Meta(description="The caller's name; empty if not known.")] = ""
    is_returning_caller: Annotated[bool, Meta(description="Whether the caller has spoken with us before.")] = False
    call_count: Annotated[int, Meta(description="How many calls.")] = 0
    first_call_at: Annotated[str | None, Meta(description="When the first call was, RFC 3339 in UTC.")] = None
    last_call_at: Annotated[str | None, Meta(description="When the last call was, RFC 3339 in UTC.")] = None
    summary: Annotated[str, Meta(description="The caller in a few sentences.")] = ""
    last_call_summary: Annotated[str, Meta(description="The last call in a few sentences.")] = ""
    facts: Annotated[dict[str, str], Meta(description="The collected values, by their data collection id.")] = {}


class SearchDataAnswer(Struct, kw_only=True):
    """The memories that fit a question; empty if none does."""

    profile: Annotated[Profile, Meta(description="Who the caller is.")]
    memories: Annotated[list[FoundMemory], Meta(description="Best first.")]
    summary: Annotated[str, Meta(description="One or two sentences that can be spoken.")]
    degraded: Annotated[bool, Meta(description="True if no search could be made: these are recent memories.")] = False


class _SearchResult(Struct):
    caller: str | None = None
    view: CallerView | None = None
    memories: list[tuple[Memory, float]] = []
    is_ranked: bool = False
    degraded: bool = False
    fault: EngineError | None = None


def search_data_handler(settings: Settings, reading: ReadPool, auditor: Auditor) -> HTTPRouteHandler:
    """Return the handler of `/webhook/search-data`, also known as `/webhook/search-memory`."""

    outages = OutageLog(lost="searches_degraded", back="searches_restored")

    @question_handler(
        ["/webhook/search-data", "/webhook/search-memory"],
        "SearchDataRequest",
        summary="Recall what a caller told us",
        description="Searches the memories of the caller of a running call, and of nobody else.",
    )
    async def search_data(request: Request[Any, Any, Any]) -> SearchDataAnswer:
        by = _ANYBODY
        if not settings.allow_unauthenticated_search:
            by = check_key(request, settings.search_data_keys, "ELEVENLABS_SEARCH_DATA_KEY")
        began = time.monotonic()
        question = await read_question(request, SearchDataRequest)
        found = await reading.search(
            lambda read_model, engine, pause: _find(
                question,
                read_model,
                engine,
                settings,
                until_s=began + settings.search_deadline_s * _ENGINE_SHARE,
                pause=pause,
            ),
            asker=f"{question.caller_id} {question.called_number} {question.user_id}",
            timeout_s=settings.search_deadline_s * _SEARCH_SHARE,
        )
        if found is None:  # too slow, or no read model: recent memories need no engine
            left_s = settings.search_deadline_s - (time.monotonic() - began)
            found = await reading.look(
                lambda read_model, _: _find_recent(question, read_model, settings), timeout_s=max(left_s, 0.01)
            )
        found = found or _SearchResult(degraded=True)
        _note(found, outages)
        caller, agent_id = masked(found.caller), loggable(agent_of(question.agent_id))
        annotate(caller=caller, agent_id=agent_id, found=len(found.memories), degraded=found.degraded)
        auditor.note(audit.SEARCH, by=by, caller=caller, agent_id=agent_id, found=len(found.memories))
        return _answer(found, _audience(question), settings.relevance_threshold)

    return search_data


def _find(
    question: SearchDataRequest,
    read_model: ReadModel,
    engine: Engine,
    settings: Settings,
    *,
    until_s: float,
    pause: Callable[[], None],
) -> _SearchResult:
    caller = _caller(question, read_model, settings.region)
    if caller is None:
        return _SearchResult()
    view, audience, limit = read_model.view(caller), _audience(question), _limit(question)
    query = str(question.query if question.query is not None else "").strip()
    if not query:
        return _SearchResult(caller, view, _unranked(read_model.recent(caller, agent_id=audience, limit=limit)))
    hits = list[Hit]()
    fault: EngineError | None = None
    try:
        hits = engine.search(
            caller,
            query,
            limit=limit,
            agent_id=audience,
            timeout_s=max(0.0, until_s - time.monotonic()),
            pause=pause,
        )
    except ShortSearchError as error:
        hits, fault = error.hits, error.with_traceback(None)  # a traceback would keep the question in memory
    except EngineError as error:
        fault = error.with_traceback(None)
    memories = read_model.memories(caller, [hit.memory_id for hit in hits])
    ranked = [
        (memory, hit.score)
        for hit in hits
        if (memory := memories.get(hit.memory_id)) is not None and _may_hear(memory, audience)
    ]
    if fault:
        ids = {memory.id for memory, _ in ranked}
        recent = read_model.recent(caller, agent_id=audience, limit=limit)
        ranked += _unranked([memory for memory in recent if memory.id not in ids])[: limit - len(ranked)]
    return _SearchResult(caller, view, ranked, is_ranked=not fault, degraded=fault is not None, fault=fault)


def _find_recent(question: SearchDataRequest, read_model: ReadModel, settings: Settings) -> _SearchResult:
    caller = _caller(question, read_model, settings.region)
    if caller is None:
        return _SearchResult(degraded=True)
    memories = read_model.recent(caller, agent_id=_audience(question), limit=_limit(question))
    return _SearchResult(caller, read_model.view(caller), _unranked(memories), degraded=True)


def _note(found: _SearchResult, outages: OutageLog) -> None:
    """Log why a search is degraded: in the line of its request, and once for the whole outage."""
    if found.fault:
        if not isinstance(found.fault, EngineBehindError | EngineStoppedError):
            outages.note_failure(str(found.fault))
        annotate(degraded_by=str(found.fault))
    elif found.is_ranked and found.memories:  # otherwise the engine may not have been asked at all
        outages.note_success()


def _caller(question: SearchDataRequest, read_model: ReadModel, region: str) -> str | None:
    return caller_of_question(
        question.caller_id,
        question.called_number,
        question.user_id,
        is_agent_line=read_model.is_agent_line,
        region=region,
    )


def _audience(question: SearchDataRequest) -> str | None:
    return None if question.search_all_agents else agent_of(question.agent_id)


def _limit(question: SearchDataRequest) -> int:
    return min(max(question.limit if question.limit is not None else _LIMIT_DEFAULT, 1), _LIMIT_MAX)


def _may_hear(memory: Memory, audience: str | None) -> bool:
    return audience is None or memory.told_to in {None, audience}


def _unranked(memories: list[Memory]) -> list[tuple[Memory, float]]:
    return [(memory, 0.0) for memory in memories]


def _answer(found: _SearchResult, audience: str | None, threshold: float) -> SearchDataAnswer:
    memories = found.memories
    if found.degraded:
        threshold = math.inf  # recent memories may have nothing to do with the question
    elif not found.is_ranked:
        threshold = 0.0
    elif memories and memories[0][1] < threshold:
        memories = memories[:_UNSURE_MAX]
    sure = [memory for memory, score in memories if score >= threshold]
    return SearchDataAnswer(
        profile=_profile(found.view, audience) if found.view else Profile(),
        memories=[
            _found_memory(memory, score, found.view, is_confident=score >= threshold) for memory, score in memories
        ],
        summary=CANNOT_LOOK if found.degraded else found_summary(sure, found.view),
        degraded=found.degraded,
    )


def _profile(view: CallerView, audience: str | None) -> Profile:
    return Profile(
        name=clean(view.name, _NAME_CHARS_MAX),
        is_returning_caller=view.is_returning,
        call_count=view.call_count,
        first_call_at=iso_moment(view.first_call_at_s),
        last_call_at=iso_moment(view.last_call_at_s),
        summary=profile_summary(view),
        last_call_summary=last_call_summary(view, audience),
        facts={fact.id: clean(fact.value, _CONTENT_CHARS_MAX) for fact in view.facts},
    )


def _found_memory(memory: Memory, score: float, view: CallerView | None, *, is_confident: bool) -> FoundMemory:
    return FoundMemory(
        content=whose_words(memory, view, _CONTENT_CHARS_MAX),
        score=score,
        sector=memory.sector,
        occurred_at=iso_moment(memory.occurred_at_s),
        conversation_id=None if memory.kind == "pattern" else memory.conversation_id,
        agent_id=memory.agent_id,
        source=FoundSource(
            kind=memory.kind,
            turn=memory.source.turn,
            time_in_call_secs=memory.source.second,
            asked=clean(memory.source.asked, _CONTENT_CHARS_MAX),
        ),
        said_by=clean(said_by(memory, view), _NAME_CHARS_MAX),
        confident=is_confident,
    )
