"""Removes what persons corrected of a caller who asks to be forgotten."""

from events.log.erasure import ErasureRequest
from projector.projection.erasing.keys import ErasureKeys
from projector.read_model.protocol import ReadModelWriter


class ForgottenCorrections:
    """
    The corrections that requests cover, also those that name the caller beside another one.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        keys: hash the callers.
    """

    def __init__(self, writer: ReadModelWriter, keys: ErasureKeys) -> None:
        self._writer = writer
        self._keys = keys
        self._were_removed = False

    def remove(self, request: ErasureRequest, *, before: int) -> set[str]:
        """
        Remove what was corrected of whom a request names, and return the callers whose memories that changes.

        Args:
            before: the position of the request.
        """
        corrections = self._writer.corrections
        named = [caller for caller in corrections.callers() if request.caller in self._keys.hashes_of(caller)]
        removed = {caller for caller in named if corrections.remove(caller, before=before)}
        self._were_removed |= bool(removed)
        return set(map(self._writer.merged.caller_of, removed))

    def were_removed(self) -> bool:
        """Tell, once, whether any was removed since this was asked last: a merge may be among them."""
        were, self._were_removed = self._were_removed, False
        return were
