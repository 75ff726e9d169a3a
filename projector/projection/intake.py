"""Keeping the calls that webhooks tell of: the newest version of each, and who was party to it."""

import sqlite3
from collections.abc import Mapping

import msgspec

from events.log.event import Event
from events.log.filing import AUDIO, FAILURE, TRANSCRIPTION, UNREADABLE, file_body
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import caller_of_failure
from events.wire.outline import Outline
from events.wire.webhooks import CallInitiationFailure, PostCallAudio, PostCallTranscription
from projector.domain.calls import Call, whole_seconds
from projector.projection.eraser import Eraser
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.work import redacted_call, stored_call, webhooks
from projector.read_model.sqlite.checksums import checked, with_checksum

logger = get_logger("projection")


class Intake:
    """
    The calls of one generation.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
        payloads: the log, which keeps the recordings of calls.
        erasing: tells which calls somebody asked to be forgotten.
    """

    def __init__(
        self, connection: sqlite3.Connection, payloads: EventLog, eraser: Eraser, settings: ProjectionSettings
    ) -> None:
        self._connection = connection
        self._payloads = payloads
        self._erasing = eraser
        self._settings = settings

    def keep(self, event: Event, read: Mapping[Place, bytes]) -> set[str]:
        """
        Keep the call that an event tells of, if any, and return the callers whom that concerns.

        Args:
            read: the calls of some events by their places, where `read_call` was asked already.

        Raises:
            EventsError, msgspec.MsgspecError, ProjectorError: the event cannot be read.
        """
        kind = _kind(event)
        if kind == AUDIO:
            if self._settings.audio_mp3 and self._payloads.write_recording(event):
                logger.info(
                    "audio_written", position=event.place.position, conversation_id=event.receipt.conversation_id
                )
            return set()
        if kind not in {TRANSCRIPTION, FAILURE}:
            return set()
        if body := read.get(event.place):
            return self._keep_call(stored_call(body), body, event)
        match webhooks.decode(event.body()):
            case PostCallTranscription() as webhook:
                # Here, so that neither the calls nor anything that is made of them ever holds the words.
                call = redacted_call(webhook, event, self._settings)
                return self._keep_call(call, msgspec.json.encode(call), event)
            case CallInitiationFailure() as webhook:
                return self._keep_missed_call(webhook, event)
            case PostCallAudio():  # pragma: no cover - its kind was handled above
                pass
        return set()

    def _keep_call(self, call: Call, body: bytes, event: Event) -> set[str]:
        started_at_s = _started_at_s(call.order[0], event)
        forgotten = self._erasing.erase_if_covered(event, call.conversation_id, call.caller, started_at_s)
        if forgotten is not None:
            return forgotten
        self._erasing.erased.note_party(call.conversation_id, call.caller, started_at_s)
        row = self._connection.execute(
            "SELECT * FROM calls WHERE conversation_id = ?", (call.conversation_id,)
        ).fetchone()
        stored = stored_call(checked(row)[-1]) if row else None
        if stored is not None and stored.precedence >= call.precedence:
            return set()
        self._connection.execute(
            "INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            with_checksum(
                call.conversation_id,
                call.caller,
                call.agent_number,
                event.place.position,
                event.place.offset,
                event.place.sha256,
                body,
            ),
        )
        # A newer version may say that it was somebody else who called.
        return {call.caller} | ({stored.caller} if stored else set())

    def _keep_missed_call(self, webhook: CallInitiationFailure, event: Event) -> set[str]:
        caller = caller_of_failure(webhook, region=self._settings.region)
        if caller is None:
            return set()
        conversation_id, at_s = webhook.data.conversation_id, whole_seconds(webhook.event_timestamp)
        started_at_s = _started_at_s(at_s, event)
        forgotten = self._erasing.erase_if_covered(event, conversation_id, caller, started_at_s)
        if forgotten is not None:
            return forgotten
        self._erasing.erased.note_party(conversation_id, caller, started_at_s)
        self._connection.execute(
            "INSERT INTO missed_calls VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE"
            " SET caller = excluded.caller, event_timestamp_s = excluded.event_timestamp_s,"
            " reason = excluded.reason, checksum = excluded.checksum, sha256 = excluded.sha256"
            " WHERE (excluded.event_timestamp_s, excluded.sha256)"
            " > (missed_calls.event_timestamp_s, missed_calls.sha256)",
            with_checksum(
                conversation_id, caller, at_s, webhook.data.failure_reason or "unknown", event.receipt.sha256
            ),
        )
        return set()


def _kind(event: Event) -> str:
    if event.receipt.kind != UNREADABLE:
        return event.receipt.kind
    # What an older ingress could not read, we may.
    outline = Outline()
    for chunk in event.chunks():
        outline.feed(chunk)
    return file_body(outline.text(), event.receipt.sha256).kind


def _started_at_s(said_s: int, event: Event) -> int:
    """Return when a call started as an erasure counts it: what had come in by then is covered, whatever it says."""
    received_at_s = int(event.receipt.received_at.timestamp())
    return min(said_s or received_at_s, received_at_s)
