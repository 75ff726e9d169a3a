"""Imports what models said of calls elsewhere: each line of a file becomes an event of its call."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.log.event import Event
from events.log.filing import TRANSCRIPTION
from events.log.ours.extraction import COUNT_MAX, SOURCE, Extraction, ExtractionData, Prompt, encoded_answer
from events.log.protocol import EventLog
from events.process.terminal import count_of, printable
from events.wire.webhooks import is_conversation_id

_LATEST_S = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class _Line(Struct, forbid_unknown_fields=True):
    conversation_id: str
    prompt_version: int
    provider: str
    model: str
    completed_at: float
    answer: msgspec.Raw


class ExtractionNote(Struct, frozen=True, kw_only=True):
    """What is wrong with one line; `line` counts from 1, `conversation_id` is empty where the line names none."""

    line: int
    conversation_id: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line}  {self.conversation_id or '-'}  {self.words}"


class ExtractionTotals(Struct, kw_only=True):
    """How many answers were imported, how many the log had already, and how many lines were left out."""

    imported: int = 0
    known: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return (
            f"imported {count_of(self.imported, 'extraction')}; {self.known} were in the log already, "
            f"{self.failed} failed"
        )


class ExtractionImporter:
    """
    Imports answers into a log; a second run imports nothing twice.

    Args:
        log: open for appending.
    """

    def __init__(self, log: EventLog) -> None:
        self.totals = ExtractionTotals()
        self._log = log
        self._calls: dict[str, str] = {}
        self._position = 0

    def run(self, lines: Iterable[bytes]) -> Iterator[ExtractionNote]:
        """
        Import, and yield what is wrong; `totals` are complete after the last note.

        Raises:
            LogClosedError, JournalError: nothing can be appended; what was imported so far stays, a retry is safe.
            LogKeyError: the projector would not believe what is imported. Nothing was.
        """
        self._log.proofs.check_key()
        self._log.recover()
        self._survey()
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                line = msgspec.json.decode(text.removeprefix(BOM_UTF8) if number == 1 else text, type=_Line)
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                yield self._fail(number, "", f"is no extraction: {error}")
                continue
            if (fault := self._fault(line)) is not None:
                yield self._fail(number, line.conversation_id, fault)
            else:
                self._append(line)

    def _survey(self) -> None:
        """Note the transcription of each call: of several versions, the one that counts for the projector."""
        versions: dict[str, tuple[bool, int, int, bool, str]] = {}
        for event in self._log.read():
            self._position = event.place.position
            if not isinstance(event, Event) or event.receipt.kind != TRANSCRIPTION:
                continue
            conversation_id = event.receipt.conversation_id
            if conversation_id is None or self._log.proofs.why_not(event) is not None:
                continue
            precedence = _precedence(event)
            if precedence is not None and precedence > versions.get(conversation_id, (False, -1, -1, False, "")):
                versions[conversation_id] = precedence
                self._calls[conversation_id] = event.receipt.sha256

    def _fault(self, line: _Line) -> str | None:
        if not is_conversation_id(line.conversation_id):
            return "names no conversation: its id is not one of ElevenLabs'"
        if line.conversation_id not in self._calls:
            return "the log has no transcription of this call, or it was erased; import that first"
        if not 0 <= line.completed_at <= _LATEST_S:
            return "completed_at must be Unix seconds"
        if not 0 <= line.prompt_version <= COUNT_MAX:
            return f"prompt_version must be 0 to {COUNT_MAX}"
        if bytes(line.answer)[:1] not in {b"{", b'"'}:
            return "answer must be what the model said: an object or a text"
        return None

    def _append(self, line: _Line) -> None:
        # Of a text the text itself is what the model said, and not how this file writes it down.
        raw = bytes(line.answer)
        answer, encoding = encoded_answer(msgspec.json.decode(raw, type=str).encode() if raw[:1] == b'"' else raw)
        extraction = Extraction(
            data=ExtractionData(
                conversation_id=line.conversation_id,
                transcription_sha256=self._calls[line.conversation_id],
                provider=line.provider,
                model=line.model,
                requested_model=line.model,
                completed_at_s=int(line.completed_at),
                answer=answer,
                encoding=encoding,
                prompt=Prompt(id="imported", version=line.prompt_version),
            )
        )
        receipt = self._log.append(msgspec.json.encode(extraction), source=SOURCE)
        if receipt.position > self._position:
            self._position = receipt.position
            self.totals.imported += 1
        else:
            self.totals.known += 1

    def _fail(self, number: int, conversation_id: str, words: str) -> ExtractionNote:
        self.totals.failed += 1
        return ExtractionNote(line=number, conversation_id=printable(conversation_id), words=printable(words))


class _Data(Struct):
    status: str | None = None
    transcript: list[msgspec.Raw] | None = None


class _Version(Struct):
    data: _Data
    event_timestamp: float | None = None


def _precedence(event: Event) -> tuple[bool, int, int, bool, str] | None:
    """Return the sort key of a version of a call, as the projector orders them; None where its body is gone."""
    try:
        body = event.body()
    except (EventsError, FileNotFoundError):
        return None
    receipt = event.receipt
    try:
        version = msgspec.json.decode(body, type=_Version)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):  # the projector reads more leniently
        return False, 0, 0, receipt.source == "webhook", receipt.sha256
    at_s = version.event_timestamp or 0
    return (
        version.data.status == "done",
        int(at_s) if 0 < at_s <= _LATEST_S else 0,
        len(version.data.transcript or ()),
        receipt.source == "webhook",
        receipt.sha256,
    )
