"""What is redacted on the disk: nothing of it in the read model, all of it in the log."""

from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from projector.domain.redaction.redaction import RedactionSettings
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.golden.stories import replayed_dump
from tests.support.samples import transcription

CARD = "5425 2334 3010 9903"
GROUPS = [group.encode() for group in CARD.split()]
BODY = transcription(
    "conv_1",
    f"My card is {CARD}.",
    "five four two five two three three four three zero one zero double nine oh three",
    "5425",
    "2334 3010",
    "9903",
    summary=f"Paid with {CARD}.",
    title=CARD,
    card=int(CARD.replace(" ", "")),
    note=f"card {CARD}",
)


def follow(log: FolderLog, folder: Path, settings: ProjectionSettings) -> bytes:
    """Project a log, and return all bytes under the read model's folder, also those not yet checkpointed."""
    follower = Follower(log, SqliteGenerations(folder), settings, clock_s=lambda: 0.0)
    follower.catch_up()
    live = contents(folder)
    follower.close()
    return live + contents(folder)


def contents(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    """A log with one call in which a card number is told in every field."""
    log = FolderLog(tmp_path / "payloads")
    log.append(BODY.replace(b"Question 3?", b"mm-hm").replace(b"Question 4?", b"go on"), source="webhook")
    return log


def test_holds_no_card_number_on_the_disk(log: FolderLog, tmp_path: Path) -> None:
    """Projected live or replayed, neither the dump nor a byte of the read model holds the number; the log does."""
    held = follow(log, tmp_path / "readmodel", ProjectionSettings())
    dump = replayed_dump(log, tmp_path / "readmodel")

    assert b"[card number removed]" in held
    assert dump.count("[card number removed]") >= 8
    for group in (*GROUPS, CARD.replace(" ", "").encode(), b"double nine"):
        assert group not in held
        assert group not in contents(tmp_path / "readmodel")
        assert group not in dump.encode()
    assert CARD.encode() in (tmp_path / "payloads/conv_1/conv_1_transcription.json").read_bytes()


def test_replays_what_is_to_be_removed_from_now_on(log: FolderLog, tmp_path: Path) -> None:
    """Told only later to remove numbers, the projector replays, and the old generation goes with what it held."""
    folder = tmp_path / "readmodel"
    before = follow(log, folder, ProjectionSettings(redaction=RedactionSettings(kinds=())))
    replayed_dump(log, folder)

    assert CARD.encode() in before
    assert not any(group in contents(folder) for group in GROUPS)
