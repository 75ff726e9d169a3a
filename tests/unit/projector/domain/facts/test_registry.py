"""The registry says what can be known of a caller, and an operator adds to it."""

import pytest

from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.facts.registry.table import LANGUAGES

REGISTRY = Registry()


def test_table_is_whole() -> None:
    """Each attribute has a label in every one of the nine languages, and sensitive ones are told to no other agent."""
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


@pytest.mark.parametrize(
    ("ids", "sensitive"),
    [
        (
            "pin passcode pin_code password cvv cvc ssn tax_id passport_number securityAnswer steuernummer",
            "credentials",
        ),
        ("iban IBAN bank_account credit_card creditCardNumber card_number sort_code kreditkarte", "money"),
        ("blood_type pregnant pregnancy is_pregnant symptoms symptom disability Blutgruppe schwanger", "health"),
    ],
)
def test_ids_of_credentials_money_and_health_are_sensitive(ids: str, sensitive: str) -> None:
    """What an operator collects under an ordinary id, or a model calls `other:`, is as sensitive as it is."""
    for id_ in ids.split():
        assert REGISTRY.meant_by(id_).sensitive == sensitive, id_
        if id_.islower():
            stated = REGISTRY.sameness(f"other:{id_}")
            assert stated is not None
            assert stated.sensitive == sensitive, id_
