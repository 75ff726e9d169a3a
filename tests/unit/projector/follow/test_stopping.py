"""A follower that is told to stop abandons what is under way, and the next one does it again."""

from pathlib import Path
from threading import Event as Flag

import pytest

from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

BEN, EVE = "+12025550144", "+12025550145"


class Countdown(Flag):
    """A flag that is set once it has been looked at so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        """Count this look."""
        self.looks -= 1
        return self.looks < 0


def follow(site: ProjectorSite, looks: int) -> bool:
    """Run a follower that is stopped at its n-th look at the flag; return whether it was stopped before it waited."""
    flag = Countdown(looks)
    site.stop = flag
    has_waited = False

    def wait(_: Flag) -> None:
        nonlocal has_waited
        has_waited = True
        flag.looks = 0

    site.restart()
    with pytest.MonkeyPatch.context() as patch, site.generations.lock("follow", wait=False):
        patch.setattr(site.log, "wait", wait)
        site.follower.run()
    return not has_waited


def bodies() -> list[bytes]:
    return [
        transcription(f"conv_{number}", f"I am number {number}.", caller=BEN if number % 2 else EVE)
        for number in range(8)
    ]


@pytest.mark.parametrize("is_replaying", [False, True])
def test_stops_at_any_moment_and_loses_nothing(tmp_path: Path, *, is_replaying: bool) -> None:
    """Whenever a follower is told to stop, it ends before the rest of the batch; the next one misses nothing."""
    site = ProjectorSite(tmp_path)
    if not is_replaying:
        site.hold(transcription("conv_first", "Hello."))
    site.append(*bodies())
    before = site.generations.current()
    stopped = 0
    while follow(site, looks=stopped):
        stopped += 1
        if not is_replaying:
            assert site.rows("SELECT count(*) FROM calls") in ([(1,)], [(9,)])  # a batch is kept whole, or not at all
        elif site.generations.current() is not None:
            break
        assert stopped < 200
    assert stopped > 8  # between any two events, and any two callers
    site.stop = Flag()
    site.catch_up()

    assert site.generations.current() == (before or 1)
    assert site.rows("SELECT count(*) FROM calls") == [(8 if is_replaying else 9,)]
    assert site.dump() == site.replayed_dump()
