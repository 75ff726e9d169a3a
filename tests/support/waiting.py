"""Waiting for another thread or process."""

import time
from collections.abc import Callable

# A quiet machine needs a second. A wait ends as soon as it can, so only a starved machine waits as long as this.
PATIENCE_S = 100.0
_LOOK_EVERY_S = 0.01


def wait_until(
    is_so: Callable[[], object], *, patience_s: float = PATIENCE_S, describe: Callable[[], str] = lambda: ""
) -> None:
    """
    Wait until a condition holds.

    Args:
        describe: returns the state of things, for the error if the condition never holds.
    """
    until_s = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < until_s, f"it did not come about in {patience_s:.0f} s\n{describe()}"
        time.sleep(_LOOK_EVERY_S)
