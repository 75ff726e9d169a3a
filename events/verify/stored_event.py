"""Verifies one stored event: its file, its signature and its MP3 must be what its receipt says."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from events.disk.reading import open_file, reason_of
from events.errors import AudioError, DamagedEventError, SignatureError, UnreadEventError
from events.folder_log.recordings import can_hold_recording, mp3_path
from events.log.event import Event
from events.log.filing import AUDIO, UNREADABLE
from events.log.proof.keys import split
from events.process.terminal import printable
from events.verify.findings import Finding, FindingKind, Totals, found
from events.wire.recording import Recording, recording_of
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier


class EventVerifier:
    """
    Checks events one by one against their receipts.

    Args:
        folder: the payload folder.
        keys: the secrets that may have signed; without any, signatures are not checked.
        totals: counts what is in order.
    """

    def __init__(self, folder: Path, keys: Secrets, totals: Totals) -> None:
        self._folder = folder
        self._keys = keys
        self._totals = totals
        totals.are_signatures_checked = len(keys) > 0

    def check(self, event: Event) -> Iterator[Finding]:
        """
        Yield what is wrong with an event whose file is there.

        Raises:
            FileNotFoundError, NotADirectoryError: the file is gone after all.
        """
        receipt = event.receipt
        try:
            status = self._lstat(event)
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError as error:
            yield self._unread(event, error)
            return
        if not stat.S_ISREG(status.st_mode):
            yield found("altered", event, "is no regular file")
        elif status.st_size != receipt.size:
            yield found("altered", event, f"has {status.st_size} bytes, its receipt says {receipt.size}")
        else:
            yield from self._check_bytes(event)

    def _check_bytes(self, event: Event) -> Iterator[Finding]:
        verifier, fault = self._verifier(event)
        try:
            recording = self._read(event, verifier)
        except UnreadEventError as error:
            yield self._unread(event, error.__cause__ if isinstance(error.__cause__, OSError) else error)
        except DamagedEventError:
            self._lstat(event)
            yield found("altered", event, "does not match the sha256 of its receipt")
        except OSError as error:
            yield self._unread(event, error)
        else:
            yield from self._check_signature(event, verifier, fault)
            if can_hold_recording(event.receipt):
                yield from self._check_mp3(event, recording)

    def _unread(self, event: Event, error: Exception) -> Finding:
        self._totals.unread += 1
        words = reason_of(error) if isinstance(error, OSError) else str(error)
        return found("unread", event, f"cannot be read: {words}")

    def _verifier(self, event: Event) -> tuple[Verifier | None, str | None]:
        header = event.receipt.signature
        if event.receipt.is_our_own:
            header, _ = split(header)
            if header is None:
                return None, None
        try:
            return Verifier(header, self._keys, now_s=None), None
        except SignatureError as error:
            return None, str(error)

    def _check_signature(self, event: Event, verifier: Verifier | None, fault: str | None) -> Iterator[Finding]:
        if fault is not None:
            yield found("unsigned", event, fault)
        elif verifier is None:
            source = printable(event.receipt.source)
            self._totals.unsigned[source] = self._totals.unsigned.get(source, 0) + 1
        elif self._keys:
            try:
                verifier.verify()
            except SignatureError:
                yield found("unsigned", event, "no secret of ELEVENLABS_POST_CALL_KEY made its signature")
            else:
                self._totals.signed += 1

    def _check_mp3(self, event: Event, recording: Recording | None) -> Iterator[Finding]:
        mp3 = self._mp3(event)
        what: FindingKind = "altered"
        try:
            if not stat.S_ISREG(mp3.lstat().st_mode):
                words = "is no regular file"
            elif recording is None:
                words = "its event has no recording that can be read"
            else:
                with open_file(mp3, follows_link=False) as file:
                    if recording.is_in(file):
                        self._totals.recordings += 1
                        return
                words = "is not the recording of its event"
        except FileNotFoundError:
            self._totals.recordings_without_mp3 += recording is not None
            return
        except (AudioError, DamagedEventError) as error:
            words = f"cannot be compared with its event: {error}"
        except OSError as error:
            what, words = "unread", f"cannot be read: {reason_of(error)}"
        path = printable(mp3_path(event.receipt.path))
        yield Finding(what=what, position=event.receipt.position, path=path, words=words)

    def _read(self, event: Event, verifier: Verifier | None) -> Recording | None:
        """Read an event to its end; return its recording where there is one to compare."""
        chunks = _fed(event, verifier)
        if event.receipt.kind == AUDIO or (event.receipt.kind == UNREADABLE and os.path.lexists(self._mp3(event))):
            with suppress(AudioError):
                return recording_of(event.part, chunks)
        for _ in chunks:
            pass
        return None

    def _lstat(self, event: Event) -> os.stat_result:
        return (self._folder / event.receipt.path).lstat()

    def _mp3(self, event: Event) -> Path:
        return self._folder / mp3_path(event.receipt.path)


def _fed(event: Event, verifier: Verifier | None) -> Iterator[bytes]:
    for chunk in event.chunks():
        if verifier is not None:
            verifier.update(chunk)
        yield chunk
