"""When agents are asked about, and what is appended."""

from projector.sources.agents.asked import NAME, Asked, AskedAgents
from tests.support.samples import NOON_S, transcription
from tests.unit.projector.sources.agents.desk import DAY_S, Bench, profile


def test_asks_once_about_each_agent_that_has_a_call(bench: Bench) -> None:
    """Nobody is asked about before the first call; then each agent once, the one of the newest call first."""
    assert bench.ask() == []
    bench.desk.says = {"agent_1": profile(), "agent_2": profile("agent_2", "Otto")}
    bench.call("agent_1", "agent_2", "agent_1")
    assert bench.ask() == ["agent_1", "agent_2"]
    assert bench.profiles() == [profile(), profile("agent_2", "Otto")]
    assert bench.known("agent_1") == profile()
    assert bench.ask(after_s=DAY_S * 30) == []  # no call has come since
    bench.call("agent_2")
    assert bench.ask() == ["agent_2"]


def test_asks_again_after_a_day_with_a_new_call(bench: Bench) -> None:
    """Within the time that a profile is kept nobody asks, however many calls come; afterwards the next call asks."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    assert bench.ask() == ["agent_1"]
    bench.call("agent_1", "agent_1")
    assert bench.ask(after_s=DAY_S - 1) == []
    assert bench.ask(after_s=1) == ["agent_1"]
    assert bench.ask() == []


def test_same_profile_again_makes_no_event(bench: Bench) -> None:
    """What is said again is not appended again, and its age counts from the last time all the same."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    bench.ask()
    for day in range(1, 4):
        bench.call("agent_1")
        bench.desk.says = {"agent_1": profile(read_at_s=NOON_S + day * DAY_S)}
        assert bench.ask(after_s=DAY_S) == ["agent_1"]
        assert bench.ask(after_s=DAY_S - 1) == []
        bench.now_s -= DAY_S - 1
    assert bench.profiles() == [profile()]


def test_change_and_back_is_told_in_order(bench: Bench) -> None:
    """An agent that is renamed, and renamed back, is called what it was called last; also after a replay."""
    for day, name in enumerate(["Ada", "Nova", "Ada"]):
        bench.call("agent_1")
        bench.desk.says = {"agent_1": profile(name=name, read_at_s=NOON_S + day * DAY_S)}
        assert bench.ask(after_s=DAY_S) == ["agent_1"]
        known = bench.known("agent_1")
        assert known is not None
        assert known.name == name
    assert [each.name for each in bench.profiles()] == ["Ada", "Nova", "Ada"]
    bench.site.replay()
    assert bench.known("agent_1") == profile(read_at_s=NOON_S + 2 * DAY_S)
    assert bench.desk.asked() == []


def test_appended_a_moment_ago_is_known(bench: Bench) -> None:
    """Before the projector has folded a profile it is not appended a second time."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    assert bench.ask(fold=False) == ["agent_1"]
    bench.site.log.append(transcription("conv_late", "Hello.", agent="agent_1"), source="webhook")
    (bench.folder / NAME).unlink()
    bench.desk.says = {"agent_1": profile(read_at_s=NOON_S + 5)}
    bench.now_s += 2 * DAY_S
    bench.worker.step()
    assert bench.profiles() == [profile()]


def test_next_process_knows_when_it_was_asked(bench: Bench) -> None:
    """A restart asks nobody who was asked within the day; without the file, the profile's own age counts."""
    bench.desk.says = {"agent_1": profile(), "agent_2": "gone"}
    bench.call("agent_1", "agent_2")
    bench.ask()
    bench.restarted()
    bench.call("agent_1", "agent_2")
    assert bench.ask(after_s=60) == []

    (bench.folder / NAME).write_bytes(b"{half a file")
    bench.restarted()
    assert bench.ask() == ["agent_2"]  # of whom nothing is known
    bench.now_s += DAY_S
    (bench.folder / NAME).unlink()
    bench.restarted()
    assert bench.ask() == ["agent_2", "agent_1"]
    assert bench.profiles() == [profile()]


def test_looks_only_once_all_is_projected(bench: Bench) -> None:
    """Until what was there at the start is projected, nobody knows what is known: nobody is asked."""
    bench.desk.says = {"agent_1": profile()}
    bench.call("agent_1")
    bench.site.append(transcription("conv_waiting", "Hello.", agent="agent_1"))
    bench.restarted()
    bench.worker.step()
    assert bench.desk.asked() == []
    bench.site.catch_up()
    assert bench.ask() == ["agent_1"]


def test_id_that_is_no_id_is_never_asked_about(bench: Bench) -> None:
    """The SDK puts an id into the address as it is: one that leads elsewhere is not asked about."""
    for agent in ("../conversations", "agent/1", "agent?x=1", "a b", "agent\n1", "x" * 129, "_"):
        bench.call(agent)
    assert bench.ask() == []


def test_file_is_only_the_owners(bench: Bench) -> None:
    """When agents were asked about stands in one small file, which only the owner may read."""
    bench.call("agent_1")
    bench.ask()
    path = bench.folder / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert AskedAgents(bench.folder).of("agent_1") == Asked(float(NOON_S), bench.site.log.tail().position, 0)  # type: ignore[union-attr]
    assert AskedAgents(bench.folder).of("agent_2") is None
    assert not path.with_name(f"{NAME}.new").exists()
