"""Follows the log until it is told to stop, whatever stands in its way meanwhile."""

import os
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from threading import Event as Flag

from events.open_log import open_log
from events.process import logging
from events.process.doubts import log_doubts
from projector.commands.beside.agents import asking_agents
from projector.commands.beside.metrics import serving
from projector.commands.beside.models import asking
from projector.commands.beside.traces import recording_traces
from projector.commands.beside.vectors import making_vectors
from projector.commands.forgetting.retention import retaining, retention_of
from projector.commands.running.helping import Helping, beating_beside_others
from projector.commands.running.stopping import stopped_by_signals
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.errors import ReadModelBusyError
from projector.follow.follower import Follower
from projector.follow.sealing import say_if_key_is_wrong
from projector.follow.traces import Untraced
from projector.read_model.open import open_generations
from projector.read_side.loading import load_before_work
from projector.read_side.signs.heartbeat import Pulse, beating, write_heartbeat

_NICENESS = 5
_WAIT_S = 1.0
_ANOTHER = "another projector follows this log"


def follow(settings: Settings, engines: Engines) -> None:
    """
    Follow the log until SIGTERM or SIGINT. Wherever it is then, it ends within two seconds.

    Args:
        engines: of this process; the signals set their `shutdown`.
    """
    logging.configure(level=settings.log_level)
    logger = logging.get_logger("projection")

    has_ended = Flag()

    def tell() -> None:
        if not has_ended.is_set():  # else only traces are still on their way
            logger.warning("projector_stopped", abandoned="what was under way is done again at the next start")

    with stopped_by_signals(engines.shutdown, code=lambda _: 0, tell=tell):
        with suppress(OSError):  # a sandbox may forbid it
            os.nice(_NICENESS)  # ingress has callers on the line: it goes first
        log_doubts(settings.doubts)
        load_before_work(settings.projection.engine.name)
        logger.info("projector_started", payloads=settings.log_words, engine=settings.projection.engine.name)
        with recording_traces(settings) as traces:
            _follow_until_stopped(settings, engines, traces)
            logger.info("projector_stopped")
            has_ended.set()


def _follow_until_stopped(settings: Settings, engines: Engines, traces: Untraced) -> None:
    folder, memories = settings.read_model_folder, settings.memories_location
    with (
        serving(settings.metrics_host, settings.metrics_port, folder, memories) as note_batch,
        closing(Helping(settings, engines)) as helping,
    ):
        pulse = Pulse(on_batch=note_batch)
        with beating_beside_others(settings, pulse):
            _follow_again_and_again(settings, engines, pulse, traces, helping)


def _follow_again_and_again(
    settings: Settings, engines: Engines, pulse: Pulse, traces: Untraced, helping: Helping
) -> None:
    logger = logging.get_logger("projection")
    stop = engines.shutdown
    reason = ""
    while not stop.is_set():
        # If another projector, a missing folder or a server that is gone stands in the way, log it once and wait.
        spend: Callable[[float], object] = stop.wait
        try:
            if _follow_if_alone(settings, engines, pulse, traces, helping):
                continue  # it was told to stop, or it lost its lock and must take it again
            now, spend = _ANOTHER, helping.spend
            pulse.wait_for(None)
        except (OSError, ReadModelBusyError) as error:
            now = str(error)
            with suppress(OSError):  # it may be that folder which is missing
                pulse.wait_for(now)
                write_heartbeat(settings.read_model_folder, pulse.heartbeat())
        if now != reason:
            reason = now
            if reason == _ANOTHER and settings.database is not None:
                logger.info("projector_helping", reason=reason)  # as one on each machine is to
            else:
                logger.warning("projector_waiting", reason=reason)
        spend(_WAIT_S)


def _follow_if_alone(settings: Settings, engines: Engines, pulse: Pulse, traces: Untraced, helping: Helping) -> bool:
    generations = open_generations(settings.memories_location)
    with generations.lock("follow", wait=False) as is_held:
        if is_held:
            helping.close()
            payloads = open_log(settings.log_location, log_keys=settings.log_keys, is_watching=settings.is_watching)
            say_if_key_is_wrong(payloads)
            with (
                beating(settings.read_model_folder, pulse) if settings.database is None else nullcontext(),
                retaining(retention_of(settings, payloads, generations), engines.shutdown),
                asking_agents(settings, payloads),
                asking(settings),
                making_vectors(settings) as vectors,
            ):
                Follower(
                    payloads,
                    generations,
                    settings.projection,
                    engines,
                    stop=engines.shutdown,
                    pulse=pulse,
                    changes=vectors,
                    traces=traces,
                ).run()
        return is_held
