"""After an erasure the caller's memories are as if they had never called, whatever came in, in any order."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from events.log.erasure import is_ours
from events.log.event import Event
from tests.support.erasures import assert_accounted_for, erasures_of
from tests.support.memories import KINDS, Kind, as_parameter
from tests.support.postgres import SHARED
from tests.support.samples import audio, failure, named, transcription
from tests.support.sites import ProjectorSite

ANA, BEN = "+12025550143", "+12025550199"
NOW_S = 1_800_000_000
_BEFORE_S, _AFTER_S = NOW_S - 10, NOW_S + 10
_SAID_S = [None, NOW_S - 5000, NOW_S + 5]


class Arrival(Struct, frozen=True):
    """
    A webhook and what makes it covered.

    `conversation_id` is None if the fold finds no conversation; such an event is erased if it
    `holds_ana` and came before.
    """

    body: bytes
    conversation_id: str | None
    caller: str | None
    said_s: int | None
    words: str
    holds_ana: bool = False


def _call(data: dict[str, Any], number: int) -> Arrival:
    # For each version of each conversation, one word that no stemmer changes.
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


# Conversations of which no call is known: whoever is named is a party.
_named = st.builds(
    lambda id_, caller: Arrival(named(id_, caller), id_, caller, 1_762_948_800, ""),
    st.sampled_from(["conv_named", "conv_named_too"]),
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


@pytest.fixture(scope="module", autouse=True)
def servers() -> Iterator[None]:
    """End the server that this file has started."""
    yield
    SHARED.close()


@pytest.mark.parametrize("kind", [as_parameter(kind) for kind in KINDS])
def test_forgotten_caller_never_was(kind: Kind) -> None:
    """
    Live and replayed, the dump is that of a log without the covered conversations; no file holds a word of them.

    All other events are unchanged, every missing file is listed once, and a further replay adds nothing. What is
    expected is always what SQLite gives. The files of a server are not looked at: they still hold removed words.
    """

    @settings(max_examples=8 if kind.makes_slowly else 60)
    @given(
        arrivals=st.lists(
            st.one_of(_calls, _calls, _recordings, _failures, _named), max_size=8, unique_by=lambda one: one.body
        ),
        strays=st.lists(_strays, max_size=2, unique_by=lambda one: one.body),
        data=st.data(),
    )
    def never_was(arrivals: list[Arrival], strays: list[Arrival], data: st.DataObject) -> None:
        _forget_and_compare(kind, arrivals, strays, data)

    never_was()


def _forget_and_compare(kind: Kind, arrivals: list[Arrival], strays: list[Arrival], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(arrivals + strays), max_size=3)) if arrivals or strays else []
    order = data.draw(st.permutations(arrivals + again))
    at = data.draw(st.integers(0, len(order)))
    before = data.draw(st.permutations([*order[:at], *strays]))
    after = order[at:]
    do = st.sampled_from(["nothing", "nothing", "catch up", "replay"])
    with (
        tempfile.TemporaryDirectory() as folder,
        kind.place(Path(folder) / "live") as location,
        pytest.MonkeyPatch.context() as patch,
    ):
        for room in ("follow.follower", "follow.read_ahead"):
            patch.setattr(f"projector.{room}._EVENTS_PER_COMMIT", data.draw(st.sampled_from([1, 2, 1000])))
        run = _site(Path(folder) / "live", location)
        _arrive(run, before, lambda: data.draw(do))
        run.received_at_s = NOW_S
        run.request_erasure(ANA, at_s=NOW_S)
        _do(run, data.draw(do))
        run.received_at_s = _AFTER_S
        _arrive(run, after, lambda: data.draw(do))

        gone, kept = _expected(before, after)
        expected = _site(Path(folder) / "expected", None)
        _arrive(expected, kept, lambda: "nothing")
        for action in ("catch up", data.draw(do), "replay", "catch up"):
            _do(run, action)
            _do(expected, "catch up")
            if action == "nothing":
                continue
            assert run.dump() == expected.dump()
            assert [f.conversation_id for f in run.faults()] == [f.conversation_id for f in expected.faults()]
        _assert_gone(run, gone, kept)
        tail = run.log.tail()
        _do(run, "replay")
        _do(run, "catch up")
        assert run.log.tail() == tail


def _site(folder: Path, memories_at: str | None) -> ProjectorSite:
    site = ProjectorSite(folder, memories_at=memories_at)
    site.received_at_s = _BEFORE_S
    return site


def _do(run: ProjectorSite, action: str) -> None:
    if action == "catch up":
        run.catch_up()
    if action == "replay":
        run.replay()


def _arrive(run: ProjectorSite, arrivals: list[Arrival], then: Callable[[], str]) -> None:
    for arrival in arrivals:
        run.append(arrival.body)
        _do(run, then())


def _expected(before: list[Arrival], after: list[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
    """Return what must be gone and what must stay, each once, by the promise's own rules."""
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


def _assert_gone(run: ProjectorSite, gone: list[Arrival], kept: list[Arrival]) -> None:
    words = {one.words for one in gone if one.words}
    if all(one.caller != ANA for one in kept):
        words |= {ANA[1:], "555-0143"}
    assert run.files_holding(*words) == []
    assert_accounted_for(run.log)
    listed = {event.position for erasure in erasures_of(run.log) for event in erasure.events}
    webhooks = [event for event in run.log.read() if isinstance(event, Event) and not is_ours(event.receipt)]
    bodies = {event.body() for event in webhooks if event.place.position not in listed}
    assert bodies == {one.body for one in kept}
    recordings = {path.parent.name for path in run.log.folder.rglob("*.mp3")}
    assert recordings == {one.conversation_id for one in kept if b"post_call_audio" in one.body}
