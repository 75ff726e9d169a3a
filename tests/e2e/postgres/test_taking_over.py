"""One of three projectors dies in the middle: another takes over, and what is remembered is what would have been."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from events.open_log import open_log
from tests.golden.stories import dump_of
from tests.support.postgres import why_not
from tests.support.projectors import projector, remembered
from tests.support.samples import transcription

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
_BODIES = [
    transcription(f"conv_{number}", f"My number is {number}, and I have a dog.", caller=f"+1202555{number % 7:04}")
    for number in range(24)
]


@pytest.mark.parametrize(
    ("hang_at", "times"),
    [("callers_folded", 1), ("batch_projected", 2), ("batch_committed", 2), ("generation_begun", 1)],
)
def test_another_one_takes_over(memories_url: str, tmp_path: Path, hang_at: str, times: int) -> None:
    """
    A projector that is killed while it replays, or follows, leaves nothing half done, and the next one goes on.

    At the first start there is no generation yet: so the first steps are those of a replay.
    """
    log = open_log(memories_url)
    for body in _BODIES[:12]:
        log.append(body, source="webhook")
    with ExitStack() as stack:
        first = stack.enter_context(projector(memories_url, hang_at=hang_at, times=times))
        first.wait_for("hangs")
        others = [stack.enter_context(projector(memories_url)) for _ in range(2)]
        for body in _BODIES[12:]:
            log.append(body, source="webhook")
        assert [other.process.poll() for other in others] == [None, None]
        first.kill()

        assert remembered(memories_url) == dump_of(_BODIES, tmp_path)
        assert [other.process.poll() for other in others] == [None, None]


def test_one_that_follows_is_killed_in_the_middle(memories_url: str, tmp_path: Path) -> None:
    """A projector that dies in the middle of a batch that came in while it followed leaves that batch to the next."""
    log = open_log(memories_url)
    log.append(_BODIES[0], source="webhook")
    with ExitStack() as stack:
        with projector(memories_url) as one:
            one.wait_for("follows")
            remembered(memories_url)
        second = stack.enter_context(projector(memories_url, hang_at="callers_folded"))
        second.wait_for("follows")
        others = [stack.enter_context(projector(memories_url)) for _ in range(2)]
        for body in _BODIES[1:]:
            log.append(body, source="webhook")
        second.wait_for("hangs")
        second.kill()

        assert remembered(memories_url) == dump_of(_BODIES, tmp_path)
        assert [other.process.poll() for other in others] == [None, None]
