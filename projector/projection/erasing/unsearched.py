"""Events of no conversation that could not be read when a request to forget a caller searched the log."""

from collections.abc import Callable, Iterable

from events.log.event import Event
from events.log.mentions import mentions
from projector.read_model.protocol import ReadModelWriter


class Unsearched:
    """
    Sets such events aside like any fault, and searches each once it can be read.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        hashes_of: returns every hash by which a request may name a caller.
        region: the region in which national numbers are read.
        on_fault: receives an event that is to be tried again, and why.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        hashes_of: Callable[[str], Iterable[str]],
        *,
        region: str,
        on_fault: Callable[[Event, str], None],
    ) -> None:
        self._writer = writer
        self._hashes_of = hashes_of
        self._region = region
        self._on_fault = on_fault
        self._expected: set[int] = set()

    def expect(self, positions: Iterable[int]) -> None:
        """Note what an erasure says was not searched: a replay meets those events after it has read the erasure."""
        self._expected.update(positions)

    def note(self, event: Event, request: int, error: str) -> bool:
        """Set an event aside that a request could not search, and return whether it is one of these at all."""
        # One of a conversation is a fault already, and whose it is shows once it is folded.
        if event.receipt.conversation_id is not None or self._writer.erased.has_event(event.place.position):
            return False
        if not self._writer.faults.attempts(event.place):
            self._on_fault(event, f"{error}; it may name a caller who is to be forgotten, by request {request}")
        return True

    def request_naming(self, event: Event) -> int | None:
        """
        Search an event that was set aside, and return the first later request whose caller it names.

        Raises:
            DamagedEventError: it cannot be read now either.
        """
        position = event.place.position
        if event.receipt.conversation_id is not None or not self._was_noted(event):
            return None
        erasures = self._writer.erasures
        covering = {erasures.request(at)[0]: at for at in reversed(erasures.accounted()) if at > position}
        named: list[int] = []

        def is_asked_for(caller: str) -> bool:
            named.extend(covering[hash_] for hash_ in self._hashes_of(caller) if hash_ in covering)
            return bool(named)

        if covering and mentions(event, is_asked_for, faulty=(), region=self._region):
            return min(named)
        return None

    def _was_noted(self, event: Event) -> bool:
        return event.place.position in self._expected or self._writer.faults.attempts(event.place) > 0
