"""A worker that asks about agents, over a real log and read model, with answers that a test gives."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from events.log.event import Event
from events.log.ours.agent_profile import SOURCE, AgentProfile, read_agent_profile
from projector.sources.agents.asked import AskedAgents
from projector.sources.agents.messages import Outcome, Told
from projector.sources.agents.worker import AgentWorker, Known
from tests.support.logs import events
from tests.support.samples import NOON_S, transcription
from tests.support.sites import ProjectorSite

LOG_KEY = "a-key-of-the-tests-0123456789"
DAY_S = 24 * 60 * 60
MINUTE_S = 60


def profile(agent_id: str = "agent_1", name: str = "Ada", read_at_s: int = NOON_S) -> AgentProfile:
    return AgentProfile(agent_id=agent_id, name=name, read_at_s=read_at_s)


class Desk:
    """ElevenLabs as a function: what it says of each agent, and whom it was asked about, batch by batch."""

    def __init__(self) -> None:
        self.says: dict[str, AgentProfile | Outcome] = {}
        self.wait_s: float | None = None
        self.batches: list[list[str]] = []

    def ask(self, agent_ids: Sequence[str]) -> Iterator[Told]:
        self.batches.append([])
        for agent_id in agent_ids:
            self.batches[-1].append(agent_id)
            says = self.says.get(agent_id, "gone")
            if isinstance(says, AgentProfile):
                yield Told(agent_id=agent_id, outcome="known", profile=says)
            else:
                yield Told(agent_id=agent_id, outcome=says, reason="says a test", wait_s=self.wait_s)
            if says in {"down", "refused"}:
                return

    def asked(self) -> list[str]:
        """Return whom it was asked about since the last time."""
        batches, self.batches = self.batches, []
        return [agent_id for batch in batches for agent_id in batch]


class Bench:
    """A log, its read model, and a worker over them; `now_s` is its clock."""

    def __init__(self, folder: Path) -> None:
        self.site = ProjectorSite(folder, log_keys=[LOG_KEY])
        self.folder = folder / "readmodel"
        self.desk = Desk()
        self.now_s = float(NOON_S)
        self.calls = 0
        self.site.catch_up()
        self.worker = self.restarted()

    def restarted(self) -> AgentWorker:
        """Return another worker, as the next process would have."""

        def read(ask: Callable[..., object], *of: object) -> object:
            with self.site.read_model() as read_model:
                return ask(read_model, *of)

        known = Known(
            position=lambda: read(lambda model: place.position if (place := model.place()) else 0),  # type: ignore[arg-type, return-value]
            agents=lambda: read(lambda model: model.agents()),  # type: ignore[arg-type, return-value]
            profile=lambda agent_id: read(lambda model, id_: model.agent_profile(id_), agent_id),  # type: ignore[arg-type, return-value]
        )
        asked = AskedAgents(self.folder)
        self.worker = AgentWorker(self.site.log, known, asked, self.desk.ask, ttl_s=DAY_S, clock_s=lambda: self.now_s)
        return self.worker

    def call(self, *agents: str) -> None:
        """Hold a call with each of these agents."""
        for agent in agents:
            self.calls += 1
            self.site.hold(transcription(f"conv_{self.calls}", "Hello.", agent=agent, at_s=NOON_S + self.calls))

    def ask(self, *, after_s: float = 0, fold: bool = True) -> list[str]:
        """Let some time pass, have the worker look once, and return whom it asked about."""
        self.now_s += after_s
        self.worker.step()
        if fold:
            self.site.catch_up()
        return self.desk.asked()

    def profiles(self) -> list[AgentProfile]:
        """Return the profiles in the log, in its order."""
        return [read_agent_profile(each) for each in self.own()]

    def own(self) -> list[Event]:
        return [each for each in events(self.site.log) if each.receipt.source == SOURCE]

    def known(self, agent_id: str) -> AgentProfile | None:
        with self.site.read_model() as read_model:
            return read_model.agent_profile(agent_id)
