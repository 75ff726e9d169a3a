"""Takes drafts through the steps to their receipts; bodies that came in at the same time take them together."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from events.disk import steps
from events.errors import log_closed_error
from events.folder_log.append.commit import Committer, PendingEvent
from events.folder_log.append.draft import FolderDraft, GroupReceipts
from events.folder_log.append.link import has_draft
from events.folder_log.journal import Journal, Mark
from events.folder_log.layout import FOLDER as INCOMING
from events.log.draft import DraftedBody
from events.log.receipt import Receipt


class _Append(Struct, eq=False):
    """How far one body has come: to its entry, or to an error, after which it takes no further step."""

    body: DraftedBody
    draft: FolderDraft
    entry: PendingEvent | None = None
    error: Exception | None = None


class Publisher:
    """
    Takes groups of bodies through the steps, for one log and any number of threads.

    `has_doubts` becomes true where a draft was met, or had to be left, that recovery must settle.
    """

    def __init__(self, folder: Path, journal: Journal, committer: Committer, *, clock: Callable[[], datetime]) -> None:
        self.has_doubts = False
        self._folder = folder
        self._incoming = folder / INCOMING
        self._journal = journal
        self._committer = committer
        self._clock = clock

    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """Make a group of drafted bodies events, as `EventLog.publish_all` promises."""
        tell = on_step or _nobody_listens
        appends = [_append_of(body) for body in group]
        try:
            since = self._journal.mark()
        except OSError as error:
            return [log_closed_error(error) for _ in group]
        try:
            shared = GroupReceipts(self._incoming)
            _each(appends, lambda append: self._write_aside(append, shared))
            groups = _by_receipts(appends)
            for receipts, members in groups.items():
                _together(members, partial(_write_receipts, receipts, since))
            tell("write")
            _each(appends, lambda append: append.draft.fsync())
            for receipts, members in groups.items():
                _together(members, partial(_fsync_receipts, receipts))
            tell("fsync")
            steps.reached("draft_sealed")
            _each(appends, self._link)
            _together(appends, self._committer.fsync_folders)
            tell("link")
            steps.reached("folders_synced")
            _together(appends, self._committer.commit)
            tell("commit")
            self._discard(appends)
        except BaseException:  # Ctrl-C, or a fault of ours: a linked body must not lose its draft before its receipt
            self._leave_in_doubt(appends)
            raise
        outcomes = [_outcome(append) for append in appends]
        for append in appends:
            append.error = None  # or its traceback would hold the whole group until the next garbage collection
        return outcomes

    def _write_aside(self, append: _Append, receipts: GroupReceipts) -> None:
        draft = append.draft
        filing = draft.filing()
        receipt = Receipt(
            position=0,
            received_at=self._clock(),
            kind=filing.kind,
            conversation_id=filing.conversation_id,
            path=filing.path,
            sha256=draft.sha256,
            size=draft.size,
            source=append.body.source,
            signature=append.body.signature,
        )
        try:
            draft.write_aside(receipts)
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
            append.draft.discard()
            steps.reached("draft_discarded")
        for append in appends:
            entry = append.entry
            if append.error is None and entry is not None and not entry.is_new and has_draft(self._folder / entry.path):
                self.has_doubts = True  # a writer died over these very bytes, and left a draft

    def _leave_in_doubt(self, appends: Sequence[_Append]) -> None:
        """Keep the drafts of the bodies that still have a name: only with its draft can such a body get a receipt."""
        for append in appends:
            if append.draft.is_linked():
                append.draft.abandon()
                self.has_doubts = True


def _nobody_listens(_: str) -> None:
    pass


def _append_of(body: DraftedBody) -> _Append:
    assert isinstance(body.draft, FolderDraft), "a draft of another log"
    return _Append(body, body.draft)


def _each(appends: Sequence[_Append], step: Callable[[_Append], None]) -> None:
    """Let each body take a step by itself, except those that have failed."""
    for append in appends:
        if append.error is None:
            try:
                step(append)
            except Exception as error:  # noqa: BLE001 - the outcome of this one; the others go on
                append.error = error


def _together(appends: Sequence[_Append], step: Callable[[Sequence[PendingEvent]], None]) -> None:
    """Let all bodies take a step at once, except those that have failed."""
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


def _by_receipts(appends: Sequence[_Append]) -> dict[GroupReceipts, list[_Append]]:
    """Return the bodies by the file that holds their receipts: a long body has one of its own."""
    groups: dict[GroupReceipts, list[_Append]] = {}
    for append in appends:
        receipts = append.draft.receipts
        if receipts is not None:
            groups.setdefault(receipts, []).append(append)
    return groups


def _write_receipts(receipts: GroupReceipts, since: Mark, entries: Sequence[PendingEvent]) -> None:
    receipts.write((entry.receipt for entry in entries), since=since)


def _fsync_receipts(receipts: GroupReceipts, _: Sequence[PendingEvent]) -> None:
    receipts.fsync()


def _outcome(append: _Append) -> Receipt | Exception:
    if isinstance(append.error, OSError):
        return log_closed_error(append.error)
    if append.error is not None:
        return append.error
    assert append.entry is not None
    assert append.entry.committed is not None
    return append.entry.committed
