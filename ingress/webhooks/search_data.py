"""The webhook of an agent's search tool during a call: answers what the caller told us before."""

import time
from collections.abc import Callable
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from msgspec import structs

from events.process import audit
from events.tracing.recording import Recording, step
from events.wire.caller import masked
from events.wire.webhooks import SearchDataRequest
from ingress.http.auditing import Auditor
from ingress.http.openapi import question_handler
from ingress.http.requests import NotJsonError, agent_of, annotate, check_key, loggable, read_question
from ingress.lookups.call_starts import CallStarts
from ingress.lookups.outage_log import OutageLog
from ingress.lookups.read_pool import ReadPool
from ingress.lookups.traced_engine import traced
from ingress.metrics.counting import Metrics
from ingress.metrics.traces import recording_of
from ingress.searching.asking import Asking
from ingress.searching.finding import find, find_recent, resting
from ingress.searching.found import Found
from ingress.searching.withholding import told_sensitive, withheld
from ingress.settings import Settings
from ingress.webhooks.search_answer import SearchDataAnswer, answer
from ingress.webhooks.tool_faults import ToolFaultLog
from projector.domain.facts.told_facts import at_moment
from projector.engines.protocol import Engine
from projector.errors import EngineBehindError, EngineStoppedError
from projector.read_model.protocol import ReadModel

# The principal in the audit trail when no key is required.
_ANYBODY = "anybody"
# Shares of the deadline: for the engine, and for the whole search. If it fails, the rest is for the recent memories.
_ENGINE_SHARE, _SEARCH_SHARE = 0.6, 0.75


def search_data_handler(
    settings: Settings,
    reading: ReadPool,
    auditor: Auditor,
    starts: CallStarts,
    metrics: Metrics,
    *,
    clock_s: Callable[[], float] = time.time,
) -> HTTPRouteHandler:
    """
    Return the handler of `/webhook/search-data`, also known as `/webhook/search-memory`.

    Args:
        starts: the calls that began a while ago.
        clock_s: the present in Unix seconds, from which a question's `yesterday` is understood.
    """

    faults = ToolFaultLog(metrics.note_tool_fault)
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
        began, recording = time.monotonic(), recording_of(request)
        if recording is not None:
            recording.is_proven = True
        try:
            question, fields = await read_question(request, SearchDataRequest)
        except NotJsonError:
            faults.note_fault("no_json")
            raise
        asking = Asking(
            question=question,
            region=settings.region,
            at_s=int(clock_s()),
            started_by=starts.caller_of(question.conversation_id, question.call_sid),
            tells_sensitive=settings.tells_sensitive,
            registry=settings.registry,
        )
        found, given = await _find(asking, settings, reading, metrics, recording, began_s=began)
        # Where nothing could be looked at, nobody knows whether the conversation would have said who is calling.
        faults.note(fields, is_caller_known=found.caller is not None or asking.started_by is not None or found.degraded)
        _note(found, outages)
        caller, agent_id = masked(found.caller), loggable(agent_of(question.agent_id))
        annotate(caller=caller, agent_id=agent_id, found=len(found.memories), degraded=found.degraded)
        sensitive = told_sensitive(found, len(given.memories), settings.registry)
        auditor.note(
            audit.SEARCH, by=by, caller=caller, agent_id=agent_id, found=len(found.memories), sensitive=sensitive
        )
        confident = sum(memory.confident for memory in given.memories)
        metrics.note_search(is_degraded=given.degraded, found=len(given.memories), confident=confident)
        if recording is not None:
            recording.note(is_degraded=given.degraded, found=len(given.memories), confident=confident)
        return given

    return search_data


async def _find(
    asking: Asking,
    settings: Settings,
    reading: ReadPool,
    metrics: Metrics,
    recording: Recording | None,
    *,
    began_s: float,
) -> tuple[Found, SearchDataAnswer]:
    """Search; where that is too slow, or there is no read model, look for recent memories, which needs no engine."""
    until_s = began_s + settings.search_deadline_s * _ENGINE_SHARE
    name = settings.engine.name
    answered = _Answering(asking, settings)

    def search(read_model: ReadModel, engine: Engine, pause: Callable[[], None]) -> tuple[Found, SearchDataAnswer]:
        searched_s = time.monotonic()
        try:
            with step(recording, "find") as finding:
                found = find(asking, read_model, traced(engine, finding, name=name), until_s=until_s, pause=pause)
        finally:
            metrics.note_engine(time.monotonic() - searched_s)
        return answered(found, resting(pause))

    both = await reading.search(search, asker=asking.asker, timeout_s=settings.search_deadline_s * _SEARCH_SHARE)
    if both is None or both[0].fault is not None:
        metrics.note_engine_error()
    if both is None:
        left_s = settings.search_deadline_s - (time.monotonic() - began_s)
        with step(recording, "look_up"):
            both = await reading.look(
                lambda read_model, _: answered(find_recent(asking, read_model)),
                timeout_s=max(left_s, 0.01),
            )
    return both or answered(Found(degraded=True))


class _Answering:
    """Puts what was found into words, in the thread that searched: whoever is greeted meanwhile waits for neither."""

    def __init__(self, asking: Asking, settings: Settings) -> None:
        self._asking = asking
        self._settings = settings

    def __call__(self, found: Found, pause: Callable[[], None] = lambda: None) -> tuple[Found, SearchDataAnswer]:
        """Return what may be told of what was found, and the answer."""
        pause()
        if not self._settings.tells_sensitive:
            found = withheld(found, self._settings.registry)
        at_s = self._asking.at_s
        found.memories = [structs.replace(each, memory=at_moment(each.memory, at_s)) for each in found.memories]
        return found, answer(found, self._asking, self._settings.relevance_threshold, pause=pause)


def _note(found: Found, outages: OutageLog) -> None:
    """Log why a search is degraded: in the line of its request, and once for the whole outage."""
    if found.fault:
        if not isinstance(found.fault, EngineBehindError | EngineStoppedError):
            outages.note_failure(str(found.fault))
        annotate(degraded_by=str(found.fault))
    elif found.is_searched and found.memories:  # otherwise the engine may not have been asked at all
        outages.note_success()
