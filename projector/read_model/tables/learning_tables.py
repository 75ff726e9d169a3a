"""
What a writer writes of what calls teach: one protocol for each table of a read model that serves this.

Changes join the transaction that is under way. Every method may raise as `ReadModel` says.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from events.log.ours.agent_profile import AgentProfile
from projector.read_model.asked import Batch, BatchedCall, Held, Unanswered
from projector.read_model.records import (
    AgentMet,
    KeptCorrection,
    KeptExtraction,
    KeptGroup,
    KeptProfile,
    KeptValue,
    SaidRow,
)


class ReadExtractions(Protocol):
    """Which calls models have read, for who only reads that."""

    def newest_unread(self, prompt_version: int, *, limit: int | None = None) -> list[str]:
        """
        Return the newest calls that no model has read as they are, by this version of the prompt or a later one.

        All of them without a limit. Only calls in which somebody said something. MUST look at no body of a call.
        """

    def unread_count(self, prompt_version: int) -> int:
        """Return how many calls `newest_unread` would return without a limit."""

    def is_read(self, conversation_id: str, transcription_sha256: str, prompt_version: int) -> bool:
        """Tell whether a model has read a version of a call, by this version of the prompt or a later one."""


class Extractions(Protocol):
    """What models said of calls, also of calls that are not kept yet."""

    def put(self, extraction: KeptExtraction) -> None:
        """Keep an extraction; nothing changes where it is kept already."""

    def best(self, conversation_id: str, transcription_sha256: str) -> KeptExtraction | None:
        """
        Return the extraction of a version of a call that counts; None where there is none.

        It is the one with the greatest (prompt version, second of its end, hash) of those that may count.
        """

    def has(self, caller: str) -> bool:
        """Tell whether there is an extraction of any kept call of a caller, whatever version it read."""

    def is_there(self, conversation_id: str) -> bool:
        """Tell whether there is an extraction of any version of a call; MUST cost the same for any call."""

    def remove(self, conversation_id: str) -> int:
        """Remove the extractions of a conversation, and return how many there were."""


class Corrections(Protocol):
    """What persons corrected of callers, by the positions of the events."""

    def put(self, correction: KeptCorrection) -> None:
        """Keep a correction; nothing changes where it is kept already."""

    def of(self, caller: str) -> list[KeptCorrection]:
        """Return the corrections of a caller, in the order of the log."""

    def joining(self) -> list[KeptCorrection]:
        """Return what says who is one person, of all callers, in the order of the log."""

    def callers(self) -> list[str]:
        """Return whom corrections name, in the order of their keys."""

    def remove(self, caller: str, *, before: int) -> int:
        """Remove the corrections before a position that name a caller, and return how many there were."""


class Agents(Protocol):
    """What ElevenLabs said of agents, by the positions of the events; no row is about a caller."""

    def put(self, profile: KeptProfile) -> None:
        """Keep a profile; nothing changes where it is kept already."""

    def last(self, agent_id: str) -> KeptProfile | None:
        """Return the profile of an agent with the greatest position; None where there is none."""


class KnownAgents(Protocol):
    """What a reader is told of agents."""

    def agents(self) -> list[AgentMet]:
        """Return the agents that had a call, in the order of their ids; MUST cost no more where each had more calls."""

    def agent_profile(self, agent_id: str | None) -> AgentProfile | None:
        """Return what ElevenLabs last said of an agent; None for one of whom it never did, and for no agent."""


class Merged(Protocol):
    """Keys that are another caller's too, because a person said so."""

    def caller_of(self, key: str) -> str:
        """Return under which caller a key is remembered: mostly the key itself."""

    def keys_of(self, caller: str) -> list[str]:
        """Return all keys of a caller, the caller's own first."""

    def all(self) -> dict[str, str]:
        """Return the caller of each key that is another caller's."""

    def replace(self, callers: Mapping[str, str]) -> None:
        """Hold exactly these keys, each with its caller."""


class SaidTable(Protocol):
    """What was said of callers, statement by statement; a group is what values are compared within."""

    def replace(self, caller: str, conversation_id: str, rows: Sequence[SaidRow]) -> None:
        """Hold exactly these statements of a conversation."""

    def of_conversation(self, caller: str, conversation_id: str) -> list[SaidRow]:
        """Return the statements of a conversation in their order."""

    def of_group(self, caller: str, group: str) -> list[bytes]:
        """Return the statements of a group, in the order of their conversations' ids."""

    def of_call(self, caller: str, group: str, conversation_id: str) -> list[bytes]:
        """Return what one conversation says in a group; MUST cost the same however many there are."""

    def groups(self, caller: str) -> list[str]:
        """Return the groups of a caller, in order."""

    def forget(self, caller: str) -> None:
        """Hold nothing of a caller any more."""


class Histories(Protocol):
    """
    How far groups of facts are folded, and what is kept of their values.

    What is kept of one value MUST be found at a cost that does not grow with how many there are.
    """

    def is_there(self, caller: str) -> bool:
        """Tell whether any group of a caller is folded; MUST cost the same for any caller."""

    def groups(self, caller: str) -> list[str]:
        """Return the groups of a caller that are folded, in order."""

    def groups_of(self, caller: str, person: int, attribute: str) -> list[str]:
        """Return the groups of one attribute that one person who calls told of, in order."""

    def get(self, caller: str, group: str) -> KeptGroup | None:
        """Return how far a group is folded; None where it is not."""

    def put(self, caller: str, group: KeptGroup, values: Sequence[KeptValue]) -> None:
        """Note how far a group is folded, and those of its values that have changed."""

    def value(self, caller: str, group: str, value: str) -> bytes | None:
        """Return what is kept of a value of a group, by its key; None where nothing is."""

    def current(self, caller: str, group: str) -> list[bytes]:
        """Return what is kept of the values of a group that are so now, in the order of their keys."""

    def current_with(self, caller: str, group: str, parts: Sequence[str]) -> list[bytes]:
        """Return those of `current` whose words hold one of some parts; MUST read no more of the others than words."""

    def remove(self, caller: str, group: str) -> None:
        """Keep nothing of a group any more."""

    def forget(self, caller: str) -> None:
        """Keep nothing of a caller any more."""


class Batches(Protocol):
    """The batches of questions that are out at a vendor. Each method is a transaction of its own."""

    def put(self, batch: Batch, calls: Sequence[BatchedCall]) -> None:
        """Note a batch that was submitted; MUST be durable once this returns: nobody pays for it twice."""

    def all(self) -> list[Batch]:
        """Return the batches that are out, the oldest first."""

    def of(self, conversation_id: str, transcription_sha256: str) -> list[Batch]:
        """Return the batches that ask about a version of a call; MUST cost the same however many are out."""

    def calls(self, batch: str) -> list[BatchedCall]:
        """Return the calls of a batch that nothing has come of yet."""

    def conversations(self) -> list[str]:
        """Return the ids of all calls that are out."""

    def counts(self) -> tuple[int, int]:
        """Return how many batches are out, and how many calls in them."""

    def tokens(self) -> int:
        """Return about how many tokens the batches that are out cost, in and out."""

    def remove_call(self, batch: str, conversation_id: str) -> None:
        """Note that something has come of a call of a batch."""

    def remove(self, batch: str) -> None:
        """Keep nothing of a batch any more."""

    def forget(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return False where a reader is in the way, and bytes are left."""


class Questions(Protocol):
    """
    What is kept of questions to models, beside the generations and whatever becomes of them.

    Each method is a transaction of its own. Another process MAY read, and MAY call `ask_again`, at any time.
    """

    @property
    def batches(self) -> Batches:
        """The batches that are out."""
        ...

    def of(self, conversation_id: str) -> Unanswered | None:
        """Return what is noted of a call that a model had no answer for; None where nothing is."""

    def all(self) -> list[Unanswered]:
        """Return what is noted of all calls, by their ids."""

    def due(self, now_s: float, *, limit: int) -> list[Unanswered]:
        """Return the calls that are to be asked about again by now, those that have waited longest first."""

    def counts(self) -> tuple[int, int]:
        """Return how many calls are noted, and how many of them are not asked about any more."""

    def put(self, unanswered: Unanswered) -> None:
        """Note a call that a model had no answer for, in place of what was noted before."""

    def remove(self, *conversation_ids: str) -> bool:
        """Keep nothing of some calls any more; return False where a reader is in the way, and bytes are left."""

    def ask_again(self, conversation_id: str | None, *, now_s: float) -> int:
        """
        Have a call asked about now, as if for the first time; None: all that are noted, and whoever is held.

        Returns:
            how many calls these are.
        """

    def held(self, role: str) -> Held | None:
        """Return since when, and why, a provider is not asked any more; None where it is asked."""

    def hold(self, role: str, held: Held | None) -> None:
        """Note that a provider is not asked any more; None: that it is."""

    def spent(self, day: str) -> int:
        """Return how many tokens were spent on a day, in and out."""

    def spend(self, day: str, tokens: int) -> None:
        """Note tokens that were spent on a day, and forget other days."""

    def add(self, name: str, count: int) -> None:
        """Count something, for ever."""

    def totals(self) -> dict[str, int]:
        """Return all that was counted, by its name."""

    def close(self) -> None:
        """Close it."""
