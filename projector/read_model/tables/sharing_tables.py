"""
What several projectors share of one generation: callers whose memories wait to be folded, by whichever of them.

One projector at a time takes the log's events, and marks whom they concern. All of them fold who is marked.
"""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct


class Mark(Struct, frozen=True):
    """
    What is to be folded of one caller.

    Args:
        is_whole: whether all calls are; else those of `added`, whose conversations are new.
        is_corrected: whether a person corrected something.
        is_first: whether nothing but the calls was written of the caller so far, as in a replay.
    """

    caller: str
    is_whole: bool = False
    added: tuple[str, ...] = ()
    is_corrected: bool = False
    is_first: bool = False


class Marks(Protocol):
    """The callers who wait; but for `waiting`, each method joins the transaction that is under way."""

    def put_all(self) -> None:
        """Mark everybody who has called, but for who is being forgotten, to be folded for the first time."""

    def take(self, callers: Collection[str]) -> list[Mark]:
        """Remove the marks of some callers, and return them; MUST NOT run beside others who fold."""

    def take_some(self, *, limit: int) -> list[Mark]:
        """
        Remove some marks that nobody else has taken, and return them; none of a caller who is being forgotten.

        Where the transaction is undone, or its process dies, they are there again.
        """

    def set_aside(self, caller: str) -> bool:
        """
        Note that a caller cannot be folded: the mark waits for the caller's next event, or for a retry.

        Returns False where somebody else has noted that, or folded the caller after all.
        """

    def is_aside(self, caller: str) -> bool:
        """Tell whether a caller was set aside."""

    def waiting(self) -> int:
        """Return how many callers wait, those whom another projector is folding among them; none that is set aside."""


class Sharing(Protocol):
    """
    How several projectors work on one generation at once.

    A transaction of `ReadModelWriter` keeps all others out. `is_alone` tells whether the one under way does.
    """

    @property
    def is_alone(self) -> bool: ...
    @property
    def marks(self) -> Marks: ...
    def taking(self) -> AbstractContextManager[None]:
        """Make the writes of a block one, as `ReadModelWriter.transaction` does, while others fold."""

    def folding(self) -> AbstractContextManager[None]:
        """Make the writes of a block one, while others fold and one takes; fold whom `Marks.take_some` gives alone."""

    def be_alone(self) -> None:
        """Wait for all who fold, and keep them out until the end of the transaction that is under way."""

    def leave(self, marks: Iterable[Mark]) -> None:
        """
        Mark callers whose calls the transaction under way has changed; it waits for who folds one of them.

        MUST come last: what is read of a caller before it may be older than what a fold has written.
        """

    def may_have_left(self) -> bool:
        """Tell whether any mark may be there. Only who takes, or replays, leaves some: asked there, it costs little."""

    def join(self) -> None:
        """Have who takes know that another projector folds, until the generation is closed."""

    def has_company(self) -> bool:
        """Tell whether another projector folds."""
