"""Two people at one number, and one person whose name is corrected."""

from typing import Any

import msgspec
import pytest

from projector.domain.calls import Call, Turn
from projector.domain.fold import FoldResult, FoldSettings, fold
from projector.domain.memories import CallerView, Memory
from tests.support.calls import call
from tests.support.samples import MARTA, NOON_S

DAY_S = 24 * 60 * 60


def folded(*told: dict[str, Any]) -> FoldResult:
    """Return what is remembered of calls, a day apart, in each of which the caller spoke and told something."""
    calls = [call(f"conv_{n}", "Hello.", at_s=NOON_S + n * DAY_S, **each) for n, each in enumerate(told)]
    return fold(calls, FoldSettings())


def facts(view: CallerView) -> dict[str, str]:
    return {fact.id: fact.value for fact in view.facts}


def current(result: FoldResult) -> set[tuple[int, str]]:
    return {(each.person, each.text) for each in result.memories if each.kind == "collected" and each.is_current}


MARTA_TELLS = {"first_name": "Marta", "last_name": "Lindqvist", "date_of_birth": "1980-05-01"}
WAYS = {
    "first name": {"first_name": "Jonas"},
    "whole name": {"user_name": "Jonas"},
    "with the last name": {"first_name": "Jonas", "last_name": "Lindqvist"},
    "as in a list": {"Full Name": "Lindqvist, Jonas"},
    "spelled": {"first_name": "J-O-N-A-S"},
    "a title": {"user_name": "Herr Jonas Lindqvist"},
}


@pytest.mark.parametrize("told", WAYS.values(), ids=WAYS)
def test_first_name_that_changed_takes_nothing_from_before_it(told: dict[str, str]) -> None:
    """Who calls from the same number by another first name has neither the last name nor the facts of the first."""
    view = folded(MARTA_TELLS, told).view

    assert view.name in {"Jonas", "Jonas Lindqvist", "Herr Jonas Lindqvist"}
    assert ("Lindqvist" in view.name) is ("Lindqvist" in str(told))
    assert "Jonas" in view.given_name
    assert facts(view) == told
    assert [each.name for each in view.people] == ["Marta Lindqvist", view.name]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marta", "Maria"),
        ("Martin", "Martina"),
        ("Andrea", "Andreas"),
        ("Tom", "Tim"),
        ("Jan", "Jana"),
        ("太郎", "花子"),
    ],
)
def test_tells_people_with_like_names_apart(one: str, other: str) -> None:
    """Two first names that differ by a letter are two people, if each is a name of its own."""
    view = folded({"first_name": one, "allergy": "nuts"}, {"first_name": other}).view

    assert (view.name, facts(view)) == (other, {"first_name": other})


@pytest.mark.parametrize(("one", "other"), [("Mrs. Smith", "Mr. Smith"), ("Frau Berg", "Herr Dr. Berg")])
def test_tells_people_apart_by_their_titles(one: str, other: str) -> None:
    """A man and a woman of one last name are two people."""
    view = folded({"name": one, "allergy": "nuts"}, {"name": other}).view

    assert (view.given_name, facts(view)) == (other, {"name": other})


def test_what_another_person_said_stays_theirs() -> None:
    """What was collected under another name is neither superseded nor lost: it is that person's, and says so."""
    result = folded(MARTA_TELLS, {"first_name": "Jonas", "date_of_birth": "1979-12-24"})

    assert (1, "Date of birth: 1980-05-01") in current(result)
    assert (2, "Date of birth: 1979-12-24") in current(result)
    assert facts(result.view)["date_of_birth"] == "1979-12-24"
    assert {each.person for each in result.memories if each.conversation_id == "conv_0"} == {1}


@pytest.mark.parametrize(
    ("heard", "corrected"),
    [("Jonass", "Jonas"), ("Martha", "Marta"), ("Karen", "Karin"), ("Stephen", "Steven"), ("Jon", "John")],
)
def test_name_that_is_spelled_anew_is_a_correction(heard: str, corrected: str) -> None:
    """A first name that is spelled anew is the same person's: the new spelling wins, and all else stays."""
    view = folded({"first_name": heard, "last_name": "Falk", "born": "1975"}, {"first_name": corrected}).view

    assert (view.name, view.given_name) == (f"{corrected} Falk", corrected)
    assert facts(view) == {"first_name": corrected, "last_name": "Falk", "born": "1975"}
    assert len(view.people) == 1


def test_last_name_may_change() -> None:
    """Another last name with the same first name is a correction, or a wedding: the person is the same."""
    view = folded(MARTA_TELLS, {"first_name": "Marta", "last_name": "Berg"}).view

    assert (view.name, facts(view)["date_of_birth"]) == ("Marta Berg", "1980-05-01")


@pytest.mark.parametrize("field", ["user_name", "Full Name", "customer_name"])
def test_first_name_alone_keeps_the_last_name(field: str) -> None:
    """`Sylvia` after `Sylvia Cartwright` is still Sylvia Cartwright."""
    view = folded({field: "Sylvia Cartwright"}, {field: "Sylvia"}, {field: "S. Cartwright"}).view

    assert (view.name, view.given_name) == ("Sylvia Cartwright", "Sylvia")


@pytest.mark.parametrize("names", [("Sylvia Cartwright", "Cartwright"), ("Cartwright", "Sylvia Cartwright")])
def test_last_name_alone_is_not_another_person(names: tuple[str, str]) -> None:
    """Who tells the last name alone, before or after the whole name, is one person, who is greeted by the first."""
    view = folded(*({"user_name": name, "city": "York"} for name in names)).view

    assert (view.name, view.given_name, len(view.people)) == ("Sylvia Cartwright", "Sylvia", 1)


def test_correction_inside_a_call_wins_as_a_whole() -> None:
    """Everything that a call collected is told under the name that the call ended with."""
    view = folded({"first_name": "Nils", "last_name": "Berg", "date_of_birth": "1990-07-03"}).view

    assert (view.name, facts(view)["date_of_birth"]) == ("Nils Berg", "1990-07-03")


@pytest.mark.parametrize("names", ["Ida Olof Ida", "Ida Olof Ida Olof", "Ida Olof Nils", "Ida Ida Olof Ida Olof Olof"])
def test_greets_nobody_by_name_while_names_alternate(names: str) -> None:
    """While names alternate nobody is taken for anybody: no name, no way to address the caller, no facts."""
    result = folded(*({"first_name": name, "allergy": f"of {name}"} for name in names.split()))

    view = result.view
    assert (view.person, view.name, view.given_name, view.facts) == (0, "", "", ())
    assert {each.name for each in view.people} == set(names.split())
    for number, name in enumerate(dict.fromkeys(names.split()), 1):
        assert (number, f"Allergy: of {name}") in current(result)


def test_knows_a_person_who_comes_back() -> None:
    """Once one name is told again and again, it is that person's number, with what that person said before."""
    told = [{"first_name": "Ida", "allergy": "nuts"}, {"first_name": "Olof"}, *({"first_name": "Ida"},) * 5]
    view = folded(*told).view

    assert (view.name, view.given_name) == ("Ida", "Ida")
    assert facts(view) == {"first_name": "Ida", "allergy": "nuts"}


def test_gives_what_was_told_without_a_name_to_nobody_while_names_alternate() -> None:
    """What a caller without a name tells while names alternate is in nobody's profile, and is remembered."""
    names = [{"first_name": name} for name in ("Ida", "Olof", "Ida")]
    result = folded(*names, {"city": "Lund"}, *({"first_name": "Ida"},) * 5)

    assert (0, "City: Lund") in current(result)
    assert facts(result.view) == {"first_name": "Ida"}


def test_gives_what_was_told_without_a_name_to_whoever_the_caller_is_taken_for() -> None:
    """Facts from before a name is known, and from calls without one, are those of the one person at the number."""
    view = folded({"city": "Lund"}, MARTA_TELLS, {"allergy": "nuts"}).view

    assert facts(view) == MARTA_TELLS | {"city": "Lund", "allergy": "nuts"}


def test_state_does_not_grow_with_the_people() -> None:
    """However many people call from one number, the state that each call reads and writes stays small."""
    letters = "BCDFGHJKLMNPRSTVZ"
    names = [f"{one}a{other.lower()}o" for one in letters for other in letters]

    def size(count: int) -> int:
        told = [{"first_name": name, "city": "Lund"} for name in names[:count]]
        return len(msgspec.json.encode(folded(*told).trail.state))

    assert size(200) < size(12) * 1.2


def monologue(conversation_id: str, at_s: int, **told: Any) -> Call:
    """Return a call in which only the agent spoke."""
    said = Turn(index=0, is_caller=False, text="Are you still there, Bob?", second=1)
    return msgspec.structs.replace(call(conversation_id, at_s=at_s, **told), turns=(said,))


def collected(result: FoldResult) -> list[Memory]:
    return [memory for memory in result.memories if memory.kind == "collected"]


@pytest.mark.parametrize(
    "told", [{"user_name": "Bob"}, {"first_name": "Bob", "last_name": "Dole"}, {"Full Name": "Bob"}]
)
def test_what_the_caller_never_said_names_nobody(told: dict[str, str]) -> None:
    """A name from a call in which only the agent spoke is nobody's, and is no fact."""
    known = call("conv_1", "Hello.", user_name="Marta Lindqvist")
    alone, after = monologue("conv_2", NOON_S, **told), monologue("conv_2", NOON_S + 1, **told)

    assert (fold([alone], FoldSettings()).view.name, collected(fold([alone], FoldSettings()))) == ("", [])
    view = fold([known, after], FoldSettings()).view
    assert (view.name, view.given_name, facts(view)) == ("Marta Lindqvist", "Marta", {"user_name": "Marta Lindqvist"})


def test_what_the_caller_never_said_supersedes_nothing() -> None:
    """A value from a call in which only the agent spoke leaves the one that the caller told as it is."""
    result = fold([call("conv_1", "Hi.", city="York"), monologue("conv_2", NOON_S + 1, city="Leeds")], FoldSettings())

    assert [(memory.text, memory.is_current) for memory in collected(result)] == [("City: York", True)]
    assert facts(result.view) == {"city": "York"}


def test_what_the_caller_says_supersedes_what_nobody_said() -> None:
    """A value that only the agent said is a fact where nothing else is known, until the caller tells another."""
    calls = [monologue("conv_1", NOON_S, city="Leeds"), call("conv_2", "Hi.", city="York", at_s=NOON_S + 1)]

    assert facts(fold(calls[:1], FoldSettings()).view) == {"city": "Leeds"}
    assert facts(fold(calls, FoldSettings()).view) == {"city": "York"}


def test_believes_a_call_that_came_without_its_transcript() -> None:
    """Where the operator has transcripts left out, what was collected counts as said."""
    assert fold([call("conv_1", user_name="Marta")], FoldSettings()).view.name == "Marta"


@pytest.mark.parametrize(
    ("agent_name", "told"),
    [
        ("Sofia", {"user_name": "Sofia"}),
        ("Sofia - Clinic reception", {"first_name": "Sofia"}),
        ("clinic_assistant_sofia", {"Full Name": "SOFIA"}),
        ("Sofia Clinic", {"user_name": "My name is Sofia"}),
        ("Sofia/v2 (test)", {"user_name": "Sofia."}),
    ],
)
def test_greets_nobody_by_the_agents_own_name(agent_name: str, told: dict[str, str]) -> None:
    """The name by which the agent introduced itself is not the caller's, and no fact about the caller."""
    given = msgspec.structs.replace(call("conv_1", "Hello.", **told), agent_name=agent_name)
    result = fold([given], FoldSettings())

    assert (result.view.name, result.view.given_name, result.view.facts) == ("", "", ())


def test_knows_a_caller_who_shares_the_agents_first_name() -> None:
    """A caller with a last name of their own is no agent, whatever the first name."""
    told = call("conv_1", "Hello.", first_name="Sofia", last_name="Berg", user_name="Sofia")
    view = fold([msgspec.structs.replace(told, agent_name="Sofia")], FoldSettings()).view

    assert (view.name, view.given_name) == ("Sofia Berg", "Sofia")


FIELDS = {
    "customer_name": "Marta Lindqvist",
    "Customer Name": "Marta Lindqvist",
    "Full Name": "Marta Lindqvist",
    "FULL-NAME": "Marta Lindqvist",
    "fullName": "Marta Lindqvist",
    "patient_name": "Marta Lindqvist",
    "Name/Firma": "Marta Lindqvist",
    "Kundenname": "Lindqvist, Marta",
    "nombre completo": "Marta Lindqvist",
    "Vollständiger Name": "Marta Lindqvist",
}
COMPOSED = [
    ("firstname", "lastname"),
    ("First Name", "Last Name"),
    ("firstName", "lastName"),
    ("given-name", "family-name"),
    ("customer_first_name", "customer_last_name"),
    ("Vorname", "Nachname"),
    ("Nombre", "Apellidos"),
    ("Prénom", "Nom"),
    ("nome", "cognome"),
    ("voornaam", "achternaam"),
    ("imię", "nazwisko"),
    ("förnamn", "efternamn"),
]


@pytest.mark.parametrize("field", FIELDS)
def test_knows_the_usual_ids_however_they_are_written(field: str) -> None:
    """Ids are compared without case, blanks and signs."""
    view = folded({field: FIELDS[field]}).view

    assert (view.caller, view.name, view.given_name) == (MARTA, "Marta Lindqvist", "Marta")


@pytest.mark.parametrize(("first", "last"), COMPOSED)
def test_knows_the_usual_pairs_of_ids(first: str, last: str) -> None:
    """A first and a last name make one name in each of the nine languages."""
    view = folded({first: "Marta", last: "Lindqvist"}).view

    assert (view.name, view.given_name) == ("Marta Lindqvist", "Marta")


def test_adds_a_last_name_from_another_field() -> None:
    """Where the most trusted field tells the first name alone, a last name beside it is that person's."""
    assert folded({"user_name": "Marta", "last_name": "Lindqvist"}).view.name == "Marta Lindqvist"
    assert folded({"first_name": "Marta Lindqvist", "last_name": "Lindqvist"}).view.name == "Marta Lindqvist"
