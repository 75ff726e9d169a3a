"""Tells of whom some words speak: what a caller says of a daughter must not become the caller's own."""

from projector.domain.facts.told.tokens import tokens_of
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
    """
)
_POSSESSIVES = words(
    """
    my our mein meine meinem meinen meiner meines unser unsere unserem unseren mi mis nuestro nuestra mon ma mes
    notre mio mia mie nostro nostra mijn ons onze mój moja mojej mojego moją mojemu nasz nasza meu minha nosso nossa
    min mitt mina vår
    """
)
# Without words that mean something else in another of the languages: `mi`, `ja`, `im`.
_FIRST_PERSON = words(
    """
    i i'm i've i'd i'll me myself we we're ich mir mich wir yo soy tengo estoy nosotros je j'ai j moi nous io sono ho
    ik mij wij jestem mam eu sou tenho estou nós jag mig vi
    """
)


def is_of_another(attribute: str, clause: str) -> bool:
    """
    Tell whether words speak of somebody near to the caller, and not of the caller: `my daughter is allergic to nuts`.

    Only for what one person has. That there is a daughter is the caller's own.

    Args:
        clause: the quote, with the rest of the clauses in which it stands.
    """
    if attribute not in _OF_ONE_PERSON:
        return False
    told = [token.text for token in tokens_of(clause)]
    if any(word in _FIRST_PERSON for word in told):
        return False
    return any(
        one in _POSSESSIVES and any(word in _OTHERS for word in told[at + 1 : at + 3]) for at, one in enumerate(told)
    )
