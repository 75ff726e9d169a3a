"""A projector as a process of its own: log and memories in one database. It may stop in the middle of a transaction."""

import sys
import time

from events.disk import steps
from events.open_log import open_log
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.open import open_generations


def main() -> None:
    """Follow once nobody else does, for ever; hang at a step when it is reached that many times, if one is named."""
    url, hang_at, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    reached: list[str] = []

    def note(step: str) -> None:
        if step == hang_at:
            reached.append(step)
            if len(reached) == times:
                print("hangs", flush=True)
                time.sleep(3600)

    steps.reached = note
    generations = open_generations(url)
    print("ready", flush=True)
    with generations.lock("follow", wait=True):
        print("follows", flush=True)
        Follower(open_log(url), generations, ProjectionSettings()).run()


if __name__ == "__main__":
    main()
