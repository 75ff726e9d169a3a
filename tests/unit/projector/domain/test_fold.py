"""The fold: which memories the calls of one caller leave."""

import os
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from msgspec import structs

from projector.domain.calls import Call
from projector.domain.fold import FoldResult, FoldSettings, fold
from projector.domain.memories import NO_AGENT, NO_CONVERSATION, Fact, Memory, Source, memory_id
from tests.support.calls import call, call_in
from tests.support.samples import AGENT, CAPTURED, MARTA, NOON_S

DAY_S = 24 * 60 * 60
OTHER_AGENT = "agent_other"


def folded(*calls: Call, name_fields: tuple[str, ...] | None = None) -> FoldResult:
    return fold(calls, FoldSettings(name_fields) if name_fields else FoldSettings())


def memory(result: FoldResult, kind: str, key: str | None = None) -> Memory:
    found = [memory for memory in result.memories if memory.kind == kind and key in {None, memory.key}]
    assert len(found) == 1
    return found[0]


def test_remembers_what_was_collected() -> None:
    """A collected value is a fact of weight 0.9, with its source, whose audience is the agent that collected it."""
    result = folded(call("conv_1", "Hello.", son_age=4))

    assert memory(result, "collected") == Memory(
        id=memory_id(MARTA, "collected", "conv_1", "son_age"),
        caller=MARTA,
        kind="collected",
        key="son_age",
        sector="semantic",
        salience=0.9,
        text="Son age: 4",
        conversation_id="conv_1",
        agent_id=AGENT,
        told_to=AGENT,
        occurred_at_s=NOON_S,
        is_current=True,
        decay_lambda=0.0,
        source=Source(words="4"),
        language="en",
    )
    assert result.view.facts == (
        Fact(
            id="son_age",
            label="Son age",
            value="4",
            is_preference=False,
            conversation_id="conv_1",
            agent_id=AGENT,
            occurred_at_s=NOON_S,
            told_to=AGENT,
            weight=0.9,
        ),
    )


@pytest.mark.parametrize(
    ("id_", "is_preference"),
    [
        ("preferred_doctor", True),
        ("contactPreference", True),
        ("favorite_colour", True),
        ("favourite_colour", True),
        ("Wunschtermin", True),
        ("doctor", False),
        ("reference_number", False),
    ],
)
def test_tells_preferences_from_facts(id_: str, is_preference: bool) -> None:
    """A value whose id names a preference is procedural, and marked so among the facts; any other is semantic."""
    result = folded(call("conv_1", **{id_: "x"}))

    assert memory(result, "collected").sector == ("procedural" if is_preference else "semantic")
    assert result.view.facts[0].is_preference is is_preference


def test_remembers_the_summary_with_its_date() -> None:
    """A call's summary is an episode of weight 0.7, dated, whose audience is the call's agent alone."""
    summary = memory(folded(call("conv_1", "Hello.", summary="They spoke of Lund.")), "summary")

    assert summary == Memory(
        id=memory_id(MARTA, "summary", "conv_1", "summary"),
        caller=MARTA,
        kind="summary",
        key="summary",
        sector="episodic",
        salience=0.7,
        text="2025-11-12: They spoke of Lund.",
        conversation_id="conv_1",
        agent_id=AGENT,
        told_to=AGENT,
        occurred_at_s=NOON_S,
        source=Source(words="They spoke of Lund."),
        language="en",
    )


def test_remembers_each_turn_of_the_caller() -> None:
    """Each turn of the caller is an episode of weight 0.3, at its second, with the agent's question before it."""
    result = folded(call("conv_1", "Hello.", None, "My son is 4."))

    assert [memory.text for memory in result.memories] == ["Hello.", "My son is 4."]
    assert result.memories[1] == Memory(
        id=memory_id(MARTA, "turn", "conv_1", "5"),
        caller=MARTA,
        kind="turn",
        key="5",
        sector="episodic",
        salience=0.3,
        text="My son is 4.",
        conversation_id="conv_1",
        agent_id=AGENT,
        told_to=AGENT,
        occurred_at_s=NOON_S + 25,
        source=Source(turn=5, second=25, words="My son is 4.", asked="Question 2?"),
        language="en",
    )


def test_remembers_the_caller_who_speaks_first() -> None:
    """A turn of the caller before the agent's first word answers no question."""
    captured = call_in(CAPTURED.read_bytes())
    first = msgspec.structs.replace(captured, turns=captured.turns[1:])

    assert [memory.source.asked for memory in folded(first).memories if memory.kind == "turn"] == [
        "",
        "And your last name?",
    ]


def test_long_question_is_not_kept_with_each_of_a_thousand_answers() -> None:
    """Of a long question its end is kept, with the first answers only: not the whole of it thousands of times."""
    first = call("conv_1", "Yes.")
    (yes,) = [turn for turn in first.turns if turn.is_caller]
    question = structs.replace(yes, index=0, is_caller=False, text="word " * 5000 + "And what is your name?")
    answers = [structs.replace(yes, index=index) for index in range(1, 1001)]
    result = folded(structs.replace(first, turns=(question, *answers)))

    asked = [memory.source.asked for memory in result.memories if memory.kind == "turn"]
    assert len(asked) == 1000
    assert all(words.endswith(" And what is your name?") for words in asked[:10])
    assert set(asked[10:]) == {""}
    assert sum(map(len, asked)) < 2 * len(question.text)


def test_does_not_remember_what_the_agent_said() -> None:
    """The agent's words are no memory of the caller, only the context of an answer."""
    assert all("Question" not in memory.text for memory in folded(call("conv_1", "Hello.", "Yes.")).memories)


def test_remembers_how_often_the_caller_has_spoken_with_us() -> None:
    """
    From the second call on, a memory for every agent says how often, since when and when last the caller spoke with us.
    """
    calls = [call(f"conv_{n}", "Hello.", at_s=NOON_S + n * DAY_S, agent=f"agent_{n}") for n in range(3)]

    assert memory(folded(*calls), "pattern") == Memory(
        id=memory_id(MARTA, "pattern", NO_CONVERSATION, "frequency"),
        caller=MARTA,
        kind="pattern",
        key="frequency",
        sector="reflective",
        salience=0.7,
        text="The caller has spoken with us 3 times, first on 12 November 2025, last on 14 November 2025.",
        conversation_id=NO_CONVERSATION,
        agent_id=None,
        told_to=None,
        occurred_at_s=NOON_S + 2 * DAY_S,
        source=Source(),
        person=0,
    )


def test_sees_no_pattern_in_one_call() -> None:
    """A single call, or one beside calls in which the caller said nothing, makes no pattern."""
    silent = call("conv_2", None)

    assert not [memory for memory in folded(call("conv_1", "Hello."), silent).memories if memory.kind == "pattern"]


def test_forgets_nothing_by_time() -> None:
    """No memory decays."""
    result = folded(call("conv_1", "Hello.", summary="They spoke.", city="Lund"), call("conv_2", "Hello."))

    assert {memory.kind for memory in result.memories} == {"collected", "summary", "turn", "pattern"}
    assert {memory.decay_lambda for memory in result.memories} == {0.0}


def test_remembers_the_same_sentence_of_two_turns_twice() -> None:
    """Two turns with the same words are two memories: similar memories are not merged."""
    assert [memory.text for memory in folded(call("conv_1", "Yes.", "Yes.")).memories] == ["Yes.", "Yes."]


def test_remembers_what_differs_by_a_digit() -> None:
    """Sentences that differ by a digit are remembered separately."""
    calls = [call("conv_1", "My son is 3."), call("conv_2", "My son is 4.")]

    assert [memory.text for memory in folded(*calls).memories if memory.kind == "turn"] == [
        "My son is 3.",
        "My son is 4.",
    ]


def test_supersedes_an_older_value() -> None:
    """A newer value of the same id becomes the current one; the older one stays, as history."""
    older = call("conv_1", city="Lund", son_age=3)
    newer = call("conv_2", city="Malmö", at_s=NOON_S + DAY_S)
    result = folded(newer, older)

    assert [(memory.text, memory.is_current) for memory in result.memories] == [
        ("City: Lund", False),
        ("Son age: 3", True),
        ("City: Malmö", True),
    ]
    assert [(fact.id, fact.value, fact.conversation_id) for fact in result.view.facts] == [
        ("son_age", "3", "conv_1"),
        ("city", "Malmö", "conv_2"),
    ]


def test_supersedes_by_call_and_not_by_arrival() -> None:
    """An older call that comes in late does not supersede the value of a newer one."""
    newer, older = call("conv_1", city="Malmö", at_s=NOON_S), call("conv_2", city="Lund", at_s=NOON_S - DAY_S)

    assert folded(newer, older).view.facts[0].value == "Malmö"


def test_keeps_a_value_that_a_later_call_did_not_collect() -> None:
    """A later call in which a value was null does not remove it."""
    result = folded(call("conv_1", city="Lund"), call("conv_2", "Hello.", city=None, at_s=NOON_S + DAY_S))

    assert [fact.value for fact in result.view.facts] == ["Lund"]
    assert memory(result, "collected").is_current


def test_supersedes_with_false_and_zero() -> None:
    """False and zero are values: they supersede what was true, and are put into words."""
    older = call("conv_1", is_member=True, children=2)
    newer = call("conv_2", is_member=False, children=0, at_s=NOON_S + DAY_S)

    assert [fact.value for fact in folded(older, newer).view.facts] == ["0", "no"]


@pytest.mark.parametrize(
    ("value", "words"), [(True, "yes"), (False, "no"), (3.0, "3"), (3.5, "3.5"), (-0.0, "0"), (1e300, "1e+300")]
)
def test_tells_values_in_words(value: object, words: str) -> None:
    """A boolean is put into words as yes or no, and a whole number without its decimals."""
    result = folded(call("conv_1", thing=value))

    assert (result.view.facts[0].value, memory(result, "collected").text) == (words, f"Thing: {words}")


@pytest.mark.parametrize(
    ("id_", "label"),
    [
        ("son_age", "Son age"),
        ("son-age", "Son age"),
        ("sonAge", "Son Age"),
        ("  son  age ", "Son age"),
        ("Straße", "Straße"),
        ("ID", "ID"),
    ],
)
def test_tells_ids_in_words(id_: str, label: str) -> None:
    """A data collection id is put into words, whichever way its parts are joined."""
    assert folded(call("conv_1", **{id_: "x"})).view.facts[0].label == label


def name_of(*calls: dict[str, Any], name_fields: tuple[str, ...] | None = None) -> tuple[str, str]:
    in_order = [call(f"conv_{n}", at_s=NOON_S + n * DAY_S, **collected) for n, collected in enumerate(calls)]
    view = folded(*in_order, name_fields=name_fields).view
    return view.name, view.given_name


@pytest.mark.parametrize("field", ["user_name", "caller_name", "full_name", "name"])
def test_knows_the_name_that_was_collected(field: str) -> None:
    """The caller's name is the value under one of the usual ids; its first word is how to address them."""
    assert name_of({field: "Marta Lindqvist"}) == ("Marta Lindqvist", "Marta")


def test_knows_nobody_by_default() -> None:
    """A caller whose name was never collected has none, whatever they said in passing."""
    assert name_of({}) == ("", "")
    assert folded(call("conv_1", "My name is Marta.")).view.name == ""


def test_composes_a_name() -> None:
    """A first and a last name that were collected separately make one name; the first is how to address the caller."""
    assert name_of({"first_name": "Marta", "last_name": "Lindqvist"}) == ("Marta Lindqvist", "Marta")
    assert name_of({"first_name": "Anna Maria", "last_name": "Berg"}) == ("Anna Maria Berg", "Anna Maria")


def test_composes_a_name_over_two_calls() -> None:
    """A last name that is collected in a later call joins the first name of an earlier one, and the other way round."""
    assert name_of({"first_name": "Marta"}, {"last_name": "Lindqvist"}) == ("Marta Lindqvist", "Marta")
    assert name_of({"last_name": "Lindqvist"}, {}, {"first_name": "Marta"}) == ("Marta Lindqvist", "Marta")


def test_corrects_a_name() -> None:
    """A name that is collected in a later call replaces the earlier one, whole or in part."""
    assert name_of({"user_name": "Martha"}, {"user_name": "Marta"}) == ("Marta", "Marta")
    assert name_of({"first_name": "Martha", "last_name": "Lindqvist"}, {"first_name": "Marta"}) == (
        "Marta Lindqvist",
        "Marta",
    )
    assert name_of({"user_name": "Martha"}, {"first_name": "Marta", "last_name": "Lindqvist"}) == (
        "Marta Lindqvist",
        "Marta",
    )


def test_keeps_a_name_through_calls_without_one() -> None:
    """A later call in which no name was collected leaves the name as it was."""
    assert name_of({"user_name": "Marta"}, {"user_name": None}, {"user_name": " "}) == ("Marta", "Marta")


def test_addresses_nobody_by_a_last_name_alone() -> None:
    """A caller with only a last name has it as their name, but is not addressed by it."""
    assert name_of({"last_name": "Lindqvist"}) == ("Lindqvist", "")


@pytest.mark.parametrize(
    "name",
    ["Dr. Lindqvist", "Mrs Lindqvist", "Frau Lindqvist", "HERR Lindqvist", "Señora Díaz", "Sr. Díaz", "Mme Roux"],
)
def test_addresses_by_the_whole_name_after_an_honorific(name: str) -> None:
    """A name that begins with an honorific is said whole: no caller is greeted as `Dr.`."""
    assert name_of({"user_name": name}) == (name, name)


@pytest.mark.parametrize("name", ["Misha Berg", "Drew Berg", "Sven", "Herrmann Berg", "Marta  Berg"])
def test_takes_no_name_for_an_honorific(name: str) -> None:
    """A given name that only begins like an honorific counts as the first word of the name."""
    assert name_of({"user_name": name})[1] == name.split(maxsplit=1)[0]


def test_trusts_the_name_fields_in_order() -> None:
    """Of several names in one call, the one under the most trusted id counts."""
    collected = {"name": "Third", "user_name": "First", "first_name": "Last"}

    assert name_of(collected)[0] == "First"
    assert name_of(collected, name_fields=("name", "user_name"))[0] == "Third"


def test_reads_the_name_only_from_the_name_fields() -> None:
    """If other name fields are set, the usual ones hold no name, and composed ones may be composed of any ids."""
    assert name_of({"user_name": "Marta"}, name_fields=("vorname+nachname",)) == ("", "")
    assert name_of({"vorname": "Marta", "nachname": "Berg"}, name_fields=("vorname + nachname",)) == (
        "Marta Berg",
        "Marta",
    )


@pytest.mark.parametrize("value", [True, 7, 0.5])
def test_takes_no_number_for_a_name(value: object) -> None:
    """A number or a boolean under a name's id is no name."""
    assert name_of({"user_name": "Marta"}, {"user_name": value}) == ("Marta", "Marta")


def test_takes_nobody_for_returning_who_never_spoke() -> None:
    """A call without one word of the caller makes no returning caller, even if something was collected."""
    view = folded(call("conv_1", None, "", city="Lund", summary="Nobody spoke.")).view

    assert (view.is_returning, view.call_count, view.first_call_at_s, view.last_call_at_s) == (False, 0, 0, 0)
    assert view.past_calls == ()
    assert [fact.value for fact in view.facts] == ["Lund"]


def test_takes_a_caller_for_returning_after_one_word() -> None:
    """A caller who said one word in one call is a returning caller."""
    view = folded(call("conv_1", None, "Hello.")).view

    assert (view.is_returning, view.call_count) == (True, 1)


def test_dates_by_the_calls_that_count() -> None:
    """The first and the last call are those in which the caller spoke, in the order of the calls."""
    calls = [
        call("conv_1", None, at_s=NOON_S - DAY_S),
        call("conv_3", "Hello.", at_s=NOON_S + DAY_S),
        call("conv_2", "Hello.", at_s=NOON_S),
        call("conv_4", None, at_s=NOON_S + 2 * DAY_S),
    ]
    view = folded(*calls).view

    assert (view.call_count, view.first_call_at_s, view.last_call_at_s) == (2, NOON_S, NOON_S + DAY_S)


def test_knows_the_language_of_the_last_call() -> None:
    """The language is that of the newest call in which the caller spoke and that says its language."""
    calls = [
        call("conv_1", "Hallo.", language="de", at_s=NOON_S),
        call("conv_2", "Hola.", language="es", at_s=NOON_S + 1),
        call("conv_3", "Hello.", language=None, at_s=NOON_S + 2),
        call("conv_4", None, language="en", at_s=NOON_S + 3),
    ]

    assert folded(*calls).view.language == "es"
    assert folded(calls[2]).view.language is None


def test_tells_no_date_of_a_call_without_one() -> None:
    """If a call has no time, its memories have neither a date nor a made-up time."""
    result = folded(
        call("conv_1", "Hello.", summary="They spoke.", at_s=None), call("conv_2", "Hello.", at_s=None, city="Lund")
    )

    assert {memory.occurred_at_s for memory in result.memories} == {0}
    assert memory(result, "summary").text == "They spoke."
    assert memory(result, "pattern").text == "The caller has spoken with us 2 times."


@pytest.mark.parametrize("at_s", [NOON_S * 1000, 2**53 - 1])
def test_tells_no_date_that_cannot_be_told(at_s: int) -> None:
    """A call with a start beyond all calendars, for instance in milliseconds, leaves no sentence with a gap."""
    calls = [call("conv_1", "Hello.", at_s=NOON_S, summary="They spoke."), call("conv_2", "Hello.", at_s=at_s)]

    text = memory(folded(*calls), "pattern").text
    assert "on ," not in text
    assert "on ." not in text
    late = call("conv_3", "Hello.", at_s=at_s, summary="They spoke.")
    assert memory(folded(late), "summary").text == "They spoke."


def test_falls_back_on_the_time_of_the_event() -> None:
    """A call without a start is dated by the time of its event."""
    turn = memory(folded(call("conv_1", "Hello.", at_s=None, event_timestamp=NOON_S)), "turn")

    assert turn.occurred_at_s == NOON_S + 5


def test_tells_each_agent_its_own() -> None:
    """The audience of a turn or a summary is the call's agent; that of facts and patterns is every agent."""
    result = folded(
        call("conv_1", "Hello.", summary="They spoke.", city="Lund", agent=AGENT),
        call("conv_2", "Hello.", summary="They spoke.", city="Malmö", agent=OTHER_AGENT, at_s=NOON_S + DAY_S),
    )

    told = {(memory.conversation_id, memory.kind): memory.told_to for memory in result.memories}
    assert told == {
        ("conv_1", "collected"): None,
        ("conv_1", "summary"): AGENT,
        ("conv_1", "turn"): AGENT,
        ("conv_2", "collected"): None,
        ("conv_2", "summary"): OTHER_AGENT,
        ("conv_2", "turn"): OTHER_AGENT,
        (NO_CONVERSATION, "pattern"): None,
    }


def test_tells_no_agent_what_was_said_to_none() -> None:
    """Only a search across all agents sees a turn of a call without a known agent, which may have been another's."""
    result = folded(call("conv_1", "Hello.", summary="They spoke.", city="Lund", agent=""))

    assert {memory.kind: memory.told_to for memory in result.memories} == {
        "collected": None,
        "summary": NO_AGENT,
        "turn": NO_AGENT,
    }
    assert {memory.agent_id for memory in result.memories} == {None}


def test_keeps_the_newest_calls_of_each_agent() -> None:
    """Each agent has its newest three calls with words of the caller and a title or summary, oldest first."""
    calls = [
        call(f"conv_{n}", "Hello.", agent=AGENT if n else OTHER_AGENT, at_s=NOON_S + n, summary=f"They spoke {n}.")
        for n in range(5)
    ]
    calls.append(call("conv_5", "Hello.", at_s=NOON_S + 5))
    calls.append(call("conv_6", None, at_s=NOON_S + 6, summary="Nobody spoke."))
    calls.append(call("conv_7", "Hello.", at_s=NOON_S + 7, title="Only a title"))
    past = folded(*calls).view.past_calls

    assert [call.conversation_id for call in past] == ["conv_0", "conv_3", "conv_4", "conv_7"]
    assert [(call.title, call.summary, call.occurred_at_s, call.agent_id) for call in past[2:]] == [
        ("", "They spoke 4.", NOON_S + 4, AGENT),
        ("Only a title", "", NOON_S + 7, AGENT),
    ]


def test_gives_memories_the_ids_they_always_had() -> None:
    """
    An id is a digest of what it names, the same in every release; otherwise every engine would have to be refilled.
    """
    assert memory_id(MARTA, "turn", "conv_1", "5") == "d5a360e7ca21f35a5b7d8d26e02ce439"


@pytest.mark.parametrize(
    "other",
    [
        ("+12025550144", "turn", "conv_1", "5"),
        (MARTA, "collected", "conv_1", "5"),
        (MARTA, "turn", "conv_2", "5"),
        (MARTA, "turn", "conv_1", "6"),
        (MARTA, "turn", "conv_15", ""),
    ],
)
def test_gives_no_two_memories_one_id(other: tuple[str, Any, str, str]) -> None:
    """Another caller, kind, conversation or key gives another id, however the parts run into each other."""
    assert memory_id(*other) != memory_id(MARTA, "turn", "conv_1", "5")


@pytest.mark.server
@pytest.mark.slow
def test_folds_to_the_same_bytes_in_every_process() -> None:
    """Two processes with different hash seeds fold the same calls to the same bytes."""
    program = """if True:
        import msgspec
        from projector.domain.fold import FoldSettings, fold
        from tests.support.calls import call

        ids = {f"id_{n}": f"value {n}" for n in range(20)}
        calls = [call(f"conv_{n}", "Hello.", summary="They spoke.", agent=f"agent_{n % 3}", **ids) for n in range(6)]
        print(msgspec.json.encode(fold(calls, FoldSettings())).decode())
    """
    dumps = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(dumps) == 1
    assert b"The caller has spoken with us 6 times" in dumps.pop()


def test_keeps_a_whole_name_over_a_last_name_alone() -> None:
    """A later call that collects only a last name does not remove the name by which a caller is greeted."""
    calls = [call("conv_1", at_s=1, user_name="Marta Lindqvist"), call("conv_2", at_s=2, last_name="Berg")]
    assert (fold(calls, FoldSettings()).view.name, fold(calls, FoldSettings()).view.given_name) == (
        "Marta Lindqvist",
        "Marta",
    )


def test_corrects_a_last_name_that_is_all_there_is() -> None:
    """If only a last name is known, a newer one replaces it."""
    calls = [call("conv_1", at_s=1, last_name="Berg"), call("conv_2", at_s=2, last_name="Bergh")]
    assert fold(calls, FoldSettings()).view.name == "Bergh"
