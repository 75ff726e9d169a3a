"""Remembers for a few hours who was calling when a call began, for a search that does not say who is calling."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

# A conversation of ElevenLabs' lasts minutes, and hours at the most.
_KEPT_FOR_S = 4 * 60 * 60
_COUNT_MAX = 50_000
_ID_CHARS_MAX = 128


class CallStarts:
    """
    The callers of calls that began, by the ids of the calls.

    Each process remembers those that it was asked about itself, and forgets them when it ends. Use it in one event
    loop.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._callers = OrderedDict[str, tuple[float, str]]()

    def note(self, caller: str, *ids: str | None) -> None:
        """Note that a call began, of a caller's key, under some ids; those that are None or empty are left out."""
        now_s = self._clock_s()
        for id_ in _usable(ids):
            self._callers.pop(id_, None)
            self._callers[id_] = now_s, caller
        while self._callers and (len(self._callers) > _COUNT_MAX or self._oldest_s() < now_s - _KEPT_FOR_S):
            self._callers.popitem(last=False)

    def caller_of(self, *ids: str | None) -> str | None:
        """Return the caller of the call that began under one of some ids; None if none did."""
        for id_ in _usable(ids):
            began_s, caller = self._callers.get(id_, (0.0, ""))
            if caller and began_s >= self._clock_s() - _KEPT_FOR_S:
                return caller
        return None

    def _oldest_s(self) -> float:
        began_s, _ = next(iter(self._callers.values()))
        return began_s


def _usable(ids: Iterable[str | None]) -> Iterator[str]:
    yield from (id_ for id_ in ids if id_ and len(id_) <= _ID_CHARS_MAX)
