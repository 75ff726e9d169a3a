"""Rewrites each story's expected dump: `make golden`, then look at the diff."""

import tempfile
from pathlib import Path

from tests.golden.learned_stories import LEARNED, learned_dump, told_in
from tests.golden.stories import STORIES, dump_of, events_of


def main() -> None:
    """Replay every story, and write its dump beside it."""
    for story in STORIES:
        with tempfile.TemporaryDirectory() as folder:
            dump = dump_of(events_of(story), Path(folder))
        _write(story, dump)
    for story in LEARNED:
        with tempfile.TemporaryDirectory() as folder:
            dump = learned_dump(told_in(story), Path(folder))
        _write(story, dump)


def _write(story: Path, dump: str) -> None:
    (story / "dump.json").write_text(dump)
    print(f"{story.name}: {dump.count(chr(10))} lines")


if __name__ == "__main__":
    main()
