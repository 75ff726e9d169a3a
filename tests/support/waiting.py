"""Waiting for another thread or process."""

import time
from collections.abc import Callable

# A quiet machine needs a second. A wait ends as soon as it can, so only a starved machine waits as long as this.
PATIENCE_S = 100.0
# Who looks takes time from who is waited for: the longer it has been, the more rarely.
_LOOK_AFTER_S, _LOOK_AGAIN_MAX_S, _LOOK_AGAIN = 0.01, 0.05, 0.1


def wait_until(
    is_so: Callable[[], object], *, patience_s: float = PATIENCE_S, describe: Callable[[], str] = lambda: ""
) -> None:
    """
    Wait until a condition holds.

    Args:
        describe: returns the state of things, for the error if the condition never holds.
    """
    began_s = time.monotonic()
    while not is_so():
        waited_s = time.monotonic() - began_s
        assert waited_s < patience_s, f"it did not come about in {patience_s:.0f} s\n{describe()}"
        time.sleep(min(max(_LOOK_AFTER_S, _LOOK_AGAIN * waited_s), _LOOK_AGAIN_MAX_S))
