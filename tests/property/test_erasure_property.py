"""A caller who was forgotten never was: whatever came in, in whatever order, before or after the request."""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from events.folder_log.log import FolderLog
from events.log.erasure import is_ours
from events.log.erasure_request import request_erasure
from events.log.event import Event
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.erasures import (
    assert_accounted_for,
    catch_up,
    dump_of,
    erasures_of,
    faults_of,
    files_holding,
    replayed,
)
from tests.support.samples import audio, failure, transcription

ANA, BEN = "+12025550143", "+12025550199"
NOW_S = 1_800_000_000
_BEFORE_S, _AFTER_S = NOW_S - 10, NOW_S + 10
_SAID_S = [None, NOW_S - 5000, NOW_S + 5]


class Arrival(Struct, frozen=True):
    """
    A webhook and what makes it covered.

    `conversation_id` is None for one of which nobody can tell; it is erased if it `holds_ana` and came before.
    """

    body: bytes
    conversation_id: str | None
    caller: str | None
    said_s: int | None
    words: str
    holds_ana: bool = False


def _call(data: dict[str, Any], number: int) -> Arrival:
    # One word, which no stemmer touches, for each version of each conversation.
    words = f"zq{data['conversation_id']}v{number}k7".replace("_", "")
    body = transcription(
        data["conversation_id"],
        *[f"My word is {words}."] * data["turns"],
        caller=data["caller"],
        at_s=data["at_s"],
        event_timestamp=data["event_timestamp"],
        status=data["status"],
        summary=f"About {words}." if data["turns"] else None,
        note=f"Note {words}",
    )
    return Arrival(body, data["conversation_id"], data["caller"], data["at_s"] or data["event_timestamp"], words)


_conversations = st.sampled_from([f"conv_{number}" for number in range(4)])
_calls = st.builds(
    _call,
    st.fixed_dictionaries(
        {
            "conversation_id": _conversations,
            "turns": st.integers(0, 2),
            "caller": st.sampled_from([ANA, ANA, BEN, None]),
            "at_s": st.sampled_from(_SAID_S),
            "event_timestamp": st.sampled_from([None, NOW_S - 4000, NOW_S + 6]),
            "status": st.sampled_from(["done", "processing"]),
        }
    ),
    st.integers(0, 2),
)
_recordings = _conversations.map(lambda id_: Arrival(audio(id_, b"ID3" + id_.encode()), id_, None, None, ""))
_failures = st.builds(
    lambda id_, to: Arrival(failure(id_, to), id_, to, 1_762_948_800, ""),
    st.sampled_from(["conv_0", "conv_failed"]),
    st.sampled_from([ANA, BEN]),
)


def _stray(text: str, words: str) -> list[Arrival]:
    unreadable = b"\xff torn: " + text.encode()
    workspace = json.dumps({"type": "voice_notice", "note": text}).encode()
    webhook = json.dumps({"type": "elaoms_erasure", "note": text}).encode()
    holds_ana = "555" in text and "0143" in text
    return [Arrival(body, None, None, None, words, holds_ana) for body in (unreadable, workspace, webhook)]


_strays = st.sampled_from(
    [
        *_stray(f'"{ANA}" zqstrayk7', "zqstrayk7"),
        *_stray("call (202) 555-0143, zqbracketsk7", "zqbracketsk7"),
        *_stray(f'"{BEN}" somebody else', ""),
    ]
)


class _Run:
    """A log and its read model, both in one folder, at a time that the test tells."""

    def __init__(self, folder: Path) -> None:
        self.now_s = _BEFORE_S
        self.log = FolderLog(folder / "payloads", clock=self._now)
        self.generations = SqliteGenerations(folder / "readmodel")
        self.folders = [folder / "payloads", folder / "readmodel"]

    def do(self, action: str) -> None:
        if action == "catch up":
            catch_up(self.log, self.generations)
        if action == "replay":
            replayed(self.log, self.generations)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=self.now_s)


@settings(max_examples=60)
@given(
    arrivals=st.lists(st.one_of(_calls, _calls, _recordings, _failures), max_size=8, unique_by=lambda one: one.body),
    strays=st.lists(_strays, max_size=2, unique_by=lambda one: one.body),
    data=st.data(),
)
def test_forgotten_caller_never_was(arrivals: list[Arrival], strays: list[Arrival], data: st.DataObject) -> None:
    """
    Live and replayed, the dump is that of a log without the covered conversations; no file holds a word of them.

    All other events are as they were, every missing file is listed once, and a further replay has nothing to add.
    """
    again = data.draw(st.lists(st.sampled_from(arrivals + strays), max_size=3)) if arrivals or strays else []
    order = data.draw(st.permutations(arrivals + again))
    at = data.draw(st.integers(0, len(order)))
    before = data.draw(st.permutations([*order[:at], *strays]))
    after = order[at:]
    do = st.sampled_from(["nothing", "nothing", "catch up", "replay"])
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for room in ("follow.follower", "follow.replay"):
            patch.setattr(f"projector.{room}._EVENTS_PER_COMMIT", data.draw(st.sampled_from([1, 2, 1000])))
        run = _Run(Path(folder) / "live")
        _arrive(run, before, lambda: data.draw(do))
        run.now_s = NOW_S
        request_erasure(run.log, ANA, clock_s=lambda: NOW_S)
        run.do(data.draw(do))
        run.now_s = _AFTER_S
        _arrive(run, after, lambda: data.draw(do))

        gone, kept = _expected(before, after)
        expected = _Run(Path(folder) / "expected")
        _arrive(expected, kept, lambda: "nothing")
        for action in ("catch up", data.draw(do), "replay", "catch up"):
            run.do(action)
            expected.do("catch up")
            if action == "nothing":
                continue
            assert dump_of(run.generations) == dump_of(expected.generations)
            assert [f.conversation_id for f in faults_of(run.generations)] == [
                f.conversation_id for f in faults_of(expected.generations)
            ]
        _assert_gone(run, gone, kept)
        tail = run.log.tail()
        run.do("replay")
        run.do("catch up")
        assert run.log.tail() == tail


def _arrive(run: _Run, arrivals: list[Arrival], then: Callable[[], str]) -> None:
    for arrival in arrivals:
        run.log.append(arrival.body, source="webhook")
        run.do(then())


def _expected(before: list[Arrival], after: list[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
    """Return what must be gone, and what must be there, each once: so much of the promise in eight lines."""
    came_s: dict[bytes, int] = {}
    for arrivals, at_s in ((before, _BEFORE_S), (after, _AFTER_S)):
        for arrival in arrivals:
            came_s.setdefault(arrival.body, at_s)
    every = list({arrival.body: arrival for arrival in [*before, *after]}.values())
    covered = {
        one.conversation_id
        for one in every
        if one.caller == ANA and min(one.said_s or came_s[one.body], came_s[one.body]) <= NOW_S
    }
    gone = [one for one in every if one.holds_ana or (one.conversation_id and one.conversation_id in covered)]
    return gone, [one for one in every if one not in gone]


def _assert_gone(run: _Run, gone: list[Arrival], kept: list[Arrival]) -> None:
    words = {one.words for one in gone if one.words}
    if all(one.caller != ANA for one in kept):
        words |= {ANA[1:], "555-0143"}
    assert files_holding(run.folders, words) == []
    assert_accounted_for(run.log)
    listed = {event.position for erasure in erasures_of(run.log) for event in erasure.events}
    webhooks = [event for event in run.log.read() if isinstance(event, Event) and not is_ours(event.receipt)]
    bodies = {event.body() for event in webhooks if event.place.position not in listed}
    assert bodies == {one.body for one in kept}
    recordings = {path.parent.name for path in run.log.folder.rglob("*.mp3")}
    assert recordings == {one.conversation_id for one in kept if b"post_call_audio" in one.body}
