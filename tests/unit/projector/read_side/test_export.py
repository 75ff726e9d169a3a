"""The export of a caller: everything that we hold about them, as one JSON document."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from projector.read_side.export import export_caller, is_known
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"


def text_of(site: ProjectorSite, caller: str = MARTA) -> str:
    """Return the document of a caller as text."""
    with site.read_model() as read_model:
        return "".join(export_caller(read_model, site.log, caller, region="US"))


def export_of(site: ProjectorSite, caller: str = MARTA) -> dict[str, Any]:
    """Return the document of a caller, decoded."""
    exported: dict[str, Any] = json.loads(text_of(site, caller))
    return exported


def is_held(site: ProjectorSite, caller: str) -> bool:
    """Return whether we hold anything about a caller."""
    with site.read_model() as read_model:
        return is_known(read_model, site.log, caller, region="US")


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without any event yet."""
    return ProjectorSite(tmp_path)


def test_holds_every_event_of_that_caller_and_nothing_of_others(site: ProjectorSite) -> None:
    """
    The export has all versions, recordings and failures, the names of strays with the number, and nothing of Ben's.
    """
    martas = [
        transcription("conv_1", "My zebrak7.", event_timestamp=1),
        transcription("conv_1", "My zebrak7!", event_timestamp=2),
        audio("conv_1"),
        failure("conv_failed", MARTA),
        b"\xff (202) 555-0143",
        b'{\n "type": "notice",\n "number": "+12025550143"\n}',
        json.dumps({"type": "flag", "data": {"conversation_id": "conv_1"}, "é": "\u2028"}).encode(),
    ]
    bens = [transcription("conv_ben", "My walrusk7.", caller=BEN), audio("conv_ben", b"ID3"), b"\xff +12025550199"]
    site.hold(*martas[:3], *bens, *martas[3:])

    held = export_of(site)
    receipts = [event["receipt"] for event in held["events"]]
    assert [receipt["position"] for receipt in receipts] == [1, 2, 3, 7, 8, 9, 10]
    bodies = [event.get("body") for event in held["events"]]
    assert [body for body in bodies if body] == [json.loads(martas[at]) for at in (0, 1, 3, 6)]
    # These may speak of other people as well: a person must look.
    assert [event["receipt"]["position"] for event in held["events"] if "file" in event] == [8, 9]
    assert held["events"][2]["recording"] == "conv_1/conv_1_audio.json"
    assert held["caller"] == held["view"]["caller"] == MARTA
    assert held["position"] == 10
    assert [memory["kind"] for memory in held["memories"]] == ["turn"]
    assert [missed["conversation_id"] for missed in held["missed_calls"]] == ["conv_failed"]
    assert "walrusk7" not in text_of(site)
    assert "conv_ben" not in text_of(site)


def test_tells_of_conversations_that_were_theirs_by_a_former_version(site: ProjectorSite) -> None:
    """A call that a later version gave to Ben is in the exports of both."""
    site.hold(
        transcription("conv_1", "My zebrak7.", event_timestamp=1),
        transcription("conv_1", "My zebrak7.", event_timestamp=2, caller=BEN),
    )
    assert [len(export_of(site, caller)["events"]) for caller in (MARTA, BEN)] == [2, 2]
    assert export_of(site, MARTA)["view"] is None


def test_tells_of_an_event_whose_file_is_gone(site: ProjectorSite) -> None:
    """A missing or altered file is mentioned, and the document stays complete."""
    site.hold(transcription("conv_1", "one"), transcription("conv_2", "two"), transcription("conv_3", "three"))
    (site.log.folder / "conv_1" / "conv_1_transcription.json").unlink()
    (site.log.folder / "conv_2" / "conv_2_transcription.json").write_bytes(b'{"a":')
    events = export_of(site)["events"]
    assert ["body" in event for event in events] == [False, False, True]
    assert "is missing" in events[0]["error"]
    assert "does not match" in events[1]["error"]


@pytest.mark.parametrize("caller", [MARTA, BEN, "user:ana", "conversation:conv_1", "conversation:conv_2"])
def test_nothing_is_held_of_a_stranger(site: ProjectorSite, caller: str) -> None:
    """A caller who never called, or was erased, is unknown."""
    site.hold(
        transcription("conv_0", "hello", caller="+12025550111"), b"\xff +12025550143", transcription("conv_1", "hi")
    )
    assert is_held(site, caller) is (caller in {MARTA, "conversation:conv_1"})
    site.forget(at_s=NOON_S * 2)
    assert not is_held(site, caller)
    assert is_held(site, "+12025550111")


@pytest.mark.slow
def test_takes_no_more_memory_than_its_largest_event(site: ProjectorSite) -> None:
    """However much we hold, the export yields it piece by piece."""
    site.hold(*(transcription(f"conv_{number}", "x" * 500_000) for number in range(24)))
    with site.read_model() as read_model:
        pieces = export_caller(read_model, site.log, MARTA, region="US")
        size = len(next(pieces))
        tracemalloc.start()
        try:
            for piece in pieces:
                size += len(piece)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert size > 2.5 * 24 * 500_000
    assert peak < 16 * 500_000
