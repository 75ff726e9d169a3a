"""Takes back what setup made, newest first, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from events.process.environment import read_environment
from ingress.operating.account import Account, AccountError
from ingress.operating.dotenv_file import remove_line, write_secret
from ingress.operating.setup.carrying_out import DECLINED, DONE, REFUSED, SKIPPED, read_document, write_document
from ingress.operating.setup.documents import (
    AGENT,
    SETTINGS,
    TOOL,
    Edit,
    Json,
    Kind,
    edited,
    is_in_force,
    taken_back,
    value_at,
)
from ingress.operating.setup.record import Made, Record, digest_of, write_record
from ingress.operating.setup.settings import POST_CALL_KEY
from ingress.operating.setup.steps import shown

_NOT_FOUND = 404


class Undo(Struct, frozen=True, kw_only=True):
    """One thing to take back: edits of a document, something that was made, or a line of `.env`."""

    where: str
    title: str
    before: str = ""
    after: str = ""
    what: Edit | Made | str


class UndoOutcome(Struct, frozen=True):
    """What became of it, as for a step of setting up."""

    step: Undo
    state: str
    reason: str = ""


def undos(record: Record) -> list[Undo]:
    """Return all that can be taken back, in the order in which it must be."""
    # Agents first, then the settings: what is in use cannot be deleted.
    order = {AGENT: 0, SETTINGS: 1, TOOL: 2}
    edits = [edit for edit in record.edits if not record.is_ours(edit.document.removeprefix(TOOL))]
    edits.sort(key=lambda edit: (order[_sort(edit.document)], edit.document))
    steps = [_undo_of(edit) for edit in edits]
    for kind in ("tool", "secret", "webhook"):
        made = [one for one in reversed(record.made) if one.kind == kind]
        steps += [
            Undo(where="workspace", title=f"delete the {one.kind} {one.name}", before=one.id, after="nothing", what=one)
            for one in made
        ]
    steps += [
        Undo(where=".env", title=f"remove the secret that setup wrote into {name}", what=name) for name in record.lines
    ]
    return steps


class Remover:
    """
    Takes back what the operator agrees to.

    Args:
        has_calls: whether the log holds events: then the secret that proves them stays in `.env`.
        agree: is asked before each.
    """

    def __init__(
        self, account: Account, record: Record, folder: Path, *, has_calls: bool, agree: Callable[[Undo], bool]
    ) -> None:
        self._account, self._record, self._folder = account, record, folder
        self._has_calls, self._agree = has_calls, agree

    def take_back(self) -> Iterator[UndoOutcome]:
        """Yield what becomes of each."""
        for document, group in groupby(undos(self._record), key=_document_of):
            agreed: list[Undo] = []
            for step in group:
                if not self._agree(step):
                    yield UndoOutcome(step, DECLINED)
                elif document:
                    agreed.append(step)
                else:
                    yield self._undo(step)
            if agreed:
                yield from self._restore(document, agreed)
        write_record(self._folder, self._record)

    def _restore(self, document: str, steps: list[Undo]) -> Iterator[UndoOutcome]:
        edits = {id(step): step.what for step in steps if isinstance(step.what, Edit)}
        try:
            before = after = read_document(self._account, document)
            for edit in edits.values():
                after = taken_back(after, edit) if is_in_force(after, edit) else after
            if after != before:
                write_document(self._account, document, before, after)
            held = read_document(self._account, document)
            if kept := [edit for edit in edits.values() if edit.kind is Kind.ENTRY and is_in_force(held, edit)]:
                held = self._erase_entries(document, held, kept)
        except AccountError as error:
            is_gone = error.status == _NOT_FOUND
            for step in steps:
                if is_gone:
                    self._record.edits.remove(edits[id(step)])
                yield UndoOutcome(step, SKIPPED if is_gone else REFUSED, str(error))
            return
        for step in steps:
            edit = edits[id(step)]
            self._record.edits.remove(edit)
            yield _restored(step, edit, before, held)
        write_record(self._folder, self._record)

    def _erase_entries(self, document: str, held: Json, kept: list[Edit]) -> Json:
        """
        Take entries out of maps that an API keeps when they are merely left out of what is sent.

        Source: RFC 7396, where null removes. It is not documented whether ElevenLabs merges or replaces.
        """
        # One map after the other: that one cannot be changed so must not keep the others.
        for _, entries in groupby(kept, key=lambda edit: edit.path[:-1]):
            after = held
            for edit in entries:
                after = edited(after, msgspec.structs.replace(edit, after=None))
            with suppress(AccountError):  # then they stay, and that is said
                write_document(self._account, document, held, after)
        return read_document(self._account, document)

    def _undo(self, step: Undo) -> UndoOutcome:
        if isinstance(step.what, str):
            return self._remove_line(step, step.what)
        assert isinstance(step.what, Made)
        made = step.what
        try:
            if made.kind == "tool" and (agents := self._account.agents_with_tool(made.id)):
                return UndoOutcome(step, SKIPPED, f"still added to {', '.join(agents)}: remove it there first")
            {
                "tool": self._account.delete_tool,
                "secret": self._account.delete_secret,
                "webhook": self._account.delete_webhook,
            }[made.kind](made.id)
        except AccountError as error:
            if error.status != _NOT_FOUND:
                return UndoOutcome(step, REFUSED, str(error))
        self._record.made.remove(made)
        self._record.digests.pop(made.id, None)
        self._record.edits = [edit for edit in self._record.edits if edit.document != TOOL + made.id]
        write_record(self._folder, self._record)
        return UndoOutcome(step, DONE)

    def _remove_line(self, step: Undo, variable: str) -> UndoOutcome:
        if variable == POST_CALL_KEY and self._has_calls:
            del self._record.lines[variable]
            return UndoOutcome(step, SKIPPED, "it stays: `events verify` proves by it the calls that came in")
        path = self._folder / ".env"
        held = read_environment(path).get(variable, "").split(",")
        kept = [key for key in held if digest_of(key) != self._record.lines[variable]]
        if len(kept) == len(held):
            del self._record.lines[variable]
            return UndoOutcome(step, SKIPPED, "somebody changed it since; it stays")
        if kept:
            write_secret(path, variable, ",".join(kept))
        else:
            remove_line(path, variable)
        del self._record.lines[variable]
        write_record(self._folder, self._record)
        return UndoOutcome(step, DONE)


def _restored(step: Undo, edit: Edit, before: Json, held: Json) -> UndoOutcome:
    if not is_in_force(before, edit):
        return UndoOutcome(
            step, SKIPPED, f"somebody changed it since, to {shown(value_at(before, edit.path))}; it stays"
        )
    if is_in_force(held, edit):
        return UndoOutcome(step, REFUSED, "ElevenLabs kept it: change it in the dashboard")
    return UndoOutcome(step, DONE)


def _undo_of(edit: Edit) -> Undo:
    place = ".".join(edit.path[-2:])
    after = "not in the list" if edit.kind is Kind.MEMBER else shown(edit.before)
    return Undo(where=edit.document, title=f"set back {place}", before=shown(edit.after), after=after, what=edit)


def _document_of(step: Undo) -> str:
    return step.what.document if isinstance(step.what, Edit) else ""


def _sort(document: str) -> str:
    return next((kind for kind in (AGENT, TOOL) if document.startswith(kind)), SETTINGS)
