"""Whether enough synchronous standbys have what is committed: what the primary is told to wait for, and who follows."""

import re

import psycopg
from msgspec import Struct

from events.postgres_server.bounded import Connection
from events.postgres_server.connections import InDoubtError

# `[FIRST] n (...)`, `ANY n (...)`, or a list, of which one is waited for.
# Source: PostgreSQL's documentation of `synchronous_standby_names`.
_COUNTED = re.compile(r"\s*(?:(?:FIRST|ANY)\s+)?([0-9]+)\s*\(", re.IGNORECASE)
_WAITING = ("on", "remote_apply")

_TOLD = "SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit')"
_TOLD_NOW = f"{_TOLD}, pg_conf_load_time()::text"
# Whoever may not see what others do sees that they are there, and nothing else of them.
_SEEN = f"""
{_TOLD},
(SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming'),
(SELECT count(*) FROM pg_stat_replication WHERE sync_state IS NULL),
(SELECT numbackends FROM pg_stat_database WHERE datname = current_database())
"""  # noqa: S608 - our own words


class TooFewStandbysError(psycopg.OperationalError):
    """The primary would commit before enough standbys have it. It may pass: who manages the cluster may change that."""


class Standbys(Struct, frozen=True):
    """
    How the standbys of a primary stand.

    `told` is for how many the primary waits, `in_sync` how many of those follow (None where the role may not see that),
    and `connections` how many the database has.
    """

    told: int
    in_sync: int | None
    connections: int

    def error(self, standbys_min: int) -> str:
        """Return why nothing is acknowledged now, where so many standbys must have it; empty if it would be."""
        if self.told < standbys_min:
            return too_few(self.told, standbys_min)
        if self.in_sync is not None and self.in_sync < self.told:
            return (
                f"{self.in_sync} of {self.told} synchronous standbys follow the primary: nothing is acknowledged until"
                " they do"
            )
        return ""


def standbys_told(names: str, commit: str) -> int:
    """
    Return for how many standbys a commit waits.

    Args:
        names: the setting `synchronous_standby_names`.
        commit: the setting `synchronous_commit`.
    """
    if not names.strip() or commit not in _WAITING:
        return 0
    counted = _COUNTED.match(names)
    return int(counted[1]) if counted else 1


def check_standbys(connection: Connection, standbys_min: int, *, since: str | None = None) -> str:
    """
    Check that a commit waits for enough standbys, by what the server is told now; return when it was told so.

    A manager that takes a lost standby off the list lets whoever waits for it go: so look again after a commit. It may
    have put another one on by then, and the list looks as if nothing had been: so say since when it is to be as it is.

    Args:
        since: what this returned before the commit.

    Raises:
        TooFewStandbysError: it does not.
        InDoubtError: the server read its settings anew since then, and so may have waited for nobody.
    """
    if not standbys_min:
        return ""
    row = connection.execute(_TOLD_NOW).fetchone()
    assert row is not None
    names, commit, loaded_at = row
    if (told := standbys_told(names, commit)) < standbys_min:
        raise TooFewStandbysError(too_few(told, standbys_min))
    if since is not None and loaded_at != since:
        raise InDoubtError(
            "the server read its settings anew while it committed, and may not have waited for a standby"
        )
    return str(loaded_at)


def look_at_standbys(connection: Connection) -> Standbys:
    """Return how the standbys stand."""
    row = connection.execute(_SEEN).fetchone()
    assert row is not None
    names, commit, in_sync, unseen, connections = row
    return Standbys(standbys_told(names, commit), None if unseen else in_sync, connections)


def too_few(told: int, standbys_min: int) -> str:
    """Return what is wrong, and what to do."""
    return (
        f"the primary waits for {told} synchronous standbys and DATABASE_STANDBYS is {standbys_min}: nothing is"
        " acknowledged. Set synchronous_standby_names, or DATABASE_STANDBYS=0 for a server that stands alone"
    )
