"""What an action costs in steps: these are the same on every machine, unlike its time."""

import sys
from collections.abc import Callable
from types import FrameType

from msgspec import Struct

from projector.read_model.sqlite.database import Database


class Cost(Struct, frozen=True):
    """How many functions were called, and how many steps SQLite's machine took."""

    calls: int
    steps: int


def cost_of(action: Callable[[], object], database: Database) -> Cost:
    """Do something with an open database, and return what it cost."""
    calls = steps = 0

    def count_call(_: FrameType, what: str, __: object) -> None:
        nonlocal calls
        calls += what in {"call", "c_call"}

    def count_step() -> bool:
        nonlocal steps
        steps += 1
        return False

    connection = database._connection
    connection.set_progress_handler(count_step, 1)
    sys.setprofile(count_call)
    try:
        action()
    finally:
        sys.setprofile(None)
        connection.set_progress_handler(None, 1)
    return Cost(calls, steps)
