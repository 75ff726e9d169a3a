"""How heavy a collected value is among others: what must never be left out of a short profile comes first."""

import re

from projector.domain.memories import VITAL_WEIGHT
from projector.domain.reading.kept import kept_if_short
from projector.domain.rules.sharing import is_about_the_person

# What can harm a person who is not asked about it: allergies above all, then illness and need.
ALLERGY, HEALTH = 1.0, VITAL_WEIGHT
# Source: the product's seeds (HIGH salience).
ORDINARY = 0.9
# What has a place of its own in the answers (preferences, the name), or matters least in a conversation.
PREFERENCE, PERSON = 0.8, 0.7

# In the nine languages: English, German, Spanish, French, Italian, Dutch, Polish, Portuguese, Swedish.
_ALLERGY = re.compile(
    r"al+[eé]r[gxğ]|anaph?[iyí]l|anafil|epi-?pen|intol[eé]ran|nietoleran|unvertr[aä]glich|[oö]verk[aä]nslig|uczulen"
    r"|[uü]berempfindlich|overgevoelig|hypersensi",
    re.IGNORECASE,
)
_HEALTH = re.compile(
    r"medic(?!al[ _-]?(?:insurance|card|record))|medik|m[eé]dicament|l[aä]kemedel|leki\b|lekarstw|geneesmiddel"
    r"|diagnos|illness|disease|condition\b|krankheit|erkrankung|enfermedad|maladie|malattia|ziekte|chorob|doen[cç]a"
    r"|sjukdom|chronic|chronisch|diabet|cukrzyc|insulin|epilep|padaczk|seizure|asthma|asma\b|astma|pacemaker"
    r"|schrittmacher|marcapaso|marcapasso|rozrusznik|pregnan|schwanger|embaraz|enceinte|incinta|gravid|zwanger|ci[aą][zż]"
    r"|blood|blut|anticoag|disab|behinder|discapac|handicap|niepełnospraw|defici[eê]n|wheelchair|rollstuhl|rolstoel"
    r"|silla[ _-]de[ _-]ruedas|fauteuil[ _-]roulant|sedia[ _-]a[ _-]rotelle|rullstol|emergency|notfall|urgenc|emergenza"
    r"|emergencia|emergência|noodgeval|nagły|suicid|self[ _-]harm|safety|do[ _-]not[ _-]",
    re.IGNORECASE,
)


def weight_of(field: str, value: str, *, is_preference: bool) -> float:
    """
    Return the weight of a collected value, 0 to 1; the heaviest are told first.

    Args:
        field: its id or name: either it or the value may speak of an allergy.
    """
    if (vital := _vital_weight(f"{field} {value}")) is not None:
        return vital
    if is_preference:
        return PREFERENCE
    return PERSON if is_about_the_person(field) else ORDINARY


@kept_if_short
def _vital_weight(text: str) -> float | None:
    if _ALLERGY.search(text):
        return ALLERGY
    return HEALTH if _HEALTH.search(text) else None
