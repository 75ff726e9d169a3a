"""Schedules full checks of the read model, in the foreground or in a background thread."""

import threading
from collections.abc import Callable
from typing import Protocol

# Between two rows a check ends at once; what the database does in one go is not waited for.
_END_WITHIN_S = 1.0


class Check(Protocol):
    """Checks one generation whole, and raises what it finds."""

    def __call__(self, *, should_go_on: Callable[[], bool], on_begun: Callable[[], None]) -> None:
        """See `Generations.check`."""


class BackgroundCheck:
    """
    Runs the check of the open generation that was asked for; at most one at a time.

    Args:
        should_go_on: asked again and again by a check; False ends it.
    """

    def __init__(self, *, should_go_on: Callable[[], bool]) -> None:
        self._should_go_on = should_go_on
        self._beside: _Beside | None = None
        self.reason: str | None = None

    def ask(self, reason: str) -> None:
        """Ask for a check. One that runs is ended: it does not see what was written since it began."""
        self.end()
        self.reason = reason

    def run(self, check: Check) -> str | None:
        """
        Make the check that was asked for, and return why it was asked for; None where none was.

        Raises as the check does.
        """
        if self.reason is not None:
            check(should_go_on=self._should_go_on, on_begun=lambda: None)
        return self.end()

    def run_beside(self, check: Check) -> str | None:
        """
        Begin the check that was asked for, in a thread, and return why once it has ended well; None until then.

        What is written after this returns is not part of the check.

        Raises as the check does, once it has ended.
        """
        if self.reason is None:
            return None
        if self._beside is None:
            self._beside = _Beside(check, self._should_go_on)
        if not self._beside.has_ended():
            return None
        self._beside.raise_what_it_raised()
        return self.end()

    def end(self) -> str | None:
        """End the check that runs, drop the wish for one, and return why it was wished for."""
        if self._beside is not None:
            self._beside.end()
        reason, self._beside, self.reason = self.reason, None, None
        return reason


class _Beside:
    """A check in a thread of its own."""

    def __init__(self, check: Check, should_go_on: Callable[[], bool]) -> None:
        self._error: Exception | None = None
        self._is_ending = False
        self._has_begun = threading.Event()
        # A daemon, for the end of the process waits for no check.
        self._thread = threading.Thread(target=self._run, args=(check, should_go_on), daemon=True)
        self._thread.start()
        self._has_begun.wait()

    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def raise_what_it_raised(self) -> None:
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        self._is_ending = True
        self._thread.join(_END_WITHIN_S)

    def _run(self, check: Check, should_go_on: Callable[[], bool]) -> None:
        try:
            check(should_go_on=lambda: not self._is_ending and should_go_on(), on_begun=self._has_begun.set)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that follows
            self._error = error
        finally:
            self._has_begun.set()
