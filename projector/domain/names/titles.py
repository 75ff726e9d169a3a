"""Words that stand in a name and are none: titles before it, particles in it, suffixes and companies behind it."""

import unicodedata
from collections.abc import Sequence


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


_MALE = words_of(
    "mr mister herr hr senor sr monsieur m signor signore sig dhr meneer heer deheer don dom sir lord senhor pan"
)
_FEMALE = words_of(
    "mrs ms miss missus madam madame mme mademoiselle mlle frau fraulein senora sra senorita srta dona dna signora "
    "signorina sigra signa mevr mevrouw mw fru froken senhora pani dame lady"
)
_OF_ANYBODY = words_of(
    "mx dr doctor doktor docteur dra dott dottore dottssa dottoressa doutor doutora prof professor professora "
    "professore professoressa profssa reverend drs inz mgr"
)
# Titles only with a dot: without one they may be names or other words.
_WITH_DOT = words_of("arch avv d da dipling eng geom hon ing ir lic mag me pr rag rev")
_WITH_GIVEN_NAME = words_of("don dom dona dna d da sir dame lady pan pani")
_PARTICLES = words_of(
    "van von vom zu zum zur der den ter ten te de del della dello dei degli di da das do dos du des la las le los "
    "af av bin ibn"
)
_SUFFIXES = words_of("jr sr ii iii iv phd dds esq cpa mba msc bsc")
_COMPANIES = words_of("gmbh ohg ltd limited llc llp inc incorporated corp corporation company plc sarl aps lda")
# Also last names, as `Sá` and `Co`: legal forms only in capitals, or with dots.
_COMPANIES_IN_CAPITALS = words_of("ag kg ug co sl sa sas srl spa bv nv ab oy sp")


def plain(text: str) -> str:
    """Return the letters of a text in lower case, without accents: `Sig.ra` gives `sigra`."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED)
    return "".join(char for char in decomposed if char.isalpha())


_UNDECOMPOSED = str.maketrans({"ł": "l", "\u0131": "i", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def is_title(word: str) -> bool:
    """Return whether a word is a title before a name."""
    letters = plain(word)
    if letters in _WITH_DOT:
        return "." in word or "ª" in word
    return letters in _MALE or letters in _FEMALE or letters in _OF_ANYBODY


def with_given_name(title: str) -> bool:
    """Return whether a title stands before a first name, as in `Don José`; other titles stand before a last name."""
    return plain(title) in _WITH_GIVEN_NAME


def contradict(title: str, other: str) -> bool:
    """Return whether of two titles one is a man's and the other a woman's."""
    one, two = ({plain(word) for word in each.split()} for each in (title, other))
    return bool((one & _MALE and two & _FEMALE) or (one & _FEMALE and two & _MALE))


def is_particle(word: str) -> bool:
    """Return whether a last name may begin with a word, as with `van`, `de` or `von`."""
    return plain(word) in _PARTICLES


def is_suffix(word: str) -> bool:
    """Return whether a word stands behind a name: `Jr.`, `III`, `PhD`."""
    return plain(word) in _SUFFIXES or (plain(word) == "md" and word.isupper())


def is_company(words: Sequence[str]) -> bool:
    """Return whether words are the name of a company: one of them, behind another, is its legal form."""
    is_loud = all(word.isupper() for word in words)
    return any(
        (letters := plain(word)) in _COMPANIES
        or (letters in _COMPANIES_IN_CAPITALS and ("." in word or (word.isupper() and not is_loud)))
        for word in words[1:]
    )
