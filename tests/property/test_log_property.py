"""The log keeps every body once, in order, however often bodies come and whichever writers die."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody
from events.log.event import Event
from events.log.receipt import Receipt
from tests.support.logs import die, sealed
from tests.support.samples import audio, failure, transcription

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
# Several of the same name, of the same conversation, of no conversation, and some unreadable.
BODIES = (
    transcription("conv_1", "hello"),
    transcription("conv_1", "hello", "goodbye"),
    transcription("conv_1", "hello") + b"\n",
    transcription("conv_2", "hello"),
    audio("conv_1", b"mp3"),
    audio("conv_1", b"mp3" * 500_000),
    failure("conv_3"),
    b'{"type": "Voice Removed", "data": {"voice_id": "v"}}',
    b'{"type": "voice_removed", "data": {"voice_id": "v"}}',
    b'{"type": "voice_removed", "data": {"conversation_id": "conv_1"}}',
    b'{"type": "post_call_transcription", "data": {"conversation_id": "../../x"}}',
    b"",
    b"\xff",
)
indexes = st.integers(0, len(BODIES) - 1)


@contextmanager
def empty_logs() -> Iterator[tuple[FolderLog, FolderLog]]:
    """Yield two logs of one folder, as two processes open them."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)  # no power is cut here, and fsyncs take most of the time
        yield FolderLog(Path(folder) / "payloads"), FolderLog(Path(folder) / "payloads")


def read(log: FolderLog) -> list[Event]:
    events = list(log.read())
    assert all(isinstance(event, Event) and event.is_chained for event in events)
    return [event for event in events if isinstance(event, Event)]


def die_over(log: FolderLog, body: bytes, *, is_sealed: bool, is_linked: bool) -> None:
    """Do what a writer does until it dies: its lock is released, its files stay."""
    if is_sealed:
        die(sealed(log, body, is_linked=is_linked))
        return
    draft = log.draft()
    draft.write(body)
    die(draft)


@settings(max_examples=40)
@given(appended=st.lists(st.tuples(indexes, st.integers(0, 1)), max_size=12))
def test_each_body_has_one_receipt(appended: list[tuple[int, int]]) -> None:
    """However often bodies are appended, each is one event, in the order of first appearance, byte for byte."""
    with empty_logs() as logs:
        receipts = [logs[which].append(BODIES[index], source="webhook") for index, which in appended]
        in_order = list(dict.fromkeys(index for index, _ in appended))
        events = read(logs[0])

        assert [event.body() for event in events] == [BODIES[index] for index in in_order]
        assert [event.receipt.position for event in events] == list(range(1, len(in_order) + 1))
        assert receipts == [events[in_order.index(index)].receipt for index, _ in appended]
        assert len({event.receipt.path for event in events}) == len(events)
        for number, event in enumerate(events):
            assert [later.receipt for later in logs[1].read(event.place) if isinstance(later, Event)] == [
                later.receipt for later in events[number + 1 :]
            ]


@settings(max_examples=40)
@given(groups=st.lists(st.tuples(st.lists(indexes, max_size=8), st.integers(0, 1)), max_size=4))
def test_groups_are_what_their_bodies_are_alone(groups: list[tuple[list[int], int]]) -> None:
    """Whatever the groups and duplicates, the log is as if each body had come alone."""
    with empty_logs() as logs, empty_logs() as (alone, _):
        for indexes_, which in groups:
            group = [DraftedBody(logs[which].draft(), "webhook") for _ in indexes_]
            for whole, index in zip(group, indexes_, strict=True):
                whole.draft.write(BODIES[index])
            expected = [alone.append(BODIES[index], source="webhook") for index in indexes_]
            assert [place_of(outcome) for outcome in logs[which].publish_all(group)] == [*map(place_of, expected)]
        assert [event.body() for event in read(logs[0])] == [event.body() for event in read(alone)]
        assert list((logs[0].folder / ".incoming").iterdir()) == []


def place_of(outcome: Receipt | Exception) -> tuple[int, str, str]:
    assert isinstance(outcome, Receipt)
    return outcome.position, outcome.path, outcome.sha256


@settings(max_examples=40)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.sampled_from(("append", "partly", "sealed", "linked")), indexes),
            st.tuples(st.just("recover"), st.just(0)),
        ),
        max_size=10,
    )
)
def test_nothing_is_lost_or_doubled_by_who_died(steps: list[tuple[str, int]]) -> None:
    """
    However many writers die, before or after the link, each complete body ends as one event, and no draft is left.
    """
    with empty_logs() as (log, restarted):
        for step, index in steps:
            if step == "append":
                log.append(BODIES[index], source="webhook")
            elif step == "recover":
                restarted.recover()
            else:
                die_over(log, BODIES[index], is_sealed=step != "partly", is_linked=step == "linked")
        restarted.recover()

        whole = {index for step, index in steps if step in {"append", "sealed", "linked"}}
        assert sorted(event.body() for event in read(log)) == sorted(BODIES[index] for index in whole)
        assert list((log.folder / ".incoming").iterdir()) == []
        before = log.size()
        for index in whole:
            log.append(BODIES[index], source="webhook")
        assert log.size() == before
