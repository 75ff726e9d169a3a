"""Makes drafted bodies events: one transaction for a whole group, whose commit is the commit point."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

import msgspec
import psycopg
from msgspec import Struct

from events.disk import steps
from events.errors import DamagedEventError, EventsError, JournalError, StillHeldError
from events.log.draft import DraftedBody
from events.log.proof.proofs import Proofs
from events.log.receipt import Receipt, names_of
from events.postgres_log.bodies.draft import PostgresDraft
from events.postgres_log.bodies.objects import ObjectBodies
from events.postgres_log.bodies.owned import KeyGoneError, Name, OwnedDraft, StoreAwayError, owned
from events.postgres_log.bodies.parts import put_bodies, remove_bodies
from events.postgres_log.lately import Lately
from events.postgres_log.reading import receipt_in
from events.postgres_log.schema import Head, NewLine, note_head, put_lines, read_head
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections, commit
from events.postgres_server.holding import Hold, is_held_enough
from events.postgres_server.standbys import check_standbys

# How often a group begins again because bodies were erased, or found damaged, while it waited for its turn.
_TRIES = 3

# What passes by itself: a lost connection, a server that ends, begins or has become a standby, a lock that is kept for
# too long, too many connections, a transaction that others were in the way of.
_PASSING_CLASSES = ("08", "40", "57")
_PASSING = {"25006", "53300", "55P03"}


class _Append(Struct, eq=False):
    """
    How far one body has come, and until when it is held, by the monotonic clock.

    `receipt` has no position yet, and the path that the body would get first.
    """

    body: OwnedDraft
    receipt: Receipt
    until_s: float
    committed: Receipt | None = None
    error: Exception | None = None


class _File(Struct, frozen=True):
    """Which body has a name, and the receipt of its event; None where that line is damaged."""

    sha256: str
    receipt: Receipt | None


class _BodyGoneError(Exception):
    """A body is not there: an erasure has removed it before our turn, or it was damaged, and is put there anew."""


class Publisher:
    """
    Takes groups of bodies to their receipts, for one log and any number of threads.

    `lately` says how long it took of late.

    Args:
        wait_s: how long to go on trying where no server takes events, or none answers, in seconds.
        clock: the present, as an aware UTC datetime.
        objects: where long bodies go; None is the database.
    """

    def __init__(
        self,
        connections: Connections,
        proofs: Proofs,
        *,
        wait_s: float,
        clock: Callable[[], datetime],
        objects: ObjectBodies | None = None,
    ) -> None:
        self._connections = connections
        self._objects = objects
        self._proofs = proofs
        self._wait_s = wait_s
        self.lately = Lately()
        self._clock = clock
        self._name = ""

    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """Make a group of drafted bodies events, as `EventLog.publish_all` promises."""
        now_s = time.monotonic()
        appends = [self._begin(body, now_s) for body in group]
        going = [append for append in appends if isinstance(append, _Append)]
        for some in self._apart(going):
            with self.lately.timed():
                self._publish(some, on_step or _nobody_listens)
        return [_outcome(append) for append in appends]

    def _apart(self, appends: Sequence["_Append"]) -> list[Sequence["_Append"]]:
        """Return appends that go together, in their order: an object store that is away must not fail short ones."""
        if self._objects is None:
            return [appends] if appends else []
        return [list(some) for _, some in groupby(appends, lambda append: append.body.is_long)]

    def note(self, head: Head) -> None:
        """
        Note which log is there, or check that it is still the same.

        Raises:
            JournalError: another log lies in its place, or an empty one.
        """
        if self._name and head.name != self._name:
            raise JournalError(
                "the log in the database is another one, or was emptied; if that is meant, restart this process"
            )
        self._name = self._name or head.name

    def _begin(self, body: DraftedBody, now_s: float) -> _Append | Exception:
        draft = body.draft
        assert isinstance(draft, PostgresDraft)
        try:
            filing = draft.filing()
        except EventsError as error:
            return error
        return _Append(
            owned(filing.conversation_id, draft),
            Receipt(
                position=0,
                received_at=self._clock(),
                kind=filing.kind,
                conversation_id=filing.conversation_id,
                path=filing.path,
                sha256=draft.sha256,
                size=draft.size,
                source=body.source,
                signature=body.signature,
            ),
            until_s=(now_s if body.came_s is None else body.came_s) + self._wait_s,
        )

    def _publish(self, appends: Sequence[_Append], tell: Callable[[str], None]) -> None:
        hold = Hold(min(append.until_s for append in appends), wait_s=self._wait_s)
        tries_left = _TRIES
        while True:
            for append in appends:
                append.committed = append.error = None
            try:
                work = partial(self._append, appends=appends, tell=tell, is_last=tries_left <= 0)
                self._connections.run(work, until_s=hold.try_until_s())
            except (_BodyGoneError, KeyGoneError):
                tries_left -= 1
            except (psycopg.Error, OSError) as error:
                # Whether it was committed may not be known. The same bytes find their own receipt, if they have one;
                # and that answer waits for a commit of its own, so that it stands on the standby as well.
                if not _passes(error):
                    hold.note(error)
                    _refuse(appends, hold.refusal())
                    return
                if not hold.goes_on(error):
                    _refuse(appends, hold.refusal(), is_passing=True)
                    return
            except JournalError as error:
                _refuse(appends, error)
                return
            else:
                return

    def _append(
        self, connection: Connection, *, appends: Sequence[_Append], tell: Callable[[str], None], is_last: bool
    ) -> None:
        standbys_min = self._connections.location.standbys_min
        told_at = check_standbys(connection, standbys_min)
        stored = put_bodies(connection, [append.body for append in appends], self._objects)
        tell("write")
        head = read_head(connection, is_locked=True)
        self.note(head)
        steps.reached("head_locked")
        tell("lock")
        lacking: set[Name] = stored.lacking(connection)
        if lacking and not is_last:
            remove_bodies(connection, lacking)
            connection.commit()
            raise _BodyGoneError
        for append in appends:
            if append.body.name in lacking:
                append.error = DamagedEventError(f"the database does not keep the bytes of {append.receipt.path}")
        sound = [append for append in appends if append.error is None]
        end = self._write_lines(connection, head, sound)
        # Always, also where all were known already: an event may be visible on this server and not on its standby, if
        # the server died and came back while it waited. What is committed now is there only once all before it is.
        note_head(connection, end)
        if end.position > head.position:
            connection.execute("NOTIFY elaoms_log")
        steps.reached("head_noted")
        commit(connection)
        check_standbys(connection, standbys_min, since=told_at)
        self.note(end)
        tell("commit")

    def _write_lines(self, connection: Connection, head: Head, appends: Sequence[_Append]) -> Head:
        """Give each body its receipt, write those that are new, and return where the log ends with them."""
        files = _files(connection, appends)
        lines: list[NewLine] = []
        for append in appends:
            path = _path_for(append.receipt, files)
            if path is None:
                append.error = DamagedEventError(f"{append.receipt.path} and its other versions are other bytes'")
                continue
            known = files[path].receipt if path in files else None
            if known is not None and self._proofs.believes(known):
                append.committed = known
                continue
            receipt = self._receipt(append.receipt, path, head)
            line = receipt.line()
            head = head.after(line)
            lines.append(NewLine(receipt, head.line_offset, line))
            files[path] = _File(receipt.sha256, receipt)
            append.committed = receipt
        put_lines(connection, lines)
        steps.reached("lines_written")
        return head

    def _receipt(self, drafted: Receipt, path: str, head: Head) -> Receipt:
        receipt = msgspec.structs.replace(drafted, path=path, position=head.position + 1, previous=head.line_sha256)
        return self._proofs.keys.signed(receipt) if receipt.is_our_own else receipt


def _files(connection: Connection, appends: Sequence[_Append]) -> dict[str, _File]:
    """Return what has the names already that the bodies may get."""
    found = connection.execute(
        "SELECT path, sha256, line FROM elaoms.files LEFT JOIN elaoms.events USING (position) WHERE path = ANY(%s)",
        [[path for append in appends for path in names_of(append.receipt)]],
    )
    return {path: _File(sha256, _receipt_of(path, sha256, line)) for path, sha256, line in found}


def _receipt_of(path: str, sha256: str, line: str | None) -> Receipt | None:
    receipt = None if line is None else receipt_in(line.encode())
    return receipt if receipt is not None and (receipt.path, receipt.sha256) == (path, sha256) else None


def _path_for(receipt: Receipt, files: dict[str, _File]) -> str | None:
    """Return the name under which the same bytes are there, else the first free one; None where there is neither."""
    paths = list(names_of(receipt))
    same = (path for path in paths if path in files and files[path].sha256 == receipt.sha256)
    return next(same, None) or next((path for path in paths if path not in files), None)


def _refuse(appends: Sequence[_Append], failure: Exception, *, is_passing: bool = False) -> None:
    """Refuse a group; where what stands in the way may pass, give back whom there is time to hold on."""
    for append in appends:
        is_over = not is_passing or is_held_enough(append.until_s)
        append.committed, append.error = None, failure if is_over else StillHeldError(str(failure))


def _passes(error: psycopg.Error | OSError) -> bool:
    """Return whether an error may pass by itself: then the group is held rather than refused."""
    if isinstance(error, OSError):
        return isinstance(error, StoreAwayError)
    state = error.sqlstate
    if state is None:  # the connection, not a statement
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state in _PASSING or state.startswith(_PASSING_CLASSES)


def _outcome(append: _Append | Exception) -> Receipt | Exception:
    if isinstance(append, Exception):
        return append
    if append.error is not None:
        return append.error
    assert append.committed is not None
    return append.committed


def _nobody_listens(_: str) -> None:
    pass
