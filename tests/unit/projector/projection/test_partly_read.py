"""One odd value costs that value: the call is learned without it, and what was left out is listed."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.log.filing import TRANSCRIPTION
from projector.read_model.records import PartlyRead, PartlyReadCounts
from tests.support.samples import MARTA, NOON_S, failure, stand_in, transcription
from tests.support.sites import ProjectorSite

SAID = ("My zebrak7.", "My otterk7.")


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without any event yet."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOON_S
    return site


def with_value(value: Any, *path: str | int, body: bytes | None = None) -> bytes:
    """Return a call of Marta's with another value in one place of its data."""
    webhook = json.loads(body or transcription("conv_1", *SAID, summary="They spoke.", city="Ystad", age=5))
    node = webhook["data"]
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return json.dumps(webhook).encode()


def partly_read(site: ProjectorSite) -> list[PartlyRead]:
    with site.read_model() as read_model:
        return read_model.partly_read.all()


def words_of(site: ProjectorSite) -> set[str]:
    """Return what of the call is remembered."""
    dump = site.dump()
    return {word for word in ("zebrak7", "otterk7", "They spoke", "Ystad") if word in dump}


RESULTS = ("analysis", "data_collection_results")
COSTS: list[tuple[Any, tuple[str | int, ...], set[str]]] = [
    (5, ("agent_name",), set()),
    ("soon", ("metadata", "start_time_unix_secs"), set()),
    (None, ("transcript", 0), set()),
    (None, ("transcript", 1), {"zebrak7"}),
    ({"text": "x"}, ("transcript", 3, "message"), {"otterk7"}),
    ("none", ("transcript",), {"zebrak7", "otterk7"}),
    ([], ("analysis",), {"They spoke", "Ystad"}),
    (7, ("analysis", "transcript_summary"), {"They spoke"}),
    ([1], (*RESULTS, "city"), {"Ystad"}),
    (float("nan"), (*RESULTS, "city", "value"), {"Ystad"}),
    ([{"id": "age", "value": 5}, {"value": "Ystad"}], RESULTS, {"Ystad"}),
]


@pytest.mark.parametrize("is_replayed", [False, True])
@pytest.mark.parametrize(("value", "path", "cost"), COSTS, ids=map(str, range(len(COSTS))))
def test_odd_value_costs_itself(
    site: ProjectorSite, value: Any, path: tuple[str | int, ...], cost: set[str], *, is_replayed: bool
) -> None:
    """The call is remembered without the odd value, which is listed by its place; no fault holds anything up."""
    position = site.append(with_value(value, *path))
    site.replay() if is_replayed else site.catch_up()
    assert words_of(site) == {"zebrak7", "otterk7", "They spoke", "Ystad"} - cost
    assert site.errors() == []
    (event,) = partly_read(site)
    assert (event.place.position, event.kind, event.conversation_id) == (position, TRANSCRIPTION, "conv_1")
    assert len(event.left_out) == 1
    assert event.left_out[0].startswith("data." + str(path[0]))
    with site.read_model() as read_model:
        assert read_model.partly_read.counts(since_s=0) == PartlyReadCounts(1, 0, 0)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (str(NOON_S), ("metadata", "start_time_unix_secs")),
        ("2025-11-12T12:00:00Z", ("metadata", "start_time_unix_secs")),
        ([{"data_collection_id": "city", "value": "Ystad"}, {"id": "age", "value": 5}], RESULTS),
        (12025550143, ("metadata", "phone_call", "external_number")),
    ],
)
def test_value_in_another_form_costs_nothing(site: ProjectorSite, value: Any, path: tuple[str, ...]) -> None:
    """What says the same in another form gives the same memories, and nothing is listed."""
    site.hold(with_value(value, *path))
    other = ProjectorSite(site.folders[0].parent / "other")
    other.hold(with_value(None, "unknown"))
    assert site.dump() == other.dump()
    assert partly_read(site) == []


def test_half_a_surrogate_pair_costs_half_a_character(site: ProjectorSite) -> None:
    """A text that was cut in the middle of an emoji is remembered with U+FFFD in place of the half."""
    site.hold(transcription("conv_1", "My zebrak7 \ud83d", "My otterk7 \U0001f600"))
    for _ in range(2):
        assert "My zebrak7 \ufffd" in site.dump()
        assert "My otterk7 \U0001f600" in site.dump()
        assert partly_read(site) == []
        site.replay()


def test_transcript_keeps_its_numbers(site: ProjectorSite) -> None:
    """A turn that cannot be read leaves its number free: the others keep theirs, and with it their ids."""
    site.hold(with_value(None, "transcript", 0))
    other = ProjectorSite(site.folders[0].parent / "other")
    other.hold(with_value({"role": "agent", "message": None}, "transcript", 0))
    assert site.dump() == other.dump()


def test_unreadable_body_is_listed_and_counted(site: ProjectorSite) -> None:
    """A body that cannot be read at all is listed with its file, and counted by when it came in."""
    site.append(b"\xff what is this")
    site.received_at_s = NOON_S + 100
    position = site.append(b"{")
    site.catch_up()
    events = partly_read(site)
    assert [(event.kind, event.left_out) for event in events] == [("unreadable", ())] * 2
    assert all((site.log.folder / event.path).exists() for event in events)
    assert events[1].place.position == position
    with site.read_model() as read_model:
        assert read_model.partly_read.counts(since_s=NOON_S) == PartlyReadCounts(0, 2, 1)
    assert site.errors() == []


def test_odd_failed_call_is_listed(site: ProjectorSite) -> None:
    """A failed call with an odd value is told, and the value is listed."""
    site.hold(with_value(["busy"], "failure_reason", body=failure("conv_1")))
    assert [event.left_out for event in partly_read(site)] == [("data.failure_reason",)]
    with site.read_model() as read_model:
        assert [missed.reason for missed in read_model.missed_calls(MARTA)] == ["unknown"]


@pytest.mark.parametrize("is_late", [True, False])
def test_what_is_erased_is_no_longer_listed(site: ProjectorSite, *, is_late: bool) -> None:
    """With a caller goes what was listed of their calls, and with a body what was listed of it."""
    if is_late:
        site.forget(at_s=NOON_S + 5)
    site.append(with_value(5, "agent_name"))
    if not is_late:
        site.append(b"\xff +12025550143")
        site.catch_up()
        assert len(partly_read(site)) == 2
        site.forget(at_s=NOON_S + 5)
    site.catch_up()
    assert partly_read(site) == []
    site.replay()
    assert partly_read(site) == []


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("is_replayed", [True, False])
def test_transcription_counts_before_what_stands_in_for_it(
    site: ProjectorSite, *, is_first: bool, is_replayed: bool
) -> None:
    """An event of an unknown type is a call like any other, until the transcription itself comes, however poor."""
    stands_in = stand_in("conv_1", "My standk7.", "More.", event_timestamp=NOON_S + 9)
    itself = transcription("conv_1", "My zebrak7.", status="processing")
    site.append(stands_in if is_first else itself)
    site.catch_up()
    assert ("standk7" in site.dump()) is is_first
    site.append(itself if is_first else stands_in)
    site.replay() if is_replayed else site.catch_up()
    assert words_of(site) == {"zebrak7"}
    assert "standk7" not in site.dump()


@pytest.mark.parametrize("type_", [b"unredacted_transcript", b"Post_Call_Transcription", b"whatever.comes-next", b""])
def test_call_of_any_type_is_remembered(site: ProjectorSite, type_: bytes) -> None:
    """An event whose data has a transcript and metadata gives the memories that the transcription would give."""
    site.hold(stand_in("conv_1", *SAID, city="Ystad").replace(b"unredacted_transcript", type_))
    other = ProjectorSite(site.folders[0].parent / "other")
    other.hold(transcription("conv_1", *SAID, city="Ystad"))
    assert site.dump() == other.dump()
