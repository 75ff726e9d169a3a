"""The health of the read model: how far it is, and what in it is not as it should be."""

import time
from typing import Annotated

from msgspec import Meta, Struct

from events.log.receipt import Place
from ingress.lookups.read_pool import ReadPool
from projector.read_model.protocol import ReadModel

_ERASURE_S = 60
# Nobody can mend such a body, so it is an alarm only while whoever sent it may be asked.
_UNREADABLE_S = 7 * 24 * 60 * 60


class ReadModelHealth(Struct, kw_only=True):
    """The read model, which the projector writes."""

    generation: Annotated[int | None, Meta(description="The live generation.")] = None
    position: Annotated[int, Meta(description="Up to which position the log is folded.")] = 0
    behind: Annotated[
        int, Meta(description="How many events are not folded yet. Negative if the journal was cut or replaced.")
    ] = 0
    oldest_waiting_s: Annotated[
        float, Meta(description="How long the oldest event that is not folded yet has been in the log, in seconds.")
    ] = 0.0
    failures: Annotated[
        int, Meta(description="How many events could not be folded; `projector failures` lists them.")
    ] = 0
    partly_read: Annotated[
        int,
        Meta(
            description="How many events were folded without values that could not be read; `projector failures` names "
            "them."
        ),
    ] = 0
    unreadable: Annotated[
        int, Meta(description="How many signed bodies of the log cannot be read at all; they are kept.")
    ] = 0
    unreadable_lately: Annotated[int, Meta(description="Of these, how many came in during the last seven days.")] = 0
    unfinished_erasures: Annotated[
        int, Meta(description="Requests to forget a caller that are not done after a minute.")
    ] = 0
    waiting: Annotated[int, Meta(description="Callers whose new calls are kept, and wait to be folded.")] = 0
    owed: Annotated[int, Meta(description="Callers whose latest changes the memory engine has not received yet.")] = 0
    engine: Annotated[
        str, Meta(description="`ok`, or what is wrong: the memory engine fails, or is not the one that is set now.")
    ] = "unknown"
    low_disk: Annotated[
        bool, Meta(description="Whether less than `FREE_DISK_MIN_MB` is free on its disk, if that is not the log's.")
    ] = False
    error: Annotated[str | None, Meta(description="What is wrong.")] = None


def read_model_health(read_model: ReadModel, reading: ReadPool) -> tuple[ReadModelHealth, Place | None]:
    """Return the health of a generation that is open, and how far it is folded."""
    place = read_model.place()
    partly_read = read_model.partly_read.counts(since_s=int(time.time()) - _UNREADABLE_S)
    health = ReadModelHealth(
        generation=reading.reader.generation(),
        position=place.position if place else 0,
        failures=len(read_model.faults()),
        partly_read=partly_read.left_out,
        unreadable=partly_read.unreadable,
        unreadable_lately=partly_read.unreadable_since,
        waiting=read_model.waiting(),
        owed=read_model.owed(),
        unfinished_erasures=read_model.unfinished_erasures(requested_until_s=int(time.time()) - _ERASURE_S),
    )
    return health, place
