"""When the read model is checked whole, and the check that runs beside the projection, which goes on meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path

from projector.engines.settings import EngineSettings
from projector.follow.soundness import check_soundness

# Between two rows a check ends at once; what SQLite does in one go, nobody waits for.
_END_WITHIN_S = 1.0


class BackgroundCheck:
    """
    The check of the open generation that was asked for, or runs; one at most.

    Args:
        engine: the memory engine.
        should_go_on: asked again and again by a check; False ends it.
    """

    def __init__(self, engine: EngineSettings, *, should_go_on: Callable[[], bool]) -> None:
        self._engine = engine
        self._should_go_on = should_go_on
        self._beside: _Beside | None = None
        self.reason: str | None = None

    def ask(self, reason: str) -> None:
        """Ask for a check; one that runs does not see what there is by now, and is ended."""
        self.end()
        self.reason = reason

    def run(self, database: Path) -> str | None:
        """
        Do what was asked for, now, and return why; None where nothing was.

        Raises as `check_soundness` does.
        """
        if self.reason is not None:
            check_soundness(database, self._engine, should_go_on=self._should_go_on)
        return self.end()

    def run_beside(self, database: Path) -> str | None:
        """
        Begin what was asked for, in a thread, and return why once it has ended well; None until then.

        What is written after this returns is not in what is checked: a refold notes new sums, also over damage.

        Raises as `check_soundness` does, once it has ended.
        """
        if self.reason is None:
            return None
        if self._beside is None:
            self._beside = _Beside(database, self._engine, self._should_go_on)
        if not self._beside.has_ended():
            return None
        self._beside.raise_what_it_raised()
        return self.end()

    def end(self) -> str | None:
        """End the check that runs, forget that one was asked for, and return why it was."""
        if self._beside is not None:
            self._beside.end()
        reason, self._beside, self.reason = self.reason, None, None
        return reason


class _Beside:
    """A check in a thread of its own."""

    def __init__(self, database: Path, engine: EngineSettings, should_go_on: Callable[[], bool]) -> None:
        self._error: Exception | None = None
        self._is_to_end = False
        self._has_begun = threading.Event()
        # A daemon, for the end of the process waits for no check.
        self._thread = threading.Thread(target=self._run, args=(database, engine, should_go_on), daemon=True)
        self._thread.start()
        self._has_begun.wait()

    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def raise_what_it_raised(self) -> None:
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        self._is_to_end = True
        self._thread.join(_END_WITHIN_S)

    def _run(self, database: Path, engine: EngineSettings, should_go_on: Callable[[], bool]) -> None:
        try:
            check_soundness(
                database,
                engine,
                should_go_on=lambda: not self._is_to_end and should_go_on(),
                on_begun=self._has_begun.set,
            )
        except Exception as error:  # noqa: BLE001 - raised again in the thread that follows
            self._error = error
        finally:
            self._has_begun.set()
