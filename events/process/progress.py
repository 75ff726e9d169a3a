"""How far a long run is: a bar on a terminal, a plain line now and then otherwise."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

_LINES = 10


class ProgressReport:
    """
    Reports the stages of a run on stderr, one after the other.

    Args:
        verb: what is being done to what a stage is about: `replaying` callers.
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._bar: tqdm[Any] | None = None
        self._stage = ""
        self._tenths = -1

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Tell that `done` of `of` are done in a stage."""
        if sys.stderr.isatty():
            self._draw(stage, done, of)
        else:
            self._print(stage, done, of)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()

    def _draw(self, stage: str, done: int, of: int) -> None:
        from tqdm import tqdm  # noqa: PLC0415 - takes long, and most runs have no terminal

        if self._bar is None or stage != self._stage:
            self.close()
            self._bar, self._stage = tqdm(total=of, desc=f"{self._verb} {stage}", unit="", file=sys.stderr), stage
        self._bar.update(done - self._bar.n)

    def _print(self, stage: str, done: int, of: int) -> None:
        tenths = done * _LINES // of if of else _LINES
        if stage != self._stage or tenths > self._tenths:
            self._stage, self._tenths = stage, tenths
            print(f"{self._verb} {stage}: {done} of {of}", file=sys.stderr, flush=True)  # noqa: T201
