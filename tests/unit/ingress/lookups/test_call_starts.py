"""Who was calling when a call began, for as long as the call may last."""

from ingress.lookups.call_starts import CallStarts
from tests.support.samples import MARTA

OTHER = "+12025550144"
HOUR_S = 60 * 60


def test_caller_is_known_by_each_id_of_the_call() -> None:
    """A call that began is known by every id that came with it, and an unknown or missing id is nobody's."""
    starts = CallStarts()
    starts.note(MARTA, "CA1", None, "", "conv_1")

    assert [starts.caller_of(id_) for id_ in ("CA1", "conv_1", "CA2", "", None)] == [MARTA, MARTA, None, None, None]
    assert starts.caller_of(None, "CA2", "CA1") == MARTA


def test_newest_start_counts() -> None:
    """Where an id is told twice, the later caller counts."""
    starts = CallStarts()
    starts.note(MARTA, "CA1")
    starts.note(OTHER, "CA1")

    assert starts.caller_of("CA1") == OTHER


def test_start_is_forgotten_after_hours() -> None:
    """A start is forgotten once no call can still be under way, also when no other call begins."""
    now_s = 0.0
    starts = CallStarts(lambda: now_s)
    starts.note(MARTA, "CA1")
    now_s = 3 * HOUR_S
    assert starts.caller_of("CA1") == MARTA
    now_s = 5 * HOUR_S
    assert starts.caller_of("CA1") is None


def test_starts_take_bounded_room() -> None:
    """However many calls begin, only the newest are remembered, and no id without end."""
    starts = CallStarts()
    starts.note(MARTA, "CA_first", "x" * 1000)
    for number in range(50_000):
        starts.note(OTHER, f"CA{number}")

    assert starts.caller_of("CA_first") is None
    assert starts.caller_of("x" * 1000) is None
    assert starts.caller_of("CA0") == starts.caller_of("CA49999") == OTHER
