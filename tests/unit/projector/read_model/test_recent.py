"""The newest memories of a caller are found at a cost that does not grow with the caller's past."""

from functools import partial
from pathlib import Path

import pytest

from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.cost import Cost, cost_of
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

HOUR_S = 3600


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without a call."""
    return ProjectorSite(tmp_path)


def hold(site: ProjectorSite, begin: int, end: int) -> None:
    """Have Marta call many times, with a value that each call collects anew."""
    site.append(
        *(
            transcription(f"conv_{n:04d}", f"My zebra is number {n}.", at_s=NOON_S + n * HOUR_S, mood=f"mood {n}")
            for n in range(begin, end)
        )
    )
    site.catch_up()


def cost_of_recent(site: ProjectorSite, agent_id: str | None) -> Cost:
    """Return what it costs to read Marta's newest memories."""
    with site.opened() as database:
        read_model = SqliteReadModel(database)
        read_model.recent(MARTA, agent_id=agent_id, limit=5)  # the first time a statement is also prepared
        return cost_of(partial(read_model.recent, MARTA, agent_id=agent_id, limit=5), database)


@pytest.mark.parametrize("agent_id", [None, AGENT, "agent_old", "agent_none"])
@pytest.mark.slow
def test_cost_does_not_grow(site: ProjectorSite, agent_id: str | None) -> None:
    """It is the same after 300 calls as after 10, for every agent, also for one that spoke with the caller long ago."""
    site.append(transcription("conv_old", "My first zebra.", agent="agent_old", at_s=NOON_S - HOUR_S))
    hold(site, 0, 10)
    few = cost_of_recent(site, agent_id)
    hold(site, 10, 300)
    many = cost_of_recent(site, agent_id)

    assert many.calls < few.calls * 1.1
    assert many.steps < few.steps * 1.1


def test_newest_of_all_audiences_come_first(site: ProjectorSite) -> None:
    """What everybody, one agent or no agent may be told comes in one order, and each agent is told no other's."""
    hold(site, 0, 3)
    site.append(
        transcription("conv_b", "Said to B.", agent="agent_b", at_s=NOON_S + 5 * HOUR_S),
        transcription("conv_none", "Said to none.", agent="", at_s=NOON_S + 4 * HOUR_S),
    )
    site.catch_up()
    with site.read_model() as read_model:
        texts = {
            agent_id: [memory.text for memory in read_model.recent(MARTA, agent_id=agent_id, limit=4)]
            for agent_id in (None, AGENT, "agent_b")
        }

    often = "The caller has spoken with us 5 times, first on 12 November 2025, last on 12 November 2025."
    assert texts == {
        None: ["Said to B.", often, "Said to none.", "My zebra is number 2."],
        AGENT: [often, "My zebra is number 2.", "Mood: mood 2", "My zebra is number 1."],
        "agent_b": ["Said to B.", often],
    }


def test_generation_of_an_older_release_answers_too(site: ProjectorSite) -> None:
    """Until the replay after an upgrade is done, the newest memories come from a generation without the index."""
    hold(site, 0, 5)
    with site.read_model() as read_model:
        newest = read_model.recent(MARTA, agent_id=AGENT, limit=4)
    site.execute("DROP INDEX memories_by_audience")

    with site.read_model() as read_model:
        assert read_model.recent(MARTA, agent_id=AGENT, limit=4) == newest
        assert read_model.view(MARTA) is not None
