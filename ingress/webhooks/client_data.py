"""The webhook at the start of a call: answers who is calling, and how to greet them."""

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from events.process import audit
from events.tracing.recording import step
from events.wire.caller import masked, number_of
from events.wire.webhooks import ClientDataRequest
from ingress.http.auditing import Auditor
from ingress.http.openapi import question_handler
from ingress.http.requests import agent_of, annotate, check_key, loggable, read_question
from ingress.lookups.call_starts import CallStarts
from ingress.lookups.read_pool import ReadPool
from ingress.lookups.traced_engine import traced
from ingress.metrics.traces import recording_of
from ingress.searching.questions.words.sensitive_words import speaks_of_sensitive
from ingress.searching.withholding import with_calls_without, without_sensitive
from ingress.settings import Settings, Variable
from ingress.wording.brief import caller_brief, open_issues
from ingress.wording.cleaning import SUMMARY_CHARS_MAX, clean
from ingress.wording.greetings.greeting import greet, outbound_greeting
from ingress.wording.greetings.open_matters import newest_call, open_matters, proposable
from ingress.wording.phrases import caller_history, caller_preferences, last_call_summary, profile_summary
from ingress.wording.spoken_name import address_of, spoken_name
from ingress.wording.whose import are_several
from projector.domain.facts.sensitive import sensitive_values
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.facts.told_facts import at_moment, is_planned
from projector.domain.memories import CallerView, Memory
from projector.engines.protocol import Engine
from projector.read_model.protocol import ReadModel

# The phone rings meanwhile: the default greeting now is worth more than a personal one later.
_DEADLINE_S = 1.5
# More than fit into the longest brief.
_FACTS_MAX = 400


class AgentOverride(Struct, kw_only=True):
    """The settings of the agent that we override. Never the prompt: that belongs to the operator."""

    first_message: Annotated[str, Meta(description="The greeting of a returning caller.")]


class ConfigOverride(Struct, kw_only=True):
    """Sent only with a greeting for a returning caller: ElevenLabs may fail a call whose agent does not allow it."""

    agent: Annotated[AgentOverride, Meta(description="The agent's overridden settings.")]


class ClientDataAnswer(Struct, kw_only=True, omit_defaults=True):
    """Who is calling (SDK: `ConversationInitiationClientDataRequestInput`, plus `type`)."""

    type: Annotated[str, Meta(description="What ElevenLabs expects here.")]
    dynamic_variables: Annotated[
        dict[str, Variable],
        Meta(description="Every variable on every call: ElevenLabs fails a call if a declared variable is missing."),
    ]
    conversation_config_override: Annotated[
        ConfigOverride | msgspec.UnsetType,
        Meta(description="The greeting; only for returning callers whose language has one."),
    ] = msgspec.UNSET
    user_id: Annotated[
        str | msgspec.UnsetType, Meta(description="The caller's number, so that ElevenLabs lists it as a user.")
    ] = msgspec.UNSET


def client_data_handler(
    settings: Settings,
    reading: ReadPool,
    auditor: Auditor,
    starts: CallStarts,
    *,
    clock_s: Callable[[], float] = time.time,
) -> HTTPRouteHandler:
    """
    Return the handler of `/webhook/client-data`, which notes in `starts` who is calling.

    Args:
        clock_s: the present in Unix seconds, at which what was planned may be so.
    """

    @question_handler(
        "/webhook/client-data",
        "ClientDataRequest",
        summary="Say who is calling",
        description="Answers every variable on every call. An unknown caller gets the default greeting.",
    )
    async def client_data(request: Request[Any, Any, Any]) -> ClientDataAnswer:
        by, recording = (
            check_key(request, settings.client_data_keys, "ELEVENLABS_CLIENT_DATA_KEY"),
            recording_of(request),
        )
        if recording is not None:
            recording.is_proven = True
        question, _ = await read_question(request, ClientDataRequest)
        caller = number_of(question.caller_id, region=settings.region)
        agent_id = agent_of(question.agent_id)
        view, profile, facts = None, "", list[Memory]()
        at_s = int(clock_s())
        if caller is not None:
            starts.note(caller, question.call_sid, question.call_id, question.conversation_id)
            with step(recording, "look_up") as looking_up:
                known = await reading.greet(
                    lambda read_model, engine: _known(
                        read_model,
                        traced(engine, looking_up, name=settings.engine.name),
                        caller,
                        agent_id,
                        at_s,
                        reads_all=settings.greeting_detail != "name",
                    ),
                    timeout_s=_DEADLINE_S,
                )
            if known is None and looking_up is not None:
                looking_up.error = "unavailable"
            view, profile, facts = known or (None, "", [])
        is_returning = view is not None and view.is_returning
        if is_returning and view is not None:
            reading.warm(view.caller)
        annotate(caller=masked(caller), agent_id=loggable(agent_id), is_returning=is_returning)
        if recording is not None:
            recording.note(is_returning=is_returning)
        auditor.note(
            audit.GREETING, by=by, caller=masked(caller), agent_id=loggable(agent_id), is_returning=is_returning
        )
        return answer(view, agent_id, caller, settings, profile=profile, facts=facts, at_s=at_s)

    return client_data


def _known(
    read_model: ReadModel, engine: Engine, caller: str, agent_id: str | None, at_s: int, *, reads_all: bool = False
) -> tuple[CallerView | None, str, list[Memory]]:
    """
    Return the view of a caller, the engine's own summary, and facts, as they are at a second.

    These are what matters most, and all that is sensitive: that is not told, but by its value is known which sentence
    would tell it.

    Args:
        reads_all: whether to return all facts: by what is over is known what is no longer open.
    """
    caller = read_model.remembered_as(caller)
    if reads_all:
        facts = [at_moment(memory, at_s) for memory in read_model.facts(caller)]
        return read_model.view(caller), engine.profile(caller), facts
    heaviest = read_model.heaviest_facts(caller, agent_id=agent_id, limit=_FACTS_MAX)
    facts = [at_moment(memory, at_s) for memory in heaviest]
    if not all(memory.is_current for memory in facts):  # then something planned has taken a place
        planned = filter(is_planned, read_model.planned_facts(caller))
        facts += [memory for memory in (at_moment(each, at_s) for each in planned) if memory.is_current]
    there = {memory.id for memory in facts}
    facts += [each for each in read_model.sensitive_facts(caller) if each.id not in there]
    return read_model.view(caller), engine.profile(caller), facts


def answer(
    view: CallerView | None,
    agent_id: str | None,
    caller: str | None,
    settings: Settings,
    *,
    profile: str = "",
    facts: Sequence[Memory] = (),
    at_s: int = 0,
) -> ClientDataAnswer:
    """
    Return the answer about a caller.

    Args:
        view: None or an empty view is an unknown caller.
        profile: the memory engine's own summary of the caller; empty if it has none.
        facts: what calls taught of the caller, so now or not.
        at_s: when the caller calls, Unix seconds; 0 if not known.
    """
    registry = settings.registry
    also = None if settings.tells_sensitive else speaks_of_sensitive
    values = sensitive_values(view, facts, registry, also=also)
    brief = caller_brief(view, facts, agent_id, registry=registry, withheld=values, chars_max=settings.brief_chars_max)
    still_open = open_issues(view, facts, agent_id, registry=registry, withheld=values)
    if view is not None:  # nobody has asked yet, and a number is no proof of who is calling
        tells = settings.tells_sensitive
        view = with_calls_without(view, values) if tells else without_sensitive(view, registry, values)
        profile = values.without(profile)
    is_returning = view is not None and view.is_returning
    greeting = None
    if view is not None and is_returning:
        greeting = _greeting(view, facts, agent_id, settings, withheld=values, at_s=at_s)
    if view is not None and are_several(view):
        profile = ""  # an engine knows a number, and not who of several people said what
    variables: dict[str, Variable] = {
        **_extra(settings.extra_variables, agent_id),
        "user_name": (address_of(view) or spoken_name(view.name)) if view else "",
        "user_profile_summary": (clean(profile, SUMMARY_CHARS_MAX) or profile_summary(view, agent_id)) if view else "",
        "last_call_summary": last_call_summary(view, agent_id) if view else "",
        "caller_name": spoken_name(view.name) if view else "",
        "caller_history": caller_history(view, agent_id) if view else "",
        "caller_preferences": caller_preferences(view, agent_id) if view else "",
        "caller_brief": brief,
        "open_issues": still_open,
        "greeting": greeting or settings.default_greeting,
        "outbound_greeting": outbound_greeting(view, settings.greetings, default=settings.outbound_greeting),
        "is_returning_caller": is_returning,
        "call_count": view.call_count if view else 0,
    }
    override: ConfigOverride | msgspec.UnsetType = msgspec.UNSET
    if greeting is not None and settings.first_message_override:
        override = ConfigOverride(agent=AgentOverride(first_message=greeting))
    return ClientDataAnswer(
        type="conversation_initiation_client_data",
        dynamic_variables=variables,
        conversation_config_override=override,
        user_id=caller or msgspec.UNSET,
    )


def _greeting(
    view: CallerView,
    facts: Sequence[Memory],
    agent_id: str | None,
    settings: Settings,
    *,
    withheld: ToldValues,
    at_s: int,
) -> str | None:
    """Return the greeting of a returning caller, with as much as the operator wants; see `greet`."""
    registry, detail = settings.registry, settings.greeting_detail
    if detail == "name":
        return greet(view, settings.greetings)
    matters = open_matters(view, facts, agent_id, registry=registry, withheld=withheld, at_s=at_s)
    if detail == "topic":
        return greet(view, settings.greetings, matters=matters)
    return greet(
        view,
        settings.greetings,
        matters=matters,
        proposed=newest_call(view, agent_id),
        proposable=proposable(view, facts, agent_id, registry=registry, at_s=at_s),
    )


def _extra(variables: dict[str, Variable | dict[str, Variable]], agent_id: str | None) -> dict[str, Variable]:
    for_all: dict[str, Variable] = {name: value for name, value in variables.items() if not isinstance(value, dict)}
    own = variables.get(agent_id or "")
    return for_all | (own if isinstance(own, dict) else {})
