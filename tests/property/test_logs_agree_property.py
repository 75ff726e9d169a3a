"""A log in PostgreSQL and one in a folder do the same with whatever is appended and erased, byte for byte."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from events.errors import DamagedEventError
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.draft import DraftedBody
from events.log.erasure import Erasure, erased_event
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import HEADER, Receipt
from events.postgres_log.log import PostgresLog
from events.wire.shared_secrets import Secrets
from tests.property.test_log_property import BODIES
from tests.support.logs import events
from tests.support.postgres import SHARED, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Secrets(["log-key-of-a-test"])


class Append(Struct, frozen=True):
    """Some bodies as one group, each with its source; by a process with the key, or by one without."""

    bodies: tuple[tuple[int, str], ...]
    has_key: bool


class Erase(Struct, frozen=True):
    """Conversations, and events of none by their number among those that are there."""

    conversations: tuple[str, ...]
    strays: tuple[int, ...]


indexes = st.integers(0, len(BODIES) - 1)
sources = st.sampled_from(["webhook", "webhook", "backfill", "import"])
appends = st.builds(Append, st.lists(st.tuples(indexes, sources), min_size=1, max_size=4).map(tuple), st.booleans())
erasures = st.builds(
    Erase,
    st.lists(st.sampled_from(["conv_1", "conv_2", "conv_3", "..", "_events"]), max_size=2).map(tuple),
    st.lists(st.integers(0, 20), max_size=2).map(tuple),
)


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """End the server that the examples share."""
    yield
    SHARED.close()


@contextmanager
def empty_logs() -> Iterator[tuple[Path, str]]:
    """Yield where an empty log of each kind is."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SHARED.cluster().database() as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(os, "fsync", lambda _: None)  # no power is cut here, and fsyncs take most of the time
        yield Path(folder) / "payloads", url


def publish(log: EventLog, step: Append) -> list[Receipt | Exception]:
    group = [DraftedBody(log.draft(), source) for _, source in step.bodies]
    for member, (index, _) in zip(group, step.bodies, strict=True):
        member.draft.write(BODIES[index])
    outcomes = log.publish_all(group)
    for member in group:
        member.draft.discard()
    return outcomes


def erasure_of(log: EventLog, step: Erase) -> Erasure:
    there = events(log)
    strays = [event for event in there if event.receipt.conversation_id is None]
    listed = [strays[number] for number in step.strays if number < len(strays)]
    return Erasure(
        request=1,
        caller="0" * 64,
        requested_at_s=0,
        conversations=step.conversations,
        events=tuple(map(erased_event, listed)),
        counts={},
    )


def body_of(event: Event) -> bytes | None:
    try:
        return event.body()
    except DamagedEventError:
        return None


def run(logs: Sequence[EventLog], steps: Sequence[Append | Erase]) -> list[object]:
    """Take the steps, with the log of a process with the key and that of one without; return what came of each."""
    outcomes: list[object] = []
    for step in steps:
        if isinstance(step, Append):
            outcomes.append(publish(logs[step.has_key], step))
        else:
            logs[0].remove(erasure_of(logs[0], step))
        outcomes.append([body_of(event) for event in events(logs[0])])
    return outcomes


@settings(max_examples=60)
@given(steps=st.lists(appends | erasures, min_size=1, max_size=8))
def test_both_kinds_of_log_do_the_same(steps: list[Append | Erase]) -> None:
    """Whatever is appended, by whom, and erased, in whatever order: the same receipts, lines, places and bodies."""
    with empty_logs() as (folder, url):
        folders = [FolderLog(folder, log_keys=keys, clock=lambda: NOW) for keys in (None, KEY)]
        databases = [PostgresLog(url, log_keys=keys, clock=lambda: NOW) for keys in (None, KEY)]
        assert run(databases, steps) == run(folders, steps)
        assert [event.place for event in events(databases[0])] == [event.place for event in events(folders[0])]
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT line FROM elaoms.events ORDER BY position").fetchall()
        lines = [HEADER, *(line.encode() for (line,) in found)]
        text = (folder / NAME).read_bytes() if (folder / NAME).exists() else HEADER + b"\n"
        assert text == b"\n".join(lines) + b"\n"
