"""A caller as a person would like to read about them before a call."""

from pathlib import Path
from typing import Any

import pytest

from events.log.ours.correction import Correction, append_correction
from projector.read_side.show import show_caller
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S, failure, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without an event."""
    return ProjectorSite(tmp_path)


def lines(site: ProjectorSite, caller: str = MARTA) -> list[str]:
    """Return the lines that are shown of a caller."""
    with site.read_model() as read_model:
        return list(show_caller(read_model, caller))


def test_shows_nothing_of_a_stranger(site: ProjectorSite) -> None:
    """For an unknown caller not one line is shown, even while others are known."""
    site.hold(transcription("conv_1", "Hello."))

    assert lines(site, "+12025550144") == []


def test_shows_a_caller_to_a_person(site: ProjectorSite) -> None:
    """A caller is shown with name, calls, facts with their sources, superseded values, and missed calls."""
    site.hold(
        transcription(
            "conv_1", "Hello.", "My son is 3.", at_s=NOON_S, summary="They spoke.", user_name="Marta", son_age=3
        ),
        transcription("conv_2", "My son is 4.", at_s=NOON_S + DAY_S, summary="He is 4.", language="de", son_age=4),
    )
    site.hold(failure("conv_3", reason="no-answer", event_timestamp=NOON_S + 2 * DAY_S))

    assert lines(site) == [
        "Marta (+12025550143)",
        "2 calls, since 12 November 2025, last in de",
        "",
        "Facts",
        "  Son age, said on 13 November 2025: 4  [conv_2]",
        "  User name, said on 12 November 2025: Marta  [conv_1]",
        "",
        "Superseded",
        "  Son age, said on 12 November 2025, until 13 November 2025: 3  [conv_1]",
        "",
        "Timeline",
        "  12 November 2025, 12:00 (UTC)  conv_1",
        "    They spoke.  (2 things said)",
        "    Learned Son age: 3; User name: Marta",
        "  13 November 2025, 12:00 (UTC)  conv_2",
        "    He is 4.  (1 thing said)",
        "    Changed Son age: 4, before 3",
        "  14 November 2025, 12:00 (UTC)  conv_3  Not reached: no-answer",
    ]


def test_shows_what_was_told_again_once(site: ProjectorSite) -> None:
    """A fact with the same value again is not shown as superseded."""
    site.hold(*[transcription(f"conv_{number}", at_s=NOON_S + number, user_name="Marta") for number in range(3)])

    assert "  User name, said on 12 November 2025: Marta  [conv_2]" in lines(site)
    assert "Superseded" not in lines(site)


def test_shows_whose_everything_is(site: ProjectorSite) -> None:
    """Where several people call from one number, what another one told is shown apart, with that name."""
    site.hold(
        transcription("conv_1", "Hello.", first_name="Marta", last_name="Lindqvist", allergy="nuts"),
        transcription("conv_2", "Hello.", at_s=NOON_S + DAY_S, first_name="Jonas"),
    )

    assert lines(site) == [
        "Jonas (+12025550143)",
        "Several people call: Marta Lindqvist, Jonas (taken for Jonas)",
        "2 calls, since 12 November 2025, last in en",
        "",
        "Facts",
        "  First name, said on 13 November 2025: Jonas  [conv_2]",
        "",
        "Of others who call from this number",
        "  Marta Lindqvist: Allergy, said on 12 November 2025: nuts  [conv_1]",
        "  Marta Lindqvist: First name, said on 12 November 2025: Marta  [conv_1]",
        "  Marta Lindqvist: Last name, said on 12 November 2025: Lindqvist  [conv_1]",
        "",
        "Timeline",
        "  12 November 2025, 12:00 (UTC)  conv_1  Marta Lindqvist",
        "    no summary  (1 thing said)",
        "    Learned Allergy: nuts; First name: Marta; Last name: Lindqvist",
        "  13 November 2025, 12:00 (UTC)  conv_2  Jonas",
        "    no summary  (1 thing said)",
        "    Learned First name: Jonas",
    ]


def test_shows_that_names_alternate(site: ProjectorSite) -> None:
    """While names alternate it is said that nobody is greeted by name, and all facts are shown with whose they are."""
    site.hold(
        *[
            transcription(f"conv_{number}", "Hello.", at_s=NOON_S + number, first_name=name)
            for number, name in enumerate(("Ida", "Olof", "Ida"))
        ]
    )

    assert lines(site)[:2] == [
        "Name not known (+12025550143)",
        "Several people call: Olof, Ida (names alternate, so nobody is greeted by name)",
    ]
    assert "  Olof: First name, said on 12 November 2025: Olof  [conv_1]" in lines(site)


def test_shows_what_was_removed(site: ProjectorSite) -> None:
    """If numbers were removed, a person reads their kinds, and not the numbers."""
    site.hold(
        transcription("conv_1", "4111 1111 1111 1111, 123", "536-90-4399", summary="They paid.", card=4111111111111111)
    )

    assert "    They paid.  (2 things said, without: card, security code, ssn)" in lines(site)
    assert "  Card, said on 12 November 2025: [card number removed]  [conv_1]" in lines(site)


def test_shows_one_call_as_one(site: ProjectorSite) -> None:
    """One call and one turn are in the singular, none at all in the plural."""
    site.hold(transcription("conv_1", "Hello.", summary="They spoke."), transcription("conv_2", summary="Silence."))

    assert lines(site)[1] == "1 call, since 12 November 2025, last in en"
    assert "    They spoke.  (1 thing said)" in lines(site)
    assert "    Silence.  (0 things said)" in lines(site)


def test_shows_only_what_is_known(site: ProjectorSite) -> None:
    """If neither name nor time nor language is known, no value is made up, and no heading stands alone."""
    site.hold(transcription("conv_1", "Hello.", at_s=None, language=None))

    assert lines(site) == [
        "Name not known (+12025550143)",
        "1 call",
        "",
        "Timeline",
        "  time not known  conv_1",
        "    no summary  (1 thing said)",
    ]


def test_shows_who_never_spoke(site: ProjectorSite) -> None:
    """A caller who never said a word is shown as such, with their collected values."""
    site.hold(transcription("conv_1", None, at_s=None, city="Lund"))

    assert lines(site) == [
        "Name not known (+12025550143)",
        "Has not spoken with us yet",
        "",
        "Facts",
        "  City: Lund  [conv_1]",
    ]


def test_shows_who_was_never_reached(site: ProjectorSite) -> None:
    """For a caller whom we only tried to reach, the attempts are shown, oldest first."""
    site.hold(failure("conv_2", reason="busy", event_timestamp=NOON_S + DAY_S))
    site.hold(failure("conv_1", reason="no-answer", event_timestamp=0))

    assert lines(site) == [
        "Name not known (+12025550143)",
        "Has not spoken with us yet",
        "",
        "Timeline",
        "  time not known  conv_1  Not reached: no-answer",
        "  13 November 2025, 12:00 (UTC)  conv_2  Not reached: busy",
    ]


def test_shows_calls_in_their_order(site: ProjectorSite) -> None:
    """Calls are shown oldest first, each once, even if they overlapped."""
    site.hold(
        transcription("conv_b", "Hello.", "Hello.", at_s=NOON_S),
        transcription("conv_a", "Hello.", "Hello.", at_s=NOON_S + 7),
    )

    assert [line.split("  ")[-1] for line in lines(site) if "(UTC)  conv" in line] == ["conv_b", "conv_a"]


def test_shows_no_date_that_cannot_be_told(site: ProjectorSite) -> None:
    """A call with a start beyond all calendars, for instance in milliseconds, leaves no line with a gap."""
    site.hold(transcription("conv_1", "Hello.", at_s=NOON_S * 1000, language=None))

    assert lines(site)[1] == "1 call"


def test_shows_nothing_that_a_terminal_obeys(site: ProjectorSite) -> None:
    """Whatever a caller said, each line is one line of printable characters."""
    hostile = "Marta\x1b[2J\r\n\u202e\x00\x9b31m"
    site.hold(transcription("conv_1", hostile, summary=hostile, user_name=hostile, language=hostile))
    site.hold(failure("conv_2", reason=hostile))

    assert all(line.isprintable() for line in lines(site))
    assert "  User name, said on 12 November 2025: Marta?[2J?????31m  [conv_1]" in lines(site)


def test_shows_until_when_a_value_was_so(site: ProjectorSite) -> None:
    """A former value that was told twice was so until the first other one; of two agents each has its own value."""
    told = [("Lund", "agent_a"), ("Oslo", "agent_b"), ("Lund", "agent_a"), ("Rome", "agent_a")]
    site.hold(
        *[
            transcription(f"conv_{n}", at_s=NOON_S + n * DAY_S, agent=agent, branch=value)
            for n, (value, agent) in enumerate(told)
        ]
    )

    assert lines(site)[3:10] == [
        "Facts",
        "  Branch, said on 15 November 2025: Rome  [conv_3, agent_a]",
        "  Branch, said on 13 November 2025: Oslo  [conv_1, agent_b]",
        "",
        "Superseded",
        "  Branch, said on 12 November 2025, until 15 November 2025: Lund  [conv_0]",
        "  Branch, said on 14 November 2025, until 15 November 2025: Lund  [conv_2]",
    ]


def test_shows_what_nobody_in_particular_told(site: ProjectorSite) -> None:
    """While names alternate, a value of somebody without a name is shown, and superseded ones with whose they were."""
    told: list[dict[str, Any]] = [
        {"first_name": "Ida", "city": "Lund"},
        {"first_name": "Olof"},
        {"first_name": "Ida", "city": "Oslo"},
    ]
    site.hold(
        *[
            transcription(f"conv_{n}", "Hello.", at_s=NOON_S + n * DAY_S, **each)
            for n, each in enumerate([*told, {"branch": "Rome"}])
        ]
    )

    shown = lines(site)
    assert "  Somebody: Branch, said on 15 November 2025: Rome  [conv_3]" in shown
    assert "  Ida: City, said on 12 November 2025, until 14 November 2025: Lund  [conv_0]" in shown


def test_shows_open_issues_and_preferences_apart(site: ProjectorSite) -> None:
    """What is still to be done comes first, then facts, then how the caller likes it; each value stands once."""
    site.hold(transcription("conv_1", "Hello.", city="Lund", open_issue="Refund.", preferred_contact="text"))

    assert lines(site)[3:12] == [
        "Open issues",
        "  Open issue, said on 12 November 2025: Refund.  [conv_1]",
        "",
        "Facts",
        "  City, said on 12 November 2025: Lund  [conv_1]",
        "",
        "Preferences",
        "  Preferred contact, said on 12 November 2025: text  [conv_1]",
        "",
    ]


def test_timeline_says_what_changed_and_not_what_was_said_again(site: ProjectorSite) -> None:
    """A value that is said again is neither learned nor changed; one that comes back after another is changed."""
    for number, city in enumerate(["Lund", "lund.", "Oslo", "Lund"]):
        site.hold(transcription(f"conv_{number}", at_s=NOON_S + number * DAY_S, summary="They spoke.", city=city))

    assert [line.strip() for line in lines(site) if "City" in line and line.startswith("    ")] == [
        "Learned City: Lund",
        "Changed City: Oslo, before lund.",
        "Changed City: Lund, before Oslo",
    ]


def test_missed_call_stands_where_it_belongs(site: ProjectorSite) -> None:
    """A call that did not come about stands between the calls before and after it."""
    site.hold(*[transcription(f"conv_{day}", "Hello.", at_s=NOON_S + day * DAY_S) for day in (0, 2)])
    site.hold(failure("conv_1", reason="busy", event_timestamp=NOON_S + DAY_S))

    assert [line.split("  ")[2] for line in lines(site) if "(UTC)  conv" in line] == ["conv_0", "conv_1", "conv_2"]


def test_shows_what_was_rejected(site: ProjectorSite) -> None:
    """What a model said of a call without proof is listed with the reason, and only for the caller of that call."""
    body = transcription("conv_1", "I like tea.", at_s=NOON_S)
    site.append(body, transcription("conv_2", "Hello.", caller="+12025550144"))
    site.append(extraction(body, statement("I like tea.", 1, value="gin"), "no statement"), source="extraction")
    site.catch_up()
    assert lines(site)[-3:] == [
        "Rejected",
        "  interest = gin  unsupported  [conv_1]",
        "  - = -  undecodable  [conv_1]",
    ]
    assert "Rejected" not in lines(site, "+12025550144")


def test_shows_facts_with_what_they_superseded_and_what_was_corrected(site: ProjectorSite) -> None:
    """Facts stand before the timeline, with what they superseded; what a person corrected stands behind it."""
    for number, said in enumerate(("I'm with Delta.", "I'm with Cigna now.")):
        body = transcription(f"conv_{number}", said, at_s=NOON_S + number * DAY_S)
        site.append(body)
        site.append(extraction(body), source="extraction")
    correction = Correction(caller=MARTA, action="correct", attribute="name", value="Marta Lindqvist", by="Ada")
    position = append_correction(site.log, correction, clock_s=lambda: NOON_S + 2 * DAY_S).position
    site.catch_up()
    shown = lines(site)

    known = shown[shown.index("Known from calls") + 1 : shown.index("Timeline")]
    assert any("insurance: Delta  (said on 12 November 2025, until 13 November 2025)" in line for line in known)
    assert any("insurance: Cigna  (said on 13 November 2025)" in line for line in known)
    words = f"  {position}  correct name = Marta Lindqvist  (on 14 November 2025, by Ada)"
    assert shown[shown.index("Corrected") + 1 :] == [words]
    assert shown.index("Timeline") < shown.index("Corrected")


def test_collected_issue_and_stated_one_stand_together(site: ProjectorSite) -> None:
    """Whether an agent collected it or a model stated it, what is open stands under one heading, first of all."""
    body = transcription("conv_1", "I like tea.", open_issue="Refund.")
    stated = statement("I like tea.", 1, attribute="issue", category="issue")
    site.append(body)
    site.append(extraction(body, stated), source="extraction")
    site.catch_up()
    shown = lines(site)

    assert shown.count("Open issues") == 1
    issues = shown[shown.index("Open issues") + 1 : shown.index("", shown.index("Open issues"))]
    assert "Refund." in issues[0]
    assert any("tea" in line for line in issues[1:])


def test_sensitive_fact_is_marked(site: ProjectorSite) -> None:
    """A person sees which facts an agent is told only when it asks."""
    body = transcription("conv_1", "I can't have nuts.")
    site.append(body)
    site.append(extraction(body), source="extraction")
    site.catch_up()

    assert [line for line in lines(site) if "sensitive: health" in line and "nuts" in line]


def test_planned_fact_has_its_day_as_a_person_reads_it(site: ProjectorSite) -> None:
    """The day from which something will be so is told as all other days are."""
    body = transcription("conv_1", "I'm with Cigna now.")
    site.append(body)
    planned = statement("I'm with Cigna now.", 1, status="planned", valid_from="2099-02-03")
    site.append(extraction(body, planned), source="extraction")
    site.catch_up()

    assert [line for line in lines(site) if "planned, from 3 February 2099" in line]
    assert not [line for line in lines(site) if "2099-02-03" in line]
