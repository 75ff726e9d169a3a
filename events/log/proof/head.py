"""The head of a log: where its chain ends, signed, so that it can be noted in another place and compared later."""

from datetime import datetime

import msgspec
from msgspec import Struct

from events.log.proof.keys import LogKeys, Proof
from events.log.receipt import Place

_HEAD = b"elaoms-head-1\n"


class Head(Struct, frozen=True, kw_only=True):
    """
    Where a log ended at some moment.

    `log` is the log's name, `sha256` the hash of the line at `position`, `at` when that was seen (aware UTC), and
    `proof` our signature of the four; None without a key.
    """

    log: str
    position: int
    sha256: str
    at: datetime
    proof: str | None = None

    def judge(self, keys: LogKeys) -> Proof:
        """Return what the signature is worth."""
        return keys.judge(_message(self), self.proof)


def head_at(place: Place, *, log: str, at: datetime, keys: LogKeys) -> Head:
    """Return the head of a log that ends at a place, signed where there is a key."""
    head = Head(log=log, position=place.position, sha256=place.sha256, at=at)
    return msgspec.structs.replace(head, proof=keys.sign(_message(head)))


def _message(head: Head) -> bytes:
    return _HEAD + msgspec.json.encode(msgspec.structs.replace(head, proof=None))
