"""Whose call it is by the name that the speaker says, where the call itself tells none."""

from typing import Any

import pytest

from projector.domain.calls import Call
from projector.domain.fold import FoldResult, FoldSettings, fold
from projector.domain.names.speaker import Proof, Speaker
from tests.support.calls import call
from tests.support.samples import NOON_S

DAY_S = 24 * 60 * 60

PETER = Speaker("Peter Berg", Proof.INTRODUCED)
NADIA = Speaker("Nadia", Proof.INTRODUCED)


def folded(*told: tuple[Speaker | None, dict[str, Any]]) -> FoldResult:
    """Return what is remembered of calls, a day apart, of each who speaks and what was collected."""
    calls: list[Call] = []
    speakers: dict[str, Speaker] = {}
    for number, (speaker, collected) in enumerate(told):
        calls.append(call(f"conv_{number}", "Hello.", at_s=NOON_S + number * DAY_S, **collected))
        if speaker is not None:
            speakers[f"conv_{number}"] = speaker
    return fold(calls, FoldSettings(), speakers)


def people(result: FoldResult) -> list[int]:
    """Return the number of whoever each call was with."""
    turns = sorted((each.conversation_id, each.person) for each in result.memories if each.kind == "turn")
    return [person for _, person in turns]


def test_wife_on_her_husbands_line_is_herself() -> None:
    """What she says and has is hers; the next caller is taken for him again, until she has called twice."""
    result = folded((PETER, {"city": "Lund"}), (NADIA, {"date_of_birth": "1985-01-02"}))
    assert people(result) == [1, 2]
    assert (result.view.name, [fact.id for fact in result.view.facts]) == ("Peter Berg", ["city"])
    assert [each.name for each in result.view.people] == ["Peter Berg", "Nadia"]
    again = folded((PETER, {}), (NADIA, {}), (NADIA, {}))
    assert (people(again), again.view.name) == ([1, 2, 2], "Nadia")


def test_two_who_alternate_are_nobody() -> None:
    """Once both have called again, nobody can say who calls next, as with names that were collected."""
    result = folded((PETER, {}), (NADIA, {}), (PETER, {}), (NADIA, {}), (PETER, {}))
    assert (people(result), result.view.person, result.view.name) == ([1, 2, 1, 2, 1], 0, "")


@pytest.mark.parametrize("collected", ["Peter", "Peter Berg", "Berg, Peter"])
def test_collected_name_counts_before_what_a_model_says(collected: str) -> None:
    """A model's answer never takes a call from whom the webhook names."""
    assert people(folded((PETER, {}), (NADIA, {"user_name": collected}))) == [1, 1]


@pytest.mark.parametrize(
    "told",
    ["Peter", "peter berg", "PETER BERG", "Mr. Berg", "Berg", "P. Berg", "Péter Berg", "Peter Bergh"],
)
def test_same_person_is_not_split(told: str) -> None:
    """A part of the name, another spelling and another case are the same person's."""
    assert people(folded((PETER, {}), (Speaker(told, Proof.INTRODUCED), {}))) == [1, 1]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("Marta", "Marta Keller"),
        ("Marta Keller", "Keller"),
        ("Çelik", "CELIK"),
        ("Çelik", "Çelik Yılmaz"),  # noqa: RUF001
        ("欧阳慧敏", "慧敏"),
        ("村瀬", "村瀬健太"),
        ("최서윤", "서윤"),
        ("Siobhan Mahoney-Clarke", "Siobhan Mahoney"),
    ],
)
def test_whole_name_and_part_are_one(known: str, told: str) -> None:
    """Whichever of the two comes first."""
    for first, then in ((known, told), (told, known)):
        calls: list[tuple[Speaker | None, dict[str, Any]]] = [
            (Speaker(each, Proof.INTRODUCED), {}) for each in (first, then)
        ]
        assert people(folded(*calls)) == [1, 1]


@pytest.mark.parametrize("proof", [Proof.TOLD, Proof.OPENED])
def test_in_doubt_a_call_stays_whose_it_is(proof: Proof) -> None:
    """A name that may be anybody's makes nobody new."""
    assert people(folded((PETER, {}), (Speaker("Rosa", proof), {}))) == [1, 1]


def test_who_opens_with_a_known_name_is_that_one() -> None:
    """After the daughter called twice, the mother's last name at the beginning is enough; in the middle it is not."""
    mother, daughter = Speaker("Waltraud Adler", Proof.TOLD), Speaker("Ines Matthiesen", Proof.INTRODUCED)
    for proof, expected in ((Proof.OPENED, 1), (Proof.TOLD, 2)):
        result = folded((mother, {}), (daughter, {}), (daughter, {}), (Speaker("Adler", proof), {}))
        assert people(result) == [1, 2, 2, expected]


def test_what_is_collected_for_somebody_is_theirs() -> None:
    """A daughter who calls for her mother changes the mother's address, and what she says stays her own."""
    mother = Speaker("Waltraud Adler", Proof.TOLD)
    daughter = Speaker("Ines Matthiesen", Proof.INTRODUCED, ("Waltraud Adler",), ("Waltraud Adler",))
    result = folded((mother, {"city": "Husum"}), (daughter, {"city": "Kiel"}))
    assert people(result) == [1, 2]
    assert {(each.person, each.text, each.is_current) for each in result.memories if each.kind == "collected"} == {
        (1, "City: Husum", False),
        (1, "City: Kiel", True),
    }
    assert [(fact.id, fact.value) for fact in result.view.facts] == [("city", "Kiel")]


def test_calling_for_a_stranger_collects_for_the_caller() -> None:
    """Nobody at the number is called so: then nobody else's values are known here."""
    nadia = Speaker("Nadia", Proof.INTRODUCED, ("Rosa",), ("Rosa",))
    result = folded((PETER, {"city": "Lund"}), (nadia, {"city": "Oslo"}))
    assert {(each.person, each.text) for each in result.memories if each.kind == "collected"} == {
        (1, "City: Lund"),
        (2, "City: Oslo"),
    }


def test_patients_name_is_not_the_callers() -> None:
    """Who calls for the mother, whose name was collected, is the daughter in every call."""
    daughter = Speaker("Shalini", Proof.TOLD, ("Rosa Alvarez",), ())
    result = folded((daughter, {"patient_name": "Rosa Alvarez"}), (Speaker("Shalini", Proof.OPENED), {}))
    assert (people(result), result.view.name) == ([1, 1], "Shalini")


def test_who_speaks_of_somebody_is_not_that_one() -> None:
    """`Torben here, Mrs. Adler's son`: of her a title and the last name are known, which a first name fits."""
    adler = {"user_name": "Frau Adler"}
    son = Speaker("Torben", Proof.INTRODUCED, ("Frau Adler",), ())
    assert people(folded((None, adler), (son, {}))) == [1, 2]
    assert people(folded((None, adler), (Speaker("Torben", Proof.INTRODUCED), {}))) == [1, 1]
