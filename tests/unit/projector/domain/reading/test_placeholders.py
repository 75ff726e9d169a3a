"""Placeholders: what says that a value is not known, and what only looks like it."""

import pytest

from projector.domain.fold import FoldSettings, fold
from projector.domain.reading.placeholders import is_placeholder
from tests.support.calls import call
from tests.support.samples import NOON_S

PLACEHOLDERS = {
    "signs": ["-", "--", "—", "...", "…", "?", "___", "'-'", "/", "[ ]"],
    "everywhere": ["None", "none.", '"None"', "(none)", "null", "undefined", "NaN", "nan", "TBD"],
    "abbreviations": ["N/A", "n/a", "NA", "N.A.", "n.d.", "N/D", "k.A.", "k. A.", "n.v.t.", "nvt", "s/n"],
    "what redaction leaves": ["[NAME]", "[FIRST_NAME] [LAST_NAME]", "[PHONE_NUMBER].", "<unknown>", "{{user_name}}"],
    "en": [
        *("unknown", "Unknown.", "*unknown*", "unknown caller", "Unknown number", "unspecified", "not specified"),
        *("not provided", "Not provided by the caller", "No name provided", "Name not provided", "No information"),
        *("The caller did not provide their name", "The caller didn't say", "not mentioned in the conversation"),
        *("No phone number was given in this call", "None provided", "not available", "Not applicable"),
        *("the caller", "Caller", "The caller.", "the user", "the customer"),
    ],
    "de": [
        *("unbekannt", "Unbekannter Anrufer", "keine Angabe", "Keine Angaben", "nicht angegeben", "nicht bekannt"),
        *("Keine Telefonnummer angegeben", "keine", "der Anrufer", "Die Anruferin", "ohne Namen"),
    ],
    "es": [
        *("desconocido", "no proporcionado", "No especificado", "no consta", "ninguno", "sin nombre", "No indicado"),
        *("el llamante", "la persona que llama", "El cliente"),
    ],
    "fr": ["inconnu", "non précisé", "Non renseigné", "aucun", "Sans objet", "l'appelant", "le client", "pas de nom"],
    "it": ["sconosciuto", "non fornito", "Non specificato", "nessuno", "il chiamante", "il cliente", "senza nome"],
    "nl": ["onbekend", "niet opgegeven", "geen", "niet van toepassing", "Geen naam opgegeven", "de beller", "de klant"],
    "pl": ["nieznany", "nie podano", "brak", "brak danych", "nie dotyczy", "Nie podał imienia", "dzwoniący"],
    "pt": ["desconhecido", "não informado", "nao informado", "nenhum", "não consta", "a pessoa que ligou", "o cliente"],
    "sv": ["okänd", "ej angivet", "inte angivet", "inget namn", "Uppgift ej lämnat", "uppringaren", "kunden"],
}
VALUES = [
    *("no", "No", "yes", "nein", "Nein danke", "0", "N", "n", "E", "+", "A+", "👍", "✓", "false", "never", "not yet"),
    *("12 Oak", "penicillin", "no allergies", "keine Nüsse", "no preference", "no show", "no answer", "private"),
    *("not interested", "No, not interested", "The caller did not give consent", "None of the above", "Not Monday"),
    *("customer", "client services", "the dentist", "call back tomorrow", "Unknown Pleasures Ltd", "Sin City"),
    *("Marta", "Noah", "Nana", "Na", "Nan", "Nil", "Nada Smith", "Nobody Smith", "Anna [NAME]", "12 [LOCATION] Street"),
    *("[5, 6]", "[1]", '{"a": 1}', "nichts außer Nüssen", "x" * 200),
]


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{kind} {text}") for kind, texts in PLACEHOLDERS.items() for text in texts]
)
def test_tells_what_says_that_nothing_is_known(text: str) -> None:
    """A text that says that a value is not known is a placeholder, in each of the nine languages."""
    assert is_placeholder(text)
    assert is_placeholder(f"  {text}\n")


@pytest.mark.parametrize("text", VALUES)
def test_takes_no_value_for_a_placeholder(text: str) -> None:
    """A refusal, a short answer, and a text in which a placeholder's word has a meaning of its own are values."""
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [(["None"], True), ({"a": None, "b": "N/A"}, True), ([None, "x"], False), ([], False), ({}, False), (None, False)],
    ids=repr,
)
def test_looks_into_lists(value: object, is_one: bool) -> None:
    """A list or an object that holds placeholders and nulls alone is one; an empty one is what was collected."""
    assert is_placeholder(value) is is_one


@pytest.mark.parametrize("value", [0, False, 0.0, -1, True])
def test_takes_no_number_for_a_placeholder(value: object) -> None:
    """Zero, false and other values that are no text are values."""
    assert not is_placeholder(value)


@pytest.mark.parametrize("text", ["None", "N/A", "not provided", "-", "the caller", "[PHONE_NUMBER]", "k.A."])
def test_placeholder_supersedes_nothing(text: str) -> None:
    """A placeholder is no fact and no memory, and the value of an earlier call stays the current one."""
    calls = [call("conv_1", "Hi.", phone="+441"), call("conv_2", "Hi.", phone=text, city=text, at_s=NOON_S + 1)]
    folded = fold(calls, FoldSettings())

    assert [fact.value for fact in folded.view.facts] == ["+441"]
    assert [memory.text for memory in folded.memories if memory.kind == "collected"] == ["Phone: +441"]
    assert all(memory.is_current for memory in folded.memories)


@pytest.mark.parametrize("text", ["None", "Unknown", "the caller", "[NAME]", "-", "N/A", "nicht angegeben"])
def test_placeholder_names_nobody(text: str) -> None:
    """A placeholder names nobody, and takes no name away that is known."""
    known, new = call("conv_1", "Hi.", user_name="Marta"), call("conv_2", "Hi.", user_name=text, at_s=NOON_S + 1)

    assert fold([new], FoldSettings()).view.given_name == ""
    assert fold([known, new], FoldSettings()).view.given_name == "Marta"


def test_placeholder_is_no_summary() -> None:
    """A title and a summary that say nothing are not told as what a call was about."""
    view = fold([call("conv_1", "Hi.", summary="N/A", title="Unknown")], FoldSettings()).view

    assert view.past_calls == ()
