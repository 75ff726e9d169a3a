"""Reads the operator's own attributes of facts, as every process that speaks of facts needs them."""

from events.process.environment import Environment
from events.process.settings.setting import Json
from projector.domain.facts.registry.registry import AddedAttribute, is_snake_case

FACT_ATTRIBUTES = Json(
    "FACT_ATTRIBUTES",
    "remembered",
    "own attributes of facts, or ours said anew, by their names ([more](#remembered))",
    '{"frame_size": {"labels": {"en": "Frame size"}, "ids": ["rahmengroesse"]}}',
    is_replaying=True,
)
_NAME = FACT_ATTRIBUTES.name


def read_attributes(env: Environment) -> dict[str, AddedAttribute]:
    """Return the operator's attributes of facts, in a fixed order: another order must not cause a replay."""
    attributes = env.json(_NAME, dict[str, AddedAttribute], {})
    for attribute, of_operator in sorted(attributes.items()):
        if not is_snake_case(attribute):
            env.fault(_NAME, f"must have names in snake case, such as frame_size; {attribute!r} is none")
        if of_operator.sensitive != "none" and of_operator.safe:
            env.fault(_NAME, f"must not call {attribute!r} safe and sensitive at once: no agent would know which")
    return dict(sorted(attributes.items()))
