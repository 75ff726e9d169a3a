"""What the servers of a log that many machines share say of themselves."""

from typing import Protocol

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


class BodyStore(Protocol):
    """
    The store in which the long bodies of a log lie, where they lie apart from it.

    `str(store)` MUST say where it is, without any secret.
    """

    def fault(self) -> str:
        """
        Look at the store, and return why it takes no long body now, and what to do; empty if it would take one.

        It MUST put nothing there. It SHOULD end within a few seconds; a folder may hang for as long as its disk does,
        so ask beside what must not.
        """


def unusable(store: BodyStore, why: str) -> str:
    """Return what an operator is told of a store that takes no long body: why, what that means, and what to do."""
    return (
        f"the body store {store} {why}: until it takes them, webhooks above 1 MiB are answered 503, and no erasure is"
        " finished. Look whether it runs and has room, and whether BODY_STORE_URL leads to it, with a key that may get,"
        " put, delete and list there"
    )
