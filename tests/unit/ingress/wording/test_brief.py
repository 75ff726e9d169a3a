"""The brief: what an agent that never searches is told of a caller, and what it is not."""

import re
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from ingress.wording.brief import caller_brief, open_issues
from projector.domain.memories import CallerView, Fact, FactDetails, FactSource, Memory, PastCall, Source
from tests.support.samples import AGENT, MARTA, NOON_S

VIEW = CallerView(
    caller=MARTA,
    name="Marta Lindqvist",
    given_name="Marta",
    language="en",
    call_count=2,
    first_call_at_s=NOON_S - 24 * 60 * 60,
    last_call_at_s=NOON_S,
    facts=(),
    past_calls=(),
    person=1,
)


def taught(text: str, **changed: Any) -> Memory:
    """Return a fact as a memory."""
    details = {
        "about": "caller",
        "attribute": "preference",
        "value": text,
        "status": "current",
        "category": "factual",
        "importance": 5,
        "sensitive": "none",
        "count": 1,
        "first_said_at_s": NOON_S,
    }
    of_memory = {key: changed.pop(key) for key in ("is_current", "told_to", "person") if key in changed}
    fact = msgspec.convert(details | changed, FactDetails)
    memory = Memory(
        id=text,
        caller=MARTA,
        kind="fact",
        key="",
        sector="semantic",
        salience=fact.importance / 10,
        text=text,
        conversation_id="fact:1",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
        source=Source(),
        fact=fact,
        told_to=AGENT,
    )
    return msgspec.structs.replace(memory, **of_memory)


def test_begins_with_what_matters_most() -> None:
    """Who it is, what is open, what is known by its weight, and then the last calls with this agent."""
    view = msgspec.structs.replace(
        VIEW,
        past_calls=(
            PastCall(
                conversation_id="conv_1",
                agent_id=AGENT,
                occurred_at_s=NOON_S,
                direction="inbound",
                title="Couch",
                summary="She called about a couch.",
            ),
        ),
    )
    facts = [
        taught("She likes tea.", importance=3),
        taught("She works nights.", importance=7),
        taught("One foot is broken.", category="issue"),
    ]
    assert caller_brief(view, facts, AGENT) == (
        "Marta Lindqvist has spoken with us twice, first on 11 November 2025, last on 12 November 2025. "
        "Open issue: One foot is broken (said on 12 November 2025). "
        "She works nights (said on 12 November 2025). "
        "She likes tea (said on 12 November 2025). "
        "Call on 12 November 2025: She called about a couch."
    )
    assert open_issues(view, facts, AGENT) == "Open issue: One foot is broken (said on 12 November 2025)."


@pytest.mark.parametrize(
    "changed",
    [
        {"sensitive": "health"},
        {"sensitive": "money"},
        {"sensitive": "third_party"},
        {"sensitive": "credentials"},
        {"is_current": False},
        {"told_to": "agent_other"},
        {"person": 2},
    ],
)
def test_leaves_out_what_is_not_to_be_told(changed: dict[str, Any]) -> None:
    """What is sensitive, over, another agent's or another person's is neither in the brief nor among what is open."""
    secret = taught("The secret of the caller.", category="issue", **changed)
    assert "secret" not in caller_brief(VIEW, [secret], AGENT)
    assert open_issues(VIEW, [secret], AGENT) == ""


def test_is_better_than_nothing_without_any_model() -> None:
    """Of what was collected, a brief is made as well; without what is sensitive."""
    collected = [
        Fact(
            id=id_,
            label=id_.title(),
            value=value,
            is_preference=False,
            conversation_id="conv_1",
            agent_id=AGENT,
            occurred_at_s=NOON_S,
        )
        for id_, value in (("city", "Lund"), ("allergies", "penicillin"))
    ]
    brief = caller_brief(msgspec.structs.replace(VIEW, facts=tuple(collected)), [], AGENT)
    assert "City, said on 12 November 2025: Lund." in brief
    assert "penicillin" not in brief


def test_keeps_to_its_length_in_whole_sentences() -> None:
    """However much is known, the brief has its length at most, and ends where a sentence does."""
    facts = [taught(f"The caller likes the thing with the number {number}.") for number in range(200)]
    brief = caller_brief(VIEW, facts, AGENT, chars_max=700)
    assert 600 < len(brief) <= 700
    assert brief.endswith(").")


def called(summary: str, number: int = 1) -> PastCall:
    """Return a call of the day with a summary."""
    return PastCall(
        conversation_id=f"conv_{number}",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
        direction="inbound",
        title="",
        summary=summary,
    )


def test_last_calls_have_their_place() -> None:
    """However many facts there are, the last calls are told, in three tenths of the room."""
    calls = tuple(called(f"Call number {each}, {'so ' * 40}.", each) for each in range(12))
    view = msgspec.structs.replace(VIEW, past_calls=calls)
    brief = caller_brief(view, [taught(f"The caller likes thing {number}.") for number in range(200)], AGENT)
    assert re.findall(r"Call number (\d+)", brief)[0] == "11"
    assert 0.2 * 2500 < len(brief) - brief.index("Call on") <= 0.3 * 2500
    assert 2300 < len(brief) <= 2500


def test_calls_have_the_room_that_facts_leave() -> None:
    """Of a caller of whom few facts are known, more calls are told, the newest first."""
    calls = tuple(called(f"Call number {each}, {'so ' * 40}.", each) for each in range(12))
    view = msgspec.structs.replace(VIEW, past_calls=calls)
    brief = caller_brief(view, [taught("The caller likes bees.")], AGENT)
    assert re.findall(r"Call number (\d+)", brief) == [str(each) for each in range(11, 1, -1)]
    assert "The caller likes bees" in brief


def test_summary_tells_nothing_sensitive() -> None:
    """Of a summary only the sentences are told that say nothing of a sensitive fact, collected or stated."""
    allergies = Fact(
        id="allergies",
        label="Allergies",
        value="latex",
        is_preference=False,
        conversation_id="conv_1",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
    )
    summary = "She asked for a cleaning. She is allergic to Penicillin, and to LATEX. She was early."
    view = msgspec.structs.replace(VIEW, past_calls=(called(summary),), facts=(allergies,))
    brief = caller_brief(view, [taught("Allergic.", value="penicillin", sensitive="health")], AGENT)
    assert brief.endswith("Call on 12 November 2025: She asked for a cleaning. She was early.")


def test_name_is_said_once() -> None:
    """Who the caller is begins the brief, and is no further fact."""
    name = taught("The caller is called Marta Lindqvist.", attribute="name", value="Marta Lindqvist")
    assert caller_brief(VIEW, [name], AGENT).count("Marta") == 1
    assert caller_brief(msgspec.structs.replace(VIEW, name=""), [name], AGENT).count("Marta") == 1


def test_while_names_alternate_no_fact_is_told() -> None:
    """Of a call nobody knows with whom it was nothing is told to nobody knows whom."""
    view = msgspec.structs.replace(VIEW, person=0, name="")
    assert "tea" not in caller_brief(view, [taught("She likes tea.", person=0)], AGENT)


def test_what_a_person_corrected_was_not_said() -> None:
    """Of a value that nobody but an operator gave no day is told on which it was said."""
    source = FactSource(kind="operator", conversation_id="", said_at_s=NOON_S, value="Oscar")
    fact = taught("Insurance: Oscar", sources=(source,))
    assert "Insurance: Oscar." in caller_brief(VIEW, [fact], AGENT)


def test_long_statement_keeps_its_day() -> None:
    """A statement that is cut for its length still says when it was said, and of what kind it is."""
    brief = caller_brief(VIEW, [taught("word " * 100, category="issue", about="her sister's " * 30)], AGENT)
    assert "Open issue: word word" in brief
    assert brief.endswith("(said on 12 November 2025).")


def test_collected_name_is_said_once() -> None:
    """A collected name is no further fact where the brief begins with the name."""
    name = Fact(
        id="caller_name",
        label="Caller name",
        value="Marta",
        is_preference=False,
        conversation_id="conv_1",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
    )
    view = msgspec.structs.replace(VIEW, facts=(name,))
    assert caller_brief(view, [], AGENT).count("Marta") == 1
    assert "Caller name" in caller_brief(msgspec.structs.replace(view, name=""), [], AGENT)


def test_strangers_have_none() -> None:
    """Of whom nothing is known nothing is told."""
    assert caller_brief(None, [], AGENT) == ""
    assert open_issues(None, [], AGENT) == ""
    assert taught("x").fact is not UNSET
