"""Finds the events of our own that carry a proof, in the journal of a payload folder."""

from pathlib import Path

import msgspec

from events.folder_log.bodies import FolderBodies
from events.folder_log.journal import Journal
from events.folder_log.layout import is_path_in_log
from events.log.event import Event
from events.log.proof.keys import LogKeys, split
from events.log.proof.proofs import Proofs, SignedEvents
from events.log.receipt import Place, Receipt, read_receipt, sha256_of

# Stands in each line that carries a proof, and in few others: all other lines need not be decoded.
_NEEDLE = b"log1="


def proofs_in(folder: Path, keys: LogKeys) -> Proofs:
    """Return what the own events of a payload folder are worth; only reads."""
    return Proofs(keys, lambda after: _signed_events(folder, after))


def _signed_events(folder: Path, after: Place | None) -> SignedEvents:
    journal, bodies = Journal(folder), FolderBodies(folder)
    lines = journal.raw_lines(after.offset if after else 0)
    if after is not None:
        journal.line_at(after)  # raises where another line stands there now
        next(lines, None)
    events: list[Event] = []
    last: tuple[int, bytes] | None = None
    for offset, line in lines:
        last = offset, line
        if _NEEDLE in line and (receipt := _signed(line)) is not None:
            place = Place(receipt.position, offset, sha256_of(line))
            events.append(Event(receipt, place, is_chained=False, bodies=bodies))
    if last is None:
        return SignedEvents(events, after)
    return SignedEvents(events, Place(0, last[0], sha256_of(last[1])))


def _signed(line: bytes) -> Receipt | None:
    try:
        receipt = read_receipt(line)
    except msgspec.MsgspecError:
        return None
    is_signed = receipt.is_our_own and split(receipt.signature)[1] is not None
    return receipt if is_signed and is_path_in_log(receipt.path) else None
