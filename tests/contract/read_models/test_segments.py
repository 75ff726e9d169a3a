"""What a writer is told of how many segments there are, while it writes and removes some."""

from collections.abc import Sequence
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.engine_tables import SegmentTable

_PLACE_MAX = 12
_changes = st.tuples(
    st.sampled_from(["put", "put", "put", "remove", "remove_some", "remove_caller"]), st.integers(0, _PLACE_MAX)
)


class _Kept:
    """The segments of one caller, and which there must be."""

    def __init__(self, segments: SegmentTable, caller: str) -> None:
        self._segments = segments
        self._caller = caller
        self._places: dict[str, int] = {}

    def change(self, how: str, place: int) -> None:
        """Write or remove segments."""
        conversation = f"conv_{place % 7}"
        if how == "put":
            self._segments.put(self._caller, [(conversation, place, b"{}")])
            self._places[conversation] = place
        elif how == "remove":
            self._segments.remove(self._caller, conversation)
            self._places.pop(conversation, None)
        elif how == "remove_caller":
            self._segments.remove_caller(self._caller)
            self._places.clear()
        else:
            while self._segments.remove_some(self._caller):
                pass
            self._places.clear()

    def check(self, low: int, than: int) -> None:
        """Compare what the table says with what there must be."""
        number = sum(low <= place for place in self._places.values())
        assert self._segments.has_more(self._caller, low, _PLACE_MAX, than) == (number > than)


def test_number_of_segments_is_that_of_the_moment(writer: ReadModelWriter) -> None:
    """Between any two places there are as many as were written and not removed, at each moment of a transaction."""
    names = count()
    segments = writer.read_model.engine_tables.segments

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        batches=st.lists(st.lists(_changes, max_size=6), max_size=3),
        low=st.integers(0, _PLACE_MAX),
        than=st.integers(0, 5),
    )
    def same(batches: Sequence[Sequence[tuple[str, int]]], low: int, than: int) -> None:
        # The table is one for all examples; callers are not.
        one, other = (_Kept(segments, f"user:{next(names)}") for _ in range(2))
        for batch in batches:
            with writer.transaction():
                one.check(low, than)
                for change in batch:
                    one.change(*change)
                    one.check(low, than)
                    other.check(0, 0)
            one.check(low, than)

    same()
