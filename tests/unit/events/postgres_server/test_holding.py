"""Work is held from when it came, is tried at least once, and its refusal says why it was held."""

import time

import psycopg
import pytest

from events.errors import LogClosedError
from events.postgres_server.bounded import SilentServerError
from events.postgres_server.holding import Hold, is_held_enough

LONG_S = 3600.0


def test_what_has_waited_for_long_enough_is_tried_once() -> None:
    """A body that waited for its turn all the while gets a try of some seconds, and no other one."""
    hold = Hold(time.monotonic() - LONG_S, wait_s=LONG_S)
    assert 0 < hold.try_until_s() - time.monotonic() <= 2
    assert not hold.goes_on(psycopg.OperationalError("the server is gone"))
    assert is_held_enough(time.monotonic())


def test_one_try_takes_a_part_of_the_wait_alone() -> None:
    """A server that fell silent may have a successor, which only another try finds."""
    hold = Hold(time.monotonic() + LONG_S, wait_s=LONG_S)
    assert hold.try_until_s() - time.monotonic() <= LONG_S / 2
    assert hold.goes_on(psycopg.OperationalError("the server is gone"))
    assert not is_held_enough(time.monotonic() + LONG_S)


def test_short_last_try_does_not_hide_why_it_was_held() -> None:
    """That the last try had no time for an answer is no news; why the others failed is."""
    hold = Hold(time.monotonic() + 1, wait_s=LONG_S)
    for error in (psycopg.OperationalError("no standby follows"), SilentServerError("no answer in time")):
        hold.try_until_s()
        hold.note(error)
    with pytest.raises(LogClosedError, match="no standby follows"):
        raise hold.refusal()


def test_silent_server_is_the_cause_where_it_had_time_to_answer() -> None:
    """A server that says nothing for a whole try is said, whatever was before."""
    hold = Hold(time.monotonic() + LONG_S, wait_s=LONG_S)
    for error in (psycopg.OperationalError("refused"), SilentServerError("no answer in time")):
        hold.try_until_s()
        hold.note(error)
    assert "no answer in time" in str(hold.refusal())
