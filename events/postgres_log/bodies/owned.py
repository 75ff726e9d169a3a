"""A body on its way into a log in PostgreSQL, by what it is called there; and what may come between."""

from msgspec import Struct

from events.postgres_log.bodies.draft import PostgresDraft
from events.postgres_log.bodies.keys import owner_of
from events.postgres_log.bodies.sealing import PART_BYTES

# (owner, SHA-256 of the whole): what a body is called here. The same bytes may be two owners', each with its own key.
Name = tuple[str, str]


class KeyGoneError(Exception):
    """
    A body is not to be put where it was being put: an erasure has removed its key, or another writer chose otherwise.

    Putting the body there again is safe.
    """


class StoreAwayError(OSError):
    """The object store of bodies cannot be reached, refuses, or is not this log's. A retry is safe."""


class AnotherStoreError(StoreAwayError):
    """The object store of bodies is not the one in which this log's lie. A retry helps once that is mended."""


class OwnedDraft(Struct, frozen=True):
    """A body on its way, and whose key seals it."""

    owner: str
    draft: PostgresDraft

    @property
    def name(self) -> Name:
        """What it is called."""
        return self.owner, self.draft.sha256

    @property
    def is_long(self) -> bool:
        """Whether it is of more parts than one."""
        return self.draft.size > PART_BYTES

    def rows(self) -> int:
        """Return of how many parts it is made; an empty body has one."""
        return max(1, -(-self.draft.size // PART_BYTES))


def owned(conversation_id: str | None, draft: PostgresDraft) -> OwnedDraft:
    """Return a draft with its owner."""
    return OwnedDraft(owner_of(conversation_id, draft.sha256), draft)
