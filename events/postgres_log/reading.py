"""Reads the lines of a log in PostgreSQL, some at a time."""

from collections.abc import Iterator

import msgspec

from events.errors import PositionError
from events.log.copying import Line
from events.log.erasure import SOURCE
from events.log.event import Bodies, DamagedLine, Event
from events.log.proof.keys import split
from events.log.proof.proofs import SignedEvents
from events.log.receipt import HEADER, Place, Receipt, read_receipt, sha256_of
from events.postgres_log.schema import read_head
from events.postgres_server.connections import Connections

_LINES = "SELECT position, line_offset, line FROM elaoms.events WHERE position > %s"
_FIRST = "ORDER BY position LIMIT 500"

# `log1=` stands in each line that carries a proof, and in few others.
_ERASURE_LINES = f"{_LINES} AND source <> 'webhook' AND source = '{SOURCE}'"
_SIGNED_LINES = f"{_LINES} AND source <> 'webhook' AND strpos(line, 'log1=') > 0"


class Reader:
    """Reads the lines of one log; `bodies` are those of its events."""

    def __init__(self, connections: Connections, bodies: Bodies) -> None:
        self._connections = connections
        self._bodies = bodies

    def read(self, after: Place | None) -> Iterator[Event | DamagedLine]:
        """Yield the events that follow a place, as `EventLog.read` does; no connection is held between two of them."""
        if after is not None:
            self._line_at(after)
        position, previous = (after.position, after.sha256) if after else (0, sha256_of(HEADER))
        while lines := self._page(f"{_LINES} {_FIRST}", position):
            for at, offset, line in lines:
                digest = sha256_of(line)
                place = Place(at, offset, digest)
                receipt = receipt_in(line)
                if receipt is None:
                    yield DamagedLine(place)
                else:
                    is_chained = receipt.position == at == position + 1 and receipt.previous == previous
                    yield Event(receipt, place, is_chained, self._bodies)
                position, previous = at, digest

    def raw_lines(self, after: Place | None) -> Iterator[Line]:
        """Yield the lines that follow a place, as they are; raises as `read` does."""
        if after is not None:
            self._line_at(after)
        yield from self._raw(_LINES, after.position if after else 0)

    def erasure_lines(self) -> Iterator[Line]:
        """Yield the lines of requests and erasures."""
        yield from self._raw(_ERASURE_LINES, 0)

    def has(self, place: Place) -> bool:
        """Return whether the log has this line at this place."""
        try:
            self._line_at(place)
        except PositionError:
            return False
        return True

    def _raw(self, sql: str, position: int) -> Iterator[Line]:
        while lines := self._page(f"{sql} {_FIRST}", position):
            for at, offset, text in lines:
                yield Line(offset, text)
                position = at

    def event_at(self, place: Place) -> Event | DamagedLine:
        """Return the event at a place, as `EventLog.event_at` does."""
        receipt = receipt_in(self._line_at(place))
        return DamagedLine(place) if receipt is None else Event(receipt, place, is_chained=True, bodies=self._bodies)

    def signed(self, after: Place | None) -> SignedEvents:
        """Return the events of our own that carry a proof and follow a place, as `Proofs` asks for them."""
        if after is not None:
            self._line_at(after)
        end = self._connections.read(lambda connection: read_head(connection).place())
        position = after.position if after else 0
        events: list[Event] = []
        while lines := self._page(f"{_SIGNED_LINES} {_FIRST}", position):
            for at, offset, line in lines:
                receipt = receipt_in(line)
                if receipt is not None and receipt.is_our_own and split(receipt.signature)[1] is not None:
                    place = Place(at, offset, sha256_of(line))
                    events.append(Event(receipt, place, is_chained=False, bodies=self._bodies))
                position = at
        return SignedEvents(events, end or after)

    def _line_at(self, place: Place) -> bytes:
        sql = "SELECT line FROM elaoms.events WHERE position = %s"
        found = self._connections.read(lambda connection: connection.execute(sql, [place.position]).fetchone())
        if found is None or sha256_of(found[0].encode()) != place.sha256:
            raise PositionError(f"the log has another line at position {place.position}")
        return str(found[0]).encode()

    def _page(self, sql: str, after: int) -> list[tuple[int, int, bytes]]:
        found = self._connections.read(lambda connection: connection.execute(sql, [after]).fetchall())
        return [(at, offset, line.encode()) for at, offset, line in found]


def receipt_in(line: bytes) -> Receipt | None:
    """Return the receipt that a line holds; None where it is none."""
    try:
        return read_receipt(line)
    except msgspec.MsgspecError:
        return None
