"""What is kept of collected values: what their names say, who may be told them, how heavy they are, what was before."""

import json
from typing import Any

import msgspec
import pytest

from projector.domain.calls import Call
from projector.domain.fold import FoldResult, FoldSettings, fold
from projector.domain.memories import Fact, FormerValue
from projector.domain.reading.ids import is_opaque
from projector.domain.redaction.redaction import RedactionSettings, redact
from tests.support.calls import call, call_in
from tests.support.samples import NOON_S, transcription

DAY_S = 24 * 60 * 60
DENTIST, BIKES = "agent_dentist", "agent_bikes"
OPAQUE = "dci_01k9wfkvjyf60aevvp97zch524"


def named(results: dict[str, tuple[Any, Any]], *said: str, **of: Any) -> Call:
    """Return a call whose results carry names; `results` holds the name and the value by the id."""
    webhook = json.loads(transcription("conv_1", *said, **of))
    webhook["data"]["analysis"]["data_collection_results"] = {
        id_: {"data_collection_id": id_, "name": name, "value": value} for id_, (name, value) in results.items()
    }
    return call_in(json.dumps(webhook).encode())


def folded(*calls: Call, **settings: tuple[str, ...]) -> FoldResult:
    return fold(calls, msgspec.convert(settings, FoldSettings))


def facts(*calls: Call, **settings: tuple[str, ...]) -> dict[str, Fact]:
    return {fact.id: fact for fact in folded(*calls, **settings).view.facts}


def on_day(number: int, agent: str = DENTIST, **collected: Any) -> Call:
    return call(f"conv_{number}", "Hello.", at_s=NOON_S + number * DAY_S, agent=agent, **collected)


@pytest.mark.parametrize(
    ("id_", "name", "label"),
    [
        (OPAQUE, "Date of birth", "Date of birth"),
        ("son_age", "Age of the son", "Age of the son"),
        ("son_age", "son_age", "Son age"),
        ("son_age", None, "Son age"),
        ("son_age", " ", "Son age"),
        ("son_age", 5, "Son age"),
        (OPAQUE, "dateOfBirth", "Date Of Birth"),
    ],
)
def test_calls_a_value_what_the_operator_calls_it(id_: str, name: object, label: str) -> None:
    """The name of a result is its label, in the fact and in the memory; without a name that is the id in words."""
    result = folded(named({id_: (name, "x")}))

    assert [(fact.id, fact.label) for fact in result.view.facts] == [(id_, label)]
    assert result.memories[0].text == f"{label}: x"


@pytest.mark.parametrize(
    "id_",
    [
        OPAQUE,
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "0f8fad5bd9cb469fa16570867728950e",
        "analysis_item_7301k9r8",
        "item_3",
        "12345678",
        "12",
        "VqKzXwTnLp",
    ],
)
def test_opaque_id_speaks_by_its_name(id_: str) -> None:
    """Under an id that says nothing, the name says who calls, what is preferred and what is about the person."""
    assert is_opaque(id_)
    assert folded(named({id_: ("user_name", "Marta Lindqvist")})).view.given_name == "Marta"
    assert facts(named({id_: ("Preferred doctor", "Dr. Ek")}))[id_].is_preference
    assert facts(named({id_: ("E-mail address", "m@example.com")}))[id_].told_to is None
    assert facts(named({id_: ("Allergies", "nuts")}))[id_].weight == 1.0


@pytest.mark.parametrize(
    "id_", ["company_name", "son2_age", "address2", "q1_answer", "covid19_test", "firstNameOfTheCaller", "b2b_lead"]
)
def test_id_that_speaks_is_not_overruled(id_: str) -> None:
    """Where the id itself says what it is, its name is a label and makes nobody's name."""
    assert not is_opaque(id_)
    assert folded(named({id_: ("user_name", "Example Ltd")})).view.name == ""


def test_name_of_an_opaque_id_tells_what_to_redact() -> None:
    """A security code under an opaque id is removed, because its name says what it is."""
    code = redact(named({OPAQUE: ("cvv", "123"), "card": (None, "4111 1111 1111 1111")}), RedactionSettings())

    assert code.collected[OPAQUE] == "[security code removed]"


@pytest.mark.parametrize("id_", ["__system_data_collection_topic", "__system_topics", "__SYSTEM_x", " __system_y"])
def test_what_elevenlabs_collects_for_itself_is_no_fact(id_: str) -> None:
    """An id that begins with `__system_` leaves neither a fact nor a memory."""
    result = folded(named({id_: (None, "billing"), "city": (None, "Lund")}))

    assert [memory.key for memory in result.memories] == ["city"]
    assert [fact.id for fact in result.view.facts] == ["city"]


@pytest.mark.parametrize("hidden", ["lead_status", "Lead Status", "LEAD-STATUS", "leadStatus"])
@pytest.mark.parametrize("id_", ["lead_status", "leadStatus", "Lead status"])
def test_hidden_field_is_told_to_nobody(hidden: str, id_: str) -> None:
    """A field of HIDDEN_FIELDS leaves neither a fact nor a memory, however it is written; others stay."""
    result = folded(on_day(1, **{id_: "cold", "city": "Lund"}), hidden_fields=(hidden,))

    assert [memory.text for memory in result.memories if memory.kind == "collected"] == ["City: Lund"]
    assert "cold" not in repr(result.trail)


def test_hidden_field_is_known_by_its_name() -> None:
    """An opaque id can be hidden by its own characters or by its name, and a hidden name names nobody."""
    one = named({OPAQUE: ("Disposition", "no sale")})

    assert not facts(one, hidden_fields=("disposition",))
    assert not facts(one, hidden_fields=(OPAQUE,))
    assert folded(call("conv_1", "Hi.", user_name="Marta"), hidden_fields=("User Name",)).view.name == ""


def test_two_agents_keep_their_own_value_under_one_id() -> None:
    """The dentist's appointment and the bicycle shop's are two facts; each supersedes only that of its own agent."""
    calls = [
        on_day(1, DENTIST, appointment="Monday"),
        on_day(2, BIKES, appointment="Tuesday"),
        on_day(3, DENTIST, appointment="Friday"),
    ]
    result = folded(*calls)

    assert {(fact.told_to, fact.value) for fact in result.view.facts} == {(DENTIST, "Friday"), (BIKES, "Tuesday")}
    collected = [memory for memory in result.memories if memory.kind == "collected"]
    assert [(m.source.words, m.is_current, m.told_to) for m in collected] == [
        ("Monday", False, DENTIST),
        ("Tuesday", True, BIKES),
        ("Friday", True, DENTIST),
    ]


def test_call_without_an_agent_shares_with_nobody() -> None:
    """What was collected without an agent is its own, and no agent's value supersedes it."""
    result = folded(call("conv_1", "Hi.", agent="", plan="gold"), on_day(2, DENTIST, plan="silver"))

    assert {(fact.told_to, fact.value) for fact in result.view.facts} == {("", "gold"), (DENTIST, "silver")}


@pytest.mark.parametrize(
    "id_",
    [
        *("user_name", "first_name", "lastName", "Full Name", "patient_name", "Vorname", "apellidos", "imię", "naam"),
        *("email", "e_mail", "E-Mail-Adresse", "contactEmail", "phone_number", "callback_number", "call_back_number"),
        *("mobile", "Telefonnummer", "correo_electrónico", "numéro_de_téléphone", "telefone", "preferred_contact"),
        *("home_address", "addressLine1", "city", "zip_code", "PLZ", "código_postal", "ulica", "gata"),
        *("spoken_language", "preferred_language", "Sprache", "idioma", "langue", "taal", "język", "språk"),
    ],
)
def test_what_is_about_the_person_is_told_to_all(id_: str) -> None:
    """Name, contact and language are told to every agent, in the nine languages, and any agent's newest."""
    found = folded(on_day(1, DENTIST, **{id_: "one"}), on_day(2, BIKES, **{id_: "two"})).view.facts

    assert [(fact.told_to, fact.value) for fact in found] == [(None, "two")]


@pytest.mark.parametrize(
    "id_",
    [
        *("appointment", "allergies", "son_age", "doctor_name", "company_name", "order_number", "customer_number"),
        *("callback_time", "delivery_address", "emergency_contact", "contact_reason", "email_subject", "pet_name"),
        *("preferred_doctor", "date_of_birth", "notes", "balance", "language_of_the_contract", "name_of_the_product"),
    ],
)
def test_what_is_not_about_the_person_stays_with_its_agent(id_: str) -> None:
    """Everything else is told to the agent that collected it, also where its id holds such a word."""
    assert facts(on_day(1, DENTIST, **{id_: "one"}))[id_].told_to == DENTIST


@pytest.mark.parametrize("shared", [("allergies",), ("Allergies", "x"), ("*",)])
def test_operator_lets_agents_share_more(shared: tuple[str, ...]) -> None:
    """A field of SHARED_FIELDS is every agent's, and `*` makes all of them so."""
    calls = [on_day(1, DENTIST, allergies="nuts"), on_day(2, BIKES, allergies="none known")]

    assert facts(*calls, shared_fields=shared)["allergies"].told_to is None


@pytest.mark.parametrize(
    ("id_", "value"),
    [
        ("zz_allergies", "penicillin"),
        ("Allergien", "Nüsse"),
        ("alergia", "maní"),
        ("allergie", "arachides"),
        ("uczulenie", "orzechy"),
        ("alergias", "amendoim"),
        ("överkänslighet", "nötter"),
        ("Unverträglichkeiten", "Laktose"),
        ("food_intolerance", "gluten"),
        ("z_notes", "She is allergic to latex."),
        ("zz_anaphylaxis", "yes"),
        ("zz_current_medication", "warfarin"),
        ("zz_pacemaker", True),
        ("zz_wheelchair", True),
        ("schwanger", True),
    ],
)
def test_what_can_harm_comes_first(id_: str, value: object) -> None:
    """Allergies, and then illness and need, are heavier than everything else, whatever their ids' first letters."""
    others: dict[str, Any] = {
        "appointment": "Monday",
        "balance": 5,
        "email": "m@example.com",
        "preferred_day": "Friday",
    }
    found = folded(on_day(1, **{**others, id_: value})).view.facts

    assert found[0].id == id_
    assert found[0].weight >= 0.95 > found[1].weight


@pytest.mark.parametrize(
    "id_", ["energy_supplier", "gallery", "Allerheiligen", "medical_insurance_number", "alert_tone"]
)
def test_harmless_words_are_not_heavy(id_: str) -> None:
    """A word that only looks like one of illness weighs as others do."""
    assert facts(on_day(1, **{id_: "x"}))[id_].weight == 0.9


def test_fact_knows_what_it_was_before_and_until_when() -> None:
    """The last three values that a fact superseded stay with it, with when they were last said, and until when."""
    calls = [on_day(number, city=city) for number, city in enumerate(["Lund", "Malmö", "Oslo", "Rome", "Bern"])]

    assert facts(*calls)["city"].before == (
        FormerValue("Malmö", NOON_S + DAY_S, NOON_S + 2 * DAY_S),
        FormerValue("Oslo", NOON_S + 2 * DAY_S, NOON_S + 3 * DAY_S),
        FormerValue("Rome", NOON_S + 3 * DAY_S, NOON_S + 4 * DAY_S),
    )


@pytest.mark.parametrize("again", ["Lund", "LUND", " Lund. ", "lund"])
def test_same_value_told_again_supersedes_nothing(again: str) -> None:
    """A value that is told again, in another case or with a full stop, leaves no former value; it is said later."""
    fact = facts(on_day(1, city="Lund"), on_day(2, city=again), on_day(3, city="Oslo"))["city"]

    assert [(former.occurred_at_s, former.until_s) for former in fact.before] == [
        (NOON_S + 2 * DAY_S, NOON_S + 3 * DAY_S)
    ]


def test_opaque_id_names_the_caller_by_its_name() -> None:
    """A name under an opaque id tells two people apart, and is none where the caller said nothing."""
    view = folded(
        on_day(0, first_name="Marta", city="Lund"),
        named({OPAQUE: ("First name", "Jonas")}, "Hello.", at_s=NOON_S + DAY_S),
    ).view
    assert (view.name, [person.name for person in view.people]) == ("Jonas", ["Marta", "Jonas"])

    monologue = folded(named({OPAQUE: ("Caller name", "Jonas")}, "..."))
    assert (monologue.view.name, monologue.view.facts) == ("", ())


def test_id_that_names_the_caller_comes_before_a_name_of_an_opaque_one() -> None:
    """Where an id and the name of an opaque id both name the caller, the id counts."""
    call_ = named({OPAQUE: ("user_name", "Jonas"), "user_name": (None, "Marta")}, "Hello.")

    assert folded(call_).view.name == "Marta"


def test_each_person_has_what_was_before() -> None:
    """What one person told supersedes nothing of another, of whichever agent, and is what it was before of nothing."""
    view = folded(
        on_day(0, first_name="Marta", address="12 Oak Street", appointment="Monday"),
        on_day(1, first_name="Jonas", address="99 Elm Street", appointment="Tuesday"),
        on_day(2, BIKES, first_name="Jonas", address="7 Ash Street", appointment="Friday"),
    ).view

    told = [(fact.id, fact.agent_id, fact.value, [former.value for former in fact.before]) for fact in view.facts]
    assert sorted(told) == [
        ("address", BIKES, "7 Ash Street", ["99 Elm Street"]),
        ("appointment", BIKES, "Friday", []),
        ("appointment", DENTIST, "Tuesday", []),
        ("first_name", BIKES, "Jonas", []),
    ]
