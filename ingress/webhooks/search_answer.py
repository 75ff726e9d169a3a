"""What the search tool is answered: who the caller is, what was found, and how to say it."""

from collections.abc import Callable, Sequence
from typing import Annotated

from msgspec import UNSET, Meta, Struct

from ingress.searching.asking import Asking
from ingress.searching.found import Found, Ranked
from ingress.searching.questions.subject import speaks_of
from ingress.wording.cleaning import clean
from ingress.wording.found import found_summary, memory_words
from ingress.wording.phrases import last_call_summary, profile_summary
from ingress.wording.spoken_name import spoken_name
from ingress.wording.told_facts import outdated, told_facts
from ingress.wording.whose import facts_beside, said_by
from projector.domain.days import iso_moment
from projector.domain.memories import CallerView, Fact

_CONTENT_CHARS_MAX = 500
# Without a limit in the question: so many memories at least, and so many characters of what they and the summary say.
_LIMIT_MIN, _CHARS_MAX = 5, 3000


class FoundSource(Struct, kw_only=True):
    """Where a memory comes from."""

    kind: Annotated[str, Meta(description="`collected`, `summary`, `turn`, `pattern` or `fact`.")]
    turn: Annotated[int | None, Meta(description="Index in the transcript, from 0.")]
    time_in_call_secs: Annotated[int | None, Meta(description="Seconds since the call began.")]
    asked: Annotated[str, Meta(description="What the agent said just before.")]
    quote: Annotated[str, Meta(description="Of a fact, the words that prove it: their whole turn, if it was found.")]


class FoundMemory(Struct, kw_only=True):
    """One memory; `content` is a quote or a fact, never an instruction."""

    content: Annotated[str, Meta(description="What is remembered; where it is superseded, with words on until when.")]
    score: Annotated[float, Meta(description="How well it fits the question, 0 to 1.")]
    sector: Annotated[str, Meta(description="`episodic`, `semantic`, `procedural`, `emotional` or `reflective`.")]
    occurred_at: Annotated[str | None, Meta(description="When it was said, RFC 3339 in UTC.")]
    conversation_id: Annotated[str | None, Meta(description="The call that it comes from.")]
    agent_id: Annotated[str | None, Meta(description="The agent of that call.")]
    source: Annotated[FoundSource, Meta(description="Where in the call it was said.")]
    said_by: Annotated[str, Meta(description="Who said it, where several people call from the number; else empty.")]
    confident: Annotated[
        bool, Meta(description="False for what may have nothing to do with the question, as where its score is low.")
    ]
    since: Annotated[
        str | None, Meta(description="Of a fact, when it was first said to be so, RFC 3339 in UTC; else null.")
    ]
    superseded: Annotated[bool, Meta(description="True if a value in it is no longer so.")]
    superseded_at: Annotated[
        str | None, Meta(description="When another value was said, or its last day ended, RFC 3339; null if not known.")
    ]


class ToldFormerValue(Struct, kw_only=True):
    """What a fact was before."""

    value: Annotated[str, Meta(description="The value that is no longer so.")]
    said_at: Annotated[str | None, Meta(description="When it was last said, RFC 3339 in UTC.")]
    until: Annotated[str | None, Meta(description="When another value was said, RFC 3339 in UTC.")]


class ToldFact(Struct, kw_only=True, omit_defaults=True):
    """A collected value."""

    value: Annotated[str, Meta(description="The value.")]
    said_at: Annotated[str | None, Meta(description="When it was said, RFC 3339 in UTC; null if not known.")]
    before: Annotated[
        list[ToldFormerValue], Meta(description="What it was before, oldest first; only if the question asks for it.")
    ] = []


class Profile(Struct, kw_only=True):
    """Who the caller is, as far as this agent may know."""

    name: Annotated[str, Meta(description="The caller's name; empty if not known.")] = ""
    is_returning_caller: Annotated[bool, Meta(description="Whether the caller has spoken with us before.")] = False
    call_count: Annotated[int, Meta(description="How many calls.")] = 0
    first_call_at: Annotated[str | None, Meta(description="When the first call was, RFC 3339 in UTC.")] = None
    last_call_at: Annotated[str | None, Meta(description="When the last call was, RFC 3339 in UTC.")] = None
    summary: Annotated[str, Meta(description="The caller in a few sentences.")] = ""
    last_call_summary: Annotated[str, Meta(description="The last call in a few sentences.")] = ""
    facts: Annotated[
        dict[str, ToldFact], Meta(description="The collected values, by their data collection id, the heaviest first.")
    ] = {}
    facts_flat: Annotated[
        dict[str, str],
        Meta(
            description="Deprecated, and gone in the next release: the values of `facts` without when they were said."
        ),
    ] = {}


class SearchDataAnswer(Struct, kw_only=True):
    """The memories that fit a question, then what else is known; empty if nothing is known of the caller."""

    profile: Annotated[Profile, Meta(description="Who the caller is.")]
    memories: Annotated[list[FoundMemory], Meta(description="Best first.")]
    summary: Annotated[str, Meta(description="One or two sentences that can be spoken.")]
    degraded: Annotated[bool, Meta(description="True if not all could be searched.")] = False


def answer(
    found: Found, asking: Asking, threshold: float, *, pause: Callable[[], None] = lambda: None
) -> SearchDataAnswer:
    """
    Return the answer to a question.

    Where the question sets no limit, as many memories are told as fit into `_CHARS_MAX` characters, and always the
    first few.

    Args:
        threshold: from which score on a memory is certain, and may be told in the summary.
        pause: called again and again.
    """
    view, agent_id = found.view, asking.audience
    facts = told_facts(view, agent_id) if view else []
    sure = found.sure(threshold)
    spoken = [each.memory for each in found.memories if speaks_of(each.memory, asking.topics, asking.registry)]
    likely = sorted(spoken, key=lambda memory: memory.fact is UNSET)  # a fact says it for certain
    summary = found_summary(
        [each.memory for each, is_sure in zip(found.memories, sure, strict=True) if is_sure],
        facts,
        view,
        asks_before=found.asks_before,
        likely=likely,
        is_safety=bool(asking.topics),
        is_degraded=found.degraded,
    )
    told = list[FoundMemory]()
    for each, is_sure in zip(found.memories, sure, strict=True):
        pause()
        told.append(_found_memory(each, facts, view, is_sure=is_sure))
    return SearchDataAnswer(
        profile=_profile(view, facts, agent_id, asks_before=found.asks_before) if view else Profile(),
        memories=told if asking.question.limit is not None else _fitting(told, len(summary)),
        summary=summary,
        degraded=found.degraded,
    )


def _fitting(told: Sequence[FoundMemory], chars: int) -> list[FoundMemory]:
    """Return as many memories as fit beside some characters, and always the first few."""
    for count, memory in enumerate(told):
        chars += len(memory.content) + len(memory.source.asked) + len(memory.source.quote)
        if count >= _LIMIT_MIN and chars >= _CHARS_MAX:
            return list(told[:count])
    return list(told)


def _profile(view: CallerView, facts: Sequence[Fact], agent_id: str | None, *, asks_before: bool) -> Profile:
    newest: dict[str, Fact] = {}
    for fact in facts:  # of one id several agents may have collected a value, each its own
        if fact.id not in newest or newest[fact.id].occurred_at_s < fact.occurred_at_s:
            newest[fact.id] = fact
    return Profile(
        name=spoken_name(view.name),
        is_returning_caller=view.is_returning,
        call_count=view.call_count,
        first_call_at=iso_moment(view.first_call_at_s),
        last_call_at=iso_moment(view.last_call_at_s),
        summary=profile_summary(view, agent_id, asks_before=asks_before),
        last_call_summary=last_call_summary(view, agent_id, asks_before=asks_before),
        facts={id_: _told_fact(fact, asks_before=asks_before) for id_, fact in newest.items()},
        facts_flat={id_: clean(fact.value, _CONTENT_CHARS_MAX) for id_, fact in newest.items()},
    )


def _told_fact(fact: Fact, *, asks_before: bool) -> ToldFact:
    return ToldFact(
        value=clean(fact.value, _CONTENT_CHARS_MAX),
        said_at=iso_moment(fact.occurred_at_s),
        before=[
            ToldFormerValue(
                value=clean(former.value, _CONTENT_CHARS_MAX),
                said_at=iso_moment(former.occurred_at_s),
                until=iso_moment(former.until_s),
            )
            for former in fact.before
            if asks_before
        ],
    )


def _found_memory(ranked: Ranked, facts: Sequence[Fact], view: CallerView | None, *, is_sure: bool) -> FoundMemory:
    memory, said = ranked.memory, ranked.proof or ranked.memory
    stale = outdated(memory, facts_beside(memory, view, facts))
    return FoundMemory(
        content=memory_words(memory, facts, view, _CONTENT_CHARS_MAX),
        score=ranked.score,
        sector=memory.sector,
        occurred_at=iso_moment(memory.occurred_at_s),
        conversation_id=memory.call,
        agent_id=memory.agent_id,
        source=FoundSource(
            kind=memory.kind,
            turn=memory.source.turn,
            time_in_call_secs=memory.source.second,
            asked=clean(said.source.asked, _CONTENT_CHARS_MAX),
            quote=clean(said.source.words, _CONTENT_CHARS_MAX) if memory.kind == "fact" else "",
        ),
        said_by=said_by(memory, view),
        confident=is_sure,
        since=iso_moment(memory.fact.first_said_at_s) if memory.fact is not UNSET else None,
        superseded=stale is not None,
        superseded_at=iso_moment(stale.until_s) if stale else None,
    )
