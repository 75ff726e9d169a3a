"""
The event of a person's correction: a value that counts above all others, a fact that is wrong, or one that is settled.

We append it ourselves (source `correction`). It names its caller, so that an erasure of the caller finds it.
"""

import time
import uuid
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from events.log.event import Event
from events.log.filing import CORRECTION
from events.log.protocol import EventLog
from events.log.receipt import Receipt

SOURCE = "correction"
Action = Literal["correct", "drop", "resolve", "merge", "split", "optout", "undo"]
# Those that say who is one person.
JOINING = frozenset({"merge", "split", "undo"})


class Correction(Struct, frozen=True, kw_only=True, tag_field="type", tag="elaoms_correction"):
    """
    One correction of what is known of a caller.

    `id` makes each an event of its own; `at_s` is when it was made, Unix seconds. `correct` has an `attribute` and a
    `value` of the `person` among those who call from the caller's number, `drop` and `resolve` a `memory_id`, `undo`
    the position of another correction in the log. `merge` has the `other` key under which the caller is known, too;
    `split` parts the two again, or the caller from all where there is no `other`. Of a memory that calls of another key
    taught, `other` is that key: so that it goes with it when the two are parted. `optout` keeps the caller's calls out
    of memory from `at_s` on, all of them where `is_all`. `why` and `by` are what the person said of it.
    """

    caller: str
    action: Action
    id: str = ""
    at_s: int = 0
    attribute: str = ""
    value: str = ""
    person: int = 1
    memory_id: str = ""
    undoes: int = 0
    other: str = ""
    is_all: bool = False
    why: str = ""
    by: str = ""


_decoder = msgspec.json.Decoder(Correction)


def append_correction(log: EventLog, correction: Correction, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append a correction, and return its receipt once it is durable; its id and its moment are made here.

    Raises:
        LogClosedError, JournalError: as `EventLog.append` raises them.
        LogKeyError: the projector would not believe it. Nothing was appended.
    """
    log.proofs.check_key()
    made = msgspec.structs.replace(correction, id=uuid.uuid4().hex, at_s=int(clock_s()))
    return log.append(msgspec.json.encode(made), source=SOURCE)


def standing(corrections: Iterable[tuple[int, Correction]]) -> dict[int, Correction]:
    """
    Return the corrections that count, by their positions: all but those that a later one undoes.

    Args:
        corrections: those of one caller, with their positions in the log, in any order. What undid one can be undone.
    """
    found = dict(sorted(corrections))
    undone: set[int] = set()
    for position, each in reversed([*found.items()]):
        if each.action == "undo" and position not in undone and each.undoes < position:
            undone.add(each.undoes)
    return {position: each for position, each in found.items() if position not in undone}


def is_correction(receipt: Receipt) -> bool:
    """Return whether an event is a correction of ours; a webhook is none, whatever its body says."""
    return receipt.kind == CORRECTION and receipt.source == SOURCE


def read_correction(event: Event) -> Correction:
    """
    Return the correction that an event of ours is.

    Raises:
        DamagedEventError: the event does not match its receipt.
        msgspec.MsgspecError: it has a form that this release does not know.
    """
    return read_correction_body(event.body())


def read_correction_body(body: bytes) -> Correction:
    """Return the correction that a body of ours is; raises `msgspec.MsgspecError` as `read_correction` does."""
    return _decoder.decode(body)
