"""Why an object store did not take what was put there of late."""

import pytest

from events.postgres_log.bodies.owned import StoreAwayError
from events.postgres_log.bodies.refusals import Refusals

AWAY = StoreAwayError("it is full")


def refuse(refusals: Refusals, error: Exception = AWAY) -> None:
    with pytest.raises(type(error)), refusals.noted():
        raise error


def test_refusal_is_told_for_a_minute() -> None:
    """What was not taken counts for a minute; nobody need put anything for it to end."""
    now_s = 100.0
    refusals = Refusals(lambda: now_s)
    assert refusals.latest() is None
    refuse(refusals)
    now_s += 59
    assert refusals.latest() is AWAY
    now_s += 1
    assert refusals.latest() is None


def test_what_was_taken_ends_a_refusal() -> None:
    """A put that works says that the store takes bodies again; the next refusal counts again."""
    refusals = Refusals(lambda: 100.0)
    refuse(refusals)
    with refusals.noted():
        pass
    assert refusals.latest() is None
    refuse(refusals)
    assert refusals.latest() is AWAY


def test_draft_that_cannot_be_read_is_no_refusal() -> None:
    """An error of ours neither begins a refusal of the store nor ends one."""
    refusals = Refusals(lambda: 100.0)
    refuse(refusals, OSError("the draft"))
    assert refusals.latest() is None
    refuse(refusals)
    refuse(refusals, OSError("the draft"))
    assert refusals.latest() is AWAY
