"""What the servers of a log that many machines share say of themselves."""

from msgspec import Struct


class Servers(Struct, frozen=True, kw_only=True):
    """
    How the servers of a log stand.

    `error` is why no event is acknowledged now, in words for an operator; empty if they would acknowledge one.
    `standbys_min` is how many synchronous standbys must have an event first, and `standbys_in_sync` how many of them
    follow; None where the role may not see that. `connections` is how many the database has, of whoever.
    `longest_append_s` is how long the slowest append of this process took within the last minute, in seconds.
    """

    error: str
    standbys_min: int
    standbys_in_sync: int | None
    connections: int
    longest_append_s: float
