"""The webhook of an agent's search tool during a call: answers what the caller told us before."""

import math
import time
from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from events.process import audit
from events.wire.caller import masked
from events.wire.webhooks import SearchDataRequest
from ingress.http.auditing import Auditor
from ingress.http.openapi import question_handler
from ingress.http.requests import agent_of, annotate, check_key, loggable, read_question
from ingress.lookups.call_starts import CallStarts
from ingress.lookups.outage_log import OutageLog
from ingress.lookups.read_pool import ReadPool
from ingress.settings import Settings
from ingress.webhooks.finding import Asking, Found, find, find_recent
from ingress.wording.phrases import CANNOT_LOOK, clean, found_summary, last_call_summary, profile_summary
from projector.domain.memories import CallerView, Memory, iso_moment
from projector.errors import EngineBehindError, EngineStoppedError

# The principal in the audit trail when no key is required.
_ANYBODY = "anybody"
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


def search_data_handler(
    settings: Settings,
    reading: ReadPool,
    auditor: Auditor,
    starts: CallStarts,
    *,
    clock_s: Callable[[], float] = time.time,
) -> HTTPRouteHandler:
    """
    Return the handler of `/webhook/search-data`, also known as `/webhook/search-memory`.

    Args:
        starts: the calls that began a while ago.
        clock_s: the present in Unix seconds, from which a question's `yesterday` is understood.
    """

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
        asking = Asking(
            question=question,
            region=settings.region,
            at_s=int(clock_s()),
            started_by=starts.caller_of(question.conversation_id, question.call_sid),
        )
        found = await reading.search(
            lambda read_model, engine, pause: find(
                asking, read_model, engine, until_s=began + settings.search_deadline_s * _ENGINE_SHARE, pause=pause
            ),
            asker=asking.asker,
            timeout_s=settings.search_deadline_s * _SEARCH_SHARE,
        )
        if found is None:  # too slow, or no read model: recent memories need no engine
            left_s = settings.search_deadline_s - (time.monotonic() - began)
            found = await reading.look(
                lambda read_model, _: find_recent(asking, read_model), timeout_s=max(left_s, 0.01)
            )
        found = found or Found(degraded=True)
        _note(found, outages)
        caller, agent_id = masked(found.caller), loggable(agent_of(question.agent_id))
        annotate(caller=caller, agent_id=agent_id, found=len(found.memories), degraded=found.degraded)
        auditor.note(audit.SEARCH, by=by, caller=caller, agent_id=agent_id, found=len(found.memories))
        return _answer(found, asking.audience, settings.relevance_threshold)

    return search_data


def _note(found: Found, outages: OutageLog) -> None:
    """Log why a search is degraded: in the line of its request, and once for the whole outage."""
    if found.fault:
        if not isinstance(found.fault, EngineBehindError | EngineStoppedError):
            outages.note_failure(str(found.fault))
        annotate(degraded_by=str(found.fault))
    elif found.is_ranked and found.memories:  # otherwise the engine may not have been asked at all
        outages.note_success()


def _answer(found: Found, audience: str | None, threshold: float) -> SearchDataAnswer:
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
        memories=[_found_memory(memory, score, is_confident=score >= threshold) for memory, score in memories],
        summary=CANNOT_LOOK if found.degraded else found_summary(sure),
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


def _found_memory(memory: Memory, score: float, *, is_confident: bool) -> FoundMemory:
    return FoundMemory(
        content=clean(memory.text, _CONTENT_CHARS_MAX),
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
        confident=is_confident,
    )
