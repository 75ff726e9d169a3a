"""How many calls are left that no model has read: for who looks, and decides nothing."""

import time

from projector.extracting.choosing.readable import Readable
from projector.read_model.tables.learning_tables import Questions

_EVERY_S = 1.0
# To count a million calls takes a second or so: that is done for a twentieth of the time at most.
_REST = 20.0


class Left:
    """Counts them now and then; what is known to have changed since is taken off at once."""

    def __init__(self, readable: Readable, questions: Questions) -> None:
        self._readable = readable
        self._questions = questions
        self._unread = 0
        # Of those that were counted: what is not to be asked about, and what is answered and not folded yet.
        self._refused = set[str]()
        self._answered = set[str]()
        self._at_s = 0.0

    @property
    def count(self) -> int:
        """How many are left, but for those that are given up."""
        _, given_up = self._questions.counts()
        return max(0, self._unread - given_up - len(self._refused) - len(self._answered))

    def begin(self) -> None:
        """Count anew: another generation is live, or some time has passed."""
        self._refused.clear()
        self._at_s = 0.0

    def note_refused(self, conversation_id: str) -> None:
        """Note that a call is not to be asked about, although no model has read it."""
        self._refused.add(conversation_id)

    def note_answered(self, conversation_id: str) -> None:
        """Note that a call was answered; that is folded later."""
        self._answered.add(conversation_id)

    def look(self) -> None:
        """Count again, if it is time; raises as the read model does."""
        began_s = time.monotonic()
        if began_s < self._at_s:
            return
        self._unread = self._readable.count()
        self._answered = {each for each in self._answered if not self._readable.is_folded(each)}
        self._at_s = began_s + max(_EVERY_S, _REST * (time.monotonic() - began_s))
