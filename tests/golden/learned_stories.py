"""Stories of what calls teach: webhooks, what models said of them, and what persons corrected, with the dump."""

import re
from pathlib import Path
from typing import NamedTuple

from tests.support.sites import ProjectorSite

_FOLDER = Path(__file__).parent / "learned"
LEARNED = tuple(sorted(folder for folder in _FOLDER.iterdir() if folder.is_dir()))
_NAME = re.compile(r"\d+-.*\.(webhook|extraction|correction)\.json")


class Told(NamedTuple):
    """An event: its body, and its source."""

    body: bytes
    source: str


def told_in(story: Path) -> list[Told]:
    """Return the events of a story, in the order in which they came."""
    named = [(path, match[1]) for path in sorted(story.iterdir()) if (match := _NAME.fullmatch(path.name))]
    return [Told(path.read_bytes(), source) for path, source in named]


def learned_dump(events: list[Told], folder: Path) -> str:
    """Return the dump of a fresh log of these events, replayed."""
    site = ProjectorSite(folder)
    for event in events:
        site.append(event.body, source=event.source)
    return site.replayed_dump()
