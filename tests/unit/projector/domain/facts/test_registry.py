"""The registry says what can be known of a caller, and an operator adds to it."""

import pytest

from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.facts.registry.table import LANGUAGES

REGISTRY = Registry()


def test_table_is_whole() -> None:
    """Each attribute has a label in every language of the greetings, and sensitive ones are told to no other agent."""
    attributes = [*REGISTRY]
    assert len({attribute.name for attribute in attributes}) == len(attributes) >= 40
    assert all(attribute.labels.keys() == {*LANGUAGES} for attribute in attributes)
    assert not [attribute.name for attribute in attributes if attribute.sensitive != "none" and attribute.is_safe]


@pytest.mark.parametrize(
    ("id_", "name"),
    [
        ("insurance_provider", "insurance"),
        ("insuranceProvider", "insurance"),
        ("Krankenkasse", "insurance"),
        ("bestellnummer", "order"),
        ("número_pedido", "order"),
        ("allergies", "allergy"),
        ("user_name", "name"),
        ("Contact Number", "phone"),
        ("event_date", "other:event_date"),
        ("doctor_note", "other:doctor_note"),
        ("insurance_claim_reason", "other:insurance_claim_reason"),
    ],
)
def test_id_means_an_attribute(id_: str, name: str) -> None:
    """An id in any spelling means the attribute that it says, and one of its own where it says none of ours."""
    assert REGISTRY.meant_by(id_).name == name


def test_operator_adds_and_changes_attributes() -> None:
    """A setting adds an attribute, with its ids, and says anew what one of ours is."""
    registry = Registry(
        {
            "allergy": AddedAttribute(several=True, shared=True, sensitive="health"),
            "frame": AddedAttribute(labels={"de": "Rahmen"}, ids=("rahmengroesse",)),
        }
    )
    frame, allergy = registry.get("frame"), registry.get("allergy")
    assert frame is not None
    assert allergy is not None
    assert (frame.is_several, frame.label("de"), frame.label("pl")) == (False, "Rahmen", "Frame")
    assert allergy.is_shared
    assert registry.meant_by("Rahmengroesse").name == "frame"
    assert REGISTRY.get("frame") is None


def test_closed_list_has_one_door() -> None:
    """What is not in the list is known by `other:` and a name in snake case, which means ours where we have one."""
    assert REGISTRY.get("role") is None
    assert REGISTRY.get("other:Role!") is None
    other = REGISTRY.sameness("other:favourite_colour")
    assert other is not None
    assert not other.is_several
    insurance = REGISTRY.sameness("other:krankenkasse")
    assert insurance is not None
    assert insurance.name == "insurance"
