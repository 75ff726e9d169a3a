"""Stories: small logs, each with the dump that it must give."""

from pathlib import Path

from tests.support.samples import PAYLOADS, audio
from tests.support.sites import ProjectorSite

_FOLDER = Path(__file__).parent
STORIES = tuple(
    _FOLDER / name for name in ("recorded", "names", "versions", "callers", "channels", "facts", "odd", "who", "days")
)


def events_of(story: Path) -> list[bytes]:
    """Return the webhooks of a story, in the order in which they came."""
    if story.name == "recorded":
        webhooks = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json")) if "request" not in path.name]
        return [*webhooks, audio("conv_4201k9wfkvjyf60aevvp97zch524")]
    return [path.read_bytes() for path in sorted(story.glob("[0-9]*.json"))]


def dump_of(bodies: list[bytes], folder: Path) -> str:
    """Return the dump of a fresh log of these webhooks, replayed."""
    site = ProjectorSite(folder)
    site.append(*bodies)
    return site.replayed_dump()
