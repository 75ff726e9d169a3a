"""Which of a log's own events may be obeyed: those that are proven, and those for which a seal vouches."""

import threading
from collections.abc import Callable
from enum import Enum

import msgspec
from msgspec import Struct

from events.errors import DamagedEventError, LogKeyError, PositionError
from events.log.event import Event
from events.log.filing import SEAL
from events.log.proof.keys import LogKeys, Proof, named_key, split
from events.log.receipt import Place, Receipt, sha256_of

# The source of a seal.
SEAL_SOURCE = "seal"


class Seal(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_seal"):
    """
    An event of ours that vouches for earlier ones which no key at hand proves.

    `lines` are the hashes of their lines in the journal. `id` makes each seal an event of its own. `sealed_at_s` is in
    Unix seconds.
    """

    id: str
    sealed_at_s: int
    lines: tuple[str, ...]


class Standing(Enum):
    """
    How far an event of our own is to be believed.

    `UNCHECKED`: there is no key. `VOUCHED`: not proven, but named by a seal that is. `UNPROVEN` and `FORGED` are not to
    be obeyed: nothing speaks for it, or its proof is wrong.
    """

    PROVEN = "proven"
    VOUCHED = "vouched"
    UNCHECKED = "unchecked"
    UNPROVEN = "unproven"
    FORGED = "forged"


class SignedEvents(Struct, frozen=True):
    """Our own events that carry a proof, from some place on; `end` is the last line that was read."""

    events: list[Event]
    end: Place | None


class _Known(Struct):
    """What is known of the log up to `end`."""

    end: Place | None = None
    first_signed: int = 0
    has_proven: bool = False
    has_seal: bool = False
    key_ids: set[str] = set()
    vouched: set[bytes] = set()

    def take(self, event: Event, proof: Proof) -> None:
        self.first_signed = self.first_signed or event.receipt.position
        if (key_id := named_key(split(event.receipt.signature)[1])) is not None:
            self.key_ids.add(key_id)
        if proof is Proof.PROVEN:
            self.has_proven = True
            # By its source, for anybody's file may be imported, and we sign the import.
            if event.receipt.source == SEAL_SOURCE and event.receipt.kind == SEAL:
                self.has_seal = True
                self.vouched.update(_lines_of(event))


class Proofs:
    """
    What one log's own events are worth; threads may share it.

    Args:
        keys: those of `LOG_KEY`.
        read: returns the signed ones that follow a place (None: all of them). Raises `PositionError` where another line
            stands at the place.
    """

    def __init__(self, keys: LogKeys, read: Callable[[Place | None], SignedEvents]) -> None:
        self.keys = keys
        self._read = read
        self._lock = threading.Lock()
        self._known = _Known()

    @property
    def first_signed(self) -> int:
        """The position of the first event of ours that carries a proof, right or wrong; 0 if none was seen yet."""
        return self._known.first_signed

    @property
    def is_sealed(self) -> bool:
        """Whether a seal was seen that is proven."""
        return self._known.has_seal

    def read_on(self) -> None:
        """
        Take in what was appended since the last time.

        Raises:
            OSError, JournalError: as `EventLog.read` raises them.
        """
        with self._lock:
            known = self._known
            try:
                found = self._read(known.end)
            except PositionError:  # the log was restored or cut
                known = _Known()
                found = self._read(None)
            for event in found.events:
                known.take(event, self.keys.judge_receipt(event.receipt))
            known.end = found.end
            self._known = known

    def standing(self, receipt: Receipt, *, line_sha256: str) -> Standing:
        """
        Return how far an event of our own is to be believed.

        Args:
            line_sha256: the hash of the receipt's line.

        Raises as `read_on` does.
        """
        if not self.keys:
            return Standing.UNCHECKED
        proof = self.keys.judge_receipt(receipt)
        if proof is Proof.PROVEN:
            return Standing.PROVEN
        if proof is Proof.WRONG:
            return Standing.FORGED
        line = bytes.fromhex(line_sha256)
        if line not in self._known.vouched:
            self.read_on()
        return Standing.VOUCHED if line in self._known.vouched else Standing.UNPROVEN

    def believes(self, receipt: Receipt) -> bool:
        """Return whether the event of a receipt may be obeyed; raises as `read_on` does."""
        if not receipt.is_our_own or not self.keys:
            return True
        standing = self.standing(receipt, line_sha256=sha256_of(receipt.line()))
        return standing not in {Standing.UNPROVEN, Standing.FORGED}

    def why_not(self, event: Event) -> str | None:
        """
        Return why an event must not be obeyed; None where it may be: it is no event of ours, or we believe it.

        Raises as `read_on` does.
        """
        if not event.receipt.is_our_own:
            return None
        standing = self.standing(event.receipt, line_sha256=event.place.sha256)
        if standing in {Standing.UNPROVEN, Standing.FORGED}:
            return f"{standing.value}: {self.reason(event.receipt, standing)}"
        return None

    def reason(self, receipt: Receipt, standing: Standing) -> str:
        """Return, in words, what an event that is not to be obeyed lacks."""
        if standing is Standing.FORGED:
            return "its signature was not made with LOG_KEY"
        key_id = named_key(split(receipt.signature)[1])
        if key_id is None:
            return "LOG_KEY did not sign it, and no seal vouches for it"
        return (
            f"key {key_id} signed it, and LOG_KEY holds {', '.join(self.keys)}: add that key to LOG_KEY, or, if it is"
            " lost, look at the event and run `events seal`"
        )

    def complaint(self) -> str | None:
        """
        Return why others would not believe what is appended with this `LOG_KEY`, or with none; None if they would.

        Raises as `read_on` does.
        """
        self.read_on()
        if not self.first_signed or self._known.has_proven:
            return None
        if not self.keys:
            return (
                f"the log's own events are signed since position {self.first_signed}, and LOG_KEY is not set here:"
                " set it to the same value for ingress, the projector and the commands"
            )
        return (
            f"the log's own events are signed with key {', '.join(sorted(self._known.key_ids)) or '?'}, and LOG_KEY"
            f" holds {', '.join(self.keys)}: set it to the same value everywhere; if the other key is lost,"
            " `events seal` vouches for what is there"
        )

    def check_key(self) -> None:
        """
        Make sure that others will believe what we append.

        Raises:
            LogKeyError: `LOG_KEY` is missing, or is not the key of this log.
        """
        if (complaint := self.complaint()) is not None:
            raise LogKeyError(complaint)


_seal = msgspec.json.Decoder(Seal)


def _lines_of(event: Event) -> list[bytes]:
    # Where all of the disk or the server fails, the error goes on: a seal would be taken for none until a restart.
    try:
        return [bytes.fromhex(line) for line in _seal.decode(event.body()).lines]
    except (DamagedEventError, ValueError):
        return []  # it vouches for nothing; what it vouched for is listed as unproven
