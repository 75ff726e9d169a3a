"""Verifies that nothing of a log is missing, altered, slipped in, or made by anyone but ElevenLabs and us."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from events.errors import JournalError
from events.folder_log.journal import LINE_BYTES_MAX, Journal
from events.folder_log.layout import NAME, is_path_in_log
from events.folder_log.recordings import can_hold_recording, mp3_path
from events.folder_log.signed_events import proofs_in
from events.log.event import Event
from events.log.proof.head import Head
from events.log.proof.keys import LogKeys
from events.log.receipt import Receipt, log_name
from events.process.screen.progress import Progress
from events.process.terminal import printable
from events.verify.chain import Link, links
from events.verify.digests import Digests
from events.verify.erased import ErasedSet, Survey, erased_in
from events.verify.extractions import Extractions
from events.verify.findings import Finding, FindingKind, Totals, found
from events.verify.heads import NotedHeads
from events.verify.own_events import OwnEvents, check_erasure_key
from events.verify.stored_event import EventVerifier
from events.verify.unexpected import Kind, UnexpectedFile, drafts, unexpected, unexpected_in_incoming
from events.wire.shared_secrets import Secrets


class Verification:
    """
    Verifies the log in one folder, once; only reads, also while others append.

    Memory does not grow with the bodies: eight bytes are kept of each path, and findings are yielded as they come.

    Args:
        folder: the payload folder.
        keys: the secrets that may have signed, rotated ones too; without any, signatures are not checked.
        log_keys: the secrets of `LOG_KEY`, rotated ones too; without any, our own events are not proven.
        heads: what was noted earlier, in another place; some line must still have the hash of each.
    """

    def __init__(
        self,
        folder: Path,
        keys: Secrets,
        *,
        log_keys: Secrets | None = None,
        heads: Sequence[Head | str] = (),
        on_progress: Progress = lambda *_: None,
    ) -> None:
        self.totals = Totals()
        self._folder = folder
        self._proofs = proofs_in(folder, LogKeys(log_keys))
        self._heads = NotedHeads(heads, self._proofs.keys)
        self._on_progress = on_progress
        self._checking = EventVerifier(folder, keys, self.totals)
        self._own_events = OwnEvents(self._proofs, self.totals)
        self._extractions = Extractions()
        self._named = Digests()
        self._survey = Survey(ErasedSet(self._proofs))
        self._read_to = 0
        self._first_sha256 = ""

    def findings(self) -> Iterator[Finding]:
        """
        Yield what is wrong; `totals` are complete after the last finding.

        Raises:
            JournalError: the folder is not there.
        """
        if not self._folder.is_dir():
            raise JournalError(f"{self._folder} is not there; is its disk mounted?")
        for finding in self._findings():
            self.totals.findings += 1
            yield finding

    def _findings(self) -> Iterator[Finding]:
        self._survey = erased_in(self._folder, self._proofs)
        self._read_to = self._survey.end
        for link in links(self._folder, end=self._survey.end):
            yield from self._check_link(link)
        yield from self._extractions.missing()
        yield from self._check_unexpected()
        self._read_on()
        yield from self._check_end()
        yield from self._heads.findings(log_name(self._first_sha256))
        self.totals.heads_unchecked = self._heads.unchecked
        yield from check_erasure_key(self._folder, self._survey.erased.key_ids)
        self.totals.erasures = self._survey.erased.erasures

    def _check_link(self, link: Link) -> Iterator[Finding]:
        position = link.place.position
        if link.fault is not None:
            what: FindingKind = "broken chain" if link.event else "damaged line"
            yield Finding(what=what, position=position or None, path=NAME, words=f"this line {link.fault}")
        if position == 0:
            return
        self.totals.events += 1
        self.totals.position, self.totals.head = position, link.place.sha256
        self._first_sha256 = self._first_sha256 or link.place.sha256
        self._heads.meet(position, link.place.sha256)
        if link.event is not None:
            yield from self._check_event(link.event)
        self._on_progress("events", self.totals.events, self._survey.lines - 1)

    def _check_event(self, event: Event) -> Iterator[Finding]:
        receipt = event.receipt
        if not is_path_in_log(receipt.path):
            words = f"this line names a path that no event has: {printable(receipt.path)}"
            yield Finding(what="damaged line", position=receipt.position, path=NAME, words=words)
            return
        self._name(receipt)
        yield from self._own_events.check(event, refused=self._survey.erased.refused)
        try:
            yield from self._checking.check(event)
        except (FileNotFoundError, NotADirectoryError):
            yield from self._miss(event)
        if not self._survey.erased.covers(receipt):
            yield from self._extractions.check(event)
        if self._survey.erased.covers(receipt):
            for path in (receipt.path, mp3_path(receipt.path)):
                if _is_there(self._folder / path):
                    words = "listed as erased, and still there: let the projector run"
                    yield Finding(what="not erased", position=receipt.position, path=printable(path), words=words)

    def _miss(self, event: Event) -> Iterator[Finding]:
        if not self._survey.erased.covers(event.receipt):
            self._read_on()  # it may have been erased since the run began
        if self._survey.erased.covers(event.receipt):
            self.totals.erased += 1
            return
        request = self._survey.erased.pending
        more = f"; the request at position {request} may be under way: verify again when it is done" if request else ""
        yield found("missing", event, f"its file is not there{more}")

    def _check_unexpected(self) -> Iterator[Finding]:
        # A file that is written aside is soon renamed or removed: look again after everything else.
        passing: list[UnexpectedFile] = []
        for file in unexpected(self._folder, self._named.__contains__):
            if file.kind is Kind.UNREAD:
                yield _extra(file)
            elif file.kind is Kind.ASIDE:
                passing.append(file)
            elif file.kind not in {Kind.FILE, Kind.RECORDING} or self._is_slipped_in(file.path):
                yield _extra(file)
        passing.extend(unexpected_in_incoming(self._folder))
        for file in passing:
            if _is_there(self._folder / file.path):
                yield _extra(file)
        self.totals.drafts = len(self._drafts())

    def _check_end(self) -> Iterator[Finding]:
        # A few bytes are a line that a dead process began: the next append cuts them off.
        left = Journal(self._folder).size() - self._read_to
        if left > LINE_BYTES_MAX:
            words = f"{left} bytes follow the last whole line: nothing can be appended until they are cut off"
            yield Finding(what="damaged line", position=None, path=NAME, words=words)

    def _is_slipped_in(self, path: str) -> bool:
        """Return whether a file is no event, not even one that is being appended now; the order of the steps counts."""
        try:
            status = (self._folder / path).lstat()
        except FileNotFoundError:
            return False
        except OSError:  # its folder lists it, and does not say more
            self._read_on()
            return path not in self._named
        # An append keeps its draft until the receipt is in the journal, or the file is gone again.
        if status.st_nlink > 1 and (status.st_dev, status.st_ino) in self._drafts():
            return False
        self._read_on()
        return path not in self._named and _is_there(self._folder / path)

    def _drafts(self) -> set[tuple[int, int]]:
        try:
            return drafts(self._folder)
        except OSError:  # named by a finding of its own
            return set()

    def _read_on(self) -> None:
        """Take in what was appended since the run began: the files that it names are events."""
        for link in links(self._folder, since=self._read_to):
            self._read_to = link.end
            self.totals.came_meanwhile += 1
            if link.event is not None:
                self._name(link.event.receipt)
                self._survey.erased.take(link.event)
            self._heads.meet(link.place.position, link.place.sha256)

    def _name(self, receipt: Receipt) -> None:
        self._named.add(receipt.path)
        if can_hold_recording(receipt):
            self._named.add(mp3_path(receipt.path))


def _extra(file: UnexpectedFile) -> Finding:
    if file.kind is Kind.UNREAD:
        return Finding(
            what="unread", position=None, path=printable(file.path), words=f"{file.kind.value}: {file.reason}"
        )
    return Finding(what="extra", position=None, path=printable(file.path), words=file.kind.value)


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)
