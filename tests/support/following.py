"""A projector as a process of its own: log and memories in one database. It may stop in the middle of a transaction."""

import sys
from threading import Event as Flag

from events.disk import steps
from events.open_log import open_log
from projector.follow.folding_beside import FoldingBeside
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.open import open_generations

_HELP_S = 0.3


def main() -> None:
    """
    Follow, or help while somebody else does, for ever; hang at a step when it is reached that many times.

    A line on the standard input has it go on.
    """
    url, hang_at, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
    reached: list[str] = []

    def note(step: str) -> None:
        if step == hang_at:
            reached.append(step)
            if len(reached) == times:
                print("hangs", flush=True)
                sys.stdin.readline()

    steps.reached = note
    generations = open_generations(url)
    helper = FoldingBeside(open_log(url), generations, ProjectionSettings(), stop=Flag())
    print("ready", flush=True)
    while True:
        with generations.lock("follow", wait=False) as is_held:
            if is_held:
                break
        helper.help(for_s=_HELP_S)
        print("helps", flush=True)
    helper.close()
    with generations.lock("follow", wait=True):
        print("follows", flush=True)
        Follower(open_log(url), generations, ProjectionSettings()).run()


if __name__ == "__main__":
    main()
