"""On which day something was: where the caller is, not where we are."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.wire.timezone import zone_of
from ingress.wording.found import found_summary
from ingress.wording.phrases import caller_history, last_call_summary, profile_summary
from ingress.wording.told_facts import fact_words, former_words
from projector.domain.calls import Call
from projector.domain.days import day_of, first_second, first_second_of, last_second, moment, spoken_date, spoken_moment
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import CallerView, Memory
from projector.engines.lexical.segment import build_segment, read_segment
from tests.support.calls import call_in, in_zone
from tests.support.samples import AGENT, transcription

# 23:30 in New York on the 9th, and already the 10th in London, Berlin and Tokyo.
LATE_S = int(datetime(2025, 11, 10, 4, 30, tzinfo=UTC).timestamp())
DAY_S = 24 * 60 * 60
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


def late_call(
    conversation_id: str = "conv_1",
    metadata: Any = None,
    *,
    variable: Any = None,
    default: str = "UTC",
    at_s: int = LATE_S,
) -> Call:
    """Return a call late in the evening in New York."""
    body = transcription(
        conversation_id, "It hurts in the evening.", at_s=at_s, summary="A pain.", title="Pain", user_name="Marta"
    )
    return call_in(in_zone(body, metadata, variable=variable), timezone=default)


def folded(*calls: Call) -> tuple[CallerView, dict[str, Memory]]:
    """Return the view of a caller, and one memory of each kind."""
    result = fold(calls, FoldSettings())
    return result.view, {memory.kind: memory for memory in result.memories}


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("UTC", date(2025, 11, 10)),
        ("America/New_York", date(2025, 11, 9)),
        ("America/Los_Angeles", date(2025, 11, 9)),
        ("Asia/Kathmandu", date(2025, 11, 10)),
        ("Pacific/Kiritimati", date(2025, 11, 10)),
        ("Pacific/Pago_Pago", date(2025, 11, 9)),
    ],
)
def test_moment_is_on_the_day_of_its_zone(timezone: str, day: date) -> None:
    """One moment is on two days, and each zone tells its own."""
    assert day_of(LATE_S, timezone) == day
    assert spoken_date(LATE_S, timezone) == f"{day.day} November 2025"


def test_summer_time_moves_midnight() -> None:
    """The same hour of UTC is before midnight in winter, and after it in summer."""
    winter, summer = (int(datetime(2025, month, 15, 22, 30, tzinfo=UTC).timestamp()) for month in (1, 7))

    assert (day_of(winter, "Europe/Berlin"), day_of(summer, "Europe/Berlin")) == (date(2025, 1, 15), date(2025, 7, 16))


@given(unix_s=st.integers(-1, 253_402_300_799 + 10), timezone=st.sampled_from(ZONES))
def test_every_known_moment_has_a_day(unix_s: int, timezone: str) -> None:
    """Each moment that a call can say has a day in every zone, and no unknown one has."""
    day = day_of(unix_s, timezone)

    assert (day is None) is (moment(unix_s) is None)
    assert bool(spoken_date(unix_s, timezone)) is (day is not None)


@given(unix_s=st.integers(DAY_S, 4_102_444_800), timezone=st.sampled_from(ZONES))
def test_day_begins_with_its_first_second(unix_s: int, timezone: str) -> None:
    """A day begins in the second that `first_second_of` names: the second before it is on the day before."""
    day = day_of(unix_s, timezone)
    assert day is not None
    first_s = first_second_of(day, timezone)

    assert first_s <= unix_s
    assert day_of(first_s, timezone) == day
    before = day_of(first_s - 1, timezone)
    assert before is not None
    assert before < day


@pytest.mark.parametrize(
    ("metadata", "variable", "default", "timezone"),
    [
        ("America/New_York", "Asia/Tokyo", "Europe/Berlin", "America/New_York"),
        (None, "Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", " asia/tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("Nowhere/At_All", "Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        (5, ["Asia/Tokyo"], "Europe/Berlin", "Europe/Berlin"),
        ("+02:00", "{{system__timezone}}", "Europe/Berlin", "Europe/Berlin"),
        (None, None, "Europe/Berlin", "Europe/Berlin"),
        (None, None, "UTC", "UTC"),
    ],
)
def test_call_is_told_in_the_zone_that_it_names(metadata: Any, variable: Any, default: str, timezone: str) -> None:
    """What ElevenLabs found counts first, then what the agent was given, then the operator's, and UTC at last."""
    call = late_call(metadata=metadata, variable=variable, default=default)

    assert call.timezone == timezone
    assert call.is_timezone_said is (timezone != default)
    assert zone_of(call.timezone).key == timezone


def test_everything_said_of_a_call_is_of_its_day() -> None:
    """The profile, the last call, the history, a found memory and the summary tell the caller's day, not UTC's."""
    view, memories = folded(late_call(metadata="America/New_York"))

    assert profile_summary(view, AGENT) == "Marta has spoken with us once, last on 9 November 2025."
    assert last_call_summary(view, AGENT) == "On 9 November 2025: A pain."
    assert caller_history(view, AGENT) == "Previous calls: Pain (9 November 2025)."
    assert memories["summary"].text == "2025-11-09: A pain."
    assert found_summary([memories["turn"]]) == 'On 9 November 2025 the caller said: "It hurts in the evening".'
    assert found_summary([memories["summary"]]) == "From the call on 9 November 2025: A pain."


def test_frequency_is_told_in_the_callers_days() -> None:
    """What many calls show names the days of the first and the last call where the caller is."""
    calls = [late_call(f"conv_{n}", "America/New_York", at_s=LATE_S + n * DAY_S) for n in range(3)]
    _, memories = folded(*calls)

    assert memories["pattern"].text == (
        "The caller has spoken with us 3 times, first on 9 November 2025, last on 11 November 2025."
    )


def test_each_call_keeps_the_zone_it_was_in() -> None:
    """A caller who travels: each call is told in its own zone, and the caller is at home in the newest one named."""
    calls = [
        late_call("conv_1", "America/New_York"),
        late_call("conv_2", "Asia/Tokyo", at_s=LATE_S + DAY_S),
        late_call("conv_3", default="Europe/Berlin", at_s=LATE_S + 2 * DAY_S),
    ]
    view, _ = folded(*calls)

    assert [past.timezone for past in view.past_calls] == ["America/New_York", "Asia/Tokyo", "Europe/Berlin"]
    assert [fact.timezone for fact in view.facts] == ["Europe/Berlin"]
    assert view.timezone == "Asia/Tokyo"
    assert profile_summary(view, AGENT).startswith("Marta has spoken with us 3 times, last on 12 November 2025.")
    assert folded(*reversed(calls))[0] == view


def test_former_value_is_told_in_the_days_of_both_calls() -> None:
    """What was before is told with the day of its own call, and until the day of the one that told another value."""
    before, now = (
        in_zone(transcription(conversation_id, "Hello.", at_s=at_s, address=address), zone)
        for conversation_id, zone, at_s, address in (
            ("conv_1", "America/New_York", LATE_S, "12 Oak Street"),
            ("conv_2", "Asia/Tokyo", LATE_S + 2 * DAY_S, "99 Elm Street"),
        )
    )
    view = fold([call_in(before), call_in(now)], FoldSettings()).view
    (fact,) = view.facts

    assert fact_words(fact) == "Address, said on 12 November 2025: 99 Elm Street"
    assert former_words(fact, fact.before[0]) == (
        "Address, said on 9 November 2025, until 12 November 2025: 12 Oak Street"
    )


def test_caller_is_at_home_in_the_operators_zone_where_no_call_names_one() -> None:
    """Where no call names a zone, the operator's is the caller's."""
    assert folded(late_call(default="Europe/Berlin"))[0].timezone == "Europe/Berlin"


def test_index_has_the_callers_day() -> None:
    """A question that names a day or a weekday finds the call by the day on which it was for the caller."""
    _, memories = folded(late_call(metadata="America/New_York"))
    indexed = {zone: set(read_segment(build_segment([_moved(memories["turn"], zone)])).date) for zone in ZONES}

    assert {"9", "sunday"} <= indexed["America/New_York"]
    assert {"10", "monday"} <= indexed["Europe/Berlin"]
    assert not indexed["America/New_York"] & {"10", "monday"}


def _moved(memory: Memory, timezone: str) -> Memory:
    return msgspec.structs.replace(memory, timezone=timezone)


def test_moment_is_told_in_its_zone() -> None:
    """A moment has the day and the hour of the zone in which it was, and names the zone; 0 is not known."""
    assert spoken_moment(1_762_905_600, "UTC") == "12 November 2025, 00:00 (UTC)"
    assert spoken_moment(1_762_905_600, "America/New_York") == "11 November 2025, 19:00 (America/New_York)"
    assert spoken_moment(0, "UTC") == ""


def test_day_ends_where_the_next_one_begins() -> None:
    """Also one of 23 or 25 hours, on which clocks change, and the last of all; old times have no seconds."""
    for day, after in (("2025-10-26", "2025-10-27"), ("2025-03-30", "2025-03-31"), ("2025-12-31", "2026-01-01")):
        assert last_second(day, "Europe/Berlin") == first_second(after, "Europe/Berlin") - 1
    assert last_second("9999-12-31", "UTC") == 253_402_300_799
    assert last_second("1969-12-31", "UTC") == last_second(None, "UTC") == 0
