"""The long runs of the `projector` command, with their messages on the terminal and the signals that end them."""

import time
from functools import partial
from threading import Event as Flag

import click

from events.errors import EventsError
from events.log.receipt import Place
from events.open_log import open_log
from events.process import logging
from events.process.command import FOUND_SOMETHING, say
from events.process.screen.progress import ProgressReport
from events.process.terminal import count_of
from projector.commands.beside.traces import recording_traces
from projector.commands.forgetting.retention import retention_of
from projector.commands.running.lost_log import check_log
from projector.commands.running.stopping import stopped_by_signals
from projector.commands.running.waiting import WaitReporter, why_behind
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.errors import BackfillStoppedError, EngineError, ProjectorError, ReadModelMissingError
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.follow.replay_lock import ReplayLock
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_read_model
from projector.read_side.reader import ReadModelReader

# A shell reports this plus the signal's number for a process that was ended by a signal.
_ENDED_BY_SIGNAL = 128
_STOPPED = "stopped; run it again to continue. If no projector runs, `projector --once` folds what was appended"
_POLL_S, _HEALTH_S = 0.05, 10.0


def expire_once(settings: Settings, engines: Engines) -> None:
    """Erase the calls that are too old, if RETENTION_DAYS is set, once everything is folded."""
    payloads = open_log(settings.log_location, log_keys=settings.log_keys)
    retention = retention_of(settings, payloads, open_generations(settings.memories_location))
    while retention is not None and (count := retention.expire()):
        _say(f"{count_of(count, 'call')} older than {settings.retention_days} days: erased")
        catch_up(settings, engines)


def catch_up(settings: Settings, engines: Engines, *, waits_for_engine: bool = True) -> None:
    """
    Fold all new events; if another projector follows the log, wait until that one has folded them.

    Args:
        engines: of this process.
        waits_for_engine: whether to wait also until an outside engine has received all changes.

    Raises:
        EngineError: that engine cannot be used, so the wait would not end.
    """
    logging.configure(level="error")  # faults are listed at the end
    payloads = open_log(settings.log_location, log_keys=settings.log_keys)
    generations = open_generations(settings.memories_location)
    tail = payloads.tail()
    why = partial(why_behind, generations, tail.position if tail is not None else 0)
    waiting = WaitReporter(engines if waits_for_engine else None, tell=_say, why=why)
    while True:
        with generations.lock("follow", wait=False) as is_held:
            if is_held:
                report = ProgressReport("replaying")
                with recording_traces(settings) as traces:
                    follower = Follower(
                        payloads, generations, settings.projection, engines, on_progress=report, traces=traces
                    )
                    try:
                        follower.catch_up()
                    except EngineError as error:
                        raise EngineError(f"{why()}; the rest waits until this is fixed: {error}") from error
                    finally:
                        follower.close()
                        report.close()
                if not (waits_for_engine and _has_undelivered(generations)):
                    return
                # Another process replays, and fills the engine meanwhile: we continue on the generation that it makes.
        doing = "replays" if is_held else "follows"
        waiting.begin(f"another projector {doing} this log; waiting until it has caught up")
        if _has_caught_up(generations, tail, waits_for_engine=waits_for_engine):
            return
        try:
            waiting.look()
        except EngineError as error:
            raise EngineError(f"{why()}; the other projector also waits until this is fixed: {error}") from error
        time.sleep(_POLL_S)


def _has_undelivered(generations: Generations) -> bool:
    with open_read_model(generations) as read_model:
        return read_model.owed() > 0


def _has_caught_up(generations: Generations, tail: Place | None, *, waits_for_engine: bool) -> bool:
    try:
        with open_read_model(generations) as read_model:
            place, faults, owed = read_model.place(), read_model.faults(), read_model.owed()
            waiting = read_model.waiting()
    except ReadModelMissingError:
        return False
    due_s = [fault.next_try_at_s for fault in faults if fault.next_try_at_s is not None]
    is_there = not waiting and (tail is None or (place is not None and place.position >= tail.position))
    return (
        is_there
        and not (waits_for_engine and owed)
        and not any(next_try_at_s <= time.time() for next_try_at_s in due_s)
    )


def replay_log(settings: Settings, engines: Engines) -> None:
    """
    Rebuild all memories from the log, and say how many there are.

    Args:
        engines: of this process.
    """
    logging.configure(level="error")  # faults are listed at the end
    report = ProgressReport("replaying")
    generations = open_generations(settings.memories_location)
    lock = ReplayLock(
        generations,
        on_waiting=lambda: _say("another projector replays the log, or has not caught up with it; waiting for it"),
    )
    log = open_log(settings.log_location, log_keys=settings.log_keys)
    Replay(log, generations, settings.projection, engines, on_progress=report, lock=lock).run()
    report.close()
    with open_read_model(generations) as read_model:
        n = read_model.counts()
    click.echo(f"replayed {n['calls']} calls: {n['memories']} memories of {n['callers']} callers", err=True)
    if settings.projection.engine.is_outside:
        _, engine = ReadModelReader(settings.memories_location, engines).open()
        if (health := engine.health(timeout_s=_HEALTH_S)) != "ok":
            _say(health)


def run_backfill(settings: Settings, *, since_s: int | None, agent_id: str | None, has_recordings: bool) -> int:
    """
    Append the calls that the log lacks, fold them, say what was done, and return the exit code.

    SIGTERM and SIGINT end it between two calls, or within two seconds where a call takes longer to come. What was
    appended until then is folded by the next projector that runs.
    """
    # Slow imports, and a following projector never calls the API.
    from projector.sources.backfill import Backfill  # noqa: PLC0415
    from projector.sources.elevenlabs import ElevenLabsApi  # noqa: PLC0415

    assert settings.api is not None
    logging.configure(level="error")  # faults are listed at the end
    code = 0
    report = ProgressReport("fetching")
    stop = Flag()
    with stopped_by_signals(stop, code=_code_of_signal, tell=lambda: _say(_STOPPED)) as signals:
        api = ElevenLabsApi(next(iter(settings.api.key)), settings.api.base_url, stop=stop, tell=_say)
        payloads = open_log(settings.log_location, log_keys=settings.log_keys)
        backfill = Backfill(payloads, api, tell=_say, stop=stop)
        try:
            check_log(payloads, open_generations(settings.memories_location))
            backfill.run(since_s=since_s, agent_id=agent_id, has_recordings=has_recordings, on_progress=report)
        except BackfillStoppedError:
            pass
        except (EventsError, ProjectorError, OSError) as error:
            _say(str(error))
            code = FOUND_SOMETHING
        finally:
            report.close()
            api.close()
    _say(str(backfill.summary))
    if signals:
        _say(_STOPPED)
        return _code_of_signal(signals[0])
    catch_up(settings, Engines(settings.projection.engine))
    return code or (FOUND_SOMETHING if backfill.summary.failed else 0)


def _code_of_signal(number: int) -> int:
    return _ENDED_BY_SIGNAL + number


def _say(message: str) -> None:
    say("projector", message)
