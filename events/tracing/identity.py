"""The ids of an event's trace, which every process derives from the receipt: the log says nothing of traces."""

import hashlib

from msgspec import Struct

from events.log.receipt import Receipt

_TRACE_ID_BYTES, _SPAN_ID_BYTES = 16, 8


class Identity(Struct, frozen=True):
    """The id of a trace, 128 bits, and that of its first span, 64 bits; neither is 0."""

    trace_id: int
    span_id: int


def identity_of(receipt: Receipt) -> Identity:
    """
    Return the ids of the trace of an event.

    `previous` stands for all of the log before it: a copy of the log that goes on by itself has other traces, and so
    have the same bytes that come again after an erasure.

    Source: W3C Trace Context, 3.2.2 (the lengths, and that no id is 0).
    """
    digest = hashlib.sha256(f"trace {receipt.previous} {receipt.position} {receipt.sha256}".encode()).digest()
    trace_id, span_id = digest[:_TRACE_ID_BYTES], digest[_TRACE_ID_BYTES : _TRACE_ID_BYTES + _SPAN_ID_BYTES]
    return Identity(int.from_bytes(trace_id) or 1, int.from_bytes(span_id) or 1)
