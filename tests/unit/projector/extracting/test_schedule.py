"""When a call is asked about again."""

from hypothesis import given
from hypothesis import strategies as st

from projector.extracting.asking.schedule import TRIES, after_no_answer
from projector.read_model.asked import Unanswered

NOON_S = 1_762_948_800
FIRST_TRY = Unanswered("conv_1", "v", 1, attempts=0, next_try_at_s=0)


def waits(count: int, *, has_fallback: bool) -> list[tuple[int | None, bool]]:
    """Return, after each of some tries in vain, how long to wait, and whether the fallback is asked then."""
    now = FIRST_TRY
    found: list[tuple[int | None, bool]] = []
    for _ in range(count):
        now = after_no_answer(now, "busy", now_s=NOON_S, has_fallback=has_fallback)
        found.append((None if now.next_try_at_s is None else now.next_try_at_s - NOON_S, now.is_for_fallback))
    return found


def test_waits_a_minute_then_five_then_thirty_then_no_more() -> None:
    """After four tries nobody is asked."""
    assert waits(4, has_fallback=False) == [(60, False), (300, False), (1800, False), (None, False)]


def test_fallback_is_asked_at_once_and_as_often() -> None:
    """It has four tries, too."""
    first = [(60, False), (300, False), (1800, False)]
    assert waits(8, has_fallback=True) == [*first, (0, True), (60, True), (300, True), (1800, True), (None, True)]


@given(retry_after_s=st.floats(0, 1e9), attempts=st.integers(0, TRIES - 2))
def test_server_has_us_wait_longer_but_never_shorter(retry_after_s: float, attempts: int) -> None:
    """`Retry-After` counts where it is longer, up to a day: a header may be wrong."""
    before = Unanswered("conv_1", "v", 1, attempts=attempts, next_try_at_s=0)
    alone = after_no_answer(before, "busy", now_s=NOON_S).next_try_at_s
    asked = after_no_answer(before, "busy", now_s=NOON_S, retry_after_s=retry_after_s).next_try_at_s
    assert alone is not None
    assert asked == max(alone, NOON_S + int(min(retry_after_s, 24 * 60 * 60)))
