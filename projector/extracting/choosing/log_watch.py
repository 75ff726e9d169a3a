"""What the log says and the memories do not know yet: new calls, answers, and who is to be forgotten."""

from collections import deque
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.log.erasure import CallerHashes, ErasureRequest, is_ours, read_erasure
from events.log.event import Event
from events.log.ours.extraction import is_extraction, read_extraction
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.spellings import spellings

logger = get_logger("projection")
# What was asked about: a call, and the hash of its webhook.
Version = tuple[str, str]


class _Request(Struct, frozen=True):
    """A request to forget somebody that the memories may not have met yet; None where it cannot be read."""

    position: int
    read: ErasureRequest | None


class LogWatch:
    """
    Reads the log from the place on up to which a generation is folded.

    Answers are noted for as long as this lives: a generation may be behind for hours, and no call is paid for twice.

    Args:
        model: whose answers alone are noted, also as `model`; None for those of any.
    """

    def __init__(self, log: EventLog, *, model: str | None = None) -> None:
        self._log = log
        self.model = model
        self._place: Place | None = None
        self._size = -1
        self._new = deque[tuple[int, str]]()
        self._answered = dict[Version, int]()
        self._requests: list[_Request] = []
        self._hashes: CallerHashes | None = None

    @property
    def answered_count(self) -> int:
        """How many answers are noted."""
        return len(self._answered)

    def begin(self, place: Place | None) -> None:
        """Begin where a generation ends; what was answered since this lives stays noted."""
        self._place, self._size = place, -1
        self._new.clear()
        self._requests.clear()

    def look(self) -> None:
        """
        Take in what was appended since the last look.

        Raises:
            PositionError: the log was restored or cut; begin again at another place.
            OSError, JournalError: it cannot be read now.
        """
        if (size := self._log.size()) == self._size:
            return
        for event in self._log.read(self._place):
            self._place = event.place
            if isinstance(event, Event):
                self._take(event)
        self._size = size

    def new_calls(self, until: int) -> Iterator[str]:
        """Yield, once, the conversations of events that are folded by now, those up to a position."""
        while self._new and self._new[0][0] <= until:
            yield self._new.popleft()[1]

    def note_answered(self, version: Version, prompt_version: int) -> None:
        """Note that an answer to a version of a call was appended."""
        self._answered[version] = max(prompt_version, self._answered.get(version, prompt_version))

    def is_answered(self, version: Version, prompt_version: int) -> bool:
        """Tell whether an answer to this version of the prompt, or to a later one, was appended."""
        return self._answered.get(version, -1) >= prompt_version

    def is_to_be_forgotten(self, callers: Iterable[str], folded: int) -> bool:
        """
        Tell whether a request names one of some callers, though it is not folded yet; in doubt it does.

        Args:
            folded: up to which position the memories know all requests.
        """
        self._requests = [request for request in self._requests if request.position > folded]
        return any(self._names(request.read, caller) for request in self._requests for caller in callers)

    def _take(self, event: Event) -> None:
        receipt = event.receipt
        if is_extraction(receipt):
            self._take_extraction(event)
        elif is_ours(receipt):
            self._take_erasure(event)
        elif receipt.conversation_id is not None:
            self._new.append((event.place.position, receipt.conversation_id))

    def _take_extraction(self, event: Event) -> None:
        try:
            if self._log.proofs.why_not(event) is None:
                read = read_extraction(event)
                if self.model is None or self.model in {read.requested_model, read.model}:
                    self.note_answered((read.conversation_id, read.transcription_sha256), read.prompt.version)
        except (EventsError, msgspec.MsgspecError, OSError) as error:  # erased since, or damaged: the projector says so
            logger.debug("extraction_not_read", position=event.place.position, reason=str(error))

    def _take_erasure(self, event: Event) -> None:
        read = None
        try:
            if self._log.proofs.why_not(event) is not None:
                return
            if not isinstance(read := read_erasure(event), ErasureRequest):
                return
        except (EventsError, msgspec.MsgspecError, OSError) as error:
            logger.debug("erasure_not_read", position=event.place.position, reason=str(error))
            read = None
        self._requests.append(_Request(event.place.position, read))

    def _names(self, request: ErasureRequest | None, caller: str) -> bool:
        if request is None:
            return True
        try:
            if self._hashes is None or self._hashes.key_id != request.key_id:
                self._hashes = self._log.caller_hashes()
        except (EventsError, OSError):
            return True
        if self._hashes.key_id != request.key_id:
            return True
        return any(self._hashes.of(spelling) == request.caller for spelling in spellings(caller))
