"""Has the profiles of agents kept while a projector follows the log."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from threading import Event as Flag
from typing import TypeVar

from events.log.ours.agent_profile import AgentProfile
from events.log.protocol import EventLog
from projector.commands.settings import Settings
from projector.errors import ReadModelDamagedError
from projector.read_model.generations import LiveReader
from projector.read_model.open import open_live_reader
from projector.read_model.protocol import ReadModel
from projector.read_model.records import AgentMet

T = TypeVar("T")
_HOUR_S = 60 * 60
# A process that ends does not wait for more: what is under way is asked again at the next start.
_ENDS_WITHIN_S = 1.0


@contextmanager
def asking_agents(settings: Settings, log: EventLog) -> Iterator[None]:
    """Ask ElevenLabs about the agents that have calls until the block ends, in a thread, if there is a key for it."""
    if settings.api is None or settings.agent_ttl_hours is None:
        yield
        return
    # Not needed by a projector that asks nobody.
    from projector.sources.agents.asked import AskedAgents  # noqa: PLC0415
    from projector.sources.agents.asking import Asking  # noqa: PLC0415
    from projector.sources.agents.worker import AgentWorker, Known  # noqa: PLC0415

    reader, ended = _Reading(open_live_reader(settings.memories_location)), Flag()
    asking = Asking(next(iter(settings.api.key)), settings.api.base_url)
    worker = AgentWorker(
        log,
        Known(position=reader.position, agents=reader.agents, profile=reader.profile),
        AskedAgents(settings.read_model_folder),
        asking.ask,
        ttl_s=settings.agent_ttl_hours * _HOUR_S,
    )

    def run() -> None:
        with closing(reader):  # by the thread that opened it
            worker.run(ended)

    thread = threading.Thread(target=run, name="agents", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        asking.close()
        thread.join(_ENDS_WITHIN_S)


class _Reading:
    """What is projected, for one thread; damage is reported for the projector to mend."""

    def __init__(self, reader: LiveReader) -> None:
        self._reader = reader

    def position(self) -> int:
        place = self._read(lambda read_model: read_model.place())
        return place.position if place is not None else 0

    def agents(self) -> Sequence[AgentMet]:
        return self._read(lambda read_model: read_model.agents())

    def profile(self, agent_id: str) -> AgentProfile | None:
        return self._read(lambda read_model: read_model.agent_profile(agent_id))

    def close(self) -> None:
        self._reader.close()

    def _read(self, ask: Callable[[ReadModel], T]) -> T:
        try:
            return ask(self._reader.open())
        except ReadModelDamagedError:
            self._reader.report_damage()
            raise
