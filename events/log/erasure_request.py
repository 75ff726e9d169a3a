"""Asking a log to forget a caller."""

import time
import uuid
from collections.abc import Callable

import msgspec

from events.log.erasure import SOURCE, ErasureRequest
from events.log.protocol import EventLog
from events.log.receipt import Receipt


def request_erasure(log: EventLog, caller: str, *, clock_s: Callable[[], float] = time.time) -> Receipt:
    """
    Append the request to forget a caller, and return its receipt once it is durable.

    Nothing is removed yet: the projector does that when it comes to the request.

    Args:
        caller: the caller's key.
        clock_s: the present in Unix seconds; a call that starts later is not covered.

    Raises:
        LogClosedError, JournalError: as `EventLog.caller_hashes` and `EventLog.append` raise them.
    """
    hashes = log.caller_hashes(may_create=True)
    request = ErasureRequest(
        id=uuid.uuid4().hex,
        caller=hashes.of(caller),
        key_id=hashes.key_id,
        requested_at_s=int(clock_s()),
    )
    return log.append(msgspec.json.encode(request), source=SOURCE)
