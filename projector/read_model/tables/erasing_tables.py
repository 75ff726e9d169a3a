"""
What a writer writes to forget callers: one protocol for each table of a read model that serves this.

Changes join the transaction that is under way. Every method may raise as `ReadModel` says.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from events.log.erasure import ErasedEvent, Erasure, ErasureRequest
from events.log.event import Event
from events.log.receipt import Place
from projector.read_model.records import KeptRequest


class Parties(Protocol):
    """Who took part in which conversation, and who is being forgotten."""

    def note(
        self, conversation_id: str, caller: str, started_at_s: int, *, position: int, is_folded: bool = True
    ) -> None:
        """
        Note that a version of a conversation was of a caller; the earliest start and the first position count.

        Not `is_folded`: an event only names the caller as a party. That counts as long as no version has a caller.
        """

    def has_caller(self, conversation_id: str) -> bool:
        """Tell whether the fold knows a caller of a conversation: its own `conversation:` key is none."""

    def rename(self, conversation_id: str, named: str, former: str, caller: str) -> None:
        """
        Note that a conversation in which somebody is named is a caller's now, and no longer a former one's.

        The caller gets the start and the position of whom the conversation names, who stays a party.
        """

    def conversations_of(self, caller: str) -> list[str]:
        """Return the conversations of a caller that are not erased, oldest first."""

    def callers(self) -> list[str]:
        """Return the callers of all conversations."""

    def in_anothers_call(self, caller: str, *, before: int, started_until_s: int) -> list[str]:
        """Return those of the conversations that `erase` would take, of which another caller's version is kept."""

    def erase(self, caller: str, request: int, *, before: int, started_until_s: int) -> int:
        """Note as erased a caller's conversations that came in before a position, or started by then; count them."""

    def held(self, conversation_ids: Iterable[str]) -> list[str]:
        """Return which of some conversations have parties."""

    def remove(self, conversation_id: str) -> int:
        """Remove the parties of a conversation, and return how many there were."""

    def begin_forgetting(self, caller: str, request: int) -> None:
        """
        Note that a caller's erased conversations are still to be removed.

        From then on no reader MUST get anything of that caller, and the caller's rows need not fit each other.
        """

    def being_forgotten(self) -> dict[str, int]:
        """Return the callers of whom erased conversations are still to be removed, each with the first request."""

    def to_forget(self, caller: str, *, limit: int) -> list[tuple[str, int]]:
        """Return erased conversations of a caller that are still to be removed, each with its request."""

    def end_forgetting(self, caller: str) -> None:
        """Note that all erased conversations of a caller are removed."""


class Filed(Protocol):
    """Where the events of the log are filed: an index, so that no erasure reads the whole journal."""

    def note(self, events: Iterable[ErasedEvent]) -> None:
        """Note where events of conversations are filed; nothing changes where that is known."""

    def note_stray(self, place: Place) -> None:
        """Note the place of an event that belongs to no conversation."""

    def conversations(self, *, after: str, limit: int) -> list[str]:
        """Return the next conversations that have events, in the order of their ids."""

    def strays(self, *, after: int, before: int, limit: int) -> list[Place]:
        """Return the next places of events that belong to no conversation, between two positions."""


class Erased(Protocol):
    """What is erased, whether an erasure lists it yet, and what is still to be removed from the log."""

    def erase(self, conversation_id: str, request: int) -> None:
        """Note that a conversation is erased for a request; the first request counts."""

    def erase_event(self, event: ErasedEvent, request: int) -> None:
        """Note that an event is to be listed by an erasure for a request; nothing changes where one lists it."""

    def unlisted(self, request: int) -> tuple[list[str], list[ErasedEvent]]:
        """Return the conversations and the events that are erased for a request, and that no erasure lists yet."""

    def request_of(self, event: Event) -> int | None:
        """Return the request for which the conversation of an event, or the same bytes of none, were erased."""

    def request_of_conversation(self, conversation_id: str) -> int | None:
        """Return the request for which a conversation was erased."""

    def has_event(self, position: int) -> bool:
        """Tell whether an erasure lists the event at a position."""

    def has_stray(self, path: str) -> bool:
        """Tell whether an event of no conversation was found to be erased, or an erasure lists it."""

    def begin_removal(self, place: Place, *, is_first: bool) -> None:
        """Note that what an erasure lists, the first of its request or a later one, is to be removed from the log."""

    def removal(self) -> Place | None:
        """Return the place of the erasure to carry out next in the log; those of late events are last."""

    def end_removal(self, position: int) -> None:
        """Note that nothing is left of what the erasure at a position lists."""


class Erasures(Protocol):
    """The requests to forget callers, what is erased for them, and what no erasure lists yet."""

    def keep_request(self, request: ErasureRequest, place: Place) -> None:
        """Keep a request; nothing changes where it is known."""

    def note_clock(self, request: int, *, received_at_s: int, latest_s: int | None, skew_s: int | None) -> None:
        """Note what the log knew of the time when it took a request; see `KeptRequest`."""

    def keep(self, erasure: Erasure) -> None:
        """Keep what an erasure accounts for; the first one of a request is its account."""

    def note_removed(self, request: int, counts: Counter[str]) -> None:
        """Note that this many rows were removed for a request, by their kind; bytes of them may be left in files."""

    def removed(self, request: int) -> Counter[str]:
        """Return how many rows were removed for a request, and are in none of its erasures yet, by their kind."""

    def removed_ever(self, request: int) -> int:
        """Return how many rows and files were removed for a request, whether an erasure lists them or not."""

    def has_account(self, request: int) -> bool:
        """Tell whether an erasure for a request is in the log."""

    def to_account(self) -> list[int]:
        """Return the requests that were searched for, and of which something is in no erasure yet."""

    def has_requests(self) -> bool:
        """Tell whether anybody ever asked to be forgotten."""

    def asked(self, position: int) -> ErasureRequest | None:
        """Return the request at a position, without its id, which is not kept; None where none was taken there."""

    def request(self, position: int) -> tuple[str, int]:
        """Return the caller's hash of a request, and when it was made (Unix seconds)."""

    def requests_of(self, caller_hash: str) -> list[KeptRequest]:
        """Return the requests to forget a caller, in their order."""

    def to_search_for(self) -> list[KeptRequest]:
        """Return the requests for which the log was not searched yet, and of which no fault is set aside."""

    def note_searched(self, request: int, unread: Sequence[int]) -> None:
        """Note that the log was searched for a request's caller, and the positions of the events that were not."""

    def unread(self, request: int) -> tuple[int, ...]:
        """Return the positions of events that could not be read for a request that has no account yet."""

    def requests_of_other_keys(self, key_ids: Iterable[str]) -> list[Place]:
        """Return the requests whose hash was made with none of these keys."""

    def is_carrying_out(self) -> bool:
        """Tell whether something is still to be done for a request, but for late events, before it can be finished."""

    def unfinished(self) -> list[int]:
        """Return the requests that have an account, and of which something may be left, though no reader gets it."""

    def accounted(self) -> list[int]:
        """Return the requests that have an account, finished or not."""

    def unfinish(self) -> None:
        """Note that words of any of them may be left after all."""

    def reopen(self, request: int) -> None:
        """Note that files that an erasure of a request lists are still there."""

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover."""
