"""What the search tool is answered of facts: what is so, when it was said, and what was before if that is asked."""

import json
from typing import Any

import msgspec
import pytest

from events.wire.webhooks import SearchDataRequest
from ingress.searching.asking import Asking
from ingress.searching.found import Found, Ranked
from ingress.webhooks.search_answer import SearchDataAnswer, answer
from projector.domain.calls import Call
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import CallerView, Memory
from tests.support.calls import call
from tests.support.samples import AGENT, NOON_S

DAY_S = 24 * 60 * 60
OTHER_AGENT = "agent_other"


def answered(
    view: CallerView | None,
    memories: list[tuple[Memory, float]],
    *,
    agent: str | None = AGENT,
    asks: bool = False,
    is_degraded: bool = False,
    **of: Any,
) -> SearchDataAnswer:
    """Return the answer to a question for which these memories were found, each with its score."""
    found = Found(
        memories=[Ranked(*each) for each in memories],
        view=view,
        asks_before=asks,
        degraded=is_degraded,
        is_searched=True,
    )
    fields: dict[str, Any] = {"query": "x", "limit": 20, "agent_id": agent} | of
    question = SearchDataRequest(**fields)
    return answer(found, Asking(question=question, region="US", at_s=NOON_S), 0.2)


def told(*calls: Call, kinds: str = "collected", agent: str | None = AGENT, asks: bool = False) -> SearchDataAnswer:
    """Return the answer to a search that finds all memories of these kinds that the agent may hear, newest last."""
    folded = fold(calls, FoldSettings())
    found = [
        (memory, 0.9)
        for memory in folded.memories
        if memory.kind in kinds.split() and (agent is None or memory.told_to in {None, agent})
    ]
    return answered(folded.view, found, agent=agent, asks=asks)


def on_day(number: int, *said: str, **of: Any) -> Call:
    return call(f"conv_{number}", *(said or ("Hello.",)), at_s=NOON_S + number * DAY_S, **of)


MOVED = (
    on_day(
        0, "I live at 12 Oak.", address="12 Oak Street, Lund", summary="The caller gave the address, 12 Oak Street."
    ),
    on_day(1, "I moved.", address="99 Elm Street, Lund", summary="They moved."),
)


def test_superseded_value_is_not_told_as_true() -> None:
    """A former address is in neither the summary nor the profile; where it was found, the new one is told."""
    found = told(*MOVED, kinds="collected turn summary")

    for text in (found.summary, msgspec.json.encode(found.profile).decode()):
        assert "12 Oak" not in text
        assert "99 Elm" in text
    assert found.summary.count("99 Elm") == 1


@pytest.mark.parametrize("kinds", ["collected", "turn", "summary"])
def test_current_value_is_told_where_only_the_former_one_was_found(kinds: str) -> None:
    """If the only hit tells the former value, the summary tells what is so now."""
    folded = fold(MOVED, FoldSettings())
    hits = [(memory, 0.9) for memory in folded.memories if memory.kind == kinds and "12 Oak" in memory.text]
    found = answered(folded.view, hits)

    assert found.summary == "Address, said on 13 November 2025: 99 Elm Street, Lund."


def test_memory_says_until_when_it_was_so() -> None:
    """Among the memories a former value is marked, with words on until when; so is a turn that tells it."""
    found = told(*MOVED, kinds="collected turn summary").memories

    assert [(memory.content, memory.superseded, memory.superseded_at) for memory in found] == [
        (
            "Address, said on 12 November 2025, until 13 November 2025: 12 Oak Street, Lund",
            True,
            "2025-11-13T12:00:00Z",
        ),
        (
            "2025-11-12: The caller gave the address, 12 Oak Street. (Address: until 13 November 2025)",
            True,
            "2025-11-13T12:00:00Z",
        ),
        ("I live at 12 Oak. (Address: until 13 November 2025)", True, "2025-11-13T12:00:00Z"),
        ("Address: 99 Elm Street, Lund", False, None),
        ("2025-11-13: They moved.", False, None),
        ("I moved.", False, None),
    ]


@pytest.mark.parametrize(
    ("summary", "told_as"),
    [
        ("The caller lives at 12 Oak Street, Lund.", "The caller lives at (Address, until 13 November 2025)."),
        ("Repair at 12 OAK STREET; call first.", "Repair at (Address, until 13 November 2025); call first."),
        ("12 Oak: a leak.", "(Address, until 13 November 2025): a leak."),
        ("Repair at 112 Oak Street.", "Repair at 112 Oak Street."),
        ("Anruf aus der Hauptstraße 5.", "Anruf aus der (Ort, until 13 November 2025)."),
        (
            "From 12 Oak to 99 Elm Street, Lund.",
            "From (Address, until 13 November 2025) to 99 Elm Street, Lund.",
        ),
    ],
)
def test_last_call_tells_no_former_value(summary: str, told_as: str) -> None:
    """If the last call with an agent told what is no longer so, the agent reads until when it was, and not what."""
    calls = [
        on_day(0, address="12 Oak Street, Lund", Ort="Hauptstraße 5", summary=summary),
        on_day(1, agent=OTHER_AGENT, address="99 Elm Street, Lund", Ort="Weg 7", summary="They moved."),
    ]
    now, before = told(*calls).profile, told(*calls, asks=True).profile

    assert now.last_call_summary == f"On 12 November 2025: {told_as}"
    assert before.last_call_summary == f"On 12 November 2025: {summary}"


def test_long_turn_keeps_the_words_on_until_when() -> None:
    """A turn that is cut at 500 characters still says that it holds a former value."""
    first = on_day(0, "I live at 12 Oak. " + "word " * 500, address="12 Oak Street")
    content = told(first, on_day(1, address="99 Elm"), kinds="turn").memories[0].content

    assert len(content) <= 500
    assert content.endswith("(Address: until 13 November 2025)")


def test_what_was_before_is_told_when_that_is_asked() -> None:
    """If the question asks what was before, summary and profile tell both, each with its days."""
    found = told(*MOVED, asks=True)
    former = "Address, said on 12 November 2025, until 13 November 2025: 12 Oak Street, Lund."

    assert found.summary == f"{former} Address, said on 13 November 2025: 99 Elm Street, Lund."
    assert former in found.profile.summary
    assert json.loads(msgspec.json.encode(found.profile.facts)) == {
        "address": {
            "value": "99 Elm Street, Lund",
            "said_at": "2025-11-13T12:00:00Z",
            "before": [
                {
                    "value": "12 Oak Street, Lund",
                    "said_at": "2025-11-12T12:00:00Z",
                    "until": "2025-11-13T12:00:00Z",
                }
            ],
        }
    }


def test_former_value_is_told_where_only_the_current_one_was_found() -> None:
    """If a question for what was finds only what is, the summary still says what was."""
    folded = fold(MOVED, FoldSettings())
    hits = [(memory, 0.9) for memory in folded.memories if memory.kind == "collected" and memory.is_current]
    found = answered(folded.view, hits, asks=True)

    assert "until 13 November 2025: 12 Oak Street" in found.summary


@pytest.mark.parametrize(
    ("values", "superseded"),
    [
        (["Lund", "Lund"], [False, False]),
        (["Lund", "LUND."], [False, False]),
        (["Lund", "Oslo", "Lund"], [False, True, False]),
        (["Lund", "Lund", "Oslo"], [True, True, False]),
        ([3, 4], [True, False]),
        ([True, False], [True, False]),
        ([0, 0.0], [False, False]),
    ],
)
def test_what_is_still_so_is_not_superseded(values: list[object], superseded: list[bool]) -> None:
    """A value that was told again is still so, whatever was said between; any other former value is superseded."""
    found = told(*(on_day(number, thing=value) for number, value in enumerate(values)))

    assert [memory.superseded for memory in found.memories] == superseded


def test_value_of_long_ago_says_by_when_it_was_another() -> None:
    """Of more former values than are kept, the older ones say by when another value was so."""
    found = told(*(on_day(number, thing=f"value {number}") for number in range(6)))

    assert found.memories[0].content == "Thing, said on 12 November 2025, no longer so on 14 November 2025: value 0"
    assert found.memories[2].content == "Thing, said on 14 November 2025, until 15 November 2025: value 2"
    assert found.summary == "Thing, said on 17 November 2025: value 5."


def test_value_is_superseded_by_a_call_without_a_time() -> None:
    """Where no call says when it was, a former value says that it is no longer so, and no date is made up."""
    found = told(call("conv_1", at_s=None, city="Lund"), call("conv_2", at_s=None, city="Oslo"))

    assert [memory.content for memory in found.memories] == ["City, no longer so: Lund", "City: Oslo"]
    assert found.summary == "City: Oslo."
    assert found.profile.facts["city"].said_at is None


@pytest.mark.parametrize(
    "said",
    [
        "We have 3 children.",
        "I am 43.",
        "Yes.",
        "My number is 1234.",
        "I lived at 12 Oaks.",
        "Monday at two I work.",
        "99 Elm Street, not 12 Oak.",
    ],
)
def test_turn_that_speaks_of_something_else_is_not_marked(said: str) -> None:
    """A short value in a sentence, a part of a word, and a turn that tells the new value as well are not superseded."""
    first = on_day(0, said, age=3, member=True, address="12 Oak", visit="Monday at ten")
    second = on_day(1, age=4, member=False, address="99 Elm Street", visit="Friday at nine")

    assert [memory.superseded for memory in told(first, second, kinds="turn").memories] == [False, False]


def test_profile_says_when_each_fact_was_said() -> None:
    """Facts come with their day and moment, the heaviest first, and once more as values alone for one release."""
    profile = told(on_day(0, callback="in 5 minutes", email="m@example.com", nut_allergy=True)).profile

    assert list(profile.facts) == ["nut_allergy", "callback", "email"]
    assert json.loads(msgspec.json.encode(profile.facts))["callback"] == {
        "value": "in 5 minutes",
        "said_at": "2025-11-12T12:00:00Z",
    }
    assert profile.facts_flat == {"nut_allergy": "yes", "callback": "in 5 minutes", "email": "m@example.com"}
    assert "on 12 November 2025: in 5 minutes" in profile.summary


def test_agent_hears_its_own_facts_and_those_about_the_person() -> None:
    """What another agent collected is in the profile only where it is about the person; a search of all hears all."""
    calls = [
        on_day(0, agent=OTHER_AGENT, appointment="Tuesday", email="m@example.com", city="Lund"),
        on_day(1, agent=AGENT, appointment="Friday", city="Oslo"),
    ]
    of_agent, of_other, of_all = (told(*calls, agent=agent).profile for agent in (AGENT, OTHER_AGENT, None))

    assert of_agent.facts_flat == {"appointment": "Friday", "city": "Oslo", "email": "m@example.com"}
    assert of_other.facts_flat == {"appointment": "Tuesday", "city": "Oslo", "email": "m@example.com"}
    assert of_all.facts_flat["appointment"] == "Friday"
    assert ("Tuesday" in of_all.summary, "Friday" in of_all.summary) == (True, True)
    assert "Tuesday" not in msgspec.json.encode(of_agent).decode()


def test_unknown_caller_has_no_facts() -> None:
    """A caller of whom nothing is known gets an empty profile."""
    found = answered(None, [], asks=True)

    assert (found.profile.facts, found.profile.facts_flat, found.memories) == ({}, {}, [])


def test_nothing_certain_is_no_denial() -> None:
    """Where nothing that was found is certain, the summary says that, and not that nothing is known."""
    folded = fold(MOVED, FoldSettings())
    found = answered(folded.view, [(memory, 0.1) for memory in folded.memories])

    assert found.summary == "Nothing that was found answers this for certain."
    assert [memory.confident for memory in found.memories] == [False] * len(folded.memories)


@pytest.mark.parametrize(
    "query",
    [
        *("Any allergies?", "Is she allergic to penicillin", "Which medication does he take?", "What tablets?"),
        *(
            "Did he threaten anybody?",
            "Has she consented to the recording?",
            "Is the caller diabetic?",
            "Is she pregnant?",
        ),
        *("Hat sie Allergien?", "Welche Medikamente nimmt er?", "Gab es Drohungen?", "Liegt eine Einwilligung vor?"),
        *("¿Tiene alergias?", "¿Qué medicamentos toma?", "¿Hubo amenazas?", "¿Dio su consentimiento?"),
        *("A-t-elle des allergies ?", "Quels médicaments ?", "Y a-t-il eu des menaces ?", "Son consentement ?"),
        *("Ha allergie?", "Quali farmaci prende?", "Ci sono state minacce?", "Ha dato il consenso?"),
        *("Heeft hij allergieën?", "Welke medicijnen?", "Is er gedreigd, een bedreiging?", "Is er toestemming?"),
        *("Czy ma alergię?", "Jakie leki przyjmuje?", "Czy były groźby?", "Czy wyraził zgodę?"),
        *("Tem alergias?", "Que remédios toma?", "Houve ameaças?", "Deu consentimento?"),
        *("Har hon allergier?", "Vilka mediciner tar han?", "Hotade han någon?", "Finns det samtycke?"),
    ],
)
def test_question_of_safety_is_never_denied(query: str) -> None:
    """Of allergies, medicines, illness, threats and consent nothing is denied: whoever asks is sent to the caller."""
    folded = fold(MOVED, FoldSettings())
    for view in (folded.view, None):
        for is_degraded in (False, True):
            found = answered(view, [], query=query, is_degraded=is_degraded)
            assert found.summary.endswith("Ask the caller.")
            assert "about that" not in found.summary
    by_keyword = answered(folded.view, [], query="Anything to know?", keywords=[query])
    assert by_keyword.summary == "Nothing that was found answers this for certain. Ask the caller."


@pytest.mark.parametrize("query", ["Where does she live?", "Wo wohnt sie?", "4711", "", "Which lamp did I order?"])
def test_other_question_needs_no_caller(query: str) -> None:
    """A question whose answer hurts nobody sends nobody to the caller."""
    assert answered(None, [], query=query).summary == "Nothing is known of this caller from earlier calls."


def test_question_of_safety_is_told_what_speaks_of_it() -> None:
    """What speaks of an allergy is told to whoever asks for one, as not certain, however little it fits."""
    calls = (on_day(0, "I am allergic to latex.", "My car is red."),)
    folded = fold(calls, FoldSettings())
    found = answered(folded.view, [(memory, 0.05) for memory in folded.memories], query="Any allergies?")

    assert found.summary == (
        "Nothing that was found answers this for certain. Ask the caller."
        ' On 12 November 2025 the caller said: "I am allergic to latex".'
    )


def test_what_is_certain_is_told_where_not_all_could_be_searched() -> None:
    """A search that found a part tells what of it is certain, and that there may be more."""
    folded = fold((on_day(0, "My car is red."),), FoldSettings())
    (turn,) = (memory for memory in folded.memories if memory.kind == "turn")

    part = answered(folded.view, [(turn, 0.9), (turn, 0.0)], is_degraded=True)
    assert part.summary == (
        'On 12 November 2025 the caller said: "My car is red". Not all earlier calls can be looked up right now.'
    )
    assert [memory.confident for memory in part.memories] == [True, False]
    nothing = answered(folded.view, [(turn, 0.0)], is_degraded=True)
    assert nothing.summary == "Earlier calls cannot be looked up right now."


def test_caller_of_few_memories_is_told_whole() -> None:
    """Without a limit as many memories are told as fit into 3,000 characters, with one they are that many at most."""
    folded = fold([on_day(number, f"The lamp {number} is red.") for number in range(9)], FoldSettings())
    turns = [(memory, 0.9) for memory in folded.memories if memory.kind == "turn"]

    assert len(answered(folded.view, turns, limit=None).memories) == 9
    long = [(msgspec.structs.replace(turn, text="The lamp is red. " * 24), score) for turn, score in turns]
    told_of = answered(folded.view, long, limit=None)
    assert len(told_of.memories) == 6
    assert sum(len(memory.content) + len(memory.source.asked) for memory in told_of.memories) < 3000
    longest = [(msgspec.structs.replace(turn, text="The lamp is red. " * 80), score) for turn, score in turns]
    assert len(answered(folded.view, longest, limit=None).memories) == 5
