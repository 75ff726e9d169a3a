"""Whether an answer takes what the agent said: words that only the agent said prove nothing without a yes."""

from projector.domain.facts.told.negations import AFFIRMATIONS, is_negation
from projector.domain.facts.told.stems import EMPTY_WORDS
from projector.domain.facts.told.tokens import tokens_of
from projector.domain.facts.told.word_list import words

# Other ways to say yes; of one that is several words, the one that says it.
_YES = AFFIRMATIONS | words(
    """
    aha absolutely definitely certainly course indeed good works do does did is was am are have had
    one same still agreed deal please ahead lovely wonderful excellent cool alright thanks
    mach machen mache gerne gern natürlich sicher einverstanden bitte jawohl jup ist bin habe hab tut dasselbe
    gleiche super prima doch eben toll wunderbar
    ordnung
    bueno correcto cierto desde acuerdo supuesto perfecta esa ese eso es soy tengo hágalo favor igual mismo
    estupendo genial
    fenomenal bien
    ouais d'accord sûr volontiers c'est entendu même parfait super ça suis
    va giusto d'accordo bene perfetto certamente volentieri è sono stesso quello quella
    ottimo ottima benissimo
    inderdaad graag prima oké natuurlijk zeker is heb doe akkoord zelfde dezelfde fijn mooi top
    no oczywiście pasuje pewnie dokładnie owszem jasne jest mam proszę ten ta to tak zgoda super świetnie okej
    pode combinado certo perfeito exato claro é sou tenho isso mesmo mesma pois beleza tá ótimo ótima fechado
    legal bom boa
    gärna visst absolut stämmer okej är det samma gör toppen fint
    """
)
# Of scripts without spaces, and sounds, which are no words.
_YES_WITHIN = (
    "uh-huh",
    "mm-hm",
    "mhm",
    "はい",
    "ええ",
    "うん",
    "そう",
    "お願い",
    "大丈夫",
    "結構",
    "了解",
    "いいです",
    "です",
)
# What sounds like an answer, and takes nothing; also what says that the agent is wrong.
_NO_ANSWER = words(
    """
    maybe perhaps think wonder wrong incorrect unsure doubt depends
    vielleicht überlegen überlege denke falsch weiß
    quizás quizá pensar pensaré pensarlo equivocado
    peut-être réfléchir réfléchis faux
    forse penso pensarci pensarlo sbagliato
    misschien denken fout
    może zastanowię pomyślę źle
    talvez pensar errado
    kanske fundera fel
    """
)


def takes(answer: str, language: str) -> bool:
    """
    Tell whether an answer that repeats nothing of what the agent said says yes to it.

    Of a language whose words for yes we do not know any answer does.

    Args:
        answer: the words of the caller.
        language: of these, ISO 639-1.
    """
    if any(sign in answer.casefold() for sign in _YES_WITHIN):
        return True
    if language not in EMPTY_WORDS:
        return language != "ja"
    told = {token.text for token in tokens_of(answer)}
    return bool(told & _YES) and not told & _NO_ANSWER


def takes_back(answer: str, language: str) -> bool:
    """Tell whether an answer denies what the agent said."""
    return any(is_negation(token.text, language) for token in tokens_of(answer))
