"""Adding calls one after the other writes what folding all of them at once writes, byte for byte, in every table."""

import json
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, audio, failure, named, stand_in, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

BEN = "+12025550144"
_HOUR_S = 3600
_CONVERSATIONS = 6


class Forget(Struct, frozen=True):
    """A request to forget a caller, made at the time of a call."""

    caller: str
    at_s: int


def _call(number: int, hours: int | None, data: dict[str, Any]) -> bytes:
    at_s = None if hours is None else NOON_S + hours * _HOUR_S
    return transcription(f"conv_{number}", *data.pop("said"), at_s=at_s, **data)


_contents = st.fixed_dictionaries(
    {
        "said": st.lists(st.sampled_from(["Hello.", "My son is 3.", "My son is 4.", None]), max_size=2),
        "caller": st.sampled_from([MARTA, MARTA, MARTA, BEN, None]),
        "agent": st.sampled_from(["agent_a", "agent_b"]),
        "event_timestamp": st.sampled_from([None, NOON_S, NOON_S + 1]),
        "status": st.sampled_from(["done", "processing"]),
        "summary": st.sampled_from([None, "They spoke."]),
        "language": st.sampled_from([None, "en", "de"]),
        "first_name": st.sampled_from([None, "Ana", "Anna", "Jonas"]),
        "last_name": st.sampled_from([None, "Berg"]),
        "city": st.sampled_from([None, "Lund", "Oslo", 3, "N/A"]),
    }
)
_numbers = st.integers(0, _CONVERSATIONS - 1)
# Most calls of a caller begin one after the other; some at another time, or at one that is not known.
_in_order = st.builds(lambda number, data: _call(number, number, dict(data)), _numbers, _contents)
_anywhere = st.builds(
    lambda number, hours, data: _call(number, hours, dict(data)),
    _numbers,
    st.sampled_from([None, 0, 1, 2, 3, 4, 5]),
    _contents,
)
_ID = "US.13491208655302741918"


def _written(number: int, hours: int, phone: str | None, bsuid: str | None) -> bytes:
    body = json.loads(transcription(f"conv_w{number}", "Hello.", caller=None, at_s=NOON_S + hours * _HOUR_S))
    body["data"]["metadata"]["whatsapp"] = {"whatsapp_user_id": None, "recipient": {"phone": phone, "bsuid": bsuid}}
    return json.dumps(body).encode()


def _detected(number: int, answered_by: str) -> bytes:
    data = {"conversation_id": f"conv_{number}", "answered_by": answered_by}
    return json.dumps({"type": "answering_machine_detection", "data": data}).encode()


# Each conversation has one version: what is known of it depends on all other conversations already.
_WRITTEN = [
    *(_written(n, n, None, _ID) for n in range(3)),
    *(_written(3 + n, hours, phone, _ID) for n, (hours, phone) in enumerate([(1, MARTA[1:]), (4, BEN[1:])])),
    _written(5, 2, MARTA[1:], None),
    _written(6, 3, None, "US.2"),
]
_others = st.one_of(
    st.sampled_from(_WRITTEN),
    st.sampled_from(_WRITTEN),
    st.builds(_detected, _numbers, st.sampled_from(["human", "machine_start"])),
    st.builds(named, _numbers.map(lambda number: f"conv_{number}"), st.sampled_from([MARTA, BEN])),
    st.builds(stand_in, st.integers(0, _CONVERSATIONS).map(lambda number: f"conv_{number}")),
    _numbers.map(lambda number: audio(f"conv_{number}", b"ID3")),
    st.sampled_from([MARTA, BEN]).map(lambda caller: failure("conv_failed", caller)),
    st.sampled_from(
        [
            b"unreadable",
            json.dumps({"type": "post_call_transcription", "data": {"conversation_id": "c", "transcript": 1}}).encode(),
        ]
    ),
)
_forgets = st.builds(
    Forget, st.sampled_from([MARTA, BEN, f"whatsapp:{_ID}"]), st.integers(0, 6).map(lambda hours: NOON_S + hours * 3600)
)
_arrivals = st.one_of(_in_order, _in_order, _in_order, _anywhere, _others, _forgets)


@settings(max_examples=60)
@given(arrivals=st.lists(_arrivals, max_size=10), data=st.data())
def test_added_calls_leave_what_a_replay_leaves(arrivals: list[bytes | Forget], data: st.DataObject) -> None:
    """
    In whatever order and batches events come in, every table holds what a replay writes, and passes the check.

    In order, late, twice, as newer versions, of another caller in a newer version, with erasures and restarts between.
    """
    again = data.draw(st.lists(st.sampled_from(arrivals), max_size=2)) if arrivals else []
    order = data.draw(st.one_of(st.just(sorted(arrivals, key=_moment) + again), st.permutations(arrivals + again)))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("projector.follow.follower._EVENTS_PER_COMMIT", data.draw(st.sampled_from([1, 2, 200])))
        patch.setattr("projector.domain.rules.fold_state._CALLS_PER_STOP", data.draw(st.sampled_from([1, 2, 32])))
        with closing(ProjectorSite(Path(folder))) as site:
            for arrival in order:
                _arrive(site, arrival)
                match data.draw(st.sampled_from(["go on", "catch up", "restart"])):
                    case "catch up":
                        site.follower.catch_up()
                    case "restart":
                        site.restart()
                        site.follower.catch_up()
            site.follower.catch_up()
        check_sound(site.database())
        added = tables_of(site)

        site.replay()
        replayed = tables_of(site)
    for table, rows in replayed.items():
        assert added[table] == rows, table
    assert added.keys() == replayed.keys()


def _moment(arrival: bytes | Forget) -> int:
    if isinstance(arrival, Forget):
        return arrival.at_s
    try:
        data = json.loads(arrival)["data"]
    except ValueError:
        return 0
    return int(data.get("metadata", {}).get("start_time_unix_secs") or 0)


def _arrive(site: ProjectorSite, arrival: bytes | Forget) -> None:
    if isinstance(arrival, Forget):
        site.request_erasure(arrival.caller, at_s=arrival.at_s)
    else:
        site.append(arrival)
