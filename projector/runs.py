"""The long runs of the `projector` command: what they say on the terminal, and what ends them."""

import signal
import time
from threading import Event as Flag

import click

from events import logging
from events.log import PayloadLog
from events.receipt import Place
from projector.errors import ReadModelMissingError
from projector.follow import Follower
from projector.generations import Generations
from projector.progress import ProgressReport
from projector.read_model import open_read_model
from projector.replay import replay
from projector.settings import Settings

_POLL_S, _WAIT_S = 0.05, 1.0


def follow(settings: Settings) -> None:
    """Follow the log until SIGTERM or SIGINT."""
    logging.configure(level=settings.log_level)
    log = logging.get_logger("projection")
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("projector_started", payloads=str(settings.payload_folder))
    reason = ""
    while not stop.is_set():
        # Whatever stands in the way, another projector or a folder that is not there, is said once and waited for.
        try:
            if _follow_if_alone(settings, stop):
                break
            now = "another projector follows this log"
        except OSError as error:
            now = str(error)
        if now != reason:
            reason = now
            log.warning("projector_waiting", reason=reason)
        stop.wait(_WAIT_S)
    log.info("projector_stopped")


def _follow_if_alone(settings: Settings, stop: Flag) -> bool:
    generations = Generations(settings.read_model_folder)
    with generations.lock("follow", wait=False) as is_held:
        if is_held:
            follower = Follower(PayloadLog(settings.payload_folder), generations, settings.projection, stop=stop)
            follower.run(is_watching=settings.is_watching)
        return is_held


def catch_up(settings: Settings) -> None:
    """Catch up, or, where another projector follows, wait until that one has."""
    logging.configure(level="error")  # faults are listed at the end
    payloads, generations = PayloadLog(settings.payload_folder), Generations(settings.read_model_folder)
    tail = payloads.tail()
    is_told = False
    while True:
        with generations.lock("follow", wait=False) as is_held:
            if is_held:
                report = ProgressReport()
                follower = Follower(payloads, generations, settings.projection, on_progress=report)
                follower.catch_up()
                follower.close()
                report.close()
                return
        if not is_told:
            click.echo("projector: another projector follows this log; waiting until it has caught up", err=True)
            is_told = True
        if _has_caught_up(settings, tail):
            return
        time.sleep(_POLL_S)


def _has_caught_up(settings: Settings, tail: Place | None) -> bool:
    try:
        with open_read_model(settings.read_model_folder) as read_model:
            place, faults = read_model.place(), read_model.faults()
    except ReadModelMissingError:
        return False
    due_s = [fault.next_try_at_s for fault in faults if fault.next_try_at_s is not None]
    is_there = tail is None or (place is not None and place.position >= tail.position)
    return is_there and not any(next_try_at_s <= time.time() for next_try_at_s in due_s)


def replay_log(settings: Settings) -> None:
    """Rebuild all memories, and say how many there are."""
    logging.configure(level="error")  # faults are listed at the end
    report = ProgressReport()
    replay(
        PayloadLog(settings.payload_folder),
        Generations(settings.read_model_folder),
        settings.projection,
        on_progress=report,
    )
    report.close()
    with open_read_model(settings.read_model_folder) as read_model:
        n = read_model.counts()
    click.echo(f"replayed {n['calls']} calls: {n['memories']} memories of {n['callers']} callers", err=True)
