"""
What a draft is, wherever the log is kept: a body on its way into the log.

MUST and MAY are the words of RFC 2119; `tests/contract/logs/` holds every kind of log to them.
"""

from types import TracebackType
from typing import Protocol

from msgspec import Struct

from events.log.filing import Filing

# The cap on one body where the operator sets none.
BODY_BYTES_MAX = 256 * 1024 * 1024


class Draft(Protocol):
    """
    A body that is coming in, and is no event yet.

    Leaving the `with` block MUST remove what was written of the body, also after an error; an event that was published
    from it stays. The signature of a draft may not be verified yet. So a reader MUST NOT see a draft, and a draft of
    up to 1 MiB MUST NOT take any room where the log is kept. Only one thread at a time uses a draft.
    """

    @property
    def size(self) -> int:
        """How long the body is so far, in bytes."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body so far, in lower-case hex."""

    def __enter__(self) -> "Draft": ...

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None: ...

    def write(self, chunk: bytes) -> None:
        """
        Take the next piece of the body.

        The draft MUST NOT hold more than a few MiB of a long body in memory.

        Raises:
            BodyTooLargeError: the body is above the cap; raised with the first piece that makes it so.
            LogClosedError: no room, or an I/O error. Sending the whole body again is safe.
        """

    def filing(self) -> Filing:
        """
        Return where the body, now whole, belongs.

        Looks into the body only now: a sender who is not verified yet must not make us parse anything.

        Raises:
            LogClosedError: an I/O error.
        """

    def discard(self) -> None:
        """
        Remove what was written of the body.

        MUST be idempotent, MUST NOT raise, and MUST NOT undo an event that was published from the draft. The caller
        MUST NOT discard a draft while its group is being published.
        """


class DraftedBody(Struct, eq=False):
    """
    A whole body, as a member of a group that is to be published.

    `source` says where it came from: `webhook`, `backfill`, `import`, ...; `signature` is the header that it came with.
    `came_s` is when it was whole, by the monotonic clock: a log that holds what it cannot take holds it from then on.
    None is when it is published.
    """

    draft: Draft
    source: str
    signature: str | None = None
    came_s: float | None = None


class GroupLimits(Struct, frozen=True):
    """
    How a log likes its bodies best: in how many threads at a time, and in groups of what size.

    Each of `threads` takes one `share`-th of the bodies that wait (1: all of them), and `bodies_max` at most.
    """

    threads: int
    share: int
    bodies_max: int
