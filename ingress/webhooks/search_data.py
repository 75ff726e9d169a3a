"""The webhook of an agent's search tool during a call: answers what the caller told us before."""

import math
import time
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from events.process import audit
from events.wire.caller import caller_of_question, masked
from events.wire.webhooks import SearchDataRequest
from ingress.http.auditing import Auditor
from ingress.http.openapi import question_handler
from ingress.http.requests import agent_of, annotate, check_key, loggable, read_question
from ingress.lookups.outage_log import OutageLog
from ingress.lookups.read_pool import ReadPool
from ingress.settings import Settings
from ingress.webhooks.search_answer import SearchDataAnswer, answer
from ingress.wording.before import asks_what_was_before
from projector.domain.audience import may_hear
from projector.domain.memories import CallerView, Memory
from projector.engines.protocol import Engine, Hit, ShortSearchError
from projector.errors import EngineBehindError, EngineError, EngineStoppedError
from projector.read_model.protocol import ReadModel

# The principal in the audit trail when no key is required.
_ANYBODY = "anybody"
_LIMIT_DEFAULT, _LIMIT_MAX = 5, 20
_UNSURE_MAX = 3
# Shares of the deadline: for the engine, and for the whole search. If it fails, the rest is for the recent memories.
_ENGINE_SHARE, _SEARCH_SHARE = 0.6, 0.75


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
        return _answer(found, question, settings.relevance_threshold)

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
    query = _query(question)
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
        if (memory := memories.get(hit.memory_id)) is not None and may_hear(memory.told_to, audience)
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
    caller = caller_of_question(
        question.caller_id,
        question.called_number,
        question.user_id,
        is_agent_line=read_model.is_agent_line,
        region=region,
    )
    return read_model.remembered_as(caller) if caller is not None else None


def _query(question: SearchDataRequest) -> str:
    return str(question.query if question.query is not None else "").strip()


def _audience(question: SearchDataRequest) -> str | None:
    return None if question.search_all_agents else agent_of(question.agent_id)


def _limit(question: SearchDataRequest) -> int:
    return min(max(question.limit if question.limit is not None else _LIMIT_DEFAULT, 1), _LIMIT_MAX)


def _unranked(memories: list[Memory]) -> list[tuple[Memory, float]]:
    return [(memory, 0.0) for memory in memories]


def _answer(found: _SearchResult, question: SearchDataRequest, threshold: float) -> SearchDataAnswer:
    memories = found.memories
    if found.degraded:
        threshold = math.inf  # recent memories may have nothing to do with the question
    elif not found.is_ranked:
        threshold = 0.0
    elif memories and memories[0][1] < threshold:
        memories = memories[:_UNSURE_MAX]
    return answer(
        found.view,
        memories,
        threshold,
        agent_id=_audience(question),
        asks_before=asks_what_was_before(_query(question)),
        is_degraded=found.degraded,
    )
