"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

# A quiet machine needs a second. A wait ends as soon as it may, so only a starved machine waits as long as this.
PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.01


def wait_until(is_so: Callable[[], object], *, describe: Callable[[], str] = lambda: "") -> None:
    """
    Wait until something is so.

    Args:
        describe: says how things are, for the error where it does not come about.
    """
    until_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until_s, f"it did not come about in {PATIENCE_S:.0f} s\n{describe()}"
        time.sleep(_LOOK_EVERY_S)
