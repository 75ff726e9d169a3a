"""Tells the words of a text that are names, by their capitals, and that nobody said."""

import re
from collections.abc import Callable, Iterator, Sequence

from projector.domain.facts.told.counting.number_of import number_of
from projector.domain.facts.told.stems import EMPTY_WORDS
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.evidence.german_nouns import is_noun

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*")
# `L'appuntamento`, and not `L'Anna`.
_ELIDED = re.compile(r"(?:[^\W\d_]|Un|Qu|Dell|All|Nell|Sull|Dall|Quest|Quell)['\u2019](?-i:[^\W\d_A-Z])[\w'\u2019\-]*")
_SENTENCE_END = ".!?:"
# How a sentence about a caller begins, or whom it calls what; German ones are nouns.
_NARRATION = words(
    """
    the a an he she it they we i you his her its our my your their this that these those there on in at from since
    after before for to of with no not when if now both all everything nothing caller callers customer client patient
    guest user person owner delivery name wants want prefers needs has have is was will lives works
    likes dislikes takes took uses asks asked called calls can cannot does had may please
    someone parcels parts invoices about over only one two
    three four five six seven eight nine ten under ring call moving new old drives gets got said says told
    reports complains expects plans pays der die das ein eine er sie es sein seine seiner ihr ihre ihrer ihm
    ihnen im in am an auf bei zu zum zur mit von vom und nach für kein keine beim bitte seit vor wegen herr frau
    dem den des anrufer anrufers anruferin kunde kunden kundin patient patientin gast name nummer möchte will
    hat ist braucht wohnt arbeitet nimmt kann el la los las un una unos unas su sus en de del al se le les lo
    cliente clienta paciente persona quiere tiene es está vive trabaja prefiere necesita pide paga pagó por para
    con sin hay no tras ahora solo pregunta ha han viene queda cuando desde antes después número nombre
    dirección le la les un une il elle son sa ses client cliente patient en à au aux du des pour avec sans veut
    a est habite préfère il la lo gli i un uno una il suo la sua cliente paziente vuole ha è abita preferisce in
    a per con senza de het een hij zij ze zijn haar klant patiënt wil heeft is woont werkt in op bij voor met
    zonder klient klientka dzwoniąca dzwoniący pacjent pacjentka jego jej jest ma chce mieszka pracuje woli w z
    na do po przy dla bez nie może pasuje dzwoni niech recepta wizyta nowa rodzina jadą o a os as um uma cliente
    paciente seu sua quer tem é está mora trabalha prefere em no na para com sem en ett han hon hans hennes kund
    kunden patient vill har är bor arbetar i på vid för med utan
    wir ich uhr euro cent nosotros nosotras yo nous je on nos notre noi io nostro wij we ik onze my nasz nós eu nosso
    vi jag vår vårt våra man es wir soll sollen muss müssen darf dürfen alles nichts niemand jemand heute morgen gestern
    dort hier laut ohne trotz statt während nur auch noch außerdem hay debe deben puede pueden hace todo nada nadie
    también siempre nunca hoy mañana ayer aquí según durante está están era fue faut on ne peut doit tout rien
    aujourd'hui demain hier ici selon pendant depuis après avant chez entre dans si può possono deve devono tutto
    niente nessuno oggi domani ieri qui secondo dopo prima dal dalla nel al ai alle sul moet kan alles niets niemand
    vandaag gisteren volgens tijdens sinds voor trzeba należy można musi wszystko nikt nic dziś dzisiaj jutro wczoraj
    według podczas od przed gdy jeśli é deve pode tudo ninguém hoje amanhã ontem aqui durante depois antes desde
    måste allt inget ingen idag imorgon igår här enligt under sedan efter före
    appelante appelant utente l'appelante l'appelant l'utente l'client l'cliente osoba rozmówca
    foi foram vai vão será serão ficou já fue fueron van ya serán sera seront ont verrà verranno sarà saranno wurde
    wurden wird werden er wordt worden werd zostanie zostało został została będzie będą det blev blir ska
    rozmówczyni uppringaren inringaren personen beller alla al chi ama beve mangia vive lavora toma bebe come quem gosta
    mora trinkt mag isst fährt liebt bevorzugt aime boit prend mange pije lubi je bierze dricker gillar äter tar drinkt
    houdt eet drinks enjoys loves hates eats owns quien wer wie kto den som celui celle herrn
    """
)
# After a name that begins a sentence there stands a verb: `James wants`, and not `Prefers mornings`.
_VERBS = words(
    """
    is has was will would can could does did had may must should wants needs likes lives works prefers takes
    uses asks calls said says told gets got pays drives says reports complains expects plans owns moved bought
    ordered and 's
    """
)
_ADJECTIVE_ENDS = ("s", "ed", "ing", "ic", "al", "ly", "ent", "ant", "ive", "able")
_DETERMINERS = words(
    """
    der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner sein seine seinen
    seinem seiner ihr ihre ihren ihrem ihrer kein keine keinen keinem keiner diese dieser dieses diesem diesen
    zum zur im am vom beim ans ins
    """
)
# `Ein neues Rad`: what stands between an article and its noun.
_ADJECTIVES_MAX = 3
_ADJECTIVE_FORMS = ("e", "en", "er", "es", "em")
_ADVERBS = words("zu sehr ganz so noch recht ziemlich besonders")


def unsaid_names(text: str, language: str, has_word: Callable[[str], bool]) -> Iterator[str]:
    """
    Yield the words of a text that begin with a capital, as names do, and that nobody said.

    Args:
        language: of the text, ISO 639-1.
        has_word: tells whether a word in lower case was said.
    """
    before: list[str] = []
    is_first = True
    end = 0
    for found in _WORD.finditer(text):
        word, gap = found.group(), text[end : found.start()]
        is_first = is_first or any(sign in gap for sign in _SENTENCE_END)
        before = [] if is_first else before
        end = found.end()
        is_known = _is_no_name(word, before, language, is_first=is_first) or _is_said(word, has_word)
        if word[:1].isupper() and not is_known and not (is_first and _is_predicate(word, text[end:])):
            yield word
        before, is_first = [*before, word], False


def _is_said(word: str, has_word: Callable[[str], bool]) -> bool:
    plain = word.casefold()
    return all(map(has_word, re.split(r"[\-'\u2019]", plain))) or has_word(plain.replace("-", ""))


def _is_no_name(word: str, before: Sequence[str], language: str, *, is_first: bool) -> bool:
    plain = word.casefold()
    if is_first and (_ELIDED.fullmatch(word) or language not in EMPTY_WORDS):
        return True
    if number_of(plain, language) is not None or len(plain) == 1:
        return True
    if plain in _NARRATION and (is_first or language == "de"):
        return True
    # German writes every noun with a capital; a name has no article.
    return language == "de" and (_has_article(before) or is_noun(plain))


def _has_article(before: Sequence[str]) -> bool:
    """Tell whether an article stands before a German noun, or its adjectives: `ein zu kleines Rad`."""
    for word in reversed(before[-_ADJECTIVES_MAX:]):
        if word.casefold() in _DETERMINERS | EMPTY_WORDS["de"]:
            return True
        if not word.islower() or not (word.endswith(_ADJECTIVE_FORMS) or word in _ADVERBS):
            return False
    return False


def _is_predicate(word: str, rest: str) -> bool:
    """Tell whether a word at the beginning of an English sentence is a verb or an adjective: `Insured with Delta`."""
    following = _WORD.match(rest.lstrip())
    return (
        word.endswith(_ADJECTIVE_ENDS)
        and rest[:1] == " "
        and following is not None
        and following.group().islower()
        and following.group() not in _VERBS
    )
