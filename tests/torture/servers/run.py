"""The faults of servers, each from two new servers to a verdict."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from tests.support import postgres, powered_disk
from tests.torture.servers.faults import (
    cut_power,
    kill_primary,
    kill_primary_of_lagging_standby,
    kill_standby,
    leave_in_doubt,
)
from tests.torture.servers.stage import ServerStage
from tests.torture.servers.verdict import judge
from tests.torture.verdict import Verdict


def run_in_memory(fault: Callable[[ServerStage], int], folder: Path) -> tuple[int, Verdict]:
    """Cause a fault that no disk is needed for: none is refused. Return how often, and what became of the calls."""
    with closing(ServerStage()) as stage:
        times = fault(stage)
        stage.problems += [f"refused: {refusal}" for refusal in stage.refused]
        return times, judge(stage, folder)


def run_power_cuts(folder: Path, **how_much: int) -> tuple[int, Verdict]:
    """
    Cut the power of two servers, each on a disk of its own; takes what `cut_power` takes.

    A server that still runs, on a disk that is gone, refuses calls at once, and rightly.
    """
    folder.chmod(0o711)  # the servers' user must reach the disks
    with ExitStack() as stack:
        one, other = (stack.enter_context(powered_disk.powered_disk(folder, name)) for name in ("one", "other"))
        stage = stack.enter_context(closing(ServerStage((one.folder, other.folder))))
        return cut_power(stage, (one, other), **how_much), judge(stage, folder)


def why_no_power_cuts() -> str:
    """Return why the power of two servers cannot be cut here; empty if it can."""
    return postgres.why_not() or powered_disk.why_not()


SERVER_FAULTS: dict[str, tuple[Callable[[], str], Callable[[Path], tuple[int, Verdict]]]] = {
    "PostgreSQL: SIGKILL of the primary": (postgres.why_not, partial(run_in_memory, kill_primary)),
    "PostgreSQL: SIGKILL, the standby lags": (
        postgres.why_not,
        partial(run_in_memory, kill_primary_of_lagging_standby),
    ),
    "PostgreSQL: SIGKILL of the standby": (postgres.why_not, partial(run_in_memory, kill_standby)),
    "PostgreSQL: a primary with what is in doubt": (postgres.why_not, partial(run_in_memory, leave_in_doubt)),
    "PostgreSQL: power cut of both servers": (why_no_power_cuts, run_power_cuts),
}
