"""The data collection ids that name a caller, and how an agent's id is compared with them."""

from collections.abc import Iterable
from functools import lru_cache

from projector.domain.calls import Call
from projector.domain.reading.ids import squeezed

# The most trusted first; joined by `+` where the values of several ids make one name, the last name last. Who a call
# is about, `patient_name`, is most often the caller, but not as surely as whoever is asked for the caller's name.
NAME_FIELDS = (
    "user_name",
    "caller_name",
    "full_name",
    "name",
    "first_name + last_name",
    "given_name + family_name",
    "first_name + surname",
    "caller_first_name + caller_last_name",
    "customer_first_name + customer_last_name",
    "patient_first_name + patient_last_name",
    "customer_name",
    "client_name",
    "contact_name",
    "lead_name",
    "guest_name",
    "your_name",
    "name_firma",
    "vorname + nachname",
    "vollständiger_name",
    "kundenname",
    "anrufer_name",
    "nombre + apellido",
    "nombre + apellidos",
    "nombre_completo",
    "prénom + nom",
    "nom_complet",
    "nome + cognome",
    "nome + sobrenome",
    "nome_completo",
    "voornaam + achternaam",
    "naam",
    "imię + nazwisko",
    "förnamn + efternamn",
    "namn",
    "patient_name",
)


# A caller's every call asks for the same few fields again.
@lru_cache(maxsize=8)
def squeezed_fields(fields: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return name fields as the squeezed ids that each is made of: `Full Name` is `full_name`."""
    return tuple(tuple(squeezed(id_) for id_ in field.split("+")) for field in fields)


def fields_with(ids: Iterable[str], fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the name fields, squeezed, that ask for one of some squeezed ids; the most trusted first."""
    all_fields, places = squeezed_fields(fields), _places(fields)
    return [all_fields[place] for place in sorted({place for id_ in ids for place in places.get(id_, ())})]


def name_ids(call: Call, fields: tuple[str, ...]) -> dict[str, str]:
    """
    Return the ids of those collected values that a name field asks for, each with the squeezed id in the field.

    An opaque id is asked for by the name that the operator gave it; one that is itself asked for comes before it.
    """
    asked = _places(fields)
    found = {id_: field for id_ in call.collected if (field := squeezed(id_)) in asked}
    if not call.collected_names:
        return found
    named = {id_: squeezed(call.field_of(id_)) for id_ in call.collected if id_ not in found}
    return found | {id_: field for id_, field in named.items() if field in asked}


@lru_cache(maxsize=8)
def _places(fields: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the places, among the name fields, of those that ask for a squeezed id."""
    places: dict[str, list[int]] = {}
    for place, field in enumerate(squeezed_fields(fields)):
        for id_ in filter(None, field):
            places.setdefault(id_, []).append(place)
    return places
