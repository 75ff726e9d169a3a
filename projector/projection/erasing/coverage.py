"""
The rule by which a request to forget a caller covers a call of that caller.

What came in before the request is covered, whatever any clock says. What comes in later is covered if it started
before the request. That takes two clocks: ElevenLabs' says when a call started, ours when the request was made. Where
the log shows that ours was wrong, the moment of the request is put right.
"""

from collections.abc import Iterable

from msgspec import Struct

from projector.read_model.records import Arrival, KeptRequest

# Clocks that differ by less count as equal: a webhook is on its way for seconds, and its append may wait for the disk.
CLOCKS_DIFFER_S = 60
# How long before or after a request a webhook may come in and still show whether our clock was right.
_NEAR_S = 60 * 60


class CallTimes(Struct, frozen=True):
    """
    When a call took place, and when its event came in.

    `position` is the event's. `said_s` is when the call started by ElevenLabs' clock, 0 if the webhook does not say.
    `received_at_s` is by our clock. `signed_at_s` is when ElevenLabs signed the webhook, None for one without a
    signature. Unix seconds. `arrivals` are the last webhooks until then, this one included.
    """

    position: int
    said_s: int
    received_at_s: int
    signed_at_s: int | None = None
    arrivals: tuple[Arrival, ...] = ()


def started_at_s(said_s: int, received_at_s: int) -> int:
    """Return when a call started, as requests of earlier releases count it: never later than its event came in."""
    return min(said_s or received_at_s, received_at_s)


def covers(request: KeptRequest, call: CallTimes) -> bool:
    """Return whether a request to forget a caller covers a call of that caller."""
    if not request.by_position:
        return started_at_s(call.said_s, call.received_at_s) <= request.requested_at_s
    if call.position < request.place.position:
        return True
    if not call.said_s:
        requested_at_s = dated_at_s(request.requested_at_s, request.received_at_s)
        return call.received_at_s <= requested_at_s and not _went_back(requested_at_s, call)
    # No webhook comes in before it is signed: where our clock is behind, the signature says more.
    received_at_s = max(call.received_at_s, call.signed_at_s or 0)
    return min(call.said_s, received_at_s) <= _requested_at_s(request, call)


def dated_at_s(requested_at_s: int, received_at_s: int | None) -> int:
    """Return when a request was made by our clock: no request is made after it was received, but for a moment."""
    if received_at_s is not None and requested_at_s >= received_at_s + CLOCKS_DIFFER_S:
        return received_at_s
    return requested_at_s


def skew_near(arrivals: Iterable[Arrival], at_s: int) -> int | None:
    """Return how far our clock was ahead of ElevenLabs' around a second; None if no webhook came in then."""
    return min((arrival.skew_s for arrival in arrivals if abs(arrival.received_at_s - at_s) <= _NEAR_S), default=None)


def _requested_at_s(request: KeptRequest, call: CallTimes) -> int:
    """Return when the request was made, by ElevenLabs' clock as far as the log shows it."""
    later = (arrival for arrival in call.arrivals if arrival.position > request.place.position)
    dated_s = dated_at_s(request.requested_at_s, request.received_at_s)
    requested_at_s = dated_s - _skew_s(request.skew_s, skew_near(later, dated_s))
    latest_s = request.latest_s or 0
    if _went_back(requested_at_s, call):
        return latest_s  # when the request was made is not known, only what had been signed by then
    return max(requested_at_s, latest_s)


def _skew_s(before_s: int | None, after_s: int | None) -> int:
    """Return how far our clock was ahead at a request, by the webhooks just before and just after it."""
    known_s = [skew_s for skew_s in (before_s, after_s) if skew_s is not None]
    # Nothing comes in before it is sent: even one second is certain.
    if (behind_s := min(known_s, default=0)) < 0:
        return behind_s
    ahead_s = max(known_s, default=0)
    return ahead_s if ahead_s >= CLOCKS_DIFFER_S else 0


def _went_back(requested_at_s: int, call: CallTimes) -> bool:
    """Return whether our clock says that a later event was received well before the request: it was ahead then."""
    is_behind_now = call.signed_at_s is not None and call.received_at_s < call.signed_at_s
    return call.received_at_s + CLOCKS_DIFFER_S <= requested_at_s and not is_behind_now
