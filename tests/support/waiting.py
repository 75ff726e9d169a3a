"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

# A quiet machine needs a second. A wait ends as soon as it may, so only a starved machine waits as long as this.
PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.01


def wait_until(
    is_so: Callable[[], object], *, patience_s: float = PATIENCE_S, describe: Callable[[], str] = lambda: ""
) -> None:
    """
    Wait until something is so.

    Args:
        describe: says how things are, for the error where it does not come about.
    """
    until_s = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < until_s, f"it did not come about in {patience_s:.0f} s\n{describe()}"
        time.sleep(_LOOK_EVERY_S)
