"""Asking a log to forget a caller, and finding the request that an erasure answers."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress

import msgspec

from events.errors import EventsError
from events.log.erasure import SOURCE, Erasure, ErasureRequest, read_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.wire.caller import is_conversation


def request_erasure(log: EventLog, caller: str, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append the request to forget a caller, and return its receipt once it is durable.

    Nothing is removed yet: the projector does that when it comes to the request.

    Args:
        caller: the caller's key.
        clock_s: the present in Unix seconds; a call that starts later, and comes in later, is not covered.

    Raises:
        LogClosedError, JournalError: as `EventLog.caller_hashes` and `EventLog.append` raise them.
        LogKeyError: the projector would not believe the request. Nothing was appended.
    """
    log.proofs.check_key()
    # A whole body of a dead writer came in before the request: so it gets its place before it, too.
    with suppress(EventsError, OSError):  # the projector tries again, and the request must not wait for that
        log.recover()
    hashes = log.caller_hashes(may_create=True)
    request = ErasureRequest(
        id=uuid.uuid4().hex,
        caller=hashes.of(caller),
        key_id=hashes.key_id,
        requested_at_s=int(clock_s()),
        by_position=True,
        may_name_conversation=is_conversation(caller),
    )
    return log.append(msgspec.json.encode(request), source=SOURCE)


def request_answered_at(log: EventLog, place: Place) -> int | None:
    """
    Return the position of the request that the erasure at a place answers; None where no erasure can be read there.

    Raises:
        OSError: the log cannot be read now.
    """
    try:
        event = log.event_at(place)
        erasure = read_erasure(event) if isinstance(event, Event) else None
    except (EventsError, msgspec.MsgspecError):
        return None
    return erasure.request if isinstance(erasure, Erasure) else None
