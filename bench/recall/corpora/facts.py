"""What a reader of the phone calls would note as facts: one file in `phone_facts/` for each caller, written by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from bench.recall.corpora.conversations import Call
from bench.recall.corpora.phone import GoldError

FOLDER = Path(__file__).parent / "phone_facts"


class GoldFact(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One fact that a call teaches, as a careful reader would note it.

    `call` counts from 1, `turn` is the index in its transcript, and `quote` stands in that turn: of the caller, or, for
    a promise, of the agent. `about` is `caller`, or whoever the call names. `values` and `contents` each say the same
    twice, in other words. `supersedes` is the value of an earlier fact of the same attribute that is no longer so from
    this one on, `ends` that of the fact that a statement of status `ended` closes.
    """

    call: int
    turn: int
    quote: str
    about: str
    attribute: str
    values: tuple[str, str]
    contents: tuple[str, str]
    category: Literal["factual", "preference", "issue", "emotional", "relational", "promise"]
    importance: int
    sensitive: Literal["health", "money", "credentials", "third_party", "none"]
    status: Literal["current", "past", "ended", "planned"] = "current"
    confirms_turn: int | None = None
    supersedes: str | None = None
    ends: str | None = None

    def statement(self, wording: int) -> dict[str, str | int | float | None]:
        """
        Return the fact as a model would state it.

        Args:
            wording: 0 or 1.
        """
        return {
            "reason": "The caller says so.",
            "category": self.category,
            "about": self.about,
            "attribute": self.attribute,
            "value": self.values[wording],
            "content": self.contents[wording],
            "status": self.status,
            "valid_from": None,
            "valid_to": None,
            "importance": self.importance,
            "confidence": 0.9,
            "quote": self.quote,
            "turn": self.turn,
            "confirms_turn": self.confirms_turn,
            "sensitive": self.sensitive,
        }


class _Gold(Struct, forbid_unknown_fields=True):
    facts: list[GoldFact]


def load(calls: Sequence[Call], folder: Path = FOLDER) -> dict[str, list[GoldFact]]:
    """
    Return the facts of each caller of the phone calls that has any, by the name of their file.

    Args:
        calls: those of `phone.load`.

    Raises:
        GoldError: a quote does not stand in its turn, or a fact takes the place of one that is not there.
    """
    conversations = {call.conversation_id: call for call in calls}
    found = {}
    for path in sorted(folder.glob("*.json")):
        facts = msgspec.json.decode(path.read_bytes(), type=_Gold).facts
        for fact in facts:
            _check(path.stem, fact, facts, conversations)
        found[path.stem] = facts
    return found


def conversation_of(name: str, fact: GoldFact) -> str:
    """Return the conversation that teaches a fact of the caller with a name."""
    return f"phone_{name}_{fact.call}"


def _check(name: str, fact: GoldFact, facts: list[GoldFact], conversations: dict[str, Call]) -> None:
    call = conversations.get(conversation_of(name, fact))
    if call is None or not 0 <= fact.turn < len(call.turns):
        raise GoldError(f"{name}: there is no turn {fact.turn} in call {fact.call}")
    turn = call.turns[fact.turn]
    if fact.quote not in turn.words or turn.is_caller == (fact.category == "promise"):
        raise GoldError(f"{name}: turn {fact.turn} of call {fact.call} does not say: {fact.quote}")
    for former in (fact.supersedes, fact.ends):
        if former is not None and not any(
            former == other.values[0]
            and (other.about, other.attribute) == (fact.about, fact.attribute)
            and (other.call, other.turn) <= (fact.call, fact.turn)
            for other in facts
            if other is not fact
        ):
            raise GoldError(f"{name}: nothing before says {former}")
