"""Stories: small logs, each with the dump that it must give."""

import time
from pathlib import Path

from events.folder_log.log import FolderLog
from projector.follow.replay import Replay
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.read_models import live_read_model
from tests.support.samples import PAYLOADS, audio

_FOLDER = Path(__file__).parent
STORIES = tuple(_FOLDER / name for name in ("recorded", "names", "versions", "callers", "channels", "odd"))


def events_of(story: Path) -> list[bytes]:
    """Return the webhooks of a story, in the order in which they came."""
    if story.name == "recorded":
        webhooks = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json")) if "request" not in path.name]
        return [*webhooks, audio("conv_4201k9wfkvjyf60aevvp97zch524")]
    return [path.read_bytes() for path in sorted(story.glob("[0-9]*.json"))]


def dump_of(bodies: list[bytes], folder: Path) -> str:
    """Return the dump of a fresh log of these webhooks, replayed."""
    log = FolderLog(folder / "payloads")
    for body in bodies:
        log.append(body, source="webhook")
    return replayed_dump(log, folder / "readmodel")


def replayed_dump(log: FolderLog, folder: Path) -> str:
    """Replay a log into a folder, and return the dump."""
    generations = SqliteGenerations(folder)
    Replay(log, generations, ProjectionSettings(), clock_s=time.time).run()
    with live_read_model(generations) as read_model:
        return "\n".join(read_model.dump()) + "\n"
