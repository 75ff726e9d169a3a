"""What an action costs in steps: these are the same on every machine, unlike its time."""

import cProfile
from collections.abc import Callable
from itertools import repeat
from operator import length_hint

from msgspec import Struct

from projector.read_model.sqlite.database import Database

_STEPS_MAX = 10**12


class Cost(Struct, frozen=True):
    """How many functions were called, and how many steps SQLite's machine took."""

    calls: int
    steps: int


def function_calls(action: Callable[[], object]) -> int:
    """Do something, and return how many functions were called, those in C too."""
    profile = cProfile.Profile()  # in C: a function of ours for each call would take ten times as long
    profile.enable()
    try:
        action()
    finally:
        profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def cost_of(action: Callable[[], object], database: Database) -> Cost:
    """Do something with an open database, and return what it cost."""
    # SQLite's machine goes on while it is told 0; in C, for a function of ours takes longer than a step.
    left = repeat(0, _STEPS_MAX)
    connection = database._connection
    connection.set_progress_handler(left.__next__, 1)
    try:
        calls = function_calls(action)
    finally:
        connection.set_progress_handler(None, 1)
    return Cost(calls, _STEPS_MAX - length_hint(left))
