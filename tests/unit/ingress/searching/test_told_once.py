"""A fact and what proves it are told once, and of a fact is told of whom it is and whether it is open."""

from pathlib import Path
from typing import Any

import pytest

from ingress.wording.found import NOTHING_CERTAIN, found_summary
from tests.support.extractions import statement
from tests.unit.ingress.searching.test_withholding import Told, contents

CIGNA, HELD = "I'm with Cigna now.", "The caller is with Cigna now. (said on 14 November 2025)"


def insured(told: Told) -> None:
    """Append a call in which a value was collected and stated, after one with another value."""
    told.call("Hello.", insurance="Delta")
    told.call(CIGNA, stated=[statement(CIGNA, 1)], insurance="Cigna")


@pytest.mark.parametrize("query", ["insurance", "who is the insurance with?", "Cigna", "Delta", ""])
def test_fact_is_told_in_place_of_its_collected_value(tmp_path: Path, query: str) -> None:
    """Whichever of the two the words find, the fact alone is told."""
    told = Told(tmp_path, sensitive="tell")
    insured(told)
    said = contents(told.search(query))
    assert HELD in said
    assert not any(each.startswith("Insurance: Cigna") for each in said)
    assert said.count(HELD) == 1


@pytest.mark.parametrize("query", ["What was said in the last call?", "insurance in the last call"])
def test_question_about_a_time_tells_one_of_the_two(tmp_path: Path, query: str) -> None:
    """What is of the time is told as it was said, and nothing of it again as a fact."""
    told = Told(tmp_path, sensitive="tell")
    insured(told)
    said = contents(told.search(query))
    assert len([each for each in said if "Cigna" in each]) == 1


def test_brief_tells_a_collected_value_and_its_fact_once(tmp_path: Path) -> None:
    """The number that a fact says in the caller's words is not told again as it was collected."""
    told = Told(tmp_path, sensitive="tell")
    number = "Call me at 202 555 0188."
    told.call(number, stated=[statement(number, 1)], callback_number="+1 202-555-0188")
    brief = told.greeting()["caller_brief"]
    assert "The number is 202 555 0188" in brief
    assert "555-0188" not in brief


SON = "My son can't have nuts."


def test_fact_on_another_says_on_whom(tmp_path: Path) -> None:
    """What is so of somebody else is neither among the memories nor in the summary as if it were the caller's."""
    told = Told(tmp_path, sensitive="tell")
    told.call(SON, stated=[statement(SON, 1, content="Can't have nuts.")])
    answered = told.search("nuts")
    assert "About son: Can't have nuts. (said on 13 November 2025)" in contents(answered)
    assert "About son: Can't have nuts (said on 13 November 2025)." in answered["summary"]


@pytest.mark.parametrize("category", ["issue", "promise"])
def test_summary_says_whether_something_is_open(tmp_path: Path, category: str) -> None:
    """Of an issue and a promise the summary and the memory say when it was said, and that nobody closed it."""
    told = Told(tmp_path, sensitive="tell")
    foot = "One foot of the couch is broken."
    of: dict[str, Any] = {"attribute": category, "value": foot, "content": foot, "quote": foot, "category": category}
    if category == "promise":
        told.call("Hm.", asked=foot, stated=[statement("I like tea.", 0, **of)])
    else:
        told.call(foot, stated=[statement("I like tea.", 1, **of)])
    answered = told.search("foot of the couch")
    said = "promised on 13 November 2025" if category == "promise" else "said on 13 November 2025"
    assert f"One foot of the couch is broken ({said}, not closed since)." in answered["summary"]
    assert any(each.endswith(f"({said}, not closed since)") for each in contents(answered))


def test_closed_promise_says_so(tmp_path: Path) -> None:
    """A promise that came to its end is told as closed, with the day, and never as if it were open."""
    told = Told(tmp_path, sensitive="tell")
    call_back = "We will call you back."
    of: dict[str, Any] = {"attribute": "promise", "value": call_back, "content": call_back, "quote": call_back}
    told.call("Fine.", asked=call_back, stated=[statement("I like tea.", 0, category="promise", **of)])
    done = {"status": "ended", "category": "promise"}
    told.call("Yes.", asked=call_back, stated=[statement("I like tea.", 0, **of, **done)])
    closed = "(promised on 13 November 2025, closed on 14 November 2025)"
    assert found_summary(told.facts()) == f"We will call you back {closed}."
    answered = told.search("Did we promise to call back?")
    assert f"We will call you back. {closed}" in contents(answered)
    assert "not closed" not in str(answered)


@pytest.mark.parametrize("query", ["insurance", "Cigna", "what is known?", ""])
def test_correction_of_what_was_heard_is_told_once(tmp_path: Path, query: str) -> None:
    """Who heard it is told of it once, and an agent that did not hear it is told, too."""
    told = Told(tmp_path, sensitive="tell")
    told.call(CIGNA, stated=[statement(CIGNA, 1)])
    told.call("Hello.", agent="agent_other")
    told.correct(attribute="insurance", value="Cigna")
    said = [each for each in contents(told.search(query)) if "Cigna" in each]
    assert len(said) == 1
    assert told.greeting()["caller_brief"].count("Cigna") == 1
    assert "Insurance: Cigna" in contents(told.search(query, agent="agent_other"))
    assert told.greeting("agent_other")["caller_brief"].count("Cigna") == 1


def test_correction_to_another_value_is_told_to_all(tmp_path: Path) -> None:
    """What a person corrected takes the place of what an agent heard."""
    told = Told(tmp_path, sensitive="tell")
    told.call(CIGNA, stated=[statement(CIGNA, 1)])
    told.correct(attribute="insurance", value="Delta")
    assert "Insurance: Delta" in contents(told.search("insurance"))
    assert told.greeting()["caller_brief"].count("Delta") == 1
    assert "Cigna" not in told.greeting()["caller_brief"]


DAY = {"status": "planned", "valid_from": "2025-11-20", "valid_to": "2025-11-20"}


def booked(told: Told, **of: Any) -> None:
    """Append a call in which something is arranged for November 20, which is over when somebody asks."""
    day = "November 20 at 5 pm"
    told.call(
        f"My appointment is {day}.",
        stated=[
            statement(
                "I like tea.",
                1,
                **{"attribute": "appointment", "value": day, "content": f"The caller has an appointment {day}."}
                | {"quote": f"My appointment is {day}."}
                | of,
            )
        ],
    )


def test_appointment_whose_day_is_over_is_told_as_that(tmp_path: Path) -> None:
    """Weeks later an agent is told until when it was, also where that is spoken, and is not told unasked."""
    told = Told(tmp_path, sensitive="tell")
    booked(told, **DAY)
    answered = told.search("When is the appointment?")
    until = "(said on 13 November 2025, until 20 November 2025)"
    assert f"The caller has an appointment November 20 at 5 pm. {until}" in contents(answered)
    assert answered["summary"] in {f"The caller has an appointment November 20 at 5 pm {until}.", NOTHING_CERTAIN}
    assert answered["memories"][0]["superseded"] is True
    assert "appointment" not in told.greeting()["caller_brief"]


def test_promise_says_for_when_it_was(tmp_path: Path) -> None:
    """That its day is over closes no promise: who asks learns the day, and that nobody closed it."""
    told = Told(tmp_path, sensitive="tell")
    promise = "We will call you back."
    of: dict[str, Any] = {"attribute": "promise", "value": promise, "content": promise, "quote": promise}
    told.call("Fine.", asked=promise, stated=[statement("I like tea.", 0, category="promise", **of, **DAY)])
    note = "(promised on 13 November 2025, for 20 November 2025, not closed since)"
    assert f"We will call you back. {note}" in contents(told.search("Did we promise to call back?"))


def test_collected_value_told_more_exactly_in_its_call_is_so_still(tmp_path: Path) -> None:
    """Neither the value nor the summary of its call is told as what was so until that very day."""
    told = Told(tmp_path, sensitive="tell")
    words, value = "I live at Elm Street 9, fourth floor.", "Elm Street 9, fourth floor"
    of: dict[str, Any] = {"attribute": "address", "value": value, "content": f"The caller lives at {value}."}
    told.call(words, stated=[statement("I like tea.", 1, quote=words, **of)], address="Elm Street 9")
    assert "until" not in str(contents(told.search("address")))
    assert "until" not in told.greeting()["caller_brief"]
