"""
Whether of two sentences one agrees to what the other refuses.

In doubt both stand: what somebody agreed to is sooner told twice than lost.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from projector.domain.facts.told.negations import (
    CLAUSE_WORDS,
    EXCLUSIONS,
    JOINING_WORDS,
    holds_negation,
    is_negation,
)
from projector.domain.facts.told.stems import content_tokens, stem_of
from projector.domain.facts.told.word_list import words
from projector.domain.reading.stop_words import STOP_WORDS

# Words that may differ between a sentence and its contrary, beside those that say nothing.
_BESIDE = words(
    """
    now again anymore longer any still already jetzt nun wieder mehr ahora ya más maintenant plus désormais ora adesso
    più nu nog meer teraz już więcej agora mais längre igen
    """
)
# What is recorded are calls. Of anything else, a call is how: `no marketing by phone`.
_CALLS = words(
    """
    call calls conversation conversations phone telephone anruf anrufe anrufen gespräch gespräche telefonat telefonate
    llamada llamadas conversación appel appels chiamata chiamate telefonata telefonate conversazione gesprek gesprekken
    telefoongesprek rozmowa rozmowy rozmów chamada chamadas ligação ligações conversa samtal samtalen
    """
)
_AGREEING = words(
    """
    consent consents agree agrees agreed allow allows allowed permit permits accept accepts authorise authorises
    authorize authorizes give gives gave permission let lets want wants may can
    stimmt zu zugestimmt einverstanden erlaubt genehmigt willigt ein einwilligung zustimmung erlaubnis gibt möchte will
    darf dürfen wird werden
    consiente acepta permite autoriza quiere da permiso consentimiento puede pueden
    consent accepte permet autorise veut donne accord permission autorisation peut peuvent être
    acconsente accetta permette autorizza vuole dà consenso permesso può possono
    stemt in met toestemming geeft accepteert staat toe wil mag mogen
    zgadza się wyraża zgodę zgoda pozwala akceptuje chce można może
    consente aceita permite autoriza quer dá permissão consentimento pode podem
    samtycker samtycke godkänner tillåter accepterar vill får
    """
)
_REFUSING = words(
    """
    refuse refuses refused decline declines declined object objects objected withdraw withdraws withdrew revoke revokes
    reject rejects forbid forbids deny denies denied opposes
    lehnt ablehnt abgelehnt verweigert widerspricht widersprochen widerruft widerrufen untersagt verbietet
    rechaza niega deniega prohíbe revoca retira opone
    refuse rejette interdit révoque retire oppose
    rifiuta nega vieta revoca ritira oppone
    weigert verbiedt afgewezen ingetrokken
    odmawia cofa sprzeciwia wycofuje zabrania
    recusa rejeita proíbe revoga retira nega opõe
    vägrar nekar avböjer återkallar förbjuder
    """
)
# These come with the refusing word, and are no part of what is refused: `withdraws consent`, `lehnt ... ab`.
_WITH_REFUSING = words("ab to s oppose se si sich zich")
_RECORDING = words(
    """
    record recorded recording recordings tape taped taping aufgezeichnet aufzeichnen aufzeichnung aufzeichnungen
    aufnahme aufnahmen aufgenommen aufnehmen mitgeschnitten mitschnitt mitschneiden grabar grabada grabadas grabado
    grabación grabaciones graben grabe enregistrer enregistré enregistrée enregistrés enregistrées enregistrement
    enregistrements registrare registrata registrate registrato registrazione registrazioni opnemen opgenomen opname
    opnames nagrywać nagrywana nagrywane nagrywany nagrywania nagrywanie nagranie nagrania gravar gravada gravadas
    gravado gravação gravações spelas spela inspelning inspelningar inspelad inspelade
    """
)
_RECORD = "record"
# These say nothing in a question, and to whom or when in a consent: `lets him pick it up`, `vor 12 Uhr`.
_TELLING = words(
    """
    him them ihm ihn ihnen vor nach bis él ellos desde hasta lui eux loro hem hen hun mu nim przed ele eles
    honom henne dem efter
    """
)
# After these another verdict may follow, or a part of what is agreed to is left out.
_PARTING = (
    CLAUSE_WORDS
    | EXCLUSIONS
    | words(
        """
    without ohne sin sans senza zonder bez sem utan against gegen dagegen contra contre contro tegen przeciw przeciwko
    emot mot
    """
    )
)
# `ma zgodę`, `não permite mais`.
_NOT_PARTING = {"pl": words("ma"), "pt": words("mais"), "sv": words("sin")}
_DECIDING = words(
    """
    consents agree agrees agreed allow allows allowed permit permits accept accepts authorise authorises authorize
    authorizes stimmt erlaubt genehmigt willigt consiente acepta permite autoriza accepte permet autorise acconsente
    accetta permette autorizza instemt accepteert zgadza pozwala akceptuje consente aceita samtycker godkänner tillåter
    accepterar
    """
)
_WANTING = words("want wants lets möchte will darf quiere veut vuole wil mag chce może quer pode vill får")
_NEW_CLAUSE = re.compile(r"[,;:\u2013\u2014-]\s+(\w+)")


def is_contrary(new: str, old: str, language: str) -> bool:
    """
    Tell whether one of two sentences says what the other denies: `consents to calls being recorded`, `does not`.

    They differ in nothing that says to what: `to the insurer` and `not to the employer` are two consents.

    Args:
        language: of both, ISO 639-1.
    """
    if _says_more_than_one(new, language) or _says_more_than_one(old, language):
        return False
    (told, is_denied), (former, was_denied) = _sentence(new, language), _sentence(old, language)
    nothing = _saying_nothing(language)
    if _RECORD in told & former:
        nothing |= _stems(_CALLS, language)
    return is_denied != was_denied and bool(told & former) and told ^ former <= nothing


def _says_more_than_one(text: str, language: str) -> bool:
    """Tell whether a sentence may agree to one thing and refuse another, or agree to a refusal."""
    told = [token.text for token in content_tokens(text, language)]
    if not _PARTING.isdisjoint({*told} - _NOT_PARTING.get(language, frozenset())):
        return True
    if any(is_negation(word, language) for word in _NEW_CLAUSE.findall(text.casefold())):
        return True
    refusing, deciding = _places(told, _REFUSING, language), _places(told, _DECIDING, language)
    if refusing and deciding and deciding[0] < refusing[-1]:
        return True
    if JOINING_WORDS.isdisjoint(told):
        return False
    verdicts = len(refusing) + len(deciding) + len(_places(told, _WANTING, language))
    return verdicts > 1 or (bool(refusing) and holds_negation(told, language))


def _places(told: Sequence[str], of: frozenset[str], language: str) -> list[int]:
    stems = _stems(of, language)
    return [place for place, word in enumerate(told) if stem_of(word, language) in stems]


def _sentence(text: str, language: str) -> tuple[frozenset[str], bool]:
    """Return the stems of what a sentence speaks of, and whether it refuses that."""
    told = [token.text for token in content_tokens(text, language)]
    stems = frozenset(stem_of(word, language) for word in told if not is_negation(word, language))
    refusing, recording = _stems(_REFUSING, language), _stems(_RECORDING, language)
    is_denied = (not stems.isdisjoint(refusing)) != holds_negation(told, language)
    return frozenset(_RECORD if stem in recording else stem for stem in stems - refusing), is_denied


def _saying_nothing(language: str) -> frozenset[str]:
    """Return the stems of what says nothing of to what somebody consents."""
    nothing = STOP_WORDS.get(language, frozenset()) | _BESIDE | _AGREEING | _WITH_REFUSING
    return _stems(nothing, language) - _stems(_TELLING, language)


@lru_cache(maxsize=128)
def _stems(told: frozenset[str], language: str) -> frozenset[str]:
    return frozenset(stem_of(word, language) for word in told)
