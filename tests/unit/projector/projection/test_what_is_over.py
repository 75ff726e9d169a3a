"""What is over is not so any more: another dose, a moved appointment, a day that has passed, another one's name."""

from typing import Any

import pytest

from projector.domain.facts.told_facts import at_moment
from projector.domain.memories import CallerView
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S
from tests.support.sites import ProjectorSite
from tests.unit.projector.projection.test_facts import HOUR_S, _details, call, facts, site, told

__all__ = ["site"]
DAY_S = 24 * HOUR_S


def said(
    site: ProjectorSite, number: int, words: str, attribute: str, value: str, content: str, **of: Any
) -> ProjectorSite:
    """Have the log hold a call in which one thing is stated, and fold it."""
    collected = of.pop("collected", {})
    body = call(number, words, **collected)
    changed = {"attribute": attribute, "value": value, "content": content, "quote": words}
    site.append(body)
    site.append(extraction(body, statement("I like tea.", 1, **changed | of)), source="extraction")
    site.catch_up()
    return site


def view_of(site: ProjectorSite) -> CallerView:
    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    return view


def test_another_dose_ends_the_one_before(site: ProjectorSite) -> None:
    """Of one medicine one dose is so, and the other medicines stay, also where the same bytes are folded anew."""
    said(site, 1, "I take ramipril 5.", "medication", "ramipril 5", "The caller takes ramipril 5.")
    said(site, 2, "I take thyroxine 75.", "medication", "thyroxine 75", "The caller takes thyroxine 75.")
    said(site, 3, "I take ramipril 2.5 now.", "medication", "ramipril 2.5", "The caller takes ramipril 2.5.")
    expected = [("ramipril 5", False), ("thyroxine 75", True), ("ramipril 2.5", True)]
    assert [each[1:] for each in told(site)] == expected
    assert _details(facts(site)[0]).until_s == NOON_S + 3 * HOUR_S
    assert site.dump() == site.replayed_dump()
    said(site, 4, "I take ramipril 5.", "medication", "ramipril 5", "The caller takes ramipril 5.")
    assert [each[1:] for each in told(site)] == [*expected[:2], ("ramipril 2.5", False), ("ramipril 5", True)]
    assert site.dump() == site.replayed_dump()


def test_consent_that_was_refused_is_so_no_longer(site: ProjectorSite) -> None:
    """Who consents to what was refused before is not told as refusing it; other consents stand."""
    refused, given = "I do not consent to calls being recorded.", "I now consent to calls being recorded."
    said(site, 1, refused, "consent", "do not consent", "The caller does not consent to calls being recorded.")
    letters = "I consent to letters."
    said(site, 2, letters, "consent", "letters", "The caller consents to letters.")
    said(site, 3, given, "consent", "consent to calls being recorded", "The caller consents to calls being recorded.")
    assert [is_current for *_, is_current in told(site)] == [False, True, True]
    assert site.dump() == site.replayed_dump()


def test_end_is_of_what_was_booked_for_its_day(site: ProjectorSite) -> None:
    """A cleaning that is moved was booked under other words, for the same day: that one has ended, and no other."""
    booked = {"status": "planned", "valid_from": "2025-12-03", "valid_to": "2025-12-03"}
    at_five, crown = "December 3 at 5 pm", "December 9 at noon"
    said(
        site,
        1,
        f"My appointment is {at_five}.",
        "appointment",
        at_five,
        f"The caller has an appointment {at_five}.",
        **booked,
    )
    later = booked | {"valid_from": "2025-12-09", "valid_to": "2025-12-09"}
    said(
        site, 2, f"My appointment is {crown}.", "appointment", crown, f"The caller has an appointment {crown}.", **later
    )
    moved = "I have to move tomorrow's cleaning."
    ended = booked | {"status": "ended"}
    said(site, 3, moved, "appointment", "tomorrow's cleaning", "The caller moves tomorrow's cleaning.", **ended)
    current = {value: is_current for _, value, is_current in told(site)}
    assert (current[at_five], current[crown]) == (False, True)
    assert site.dump() == site.replayed_dump()


def test_what_says_its_last_day_is_past_after_it(site: ProjectorSite) -> None:
    """An appointment is so until its day is over, in the caller's time zone, for whoever asks then."""
    day = {"status": "planned", "valid_from": "2025-12-03", "valid_to": "2025-12-03"}
    said(
        site,
        1,
        "My appointment is on December 3.",
        "appointment",
        "December 3",
        "The caller has an appointment on December 3.",
        **day,
    )
    (fact,) = facts(site)
    ends_s = _details(at_moment(fact, NOON_S + 365 * DAY_S)).until_s
    assert at_moment(fact, ends_s) == fact
    past = at_moment(fact, ends_s + 1)
    assert (past.is_current, _details(past).status) == (False, "past")
    assert ends_s % DAY_S == DAY_S - 1  # the caller's zone is UTC here


@pytest.mark.parametrize("category", ["issue", "promise"])
def test_what_is_open_stays_open_after_its_day(site: ProjectorSite, category: str) -> None:
    """A promise whose day has passed may not have been kept: nobody closed it."""
    broken = "One foot is broken."
    of = {"category": category, "valid_to": "2025-12-03"}
    if category == "promise":
        body = call(1, "Fine.")
        made = statement("I like tea.", 0, attribute="promise", value="Question 0", content="Question 0?", **of)
        site.append(body)
        site.append(extraction(body, made | {"quote": "Question 0?"}), source="extraction")
        site.catch_up()
    else:
        said(site, 1, broken, "issue", broken, broken, **of)
    (fact,) = facts(site)
    assert at_moment(fact, NOON_S + 365 * DAY_S) == fact


def test_value_told_more_exactly_in_its_call_replaces_nothing(site: ProjectorSite) -> None:
    """`Elm Street 9` that was collected of `Elm Street 9, fourth floor` was never another address."""
    words = "I live at Elm Street 9, fourth floor."
    of = {"collected": {"address": "Elm Street 9"}}
    said(
        site, 1, words, "address", "Elm Street 9, fourth floor", "The caller lives at Elm Street 9, fourth floor.", **of
    )
    (address,) = view_of(site).facts
    assert (address.value, address.before) == ("Elm Street 9, fourth floor", ())


def test_newer_name_takes_the_place_of_the_collected_one(site: ProjectorSite) -> None:
    """Who says that the last name has changed is called by the new one, and a first name alone takes away nothing."""
    site.append(call(1, "I'm Ann Lee-Clarke.", user_name="Ann Lee-Clarke"))
    said(site, 2, "I'm Ann Lee now.", "name", "Ann Lee", "The caller's name is Ann Lee.")
    assert (view_of(site).name, view_of(site).people[-1].name) == ("Ann Lee", "Ann Lee")
    said(site, 3, "Ann here.", "name", "Ann", "The caller's name is Ann.")
    assert view_of(site).name == "Ann Lee"
    site.append(call(4, "I'm Ann Lee-Clarke again.", user_name="Ann Lee-Clarke"))
    site.catch_up()
    assert view_of(site).name == "Ann Lee-Clarke"
    assert site.dump() == site.replayed_dump()


def test_other_name_of_another_person_renames_nobody(site: ProjectorSite) -> None:
    """A model's word that somebody else called is no reason to call the caller by that name."""
    site.append(call(1, "I'm Ann Lee.", user_name="Ann Lee"))
    said(site, 2, "This is Bob Stone.", "name", "Bob Stone", "The caller's name is Bob Stone.")
    assert view_of(site).name == "Ann Lee"


@pytest.mark.parametrize(("own", "expected"), [("I'm her son Bob.", "Bob"), ("", "")])
def test_patients_name_is_not_the_callers(site: ProjectorSite, own: str, expected: str) -> None:
    """Who calls for the mother is not called by her name, and by none where only hers is known."""
    words = f"My mother is Ann Lee. {own}".strip()
    body = call(1, words, patient_name="Ann Lee")
    hers = {"about": "mother", "attribute": "name", "value": "Ann Lee", "content": "The caller's mother is Ann Lee."}
    stated = [statement("I like tea.", 1, quote="My mother is Ann Lee", **hers)]
    if own:
        his = {"attribute": "name", "value": "Bob", "content": "The caller's name is Bob."}
        stated.append(statement("I like tea.", 1, quote=own, **his))
    site.append(body)
    site.append(extraction(body, *stated), source="extraction")
    site.catch_up()
    assert (view_of(site).name, view_of(site).given_name) == (expected, expected)
    assert site.dump() == site.replayed_dump()


def test_who_was_named_by_another_keeps_her_name(site: ProjectorSite) -> None:
    """A wife whom her husband named, and who calls from the same number herself, is called by her name."""
    words = "My wife is Ann Lee."
    body = call(1, words, user_name="Tom Stone")
    hers = {"about": "wife", "attribute": "name", "value": "Ann Lee", "content": "The caller's wife is Ann Lee."}
    site.append(body)
    site.append(extraction(body, statement("I like tea.", 1, quote=words, **hers)), source="extraction")
    said(site, 2, "I like tea.", "interest", "tea", "The caller likes tea.", collected={"user_name": "Ann Lee"})
    assert view_of(site).name == "Ann Lee"
    assert site.dump() == site.replayed_dump()


def test_doses_of_one_call_stand_beside_each_other(site: ProjectorSite) -> None:
    """What somebody takes in the morning and in the evening is told at once, and neither ends the other."""
    words = "I take ramipril 5 in the morning and ramipril 10 in the evening."
    body = call(1, words)
    stated = [
        statement(
            "I like tea.", 1, attribute="medication", value=value, content=f"The caller takes {value}.", quote=words
        )
        for value in ("ramipril 5", "ramipril 10")
    ]
    site.append(body)
    site.append(extraction(body, *stated), source="extraction")
    site.catch_up()
    assert [is_current for *_, is_current in told(site)] == [True, True]
    assert site.dump() == site.replayed_dump()


def test_end_of_a_medicine_ends_no_other_of_its_day(site: ProjectorSite) -> None:
    """Who stops one thing on the day on which another began takes the other one still."""
    from_then = {"valid_from": "2025-11-12"}
    said(site, 1, "I take thyroxine now.", "medication", "thyroxine", "The caller takes thyroxine.", **from_then)
    words = "I no longer take warfarin."
    ended = from_then | {"status": "ended"}
    said(site, 2, words, "medication", "warfarin", "The caller no longer takes warfarin.", **ended)
    assert ("caller", "thyroxine", True) in told(site)
