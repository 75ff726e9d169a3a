"""Copies of logs, and what a log holds: its lines, its bodies, its key, wherever it is kept."""

import uuid
from pathlib import Path

import msgspec

from events.copying.copier import Copier
from events.copying.totals import CopyNote, CopyTotals
from events.errors import DamagedEventError
from events.log.copying import Line
from events.log.erasure import SOURCE, ErasedEvent, Erasure, ErasureRequest
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.open_log import open_copy_source, open_copy_target
from events.wire.shared_secrets import Secrets
from tests.support.logs import events
from tests.support.samples import MARTA, NOON_S


class Content(msgspec.Struct):
    """All that a log holds; the body of an event is None where it is gone."""

    lines: list[Line]
    bodies: list[bytes | None]
    end: Place | None
    key: bytes | None


def content_of(location: str) -> Content:
    """Return what the log at a location holds."""
    source = open_copy_source(location)
    lines = list(source.lines(None))
    bodies: list[bytes | None] = []
    for line in lines:
        receipt = msgspec.json.decode(line.text, type=Receipt)
        place = Place(receipt.position, line.offset, "")
        try:
            bodies.append(Event(receipt, place, is_chained=True, bodies=source.bodies).body())
        except DamagedEventError:
            bodies.append(None)
    return Content(lines, bodies, source.end(), source.erasure_key())


def copy(
    source: str, target: str, *, log_keys: tuple[str, ...] = (), leaves_out: bool = False
) -> tuple[list[CopyNote], CopyTotals]:
    """Copy one log into another, and return what is said of it."""
    keys = Secrets(log_keys) if log_keys else None
    copying = Copier(open_copy_source(source, log_keys=keys), open_copy_target(target), leaves_out=leaves_out)
    return list(copying.run()), copying.totals


def forget(log: EventLog, *conversations: str, positions: tuple[int, ...] = (), is_removing: bool = True) -> Erasure:
    """Append a request and its erasure of conversations and single events, and carry it out, as the projector does."""
    hashes = log.caller_hashes(may_create=True)
    asked = ErasureRequest(id=uuid.uuid4().hex, caller=hashes.of(MARTA), key_id=hashes.key_id, requested_at_s=NOON_S)
    request = log.append(msgspec.json.encode(asked), source=SOURCE)
    listed = tuple(
        ErasedEvent(
            position=event.place.position,
            kind=event.receipt.kind,
            conversation_id=event.receipt.conversation_id,
            path=event.receipt.path,
        )
        for event in events(log)
        if event.place.position in positions
    )
    erasure = Erasure(
        request=request.position,
        caller=asked.caller,
        requested_at_s=asked.requested_at_s,
        conversations=conversations,
        events=listed,
        counts={},
    )
    log.append(msgspec.json.encode(erasure), source=SOURCE)
    if is_removing:
        log.remove(erasure)
    return erasure


def files_in(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all files of a folder, with their times and what is in them."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_nlink, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
