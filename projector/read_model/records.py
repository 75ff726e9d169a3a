"""What the read model holds beside views and memories."""

from msgspec import Struct

from events.log.erasure import Erasure
from events.log.receipt import Place

# Part of the read model's fingerprint: raise it with every change of what is stored, or of what a checksum covers.
SCHEMA_VERSION = 12
# The oldest schema whose readers can read what this release writes, and the oldest that this release can read. Leave
# one behind only if every query and every record in `ReadModel` and in the engines' tables means the same in both.
READABLE_FROM = SCHEMA_VERSION
READS_FROM = SCHEMA_VERSION


class SchemaVersion(Struct, frozen=True):
    """
    What a generation is written in.

    `readable_from` is the oldest schema whose readers can read it, as the release says that wrote it.
    """

    schema: int
    readable_from: int

    def is_newer(self) -> bool:
        """Tell whether a newer release wrote it, one whose generations this release cannot read."""
        return self.readable_from > SCHEMA_VERSION

    def is_older(self) -> bool:
        """Tell whether an older release wrote it, one whose generations this release cannot read."""
        return self.schema < READS_FROM


OURS = SchemaVersion(SCHEMA_VERSION, READABLE_FROM)


def why_not(version: SchemaVersion, *, is_former_read: bool) -> str:
    """
    Return why a long-running reader of this release cannot read a generation, and what to do.

    Args:
        is_former_read: whether it reads a former generation instead.
    """
    which, act = (
        ("a newer", "restart ingress with the new release")
        if version.is_newer()
        else ("an older", "start the projector of this release, which makes them again")
    )
    meanwhile = (
        "until then callers are known as they were before it, and nothing new is learnt of them"
        if is_former_read
        else "until then every caller is answered as unknown"
    )
    return (
        f"the memories were written by {which} release (schema {version.schema}; this one has {SCHEMA_VERSION}): {act};"
        f" {meanwhile}. Webhooks are taken all the while"
    )


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
    """A call that did not reach its caller: it did not come about, or a machine answered; Unix seconds."""

    conversation_id: str
    event_timestamp_s: int
    reason: str


class Arrival(Struct, frozen=True, array_like=True):
    """A webhook's position, and when it was received by our clock and signed by ElevenLabs'; Unix seconds."""

    position: int
    received_at_s: int
    signed_at_s: int

    @property
    def skew_s(self) -> int:
        """How far our clock was ahead of ElevenLabs', at most: the webhook was also on its way for a while."""
        return self.received_at_s - self.signed_at_s


class KnownClock(Struct, frozen=True):
    """
    What the log says of the time until some position: the newest time of a signature, and the last arrivals.

    `latest_s` is Unix seconds by ElevenLabs' clock, None before the first signature.
    """

    latest_s: int | None = None
    arrivals: tuple[Arrival, ...] = ()


class KeptRequest(Struct, frozen=True):
    """
    A request to forget a caller, with what the log knew of the time when it took the request.

    `requested_at_s` is by the clock of the process that made the request. `by_position` is True where every call that
    came in before is covered, whatever its time. `received_at_s` is that of its event. `latest_s` is the newest time
    at which ElevenLabs had signed a webhook, by its own clock. `skew_s` is how far our clock was ahead of that one, by
    the webhooks of the hour before. These three are None if unknown. All times are Unix seconds.
    `may_name_conversation` is False where the hash is not that of a conversation without a caller.
    """

    place: Place
    caller_hash: str
    requested_at_s: int
    by_position: bool
    received_at_s: int | None
    latest_s: int | None
    skew_s: int | None
    may_name_conversation: bool = True


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


class PartlyRead(Struct, frozen=True):
    """
    An event of which something could not be read. It was folded without that, and trying again cannot mend it.

    `left_out` names the values by where they stand in the webhook; none where the whole body cannot be read.
    `path` names the event in the log. `received_at_s` is Unix seconds.
    """

    place: Place
    kind: str
    conversation_id: str | None
    path: str
    received_at_s: int
    left_out: tuple[str, ...]


class PartlyReadCounts(Struct, frozen=True):
    """How many events were folded without some of their values, and how many bodies cannot be read at all."""

    left_out: int
    unreadable: int
    unreadable_since: int


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


class KeptExtraction(Struct, frozen=True):
    """
    What a model said of a version of a call.

    `sha256` is the hash of the extraction's event, `transcription_sha256` that of the webhook that was read. `answer`
    is raw, as the model gave it. One of a newer prompt than the operator lets count is not `is_counted`.
    """

    conversation_id: str
    sha256: str
    transcription_sha256: str
    prompt_version: int
    completed_at_s: int
    answer: bytes
    is_counted: bool = True


class Extracted(Struct, frozen=True):
    """A call as it is kept, and the extraction of it that counts; None where none does."""

    call: KeptCall
    extraction: KeptExtraction | None


class KeptCorrection(Struct, frozen=True):
    """
    A correction of what is known of a caller: the body of the event at a position.

    `other` is another caller whom it names. `is_joining` is whether it may say who is one person.
    """

    position: int
    caller: str
    body: bytes
    other: str = ""
    is_joining: bool = False


class KeptProfile(Struct, frozen=True):
    """A profile of an agent: the body of the event at a position."""

    position: int
    agent_id: str
    body: bytes


class AgentMet(Struct, frozen=True):
    """An agent that had a call, and the position of the last event of one."""

    agent_id: str
    position: int


class SaidRow(Struct, frozen=True):
    """One statement as it is kept: `body` is JSON, `group` what its value is compared within."""

    group: str
    body: bytes


class KeptGroup(Struct, frozen=True):
    """
    How far a group of facts is folded: but for what the last call said, whose order this is.

    `body` is the fold's own, as JSON.
    """

    key: str
    at_s: int
    conversation_id: str
    body: bytes


class KeptValue(Struct, frozen=True):
    """What the fold keeps of one value of a group; `body` is JSON, and `words` what it is looked for by."""

    key: str
    is_current: bool
    body: bytes
    words: str = ""
