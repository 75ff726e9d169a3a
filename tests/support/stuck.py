"""Runs `projector` until it comes to a step, and never lets it go on from there; to be run as a process of its own."""

import re
import sqlite3
import sys
import threading

from events.disk import steps
from projector.__main__ import main

STUCK = "stuck at "


def _in_python() -> None:
    while True:
        pass


def _in_sqlite() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    sqlite3.connect(":memory:").execute(endless).fetchone()


def _in_a_regular_expression() -> None:
    re.match("(a+)+$", "a" * 60 + "b")


def _in_a_lock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()  # as where a library dies within its lock


# In Python code; in a call that lets other threads run, but no handler of a signal; in one that lets no
# thread run; in a lock that nobody will release.
WAYS = {"python": _in_python, "sqlite": _in_sqlite, "regex": _in_a_regular_expression, "lock": _in_a_lock}


def _run(step: str, way: str, *arguments: str) -> None:
    stuck_at = step

    def reached(step: str) -> None:
        if step == stuck_at:
            print(f"{STUCK}{step}", flush=True)
            WAYS[way]()

    steps.reached = reached
    sys.argv = ["projector", *arguments]
    main()


if __name__ == "__main__":
    _run(*sys.argv[1:])
