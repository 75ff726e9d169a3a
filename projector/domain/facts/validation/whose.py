"""Tells of whom some words speak, and if of anybody: what a daughter has must not become the caller's own."""

from collections.abc import Sequence

from projector.domain.facts.told.tokens import Token, tokens_of
from projector.domain.facts.told.word_list import words

# What people have themselves, and are asked for of others too.
_OF_ONE_PERSON = frozenset(
    {"accessibility", "allergy", "condition", "date_of_birth", "employer", "insurance", "medication", "name"}
)
_OTHERS = words(
    """
    son son's daughter daughter's mother mother's father father's mom mum mum's mom's dad dad's wife wife's husband
    husband's brother brother's sister sister's child child's kid baby grandmother grandma grandfather grandpa
    grandson granddaughter aunt uncle cousin nephew niece boyfriend girlfriend friend neighbour neighbor
    sohn sohnes sohns tochter mutter vater frau mann bruder schwester kind oma opa enkel enkelin tante onkel neffe
    nichte freund freundin nachbar nachbarin
    hijo hija madre padre mujer esposa esposo marido hermano hermana abuela abuelo nieto nieta tía tío primo prima
    sobrino sobrina amigo amiga novio novia
    fils fille mère père femme mari frère sœur soeur grand-mère grand-père tante oncle cousin cousine neveu nièce
    ami amie
    figlio figlia madre padre moglie marito fratello sorella nonna nonno nipote zia zio cugino cugina amico amica
    zoon dochter moeder vader vrouw broer zus zusje oma opa kleinzoon kleindochter tante oom neef nicht vriend
    vriendin
    syn syna synowi synem córka córki córce córkę mama mamy mamie mamę matka matki tata taty tacie ojciec ojca żona
    żony żonie mąż męża mężowi brat brata siostra siostry babcia babci dziadek dziadka
    filho filha mãe pai esposa esposo marido mulher irmão irmã avó avô neto neta tia tio primo prima sobrinho
    sobrinha amigo amiga
    son sonen dotter dottern mamma pappa mor far fru man bror syster mormor farmor morfar farfar barnbarn moster
    faster kusin vän väninna
    colleague boss partner fiancé fiancée roommate tenant landlord kollege kollegin chef partnerin mieter vermieter
    dog dog's cat cat's horse puppy kitten rabbit hund hundes katze kater pferd hase perro perra gato gata caballo
    chien chienne chat chatte cheval cane gatto cavallo hond kat paard pies psa kot kota koń cão cachorro cadela
    cavalo hunden katt katten häst
    """
)
_POSSESSIVES = words(
    """
    my our mein meine meinem meinen meiner meines unser unsere unserem unseren mi mis nuestro nuestra mon ma mes
    notre mio mia mie nostro nostra mijn ons onze mój moja mojej mojego moją mojemu nasz nasza meu minha nosso nossa
    min mitt mina vår
    """
)
# Of somebody else, and not of what is spoken of: `il` and `er` may be an `it`, and do harm less than a wrong allergy.
_THIRD_PERSON = words(
    """
    he he's he'll he'd she she's she'll she'd they they're they've him er sie ihn él ella ellos ellas elle elles lui
    lei loro hij zij ze on ona oni ele ela eles elas han hon honom
    """
)
# A name after these is that of whom one greets or thanks, or for whom one calls.
_GREETINGS = words(
    """
    hello hi hey morning afternoon evening thanks thank you bye goodbye dear hallo guten morgen tag danke servus moin
    hola gracias buenos buenas bonjour salut merci ciao buongiorno grazie hoi dag bedankt cześć dziękuję olá oi
    obrigado obrigada hej tack
    """
)
_FOR = words("for für para pour per voor dla por för behalf namen nombre nom nome naam imieniu namn about")
_INTRODUCING = words("here speaking calling hier apparat aquí ici qui parla tutaj aqui här again")
_TITLES = words(
    """
    mr mrs ms miss dr doctor frau herr herrn señor señora señorita sr sra monsieur madame mme signor signora signore
    meneer mevrouw pan pani pana panią senhor senhora herr fru the of
    """
)
_SUPPOSING = {
    "de": words("wenn falls ob"),
    "en": words("if whether suppose"),
    "es": words("si"),
    "fr": words("si"),
    "it": words("se"),
    "nl": words("als indien"),
    "pl": words("jeśli jeżeli gdyby gdybym czy"),
    "pt": words("se"),
    "sv": words("om ifall"),
}
# Without words that mean something else in another of the languages: `mi`, `ja`, `im`.
_FIRST_PERSON = words(
    """
    i i'm i've i'd i'll me myself we we're ich mir mich wir yo soy tengo estoy nosotros je j'ai j moi nous io sono ho
    ik mij wij jestem mam eu sou tenho estou nós jag mig vi
    """
)


def is_supposed(attribute: str, clause: str, language: str) -> bool:
    """Tell whether words on what one person has only suppose it: `what if I had diabetes`."""
    tokens, supposing = tokens_of(clause), _SUPPOSING.get(language, frozenset())
    if attribute not in _OF_ONE_PERSON:
        return False
    at = next((at for at, token in enumerate(tokens[:3]) if token.text in supposing), None)
    return at is not None and at + 1 < len(tokens) and not tokens[at + 1].begins_clause


def is_of_another(attribute: str, value: str, clause: str) -> bool:
    """
    Tell whether words speak of somebody near to the caller, and not of the caller: `my daughter is allergic to nuts`.

    Only for what one person has. That there is a daughter is the caller's own.

    Args:
        value: what the words are said to tell of the caller.
        clause: the quote, with the rest of the clauses in which it stands.
    """
    if attribute not in _OF_ONE_PERSON:
        return False
    tokens = tokens_of(clause)
    if attribute == "name" and _is_anothers_name(tokens_of(value), tokens):
        return True
    told = [token.text for token in tokens]
    if any(word in _FIRST_PERSON for word in told):
        return False
    return any(word in _THIRD_PERSON for word in told) or any(
        one in _POSSESSIVES and any(word in _OTHERS for word in told[at + 1 : at + 3]) for at, one in enumerate(told)
    )


def _is_anothers_name(name: Sequence[Token], told: Sequence[Token]) -> bool:
    """Tell whether a name is that of whom the caller greets, or calls for: `Hello Lisa`, and not `Hello, Lisa here`."""
    first = next((at for at, token in enumerate(told) if name and token.text == name[0].text), 0)
    before = [token for token in told[:first] if token.text not in _TITLES]
    after = [token.text for token in told[first + len(name) : first + len(name) + 1]]
    begins_clause = told[first].begins_clause and told[first - 1].text not in _TITLES  # `Mrs. Hansen`
    if not before or begins_clause or not _INTRODUCING.isdisjoint(after):
        return False
    return before[-1].text in _GREETINGS or before[-1].text in _FOR
