"""How long work is held while no server takes it, or none answers, and what is said of it at the end."""

import time

import psycopg

from events.disk.gate import released
from events.errors import log_closed_error
from events.postgres_server.bounded import SilentServerError
from events.postgres_server.connections import as_os_error

# How long to wait between two looks for a server that takes events.
_PAUSE_S = 0.25

# How much of the wait one try may take: a server that fell silent may have a successor, which connecting anew finds.
_TRY_SHARE = 0.5

# What one try is given, in seconds, of what waited for its turn until it was to be held no longer.
_TRY_S_MIN = 2.0


class Hold:
    """
    One piece of work that is tried again and again.

    Args:
        until_s: until when it is held, by the monotonic clock; it is tried once even if that is past.
        wait_s: for how long work is held, in seconds.
    """

    def __init__(self, until_s: float, *, wait_s: float) -> None:
        self._until_s = until_s
        self._try_s_max = _TRY_SHARE * wait_s
        self._try_s = 0.0
        self._cause: psycopg.Error | OSError | None = None

    def try_until_s(self) -> float:
        """Begin a try, and return until when it may take, by the monotonic clock."""
        now_s = time.monotonic()
        self._try_s = min(self._try_s_max, max(_TRY_S_MIN, self._until_s - now_s))
        return now_s + self._try_s

    def goes_on(self, error: psycopg.Error | OSError) -> bool:
        """Note why the try failed, wait a little, and return whether there is time for another one."""
        self.note(error)
        rest_s = self._until_s - time.monotonic()
        with released:
            time.sleep(max(0.0, min(_PAUSE_S, rest_s)))
        return rest_s > _PAUSE_S

    def note(self, error: psycopg.Error | OSError) -> None:
        """Note why the try failed: a last one may be too short for any answer, which is not why the work was held."""
        is_cut_short = isinstance(error, SilentServerError) and self._try_s < self._try_s_max
        if self._cause is None or not is_cut_short:
            self._cause = error

    def refusal(self) -> Exception:
        """Return what whoever waits for the work is told."""
        assert self._cause is not None
        return log_closed_error(as_os_error(self._cause) if isinstance(self._cause, psycopg.Error) else self._cause)


def is_held_enough(until_s: float) -> bool:
    """Return whether there is no time for another try of what is held until then, by the monotonic clock."""
    return until_s <= time.monotonic() + _PAUSE_S
