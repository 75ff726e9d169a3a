"""
The JSON schema of an answer, made from the fields that the fold reads, and reduced to what all vendors take.

OpenAI's strict mode wants each field required and nothing besides; Anthropic refuses limits of numbers and of lengths.
So the schema holds types and words to choose from alone; validation in the fold carries the rest. A field may be null
exactly where the fold takes null.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from projector.domain.facts.registry.registry import Sensitivity
from projector.domain.facts.statement import Category, Status

NAME = "what_a_call_teaches"
_KEPT = ("type", "enum", "items", "properties", "required", "anyOf")


class RawMemory(Struct, kw_only=True):
    """
    One statement, in the order in which a model is to write it: the reason first, then the proof.

    All but `reason` is what `projector.domain.facts.statement.Statement` reads.
    """

    reason: str
    category: Category
    about: str
    attribute: str
    value: str
    content: str
    status: Status
    valid_from: str | None
    valid_to: str | None
    importance: int
    confidence: float
    quote: str
    turn: int
    confirms_turn: int | None
    sensitive: Sensitivity
    questions: tuple[str, ...]


class RawAnswer(Struct, kw_only=True):
    """A whole answer, as `projector.domain.facts.validation.answer.Answer` reads it."""

    memories: list[RawMemory]
    summary: str
    topics: list[str]
    open_issues: list[str]
    sentiment: Literal["positive", "neutral", "negative", "mixed"]
    next_greeting: str | None


def answer_schema() -> dict[str, Any]:
    """Return the schema, without references."""
    made = msgspec.json.schema(RawAnswer)
    reduced: dict[str, Any] = _reduced(made, made["$defs"])
    return reduced


def _reduced(node: Any, definitions: dict[str, Any]) -> Any:
    if "$ref" in node:
        return _reduced(definitions[node["$ref"].rpartition("/")[2]], definitions)
    kept = {key: node[key] for key in _KEPT if key in node}
    if "properties" in kept:
        kept["properties"] = {name: _reduced(field, definitions) for name, field in kept["properties"].items()}
        kept["required"] = [*kept["properties"]]
        kept["additionalProperties"] = False
    if "items" in kept:
        kept["items"] = _reduced(kept["items"], definitions)
    if "anyOf" in kept:
        kept["anyOf"] = [_reduced(each, definitions) for each in kept["anyOf"]]
    if "enum" in kept:
        kept["type"] = "string"
    return kept
