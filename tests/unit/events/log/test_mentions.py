"""Whom an event names, where it cannot be decoded, or nobody could read it when it came in."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec import Struct

from events.errors import DamagedEventError
from events.log.event import Event
from events.log.mentions import keys_in, mentions
from events.log.receipt import Place, Receipt, sha256_of
from tests.support.samples import MARTA, transcription

DEEP = b"[" * 100_000 + b"]" * 100_000


class Body(Struct, frozen=True):
    """A log of one body."""

    body: bytes

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield the body in small pieces."""
        for at in range(offset, receipt.size if length is None else offset + length, 100):
            yield self.body[at : at + 100]


def event(body: bytes, *, conversation_id: str | None = "conv_1", kind: str = "transcription") -> Event:
    """Return an event of a webhook."""
    receipt = Receipt(
        position=1,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind=kind,
        conversation_id=conversation_id,
        path="x",
        sha256=sha256_of(body),
        size=len(body),
        source="webhook",
    )
    return Event(receipt, Place(1, 0, ""), is_chained=True, bodies=Body(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": {"x": ' + DEEP + b', "metadata": {"phone_call": {"external_number": "+12025550143"}}}}',
        b'{"data": {"x": ' + DEEP + b', "message": "Call (202) 555-0143."}}',
        b'{"to": "+12025550143", ',
        b"\xff +12025550143",
    ],
)
def test_call_that_cannot_be_decoded_is_searched_by_its_text(body: bytes) -> None:
    """Nobody can tell which of its numbers are parties: whoever has one of them may ask for it."""
    assert MARTA in set(keys_in(event(body), region="US"))


def test_call_that_can_be_decoded_is_searched_by_its_parties() -> None:
    """What was said in a call names nobody."""
    body = transcription("conv_1", "Call +12025550199.", call_back="+12025550199")
    assert set(keys_in(event(body), region="US")) == {MARTA}


@pytest.mark.parametrize("user_id", ["ana", "ana\\u0040example.com", "ana\\ud83d"])
def test_body_that_can_be_read_by_now_names_its_conversation(user_id: str) -> None:
    """A body of no conversation that this release reads as a call names its conversation, and its parties."""
    body = b'{"type": "post_call_transcription", "data": {"conversation_id": "conv_1", "user_id": "%s"}}'
    keys = set(keys_in(event(body % user_id.encode(), conversation_id=None, kind="unreadable"), region="US"))
    assert keys >= {"conversation:conv_1", "user:" + user_id.replace("\\u0040", "@").replace("\\ud83d", "\ufffd")}


@pytest.mark.parametrize("kind", ["transcription", "other-x", "unreadable"])
def test_altered_body_is_said_to_be_one(kind: str) -> None:
    """Whatever an altered body names, it is not what came in."""
    altered = event(b'{"to": "+12025550111"}', conversation_id=None if kind == "unreadable" else "conv_1", kind=kind)
    altered = Event(altered.receipt, altered.place, is_chained=True, bodies=Body(b'{"to": "+12025550143"}'))
    with pytest.raises(DamagedEventError):
        mentions(altered, lambda _: False, faulty={1}, region="US")
