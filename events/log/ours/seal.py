"""Sealing a log: vouching, by an event that is signed, for the events of our own that no key at hand proves."""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from events.log.event import Event
from events.log.proof.keys import named_key, split
from events.log.proof.proofs import SEAL_SOURCE, Seal, Standing
from events.log.protocol import EventLog
from events.log.receipt import Receipt


class Sealed(Struct, frozen=True):
    """The receipt of a seal, and how many events it vouches for, by their source."""

    receipt: Receipt
    sources: dict[str, int]


def seal(log: EventLog, *, clock_s: Callable[[], float] = time.time) -> Sealed | None:
    """
    Append a seal for every event of our own that the signing key does not prove; return None if there is none.

    These are the unsigned ones, and those of any other key, at hand or lost: after it, all other keys can be dropped.
    A forged one, whose signature is wrong, is vouched for by nobody. The log must have a key.

    Raises:
        LogClosedError, JournalError, DamagedEventError: as `EventLog.append` raises them.
        OSError: the log cannot be read.
    """
    events = list(_of_other_keys(log))
    return _append(log, events, clock_s) if events else None


def seal_if_first(log: EventLog, *, clock_s: Callable[[], float] = time.time) -> Sealed | None:
    """
    Seal a log that has no seal yet, if there is a key and no other key has signed there; return None for any other.

    Vouches for what was there before the first event of our own was signed. From then on an unsigned one is believed
    no more. Without the seal, it could not be told from one that somebody slips in later.

    Raises as `seal` does.
    """
    if not log.proofs.keys or log.proofs.is_sealed or log.proofs.complaint() is not None:
        return None
    if log.proofs.is_sealed:  # `complaint` has read on
        return None
    return _append(log, list(_before_the_first_signed(log)), clock_s)


def _append(log: EventLog, events: list[Event], clock_s: Callable[[], float]) -> Sealed:
    assert log.proofs.keys, "nobody believes a seal that is not signed"
    lines = tuple(event.place.sha256 for event in events)
    body = msgspec.json.encode(Seal(id=uuid.uuid4().hex, sealed_at_s=int(clock_s()), lines=lines))
    receipt = log.append(body, source=SEAL_SOURCE)
    log.proofs.read_on()
    return Sealed(receipt, dict(Counter(event.receipt.source for event in events)))


def _of_other_keys(log: EventLog) -> Iterator[Event]:
    signing = next(iter(log.proofs.keys))
    for event in _own_events(log):
        standing = log.proofs.standing(event.receipt, line_sha256=event.place.sha256)
        is_signed = standing is Standing.PROVEN and named_key(split(event.receipt.signature)[1]) == signing
        if standing is not Standing.FORGED and not is_signed:
            yield event


def _before_the_first_signed(log: EventLog) -> Iterator[Event]:
    for event in _own_events(log):
        if split(event.receipt.signature)[1] is not None:
            return
        yield event


def _own_events(log: EventLog) -> Iterator[Event]:
    return (event for event in log.read() if isinstance(event, Event) and event.receipt.is_our_own)
