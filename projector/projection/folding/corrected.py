"""What persons corrected of a caller, as the fold of facts takes it."""

from collections.abc import Iterable, Iterator

from events.log.correction import Correction, read_correction_body
from projector.domain.facts.told_facts import Settled
from projector.read_model.records import KeptCorrection


class Corrected:
    """
    The corrections of one caller that count: all but those that a later one undoes.

    Args:
        kept: all of them, in the order of the log.
    """

    def __init__(self, kept: Iterable[KeptCorrection]) -> None:
        read = {each.position: read_correction_body(each.body) for each in kept}
        undone = {each.undoes for each in read.values() if each.action == "undo"}
        self._standing = {position: each for position, each in read.items() if position not in undone}

    @property
    def settled(self) -> Settled:
        """The facts that are wrong, and those that are done."""
        return Settled(
            dropped=frozenset(each.memory_id for each in self._of("drop")),
            resolved={each.memory_id: each.at_s for each in self._of("resolve")},
        )

    @property
    def values(self) -> dict[str, Correction]:
        """The values that count above all others, by their attribute; the last one in the log counts."""
        return {each.attribute: each for each in self._of("correct")}

    def _of(self, action: str) -> Iterator[Correction]:
        return (each for _, each in sorted(self._standing.items()) if each.action == action)
