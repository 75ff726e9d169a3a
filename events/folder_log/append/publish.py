"""The steps from drafts to receipts, which bodies that came in at the same time take together."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from events.disk import steps
from events.errors import closed_by
from events.folder_log.append.commit import Committer, PendingEvent
from events.folder_log.append.draft import Draft, GroupReceipts
from events.folder_log.append.link import has_draft
from events.folder_log.journal import Journal, Mark
from events.folder_log.layout import FOLDER as INCOMING
from events.log.receipt import Receipt


class DraftedBody(Struct, eq=False):
    """
    A body that has come in whole: its draft, and where it came from.

    `source` is `webhook`, `backfill`, `import`, ...; `signature` is the header that it came with.
    """

    draft: Draft
    source: str
    signature: str | None = None


class _Append(Struct, eq=False):
    """How far the append of one body has come: to its entry, or to an error, after which it takes no further step."""

    whole: DraftedBody
    entry: PendingEvent | None = None
    error: Exception | None = None


class Publisher:
    """
    Takes groups of bodies through the steps, for one log; any number of threads may.

    `has_doubts` is true once a draft was met, or had to be left, that recovery must settle.
    """

    def __init__(self, folder: Path, journal: Journal, committer: Committer, *, clock: Callable[[], datetime]) -> None:
        self.has_doubts = False
        self._folder = folder
        self._incoming = folder / INCOMING
        self._journal = journal
        self._committer = committer
        self._clock = clock

    def publish_all(self, group: Sequence[DraftedBody]) -> list[Receipt | Exception]:
        """Make a group of drafted bodies events, as `FolderLog.publish_all` promises."""
        try:
            since = self._journal.mark()
        except OSError as error:
            return [closed_by(error) for _ in group]
        appends = [_Append(whole) for whole in group]
        try:
            notes = GroupReceipts(self._incoming)
            _each(appends, lambda append: self._write_aside(append, notes))
            groups = _by_notes(appends)
            for shared, noted in groups.items():
                _together(noted, partial(_write_notes, shared, since))
            _each(appends, lambda append: append.whole.draft.fsync())
            for shared, noted in groups.items():
                _together(noted, partial(_fsync_notes, shared))
            steps.reached("draft_sealed")
            _each(appends, self._link)
            _together(appends, self._committer.fsync_folders)
            steps.reached("folders_synced")
            _together(appends, self._committer.commit)
            self._discard(appends)
        except BaseException:  # Ctrl-C, or a fault of ours; what is linked must not lose its draft before its receipt
            self._leave_in_doubt(appends)
            raise
        outcomes = [_outcome(append) for append in appends]
        for append in appends:
            append.error = None  # or, by its trace, it would hold all of the group until the next look for garbage
        return outcomes

    def _write_aside(self, append: _Append, notes: GroupReceipts) -> None:
        draft = append.whole.draft
        filing = draft.filing()
        receipt = Receipt(
            position=0,
            received_at=self._clock(),
            kind=filing.kind,
            conversation_id=filing.conversation_id,
            path=filing.path,
            sha256=draft.sha256,
            size=draft.size,
            source=append.whole.source,
            signature=append.whole.signature,
        )
        try:
            draft.write_aside(notes)
        except OSError:
            draft.discard()  # at once: the others of the group need the room
            raise
        append.entry = PendingEvent(receipt, draft.path)

    def _link(self, append: _Append) -> None:
        assert append.entry is not None
        self._committer.link(append.entry)

    def _discard(self, appends: Sequence[_Append]) -> None:
        self._leave_in_doubt([append for append in appends if append.error is not None])
        for append in appends:
            append.whole.draft.discard()
            steps.reached("draft_discarded")
        for append in appends:
            entry = append.entry
            if append.error is None and entry is not None and not entry.is_new and has_draft(self._folder / entry.path):
                self.has_doubts = True  # somebody died over these very bytes, and left a draft

    def _leave_in_doubt(self, appends: Sequence[_Append]) -> None:
        """Keep the drafts of those whose name was not taken back: only its draft can get it a receipt."""
        for append in appends:
            draft = append.whole.draft
            if draft.is_linked():
                draft.abandon()
                self.has_doubts = True


def _each(appends: Sequence[_Append], step: Callable[[_Append], None]) -> None:
    """Let each take a step, but for those that failed."""
    for append in appends:
        if append.error is None:
            try:
                step(append)
            except Exception as error:  # noqa: BLE001 - the outcome of this one; the others go on
                append.error = error


def _together(appends: Sequence[_Append], step: Callable[[Sequence[PendingEvent]], None]) -> None:
    """Let all take a step at once, but for those that failed."""
    entries = {append.entry: append for append in appends if append.error is None and append.entry is not None}
    if not entries:
        return
    try:
        step(list(entries))
    except Exception as error:  # noqa: BLE001 - the outcome of each of them
        for append in entries.values():
            append.error = error
    for entry, append in entries.items():
        append.error = append.error or entry.error
        entry.error = None


def _by_notes(appends: Sequence[_Append]) -> dict[GroupReceipts, list[_Append]]:
    groups: dict[GroupReceipts, list[_Append]] = {}
    for append in appends:
        notes = append.whole.draft.notes
        if notes is not None:
            groups.setdefault(notes, []).append(append)
    return groups


def _write_notes(notes: GroupReceipts, since: Mark, entries: Sequence[PendingEvent]) -> None:
    notes.write((entry.receipt for entry in entries), since=since)


def _fsync_notes(notes: GroupReceipts, _: Sequence[PendingEvent]) -> None:
    notes.fsync()


def _outcome(append: _Append) -> Receipt | Exception:
    if isinstance(append.error, OSError):
        return closed_by(append.error)
    if append.error is not None:
        return append.error
    assert append.entry is not None
    assert append.entry.committed is not None
    return append.entry.committed
