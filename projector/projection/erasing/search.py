"""Searches the log for events of no conversation, or not folded, that name a caller who is to be forgotten."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from events.errors import DamagedEventError
from events.log.event import Event
from events.log.mentions import keys_in
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import conversation_key
from projector.projection.erasing.keys import ErasureKeys
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptRequest

logger = get_logger("projection")
_ROWS = 500


class Search:
    """
    One pass for all requests that wait.

    Looks at the index of the read model, and reads only bodies that belong to no conversation, or could not be folded.

    `found` and `named` are events and conversations, each with the first request that covers it. `unread` are events
    whose bodies could not be read whole, with the reason. They are complete once `steps` has ended.

    Args:
        region: the region in which national numbers are read.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        log: EventLog,
        keys: ErasureKeys,
        requests: Sequence[KeptRequest],
        *,
        region: str,
    ) -> None:
        self._writer = writer
        self._log = log
        self._keys = keys
        self._region = region
        self._until = max(request.place.position for request in requests)
        self._by_hash: dict[str, list[int]] = defaultdict(list)
        for request in requests:
            self._by_hash[request.caller_hash].append(request.place.position)
        self.requests = requests
        self.found: dict[int, tuple[Event, int]] = {}
        self.named: dict[str, int] = {}
        self.unread: list[tuple[Event, str]] = []

    def steps(self) -> Iterator[None]:
        """Search, and yield again and again: the search may be ended there, or go on later."""
        yield from self._conversations()
        searched = set[Place]()
        for place in chain(self._writer.faults.places(), self._strays()):
            if place not in searched:  # one of no conversation may be a fault, too
                searched.add(place)
                yield from self._event(place)

    def _conversations(self) -> Iterator[None]:
        if not any(request.may_name_conversation for request in self.requests):
            return
        last = ""
        while ids := self._writer.filed.conversations(after=last, limit=_ROWS):
            for id_ in ids:
                if requests := self._asked_for(conversation_key(id_)):
                    self.named[id_] = min(requests)
            last = ids[-1]
            yield

    def _strays(self) -> Iterator[Place]:
        last = 0
        while places := self._writer.filed.strays(after=last, before=self._until, limit=_ROWS):
            yield from places
            last = places[-1].position

    def _event(self, place: Place) -> Iterator[None]:
        event = self._log.event_at(place)
        if not isinstance(event, Event):
            return
        later = [request.place.position for request in self.requests if request.place.position > place.position]
        covering = set[int]()
        try:
            for key in keys_in(event, region=self._region):
                covering.update(request for request in self._asked_for(key) if request > place.position)
                if covering and min(covering) == later[0]:
                    break  # the first request counts
                yield
        except DamagedEventError as error:  # one file that is gone or cannot be read must not keep the others
            self.unread.append((event, str(error)))
        if covering:
            self.found[place.position] = (event, min(covering))
        yield

    def _asked_for(self, key: str) -> list[int]:
        return [request for hash_ in self._keys.hashes_of(key) for request in self._by_hash.get(hash_, ())]
