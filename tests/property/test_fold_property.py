"""The fold is arithmetic: it depends on the content of the calls, and not on their order."""

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.domain.calls import Call, Turn
from projector.domain.days import iso_moment, moment, spoken_date
from projector.domain.fold import FoldSettings, fold
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.rules.sharing import shared_ids
from tests.support.calls import call_in
from tests.support.samples import MARTA, NOON_S, transcription

HOSTILE = (
    "\x00",
    "{{system__caller_id}}",
    "'; DROP TABLE memories; --",
    '"',
    "\u202eevil\u202c",
    "👩‍👩‍👧",
    "שלום",
    "Dr.",
    " ",
    "x" * 1000,
    "-",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
words = texts.filter(bool)
# Values that a call may hold: it is read from JSON, and absurd times are already removed.
seconds = st.one_of(st.sampled_from((0, 1, NOON_S, 253_402_300_799, 2**53 - 1)), st.integers(0, 2**53 - 1))
values = st.one_of(texts, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
ids = st.one_of(
    st.sampled_from(("user_name", "name", "your_name", "first_name", "last_name", "preferred_day", "city", "_", "+")),
    words,
)
CONVERSATIONS = ("conv_1", "conv_2", "conv_3", "conv_4", "-", "summary")


@st.composite
def turns(draw: st.DrawFn) -> tuple[Turn, ...]:
    said = draw(st.lists(st.tuples(st.integers(0, 2), st.booleans(), words, seconds), max_size=4))
    index = -1
    drawn = []
    for skipped, is_caller, text, second in said:
        index += 1 + skipped
        drawn.append(Turn(index=index, is_caller=is_caller, text=text, second=second))
    return tuple(drawn)


def calls_in(conversation_id: str) -> st.SearchStrategy[Call]:
    return st.builds(
        Call,
        conversation_id=st.just(conversation_id),
        caller=st.just(MARTA),
        agent_id=st.sampled_from((None, "agent_a", "agent_b")),
        agent_number=st.none(),
        direction=st.sampled_from((None, "inbound", "outbound")),
        language=st.sampled_from((None, "en", "de", "\x00")),
        status=st.sampled_from(("done", "processing")),
        # Few distinct times, so that calls often begin at the same second.
        started_at_s=st.one_of(st.sampled_from((0, 1, NOON_S)), seconds),
        event_timestamp_s=seconds,
        duration_s=seconds,
        title=texts,
        summary=texts,
        turns=turns(),
        turn_count=st.integers(0, 100),
        collected=st.dictionaries(ids, values, max_size=4),
        source=st.just("webhook"),
        sha256=st.just(""),
    )


histories = (
    st.lists(st.sampled_from(CONVERSATIONS), min_size=1, max_size=5, unique=True)
    .map(lambda chosen: [calls_in(conversation_id) for conversation_id in chosen])
    .flatmap(lambda each: st.tuples(*each))
    .map(list)
)
fold_settings = st.builds(
    FoldSettings, st.one_of(st.just(NAME_FIELDS), st.lists(words, max_size=3).map(tuple), st.just(("+", " + name")))
)


@settings(max_examples=150)
@given(calls=histories, given_settings=fold_settings, data=st.data())
def test_fold_is_the_same_in_any_order(calls: list[Call], given_settings: FoldSettings, data: st.DataObject) -> None:
    """The same calls in any order, as they are or read back from storage, fold to the same bytes."""
    shuffled = data.draw(st.permutations(calls))
    stored = [msgspec.json.decode(msgspec.json.encode(call), type=Call) for call in shuffled]

    expected = msgspec.json.encode(fold(calls, given_settings))
    assert msgspec.json.encode(fold(shuffled, given_settings)) == expected
    assert msgspec.json.encode(fold(stored, given_settings)) == expected


@settings(max_examples=150)
@given(calls=histories)
def test_fold_remembers_everything_once(calls: list[Call]) -> None:
    """
    Every value, summary and turn of the caller is one memory, in the order of the calls, each with its own id.

    Only of a call in which the agent alone spoke some values may be left out.
    """
    memories = fold(calls, FoldSettings()).memories

    assert len({memory.id for memory in memories}) == len(memories)
    assert {memory.caller for memory in memories} == {MARTA} or not memories
    monologues = {call.conversation_id for call in calls if call.is_monologue}
    in_order = sorted(calls, key=lambda call: call.order)
    expected = [
        (call.conversation_id, kind, words)
        for call in in_order
        for kind, words in (
            *(("collected", id_) for id_ in call.collected if call.conversation_id not in monologues),
            *((("summary", call.summary),) if call.summary else ()),
            *(("turn", turn.text) for turn in call.turns if turn.is_caller),
        )
    ]
    remembered = [memory for memory in memories if memory.kind != "pattern"]
    assert [
        (memory.conversation_id, memory.kind, memory.key if memory.kind == "collected" else memory.source.words)
        for memory in remembered
        if memory.kind != "collected" or memory.conversation_id not in monologues
    ] == expected
    of_monologues = [m for m in remembered if m.kind == "collected" and m.conversation_id in monologues]
    assert all(m.key in {id_ for call in calls if call.is_monologue for id_ in call.collected} for m in of_monologues)
    assert len(memories) - len(remembered) == (sum(call.is_counted for call in calls) > 1)


@settings(max_examples=150)
@given(calls=histories)
def test_fold_holds_one_current_value_of_each_id(calls: list[Call]) -> None:
    """
    Of the values that one person told under one id only the newest is current, of each agent or of all.

    The facts are the current values of whoever the caller is taken for, and of nobody else.
    """
    folded = fold(calls, FoldSettings())
    of_all = {call.conversation_id: shared_ids(call, FoldSettings().shared()) for call in calls}

    collected = [memory for memory in folded.memories if memory.kind == "collected"]
    newest = {(memory.person, memory.key, memory.told_to): memory.id for memory in collected}
    current = [memory for memory in collected if memory.is_current]
    assert {(memory.person, memory.key, memory.told_to): memory.id for memory in current} == newest
    assert len(current) == len(newest)
    assert all((memory.told_to is None) == (memory.key in of_all[memory.conversation_id]) for memory in collected)
    own = {(memory.key, memory.conversation_id) for memory in current if memory.person == folded.view.person != 0}
    assert {(fact.id, fact.conversation_id) for fact in folded.view.facts} == own
    weights = [fact.weight for fact in folded.view.facts]
    assert weights == sorted(weights, reverse=True)
    assert all(len(fact.before) <= 3 for fact in folded.view.facts)


@settings(max_examples=150)
@given(calls=histories)
def test_fold_says_whose_everything_is(calls: list[Call]) -> None:
    """Everything that was said in one call is one person's, and whoever the caller is taken for is one of them."""
    folded = fold(calls, FoldSettings())

    people: dict[str, set[int]] = {}
    for memory in (each for each in folded.memories if each.kind != "pattern"):
        people.setdefault(memory.conversation_id, set()).add(memory.person)
    assert all(len(each) == 1 for each in people.values())
    assert (folded.view.person, folded.view.name) in {
        (0, ""),
        (1, ""),
        *((each.number, each.name) for each in folded.view.people),
    }
    assert bool(folded.view.name) or not folded.view.given_name


any_time = st.one_of(st.sampled_from((None, 0, -1, NOON_S, NOON_S * 1000)), st.integers(-(2**60), 2**60))


@settings(max_examples=100)
@given(times=st.lists(st.tuples(any_time, any_time), min_size=2, max_size=4))
def test_fold_leaves_no_gap_for_a_date(times: list[tuple[int | None, int | None]]) -> None:
    """The memory of how often a caller has spoken with us is a whole sentence, whatever times the calls have."""
    calls = [
        call_in(transcription(f"conv_{n}", "Hello.", at_s=at_s, event_timestamp=event_timestamp))
        for n, (at_s, event_timestamp) in enumerate(times)
    ]
    pattern = fold(calls, FoldSettings()).memories[-1].text

    assert f"{len(times)} times" in pattern
    assert " on ," not in pattern
    assert " on ." not in pattern


@settings(max_examples=100)
@given(unix_s=st.integers(-(2**60), 2**60))
def test_dates_never_fail(unix_s: int) -> None:
    """Any number of seconds gives either a speakable date or none, in every form of a date alike."""
    is_known = moment(unix_s) is not None

    assert bool(iso_moment(unix_s)) is bool(spoken_date(unix_s, "UTC")) is is_known
    assert is_known is (0 < unix_s < 253_402_300_800)


maybe_text = st.one_of(st.none(), texts)
numbers = st.one_of(
    st.none(),
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
)
leaves = st.one_of(st.booleans(), maybe_text, numbers)
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
webhooks = st.fixed_dictionaries(
    {
        "type": st.just("post_call_transcription"),
        "event_timestamp": numbers,
        "data": st.fixed_dictionaries(
            {
                "conversation_id": st.sampled_from(CONVERSATIONS),
                "agent_id": maybe_text,
                "status": maybe_text,
                "user_id": maybe_text,
                "transcript": st.none()
                | st.lists(
                    st.fixed_dictionaries(
                        {
                            "role": st.sampled_from((None, "user", "agent", "tool")),
                            "message": maybe_text,
                            "time_in_call_secs": numbers,
                        }
                    ),
                    max_size=4,
                ),
                "metadata": st.none()
                | st.fixed_dictionaries(
                    {
                        "start_time_unix_secs": numbers,
                        "call_duration_secs": numbers,
                        "main_language": maybe_text,
                        "phone_call": st.none()
                        | st.fixed_dictionaries(
                            {"direction": maybe_text, "agent_number": maybe_text, "external_number": maybe_text}
                        ),
                    }
                ),
                "analysis": st.none()
                | st.fixed_dictionaries(
                    {
                        "transcript_summary": maybe_text,
                        "call_summary_title": maybe_text,
                        "data_collection_results": st.none()
                        | st.dictionaries(texts, st.none() | st.fixed_dictionaries({"value": anything}), max_size=4),
                    }
                ),
                "conversation_initiation_client_data": st.none()
                | st.fixed_dictionaries(
                    {
                        "dynamic_variables": st.none()
                        | st.dictionaries(st.sampled_from(("system__caller_id", "system__called_number")), anything)
                    }
                ),
            }
        ),
    }
)


@settings(max_examples=200)
@given(webhook=webhooks)
def test_any_transcription_can_be_folded(webhook: dict[str, Any]) -> None:
    """Any transcription within ElevenLabs' types gives a call that can be stored, read and folded."""
    call = call_in(json.dumps(webhook, allow_nan=False).encode())

    stored = msgspec.json.decode(msgspec.json.encode(call), type=Call)
    assert stored == call
    folded = fold([stored], FoldSettings())
    # As the read model stores it: in 64 bits.
    assert all(0 <= memory.occurred_at_s < 2**63 for memory in folded.memories)
    assert msgspec.json.encode(folded)
