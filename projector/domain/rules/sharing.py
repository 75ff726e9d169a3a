"""Which collected values every agent may be told: those about the person, and those that the operator names."""

from projector.domain.calls import Call
from projector.domain.reading.ids import squeezed, words_of
from projector.domain.reading.kept import kept_if_short

EVERY_FIELD = "*"

# In the nine languages; without accents, in lower case. Each word is enough to say that a value is the
# person's name, contact or language, beside words of `_BESIDE` alone: `doctor_name` is another's.
_PERSON = {
    "de": """
        adresse anrede anschrift emailadresse familienname handy handynummer hausnummer kontakt kontaktdaten land
        mailadresse mobil mobilnummer mobiltelefon muttersprache nachname ort plz postleitzahl ruckrufnummer rufname
        rufnummer sprache stadt strasse telefon telefonnummer vorname wohnort
    """,
    "en": """
        address callbacknumber callername cell cellphone city contact contactnumber country county customername email
        emailaddress familyname fax firstname forename fullname givenname guestname initials lang language languages
        lastname mail mobile mobilenumber name nickname patientname phone phonenumber postal postalcode postcode
        province salutation sms state street surname tel telephone telephonenumber town username whatsapp zip zipcode
    """,
    "es": """
        apellido apellidos calle celular ciudad contacto correo direccion idioma lengua movil nombre nombres pais
        telefono
    """,
    "fr": "adresse contact coordonnees courriel langue nom pays prenom rue telephone ville",
    "it": "cap cellulare citta cognome contatto indirizzo lingua nome paese recapito telefono",
    "nl": "aanhef achternaam adres huisnummer mobiel naam stad straat taal telefoon telefoonnummer voornaam woonplaats",
    "pl": "adres imie imiona jezyk komorka kontakt kraj miasto nazwisko telefon telefonu ulica",
    "pt": """
        apelido cep cidade contato endereco idioma lingua morada nome pais rua sobrenome telefone telemovel
    """,
    "sv": "adress efternamn epost fornamn gata mobilnummer namn ort postnummer sprak telefonnummer tilltalsnamn",
}
_BESIDE = {
    "de": "anrufer anruferin bevorzugte bevorzugter bevorzugtes kunde kunden kundin patientin",
    "en": """
        a alternate alternative back best call callback caller callers client code current customer customers data
        details e family first for full given guest home id info last legal line maiden main method middle my native
        new no nr num number of patient person personal preference preferences preferred primary private return second
        secondary spoken the user work
    """,
    "es": "cliente codigo de del el electronico la numero paciente postal preferencia preferida preferido",
    "fr": "appelant client de du le numero prefere preferee preference",
    "it": "chiamante di elettronica posta preferita preferito",
    "nl": "de het klant van voorkeur",
    "pl": "klienta numer preferowana preferowany",
    "pt": "da do e preferencia preferencial usuario",
    "sv": "foredraget kundens",
}
_PERSON_WORDS = frozenset(word for words in _PERSON.values() for word in words.split())
_BESIDE_WORDS = frozenset(word for words in _BESIDE.values() for word in words.split())


def shared_ids(call: Call, fields: frozenset[str]) -> frozenset[str]:
    """
    Return the ids of a call's collected values that are every agent's, and not only that of the agent that collected.

    Args:
        fields: the squeezed ids that all agents share besides those about the person; `*` for every id.
    """
    return frozenset(id_ for id_ in call.collected if _is_shared(id_, call.field_of(id_), fields))


def _is_shared(id_: str, field: str, fields: frozenset[str]) -> bool:
    return is_about_the_person(field) or not fields.isdisjoint({EVERY_FIELD, squeezed(id_), squeezed(field)})


@kept_if_short
def is_about_the_person(field: str) -> bool:
    """Tell whether an id, or the name of a collected value, speaks of the person's name, contact or language."""
    # `callback` alone is a wish, its number is a contact.
    text = " ".join(words_of(field)).replace("call back", "callback").replace("callback number", "callbacknumber")
    words = [word.rstrip("0123456789") for word in text.split()]
    return any(word in _PERSON_WORDS for word in words) and all(
        not word or word in _PERSON_WORDS or word in _BESIDE_WORDS for word in words
    )
