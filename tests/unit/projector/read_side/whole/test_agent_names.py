"""Agents are called by their names on every screen where their ids stood."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from events.log.ours.agent_profile import AgentProfile, append_agent_profile
from events.wire.shared_secrets import Secrets
from projector.read_side.show import show_caller
from projector.read_side.story.explanation import explain
from projector.read_side.story.page import page_of
from projector.read_side.story.story import story_of
from projector.read_side.whole.agent_names import agent_names
from projector.read_side.whole.status import StatusWatch
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site where two agents collected different values under one id."""
    site = ProjectorSite(tmp_path)
    site.append(transcription("conv_1", "Three.", agent="agent_1", shelf="three"))
    site.hold(transcription("conv_2", "Four.", agent="agent_2", at_s=NOON_S + 60, shelf="four"))
    return site


def name(site: ProjectorSite, agent_id: str, name: str) -> None:
    """Have ElevenLabs say what an agent is called."""
    append_agent_profile(site.log, AgentProfile(agent_id=agent_id, name=name, read_at_s=NOON_S))
    site.catch_up()


def names(site: ProjectorSite, *agent_ids: str | None) -> dict[str, str]:
    with site.read_model() as read_model:
        return agent_names(read_model, agent_ids)


def shown(site: ProjectorSite) -> str:
    with site.read_model() as read_model:
        return "\n".join(show_caller(read_model, MARTA))


def test_agent_is_called_by_its_name_if_that_is_known(site: ProjectorSite) -> None:
    """One that is not known is called by its id, and so is one without a name; nobody is left out."""
    name(site, "agent_1", "Ada")
    name(site, "agent_3", "")
    assert names(site, "agent_2", "agent_1", None, "agent_3", "agent_1") == {
        "agent_1": "Ada",
        "agent_2": "agent_2",
        "agent_3": "agent_3",
    }


def test_two_of_one_name_are_told_apart(site: ProjectorSite) -> None:
    """Where both stand on one screen, the id stands behind the name; alone each is called by its name."""
    name(site, "agent_1", "Ada")
    name(site, "agent_2", "Ada")
    assert names(site, "agent_1", "agent_2") == {"agent_1": "Ada (agent_1)", "agent_2": "Ada (agent_2)"}
    assert names(site, "agent_2") == {"agent_2": "Ada"}


def test_show_says_whose_a_value_is(site: ProjectorSite) -> None:
    """Of two values under one id each has its agent: by id, and by name as soon as that is known."""
    assert "[conv_1, agent_1]" in shown(site)
    name(site, "agent_1", "Ada\x1b[2J")
    assert "[conv_1, Ada?[2J]" in shown(site)
    assert "[conv_2, agent_2]" in shown(site)


def test_explain_says_who_may_be_told(site: ProjectorSite) -> None:
    """A memory of one agent is told to that agent, by name; the ids stay, for a script."""
    name(site, "agent_1", "Ada")
    with site.read_model() as read_model:
        (memory,) = [each for each in read_model.all_memories(MARTA) if each.text == "Three."]
        found = explain(read_model, site.log, memory.id, Secrets())
    assert found is not None
    assert found.agents == {"agent_1": "Ada"}
    assert msgspec.to_builtins(found)["memory"]["told_to"] == "agent_1"


def test_page_says_with_whom_a_call_was(site: ProjectorSite, tmp_path: Path) -> None:
    """Beside a call stands its agent's name, as text whatever it holds, and not its id."""
    name(site, "agent_1", "<b>Ada</b>")
    with site.read_model() as read_model:
        story = story_of(read_model, site.log, MARTA)
    assert story is not None
    page = "".join(page_of(story, folder=tmp_path, at=datetime.now(UTC)))
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page
    assert "agent_1" not in page
    assert "agent_2" in page


def test_status_counts_the_agents(site: ProjectorSite, tmp_path: Path) -> None:
    """It says how many agents had calls, and of how many of these the profile is known."""
    name(site, "agent_2", "Ada")
    name(site, "agent_without_calls", "Otto")
    memories = StatusWatch(lambda: site.log, site.generations, tmp_path).look().memories
    assert (memories.agents, memories.known_agents) == (2, 1)
