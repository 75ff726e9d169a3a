"""What a model says of a call: statements, as they come and as they count, and those that do not count, with why."""

from collections import Counter
from typing import Literal

from msgspec import Struct

from projector.domain.facts.registry.registry import Sensitivity

Category = Literal["factual", "preference", "issue", "emotional", "relational", "promise"]
Status = Literal["current", "past", "ended", "planned"]
# Why a statement does not count.
Reason = Literal[
    "undecodable",  # it is no object, or a field is missing or of another type
    "out_of_range",  # a value that its field does not take
    "too_many",
    "too_long",
    "markup",  # braces, code, invisible marks
    "link",
    "order",  # an order to an assistant, or a claim of rights
    "leaked_example",
    "unknown_attribute",
    "no_such_turn",
    "quote_not_found",
    "unsupported",  # the words of the value are not those of the call
    "other_number",
    "other_name",
    "other_address",
    "other_person",  # whom it is about is not named in the call
    "polarity",
    "sensitive",  # in a greeting
]

CALLER = "caller"


class Statement(Struct, frozen=True, kw_only=True):
    """
    One thing that a call teaches, with its proof.

    `about` is `caller`, or whom the call names. `attribute` is one of the registry, or `other:` and a name. `value` is
    the shortest form, `content` one sentence. `valid_from` and `valid_to` are ISO dates. `importance` is 1 to 10,
    `confidence` 0 to 1. `quote` are the words of the turn with the index `turn`; `confirms_turn` is the index of the
    agent's turn to which they say yes. `questions` are those by which somebody may ask for it later: nobody is told
    them, for nobody said them.
    """

    category: Category
    about: str
    attribute: str
    value: str
    content: str
    status: Status
    importance: int
    confidence: float
    quote: str
    turn: int
    sensitive: Sensitivity = "none"
    valid_from: str | None = None
    valid_to: str | None = None
    confirms_turn: int | None = None
    questions: tuple[str, ...] = ()


class Rejected(Struct, frozen=True):
    """
    A statement that does not count.

    `number` is its place in the answer, from 0; `value` is what it would have said, shortened.
    """

    number: int
    reason: Reason
    attribute: str = ""
    value: str = ""


class Validated(Struct, frozen=True):
    """What of an answer counts: its statements, and those that were rejected."""

    statements: tuple[Statement, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many statements were rejected for each reason."""
        return dict(sorted(Counter(each.reason for each in self.rejected).items()))


class Retold(Struct, frozen=True, kw_only=True):
    """
    What of an answer counts of what it says of the call as a whole; empty where it says nothing, or nothing counts.

    `sentiment` is `positive`, `neutral`, `negative` or `mixed`. Of `rejected`, `attribute` names the field.
    """

    summary: str = ""
    topics: tuple[str, ...] = ()
    open_issues: tuple[str, ...] = ()
    sentiment: str = ""
    next_greeting: str = ""
    rejected: tuple[Rejected, ...] = ()
