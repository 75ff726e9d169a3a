"""The journal line by line, for verification: yields damaged lines and breaks of the chain instead of stopping."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from events.folder_log.bodies import FolderBodies
from events.folder_log.journal import Journal
from events.log.event import Event
from events.log.receipt import HEADER, Place, read_receipt, sha256_of

_BEGIN = Place(0, 0, sha256_of(HEADER))


class Link(Struct, frozen=True):
    """
    One line of the journal; position 0 is the header.

    `event` is None where the line is no receipt. `fault` says what is wrong with the line, or with how it follows the
    line before. `end` is the offset of the next line.
    """

    place: Place
    end: int
    event: Event | None
    fault: str | None


def links(folder: Path, *, since: int = 0, end: int | None = None) -> Iterator[Link]:
    """
    Yield the lines of a journal, and how each follows the line before.

    Unlike `FolderLog.read`, does not stop at any damage, and changes nothing in the folder.

    Args:
        folder: the payload folder.
        since: the offset of the first line. Whether that one follows the line before it is not checked.
        end: the offset at which to stop.
    """
    bodies = FolderBodies(folder)
    last = _BEGIN if since == 0 else None
    for offset, line in Journal(folder).raw_lines(since):
        if end is not None and offset >= end:
            return
        if offset == 0 and line == HEADER:
            continue
        link = _link(bodies, offset, line, last)
        if offset > 0 or link.event is not None:  # else the header was altered; what follows may be right
            last = link.place
        if offset == 0:
            yield Link(_BEGIN, link.end, None, "is not the line that begins a journal of version 1")
            if link.event is None:
                continue
        yield link


def _link(bodies: FolderBodies, offset: int, line: bytes, last: Place | None) -> Link:
    digest, end = sha256_of(line), offset + len(line) + 1
    try:
        receipt = read_receipt(line)
    except msgspec.MsgspecError:
        return Link(Place(last.position + 1 if last else 0, offset, digest), end, None, "is no receipt")
    fault = None
    if last and receipt.position != last.position + 1:
        fault = f"stands where position {last.position + 1} should: lines were removed, moved or slipped in"
    elif last and receipt.previous != last.sha256:
        fault = "does not follow the line before: one of the two was altered, removed or slipped in"
    place = Place(receipt.position, offset, digest)
    return Link(place, end, Event(receipt, place, fault is None, bodies), fault)
