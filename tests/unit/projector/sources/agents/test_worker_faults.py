"""What the worker does where an agent cannot be asked about: it waits, and the last profile counts."""

from pathlib import Path
from threading import Event as Flag

import pytest

from events.errors import LogKeyError
from projector.sources.agents.asked import AskedAgents
from projector.sources.agents.messages import Outcome
from projector.sources.agents.worker import AgentWorker, Known
from tests.support.samples import NOON_S
from tests.support.sites import ProjectorSite
from tests.unit.projector.sources.agents.desk import DAY_S, MINUTE_S, Bench, profile


@pytest.mark.parametrize("outcome", ["down", "refused", "unusable", "gone"])
def test_last_profile_stays_whatever_is_answered(bench: Bench, outcome: Outcome) -> None:
    """Where nothing new is told, what was told last counts; nothing is appended."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    bench.ask()
    bench.desk.says = {"agent_1": outcome}
    bench.call("agent_1")
    assert bench.ask(after_s=DAY_S) == ["agent_1"]
    assert bench.known("agent_1") == profile()
    assert bench.profiles() == [profile()]


def test_down_holds_all_and_is_tried_after_1_5_and_30_minutes(bench: Bench) -> None:
    """Nobody is asked about while ElevenLabs is down, and then one agent again, less and less often."""
    bench.desk.says = {"agent_1": "down", "agent_2": "down"}
    bench.call("agent_2", "agent_1")
    asked = [bench.ask()]
    for minutes in (1, 5, 30, 30):
        assert bench.ask(after_s=minutes * MINUTE_S - 1) == []
        asked.append(bench.ask(after_s=1))
    assert [len(batch) for batch in asked] == [1] * 5
    assert {agent for batch in asked for agent in batch} == {"agent_1", "agent_2"}

    bench.desk.says = {"agent_1": profile(), "agent_2": profile("agent_2")}
    assert sorted(bench.ask(after_s=30 * MINUTE_S)) == ["agent_1", "agent_2"]
    bench.desk.says = {"agent_3": "down"}
    bench.call("agent_3")
    bench.ask()
    assert bench.ask(after_s=MINUTE_S) == ["agent_3"]  # it begins with a minute again


def test_wait_that_is_asked_for_is_kept(bench: Bench) -> None:
    """Retry-After counts where it is longer, and at most a day."""
    bench.desk.says, bench.desk.wait_s = {"agent_1": "down"}, 3600.0
    bench.call("agent_1")
    bench.ask()
    assert bench.ask(after_s=3599) == []
    bench.desk.wait_s = 1e9
    assert bench.ask(after_s=1) == ["agent_1"]
    assert bench.ask(after_s=DAY_S - 1) == []
    assert bench.ask(after_s=1) == ["agent_1"]


def test_refused_key_is_not_tried_again_at_once_but_a_better_one_is(bench: Bench) -> None:
    """A key that is refused is left alone for half an hour; a restart, which may have brought another, asks at once."""
    bench.desk.says = {"agent_1": "refused", "agent_2": "refused"}
    bench.call("agent_2", "agent_1")
    assert bench.ask() == ["agent_1"]
    assert bench.ask(after_s=30 * MINUTE_S - 1) == []
    bench.restarted()
    bench.desk.says = {"agent_1": profile()}
    assert bench.ask() == ["agent_1", "agent_2"]


def test_one_agent_that_fails_keeps_no_other_waiting(bench: Bench) -> None:
    """An answer that cannot be used holds its own agent alone, and comes last when all are asked about."""
    agents = [f"agent_{number}" for number in range(30)]
    bench.desk.says = {agent: profile(agent) for agent in agents}
    bench.desk.says["agent_29"] = "unusable"
    bench.call(*agents)
    assert bench.ask() == agents[:9:-1]
    assert bench.ask() == agents[9::-1]
    assert bench.ask(after_s=MINUTE_S - 1) == []
    assert bench.ask(after_s=1) == ["agent_29"]
    assert len(bench.profiles()) == 29


def test_clock_that_was_put_back_stops_nobody(bench: Bench) -> None:
    """A question of the future, by a clock that was wrong, is no reason to wait for that time."""
    bench.now_s += 10 * 365 * DAY_S
    bench.desk.says = {"agent_1": "down"}
    bench.call("agent_1")
    bench.ask()
    bench.now_s = float(NOON_S)
    assert bench.ask() == ["agent_1"]


def test_profile_of_another_agent_is_never_appended(bench: Bench) -> None:
    """Should the process mix up two agents, nothing of it is kept."""
    bench.desk.says = {"agent_1": profile("agent_2")}
    bench.call("agent_1")
    with pytest.raises(Exception, match="mixed them up"):
        bench.worker.step()
    assert bench.profiles() == []


def test_log_that_would_not_believe_it_asks_nobody(bench: Bench, tmp_path: Path) -> None:
    """Without the log's key a profile would not be believed: then ElevenLabs is not even asked."""
    bench.call("agent_1")
    bench.desk.says = {"agent_1": profile()}
    bench.ask()
    stranger = Bench.__new__(Bench)
    stranger.__dict__.update(bench.__dict__)
    stranger.site = ProjectorSite(tmp_path, log_keys=["another-key-of-the-tests-01234"])
    stranger.restarted()
    bench.call("agent_2")
    with pytest.raises(LogKeyError):
        stranger.worker.step()
    assert bench.desk.asked() == []


def test_disk_that_takes_nothing_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the log cannot be written, the profile is asked for again later: no more than once a minute."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    with monkeypatch.context() as patched:

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(bench.site.log, "append", full)
        assert bench.ask(fold=False) == ["agent_1"]
        assert bench.ask(after_s=MINUTE_S - 1, fold=False) == []
    assert bench.ask(after_s=1) == ["agent_1"]
    assert bench.profiles() == [profile()]


def test_read_model_that_is_gone_stops_no_thread(bench: Bench) -> None:
    """Whatever goes wrong, the thread looks again until it is told to end."""
    ended = Flag()
    looks: list[int] = []

    def position() -> int:
        looks.append(1)
        if len(looks) == 2:
            ended.set()
        raise OSError("the read model is gone")

    known = Known(position=position, agents=list, profile=lambda _: None)
    AgentWorker(bench.site.log, known, AskedAgents(bench.folder), bench.desk.ask, ttl_s=DAY_S).run(ended)
    assert len(looks) == 2
