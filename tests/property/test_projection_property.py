"""Memories are a function of the set of events, not of their order, their repetition, or the number of restarts."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.engines.open import Engines
from projector.engines.protocol import Hit
from projector.engines.settings import EMBEDDED, EngineSettings
from projector.read_model.open import open_live_reader
from projector.read_model.protocol import ReadModel
from tests.support.memories import KINDS, Kind, as_parameter
from tests.support.postgres import SHARED
from tests.support.samples import audio, failure, stand_in, transcription
from tests.support.sites import ProjectorSite

_CALLERS = ("+12025550143", "+12025550144", None)
_calls = st.fixed_dictionaries(
    {
        "conversation_id": st.sampled_from([f"conv_{number}" for number in range(5)]),
        "said": st.lists(st.sampled_from(["Hello.", "My son is 3.", "My son is 4.", "", None]), max_size=3),
        "caller": st.sampled_from(_CALLERS),
        "agent": st.sampled_from(["agent_a", "agent_b"]),
        "at_s": st.sampled_from([None, 0, 1_700_000_000, 1_700_000_100]),
        "event_timestamp": st.sampled_from([None, 1_700_000_050, 1_700_000_060]),
        "status": st.sampled_from(["done", "processing"]),
        "summary": st.sampled_from([None, "They spoke."]),
        "first_name": st.sampled_from([None, "Ana", "Anna"]),
        "son_age": st.sampled_from([None, 3, 4.5, True]),
    }
)


def _body(call: dict[str, Any]) -> bytes:
    call = dict(call)
    return transcription(call.pop("conversation_id"), *call.pop("said"), **call)


_events = st.one_of(
    _calls.map(_body),
    st.sampled_from(["conv_0", "conv_1"]).map(lambda id_: audio(id_, b"ID3")),
    st.just(failure("conv_failed")),
    st.just(b"unreadable"),
    st.sampled_from(["conv_0", "conv_1", "conv_2"]).map(stand_in),
    st.just(
        json.dumps({"type": "post_call_transcription", "data": {"conversation_id": "c", "transcript": 1}}).encode()
    ),
)


@pytest.fixture(scope="module", autouse=True)
def servers() -> Iterator[None]:
    """End the server that this file has started."""
    yield
    SHARED.close()


@pytest.mark.parametrize("kind", [as_parameter(kind) for kind in KINDS])
def test_same_events_end_in_the_same_dump(kind: Kind) -> None:
    """
    Any order, any repetition and any interleaving with restarts, live or replayed, give the same dump.

    So does what is found, with its scores, wherever memories are kept: what is expected is always what SQLite gives.
    """

    found = _found if kind.name != "sqlite" else lambda _: []  # else it would be compared with itself

    @settings(max_examples=15 if kind.makes_slowly else 200)
    @given(events=st.lists(_events, max_size=7, unique=True), data=st.data())
    def same(events: list[bytes], data: st.DataObject) -> None:
        again = data.draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
        arrivals = data.draw(st.permutations(events + again))
        stops = data.draw(st.lists(st.booleans(), min_size=len(arrivals), max_size=len(arrivals)))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            inside = ProjectorSite(folder / "in-order")
            inside.append(*events)
            expected = inside.replayed_dump()
            with inside.read_model() as read_model:
                hits = found(read_model)
            with kind.place(folder / "live") as location, closing(open_live_reader(location)) as reader:
                site = ProjectorSite(folder / "live", memories_at=location)
                for body, is_stop in zip(arrivals, stops, strict=True):
                    site.append(body)
                    if is_stop:
                        site.catch_up()
                        found(reader.open())  # what it holds from now on becomes old
                site.catch_up()

                assert (site.dump(), found(reader.open())) == (expected, hits)
                assert (site.replayed_dump(), found(reader.open())) == (expected, hits)

    same()


def _found(read_model: ReadModel) -> list[list[Hit]]:
    """Return what is found for some questions of each caller, with the scores."""
    engine = Engines(EngineSettings()).read(EMBEDDED, read_model.engine_tables)
    return [
        engine.search(view.caller, query, limit=5, agent_id=agent_id)
        for view in [*read_model.views()]
        for query in ("How old is my son?", "hello", "They spoke.")
        for agent_id in (None, "agent_a")
    ]
