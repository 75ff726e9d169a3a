"""
Tells of the words of a call whether they speak of somebody's health or credentials, also where no model stated it.

What nobody stated is known by its words alone: those of allergies, medicines and illnesses, the names of illnesses, the
endings by which medicines are named, and what passwords and accounts are called.
"""

import re
import unicodedata

from ingress.searching.questions.words.safety_words import SAFETY_WORDS, SICK_OF

# The words of questions about these are those of what is said of them, too.
_TOPICS = ("allergy", "medicine", "illness")
# A longer word stands for its other forms: `vaccinated` for `vaccination`, and `contraindication` for no contract.
_ENDING_CHARS, _BEGINNING_CHARS_MIN = 2, 8
# How illnesses and what is done about them begin, in the languages of greetings: most are Greek and Latin everywhere.
_ILLNESS = """
    abortion aborto abtreib addict adhd adhs aids alcoholi alcolis alergi alkoholi allergi alzheimer alérgi amputat
    anemi anemia angstst anorexi ansiedad anxiety anämie arrhythm arritm arthrit arthros artrit artros asma asperger
    asthm autis avortement beschwerd bipolar bluthochdr bronchit bulimi canc cance cancer chemoth chemother chimio
    chlamyd cirrhos cirros colitis colostom covid crohn demenc depresi depresj depress diabet dialis dialys diarrh
    diális drogensü durchfall dépress eczem ekzem embaraz enceint epilep esclerosis esquizo fehlgeb fibromyalg
    gastrit gonorr grávid haemorrh hallucin halluzin hemorr hepatit hernia herpes hipertens hiv hypertens hämorr
    incint incontinen infarct infarkt infarto infertil influenz inkontinen kanker kolit krebs leucem leukaem leukem
    leukäm linfoma lupus lymphom lähmung malaria melanom migrain migran migrän miscarr neurodermit objaw osteopor
    paralys parkinson pneumon pregnan prothes prótes psicos psoria psychos quimio rak rehab reuma rheuma schilddrüs
    schizo schwanger sclerosis sclérose sifil sintom sklerose stenosis stoma suchtkr symptom syphil síntoma tdah
    thyroid tiroid transplant tubercul tuberk tumor tumour uczul ulcer unfruchtb verstopfung zirrhos zwanger
"""
_WHOLE = frozenset({"rak", "hiv", "aids", "stoma", "canc", "cance", "asma", "rehab"})
# They have another meaning that is more often meant.
_HARMLESS = """
    condition conditions crise dos emergencia emergency emergenza emergência nagły urgence urgencia urgência
    vertrage ranny
"""
# The endings by which the WHO names medicines: https://www.who.int/teams/health-product-and-policy-standards/inn
_MEDICINE = re.compile(
    r"\w{2,}(?:[^\Wa]pril|sartan|olol|statin|prazol|cillin|zillin|cilina|cilline|mycin|micina|mycine|formin|metformina|"
    r"xaban|farin|farine|farina|oumarol|coumon|azepam|azolam|oxetin|traline|tralin|opram|apine|apin|idone|idon|triptan|"
    r"setron|olone|olon|nisone|nison|asone|oxacin|oxacine|conazol|cyclin|cycline|ciclina|semid|semide|thiazid|thiazide|"
    r"tiazida|gliptin|gliflozin|glutid|parin|parine|lukast|dronat|umab|ximab|zumab|tinib|clovir|navir|buvir|tegravir|"
    r"caine|caina|kain|barbital|dipin|dipine|dipino|profen|profène|profeno|ofenac|codone|morphin|morphine|orfina|"
    r"fentanyl|fentanil|thyroxin|tiroxina|thyroxine|lafil|nafil)e?s?",
)
_MEDICINES = """
    antidepresivos antidepressants antidepressiva aspirin aspirina aspirine captopril coumadin eliquis enalapril
    falithrom ibuprofen insulin insulina insuline insulinę lisinopril lithium marcumar methadon methadone novalgin
    paracetamol perindopril pradaxa prozac ramipril ritalin sintrom valium ventolin viagra xanax xarelto zoloft
"""
# What is secret is called so.
_CREDENTIAL = re.compile(
    r"(?<!\w)(?:pins?|pin[- ]?codes?|passwor[dt]\w*|passcode|contraseña|mot de passe|parola d'ordine|wachtwoord\w*|"
    r"has[łl]o|palavra-passe|senha|l[öo]senord\w*|kennwort|geheimzahl|cvv|cvc|iban|social security number|"
    r"security code)(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_HEALTH_SIGNS = ("アレルギー", "薬", "病気", "糖尿", "妊娠", "癌", "うつ病", "喘息", "过敏", "药", "怀孕")
_CREDENTIAL_SIGNS = ("暗証番号", "パスワード", "密码", "비밀번호", "पासवर्ड", "كلمة المرور", "الرقم السري", "şifre")


def speaks_of_credentials(text: str) -> bool:
    """Tell whether a text has a word on a secret, such as a PIN."""
    return any(sign in text.casefold() for sign in _CREDENTIAL_SIGNS) or _CREDENTIAL.search(text) is not None


def speaks_of_sensitive(text: str) -> bool:
    """Tell whether a text has a word on somebody's health or credentials."""
    if any(sign in text for sign in _HEALTH_SIGNS) or speaks_of_credentials(text):
        return True
    plain = unicodedata.normalize("NFC", text).casefold()
    for each in SICK_OF:
        plain = plain.replace(each, " ")
    return any(map(_is_of_health, set(_WORD.findall(plain))))


def _is_of_health(word: str) -> bool:
    return word in _WORDS or word.startswith(_BEGINNINGS) or _MEDICINE.fullmatch(word) is not None


_TOPIC_WORDS = frozenset(
    word
    for topic in _TOPICS
    for words in SAFETY_WORDS[topic].values()
    for word in words.casefold().split()
    if word not in _HARMLESS.split()
)
_WORDS = frozenset(_MEDICINES.split()) | _WHOLE | _TOPIC_WORDS
_BEGINNINGS = (
    *(each for each in _ILLNESS.split() if each not in _WHOLE),
    *(word[:-_ENDING_CHARS] for word in sorted(_TOPIC_WORDS) if len(word) >= _BEGINNING_CHARS_MIN),
)
