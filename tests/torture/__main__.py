"""`python -m tests.torture`: cause every fault, and print as one table what became of the calls."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from tests.support import powered_disk, small_disk, strace
from tests.torture.faults import FAULTS
from tests.torture.power_cut import cut_power
from tests.torture.servers.run import SERVER_FAULTS
from tests.torture.stage import Stage
from tests.torture.verdict import Verdict, judge

_ROW = "{:<44} {:>14} {:>13} {:>6} {:>7}"
_Run = Callable[[Path], tuple[int, Verdict]]


@click.command()
@click.option("--only", default="", metavar="WORDS", help="Only the faults whose name holds WORDS.")
def main(only: str) -> None:
    """
    Break ELAOMS under load. Exits 1 if any acknowledged call is lost or there twice, 2 if a fault cannot be caused.

    Where no disk can lose its power, or there is no PostgreSQL, those faults are left out, with the reason.
    """
    missing = [reason for reason in (strace.why_not(), small_disk.why_not()) if reason]
    if missing:
        print("torture: " + "; ".join(missing), file=sys.stderr)
        sys.exit(2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started and mounted goes, as after Ctrl-C
    rows: list[tuple[str, int, Verdict]] = []
    skipped: dict[str, str] = {}
    began = time.monotonic()
    chosen = {name: run for name, run in _runs().items() if only in name}
    for number, (name, (why_not, run)) in enumerate(chosen.items(), 1):
        print(f"[{number}/{len(chosen)}, {time.monotonic() - began:.0f} s] {name}", file=sys.stderr)
        if reason := why_not():
            skipped[name] = reason
            continue
        with tempfile.TemporaryDirectory(prefix="torture-") as folder:
            rows.append((name, *run(Path(folder))))
        for problem in rows[-1][2].problems:
            print(f"  {problem}", file=sys.stderr)
    _print(rows)
    for name, reason in skipped.items():
        print(f"skipped: {name}: {reason}")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if any(verdict.lost or verdict.double or verdict.problems for _, _, verdict in rows):
        sys.exit(1)


def _runs() -> dict[str, tuple[Callable[[], str], _Run]]:
    """Return each fault by its name: why it cannot be caused here, if so; and what causes it, and judges."""
    runs: dict[str, tuple[Callable[[], str], _Run]] = {
        name: (lambda: "", partial(_run, fault)) for name, fault in FAULTS.items()
    }
    runs["power cut"] = powered_disk.why_not, partial(_run, cut_power)
    return runs | SERVER_FAULTS


def _run(fault: Callable[[Stage], int], folder: Path) -> tuple[int, Verdict]:
    with closing(Stage(folder)) as stage:
        times = fault(stage)
        return times, judge(stage)


def _print(rows: list[tuple[str, int, Verdict]]) -> None:
    print(_ROW.format("fault", "times injected", "acknowledged", "lost", "double"))
    for name, times, verdict in rows:
        print(_ROW.format(name, times, verdict.acknowledged, verdict.lost, verdict.double))
    verdicts = [verdict for _, _, verdict in rows]
    total = [sum(times for _, times, _ in rows), sum(verdict.acknowledged for verdict in verdicts)]
    print(_ROW.format("all", *total, sum(v.lost for v in verdicts), sum(v.double for v in verdicts)))


if __name__ == "__main__":
    main()
