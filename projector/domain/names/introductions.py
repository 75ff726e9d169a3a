"""What people say around their name: `My name is`, `ich heiße`; and what agents say to hear it."""

import re

from projector.domain.names.titles import words_of

# ruff: noqa: RUF001 - the letters of all languages
# The tables are in lower case; `|` and line ends part their rows. Right before the speaker's own name, anywhere:
OWN_NAME_FOLLOWS = """
my name is|my name's|this is|i am|i'm|im|you're speaking with|you're speaking to|call me
mein name ist|ich bin|ich bin's|ich heiße|ich heisse|hier ist|hier spricht|hier|sie sprechen mit
me llamo|mi nombre es|soy|le habla|aquí
je m'appelle|je suis|mon nom est|mon nom c'est
mi chiamo|il mio nome è|io sono|sono
mijn naam is|ik ben|ik heet|u spreekt met|je spreekt met
nazywam się|mam na imię|jestem|mówi|z tej strony
meu nome é|eu sou|sou|me chamo|chamo-me|aqui é|aqui fala|quem fala é
jag heter|mitt namn är|jag är|här är
benim adım|adım|ben
меня зовут|мое имя|моё имя|говорит|мене звати|мене звуть
أنا|انا|اسمي|معك|معاك
मेरा नाम|मैं
我是|我叫|我的名字叫|我的名字是|这里是
私は|わたしは|저는|제 이름은
"""
# The same, but they may say as well who somebody else is: only as the first words of a call.
OWN_NAME_MAY_FOLLOW = """
it's|it is|das ist|c'est|ici|es|é|è|qui|parla|habla|fala|het is|met|to|tu|det är|это|я|це|هذا|هذه|我姓
"""
# Before a comma, and the name: `it's me, Nadia`.
IT_IS_ME = """
it's me|ich bin's|ich bins|ich bin es|soy yo|c'est moi|sono io|ik ben het|to ja|sou eu|det är jag|это я|це я
"""
# Right behind the speaker's own name.
OWN_NAME_WAS = """
here|speaking|calling|is my name
hier|am apparat|ist mein name|mein name
al habla|al aparato|le habla|es mi nombre
à l'appareil|au téléphone|c'est mon nom
all'apparecchio|al telefono|è il mio nome
aan de telefoon|aan de lijn|is mijn naam
przy telefonie|z tej strony|się nazywam
aqui|falando|é o meu nome|é meu nome
här|heter jag
ben
меня зовут|мене звати
बोल रहा|बोल रही|हूँ
と申します|といいます|と言います|라고 합니다|이라고 합니다
معك|معاك
"""
# The same, but they may say as well who somebody else is, or that the caller calls again.
OWN_NAME_MAY_HAVE_BEEN = """
again|nochmal|noch mal|wieder|otra vez|encore|di nuovo|weer|znowu|de novo|igen|tekrar|снова|опять
です|でございます|입니다|인데요|이에요|예요
"""
# The words of whatever may stand before a name with which a call is opened.
GREETING_WORDS = words_of(
    """
    hello hi hey good morning afternoon evening there yes yeah yep well okay ok um uh so oh sorry hallo guten morgen
    tag abend servus moin grüß gott grüezi ja also äh ähm hola buenos buenas días tardes noches sí mire oiga bonjour
    bonsoir salut allô oui euh alors rebonjour ciao buongiorno buonasera salve pronto sempre hoi goedemorgen
    goedemiddag goedenavond dag dzień dobry cześć halo tak olá oi bom boa dia tarde noite alô sim hej hejsan god morgon
    kväll merhaba iyi günler akşamlar selam alo evet здравствуйте добрый день вечер доброе утро алло да привет вітаю
    так السلام عليكم مرحبا أهلا هلا ألو صباح مساء الخير نعم नमस्ते नमस्कार हेलो जी हाँ 你好 您好 喂 もしもし こんにちは
    はい 안녕하세요 여보세요 네
    """
)
# With a greeting they may stand before an introduction, without a comma: `and my name is Nadia`.
JOINING_WORDS = words_of(
    """
    and but actually again because just thanks thank you und aber nochmal danke eigentlich y e pero gracias et mais
    merci
    ma grazie en maar i a ale och men tack ve ama и а но मैं و
    """
)
# Before an introduction they say that it is another's, or only supposed: `he said I'm Peter`.
REPORTING_WORDS = words_of(
    """
    said says told goes asked message voicemail mailbox pretend if sagt sagte meinte nachricht wenn falls dijo dice
    mensaje si dit message disse messaggio se zegt zei bericht als powiedział powiedziała wiadomość jeśli mensagem sa
    meddelande om dedi mesaj сказал сказала говорит сообщение если 说 如果
    """
)
# Before or behind an introduction they take it back.
DENYING_WORDS = words_of(
    """
    not don't never isn't nicht kein no non ne pas niet geen nie não inte değil değilim не нет ليس لست مش नहीं
    """
)
# Right before the name of whose somebody is, or has something: `la hija de Ana`.
WORDS_BEFORE_OWNERS = words_of("of von vom de del di della dello van da do das dos till av od")
# Right behind an introduction, where no comma is: in all else the name may be an owner's, as in `this is Nadia phone`.
WORDS_AFTER_INTRODUCTION = words_of(
    """
    i i'm i'd i've i'll im and but from calling again with at here speaking just how can could do
    ich und aber aus von vom wieder nochmal hier wir y pero de desde del llamo quiero quería necesito tengo
    et mais je j'ai j'appelle j'aimerais e ma chiamo vorrei ho da en maar ik uit i ale dzwonię z mas queria preciso
    estou
    och men jag från ve ama ben и но я из звоню і але و من और से
    """
)
# Behind a name with which a call is opened: it is asked for, or is that of whom the caller speaks.
SAYS_WHOSE_NAME_IT_WAS = re.compile(
    r"[\s,.!:;\u2026-]*(?:please|bitte|por favor|s'il vous pla[iî]t|per favore|alsjeblieft|alstublieft|poproszę|proszę|"
    r"tack|lütfen|пожалуйста|будь ласка|"
    r"that's|that is|she's|she is|he's|he is|das ist|sie ist|er ist|es mi|es el|es la|ella es|él es|"
    r"c'est|elle est|il est|è mi[oa]|lei è|lui è|dat is|zij is|hij is|to mój|to moja|to jest|é [om]|ela é|ele é|"
    r"det är|hon är|han är|это мо[йя]|это |це м[ії]|are you|is that|bist du|sind sie|eres|es usted)(?![^\W_])"
)
# Somewhere behind a name with which a call is opened: `Rosa Keller. I need an appointment for her`.
SPEAKS_OF_ANOTHER = re.compile(
    r"(?<![^\W_])(?:(?:for|to|about|with) (?:her|him)|that name|(?:is|does|has|can) (?:she|he)|"
    r"(?:she|he)(?:'s| is| has)|"
    r"für (?:sie|ihn)|(?:ist|hat|kann) (?:sie|er)|(?:para|con|a) (?:ella|él)|pour (?:elle|lui)|per (?:lei|lui)|"
    r"voor (?:haar|hem)|dla (?:niej|niego)|för (?:henne|honom)|для (?:неё|нее|него))(?![^\W_])"
)
# An agent asks for the name of whoever speaks.
ASKS_FOR_OWN_NAME = re.compile(
    r"\byour (?:(?:first|last|full|own|given|family|whole|and|good) ){0,4}name\b|who am i speaking|"
    r"who(?:'s| is) (?:calling|speaking|this)|who do i have|"
    r"\bihre?n? (?:(?:vollen|vollständigen|ganzen|vor-?|und) ){0,3}(?:vor|nach|familien|zu)?namen?\b|"
    r"wie heißen sie|mit wem spreche|wer spricht|"
    r"con quién hablo|de parte de quién|quién habla|tu nombre|"
    r"votre (?:(?:pré)?nom|nom de famille)(?! d)|comment vous appelez|qui est à l'appareil|à qui ai-je|"
    r"con chi parlo|chi parla|\buw (?:volledige |hele )?(?:voor|achter)?naam|hoe heet u|met wie spreek|"
    r"z kim rozmawiam|pan[ai]? (?:imię|nazwisko)|com quem (?:eu )?falo|quem (?:está )?fala|"
    r"ditt (?:fullständiga |hela )?(?:för|efter)?namn|vad heter du|vem talar jag|\badınız\b|\bisminiz\b|kiminle görüş|"
    r"ваше имя|ваша фамилия|как вас зовут|с кем я говорю|ваше ім|як вас звати|ваше прізвище|"
    r"اسمك|اسم حضرتك|आपका (?:\w+ )?नाम|您贵姓|您的名字|您的姓名|怎么称呼您|您怎么称呼|(?<!の)お名前|성함[이을]"
)
# In these languages the words for `your name` and for `her name` are the same.
MAY_ASK_FOR_OWN_NAME = re.compile(r"\bsu nombre|cómo se llama|il suo nome|come si chiama|\bseu nome|como se chama")

_INTRODUCTION = re.compile(
    r"(?:"
    r"(?:hi|hello|hey|yes|hallo|hola|bonjour|salut|ciao|buongiorno|dzień dobry|olá|oi|hej|ja|sí|oui|sì|tak|sim)"
    r"[,.!]?\s+"
    r")?(?:"
    r"(?:my|the) (?:full |first )?name(?: is|'s)|i am|i'm|this is|it's spelled|it's|it is|spelled"
    r"|call me|you can call me|name"
    r"|mein name ist|ich bin|ich hei(?:ß|ss)e|hier ist|hier spricht|name ist"
    r"|me llamo|mi nombre es|soy|habla"
    r"|je m'appelle|je suis|mon nom est|c'est"
    r"|mi chiamo|il mio nome è|sono"
    r"|mijn naam is|ik ben|ik heet|met"
    r"|nazywam się|mam na imię|jestem|mówi"
    r"|(?:o )?meu nome é|eu sou|sou|(?:eu )?me chamo|chamo-me"
    r"|jag heter|mitt namn är|jag är|det är"
    r")(?:\s*:\s*|\s+)(?=\S)",
    re.IGNORECASE,
)


def without_introduction(text: str) -> str:
    """
    Return a text without the words that introduce a name: `My name is John` gives `John`.

    Args:
        text: with straight apostrophes.
    """
    return _INTRODUCTION.sub("", text, count=1) if _INTRODUCTION.match(text) else text
