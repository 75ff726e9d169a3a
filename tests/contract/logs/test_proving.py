"""Every kind of log signs our own events as it commits them, and knows which of them are believed."""

from events.log.draft import DraftedBody
from events.log.erasure_request import request_erasure
from events.log.ours.seal import seal_if_first
from events.log.proof.keys import key_id_of
from events.log.proof.proofs import Standing
from events.log.protocol import EventLog
from events.open_log import open_log
from events.wire.shared_secrets import Secrets
from tests.support.logs import CALL, LATER, OTHER, append, assert_in_order, events
from tests.support.samples import MARTA, transcription

KEY = "log-key-of-today"


def keyed(location: str, *keys: str) -> EventLog:
    return open_log(location, log_keys=Secrets(keys or (KEY,)))


def standings(log: EventLog) -> list[Standing | None]:
    """Return how far each event is believed; None for a webhook."""
    return [
        log.proofs.standing(event.receipt, line_sha256=event.place.sha256) if event.receipt.is_our_own else None
        for event in events(log)
    ]


def test_signs_only_our_own_events(location: str) -> None:
    """An event of our own is proven to every process that has the key; a webhook keeps the header that it came with."""
    log = keyed(location)
    append(log, CALL)
    log.append(OTHER, source="import")
    request_erasure(log, MARTA)
    assert standings(keyed(location)) == [None, Standing.PROVEN, Standing.PROVEN]
    assert events(log)[0].receipt.signature is None
    assert_in_order(log, 3)


def test_signs_each_of_a_group(location: str) -> None:
    """Bodies that are published together are each signed at their own position."""
    log = keyed(location)
    with log.draft() as one, log.draft() as two, log.draft() as three:
        one.write(CALL)
        two.write(OTHER)
        three.write(transcription("conv_3", "hello"))
        log.publish_all(
            [
                DraftedBody(one, "webhook", "t=1,v0=" + "0" * 64),
                DraftedBody(two, "backfill"),
                DraftedBody(three, "backfill"),
            ]
        )
    assert standings(log) == [None, Standing.PROVEN, Standing.PROVEN]
    assert_in_order(log, 3)


def test_without_a_key_nothing_is_signed(log: EventLog) -> None:
    """Without a key everything is as it was before there were any."""
    log.append(OTHER, source="import")
    assert standings(log) == [Standing.UNCHECKED]
    assert events(log)[0].receipt.signature is None
    assert seal_if_first(log) is None


def test_same_bytes_are_one_event(location: str) -> None:
    """An event of our own that is believed is not appended again, whoever signed it."""
    log = keyed(location)
    receipt = log.append(OTHER, source="import")
    assert log.append(OTHER, source="backfill") == receipt
    assert keyed(location, "log-key-new", KEY).append(OTHER, source="import") == receipt


def test_true_event_is_kept_beside_one_that_is_not_believed(log: EventLog, location: str) -> None:
    """Bytes that somebody appended without the key get a receipt of their own when they come in truth."""
    seal_if_first(keyed(location))
    log.append(LATER, source="import")
    true = keyed(location).append(LATER, source="import")
    assert standings(keyed(location)) == [Standing.PROVEN, Standing.UNPROVEN, Standing.PROVEN]
    assert keyed(location).append(LATER, source="import") == true


def test_seal_vouches_for_what_was_there_before(log: EventLog, location: str) -> None:
    """A log from before there was a key is believed once it is sealed."""
    log.append(OTHER, source="import")
    sealed = seal_if_first(keyed(location))
    assert sealed is not None
    assert (sealed.receipt.position, sealed.sources) == (2, {"import": 1})
    assert standings(keyed(location)) == [Standing.VOUCHED, Standing.PROVEN]
    assert standings(keyed(location, "log-key-other")) == [Standing.UNPROVEN, Standing.UNPROVEN]
    assert key_id_of(KEY) in (sealed.receipt.signature or "")
