"""Calls as the projector reads them from webhooks, for tests that need no log."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from events.log.receipt import Receipt
from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import Call, CallSettings, call_of
from tests.support.samples import transcription


def receipt_of(body: bytes) -> Receipt:
    """Return a receipt of a webhook that is in no log."""
    return Receipt(
        position=1,
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind="transcription",
        conversation_id=None,
        path="",
        sha256="",
        size=len(body),
        source="webhook",
    )


def call_in(body: bytes) -> Call:
    """Return the call that a webhook describes."""
    return call_of(msgspec.json.decode(body, type=PostCallTranscription), receipt_of(body), CallSettings())


def call(conversation_id: str = "conv_1", *said: str | None, **of: Any) -> Call:
    """Return a call, from what `transcription` takes."""
    return call_in(transcription(conversation_id, *said, **of))
