"""Leaves no removed key on any server: rewrites what held it, then looks until the WAL of before is gone."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psycopg
from msgspec import Struct

from events.disk import steps
from events.postgres_log.bodies.owned import StoreAwayError
from events.postgres_log.erasing.nodes import Look, Node, nodes_of
from events.postgres_log.erasing.objects import ObjectEraser
from events.postgres_log.erasing.remnants import forget_remnants, read_remnants
from events.postgres_log.erasing.rewriting import rewrite
from events.postgres_log.schema import note_head, read_head
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections, as_os_error, commit

# Whoever wipes holds this lock; any number will do, as long as it is one.
_WIPING = 5_704_112_210_337_002

# How many segments one call fills, of 16 MiB each as a rule: a server that recycles some hundred is left to its work.
_SWITCHES_MAX = 8

# How long standbys may take for what the primary has written just now, and another process that wipes.
_FOLLOW_S, _POLL_S = 5.0, 0.05


class _Kept(Struct):
    """
    What a look at all servers has found.

    `reasons` says which may hold WAL of before, and why; `is_behind` whether one is away or behind, or cannot be seen;
    `to_fill` whether one may hold it in segments that are filled anew. `standbys` are their names.
    """

    reasons: list[str] = []
    is_behind: bool = False
    to_fill: bool = False
    standbys: set[str] = set()


class Wiper:
    """
    Wipes one log.

    What it promises rests on this. A rewritten partition has no dead row, for the server counts them. After that, WAL
    up to where it ended may hold a key: segments with such numbers must be gone from every server. A server that
    recycles may have renamed some: whatever then lies beyond the segment that is being written is waited for until it
    is overwritten, for segments are filled in the order of their numbers.
    """

    def __init__(self, connections: Connections, eraser: ObjectEraser) -> None:
        self._connections = connections
        self._eraser = eraser
        # By server, and whether it is a standby, for a promotion gives files new names, too: up to where WAL may hold
        # keys, and the last segment that may be a recycled one from before.
        self._recycled: dict[tuple[str, bool], tuple[int, int]] = {}

    def wipe(self) -> str:
        """
        Do what can be done now, and return what may still hold removed keys, for an operator; empty if nothing does.

        Raises:
            OSError: the primary cannot be reached, or waits for its standby.
        """
        return "; ".join(each for each in (self._wipe_keys(), self._wipe_objects()) if each)

    def _wipe_objects(self) -> str:
        try:
            return self._eraser.erase()
        except StoreAwayError as error:
            return f"objects of removed bodies may still be there: {error}"

    def _wipe_keys(self) -> str:
        if not self._connections.read(read_remnants):
            return ""
        try:
            with self._alone() as connection:
                if connection is None:
                    return "another process rewrites what held the keys"
                reasons = self._wipe(connection)
        except psycopg.Error as error:
            raise as_os_error(error) from error
        return "; ".join(reasons)

    @contextmanager
    def _alone(self) -> Iterator[Connection | None]:
        """Yield a connection to the primary; None while another process wipes, and does not end soon."""
        until_s = time.monotonic() + _FOLLOW_S
        with self._connections.open() as connection:
            while not (is_alone := _is_alone(connection)) and time.monotonic() < until_s:
                time.sleep(_POLL_S)
            yield connection if is_alone else None

    def _wipe(self, connection: Connection) -> list[str]:
        remnants = read_remnants(connection)
        # Without its standby no commit returns; so none of ours is to keep a partition locked meanwhile.
        _settle(connection)
        nodes = nodes_of(self._connections.url)
        if reasons := rewrite(connection, nodes, [each for each in remnants if each.ends_at is None]):
            return reasons
        numbers = {each.number for each in remnants}
        ends = [each.ends_at for each in read_remnants(connection) if each.number in numbers and each.ends_at]
        connection.rollback()
        if reasons := self._let_go(connection, nodes, max(ends, default=0)):
            return reasons
        forget_remnants(connection, remnants)
        steps.reached("remnants_forgotten")
        return []

    def _let_go(self, connection: Connection, nodes: Sequence[Node], ends_at: int) -> list[str]:
        """Have every server let go of its WAL up to a place, and return why one may not have done so."""
        self._wait_for(nodes, ends_at)
        kept = self._kept(nodes, ends_at)
        if not kept.reasons or kept.is_behind:
            # A server that is away, or behind, still needs what a checkpoint of the primary would remove.
            return kept.reasons
        may_switch = _switched(connection)
        for node in sorted(nodes, key=lambda node: node.name in kept.standbys):
            self._wait_for([node], _written(connection))
            with suppress(OSError):  # which is said by the look below
                node.checkpoint()
        steps.reached("checkpointed")
        kept = self._kept(nodes, ends_at)
        for _ in range(_SWITCHES_MAX):
            if kept.is_behind or not (kept.to_fill and may_switch):
                break
            _switched(connection)
            self._wait_for(nodes, _written(connection))
            kept = self._kept(nodes, ends_at)
        steps.reached("wal_looked_at")
        return [*kept.reasons, *_holders(connection)] if kept.reasons else []

    def _wait_for(self, nodes: Sequence[Node], place: int) -> None:
        """Wait a little until servers have replayed what the primary has written."""
        until_s = time.monotonic() + _FOLLOW_S
        for node in nodes:
            with suppress(OSError):
                while node.look().replayed < place and time.monotonic() < until_s:
                    time.sleep(_POLL_S)

    def _kept(self, nodes: Sequence[Node], ends_at: int) -> "_Kept":
        """Look at all servers for WAL from before a place."""
        looks: dict[str, Look] = {}
        kept = _Kept()
        for node in nodes:
            try:
                look = node.look()
            except OSError as error:
                kept.reasons.append(f"{node.name} cannot be asked: {error}")
                kept.is_behind = True
                continue
            looks.setdefault(look.start, look)
            if look.is_standby:
                kept.standbys.add(node.name)
        unknown = _unknown(list(looks.values()))
        for look in looks.values():
            if reason := _behind(look, ends_at):
                kept.reasons.append(f"{look.name} {reason}")
                kept.is_behind = True
            elif held := look.holding(ends_at):
                kept.reasons.append(f"{look.name} still keeps {len(held)} files of WAL of before, until a checkpoint")
            elif left := self._to_fill(look, ends_at):
                kept.reasons.append(f"{look.name} may have recycled WAL of before: {left} more segments overwrite it")
                kept.to_fill = True
        if unknown:
            kept.reasons.append(unknown)
            kept.is_behind = True
        return kept

    def _to_fill(self, look: Look, ends_at: int) -> int:
        """Return how many segments are to be filled until a server that has no old file has overwritten all."""
        assert look.segments is not None
        place, last = self._recycled.get((look.start, look.is_standby), (0, 0))
        if place != ends_at:
            last = max(look.segments, default=0)
            self._recycled[look.start, look.is_standby] = (ends_at, last)
        return max(0, last + 1 - look.current)


def _is_alone(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_WIPING]).fetchone()
    connection.commit()
    return bool(row and row[0])


def _behind(look: Look, ends_at: int) -> str:
    """Return why a server may hold removed keys, whatever WAL it keeps, or why we cannot tell; empty if neither."""
    if look.segments is None:
        return "does not show its WAL to the role of the log: GRANT pg_monitor to it"
    if look.is_standby and not look.is_following:
        return "follows no other server just now"
    if look.replayed < ends_at:
        return "has not replayed the erasure yet"
    return ""


def _settle(connection: Connection) -> None:
    """Commit a row, which waits for the standby."""
    connection.renew()
    note_head(connection, read_head(connection, is_locked=True))
    commit(connection)


def _switched(connection: Connection) -> bool:
    """Begin another segment of WAL, and return whether we may."""
    _settle(connection)  # a segment of which nothing is used would not be switched
    try:
        connection.execute("SELECT pg_switch_wal()")
        connection.commit()
    except psycopg.errors.InsufficientPrivilege:
        connection.rollback()
        return False
    steps.reached("wal_switched")
    return True


def _written(connection: Connection) -> int:
    connection.renew()  # a checkpoint may have taken longer than we wait for an answer
    row = connection.execute("SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").fetchone()
    connection.rollback()
    assert row is not None
    return int(row[0])


def _unknown(looks: Sequence[Look]) -> str:
    """Return what we do not know of the servers that take WAL; empty if we have asked all of them."""
    if len({look.cluster for look in looks}) > 1:
        return "the log's location names servers that are not each other's standbys"
    copies, asked = sum(look.copies for look in looks), sum(look.is_standby for look in looks)
    if copies > asked:
        return f"{copies - asked} servers take WAL that the log's location does not name: name every host there"
    return ""


def _holders(connection: Connection) -> list[str]:
    """Return what the primary itself says of what may hold WAL."""
    connection.renew()
    slots = [name for (name,) in connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall()]
    keep = connection.execute("SELECT setting FROM pg_settings WHERE name = 'wal_keep_size'").fetchone()
    connection.rollback()
    holders = [f"the replication slot {name}" for name in slots]
    if keep and keep[0] != "0":
        holders.append("wal_keep_size")
    return [f"the primary may keep WAL for {' and '.join(holders)}"] if holders else []
