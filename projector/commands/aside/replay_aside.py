"""Replays beside the live memories: into a folder of their own, or for a comparison that leaves nothing behind."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Flag

import click
import msgspec

from events.disk.links import real_path
from events.open_log import open_log_there
from events.process import logging
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, echo_json, say
from events.process.screen.progress import ProgressReport
from events.process.terminal import count_of
from projector.commands.aside.log_aside import LogAside
from projector.commands.running.stopping import stopped_by_signals
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.follow.replay import Replay
from projector.read_model.open import open_generations, open_read_model
from projector.read_side.whole.difference import difference_lines, differences, summary

_DRY_RUN = ".dry-run-"
_ENDED_BY_SIGNAL = 128


def replay_aside(settings: Settings, into: Path, *, until_s: float | None) -> None:
    """
    Fold the log, as of a moment, into a folder of its own; neither the log nor the live memories change.

    Args:
        into: a folder that is not there yet, or empty.
        until_s: the moment, in Unix seconds; None for now.
    """
    _check_folder(settings, into)
    with _ended_by_signals() as stop:
        try:
            counts = _replay(settings, into, until_s=until_s, stop=stop)
        except BaseException:
            shutil.rmtree(into, ignore_errors=True)  # half of it would only be in the way of the next attempt
            raise
    is_outside = settings.projection.engine.is_outside
    engine = "; an outside engine was given nothing" if is_outside else ""
    what = f"{count_of(counts['memories'], 'thing')} remembered of {count_of(counts['callers'], 'caller')}"
    say("projector", f"replayed {count_of(counts['calls'], 'call')} into {into}: {what}{engine}")
    say("projector", "no erasure reaches that folder: remove it once you have looked")
    if counts["faults"]:
        say("projector", f"{count_of(counts['faults'], 'event')} could not be folded")
        sys.exit(FOUND_SOMETHING)


def replay_dry(settings: Settings, *, is_json: bool) -> None:
    """Fold the log aside with today's settings, print how that differs from the live memories, and leave nothing."""
    folder = settings.read_model_folder.parent / f"{_DRY_RUN}{os.getpid()}"
    with _ended_by_signals() as stop:
        _remove_left_over(folder.parent)
        try:
            _replay(settings, folder, until_s=None, stop=stop)
            different = _compare(settings.memories_location, folder, is_json=is_json)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(FOUND_SOMETHING if different else 0)


def compare(settings: Settings, before: Path, after: Path | None, *, is_json: bool) -> None:
    """
    Print how two read models differ; exit 1 if they do.

    Args:
        after: None for the live memories.
    """
    for folder in (before, after):
        if folder is not None and not folder.is_dir():
            raise click.UsageError(f"{folder} is no folder")
    if _compare(before, after or settings.memories_location, is_json=is_json):
        sys.exit(FOUND_SOMETHING)


def moment_of(text: str) -> float:
    """
    Return the Unix seconds until which something counts: of a date the end of that day in UTC, else of the time.

    Raises:
        ValueError: the text is neither.
    """
    # A slow import, and only a look back needs it.
    from projector.sources.backfill import unix_seconds_of  # noqa: PLC0415

    at_s = unix_seconds_of(text)
    try:
        day = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        day = datetime.fromtimestamp(at_s, UTC) + timedelta(days=1)
    return day.timestamp()


def _replay(settings: Settings, into: Path, *, until_s: float | None, stop: Flag) -> dict[str, int]:
    logging.configure(level="error")
    # The embedded engine whatever is set: an outside one holds what is live, and nothing else.
    projection = msgspec.structs.replace(settings.projection, engine=EngineSettings(), audio_mp3=False)
    log = LogAside(open_log_there(settings.log_location, log_keys=settings.log_keys), until_s)
    generations = open_generations(into)
    report = ProgressReport("replaying")
    try:
        Replay(
            log,
            generations,
            projection,
            Engines(projection.engine),
            on_progress=report,
            should_go_on=lambda: not stop.is_set(),
            seals=False,
        ).run()
    finally:
        report.close()
    with open_read_model(generations) as read_model:
        return read_model.counts()


def _compare(before: str | Path, after: str | Path, *, is_json: bool) -> int:
    """Print each caller who differs, and return how many do."""
    logging.configure(level="error")
    count = 0
    with open_read_model(open_generations(before)) as old, open_read_model(open_generations(after)) as new:
        for difference in differences(old, new):
            count += 1
            if is_json:
                echo_json(msgspec.json.encode(difference).decode())
            else:
                click.echo("\n".join(difference_lines(difference)))
        say("projector", summary(count, new.counts()["callers"]))
    return count


def _check_folder(settings: Settings, into: Path) -> None:
    try:
        real, *taken = map(real_path, (into, settings.read_model_folder, settings.payload_folder))
    except OSError as error:
        say("projector", f"{error.filename}: {error.strerror}")
        sys.exit(USED_WRONGLY)
    if any(real == folder or real.is_relative_to(folder) or folder.is_relative_to(real) for folder in taken):
        say("projector", f"--into {into} must lie apart from the log and the live memories")
        sys.exit(USED_WRONGLY)
    if into.exists() and not (into.is_dir() and not any(into.iterdir())):
        say("projector", f"--into {into} is not empty: name a new folder")
        sys.exit(USED_WRONGLY)


def _remove_left_over(folder: Path) -> None:
    """Remove what comparisons left that were killed: it holds what callers said."""
    for left in folder.glob(f"{_DRY_RUN}*"):
        process = left.name.removeprefix(_DRY_RUN)
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _ended_by_signals() -> Iterator[Flag]:
    stop = Flag()
    with stopped_by_signals(stop, code=lambda number: _ENDED_BY_SIGNAL + number, tell=lambda: None):
        yield stop
