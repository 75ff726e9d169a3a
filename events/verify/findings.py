"""The result of a verification: one line for each fault, and the totals."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from events.log.event import Event
from events.process.terminal import count_of, printable

FindingKind = Literal[
    "altered",
    "broken chain",
    "cut",
    "damaged line",
    "extra",
    "forged",
    "missing",
    "not erased",
    "unproven",
    "unread",
    "unsigned",
]


class Finding(Struct, frozen=True, kw_only=True):
    """
    One fault.

    `position` is the event's; None where the fault belongs to no event. `path` is relative to the payload folder, with
    unprintable characters escaped.
    """

    what: FindingKind
    position: int | None
    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.what}  {self.position or '-'}  {self.path}  {self.words}"


class Totals(Struct, kw_only=True):
    """
    How much was verified, and what is no fault but worth knowing.

    `events` counts the journal's lines. `unsigned` counts, by source, the events that are no webhooks of ElevenLabs.
    `proven` of our own are signed with `LOG_KEY`, `vouched` are named by a seal, and `unproven` are neither, for there
    is no key. `heads_unchecked` counts the signatures of noted heads that were not checked, for the same reason.
    `came_meanwhile` counts the events that this run did not verify; `unread` those whose files could not be read, of
    which nothing is proven. `head` is the hash of the last line that it did verify: note it, and pass it to a later
    run.
    """

    events: int = 0
    position: int = 0
    head: str | None = None
    findings: int = 0
    are_signatures_checked: bool = True
    signed: int = 0
    unsigned: dict[str, int] = {}
    proven: int = 0
    vouched: int = 0
    unproven: int = 0
    heads_unchecked: int = 0
    erasures: int = 0
    erased: int = 0
    recordings: int = 0
    recordings_without_mp3: int = 0
    drafts: int = 0
    came_meanwhile: int = 0
    unread: int = 0

    def __str__(self) -> str:
        said = []
        if not self.are_signatures_checked:
            said.append("signatures were not checked: ELEVENLABS_POST_CALL_KEY is not set")
        else:
            said.append(f"{count_of(self.signed, 'event')} signed by ElevenLabs")
        if self.unsigned:
            sources = ", ".join(f"{source} {count}" for source, count in sorted(self.unsigned.items()))
            number = sum(self.unsigned.values())
            carry = "carries" if number == 1 else "carry"
            said.append(f"{count_of(number, 'event')} {carry} no signature of ElevenLabs: {sources}")
        said += self._own_events()
        if self.recordings or self.recordings_without_mp3:
            without = f"; {self.recordings_without_mp3} have no MP3" if self.recordings_without_mp3 else ""
            said.append(f"{count_of(self.recordings, 'MP3')} compared with their events{without}")
        if self.erased:
            said.append(f"{count_of(self.erased, 'event')} erased by intent, in {count_of(self.erasures, 'erasure')}")
        if self.drafts:
            said.append(f"{count_of(self.drafts, 'draft')} in .incoming: on their way in, or left by a crash")
        if self.came_meanwhile:
            said.append(f"{count_of(self.came_meanwhile, 'event')} came in meanwhile: for the next run")
        if self.unread:
            said.append(f"{count_of(self.unread, 'event')} could not be read: nothing is proven of them")
        said.append(f"head {self.head or 'none'} at position {self.position}")
        result = "nothing is wrong" if not self.findings else count_of(self.findings, "finding")
        said.append(f"verified {count_of(self.events, 'event')}: {result}")
        return "\n".join(said)

    def _own_events(self) -> Iterator[str]:
        if self.proven:
            yield f"{count_of(self.proven, 'event')} of our own proven: signed with LOG_KEY"
        if self.vouched:
            yield f"{count_of(self.vouched, 'event')} of our own unproven, but vouched for by a seal"
        if self.unproven:
            yield f"{count_of(self.unproven, 'event')} of our own unproven: LOG_KEY is not set"
        if self.heads_unchecked:
            yield f"{count_of(self.heads_unchecked, 'signature')} of noted heads not checked: LOG_KEY is not set"


def found(what: FindingKind, event: Event, words: str) -> Finding:
    """Return a finding about an event."""
    return Finding(what=what, position=event.receipt.position, path=printable(event.receipt.path), words=words)
