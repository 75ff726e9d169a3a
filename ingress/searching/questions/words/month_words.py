"""
The words by which a question names a month, or what lies before and after it, in the nine languages.

Without accents, in lower case. Months are patterns from January on. The others are what stands before a month or a
year: in it, before it, after it, and since it.
"""

from msgspec import Struct


class MonthWords(Struct, frozen=True, kw_only=True):
    """The words of one language."""

    months: str
    within: str
    before: str
    after: str
    since: str


MONTH_WORDS = {
    "en": MonthWords(
        months="january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept?"
        " october|oct november|nov december|dec",
        within="(?:early |late |back )?in(?: the (?:middle|end|beginning) of)?|during|from|of|last|this|mid|early|late",
        before="before|prior to|until|by",
        after="after",
        since="since",
    ),
    "de": MonthWords(
        months="januar|janner februar|feber marz april mai juni juli august september oktober november dezember",
        within="im(?: (?:jahr|monat))?|in|vom|letzten|vergangenen|anfang|mitte|ende|wahrend",
        before="vor|bis",
        after="nach",
        since="seit",
    ),
    "es": MonthWords(
        months="enero febrero marzo abril mayo junio julio agosto sep?tiembre octubre noviembre diciembre",
        within="en(?: el (?:ano|mes de))?|durante|de|del(?: mes de)?|el pasado",
        before="antes de|hasta",
        after="despues de",
        since="desde",
    ),
    "fr": MonthWords(
        months="janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        within="en|au mois d[e']|du mois d[e']|de|durant|pendant|debut|mi|fin",
        before="avant|jusqu'en|jusqu'a",
        after="apres",
        since="depuis",
    ),
    "it": MonthWords(
        months="gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        within="a|ad|in|nel(?: mese di)?|di|durante|lo scorso",
        before="prima di|fino a",
        after="dopo",
        since="da",
    ),
    "nl": MonthWords(
        months="januari februari maart april mei juni juli augustus september oktober november december",
        within="in|van|afgelopen|vorige?|begin|medio|eind|tijdens",
        before="voor|tot",
        after="na",
        since="sinds",
    ),
    "pl": MonthWords(
        months="stycz(?:en|nia|niu) lut(?:y|ego|ym) mar(?:zec|ca|cu) kwie(?:cien|tnia|tniu) maj[au]? czerw(?:iec|ca|cu)"
        " lip(?:iec|ca|cu) sierp(?:ien|nia|niu) wrze(?:sien|snia|sniu) pazdziernik[au]? listopad(?:a|zie)?"
        " grud(?:zien|nia|niu)",
        within="we?|z|na poczatku|pod koniec",
        before="przed|do",
        after="po",
        since="od",
    ),
    "pt": MonthWords(
        months="janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
        within="em|no mes de|de|durante|no ano de",
        before="antes de|ate",
        after="depois de|apos",
        since="desde",
    ),
    "sv": MonthWords(
        months="januari februari mars april maj juni juli augusti september oktober november december",
        within="i|under|fran|forra",
        before="fore|innan|till",
        after="efter",
        since="sedan",
    ),
}
