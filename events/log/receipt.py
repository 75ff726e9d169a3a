"""A receipt: what the journal says about one event, as one line of JSON that is chained to the line before."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

# The journal's first line, without its newline. The first receipt holds its hash as that of the line before.
HEADER = b'{"format":"elaoms-journal","version":1}'

_NAME_CHARS = 16

# The source of what ElevenLabs sent us. An event of any other source is our own.
WEBHOOK = "webhook"


class Receipt(Struct, frozen=True, kw_only=True):
    """
    What we noted when an event came in: a line of the journal.

    The fields stand in the line in this order. `position` counts from 1; `received_at` is aware UTC; `path` names the
    event, relative to where the log is kept; `size` is in bytes; `signature` is the header as it came, or our own proof
    (see `events.log.proof.keys`); `previous` is the sha256 of the line before, without its newline.
    """

    position: int
    received_at: datetime
    kind: str
    conversation_id: str | None
    path: str
    sha256: str
    size: int
    source: str
    signature: str | None = None
    previous: str = ""

    def line(self) -> bytes:
        """Return the journal's line for this receipt, without its newline."""
        return _encoder.encode(self)

    @property
    def is_our_own(self) -> bool:
        """Whether we made the event ourselves; ElevenLabs sent all others."""
        return self.source != WEBHOOK


class Place(Struct, frozen=True):
    """
    Where a reader stands in the journal: the last line that it has read.

    `sha256` is that line's own: by it, a reader notices that another line stands there now. `offset` is the log's own
    hint, by which it finds the line again; a log that needs none puts 0. All others store it with the place and treat
    it as opaque: it is no key, for two places may have the same one.
    """

    position: int
    offset: int
    sha256: str


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Receipt)


def read_receipt(line: bytes) -> Receipt:
    """
    Return the receipt that a line of the journal holds.

    Raises:
        msgspec.MsgspecError: the line is no receipt.
    """
    try:
        return _decoder.decode(line)
    except UnicodeDecodeError as error:  # which msgspec lets through
        raise msgspec.DecodeError(str(error)) from error


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of `data` in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def names_of(receipt: Receipt) -> Iterator[str]:
    """Yield the paths that a body may get, the preferred one first; no other body can have the last."""
    yield receipt.path
    stem, dot, suffix = receipt.path.rpartition(".")
    for digits in (12, 64):
        yield f"{stem}.{receipt.sha256[:digits]}{dot}{suffix}"


def log_name(first_sha256: str) -> str:
    """Return the name of the log whose first receipt has this hash."""
    return first_sha256[:_NAME_CHARS]
