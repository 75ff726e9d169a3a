"""
Whatever order calls and what models say of them come in, live or replayed, every table ends the same.

Also where a model says who speaks in a call, and a newer answer says otherwise: then the call is somebody else's.
"""

import json
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.domain.facts.said import Group
from projector.domain.facts.told_facts import fact_id
from tests.support.extractions import SAYINGS, extraction, statement
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

BEN = "+12025550144"
# Three calls a day: what is planned for a day may come before it, and after it.
_STEP_S = 8 * 3600
_contents = st.fixed_dictionaries(
    {
        "said": st.lists(st.sampled_from([*SAYINGS]), max_size=3),
        "caller": st.sampled_from([MARTA, MARTA, MARTA, BEN]),
        "agent": st.sampled_from(["agent_a", "agent_b"]),
        "event_timestamp": st.sampled_from([None, NOON_S]),
        "insurance_provider": st.sampled_from([None, None, "Delta", "Cigna"]),
        "insurance": st.sampled_from([None, None, "Aetna"]),
        "first_name": st.sampled_from([None, None, "Ana", "Jonas"]),
    }
)
_calls = st.builds(
    lambda number, data: transcription(
        f"conv_{number}",
        *data["said"],
        at_s=NOON_S + number * _STEP_S,
        **{k: v for k, v in data.items() if k != "said"},
    ),
    st.integers(0, 4),
    _contents,
)


def _correction(number: int, action: str, **of: object) -> bytes:
    made = {"id": f"{number} {action} {of}", "at_s": NOON_S + number * _STEP_S, "action": action, "caller": MARTA}
    return msgspec.json.encode({"type": "elaoms_correction"} | made | of)


_DELTA = fact_id(MARTA, Group(1, "caller", "insurance", "agent_a"), "delta", 1)
_corrections = st.one_of(
    st.builds(
        lambda number, value: _correction(number, "correct", attribute="insurance", value=value),
        st.integers(0, 4),
        st.sampled_from(["Oscar", "Delta"]),
    ),
    st.builds(
        lambda number, caller, person: _correction(
            number, "correct", caller=caller, attribute="name", value="Eva Berg", person=person
        ),
        st.integers(0, 4),
        st.sampled_from([MARTA, BEN]),
        st.integers(1, 2),
    ),
    st.builds(
        lambda number, other: _correction(number, "drop", memory_id=_DELTA, other=other),
        st.integers(0, 4),
        st.sampled_from(["", BEN]),
    ),
    st.builds(lambda number: _correction(number, "resolve", memory_id=_DELTA), st.integers(0, 4)),
    st.builds(lambda number: _correction(number, "undo", undoes=number), st.integers(1, 9)),
    st.builds(
        lambda number, action, keys: _correction(number, action, caller=keys[0], other=keys[1]),
        st.integers(0, 4),
        st.sampled_from(["merge", "merge", "split"]),
        st.permutations([MARTA, BEN]),
    ),
    st.builds(
        lambda number, caller, is_all: _correction(number, "optout", caller=caller, is_all=is_all),
        st.integers(0, 4),
        st.sampled_from([MARTA, BEN]),
        st.booleans(),
    ),
)


_days = st.sampled_from(
    [
        {},
        {},
        {"status": "planned", "valid_from": "2025-11-13"},
        {"status": "planned"},
        {"valid_from": "2025-11-14"},
        {"valid_to": "2025-11-12"},
    ]
)

# An answer may say the same twice, in one call or in two, and ask for it in other words.
_questions = st.lists(st.sampled_from(["who is it?", "what is it?", "which one now?", 5, "x" * 121]), max_size=3)


@st.composite
def learned(draw: st.DrawFn) -> list[tuple[bytes, str]]:
    """Draw calls, each with what none, one or two models said of it."""
    events: list[tuple[bytes, str]] = []
    for body in draw(st.lists(_calls, max_size=6)):
        events.append((body, "webhook"))
        for version in draw(st.lists(st.integers(1, 2), max_size=2)):
            turns = json.loads(body)["data"]["transcript"]
            known = [(index, turn["message"]) for index, turn in enumerate(turns) if turn["message"] in SAYINGS]
            kept = draw(st.lists(st.sampled_from(known), max_size=4)) if known else []
            items = [
                statement(said, index, importance=draw(st.integers(5, 9)), questions=draw(_questions), **draw(_days))
                for index, said in kept
            ]
            answer = extraction(body, *(items or [{"poison": 1}]), version=version)
            events.append((answer, "extraction"))
    events += [(body, "correction") for body in draw(st.lists(_corrections, max_size=4))]
    return events


@settings(max_examples=40)
@given(events=learned(), data=st.data())
def test_learned_in_any_order_is_what_a_replay_learns(events: list[tuple[bytes, str]], data: st.DataObject) -> None:
    """Calls, extractions before and after them, twice, and erasures: added one by one they leave what a replay does."""
    order = data.draw(st.one_of(st.just(events + events[:2]), st.permutations(events)))
    forgets = data.draw(st.sampled_from([None, None, None, len(order) // 2]))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("projector.follow.follower._EVENTS_PER_COMMIT", data.draw(st.sampled_from([1, 2, 200])))
        patch.setattr("projector.domain.rules.fold_state._CALLS_PER_STOP", data.draw(st.sampled_from([1, 2, 32])))
        with closing(ProjectorSite(Path(folder))) as site:
            for number, (body, source) in enumerate(order):
                if number == forgets:
                    site.request_erasure(data.draw(st.sampled_from([MARTA, BEN])), at_s=NOON_S + 2 * _STEP_S)
                site.append(body, source=source)
                if data.draw(st.booleans()):
                    site.follower.catch_up()
            site.follower.catch_up()
        check_sound(site.database())
        added = tables_of(site)
        site.replay()
        replayed = tables_of(site)
    for table, rows in replayed.items():
        assert added[table] == rows, table
