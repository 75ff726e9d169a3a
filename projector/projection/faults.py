"""Whose fault an error is: the world's, for which the projector waits, or ours, which is listed with its event."""

from collections.abc import Callable

import msgspec

from events.errors import EventsError, LogClosedError
from events.log.event import DamagedLine, Event
from events.log.filing import TRANSCRIPTION
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.errors import EngineError, ProjectorError, ReadModelBusyError, ReadModelDamagedError
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")
# The position is held, and the same events are projected again later.
THE_WORLDS = (OSError, EngineError, LogClosedError, ReadModelBusyError, ReadModelDamagedError)


def describe_our_fault(error: Exception) -> str:
    """Return what the list of faults says of an event that our own code failed on: no word of the error itself."""
    return f"{type(error).__name__} in our own code, see the log; a later release may fold it"


class FaultRecorder:
    """
    Lists the faults of one generation; each joins the transaction that is under way.

    Args:
        writer: the generation, open for writing.
        clock_s: the present in Unix seconds; only for when to try again.
    """

    def __init__(self, writer: ReadModelWriter, clock_s: Callable[[], float]) -> None:
        self._writer = writer
        self._clock_s = clock_s

    def try_event(self, event: Event | DamagedLine, project: Callable[[Event], None]) -> None:
        """Project an event, or list what is wrong with it; raises the world's faults."""
        if isinstance(event, DamagedLine):
            self.record(event.place, "journal", None, "this line of the journal is no receipt", is_final=True)
            return
        receipt = event.receipt
        if not event.is_chained:
            # Said and listed, but the event is projected: its file is proven by its receipt.
            message = "the journal does not chain here: lines before this one were changed or removed"
            self.record(event.place, receipt.kind, receipt.conversation_id, message, is_final=True)
        try:
            project(event)
        except THE_WORLDS:
            raise
        except (msgspec.MsgspecError, EventsError, ProjectorError, RecursionError) as error:
            self.record_event(event, str(error))
        except Exception as error:
            logger.exception("event_failed", position=event.place.position)
            self.record_event(event, describe_our_fault(error))

    def record_event(self, event: Event, error: str) -> None:
        """List an event."""
        self.record(event.place, event.receipt.kind, event.receipt.conversation_id, error)

    def record_erasure(self, place: Place, kind: str, error: str) -> None:
        """List a request or an erasure of which a part is still to be done."""
        self.record(place, kind, None, error)

    def record_call(self, place: Place, conversation_id: str, error: str) -> None:
        """List the event of a call that cannot be folded."""
        self.record(place, TRANSCRIPTION, conversation_id, error)

    def record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, is_final: bool = False
    ) -> None:
        """List one more failed attempt; see `Faults.record`."""
        now_s = int(self._clock_s())
        self._writer.faults.record(place, kind, conversation_id, error, now_s=now_s, is_final=is_final)
        logger.warning("event_set_aside", position=place.position, conversation_id=conversation_id, error=error)
