"""Which calls a request to forget a caller covers, by the order in the log and by two clocks."""

import itertools

import msgspec
import pytest

from events.log.receipt import Place
from projector.projection.erasing.coverage import CallTimes, covers, skew_near
from projector.read_model.records import Arrival, KeptRequest

NOW_S = 1_800_000_000
POSITION = 100
AHEAD_S, BEHIND_S = 600, -240


def asked(
    *, ahead_s: int = 0, latest_s: int | None = None, skew_s: int | None = None, by_position: bool = True
) -> KeptRequest:
    """Return a request that was made at `NOW_S`, by a clock that was ahead."""
    place = Place(POSITION, 0, "a" * 64)
    return KeptRequest(place, "hash", NOW_S + ahead_s, by_position, NOW_S + ahead_s, latest_s, skew_s)


def call(
    started_s: int | None,
    *,
    received_s: int,
    ahead_s: int = 0,
    position: int = POSITION + 1,
    is_signed: bool = True,
    others: tuple[Arrival, ...] = (),
) -> CallTimes:
    """Return a call that started at one second after `NOW_S` and came in at another, by a clock that was ahead."""
    received_at_s, signed_at_s = NOW_S + received_s + ahead_s, NOW_S + received_s
    own = (Arrival(position, received_at_s, signed_at_s),) if is_signed else ()
    said_s = 0 if started_s is None else NOW_S + started_s
    return CallTimes(position, said_s, received_at_s, signed_at_s if is_signed else None, (*others, *own))


@pytest.mark.parametrize("started_s", [-5000, -1, 0, 1, 300, 10**9, None])
@pytest.mark.parametrize("ahead_s", [BEHIND_S, 0, AHEAD_S])
def test_what_came_in_before_is_covered_whatever_its_time(started_s: int | None, ahead_s: int) -> None:
    """A call whose event stands before the request in the log is covered, however wrong a clock was."""
    for request_ahead_s in (BEHIND_S, 0, AHEAD_S):
        earlier = call(started_s, received_s=-5, ahead_s=ahead_s, position=POSITION - 1)
        assert covers(asked(ahead_s=request_ahead_s), earlier)


@pytest.mark.parametrize(("started_s", "is_covered"), [(-300, True), (-1, True), (0, True), (1, False), (300, False)])
@pytest.mark.parametrize("is_signed", [True, False])
def test_what_comes_later_is_covered_if_it_started_before(started_s: int, *, is_covered: bool, is_signed: bool) -> None:
    """With right clocks, a call that was under way at the request is covered, and one that starts later is not."""
    for received_s in (310, 3600, 86_400 * 365):
        assert covers(asked(), call(started_s, received_s=received_s, is_signed=is_signed)) is is_covered


@pytest.mark.parametrize("ahead_s", [60, AHEAD_S, 29 * 60])
@pytest.mark.parametrize("was_known", [True, False])
def test_later_call_is_kept_though_our_clock_was_ahead(ahead_s: int, *, was_known: bool) -> None:
    """
    Where webhooks show that our clock is ahead, a call that starts after the request stays, and one before it goes.

    It shows by the webhooks of the hour before, or by the call's own.
    """
    request = asked(ahead_s=ahead_s, skew_s=ahead_s if was_known else None)
    assert not covers(request, call(5, received_s=15, ahead_s=ahead_s))
    assert covers(request, call(-5, received_s=15, ahead_s=ahead_s))
    if was_known:
        assert not covers(request, call(5, received_s=86_400, ahead_s=ahead_s))
        assert not covers(request, call(5, received_s=86_400, is_signed=False))


@pytest.mark.parametrize("before_s", [0, AHEAD_S, None])
@pytest.mark.parametrize("after_s", [0, AHEAD_S])
def test_clock_that_was_set_around_the_request_is_seen(before_s: int | None, after_s: int) -> None:
    """If our clock was set wrong just before a request, or right just after it, a later call stays all the same."""
    if not before_s and not after_s:
        return
    request = asked(ahead_s=AHEAD_S, skew_s=before_s)
    assert not covers(request, call(5, received_s=15, ahead_s=after_s))


def test_clock_of_the_process_that_asked_was_ahead() -> None:
    """
    An event that came in after the request, and yet well before it by our clock, shows that one of both was wrong.

    Then only what ElevenLabs had signed by then is certain: a call that started before that goes, a later one stays.
    """
    request = asked(ahead_s=AHEAD_S, latest_s=NOW_S - 100, skew_s=0)
    for is_signed in (True, False):
        assert not covers(request, call(5, received_s=15, is_signed=is_signed))
        assert covers(request, call(-100, received_s=15, is_signed=is_signed))
        assert not covers(request, call(None, received_s=15, is_signed=is_signed))


@pytest.mark.parametrize("started_s", [-BEHIND_S - 200, 0, -1])
def test_call_under_way_goes_though_our_clock_was_behind(started_s: int) -> None:
    """Nothing comes in before it is sent: by that, a request that our clock dated too early is put right."""
    request = asked(ahead_s=BEHIND_S, skew_s=BEHIND_S)
    late = call(started_s, received_s=300, ahead_s=BEHIND_S)
    assert covers(request, late) is (started_s <= 0)
    assert covers(asked(ahead_s=BEHIND_S), late) is (started_s <= 0)


def test_what_was_signed_before_the_request_started_before_it() -> None:
    """A request is never taken to be earlier than a signature that stands before it in the log."""
    for ahead_s, skew_s in itertools.product((BEHIND_S, -3600, 0), (None, AHEAD_S)):
        request = asked(ahead_s=ahead_s, latest_s=NOW_S - 2, skew_s=skew_s)
        assert covers(request, call(-2, received_s=9))
        assert covers(request, call(-60, received_s=86_400, is_signed=False))


def test_delayed_webhook_does_not_make_our_clock_wrong() -> None:
    """Another webhook that came in at once shows that our clock was right: a delayed one was on its way for long."""
    prompt = Arrival(POSITION + 1, NOW_S + 30, NOW_S + 30)
    delayed = CallTimes(
        POSITION + 2, NOW_S - 60, NOW_S + 600, NOW_S - 10, (prompt, Arrival(POSITION + 2, NOW_S + 600, NOW_S - 10))
    )
    assert covers(asked(skew_s=1), delayed)
    assert covers(asked(), delayed)


@pytest.mark.parametrize(
    ("at_s", "received_s", "is_covered"),
    [(NOW_S, 0, True), (NOW_S + 1, 1, False), (0, -10, True), (0, 0, True), (0, 1, False), (NOW_S + 99, -1, True)],
)
def test_request_of_an_earlier_release_keeps_its_meaning(at_s: int, received_s: int, *, is_covered: bool) -> None:
    """A request without the rule covers by time alone, whatever stands before it: old logs replay as they did."""
    for position, skew_s in itertools.product((POSITION - 1, POSITION + 1), (None, AHEAD_S, BEHIND_S)):
        old = asked(by_position=False, skew_s=skew_s, latest_s=NOW_S + 10**6)
        times = CallTimes(position, at_s, NOW_S + received_s, NOW_S, ())
        assert covers(old, times) is is_covered


def test_skew_is_that_of_the_quickest_webhook_of_an_hour() -> None:
    """Webhooks long before or after a second say nothing of the clock at that second."""
    arrivals = [
        Arrival(1, NOW_S - 3601, NOW_S - 3601),
        Arrival(2, NOW_S - 3600, NOW_S - 3700),
        Arrival(3, NOW_S + 9, NOW_S - 81),
    ]
    assert skew_near(arrivals, NOW_S) == 90
    assert skew_near(arrivals[:1], NOW_S) is None
    assert skew_near([], NOW_S) is None


@pytest.mark.parametrize("started_s", [-5, 5, None])
def test_request_that_is_dated_after_it_was_received_counts_from_its_receipt(started_s: int | None) -> None:
    """A request may name any second; the log knows when it came in."""
    dated = msgspec.structs.replace(asked(), requested_at_s=NOW_S * 2)
    assert covers(dated, call(started_s, received_s=30)) is (started_s == -5)
