"""Importing what models said of calls: each answer becomes an event of its call, once, and byte for byte."""

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.errors import DamagedEventError
from events.folder_log.log import FolderLog
from events.importing.extractions import ExtractionImporter, ExtractionNote, ExtractionTotals
from events.log.event import Event
from events.log.filing import file_body
from events.log.ours.extraction import SOURCE, encoded_answer, is_extraction, read_extraction
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from tests.support.logs import events, file_of
from tests.support.samples import MARTA, transcription

ANSWER = b'{"memories": [ {"value":"tea"} ], "summary": "\\u00e4"}'


def line(conversation_id: str = "conv_1", answer: bytes = ANSWER, **changed: Any) -> bytes:
    """Return a line of a file of answers."""
    fields = {"conversation_id": conversation_id, "prompt_version": 3, "provider": "x", "model": "m", "completed_at": 5}
    return msgspec.json.encode(fields | changed | {"answer": msgspec.Raw(answer)})


@pytest.fixture
def log(tmp_path: Path) -> FolderLog:
    log = FolderLog(tmp_path / "payloads")
    log.append(transcription("conv_1", "Hello.", caller=MARTA), source="webhook")
    return log


def imported(log: FolderLog, *lines: bytes) -> tuple[list[ExtractionNote], ExtractionTotals]:
    importer = ExtractionImporter(log)
    notes = [*importer.run(lines)]
    return notes, importer.totals


def extractions(log: FolderLog) -> list[Event]:
    return [event for event in events(log) if is_extraction(event.receipt)]


def found(log: FolderLog, tmp_path: Path) -> list[tuple[str, str]]:
    verification = Verification(tmp_path / "payloads", Secrets())
    # The sample transcriptions are not signed by ElevenLabs.
    return [(each.what, each.path) for each in verification.findings() if each.what != "unsigned"]


def test_answer_is_an_event_of_its_call(log: FolderLog, tmp_path: Path) -> None:
    """It is filed with the call, names what was read, and holds the answer byte for byte; the log verifies."""
    assert imported(log, line()) == ([], ExtractionTotals(imported=1))
    (event,) = extractions(log)
    assert event.receipt.path == "conv_1/conv_1_extraction.json"
    assert (event.receipt.kind, event.receipt.source) == ("extraction", "extraction")
    read = read_extraction(event)
    assert read.raw_answer() == ANSWER
    assert read.transcription_sha256 == events(log)[0].receipt.sha256
    assert (read.prompt.version, read.provider, read.model, read.completed_at_s) == (3, "x", "m", 5)
    assert found(log, tmp_path) == []


def test_second_import_appends_nothing(log: FolderLog) -> None:
    """The same line again is no event; another answer to the same call is kept beside the first."""
    imported(log, line())
    assert imported(log, line(), line(prompt_version=4), line())[1] == ExtractionTotals(imported=1, known=2)
    assert len({event.receipt.path for event in extractions(log)}) == 2


def test_line_without_its_call_is_named(log: FolderLog) -> None:
    """A call that the log lacks, a line that is none, and an impossible time are named; the others are imported."""
    lines = (line("conv_9"), b"{", b"", line(completed_at=-1), line("../../x"), line(), line(extra=1), b"\xff")
    notes, totals = imported(log, *lines)
    assert [(note.line, note.conversation_id) for note in notes] == [
        (1, "conv_9"),
        (2, ""),
        (4, "conv_1"),
        (5, "../../x"),
        (7, ""),
        (8, ""),
    ]
    assert (totals.imported, totals.failed) == (1, 6)


def test_call_that_is_gone_is_none(log: FolderLog) -> None:
    """The receipt of an erased call stays; an answer to it is not taken."""
    file_of(log, events(log)[0]).unlink()
    notes, _ = imported(log, line())
    assert [note.conversation_id for note in notes] == ["conv_1"]


def test_version_that_counts_is_the_one_that_was_read(log: FolderLog) -> None:
    """Of several versions of a call an answer belongs to the one that the projector keeps."""
    newer = transcription("conv_1", "Hello.", "Bye.", caller=MARTA, event_timestamp=9_999_999_999)
    log.append(newer, source="webhook")
    log.append(transcription("conv_1", caller=MARTA, event_timestamp=1), source="webhook")
    imported(log, line())
    assert read_extraction(extractions(log)[0]).transcription_sha256 == events(log)[1].receipt.sha256


def test_verify_names_an_extraction_without_its_transcription(log: FolderLog, tmp_path: Path) -> None:
    """An extraction of bytes that the log never held is named, and one that cannot be read."""
    data = {"conversation_id": "conv_1", "provider": "x", "model": "m", "completed_at_s": 1, "answer": "{}"}
    lost = {"type": "elaoms_extraction", "data": data | {"transcription_sha256": "ab" * 32}}
    log.append(json.dumps(lost).encode(), source=SOURCE)
    log.append(json.dumps({"type": "elaoms_extraction", "data": {"conversation_id": "conv_1"}}).encode(), source=SOURCE)
    assert [what for what, _ in found(log, tmp_path)] == ["altered", "missing"]


def test_webhook_is_no_extraction(log: FolderLog) -> None:
    """Whatever its body says: only what we appended ourselves is one."""
    imported(log, line())
    body = extractions(log)[0].body()
    assert file_body(body, "0" * 64).kind == "extraction"
    log.append(body.replace(b"tea", b"gin"), source="webhook")
    assert len(extractions(log)) == 1


def test_answer_that_is_no_text_is_kept_whole(log: FolderLog) -> None:
    """Bytes that are no UTF-8 are kept in base64."""
    answer, encoding = encoded_answer(b"\xff\x00{")
    assert (base64.b64decode(answer), encoding) == (b"\xff\x00{", "base64")
    imported(log, line())
    read = read_extraction(extractions(log)[0])
    assert msgspec.structs.replace(read, answer=answer, encoding=encoding).raw_answer() == b"\xff\x00{"
    with pytest.raises(msgspec.ValidationError):
        msgspec.structs.replace(read, answer="!", encoding="base64").raw_answer()


def test_altered_extraction_is_damage(log: FolderLog) -> None:
    """One that does not match its receipt is not read."""
    imported(log, line())
    event = extractions(log)[0]
    file_of(log, event).write_bytes(b"{}")
    with pytest.raises(DamagedEventError):
        read_extraction(event)


def test_text_is_kept_as_the_model_said_it(log: FolderLog) -> None:
    """Of an answer that is a text the event holds the text itself, also one between fences."""
    text = '```json\n{"memories": []}\n```'
    imported(log, line(answer=json.dumps(text).encode()))
    assert read_extraction(extractions(log)[0]).raw_answer() == text.encode()


@pytest.mark.parametrize("answer", [b"null", b"[]", b"5", b"true"])
def test_what_no_model_says_is_named(log: FolderLog, answer: bytes) -> None:
    """An answer is an object or a text."""
    notes, totals = imported(log, line(answer=answer), line())
    assert ([note.line for note in notes], totals.imported) == ([1], 1)


@pytest.mark.parametrize("version", [-1, 2**53, 2**63, 2**64, 10**30])
def test_version_that_nothing_can_hold_is_named(log: FolderLog, version: int) -> None:
    """A version is a number that every reader keeps; in an event it makes the event unreadable."""
    raw = line().replace(b'"prompt_version":3', f'"prompt_version":{version}'.encode())
    notes, totals = imported(log, raw, line())
    assert ([note.line for note in notes], totals.imported) == ([1], 1)
    body = extractions(log)[0].body().replace(b'"version":3', f'"version":{version}'.encode())
    log.append(body, source=SOURCE)
    with pytest.raises(msgspec.MsgspecError):
        read_extraction(extractions(log)[-1])


def test_reads_what_other_programs_write(log: FolderLog) -> None:
    """A mark at the beginning of the file, and a moment with parts of a second, are no faults."""
    moment = line().replace(b'"completed_at":5', b'"completed_at":5.75')
    assert imported(log, b"\xef\xbb\xbf" + moment) == ([], ExtractionTotals(imported=1))
    assert read_extraction(extractions(log)[0]).completed_at_s == 5
