"""The words of numbers by language: what each is worth, and what is said between them."""

from projector.domain.facts.told.counting import further_words
from projector.domain.facts.told.tokens import composed

HUNDRED, THOUSAND = 100, 1000

# Zero to nineteen in order, then the tens from twenty; `/` parts the forms of one number.
_SMALL = {
    "en": """
        zero/oh/nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen
    """,
    "de": """
        null eins/ein/eine/einen/einem/einer zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn
        vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn
    """,
    "es": """
        cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis
        diecisiete dieciocho diecinueve
    """,
    "fr": """
        zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept
        dix-huit dix-neuf
    """,
    "it": """
        zero uno/un/una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici
        sedici diciassette diciotto diciannove
    """,
    "nl": """
        nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien
        zeventien achttien negentien
    """,
    "pl": """
        zero jeden/jedna/jedno/jednego/jednej dwa/dwie/dwóch/dwoje trzy/trzech cztery/czterech pięć/pięciu sześć/sześciu
        siedem/siedmiu osiem/ośmiu dziewięć/dziewięciu dziesięć/dziesięciu jedenaście/jedenastu dwanaście/dwunastu
        trzynaście/trzynastu czternaście/czternastu piętnaście/piętnastu szesnaście/szesnastu siedemnaście/siedemnastu
        osiemnaście/osiemnastu dziewiętnaście/dziewiętnastu
    """,
    "pt": """
        zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze
        dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove
    """,
    "sv": """
        noll ett/en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton
    """,
}
_TENS = {
    "en": "twenty thirty forty/fourty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "vingt trente quarante cinquante soixante septante quatre-vingt/quatre-vingts/huitante nonante",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "pl": """
        dwadzieścia/dwudziestu trzydzieści/trzydziestu czterdzieści/czterdziestu pięćdziesiąt/pięćdziesięciu
        sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt
    """,
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "sv": "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio",
}
_HUNDREDS = {
    "es": """
        cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas
        seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas novecientos/novecientas
    """,
    "pl": "sto/stu dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset",
    "pt": """
        cem/cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas
        seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas
    """,
}
_MULTIPLES = {
    "en": ("hundred", "thousand"),
    "de": ("hundert", "tausend"),
    "es": ("", "mil"),
    "fr": ("cent/cents", "mille"),
    "it": ("cento", "mille/mila"),
    "nl": ("honderd", "duizend"),
    "pl": ("", "tysiąc/tysiące/tysięcy"),
    "pt": ("", "mil"),
    "sv": ("hundra", "tusen"),
}
# First to nineteenth, then the tens; only what does not follow from the word of the number.
_ORDINALS = {
    "en": """
        first:1 second:2 third:3 fifth:5 eighth:8 ninth:9 twelfth:12 twentieth:20 thirtieth:30
    """,
    "de": "erst:1 dritt:3 siebt:7",
    "es": """
        primero:1 primer:1 primera:1 segundo:2 segunda:2 tercero:3 tercer:3 tercera:3 cuarto:4 cuarta:4 quinto:5
        quinta:5 sexto:6 sexta:6 séptimo:7 octavo:8 noveno:9 décimo:10
    """,
    "fr": "premier:1 première:1 second:2 seconde:2",
    "it": "primo:1 secondo:2 seconda:2 terzo:3 terza:3 quarto:4 quinto:5 sesto:6",
    "nl": "eerste:1 tweede:2 derde:3",
    "pl": """
        pierwsz:1 drug:2 trzec:3 czwart:4 piąt:5 szóst:6 siódm:7 ósm:8 dziewiąt:9 dziesiąt:10 jedenast:11 dwunast:12
        trzynast:13 czternast:14 piętnast:15 szesnast:16 siedemnast:17 osiemnast:18 dziewiętnast:19 dwudziest:20
        trzydziest:30
    """,
    "pt": "primeiro:1 primeira:1 segundo:2 segunda:2 terceiro:3 terceira:3 quarto:4 quinto:5 sexto:6",
    "sv": "första:1 andra:2 tredje:3 fjärde:4 femte:5 sjätte:6 sjunde:7 åttonde:8 nionde:9 tionde:10",
}
ORDINAL_ENDS = {
    "en": ("th", "ieth", "st", "nd", "rd"),
    "de": ("ten", "te", "ter", "tes", "tem", "sten", "ste", "ster", "stes", "stem", "en", "e", "er", "es", "em"),
    "fr": ("ième", "ièmes"),
    "nl": ("de", "ste"),
    "pl": ("y", "a", "e", "ego", "ej", "ą", "ym", "i", "ia", "ie", "iego", "iej", "im"),
    "sv": ("de", "te", "nde"),
}
# Written as one word: `zwölftausendvierhundertsieben`, `ventiquattro`.
GLUED = frozenset({"de", "it", "nl", "sv"}) | further_words.GLUED
# What stands among the ordinals is no word by itself, but has an ending: `erst` alone says `only`.
STEMS_ALONE = frozenset({"de", "pl", "ru", "uk"})
JOINERS = {
    "en": ("and",),
    "de": ("und",),
    "es": ("y",),
    "fr": ("et",),
    "it": ("e",),
    "nl": ("en", "ën"),
    "pl": (),
    "pt": ("e",),
    "sv": ("och",),
}
DECIMAL_MARKS = frozenset({"komma", "coma", "virgule", "virgola", "przecinek", "vírgula"}) | further_words.DECIMAL_MARKS
_SMALL |= further_words.SMALL
_TENS |= further_words.TENS
_HUNDREDS |= further_words.HUNDREDS
_MULTIPLES |= further_words.MULTIPLES
_ORDINALS |= further_words.ORDINALS
ORDINAL_ENDS |= further_words.ORDINAL_ENDS
JOINERS |= further_words.JOINERS
TIMES = {"double": 2, "triple": 3, "treble": 3, "doble": 2, "doppel": 2, "doppelt": 2, "dubbel": 2}
LETTERS_BY_NAME = {
    word: word[0]
    for word in (
        *("alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"),
        *("juliett", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango"),
        *("uniform", "victor", "whiskey", "whisky", "xray", "x-ray", "yankee", "zulu", "anton", "berta", "cäsar"),
        *("dora", "emil", "friedrich", "gustav", "heinrich", "ida", "julius", "kaufmann", "ludwig", "martha"),
        *("nordpol", "otto", "quelle", "richard", "samuel", "siegfried", "theodor", "ulrich", "viktor", "wilhelm"),
        *("xanthippe", "ypsilon", "zeppelin"),
    )
}


def _forms(text: str, values: list[int]) -> dict[str, int]:
    told = zip(composed(text).split(), values, strict=True)
    return {form: value for forms, value in told for form in forms.split("/")}


def _values(language: str) -> dict[str, int]:
    hundred, thousand = _MULTIPLES[language]
    values = _forms(_SMALL[language], [*range(20)]) | _forms(_TENS[language], [*range(20, 100, 10)])
    if language in _HUNDREDS:
        values |= _forms(_HUNDREDS[language], [*range(100, 1000, 100)])
    values |= {word: HUNDRED for word in hundred.split("/") if word}
    return values | dict.fromkeys(composed(thousand).split("/"), THOUSAND)


def _numbered(text: str) -> dict[str, int]:
    return {word: int(value) for word, _, value in (each.partition(":") for each in composed(text).split())}


VALUES = {language: _values(language) for language in _SMALL}
ORDINALS = {language: _numbered(_ORDINALS[language]) for language in _SMALL}
VALUES["hi"] |= _numbered(further_words.HINDI)
VALUES["fr"] |= {"vingts": 20}
VALUES["es"] |= {"veintiuno": 21, "veintiún": 21, "veintiuna": 21, "veintidós": 22, "veintitrés": 23} | {
    f"veinti{word}": 20 + value
    for word, value in (("cuatro", 4), ("cinco", 5), ("séis", 6), ("siete", 7), ("ocho", 8), ("nueve", 9))
}
# Its words stand for other things far more often than for a number.
_ARTICLES = {
    "de": ("ein", "eine", "einen", "einem", "einer"),
    "es": ("un", "una", "uno"),
    "fr": ("un", "une"),
    "it": ("un", "una", "uno"),
    "nl": ("een",),
    "pt": ("um", "uma"),
    "sv": ("en", "ett"),
} | further_words.ARTICLES
ARTICLES = {language: frozenset(_ARTICLES.get(language, ())) for language in _SMALL}
_MONTHS = """
    january:1 february:2 march:3 april:4 may:5 june:6 july:7 august:8 september:9 october:10 november:11 december:12
    januar:1 jänner:1 februar:2 märz:3 mai:5 juni:6 juli:7 oktober:10 dezember:12
    enero:1 febrero:2 marzo:3 abril:4 mayo:5 junio:6 julio:7 agosto:8 septiembre:9 octubre:10 noviembre:11 diciembre:12
    janvier:1 février:2 mars:3 avril:4 juin:6 juillet:7 août:8 septembre:9 octobre:10 novembre:11 décembre:12
    gennaio:1 febbraio:2 aprile:4 maggio:5 giugno:6 luglio:7 settembre:9 ottobre:10 dicembre:12
    januari:1 februari:2 maart:3 mei:5 augustus:8
    stycznia:1 lutego:2 marca:3 kwietnia:4 maja:5 czerwca:6 lipca:7 sierpnia:8 września:9 października:10 listopada:11
    grudnia:12
    janeiro:1 fevereiro:2 março:3 maio:5 junho:6 julho:7 setembro:9 outubro:10 novembro:11 dezembro:12
    maj:5 augusti:8
"""
MONTHS = _numbered(_MONTHS) | _numbered(further_words.MONTHS)
