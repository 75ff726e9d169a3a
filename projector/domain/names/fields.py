"""The data collection ids that name a caller, and how an agent's id is compared with them."""

from collections.abc import Sequence
from functools import lru_cache

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


def plain_id(id_: str) -> str:
    """Return an id as it is compared: without case, blanks and signs, so that `Full Name` is `full_name`."""
    return "".join(char for char in id_.casefold() if char.isalnum())


# A caller's every call asks for the same few fields again.
@lru_cache(maxsize=8)
def plain_fields(fields: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return name fields as the plain ids that each is made of."""
    return tuple(tuple(plain_id(id_) for id_ in field.split("+")) for field in fields)


def name_ids(ids: Sequence[str], fields: tuple[str, ...]) -> list[str]:
    """Return those of some ids that a name field asks for."""
    asked = {id_ for field in plain_fields(fields) for id_ in field if id_}
    return [id_ for id_ in ids if plain_id(id_) in asked]
