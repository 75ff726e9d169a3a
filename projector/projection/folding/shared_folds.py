"""Folds callers who wait, beside other projectors that do the same: each caller is folded by who takes the mark."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from events.disk import steps
from events.log.event import DamagedLine, Event
from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import masked
from projector.errors import ProjectionStoppedError
from projector.projection.faults import THE_WORLDS, describe_our_fault
from projector.projection.folding.refold import Refolder
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.sharing_tables import Mark, Sharing

logger = get_logger("projection")
# As many as are folded in a tenth of a second: who needs to be alone waits for that long.
_CALLERS = 5


class SharedFolds:
    """
    Folds who waits in one generation.

    Args:
        writer: the generation, open for writing.
        sharing: of the same generation.
        refolder: folds into it.
        transaction: makes the writes of a block one, as the projection of events does; takes what begins it.
        on_fault: receives the place and the conversation of the newest call of who cannot be folded, and why.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        sharing: Sharing,
        refolder: Refolder,
        transaction: Callable[[Callable[[], AbstractContextManager[None]]], AbstractContextManager[None]],
        *,
        on_fault: Callable[[Place, str, str], None],
    ) -> None:
        self._writer = writer
        self._sharing = sharing
        self._refolder = refolder
        self._transaction = transaction
        self._on_fault = on_fault
        # How many are folded one by one, to learn which of some cannot be.
        self._singly = 0
        self._were_left = False

    def is_waiting(self) -> bool:
        """Tell whether anybody waits, or is being folded by another projector."""
        is_waiting = self._sharing.may_have_left() and self._sharing.marks.waiting() > 0
        self._were_left |= is_waiting
        return is_waiting

    def were_left(self) -> bool:
        """Tell, once, whether anybody was seen waiting since this was asked last."""
        were, self._were_left = self._were_left, False
        return were

    def join(self) -> None:
        """Have who takes know that this process folds, too."""
        self._sharing.join()

    def fold_some(self) -> int:
        """
        Fold a few callers, and return how many were taken: none where nobody waits whom others have not taken.

        A caller who cannot be folded is set aside, and stops no other one.

        Raises the world's faults, as `Projection` does, and then nothing has changed; and what went wrong with a caller
        in a replay, which must not go on without that one.
        """
        if not self._sharing.marks.waiting():
            return 0
        marks: list[Mark] = []
        try:
            with self._transaction(self._sharing.folding):
                marks = self._sharing.marks.take_some(limit=1 if self._singly else _CALLERS)
                steps.reached("callers_taken")
                self._refolder.fold_marked(marks)
                steps.reached("callers_folded")
        except (*THE_WORLDS, ProjectionStoppedError):
            raise
        except Exception as error:
            if any(mark.is_first for mark in marks):
                raise
            if len(marks) == 1:
                self._set_aside(marks[0].caller, error)
            else:
                self._singly = len(marks) + 1
        self._singly = max(self._singly - 1, 0)
        return len(marks)

    def aside(self, event: Event | DamagedLine) -> list[str]:
        """Return the caller of the call of an event, if that one was set aside."""
        id_ = event.receipt.conversation_id if isinstance(event, Event) else None
        kept = self._writer.calls.get(id_) if id_ is not None else None
        return [kept.caller] if kept is not None and self._sharing.marks.is_aside(kept.caller) else []

    def _set_aside(self, caller: str, error: Exception) -> None:
        logger.error("fold_failed", caller=masked(caller), exc_info=error)
        with self._transaction(self._sharing.folding):
            is_aside = self._sharing.marks.set_aside(caller)
            for kept in self._writer.calls.of(caller)[-1:] if is_aside else []:
                self._on_fault(kept.place, kept.conversation_id, describe_our_fault(error))
