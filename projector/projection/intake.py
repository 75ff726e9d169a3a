"""Stores the newest version of each call, and which callers took part."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from events.log.event import Event
from events.log.filing import AUDIO, FAILURE, MACHINE_DETECTION, TRANSCRIPTION, UNREADABLE, file_body
from events.log.mentions import named_parties
from events.log.ours.agent_profile import is_agent_profile, read_agent_profile
from events.log.ours.correction import JOINING, is_correction, read_correction
from events.log.ours.extraction import is_extraction, read_extraction
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.process.logging import get_logger
from events.wire.caller import conversation_key
from events.wire.outline import outline_of
from events.wire.people import callers_of_failure
from events.wire.reading.detection import AnsweringMachineDetection
from events.wire.reading.webhook import ReadWebhook, read_stand_in, read_webhook
from events.wire.webhooks import CallInitiationFailure, PostCallTranscription
from projector.domain.calls import Call, whole_seconds
from projector.domain.reading.speech import MACHINE, VOICEMAIL, is_machine
from projector.projection.erasing.clock import received_at_s
from projector.projection.erasing.eraser import Eraser
from projector.projection.folding.stale import Stale
from projector.projection.linking import Linker
from projector.projection.merging import Merger, own
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.work import redacted_call, stored_call
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCall, KeptCorrection, KeptExtraction, KeptProfile, MissedCall, PartlyRead

logger = get_logger("projection")
_detections = msgspec.json.Decoder(AnsweringMachineDetection)


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
        self._merger = Merger(writer, self._put)
        self._linker = Linker(writer, eraser, self._merger, self._put)
        self._is_joining = False

    def settle(self, stale: Stale) -> None:
        """Give calls to whom they belong now; MUST be called in each transaction that erases or keeps calls."""
        self._linker.settle(stale)
        were_removed = self._eraser.corrections.were_removed()
        if self._is_joining or were_removed:
            self._merger.settle(stale)
        self._is_joining = False

    def keep(self, event: Event, read: Mapping[Place, bytes], stale: Stale) -> None:
        """
        Keep the call that an event describes, if any; else note whom it names, for whoever asks to be forgotten.

        Args:
            stale: receives the callers whose memories that changes.
            read: the calls of some events by their places, where a worker has read them already.

        Raises:
            EventsError, msgspec.MsgspecError, ProjectorError: the event cannot be read.
        """
        if body := read.get(event.place):
            self._keep_call(stored_call(body), body, event, stale)
            return
        kind = _kind(event)
        if kind in {TRANSCRIPTION, FAILURE}:
            self._keep_webhook(read_webhook(event.body()), event, stale)
        elif kind == UNREADABLE:
            self._note_partly_read(event, ())
        elif kind == AUDIO:
            if not self._erase_if_named(event, event.receipt.conversation_id, stale):
                self._write_recording(event)
        elif (keep_own := self._keeper_of(event.receipt)) is not None:
            keep_own(event, stale)
        elif event.receipt.conversation_id is not None:
            if kind == MACHINE_DETECTION:
                self._keep_detection(_detections.decode(event.body()), stale)
            self._keep_other(event, event.receipt.conversation_id, stale)

    def _keeper_of(self, receipt: Receipt) -> Callable[[Event, Stale], None] | None:
        """Return what keeps an event that we appended ourselves; None for what ElevenLabs said."""
        if is_correction(receipt):
            return self._keep_correction
        if is_extraction(receipt):
            return self._keep_extraction
        return self._keep_agent_profile if is_agent_profile(receipt) else None

    def _keep_webhook(self, read: ReadWebhook, event: Event, stale: Stale) -> None:
        # Here, so that neither the calls nor anything that is made of them ever holds the words.
        if isinstance(read.webhook, PostCallTranscription):
            call = redacted_call(read, event, self._settings)
            self._keep_call(call, msgspec.json.encode(call), event, stale)
        elif isinstance(read.webhook, CallInitiationFailure):
            self._keep_missed_call(read.webhook, event, stale)
            if read.left_out:
                self._note_partly_read(event, read.left_out)

    def _keep_other(self, event: Event, conversation_id: str, stale: Stale) -> None:
        """Take in an event of a type that we do not know: as the call that it holds, or for whom it names."""
        # Its outline first: it may be a recording under another name.
        outline = outline_of(event.chunks())
        if outline is not None and read_stand_in(outline) is not None:
            read = read_stand_in(event.body())
            assert read is not None
            call = redacted_call(read, event, self._settings, is_stand_in=True)
            self._keep_call(call, msgspec.json.encode(call), event, stale)
        else:
            self._erase_if_named(event, conversation_id, stale)

    def _write_recording(self, event: Event) -> None:
        if self._settings.audio_mp3 and self._log.write_recording(event):
            conversation_id = event.receipt.conversation_id
            logger.info("audio_written", position=event.place.position, conversation_id=conversation_id)

    def _keep_call(self, call: Call, body: bytes, event: Event, stale: Stale) -> None:
        named, call = call, self._linker.resolved(call)
        if self._erase_call_if_covered(event, call, stale):
            return
        if call.left_out:
            self._note_partly_read(event, call.left_out)
        if not call.machine and self._writer.calls.is_machine(call.conversation_id):
            call = msgspec.structs.replace(call, machine=MACHINE)
        given = self._merger.resolved(call)
        if given is not named:
            body = msgspec.json.encode(given)
        new = KeptCall(call.conversation_id, given.caller, event.place, body, checksum=0)
        # Nearly all calls come once: to write it tells that, and spares a look for another version.
        is_first = self._put(given, new, replaces=False)
        kept = None if is_first else self._writer.calls.get(call.conversation_id)
        former = own(stored_call(kept.body)) if kept is not None else None
        if former is not None and former.precedence >= call.precedence:
            return
        if former is not None and former.machine:
            self._writer.calls.remove_missed(call.conversation_id)
        if not is_first:
            self._put(given, new)
        if kept is None:
            stale.add(given)
        else:
            stale.add_whole({given.caller, kept.caller})  # a newer version may name another caller
        self._linker.note(call, former, stale)

    def _erase_call_if_covered(self, event: Event, call: Call, stale: Stale) -> bool:
        conversation_id, (said_s, _) = call.conversation_id, call.order
        if call.caller != conversation_key(conversation_id):
            people = dict.fromkeys([call.caller, *call.parties])
            return self._erase_if_covered(event, conversation_id, people, said_s, stale)
        return (
            self._erase_if_covered(event, conversation_id, [call.caller], said_s, stale)
            or self._erase_if_covered(event, conversation_id, call.parties, said_s, stale, is_folded=False)
            or self._erase_if_named(event, conversation_id, stale)
        )

    def _keep_detection(self, webhook: AnsweringMachineDetection, stale: Stale) -> None:
        """Note that a machine answered a call; its transcription may come before this event or after it."""
        conversation_id = webhook.data.conversation_id
        if not is_machine(webhook.data.answered_by):
            return
        self._writer.calls.note_machine(conversation_id)
        kept = self._writer.calls.get(conversation_id)
        if kept is None or (call := stored_call(kept.body)).machine:
            return
        call = msgspec.structs.replace(call, machine=MACHINE)
        self._put(call, msgspec.structs.replace(kept, body=msgspec.json.encode(call)))
        stale.add_whole({call.caller})

    def _keep_correction(self, event: Event, stale: Stale) -> None:
        """Keep what a person corrected of a caller, unless the caller asked to be forgotten since."""
        correction, position = read_correction(event), event.place.position
        if any(self._is_forgotten_since(key, position) for key in {correction.caller, correction.other} - {""}):
            return
        is_joining = correction.action in JOINING
        self._is_joining |= is_joining
        kept = KeptCorrection(position, correction.caller, event.body(), correction.other, is_joining)
        self._writer.corrections.put(kept)
        # Of a memory that both taught, also where they were parted since.
        for caller in sorted({*map(self._writer.merged.caller_of, {correction.caller, correction.other} - {""})}):
            if is_joining or correction.action in {"optout", "drop"}:
                stale.add_whole({caller})
            else:
                stale.add_corrected(caller)

    def _is_forgotten_since(self, caller: str, position: int) -> bool:
        """Tell whether a caller asked to be forgotten after a position of the log."""
        erasures = self._writer.erasures
        if not erasures.has_requests():
            return False
        asked = (each for hash_ in self._eraser.keys.hashes_of(caller) for each in erasures.requests_of(hash_))
        return any(each.place.position > position for each in asked)

    def _keep_extraction(self, event: Event, stale: Stale) -> None:
        """Keep what a model said of a call; the call may come before this event or after it."""
        read = read_extraction(event)
        kept = self._writer.calls.get(read.conversation_id)
        if kept is not None:
            former = self._writer.extractions.best(read.conversation_id, stored_call(kept.body).sha256)
            stale.add_extracted(kept.caller, read.conversation_id, former)
        self._writer.extractions.put(
            KeptExtraction(
                read.conversation_id,
                event.receipt.sha256,
                read.transcription_sha256,
                read.prompt.version,
                read.completed_at_s,
                read.raw_answer(),
                is_counted=read.prompt.version <= self._settings.fold.prompt_max,
            )
        )

    def _keep_agent_profile(self, event: Event, _: Stale) -> None:
        """Keep what ElevenLabs said of an agent: no memory depends on it."""
        agent_id = read_agent_profile(event).agent_id
        self._writer.agents.put(KeptProfile(event.place.position, agent_id, event.body()))

    def _put(self, call: Call, kept: KeptCall, *, replaces: bool = True) -> bool:
        is_put = self._writer.calls.put(
            kept,
            agent_number=call.agent_number,
            agent_id=call.agent_id,
            sha256=call.sha256,
            counted_at_s=call.order[0] if call.is_counted else None,
            replaces=replaces,
        )
        if is_put and call.machine in {MACHINE, VOICEMAIL}:
            missed = MissedCall(call.conversation_id, call.order[0], call.machine)
            self._writer.calls.put_missed(missed, own(call).caller, sha256=call.sha256)
        return is_put

    def _keep_missed_call(self, webhook: CallInitiationFailure, event: Event, stale: Stale) -> None:
        conversation_id, at_s = webhook.data.conversation_id, whole_seconds(webhook.event_timestamp)
        callers = callers_of_failure(webhook, region=self._settings.region)
        if not callers:
            self._erase_if_named(event, conversation_id, stale)
        elif not self._erase_if_covered(event, conversation_id, callers, at_s, stale):
            missed = MissedCall(conversation_id, at_s, webhook.data.failure_reason or "unknown")
            self._writer.calls.put_missed(missed, callers[0], sha256=event.receipt.sha256)

    def _erase_if_named(self, event: Event, conversation_id: str | None, stale: Stale) -> bool:
        """Erase the conversation of an event that folds to nobody, if a request covers whom the event names."""
        # One of no conversation is found by the search of the log; one of a known caller goes with that caller.
        if conversation_id is None or self._writer.parties.has_caller(conversation_id):
            return False
        named = named_parties(event, region=self._settings.region)
        said_s = whole_seconds(named.said_at_s)
        return self._erase_if_covered(event, conversation_id, sorted(named.keys), said_s, stale, is_folded=False)

    def _erase_if_covered(
        self,
        event: Event,
        conversation_id: str,
        callers: Iterable[str],
        said_s: int,
        stale: Stale,
        *,
        is_folded: bool = True,
    ) -> bool:
        for caller in callers:
            forgotten = self._eraser.erase_if_covered(event, conversation_id, caller, said_s, is_folded=is_folded)
            if forgotten is not None:
                stale.add_whole(forgotten)
                return True
        return False

    def _note_partly_read(self, event: Event, left_out: tuple[str, ...]) -> None:
        receipt = event.receipt
        where = (receipt.kind, receipt.conversation_id, receipt.path)
        self._writer.faults.note_partly_read(PartlyRead(event.place, *where, received_at_s(event), left_out))


def _kind(event: Event) -> str:
    if event.receipt.kind != UNREADABLE:
        return event.receipt.kind
    # What an older ingress could not read, this release may.
    return file_body(outline_of(event.chunks()), event.receipt.sha256).kind
