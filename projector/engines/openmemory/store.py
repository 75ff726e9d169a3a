"""OpenMemory as the engine sees it, through the SDK or over HTTP alike."""

from typing import Any, Protocol

from msgspec import Struct


class Stored(Struct, frozen=True, kw_only=True):
    """One row as OpenMemory holds it; `id` is its own, `metadata` is what was given with it."""

    id: str
    user_id: str | None
    content: str
    metadata: dict[str, Any]


class OpenMemory(Protocol):
    """
    One OpenMemory; any thread of the process may use it.

    Every method may raise `EngineError`, and may then be tried again. A `user_id` is any text except the empty one,
    which OpenMemory would take for all users.
    """

    def check(self, *, timeout_s: float | None = None) -> None:
        """
        Make sure that OpenMemory can be used.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, after one try; None to try several times.

        Raises:
            EngineRefusedError: it cannot be used as it is set up; the message says what to do.
            EngineError: it does not answer just now.
        """

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        Add a row, and return the id of the row that holds `content` now.

        Where OpenMemory takes the content for a duplicate, it adds nothing, and the row may be another user's.

        Args:
            metadata: its `sector` becomes the row's sector.
        """

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """Return a row; None where there is none of that id."""

    def rows(self, user_id: str) -> list[Stored]:
        """Return all rows of a user that a search can find."""

    def users(self) -> set[str]:
        """Return all users who have a row."""

    def remove(self, id_: str) -> None:
        """Remove a row, if it exists."""

    def remove_all(self, user_id: str) -> None:
        """Remove all that is held of a user, as far as OpenMemory lets us."""

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        Return the ids of a user's rows that fit best, best first, each with a score from 0 to 1.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, after one try; None to try several times.
        """

    def summary(self, user_id: str) -> str:
        """Return what OpenMemory says of a user; empty where it says nothing about that user in particular."""

    def wipe(self) -> None:
        """Remove every trace of removed rows from OpenMemory's files, as far as we can."""


def check_user(user_id: str) -> None:
    """
    Do nothing, unless a user is empty.

    Raises:
        ValueError: it is: OpenMemory would add the row for all users, or list, search or remove the rows of all.
    """
    if not user_id:
        raise ValueError("OpenMemory takes an empty user for everybody")
