"""
Backfill: fetches the calls that the log lacks from ElevenLabs, and appends them in the form of webhooks.

An appended event holds only what ElevenLabs answered, and no time of ours, so that the same answer always makes the
same event. A webhook of the same call, whenever it arrives, is another version of that call, which counts once.
"""

import base64
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from functools import partial
from threading import Event as Flag
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from events.errors import BodyTooLargeError, DamagedEventError
from events.log.draft import Draft
from events.log.event import Event
from events.log.filing import AUDIO, TRANSCRIPTION
from events.log.protocol import EventLog
from events.process.screen.progress import Progress
from events.wire.outline import outline_of
from events.wire.webhooks import is_conversation_id
from projector.errors import BackfillStoppedError, ElevenLabsError, ElevenLabsRefusedError, NotFoundError
from projector.sources.elevenlabs import ElevenLabsApi

SOURCE = "backfill"
# One conversation that cannot be fetched must not stop the others. Several in a row are not its fault.
_FAILURES_IN_A_ROW_MAX = 3
_ID_CHARS_MAX = 60
_LISTED_PER_LINE = 1000
_BASE64_GROUP_BYTES = 3

_Time = Annotated[datetime, Meta(tz=True)]


class Summary(Struct, kw_only=True):
    """What a backfill did, counted in conversations; `listed` are the finished ones that ElevenLabs has."""

    listed: int = 0
    calls: int = 0
    recordings: int = 0
    gone: int = 0
    failed: int = 0

    def __str__(self) -> str:
        appended = (
            f"of {self.listed} calls, appended {self.calls} that the log lacked, and {self.recordings} recordings"
        )
        return f"{appended}; {self.gone} were gone, {self.failed} failed"


class _Gap(Struct, frozen=True):
    """A conversation of which the log lacks the call, or a recording that may exist, or both."""

    conversation_id: str
    agent_id: str | None
    is_call_lacking: bool
    is_recording_lacking: bool


class _HasAudio(Struct):
    """Whether a conversation has a recording. Older webhooks do not say; then we must ask for it to find out."""

    has_audio: object = True


class _Transcription(Struct):
    data: _HasAudio


_conversation = msgspec.json.Decoder(_HasAudio)
_transcription = msgspec.json.Decoder(_Transcription)


def unix_seconds_of(text: str) -> int:
    """
    Return the Unix seconds of a date (its midnight in UTC) or of an RFC 3339 time.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return int(msgspec.convert(text, _Time).timestamp())
    except msgspec.ValidationError:
        pass
    try:
        return int(datetime.combine(msgspec.convert(text, date), time(), UTC).timestamp())
    except msgspec.ValidationError:
        raise ValueError(
            f"{text!r} is neither a date such as 2026-11-01 nor a time such as 2026-11-01T09:30:00Z"
        ) from None


class Backfill:
    """
    One backfill of a log; `summary` says at any time what it has done.

    Args:
        tell: is called with a line of progress now and then, and for each conversation that cannot be fetched.
        stop: ends the backfill between two conversations.
    """

    def __init__(self, payloads: EventLog, api: ElevenLabsApi, *, tell: Callable[[str], None], stop: Flag) -> None:
        self._payloads = payloads
        self._api = api
        self._tell = tell
        self._stop = stop
        self._failed_in_a_row = 0
        self.summary = Summary()

    def run(
        self,
        *,
        since_s: int | None = None,
        agent_id: str | None = None,
        has_recordings: bool = False,
        on_progress: Progress = lambda *_: None,
    ) -> None:
        """
        Append the finished calls that the log lacks. What was appended stays, also if an error ends the run.

        Args:
            since_s: only calls that began then or later, in Unix seconds.
            has_recordings: whether to fetch missing recordings too.

        Raises:
            ElevenLabsError: ElevenLabs' API does not work for us now.
            BackfillStoppedError: the backfill was told to stop.
            LogClosedError: the log cannot take an event now.
            LogKeyError: the projector would not believe what is appended. Nothing was.
        """
        self._payloads.proofs.check_key()
        try:
            self._payloads.recover()  # an earlier backfill may have been killed between a fetch and the commit
        except DamagedEventError as error:
            self._tell(str(error))
        gaps = self._gaps(self._listed(since_s, agent_id), has_recordings=has_recordings)
        self._tell(f"ElevenLabs has {self.summary.listed} finished calls; the log lacks something of {len(gaps)}")
        for number, gap in enumerate(gaps, 1):
            if self._stop.is_set():
                raise BackfillStoppedError("stopped")
            self._try_to_fill(gap)
            on_progress("calls", number, len(gaps))

    def _listed(self, since_s: int | None, agent_id: str | None) -> dict[str, str | None]:
        """Return the agent of each call by the call's id. We hold no more than this of an account's calls in memory."""
        agents: dict[str, str | None] = {}
        for listed in self._api.listed(since_s=since_s, agent_id=agent_id):
            if not is_conversation_id(listed.conversation_id):
                # Checked before it becomes a part of a URL: `../agents` would ask for something else with our key.
                self._fail(ascii(listed.conversation_id)[:_ID_CHARS_MAX], "is not the id of a conversation")
                continue
            agents[listed.conversation_id] = listed.agent_id and sys.intern(listed.agent_id)
            if len(agents) % _LISTED_PER_LINE == 0:
                self._tell(f"{len(agents)} calls listed so far")
        self.summary.listed = len(agents)
        return agents

    def _gaps(self, agents: dict[str, str | None], *, has_recordings: bool) -> list[_Gap]:
        # By receipts, not by files: an erased event keeps its receipt for ever, and must not be fetched again.
        called, recorded = set[str](), set[str]()
        for event in self._events_of(agents):
            if event.receipt.kind in {TRANSCRIPTION, AUDIO}:
                assert event.receipt.conversation_id is not None
                (called if event.receipt.kind == TRANSCRIPTION else recorded).add(event.receipt.conversation_id)
        audible = set(agents) - called
        if has_recordings:
            for event in self._events_of(called - recorded):
                if event.receipt.kind == TRANSCRIPTION and event.receipt.conversation_id and _may_have_recording(event):
                    audible.add(event.receipt.conversation_id)
        unrecorded = audible - recorded if has_recordings else set[str]()
        return [
            _Gap(id_, agent_id, is_call_lacking=id_ not in called, is_recording_lacking=id_ in unrecorded)
            for id_, agent_id in agents.items()
            if id_ not in called or id_ in unrecorded
        ]

    def _events_of(self, conversation_ids: Iterable[str]) -> Iterator[Event]:
        ids = frozenset(conversation_ids)
        for event in self._payloads.read():
            is_asked_for = isinstance(event, Event) and event.receipt.conversation_id in ids
            # A forged line must not pass for the call that it names.
            if isinstance(event, Event) and is_asked_for and self._payloads.proofs.why_not(event) is None:
                yield event

    def _try_to_fill(self, gap: _Gap) -> None:
        """Fill a gap; if that fails, say why and go on, unless the next ones would fail, too."""
        conversation_id = gap.conversation_id
        try:
            self._fill(gap)
        except NotFoundError:
            self.summary.gone += 1
            self._tell(f"{conversation_id}: ElevenLabs no longer has it")
        except ElevenLabsRefusedError:
            raise
        except (ElevenLabsError, BodyTooLargeError) as error:
            self._fail(conversation_id, str(error))
            self._failed_in_a_row += 1
            if self._failed_in_a_row == _FAILURES_IN_A_ROW_MAX:
                raise ElevenLabsError(f"gave up after {self._failed_in_a_row} failures in a row") from error
            return
        self._failed_in_a_row = 0

    def _fill(self, gap: _Gap) -> None:
        has_recording = True
        if gap.is_call_lacking:
            answer = self._api.conversation(gap.conversation_id)
            with self._payloads.draft() as draft:
                for piece in (b'{"type":"post_call_transcription","data":', answer, b"}"):
                    draft.write(piece)
                self._publish(draft, TRANSCRIPTION, gap.conversation_id)
            self.summary.calls += 1
            has_recording = _conversation.decode(answer).has_audio is not False
        if gap.is_recording_lacking and has_recording:
            self._fetch_recording(gap)

    def _fetch_recording(self, gap: _Gap) -> None:
        try:
            self._api.recording(gap.conversation_id, partial(self._append_recording, gap))
        except NotFoundError:
            self._tell(f"{gap.conversation_id}: ElevenLabs has no recording of it")
        else:
            self.summary.recordings += 1

    def _append_recording(self, gap: _Gap, pieces: Iterator[bytes]) -> None:
        about = msgspec.json.encode({"agent_id": gap.agent_id, "conversation_id": gap.conversation_id})
        with self._payloads.draft() as draft:
            draft.write(b'{"type":"post_call_audio","data":' + about[:-1] + b',"full_audio":"')
            for text in _base64(pieces):
                draft.write(text)
            draft.write(b'"}}')
            self._publish(draft, AUDIO, gap.conversation_id)

    def _publish(self, draft: Draft, kind: str, conversation_id: str) -> None:
        # If the log would file the answer elsewhere, it is not what we asked for. Every backfill would ask again.
        filing = draft.filing()
        if (filing.kind, filing.conversation_id) != (kind, conversation_id):
            raise ElevenLabsError("ElevenLabs answered with something else")
        self._payloads.publish(draft, source=SOURCE)

    def _fail(self, name: str, message: str) -> None:
        self.summary.failed += 1
        self._tell(f"{name}: {message}")


def _may_have_recording(event: Event) -> bool:
    try:
        return _transcription.decode(outline_of(event.chunks()) or b"").data.has_audio is not False
    except (DamagedEventError, msgspec.MsgspecError):
        return False  # erased or damaged: `events verify` reports it, and its recording alone is of no use


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) - len(data) % _BASE64_GROUP_BYTES
        rest = data[whole:]
        yield base64.b64encode(data[:whole])
    yield base64.b64encode(rest)
