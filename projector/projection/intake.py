"""Stores the newest version of each call, and which callers took part."""

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
from projector.projection.erasing.eraser import Eraser
from projector.projection.folding.stale import Stale
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.work import redacted_call, stored_call, webhooks
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall, MissedCall

logger = get_logger("projection")


class Intake:
    """
    Takes in the calls of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        eraser: knows which calls a request covers.
        log: writes the recordings.
    """

    def __init__(self, writer: ReadModelWriter, eraser: Eraser, settings: ProjectionSettings, log: EventLog) -> None:
        self._writer = writer
        self._eraser = eraser
        self._settings = settings
        self._log = log

    def keep(self, event: Event, read: Mapping[Place, bytes], stale: Stale) -> None:
        """
        Keep the call that an event describes, if any.

        Args:
            stale: receives the callers whose memories that changes.
            read: the calls of some events by their places, where a worker has read them already.

        Raises:
            EventsError, msgspec.MsgspecError, ProjectorError: the event cannot be read.
        """
        kind = _kind(event)
        if kind == AUDIO:
            self._write_recording(event)
            return
        if kind not in {TRANSCRIPTION, FAILURE}:
            return
        if body := read.get(event.place):
            self._keep_call(stored_call(body), body, event, stale)
            return
        match webhooks.decode(event.body()):
            case PostCallTranscription() as webhook:
                # Here, so that neither the calls nor anything that is made of them ever holds the words.
                call = redacted_call(webhook, event, self._settings)
                self._keep_call(call, msgspec.json.encode(call), event, stale)
            case CallInitiationFailure() as webhook:
                self._keep_missed_call(webhook, event, stale)
            case PostCallAudio():  # pragma: no cover - its kind was handled above
                pass

    def _write_recording(self, event: Event) -> None:
        if self._settings.audio_mp3 and self._log.write_recording(event):
            conversation_id = event.receipt.conversation_id
            logger.info("audio_written", position=event.place.position, conversation_id=conversation_id)

    def _keep_call(self, call: Call, body: bytes, event: Event, stale: Stale) -> None:
        said_s, _ = call.order
        forgotten = self._eraser.erase_if_covered(event, call.conversation_id, call.caller, said_s)
        if forgotten is not None:
            stale.add_whole(forgotten)
            return
        kept = self._writer.calls.get(call.conversation_id)
        if kept is not None and stored_call(kept.body).precedence >= call.precedence:
            return
        new = KeptCall(call.conversation_id, call.caller, event.place, body, checksum=0)
        self._writer.calls.put(new, agent_number=call.agent_number)
        if kept is None:
            stale.add(call)
        else:
            stale.add_whole({call.caller, kept.caller})  # a newer version may name another caller

    def _keep_missed_call(self, webhook: CallInitiationFailure, event: Event, stale: Stale) -> None:
        caller = caller_of_failure(webhook, region=self._settings.region)
        if caller is None:
            return
        conversation_id, at_s = webhook.data.conversation_id, whole_seconds(webhook.event_timestamp)
        forgotten = self._eraser.erase_if_covered(event, conversation_id, caller, at_s)
        if forgotten is not None:
            stale.add_whole(forgotten)
            return
        missed = MissedCall(conversation_id, at_s, webhook.data.failure_reason or "unknown")
        self._writer.calls.put_missed(missed, caller, sha256=event.receipt.sha256)


def _kind(event: Event) -> str:
    if event.receipt.kind != UNREADABLE:
        return event.receipt.kind
    # What an older ingress could not read, this release may.
    outline = Outline()
    for chunk in event.chunks():
        outline.feed(chunk)
    return file_body(outline.text(), event.receipt.sha256).kind
