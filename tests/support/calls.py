"""Calls as the projector reads them from webhooks, for tests that need no log."""

import json
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


def call_in(body: bytes, *, timezone: str = "UTC") -> Call:
    """Return the call that a webhook describes; `timezone` counts where it names none."""
    webhook = msgspec.json.decode(body, type=PostCallTranscription)
    return call_of(webhook, receipt_of(body), CallSettings(timezone=timezone))


def in_zone(body: bytes, metadata: Any = None, *, variable: Any = None) -> bytes:
    """Return a transcription that names time zones: in its metadata, and as `system__timezone`."""
    webhook = json.loads(body)
    webhook["data"]["metadata"]["timezone"] = metadata
    webhook["data"]["conversation_initiation_client_data"] = {"dynamic_variables": {"system__timezone": variable}}
    return json.dumps(webhook).encode()


def call(conversation_id: str = "conv_1", *said: str | None, **of: Any) -> Call:
    """Return a call, from what `transcription` takes."""
    return call_in(transcription(conversation_id, *said, **of))
