"""What the read model holds beside views and memories."""

from msgspec import Struct

from events.log.erasure import Erasure
from events.log.receipt import Place

# Part of the read model's fingerprint: raise it with every change of what is stored, or of what a checksum covers.
SCHEMA_VERSION = 5


class KeptCall(Struct, frozen=True):
    """
    The newest version of one call.

    `place` is that of the event it was read from. `body` is the `Call` as JSON, redacted. `checksum` is that of the
    row, which the caller's own row sums.
    """

    conversation_id: str
    caller: str
    place: Place
    body: bytes
    checksum: int


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

    `next_try_at_s` is Unix seconds, None once the projector has given up. A final fault is not tried again: only a
    replay can tell whether it is mended.
    """

    place: Place
    kind: str
    conversation_id: str | None
    error: str
    attempts: int
    next_try_at_s: int | None
    is_final: bool


class CallerSums(Struct, frozen=True):
    """What a caller's row says of the caller's other rows: the sums of their checksums, and how many memories."""

    calls_sum: int = 0
    memory_count: int = 0
    memories_sum: int = 0

    def plus(self, other: "CallerSums") -> "CallerSums":
        """Return the sums over both."""
        return CallerSums(
            self.calls_sum + other.calls_sum,
            self.memory_count + other.memory_count,
            self.memories_sum + other.memories_sum,
        )


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
