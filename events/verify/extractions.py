"""Verifies that the call of each extraction is there: the very bytes that the model read."""

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from events.errors import EventsError
from events.log.event import Event
from events.log.filing import TRANSCRIPTION
from events.log.ours.extraction import is_extraction, read_extraction
from events.verify.findings import Finding, found


class Extractions:
    """Looks for the transcription of each extraction; it may come after its extraction."""

    def __init__(self) -> None:
        self._transcriptions: set[bytes] = set()
        self._waiting: dict[bytes, list[Event]] = {}

    def check(self, event: Event) -> Iterator[Finding]:
        """
        Take in an event; yield what is wrong with an extraction that cannot be read.

        One that is gone or altered is named by whoever looks at the files.
        """
        receipt = event.receipt
        if receipt.kind == TRANSCRIPTION:
            with suppress(ValueError):  # an altered line of the journal, which whoever looks at the files names
                sha256 = bytes.fromhex(receipt.sha256)
                self._transcriptions.add(sha256)
                self._waiting.pop(sha256, None)
        elif is_extraction(receipt):
            try:
                read = read_extraction(event)
                wanted = bytes.fromhex(read.transcription_sha256)
            except (EventsError, OSError):
                return
            except (msgspec.MsgspecError, ValueError, UnicodeError):
                yield found("altered", event, "is no extraction that this release can read")
                return
            if read.conversation_id != receipt.conversation_id:
                yield found("altered", event, "speaks of another conversation than its receipt")
            elif wanted not in self._transcriptions:
                self._waiting.setdefault(wanted, []).append(event)

    def missing(self) -> Iterator[Finding]:
        """Yield a finding for each extraction whose transcription never came."""
        for sha256, events in self._waiting.items():
            for event in events:
                yield found("missing", event, f"the transcription that it was made from is not there: {sha256.hex()}")
