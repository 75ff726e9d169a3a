"""What ElevenLabs said of agents is folded beside the memories: no memory depends on it, and no erasure takes it."""

from pathlib import Path

import msgspec
import pytest

from events.log.ours.agent_profile import AgentProfile, append_agent_profile
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from projector.read_model.records import AgentMet
from tests.support.read_models import check_sound
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

LOG_KEY = "a-key-of-the-tests-0123456789"
PROFILE = AgentProfile(
    agent_id=AGENT,
    name="marta",
    company="Acme",
    language="de",
    first_message=f"Acme, Ada here. Our number is {MARTA}.",
    read_at_s=NOON_S,
)


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A log that signs its own events, with one call of Marta's."""
    site = ProjectorSite(tmp_path, log_keys=[LOG_KEY])
    site.hold(transcription("conv_1", "I'd like a bicycle."))
    return site


def profile_of(site: ProjectorSite, agent_id: str = AGENT) -> AgentProfile | None:
    with site.read_model() as read_model:
        return read_model.agent_profile(agent_id)


def read(site: ProjectorSite, **of: object) -> AgentProfile:
    """Append a profile, fold it, and return it."""
    profile = msgspec.structs.replace(PROFILE, **of)
    append_agent_profile(site.log, profile)
    site.catch_up()
    check_sound(site.database())
    return profile


def test_last_one_counts_also_when_replayed(site: ProjectorSite) -> None:
    """The newest in the log is told; a replay gives the same tables, row by row, and the dump knows nothing of it."""
    before = site.dump()
    assert read(site) == profile_of(site)
    newer = read(site, name="Nova", read_at_s=NOON_S + 1)
    back = read(site, read_at_s=NOON_S + 2)
    assert profile_of(site) == back != newer
    read(site, agent_id="agent_other", name="Otto")

    tables = tables_of(site)
    assert site.replayed_dump() == before == site.dump()
    tables.pop("meta")
    replayed = tables_of(site)
    replayed.pop("meta")
    assert replayed == tables
    assert profile_of(site) == back
    assert profile_of(site, "agent_nobody") is None


def test_erasure_of_a_caller_leaves_agents(site: ProjectorSite, tmp_path: Path) -> None:
    """A profile that happens to hold a caller's number or name is no event of theirs, and outlives them."""
    kept = read(site)
    assert site.forget(MARTA, at_s=NOON_S + 100).counts["log.transcription"] == 1
    assert profile_of(site) == kept
    site.replay()
    assert profile_of(site) == kept
    with site.read_model() as read_model:
        assert read_model.agents() == []
        assert read_model.view(MARTA) is None

    verification = Verification(tmp_path / "payloads", Secrets(), log_keys=Secrets([LOG_KEY]))
    assert [str(finding) for finding in verification.findings()] == []
    assert verification.totals.proven >= 3  # the profile, the request and the erasure


def test_agents_that_had_a_call_are_known(site: ProjectorSite) -> None:
    """Each with the last event of one of its calls; a profile alone is no call."""
    again = site.append(transcription("conv_2", "Again.", at_s=NOON_S + 60))
    other = site.append(transcription("conv_3", "Oi.", agent="agent_b"))
    read(site, agent_id="agent_c")
    with site.read_model() as read_model:
        assert read_model.agents() == sorted(
            [AgentMet(AGENT, again), AgentMet("agent_b", other)], key=lambda each: each.agent_id
        )


def test_webhook_and_unsigned_event_rename_nobody(site: ProjectorSite, tmp_path: Path) -> None:
    """What a webhook says of an agent does not count, nor does what nobody signed: that is listed as a failure."""
    site.hold(msgspec.json.encode(PROFILE))
    assert profile_of(site) is None
    assert site.errors() == []

    read(site, name="Ada")
    unsigned = ProjectorSite(tmp_path)
    unsigned.append(msgspec.json.encode(msgspec.structs.replace(PROFILE, name="Mallory")), source="agent-profile")
    site.catch_up()
    known = profile_of(site)
    assert known is not None
    assert known.name == "Ada"
    assert any("unproven" in error for error in site.errors())


def test_form_of_a_later_release_is_a_failure_of_its_own(site: ProjectorSite) -> None:
    """A profile that this release cannot read is listed, and keeps no other event from being taken."""
    site.append(b'{"type":"elaoms_agent_profile","agent_id":{"id":"agent_1"}}', source="agent-profile")
    kept = read(site)
    assert profile_of(site) == kept
    assert len(site.errors()) == 1


def test_damaged_row_is_found(site: ProjectorSite) -> None:
    """A profile that was changed behind the projector's back is not told, and the check finds it."""
    read(site)
    site.execute("UPDATE agents SET body = replace(body, 'Acme', 'Ecma')")
    with site.read_model() as read_model, pytest.raises(Exception, match="checksum"):
        read_model.agent_profile(AGENT)
    with pytest.raises(Exception, match="checksum"):
        check_sound(site.database())


def test_agents_are_found_without_reading_the_calls(site: ProjectorSite) -> None:
    """To list the agents looks at an index alone: it costs the same however many calls each had."""
    with site.opened() as database:
        from projector.read_model.sqlite.tables import calls

        plan = " ".join(row[3] for row in database.all("EXPLAIN QUERY PLAN " + calls._AGENTS))
    assert "SCAN calls" not in plan.replace("SCAN calls USING COVERING INDEX calls_by_agent", "")
    assert "calls_by_agent (agent_id>?)" in plan
    assert "calls_by_agent (agent_id=?)" in plan
