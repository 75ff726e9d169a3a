"""What the read model tells beside views and memories."""

from msgspec import Struct

from events.log.erasure import Erasure
from events.log.receipt import Place


class MissedCall(Struct, frozen=True):
    """An outbound call that did not come about; Unix seconds."""

    conversation_id: str
    event_timestamp_s: int
    reason: str


class ErasureState(Struct, frozen=True):
    """How far a request to forget a caller is: its account, None before there is one, and whether all is gone."""

    account: Erasure | None
    is_finished: bool


class Fault(Struct, frozen=True):
    """
    Something that is wrong with an event.

    `next_try_at_s` is Unix seconds, None once we have given up; what is final is not tried: only a replay can tell.
    """

    place: Place
    kind: str
    conversation_id: str | None
    error: str
    attempts: int
    next_try_at_s: int | None
    is_final: bool


class OpenMemoryRow(Struct, frozen=True, kw_only=True):
    """
    One row of OpenMemory, and the memory that it holds, or one part of: a long memory has several rows.

    `row_id` is OpenMemory's own. `salience` is exact to a thousandth once it was stored.
    """

    row_id: str
    memory_id: str
    part: int
    told_to: str | None
    is_current: bool
    salience: float
