"""`python -m tests.torture`: cause every fault, and print as one table what became of the calls."""

import sys
import tempfile
import time
from pathlib import Path

import click

from tests.support import small_disk, strace
from tests.torture.faults import FAULTS
from tests.torture.stage import Stage
from tests.torture.verdict import Verdict, judge

_ROW = "{:<32} {:>14} {:>13} {:>6} {:>7}"


@click.command()
@click.option("--only", default="", metavar="WORDS", help="Only the faults whose name holds WORDS.")
def main(only: str) -> None:
    """
    Break ELAOMS under load. Exits 1 if any acknowledged call is lost or there twice, 2 if a fault cannot be caused.
    """
    missing = [reason for reason in (strace.why_not(), small_disk.why_not()) if reason]
    if missing:
        print("torture: " + "; ".join(missing), file=sys.stderr)
        sys.exit(2)
    rows: list[tuple[str, int, Verdict]] = []
    began = time.monotonic()
    chosen = [name for name in FAULTS if only in name]
    for number, name in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}, {time.monotonic() - began:.0f} s] {name}", file=sys.stderr)
        rows.append((name, *_row(name)))
        for problem in rows[-1][2].problems:
            print(f"  {problem}", file=sys.stderr)
    _print(rows)
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if any(verdict.lost or verdict.double or verdict.problems for _, _, verdict in rows):
        sys.exit(1)


def _row(name: str) -> tuple[int, Verdict]:
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        stage = Stage(Path(folder))
        times = FAULTS[name](stage)
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
