"""
Backfill: fetch from ElevenLabs the calls that the log lacks, and append them as their webhooks would have been.

What is appended is what ElevenLabs answered, with no clock of ours in it: the same answer is the same event, and a
webhook that arrives before, meanwhile or later is another version of the same call, which counts once.
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
from events.folder_log.append.draft import Draft
from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.filing import AUDIO, TRANSCRIPTION
from events.process.progress import Progress
from events.wire.outline import Outline
from events.wire.webhooks import is_conversation_id
from projector.errors import BackfillStoppedError, ElevenLabsClosedError, ElevenLabsError, NotFoundError
from projector.sources.elevenlabs import ElevenLabsApi

SOURCE = "backfill"
# One conversation that cannot be had must not keep us from the others; several in a row are no accident of theirs.
_FAILURES_IN_A_ROW_MAX = 3
_ID_CHARS_MAX = 60
_LISTED_PER_LINE = 1000
_BASE64_GROUP_BYTES = 3

_Time = Annotated[datetime, Meta(tz=True)]


class Summary(Struct, kw_only=True):
    """What a backfill did, in conversations; `listed` are the finished ones that ElevenLabs has."""

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


class _Wanted(Struct, frozen=True):
    """A conversation of which the log lacks the call, or a recording that it may have, or both."""

    conversation_id: str
    agent_id: str | None
    is_call_lacking: bool
    is_recording_lacking: bool


class _HasAudio(Struct):
    """Whether a conversation has a recording; older webhooks do not say, and then only asking for it tells."""

    has_audio: object = True


class _Transcription(Struct):
    data: _HasAudio


_conversation = msgspec.json.Decoder(_HasAudio)
_transcription = msgspec.json.Decoder(_Transcription)


def unix_seconds_of(text: str) -> int:
    """
    Return the Unix seconds of a date, at whose midnight in UTC it begins, or of an RFC 3339 time.

    Raises:
        ValueError: it is neither.
    """
    try:
        return int(msgspec.convert(text, _Time).timestamp())
    except msgspec.ValidationError:
        pass
    try:
        return int(datetime.combine(msgspec.convert(text, date), time(), UTC).timestamp())
    except msgspec.ValidationError:
        raise ValueError(f"{text!r} is no date such as 2026-11-01, and no time such as 2026-11-01T09:30:00Z") from None


class Backfill:
    """
    One backfill of a log; `summary` says at any time what it has done.

    Args:
        tell: is given a line now and then, and one for each conversation that cannot be had.
        stop: ends it between two conversations.
    """

    def __init__(self, payloads: FolderLog, api: ElevenLabsApi, *, tell: Callable[[str], None], stop: Flag) -> None:
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
        Append what the log lacks of the finished calls; what was appended stays, whatever happens then.

        Args:
            since_s: only calls that began then or later, in Unix seconds.
            has_recordings: whether the recordings that the log lacks are wanted too.

        Raises:
            ElevenLabsError: ElevenLabs does not let us go on.
            BackfillStoppedError: we were told to stop.
            LogClosedError: the log cannot take an event now.
        """
        self._payloads.recover()  # what an earlier backfill had fetched whole when it was killed
        wanted = self._lacking(self._listed(since_s, agent_id), has_recordings=has_recordings)
        self._tell(f"ElevenLabs has {self.summary.listed} finished calls; the log lacks something of {len(wanted)}")
        for number, one in enumerate(wanted, 1):
            if self._stop.is_set():
                raise BackfillStoppedError("stopped")
            self._bring_or_tell(one)
            on_progress("calls", number, len(wanted))

    def _listed(self, since_s: int | None, agent_id: str | None) -> dict[str, str | None]:
        """Return the agents of the calls, by the calls' ids: all that is held in memory of an account's calls."""
        agents: dict[str, str | None] = {}
        for listed in self._api.listed(since_s=since_s, agent_id=agent_id):
            if not is_conversation_id(listed.conversation_id):
                # Before it becomes a part of a URL: `../agents` would ask for something else, with our key.
                self._fail(ascii(listed.conversation_id)[:_ID_CHARS_MAX], "is no id of a conversation")
                continue
            agents[listed.conversation_id] = listed.agent_id and sys.intern(listed.agent_id)
            if len(agents) % _LISTED_PER_LINE == 0:
                self._tell(f"{len(agents)} calls listed so far")
        self.summary.listed = len(agents)
        return agents

    def _lacking(self, agents: dict[str, str | None], *, has_recordings: bool) -> list[_Wanted]:
        # By receipts, not by files: what was erased has one for ever, and is not fetched again.
        called, recorded = set[str](), set[str]()
        for event in self._events_of(agents):
            if event.receipt.kind in {TRANSCRIPTION, AUDIO}:
                assert event.receipt.conversation_id is not None
                (called if event.receipt.kind == TRANSCRIPTION else recorded).add(event.receipt.conversation_id)
        audible = set(agents) - called
        if has_recordings:
            for event in self._events_of(called - recorded):
                if event.receipt.kind == TRANSCRIPTION and event.receipt.conversation_id and _says_audio(event):
                    audible.add(event.receipt.conversation_id)
        unrecorded = audible - recorded if has_recordings else set[str]()
        return [
            _Wanted(id_, agent_id, is_call_lacking=id_ not in called, is_recording_lacking=id_ in unrecorded)
            for id_, agent_id in agents.items()
            if id_ not in called or id_ in unrecorded
        ]

    def _events_of(self, conversation_ids: Iterable[str]) -> Iterator[Event]:
        ids = frozenset(conversation_ids)
        for event in self._payloads.read():
            if isinstance(event, Event) and event.receipt.conversation_id in ids:
                yield event

    def _bring_or_tell(self, wanted: _Wanted) -> None:
        conversation_id = wanted.conversation_id
        try:
            self._bring(wanted)
        except NotFoundError:
            self.summary.gone += 1
            self._tell(f"{conversation_id}: ElevenLabs has it no more")
        except ElevenLabsClosedError:
            raise
        except (ElevenLabsError, BodyTooLargeError) as error:
            self._fail(conversation_id, str(error))
            self._failed_in_a_row += 1
            if self._failed_in_a_row == _FAILURES_IN_A_ROW_MAX:
                raise ElevenLabsError(f"gave up after {self._failed_in_a_row} failures in a row") from error
            return
        self._failed_in_a_row = 0

    def _bring(self, wanted: _Wanted) -> None:
        has_recording = True
        if wanted.is_call_lacking:
            answer = self._api.conversation(wanted.conversation_id)
            with self._payloads.draft() as draft:
                for piece in (b'{"type":"post_call_transcription","data":', answer, b"}"):
                    draft.write(piece)
                self._publish(draft, TRANSCRIPTION, wanted.conversation_id)
            self.summary.calls += 1
            has_recording = _conversation.decode(answer).has_audio is not False
        if wanted.is_recording_lacking and has_recording:
            self._bring_recording(wanted)

    def _bring_recording(self, wanted: _Wanted) -> None:
        try:
            self._api.recording(wanted.conversation_id, partial(self._append_recording, wanted))
        except NotFoundError:
            self._tell(f"{wanted.conversation_id}: ElevenLabs has no recording of it")
        else:
            self.summary.recordings += 1

    def _append_recording(self, wanted: _Wanted, pieces: Iterator[bytes]) -> None:
        about = msgspec.json.encode({"agent_id": wanted.agent_id, "conversation_id": wanted.conversation_id})
        with self._payloads.draft() as draft:
            draft.write(b'{"type":"post_call_audio","data":' + about[:-1] + b',"full_audio":"')
            for text in _base64(pieces):
                draft.write(text)
            draft.write(b'"}}')
            self._publish(draft, AUDIO, wanted.conversation_id)

    def _publish(self, draft: Draft, kind: str, conversation_id: str) -> None:
        # What the log would file elsewhere is not what we asked for, and would be asked for again for ever.
        filing = draft.filing()
        if (filing.kind, filing.conversation_id) != (kind, conversation_id):
            raise ElevenLabsError("ElevenLabs answered with something else")
        self._payloads.publish(draft, source=SOURCE)

    def _fail(self, name: str, words: str) -> None:
        self.summary.failed += 1
        self._tell(f"{name}: {words}")


def _says_audio(event: Event) -> bool:
    outline = Outline()
    try:
        for chunk in event.chunks():
            outline.feed(chunk)
        return _transcription.decode(outline.text() or b"").data.has_audio is not False
    except (DamagedEventError, msgspec.MsgspecError):
        return False  # erased, or damaged: `events verify` says so, and its recording alone is no help


def _base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) - len(data) % _BASE64_GROUP_BYTES
        rest = data[whole:]
        yield base64.b64encode(data[:whole])
    yield base64.b64encode(rest)
