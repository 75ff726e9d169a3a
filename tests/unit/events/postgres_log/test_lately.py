"""How long the slowest append of the last minute took."""

from events.postgres_log.lately import Lately


def test_slowest_of_a_minute_is_told_and_then_forgotten() -> None:
    """The longest counts for a minute after its end, also beside shorter ones; what is under way counts as well."""
    now_s = 100.0
    lately = Lately(lambda: now_s)
    assert lately.longest_s() == 0
    with lately.timed():
        now_s += 7
        assert lately.longest_s() == 7
    now_s += 30
    with lately.timed():
        now_s += 2
    assert lately.longest_s() == 7
    now_s += 29
    assert lately.longest_s() == 2
    now_s += 31
    assert lately.longest_s() == 0
