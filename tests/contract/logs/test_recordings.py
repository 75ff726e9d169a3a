"""A recording is written once, so that a person can listen to it, and is removed with its conversation."""

import pytest

from events.errors import AudioError, DamagedEventError
from events.log.erasure import Erasure
from events.log.event import Event
from events.log.protocol import EventLog
from tests.contract.logs.kinds import Kind
from tests.support.logs import CALL, append, events
from tests.support.samples import MP3, audio

SILENT = (
    b'{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":null}}',
    b'{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":""}}',
    b'{"type":"post_call_audio","data":{"conversation_id":"conv_1"}}',
)


@pytest.fixture(autouse=True)
def recordings(kind: Kind) -> None:
    """Skip logs that keep no recordings."""
    if not kind.has_recordings:
        pytest.skip(f"{kind.name} keeps no recordings")


def appended(log: EventLog, body: bytes) -> Event:
    append(log, body)
    return events(log)[-1]


@pytest.mark.parametrize("mp3", [MP3, MP3 * 200], ids=["short", "long"])
def test_recording_is_written_once(log: EventLog, again: EventLog, mp3: bytes) -> None:
    """A recording that exists is not written again, by any process: a replay of a million calls writes none."""
    event = appended(log, audio("conv_1", mp3))
    assert len(log.recordings("conv_1")) == 0
    assert log.write_recording(event) is True
    assert [log.write_recording(event), again.write_recording(events(again)[0])] == [False, False]
    assert [path.read_bytes() for path in log.recordings("conv_1")] == [mp3]
    assert again.recordings("conv_1") == log.recordings("conv_1")


def test_recordings_of_two_versions_are_kept_apart(log: EventLog) -> None:
    """Another recording of the same call replaces none."""
    one, two = appended(log, audio("conv_1", b"one")), appended(log, audio("conv_1", b"two"))
    assert log.write_recording(one) is log.write_recording(two) is True
    assert len(log.recordings("conv_1")) == 2
    assert log.write_recording(one) is log.write_recording(two) is False


@pytest.mark.parametrize("body", SILENT, ids=["null", "empty", "absent"])
def test_nothing_is_written_where_nothing_was_recorded(log: EventLog, body: bytes) -> None:
    """An event without a recording leaves none, and is no fault."""
    assert log.write_recording(appended(log, body)) is False
    assert len(log.recordings("conv_1")) == 0


@pytest.mark.parametrize(
    "body",
    [CALL, b'{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":"A"}}'],
    ids=["no audio", "no base64"],
)
def test_what_cannot_be_decoded_is_refused(log: EventLog, body: bytes) -> None:
    """An event whose recording cannot be decoded is reported as faulty, and leaves no recording."""
    with pytest.raises(AudioError):
        log.write_recording(appended(log, body))
    assert len(log.recordings("conv_1")) == 0


def test_recording_of_an_erased_event_is_not_written(log: EventLog) -> None:
    """Once a body is erased, its recording cannot come back."""
    event = appended(log, audio("conv_1"))
    log.write_recording(event)
    log.remove(Erasure(request=1, caller="0" * 64, requested_at_s=0, conversations=("conv_1",), events=(), counts={}))
    with pytest.raises(DamagedEventError):
        log.write_recording(event)
    assert len(log.recordings("conv_1")) == 0
