"""Rewrites each story's expected dump: `make golden`, then look at the diff."""

import tempfile
from pathlib import Path

from tests.golden.stories import STORIES, dump_of, events_of


def main() -> None:
    """Replay every story, and write its dump beside it."""
    for story in STORIES:
        with tempfile.TemporaryDirectory() as folder:
            dump = dump_of(events_of(story), Path(folder))
        (story / "dump.json").write_text(dump)
        print(f"{story.name}: {dump.count(chr(10))} lines")


if __name__ == "__main__":
    main()
