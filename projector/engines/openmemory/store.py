"""What we ask of OpenMemory, whichever way it is reached."""

from typing import Any, Protocol

from msgspec import Struct


class Stored(Struct, frozen=True, kw_only=True):
    """One memory as OpenMemory holds it; `id` is its own, `metadata` is what it was given with it."""

    id: str
    user_id: str | None
    content: str
    metadata: dict[str, Any]


class OpenMemory(Protocol):
    """
    One OpenMemory, for all threads of a process.

    Every method may raise `EngineError`, and may then be tried again. A `user_id` is any text but the empty one, for
    which OpenMemory would take everybody.
    """

    def check(self, *, timeout_s: float | None = None) -> None:
        """
        Make ready.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, asked once; None: patiently.

        Raises:
            EngineRefusedError: it cannot be used as it is set up; the words say what to do.
            EngineError: it is not there just now.
        """

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        Add a memory, and return the id of the row that holds it now.

        That may be somebody else's row, where the content was taken for a duplicate: nothing was added then.

        Args:
            metadata: its `sector` is the sector that the memory gets.
        """

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """Return a row; None where there is none."""

    def rows(self, user_id: str) -> list[Stored]:
        """Return all rows of a user that a search can find."""

    def users(self) -> set[str]:
        """Return all users of whom there is a row."""

    def remove(self, id_: str) -> None:
        """Remove a row, if it is there."""

    def remove_all(self, user_id: str) -> None:
        """Remove whatever is held of a user, as far as it can be removed."""

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        Return the rows of a user that fit best, best first, each with a score from 0 to 1.

        Args:
            timeout_s: seconds after which to give up with `EngineError`.
        """

    def summary(self, user_id: str) -> str:
        """Return what OpenMemory says of a user; nothing where it says nothing about that user."""

    def wipe(self) -> None:
        """Leave no word of removed rows in its files, as far as that is in our power."""
