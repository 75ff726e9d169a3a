"""The recording of a call becomes a playable file beside its event."""

import base64
import json
import os
import random
import stat
from pathlib import Path

import pytest

from events.errors import AudioError, DamagedEventError
from events.folder_log.log import FolderLog
from events.folder_log.recordings import write_mp3
from events.log.event import Event
from events.wire.outline import WHOLE_BYTES_MAX
from tests.support.samples import MP3, audio, transcription

# As base64 it is larger than any single read, and no multiple of any chunk.
LONG_MP3 = random.Random(5).randbytes(WHOLE_BYTES_MAX + 12_345)


def event_of(folder: Path, body: bytes) -> Event:
    """Append a body to a log in `folder`, and return the event that it became."""
    log = FolderLog(folder)
    log.append(body, source="webhook")
    event = list(log.read())[-1]
    assert isinstance(event, Event)
    return event


def audio_body(full_audio: str, *, padding: int = 0) -> bytes:
    """Return an audio webhook whose recording is written as given; `padding` sets the length of its body."""
    head = json.dumps({"type": "post_call_audio", "more": "x" * padding})
    return f'{head[:-1]},"data":{{"conversation_id":"conv_1","full_audio":"{full_audio}"}}}}'.encode()


def file_of(folder: Path, event: Event) -> Path:
    return folder / event.receipt.path


def mp3_of(folder: Path, event: Event) -> Path:
    return file_of(folder, event).with_suffix(".mp3")


def files_beside(folder: Path, event: Event) -> list[str]:
    return sorted(path.name for path in file_of(folder, event).parent.iterdir())


@pytest.mark.parametrize("mp3", [MP3, LONG_MP3, b"ID3", b"I", LONG_MP3[:-1], LONG_MP3[:-2]], ids=len)
def test_writes_the_recording_beside_its_event(tmp_path: Path, mp3: bytes) -> None:
    """The recording of an event, short or long, is written beside it byte for byte, readable by its owner alone."""
    event = event_of(tmp_path, audio("conv_1", mp3))

    assert write_mp3(tmp_path, event) is True
    assert mp3_of(tmp_path, event) == tmp_path / "conv_1" / "conv_1_audio.mp3"
    assert mp3_of(tmp_path, event).read_bytes() == mp3
    assert stat.S_IMODE(mp3_of(tmp_path, event).stat().st_mode) == 0o600
    assert files_beside(tmp_path, event) == ["conv_1_audio.json", "conv_1_audio.mp3"]


@pytest.mark.parametrize("mp3", [MP3, LONG_MP3], ids=["short", "long"])
def test_leaves_a_recording_that_is_right(tmp_path: Path, mp3: bytes) -> None:
    """A correct recording is not written again: a replay of a million calls writes no recording."""
    event = event_of(tmp_path, audio("conv_1", mp3))
    write_mp3(tmp_path, event)
    before = mp3_of(tmp_path, event).stat()

    assert write_mp3(tmp_path, event) is False
    after = mp3_of(tmp_path, event).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "wrong",
    [b"", MP3[:-1], MP3 + b"x", b"x" + MP3[1:], MP3[:-1] + b"x"],
    ids=["empty", "shorter", "longer", "other begin", "other end"],
)
def test_replaces_a_recording_that_is_wrong(tmp_path: Path, wrong: bytes) -> None:
    """A file that differs from the event's recording, even by one byte, is replaced."""
    event = event_of(tmp_path, audio("conv_1", MP3))
    mp3_of(tmp_path, event).write_bytes(wrong)

    assert write_mp3(tmp_path, event) is True
    assert mp3_of(tmp_path, event).read_bytes() == MP3
    assert files_beside(tmp_path, event) == ["conv_1_audio.json", "conv_1_audio.mp3"]


def test_replaces_a_long_recording_that_is_wrong_at_its_end(tmp_path: Path) -> None:
    """A long recording is compared to its end, not only in its first piece."""
    event = event_of(tmp_path, audio("conv_1", LONG_MP3))
    mp3_of(tmp_path, event).write_bytes(LONG_MP3[:-1] + b"x")

    assert write_mp3(tmp_path, event) is True
    assert mp3_of(tmp_path, event).read_bytes() == LONG_MP3


def test_leaves_an_open_recording_to_its_listener(tmp_path: Path) -> None:
    """A listener who has a file open while it is replaced hears it to its end."""
    event = event_of(tmp_path, audio("conv_1", MP3))
    mp3_of(tmp_path, event).write_bytes(b"old")
    with mp3_of(tmp_path, event).open("rb") as listener:
        write_mp3(tmp_path, event)
        assert listener.read() == b"old"


# "////++++" in base64.
SLASHES = b"\xff\xff\xff\xfb\xef\xbe" * 500


@pytest.mark.parametrize("padding", [0, WHOLE_BYTES_MAX], ids=["short body", "long body"])
@pytest.mark.parametrize(
    "times", [pytest.param(1, id="short string"), pytest.param(100, id="long string", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    ("character", "escape"), [("/", r"\/"), ("/", r"\u002f"), ("+", r"\u002B"), ("A", r"\u0041"), ("=", r"\u003d")]
)
@pytest.mark.slow
def test_reads_base64_however_json_writes_it(
    tmp_path: Path, padding: int, times: int, character: str, escape: str
) -> None:
    """Characters that JSON writes with an escape are decoded, in bodies of any size."""
    mp3 = SLASHES * times + b"\x00"
    written = base64.b64encode(mp3).decode()
    assert character in written
    event = event_of(tmp_path, audio_body(written.replace(character, escape), padding=padding))

    assert write_mp3(tmp_path, event) is True
    assert mp3_of(tmp_path, event).read_bytes() == mp3


TRUNCATED = {
    "cut by one": base64.b64encode(MP3[:300]).decode()[:-1],
    "cut by two": base64.b64encode(MP3[:300]).decode()[:-2],
    "one character": "A",
    "no base64": "!!!!",
    "a blank": "AAAA AAAA",
    "other script": "ÄÖÜß",
    "after the padding": "QQ==QUFB",
    "long, cut by one": base64.b64encode(LONG_MP3).decode()[:-1],
    "long, spoilt in the middle": base64.b64encode(LONG_MP3).decode().replace("b", "!", 1),
}


@pytest.mark.parametrize("full_audio", TRUNCATED.values(), ids=TRUNCATED)
def test_writes_no_part_of_a_recording(tmp_path: Path, full_audio: str) -> None:
    """Truncated or invalid base64 is a fault of the event; no file of it is left, whole or partial."""
    event = event_of(tmp_path, audio_body(full_audio))

    with pytest.raises(AudioError):
        write_mp3(tmp_path, event)
    assert files_beside(tmp_path, event) == ["conv_1_audio.json"]


def test_keeps_a_recording_that_it_cannot_better(tmp_path: Path) -> None:
    """If an event cannot be decoded, an existing file stays as it is."""
    event = event_of(tmp_path, audio_body(TRUNCATED["cut by one"]))
    mp3_of(tmp_path, event).write_bytes(b"old")

    with pytest.raises(AudioError):
        write_mp3(tmp_path, event)
    assert mp3_of(tmp_path, event).read_bytes() == b"old"
    assert files_beside(tmp_path, event) == ["conv_1_audio.json", "conv_1_audio.mp3"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":null}}',
        b'{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":""}}',
        b'{"type":"post_call_audio","data":{"conversation_id":"conv_1"}}',
    ],
    ids=["null", "empty", "absent"],
)
def test_writes_nothing_where_nothing_was_recorded(tmp_path: Path, body: bytes) -> None:
    """An event without a recording leaves no file, and is not a fault."""
    event = event_of(tmp_path, body)

    assert write_mp3(tmp_path, event) is False
    assert files_beside(tmp_path, event) == ["conv_1_audio.json"]


def test_refuses_an_event_that_is_no_audio(tmp_path: Path) -> None:
    """A body that is not an audio webhook is reported as such."""
    event = event_of(tmp_path, transcription("conv_1", "Hello."))

    with pytest.raises(AudioError, match="not an audio webhook"):
        write_mp3(tmp_path, event)


@pytest.mark.parametrize("mp3", [MP3, LONG_MP3], ids=["short", "long"])
def test_writes_nothing_of_a_damaged_event(tmp_path: Path, mp3: bytes) -> None:
    """
    If an event is missing or does not match its receipt, no recording is written: the bytes are not what was sent.
    """
    event = event_of(tmp_path, audio("conv_1", mp3))
    body = file_of(tmp_path, event).read_bytes()
    file_of(tmp_path, event).write_bytes(body.replace(b"A", b"B", 1))

    with pytest.raises(DamagedEventError):
        write_mp3(tmp_path, event)
    file_of(tmp_path, event).unlink()
    with pytest.raises(DamagedEventError):
        write_mp3(tmp_path, event)
    assert files_beside(tmp_path, event) == []


def test_leaves_no_half_written_file_when_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fails before the recording is durable, no file is left, and a retry writes all of it."""
    event = event_of(tmp_path, audio("conv_1", MP3))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_mp3(tmp_path, event)
    assert files_beside(tmp_path, event) == ["conv_1_audio.json"]

    assert write_mp3(tmp_path, event) is True
    assert mp3_of(tmp_path, event).read_bytes() == MP3


def test_keeps_the_recordings_of_two_versions_apart(tmp_path: Path) -> None:
    """Another recording of the same call lies beside its own event and replaces no other."""
    first, second = event_of(tmp_path, audio("conv_1", b"one")), event_of(tmp_path, audio("conv_1", b"two"))

    assert write_mp3(tmp_path, first) is write_mp3(tmp_path, second) is True
    assert (mp3_of(tmp_path, first).read_bytes(), mp3_of(tmp_path, second).read_bytes()) == (b"one", b"two")
    assert write_mp3(tmp_path, first) is write_mp3(tmp_path, second) is False
