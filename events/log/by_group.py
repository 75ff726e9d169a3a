"""What any log does with one body: it is a group of one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from events.log.draft import Draft, DraftedBody
from events.log.receipt import Receipt


class ByGroup(ABC):
    """A log that makes events by groups; keeps these promises of `EventLog` for one body."""

    @abstractmethod
    def draft(self) -> Draft:
        """See `EventLog.draft`."""

    @abstractmethod
    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """See `EventLog.publish_all`."""

    def append(self, body: bytes, *, source: str, signature: str | None = None) -> Receipt:
        """Append one body that is in memory."""
        with self.draft() as draft:
            draft.write(body)
            return self.publish(draft, source=source, signature=signature)

    def publish(
        self,
        draft: Draft,
        *,
        source: str,
        signature: str | None = None,
        came_s: float | None = None,
        on_step: Callable[[str], None] | None = None,
    ) -> Receipt:
        """Make a drafted body an event, as a group of one."""
        (outcome,) = self.publish_all([DraftedBody(draft, source, signature, came_s)], on_step=on_step)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
