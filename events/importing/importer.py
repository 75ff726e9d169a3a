"""Imports a folder of payloads that have no receipts: each becomes an event, byte for byte."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from events.disk.durable import FILE_MODE
from events.disk.links import real_path
from events.disk.reading import is_one_files, open_file, reason_of
from events.errors import DamagedEventError, EventsError, LogClosedError
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.importing.candidates import Other, Payload, RecordingFile, candidates, read_part
from events.importing.signatures import ProvenBody, signatures_in
from events.importing.totals import ImportTotals, Note, NoteKind
from events.log.event import Event
from events.log.filing import ERASURE, ERASURE_REQUEST, UNREADABLE
from events.log.receipt import Place, Receipt
from events.process.screen.progress import Progress
from events.process.terminal import printable
from events.verify.digests import Digests
from events.verify.erased import erased_in
from events.verify.unexpected import drafts
from events.wire.recording import audio_webhook, recording_of
from events.wire.shared_secrets import Secrets

SOURCE = "import"


class Importer:
    """
    Imports one folder into a log; a second run continues where the first one was stopped.

    The folder may be the log's own: files without receipts are then adopted where they lie.

    Args:
        payload_folder: the log's folder.
        folder: what to import.
        log_keys: the secrets of `LOG_KEY`, which sign what is imported.
        post_call_keys: the secrets of ElevenLabs' webhooks. If another log is imported, a signature that one of them
            made goes with its event.
    """

    def __init__(
        self,
        payload_folder: Path,
        folder: Path,
        *,
        log_keys: Secrets | None = None,
        post_call_keys: Secrets | None = None,
        on_progress: Progress = lambda *_: None,
    ) -> None:
        self.totals = ImportTotals()
        # A body that lies on a disk already is not refused for its size.
        self._log = FolderLog(payload_folder, log_keys=log_keys, body_bytes_max=sys.maxsize)
        self._log_folder = real_path(payload_folder)
        self._folder = real_path(folder)
        self._on_progress = on_progress
        self._paths = Digests()
        self._known = Digests()
        self._missing: dict[str, Place] = {}
        self._keys = post_call_keys or Secrets()
        self._headers: dict[str, str] = {}
        self._position = 0

    def run(self) -> Iterator[Note]:
        """
        Import, and yield what is worth knowing; `totals` are complete after the last note.

        Raises:
            LogClosedError: no room, or an I/O error; what was imported so far stays, and a retry is safe.
            JournalError: the journal's end is damaged; a retry helps once it is mended.
            LogKeyError: the projector would not believe what is imported. Nothing was.
        """
        self._log.proofs.check_key()
        self.totals.is_other_log = self._folder != self._log_folder and (self._folder / NAME).is_file()
        if self.totals.is_other_log and self._keys:
            self._headers = signatures_in(self._folder)
        try:
            self._log.recover()
        except DamagedEventError as error:
            yield self._fail(INCOMING, str(error))
        self._survey_log()
        payloads: list[Payload] = []
        recordings: list[RecordingFile] = []
        for found in candidates(self._folder, self._is_wanted):
            match found:
                case Payload():
                    payloads.append(found)
                case RecordingFile():
                    recordings.append(found)
                case Other(is_failure=True):
                    yield self._fail(found.path, found.words)
                case Other():
                    self.totals.skipped += 1
                    yield _note("skipped", found.path, found.words)
        for number, payload in enumerate(sorted(payloads, key=Payload.order), 1):
            yield from self._import_payload(payload)
            self._on_progress("payloads", number, len(payloads))
        # After the payloads, for these may hold the audio events of the same recordings.
        for number, recording in enumerate(recordings, 1):
            yield from self._import_recording(recording)
            self._on_progress("recordings", number, len(recordings))

    def _survey_log(self) -> None:
        self._erased = erased_in(self._log_folder, self._log.proofs).erased
        for event in self._log.read():
            self._position = event.place.position
            if not isinstance(event, Event):
                continue
            self._paths.add(event.receipt.path)
            if self._log.proofs.why_not(event) is not None:
                continue  # whoever forged the line must not keep the true event out
            # An erased body must not come back; a missing one must.
            if not _is_missing(self._log_folder / event.receipt.path) or self._erased.covers(event.receipt):
                self._known.add(event.receipt.sha256)
            else:
                self._missing[event.receipt.sha256] = event.place

    def _is_wanted(self, path: str) -> bool:
        inside = self._path_in_log(path)
        if inside is None:
            return True
        if inside in self._paths:
            self.totals.known += 1
            return False
        # A file that is being appended just now gets its receipt, with the signature, from its appender.
        try:
            status = (self._folder / path).lstat()
        except FileNotFoundError:
            return False
        except OSError:  # who reads it says why it cannot be read
            return True
        return status.st_nlink == 1 or (status.st_dev, status.st_ino) not in drafts(self._log_folder)

    def _import_payload(self, payload: Payload) -> Iterator[Note]:
        inside = self._path_in_log(payload.path)
        if inside is None and payload.sha256 in self._known:
            self.totals.known += 1
            return
        path = self._folder / payload.path
        try:
            if inside is not None:
                _make_ours(path)
            receipt = self._append(read_part(path), header=self._headers.get(payload.path))
        except (DamagedEventError, LogClosedError, OSError) as error:
            yield self._fail(payload.path, self._why(error))
            return
        self._known.add(payload.sha256)
        if receipt.kind == UNREADABLE:
            yield _note("quarantined", payload.path, f"cannot be read as a webhook; kept as {receipt.path}")
        if receipt.kind in {ERASURE, ERASURE_REQUEST}:
            yield _note("unaccounted", payload.path, "erases nothing by being imported: ask for it again")
        yield from self._move(payload.path, inside, receipt.path)

    def _import_recording(self, recording: RecordingFile) -> Iterator[Note]:
        path = self._folder / recording.path
        if self._erased.covers_conversation(recording.conversation_id):
            self.totals.skipped += 1
            yield _note("skipped", recording.path, "its conversation was erased")
        elif path.with_suffix(".json").exists() or self._has_recording(recording.conversation_id, path):
            self.totals.recordings_known += 1
        else:
            try:
                receipt = self._append(audio_webhook(path, recording.conversation_id))
            except (DamagedEventError, LogClosedError, OSError) as error:
                yield self._fail(recording.path, self._why(error))
                return
            inside = self._path_in_log(recording.path)
            yield from self._move(recording.path, inside, receipt.path.removesuffix(".json") + ".mp3")

    def _append(self, chunks: Iterable[bytes], *, header: str | None = None) -> Receipt:
        proven = ProvenBody(header, self._keys) if header is not None else None
        with self._log.draft() as draft:
            for chunk in proven.watch(chunks) if proven else chunks:
                draft.write(chunk)
            missing = self._missing.pop(draft.sha256, None)
            event = self._log.event_at(missing) if missing else None
            if isinstance(event, Event):
                self._log.put_back(draft, event.receipt)
                self.totals.mended += 1
                return event.receipt
            signature = proven.header if proven else None
            receipt = self._log.publish(draft, source=SOURCE, signature=signature)
        if receipt.position > self._position and receipt.source == SOURCE:
            self.totals.imported[receipt.kind] = self.totals.imported.get(receipt.kind, 0) + 1
            self.totals.signed += signature is not None
            self._position = receipt.position
        else:
            self.totals.known += 1
        return receipt

    def _why(self, error: Exception) -> str:
        """Return why one file was not imported; raises `LogClosedError` where no file can be."""
        if isinstance(error, LogClosedError):
            cause = error.__cause__
            if not (isinstance(cause, OSError) and is_one_files(cause)):
                raise error
            self._log.check_writable()
        return str(error)

    def _fail(self, path: str, words: str) -> Note:
        self.totals.failed += 1
        return _note("failed", path, words)

    def _move(self, path: str, inside: str | None, kept_as: str) -> Iterator[Note]:
        """Remove a file of the log's own folder once its bytes are an event at another path."""
        if inside is None or inside == kept_as:
            return
        try:
            (self._folder / path).unlink()
        except OSError as error:
            yield self._fail(path, f"is now {kept_as}, and cannot be removed here: {reason_of(error)}")
            return
        self.totals.moved += 1
        yield _note("moved", path, f"lies where no event does; now {kept_as}")

    def _has_recording(self, conversation_id: str, mp3: Path) -> bool:
        """Return whether an audio event of the log holds just this recording."""
        for path in (self._log_folder / conversation_id).glob(f"{conversation_id}_audio*.json"):
            with suppress(EventsError, OSError):
                recording = recording_of(partial(read_part, path), read_part(path))
                if recording is not None:
                    with open_file(mp3) as file:
                        if recording.is_in(file):
                            return True
        return False

    def _path_in_log(self, path: str) -> str | None:
        """Return the path of a file in the log's own folder; None for a file elsewhere."""
        absolute = self._folder / path
        if not absolute.is_relative_to(self._log_folder):
            return None
        return absolute.relative_to(self._log_folder).as_posix()


def _is_missing(path: Path) -> bool:
    """Return whether nothing lies at a path; False also where the system does not say."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _make_ours(path: Path) -> None:
    # A receipt promises that the file is durable, and ours are private. The program that copied it here did neither.
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.fchmod(fd, FILE_MODE)
        os.fsync(fd)
    finally:
        os.close(fd)


def _note(what: NoteKind, path: str, words: str) -> Note:
    return Note(what=what, path=printable(path), words=words)
