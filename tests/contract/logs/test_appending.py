"""An appended body is kept once, byte for byte."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from events.errors import BodyTooLargeError
from events.log.draft import Draft
from events.log.event import Event
from events.log.protocol import EventLog
from events.open_log import open_log
from tests.support.logs import CALL, LATER, OTHER, SIGNATURE, append, assert_in_order, bodies, events, sha256
from tests.support.samples import CAPTURED, MP3, audio, failure, transcription

BODIES = {
    "call": CALL,
    "as it was written": b'{ "type":"post_call_transcription",\r\n\t"data" : {"conversation_id":"conv_1"} }\n\n',
    "captured": CAPTURED.read_bytes(),
    "recording": audio("conv_1", MP3),
    "failure": failure("conv_1"),
    "of no conversation": b'{"type": "voice_removed", "data": {"voice_id": "v"}}',
    "longer than memory": transcription("conv_long", "x" * 3_000_000),
    "hostile": b'{"type": "post_call_transcription", "data": {"conversation_id": "../../x"}}',
    "no JSON": b"\xff\x00 not JSON",
    "empty": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_body_is_read_back_byte_for_byte(log: EventLog, again: EventLog, body: bytes) -> None:
    """
    A body of any content is read back unchanged, whole, in pieces and in parts, by every process that opens the log.
    """
    (receipt,) = append(log, body)
    for reader in (log, again):
        (event,) = events(reader)
        assert event.receipt == receipt
        assert event.body() == body
        assert b"".join(event.chunks()) == body
        assert b"".join(event.part(10, 20)) == body[10:30]
        assert b"".join(event.part(5, None)) == body[5:]
        assert b"".join(event.part(0, 0)) == b""


def test_receipt_says_what_came_in(log: EventLog) -> None:
    """A receipt records when the body came in, what it is, its length, its source and its signature."""
    before = datetime.now(UTC)
    receipt = log.append(CALL, source="webhook", signature=SIGNATURE)
    assert before - timedelta(seconds=1) < receipt.received_at < datetime.now(UTC) + timedelta(seconds=1)
    assert (receipt.position, receipt.kind, receipt.conversation_id) == (1, "transcription", "conv_1")
    assert (receipt.sha256, receipt.size) == (sha256(CALL), len(CALL))
    assert (receipt.source, receipt.signature) == ("webhook", SIGNATURE)
    assert log.append(OTHER, source="backfill").signature is None


def test_draft_streams_in(log: EventLog) -> None:
    """A body may come piece by piece, however long; its draft describes it before it is published."""
    body = json.dumps({"pad": "x" * 2_000_000}).encode()[:-1] + b"," + CALL[1:]
    with log.draft() as draft:
        for at in range(0, len(body), 100_000):
            draft.write(body[at : at + 100_000])
        assert (draft.size, draft.sha256) == (len(body), sha256(body))
        filing = draft.filing()
        receipt = log.publish(draft, source="webhook")
    assert (filing.kind, filing.conversation_id) == ("transcription", "conv_1")
    assert (receipt.kind, receipt.conversation_id) == (filing.kind, filing.conversation_id)
    assert bodies(log) == [body]


def test_same_bytes_have_one_receipt(log: EventLog, again: EventLog) -> None:
    """The same bytes again, from any source, are the same event, and the log adds nothing."""
    first = log.append(CALL, source="webhook", signature=SIGNATURE)
    append(log, OTHER)
    size, tail = log.size(), log.tail()
    assert log.append(CALL, source="backfill") == first
    assert again.append(CALL, source="import") == first
    assert (log.size(), log.tail()) == (size, tail)
    assert bodies(log) == [CALL, OTHER]


def test_other_bytes_of_the_same_name_are_kept_beside(log: EventLog) -> None:
    """Another version of a call replaces nothing: both are events, each under a path of its own."""
    receipts = append(log, CALL, LATER)
    assert len({receipt.path for receipt in receipts}) == 2
    assert bodies(log) == [CALL, LATER]
    assert append(log, LATER, CALL) == [receipts[1], receipts[0]]
    assert_in_order(log, 2)


def test_many_bodies_are_told_apart(log: EventLog) -> None:
    """The receipt of a body is found however many bodies came since."""
    given = [transcription(f"conv_{number}", "hello") for number in range(60)]
    receipts = append(log, *given)
    assert append(log, *given) == receipts
    assert_in_order(log, 60)


def test_body_above_the_cap_is_refused(location: str) -> None:
    """A body one byte above the cap is refused as soon as that is known, and nothing of it stays."""
    log = open_log(location, body_bytes_max=len(CALL))
    append(log, CALL)
    with pytest.raises(BodyTooLargeError):
        append(log, CALL + b" ")
    with log.draft() as draft:
        draft.write(CALL)
        with pytest.raises(BodyTooLargeError):
            draft.write(b" ")
    assert bodies(log) == [CALL]


@pytest.mark.parametrize("size", [100, 3_000_000])
def test_draft_that_is_not_published_is_no_event(log: EventLog, again: EventLog, size: int) -> None:
    """A draft that is left unpublished, even by an error, leaves no event; nor is it one while it comes in."""

    def receive(draft: Draft) -> None:
        with draft:
            draft.write(b"x" * size)
            assert events(again) == []
            raise KeyError

    with log.draft() as draft:
        draft.write(b"x" * size)
        assert events(again) == []
    with pytest.raises(KeyError):
        receive(log.draft())
    assert again.recover() == 0
    assert (log.size(), events(log)) == (0, [])


def test_discarded_draft_undoes_no_event(log: EventLog) -> None:
    """Discarding a draft after it was published, even twice, changes nothing."""
    with log.draft() as draft:
        draft.write(CALL)
        log.publish(draft, source="webhook")
        draft.discard()
        draft.discard()
    assert bodies(log) == [CALL]


def test_log_says_whether_it_could_append(log: EventLog) -> None:
    """The check of a healthy log finds room, and leaves nothing behind."""
    log.check_writable()
    assert log.size() == 0
    assert log.free_bytes() > 0
    files = log.free_files()
    assert files is None or files > 0
    assert list(log.read()) == []


def test_log_says_where_it_is(log: EventLog) -> None:
    """A log has a description for error messages, and a location by which any process opens it."""
    append(log, CALL)
    assert str(log)
    (event,) = open_log(log.location).read()
    assert isinstance(event, Event)
    assert event == events(log)[0]
