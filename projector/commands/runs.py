"""The long runs of the `projector` command: what they say on the terminal, and what ends them."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event as Flag

import click

from events.errors import EventsError
from events.folder_log.log import FolderLog
from events.log.receipt import Place
from events.process import logging
from events.process.progress import ProgressReport
from projector.commands.settings import Settings
from projector.commands.waiting import WaitReporter, why_behind
from projector.engines import shutdown as stopping
from projector.engines.settings import EngineSettings
from projector.errors import BackfillStoppedError, EngineError, ProjectorError, ReadModelMissingError
from projector.follow.follower import Follower
from projector.follow.replay import replay
from projector.follow.replay_lock import ReplayLock
from projector.read_model.sqlite.generations import Generations
from projector.read_model.sqlite.reading import open_read_model
from projector.read_side.reader import ReadModelReader

_FOUND_SOMETHING = 1
# What a shell makes of a process that ended by a signal: this, and the signal's number.
_ENDED_BY_SIGNAL = 128
_NICENESS = 5
_POLL_S, _WAIT_S, _HEALTH_S = 0.05, 1.0, 10.0


def follow(settings: Settings) -> None:
    """Follow the log until SIGTERM or SIGINT."""
    logging.configure(level=settings.log_level)
    logger = logging.get_logger("projection")
    stop = stopping.STOP
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with suppress(OSError):  # a sandbox may forbid it
        os.nice(_NICENESS)  # callers on the line go first
    logger.info("projector_started", payloads=str(settings.payload_folder), engine=settings.projection.engine.name)
    reason = ""
    while not stop.is_set():
        # Whatever stands in the way, another projector or a folder that is not there, is said once and waited for.
        try:
            if _follow_if_alone(settings, stop):
                continue  # told to stop, or its lock was lost and is to be taken anew
            now = "another projector follows this log"
        except OSError as error:
            now = str(error)
        if now != reason:
            reason = now
            logger.warning("projector_waiting", reason=reason)
        stop.wait(_WAIT_S)
    logger.info("projector_stopped")


def _follow_if_alone(settings: Settings, stop: Flag) -> bool:
    generations = Generations(settings.read_model_folder)
    with generations.lock("follow", wait=False) as is_held:
        if is_held:
            follower = Follower(FolderLog(settings.payload_folder), generations, settings.projection, stop=stop)
            follower.run(is_watching=settings.is_watching)
        return is_held


def catch_up(settings: Settings, *, is_told: bool = True) -> None:
    """
    Catch up, or, where another projector follows, wait until that one has.

    Args:
        is_told: whether to wait also until that one has told a memory engine outside.

    Raises:
        EngineError: such an engine cannot be used, so that we, or the other projector, could only wait.
    """
    logging.configure(level="error")  # faults are listed at the end
    payloads, generations = FolderLog(settings.payload_folder), Generations(settings.read_model_folder)
    tail = payloads.tail()
    why = partial(why_behind, settings.read_model_folder, tail.position if tail is not None else 0)
    waiting = WaitReporter(settings.projection.engine if is_told else EngineSettings(), tell=_say, why=why)
    while True:
        with generations.lock("follow", wait=False) as is_held:
            if is_held:
                report = ProgressReport("replaying")
                follower = Follower(payloads, generations, settings.projection, on_progress=report)
                try:
                    follower.catch_up()
                except EngineError as error:
                    raise EngineError(f"{why()}; the rest waits until this is mended: {error}") from error
                finally:
                    follower.close()
                    report.close()
                if not (is_told and _is_owing(settings)):
                    return
                # Somebody replays, and tells the engine meanwhile: we go on with what is live then.
        waiting.begin(
            f"another projector {'replays' if is_held else 'follows'} this log; waiting until it has caught up"
        )
        if _has_caught_up(settings, tail, is_told=is_told):
            return
        try:
            waiting.look()
        except EngineError as error:
            raise EngineError(f"{why()}; that projector, too, waits until this is mended: {error}") from error
        time.sleep(_POLL_S)


def _is_owing(settings: Settings) -> bool:
    with open_read_model(settings.read_model_folder) as read_model:
        return read_model.owed() > 0


def _has_caught_up(settings: Settings, tail: Place | None, *, is_told: bool) -> bool:
    try:
        with open_read_model(settings.read_model_folder) as read_model:
            place, faults, owed = read_model.place(), read_model.faults(), read_model.owed()
    except ReadModelMissingError:
        return False
    due_s = [fault.next_try_at_s for fault in faults if fault.next_try_at_s is not None]
    is_there = tail is None or (place is not None and place.position >= tail.position)
    return is_there and not (is_told and owed) and not any(next_try_at_s <= time.time() for next_try_at_s in due_s)


def replay_log(settings: Settings) -> None:
    """Rebuild all memories, and say how many there are."""
    logging.configure(level="error")  # faults are listed at the end
    report = ProgressReport("replaying")
    generations = Generations(settings.read_model_folder)
    lock = ReplayLock(
        generations,
        on_waiting=lambda: _say("another projector replays the log, or has not caught up with it; waiting for it"),
    )
    replay(FolderLog(settings.payload_folder), generations, settings.projection, on_progress=report, lock=lock)
    report.close()
    with open_read_model(settings.read_model_folder) as read_model:
        n = read_model.counts()
    click.echo(f"replayed {n['calls']} calls: {n['memories']} memories of {n['callers']} callers", err=True)
    if settings.projection.engine.is_outside:
        _, engine = ReadModelReader(settings.read_model_folder, settings.projection.engine).open()
        if (words := engine.health(timeout_s=_HEALTH_S)) != "ok":
            _say(words)


def run_backfill(settings: Settings, *, since_s: int | None, agent_id: str | None, has_recordings: bool) -> int:
    """
    Append what the log lacks, fold it as catching up does, say what was done, and return the exit code.

    SIGTERM and SIGINT end it between two calls; then whoever follows the log folds what was appended.
    """
    # They take long to import, and who follows asks nobody.
    from projector.sources.backfill import Backfill  # noqa: PLC0415
    from projector.sources.elevenlabs import ElevenLabsApi  # noqa: PLC0415

    assert settings.api is not None
    logging.configure(level="error")  # faults are listed at the end
    code = 0
    report = ProgressReport("fetching")
    with _stopped_by_signals() as (stop, signals):
        api = ElevenLabsApi(next(iter(settings.api.key)), settings.api.base_url, stop=stop, tell=_say)
        backfill = Backfill(FolderLog(settings.payload_folder), api, tell=_say, stop=stop)
        try:
            backfill.run(since_s=since_s, agent_id=agent_id, has_recordings=has_recordings, on_progress=report)
        except BackfillStoppedError:
            pass
        except (EventsError, ProjectorError, OSError) as error:
            _say(str(error))
            code = _FOUND_SOMETHING
        finally:
            report.close()
            api.close()
    _say(str(backfill.summary))
    if signals:
        _say("stopped; run it again to go on. `projector --once` folds what was appended, where no projector runs")
        return _ENDED_BY_SIGNAL + signals[0]
    catch_up(settings)
    return code or (_FOUND_SOMETHING if backfill.summary.failed else 0)


@contextmanager
def _stopped_by_signals() -> Iterator[tuple[Flag, list[int]]]:
    """Note SIGTERM and SIGINT instead of ending by them; the second of a kind ends the process as always."""
    stop, signals = Flag(), list[int]()

    def note(number: int, _: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        signals.append(number)
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop, signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(words: str) -> None:
    click.echo(f"projector: {words}", err=True)
