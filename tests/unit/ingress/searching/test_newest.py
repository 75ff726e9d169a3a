"""Of a fact with one value at a time the current one is told before a former one, and last the one that was asked."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from projector.domain.memories import Memory
from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.extractions import statement
from tests.unit.ingress.searching.test_withholding import Told, contents

ELM, OAK, ASH = "12 Elm Street", "99 Oak Street", "4 Ash Street"


def lives(told: Told, at: str, **of: Any) -> None:
    """Append a call in which the caller says where they live now."""
    said = f"I live at {at}."
    what = {"attribute": "address", "value": at, "content": f"The caller lives at {at}.", "quote": said}
    told.call(said, stated=[statement("I like tea.", 1, **(what | of))])


def moved(told: Told) -> None:
    """Append two moves; what is so now was said in words that hardly fit the question."""
    lives(told, ELM)
    lives(told, OAK)
    of = {"content": f"It is {ASH} by now."}
    lives(told, ASH, **of)


def places(told: Told, query: str, **of: Any) -> list[str]:
    """Return which of the addresses are told for a question, in this order."""
    said = [content for content in contents(told.search(query, **of)) if "(said on" in content]
    return [at for content in said for at in (ELM, OAK, ASH) if at in content]


@pytest.mark.parametrize(
    "query", ["Where does the caller live?", "the caller lives at", "which street does she live in?"]
)
def test_current_value_is_told_before_former_ones(tmp_path: Path, query: str) -> None:
    """Also where the words of the question fit these better."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    assert places(told, query)[0] == ASH


def test_former_values_come_first_where_they_are_asked_for(tmp_path: Path) -> None:
    """The last one before those of earlier days, and each once."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    assert places(told, "What was the address of the caller before?") == [OAK, ELM, ASH]


def test_question_that_names_a_former_value_is_about_it(tmp_path: Path) -> None:
    """Whoever asks for Elm Street is told of Elm Street first."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    assert places(told, "Does the caller live at 12 Elm Street?")[0] == ELM


def test_value_is_put_before_that_of_the_same_thing_alone(tmp_path: Path) -> None:
    """Where the mother lives now is no answer to where the caller lived."""
    told = Told(tmp_path, sensitive="tell")
    lives(told, ELM)
    lives(told, OAK, status="ended", value=ELM, content=f"The caller no longer lives at {ELM}.")
    mother = "My mother lives at 4 Ash Street."
    of = {"attribute": "address", "value": ASH, "content": mother, "quote": mother, "about": "mother"}
    told.call(mother, stated=[statement("I like tea.", 1, **of)])
    assert ASH not in places(told, "Where does the caller live?", limit=1)


def test_of_what_can_be_several_none_takes_the_place_of_another(tmp_path: Path) -> None:
    """A medicine that was stopped is told where its words fit, though another one is taken now."""
    told = Told(tmp_path, sensitive="tell")
    for name, status in (("aspirin", "current"), ("aspirin", "ended"), ("warfarin", "current")):
        said = f"I take {name}." if status == "current" else f"I no longer take {name}."
        of = {"attribute": "medication", "value": name, "content": said, "quote": said, "status": status}
        told.call(said, stated=[statement("I like tea.", 1, **of)])
    assert "aspirin" in contents(told.search("aspirin"))[0]


@pytest.mark.parametrize("keywords", [["12 Elm Street"], "Elm", ["Elm Street"]])
def test_keywords_that_name_a_former_value_are_about_it(tmp_path: Path, keywords: list[str] | str) -> None:
    """What the agent writes as keywords counts as its question does, also a short name."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    assert places(told, "", keywords=keywords)[0] == ELM


def test_value_without_blanks_is_named(tmp_path: Path) -> None:
    """Where nothing parts words, the value stands within the question."""
    told = Told(tmp_path, sensitive="tell")
    for at in ("大阪", "京都"):
        said = f"{at}に住んでいます"
        of = {"attribute": "address", "value": at, "content": f"発信者は{at}に住んでいる。", "quote": said}
        told.call(said, stated=[statement("I like tea.", 1, **of)], main_language="ja")
    said_of = [content for content in contents(told.search("大阪に住んでいますか")) if "(said on" in content]
    assert "大阪" in said_of[0]


@pytest.mark.parametrize("limit", [1, 5])
def test_what_is_planned_is_no_former_value(tmp_path: Path, limit: int) -> None:
    """Whoever asks where the caller moves to is not told first where they live."""
    told = Told(tmp_path, sensitive="tell")
    lives(told, ELM)
    said = f"I will move to {OAK}."
    of = {"attribute": "address", "value": OAK, "content": f"The caller will move to {OAK}.", "quote": said}
    planned = {"status": "planned", "valid_from": "2026-06-01"}
    told.call(said, stated=[statement("I like tea.", 1, **(of | planned))])
    assert OAK in contents(told.search("Where will the caller move to?", limit=limit))[0]


@pytest.mark.parametrize("sensitive", ["tell", "withhold"])
def test_what_is_sensitive_is_put_before_nothing_harmless(tmp_path: Path, sensitive: str) -> None:
    """A question for a town does not tell of an illness that a later job names."""
    told = Told(tmp_path, sensitive=sensitive)
    baker, advisor = "I work as a baker in Lund.", "I advise people with HIV."
    of = {
        "attribute": "occupation",
        "value": "baker",
        "content": "The caller works as a baker in Lund.",
        "quote": baker,
    }
    told.call(baker, stated=[statement("I like tea.", 1, **of)])
    of = {"attribute": "occupation", "value": "advises people with HIV", "content": advisor, "quote": advisor}
    told.call(advisor, stated=[statement("I like tea.", 1, **(of | {"sensitive": "health"}))])
    answered = told.search("Lund")
    assert "baker" in contents(answered)[0]
    assert "HIV" not in str(answered)


def test_many_values_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller who moves every day is answered by one reading of where they lived."""
    told = Told(tmp_path, sensitive="tell")
    for number in range(8):
        lives(told, f"{number} Elm Street")
    read: list[str] = []
    periods = SqliteReadModel.periods

    def counted(read_model: SqliteReadModel, caller: str, fact: Memory) -> list[Memory]:
        read.append(fact.id)
        return periods(read_model, caller, fact)

    monkeypatch.setattr(SqliteReadModel, "periods", counted)
    found = contents(told.search("the caller lives at"))
    assert found[0].startswith("The caller lives at 7 Elm Street.")
    assert sum("(said on" in content for content in found) == 8
    assert len(read) == 1


def test_planned_value_does_not_come_with_the_former_ones(tmp_path: Path) -> None:
    """Whoever asks where the caller lived before is told Elm Street, and not where they will live."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    said = "I will move to 7 Birch Street."
    of = {"attribute": "address", "value": "7 Birch Street", "content": f"{said}", "quote": said}
    told.call(said, stated=[statement("I like tea.", 1, **(of | {"status": "planned", "valid_from": "2026-06-01"}))])
    answered = contents(told.search("What was the address of the caller before?"))
    assert OAK in answered[0]
    assert not any("Birch" in content for content in answered[:3])


def test_agent_is_put_before_nothing_that_another_one_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a call of two agents both may hear a value, and of another call's only the one who was there."""
    told = Told(tmp_path, sensitive="tell")
    moved(told)
    periods = SqliteReadModel.periods

    def heard_by_another(read_model: SqliteReadModel, caller: str, fact: Memory) -> list[Memory]:
        found = periods(read_model, caller, fact)
        return [msgspec.structs.replace(each, told_to="agent_other") if ASH in each.text else each for each in found]

    assert ASH in contents(told.search("the caller lives at", limit=1))[0]
    monkeypatch.setattr(SqliteReadModel, "periods", heard_by_another)
    assert ASH not in contents(told.search("the caller lives at", limit=1))[0]
