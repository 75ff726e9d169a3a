"""How far a long run has come: a progress bar on a terminal, a plain line for each tenth elsewhere."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

# Called with the stage, how many of its things are done, and how many there are.
Progress = Callable[[str, int, int], None]
_LINES = 10


class ProgressReport:
    """
    Reports the stages of a run on stderr, one after the other; a `Progress`.

    Args:
        verb: what the run does to the things of a stage: `replaying`, for the stage `callers`.
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._bar: tqdm[Any] | None = None
        self._stage = ""
        self._tenths = -1

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Report that `done` of the `of` things of a stage are done."""
        if sys.stderr.isatty():
            self._draw(stage, done, of)
        else:
            self._print(stage, done, of)

    def close(self) -> None:
        """End the bar, and leave it on the terminal as it is."""
        if self._bar is not None:
            self._bar.close()

    def _draw(self, stage: str, done: int, of: int) -> None:
        from tqdm import tqdm  # noqa: PLC0415 - a slow import, and most runs have no terminal

        if self._bar is None or stage != self._stage:
            self.close()
            self._bar, self._stage = tqdm(total=of, desc=f"{self._verb} {stage}", unit="", file=sys.stderr), stage
        self._bar.update(done - self._bar.n)

    def _print(self, stage: str, done: int, of: int) -> None:
        tenths = done * _LINES // of if of else _LINES
        if stage != self._stage or tenths > self._tenths:
            self._stage, self._tenths = stage, tenths
            print(f"{self._verb} {stage}: {done} of {of}", file=sys.stderr, flush=True)  # noqa: T201
