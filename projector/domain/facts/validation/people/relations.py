"""By which words people call those near to them: who says `لأمي` has named a mother, and who says `mum` as well."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from functools import lru_cache

from projector.domain.facts.told.tokens import UNPARTED, composed, tokens_of
from projector.domain.facts.told.word_list import words

# One relation a line. `abi*` stands for any word that begins so, as Turkish, Hindi and Russian put their endings.
# A relation a paragraph, its words by language. `abi*` stands for any word that begins so, as Turkish puts its endings.
_RELATIONS = """
    en mother mom mum mama mamma mummy mommy | de mutter mutti mama | es madre mamá mamita | fr mère maman
    it madre mamma | nl moeder mama | pl matka matki matce matkę mama mamy mamie mamę | pt mãe mamãe | sv mor mamma
    da mor mamma | no mor mamma | tr anne* valide* | ru мать матери мама мамы маме маму мамой | uk мати матір мама мамі
    hi माँ मां मम्मी माताजी | ar أم ام والدة ماما | ja 母 お母さん 母親 | zh 母亲 妈 妈妈 媽媽 | ko 엄마 어머니 어머님

    en father dad daddy papa | de vater vati papa | es padre papá | fr père papa | it padre papà babbo | nl vader papa
    pl ojciec ojca ojcu tata taty tacie | pt pai papai | sv far pappa | da far | no far pappa | tr baba*
    ru отец отца отцу папа папы папе папу | uk тато тата батько | hi पापा पिता पिताजी | ar أب أبو والد بابا
    ja 父 お父さん 父親 | zh 父亲 爸 爸爸 | ko 아빠 아버지 아버님

    en brother | de bruder bruders | es hermano | fr frère | it fratello | nl broer | pl brat brata bratu bratem
    pt irmão | sv bror | da bror | no bror | tr abi* ağabey* birader* kardeş* | ru брат брата брату | uk брат брата
    hi भाई भैया | ar أخ اخو أخو | ja 兄 弟 お兄さん | zh 哥哥 弟弟 哥 | ko 형 오빠 남동생 동생

    en sister | de schwester | es hermana | fr sœur soeur | it sorella | nl zus zusje | pl siostra siostry siostrę
    pt irmã | sv syster | da søster | no søster | tr abla* bacı* kardeş* | ru сестра сестры сестре сестру
    uk сестра сестри | hi बहन दीदी | ar أخت اخت | ja 姉 妹 お姉さん | zh 姐姐 妹妹 姐 | ko 언니 누나 여동생 동생

    en son | de sohn sohnes sohns | es hijo | fr fils | it figlio | nl zoon | pl syn syna synowi | pt filho
    sv son sonen | da søn | no sønn | tr oğul* oğl* | ru сын сына сыну | uk син сина | hi बेटा बेटे | ar ابن ولد | ja 息子
    zh 儿子 兒子 | ko 아들

    en daughter | de tochter | es hija | fr fille | it figlia | nl dochter | pl córka córki córce córkę | pt filha
    sv dotter | da datter | no datter | tr kız kızı kızım* kızın* | ru дочь дочери дочка дочке | uk донька дочка
    hi बेटी | ar بنت ابنة | ja 娘 | zh 女儿 女兒 | ko 딸 딸이 딸은 딸아이 딸의

    en husband | de mann ehemann | es marido esposo | fr mari | it marito | nl man echtgenoot | pl mąż męża mężowi
    pt marido | sv man make | da mand | no mann | tr koca kocam* eş eşi eşim* eşin* | ru муж мужа мужу
    uk чоловік чоловіка
    hi पति | ar زوج | ja 夫 主人 旦那 | zh 丈夫 老公 | ko 남편

    en wife | de frau ehefrau | es mujer esposa | fr femme | it moglie | nl vrouw echtgenote | pl żona żony żonie żonę
    pt mulher esposa | sv fru hustru | da kone | no kone | tr karı karım* karısı* hanım* eş eşi eşim* eşin*
    ru жена жены жене жену | uk дружина дружини | hi पत्नी | ar زوجة مرت مرة
    ja 妻 家内 奥さん | zh 妻子 老婆 太太 | ko 아내 와이프

    en grandmother grandma granny nan nana | de großmutter oma | es abuela | fr grand-mère mamie | it nonna | nl oma
    pl babcia babci babcię | pt avó vovó | sv mormor farmor | da mormor farmor | no mormor farmor bestemor
    tr anneanne* babaanne* nine ninem* | ru бабушка бабушки бабушке | uk бабуся | hi दादी नानी | ar جدة
    ja 祖母 おばあさん | zh 奶奶 外婆 姥姥 | ko 할머니

    en grandfather grandpa granddad | de großvater opa | es abuelo | fr grand-père papi | it nonno | nl opa
    pl dziadek dziadka | pt avô vovô | sv morfar farfar | da morfar farfar | no morfar farfar bestefar | tr dede dedem*
    ru дедушка дедушки дедушке | uk дідусь | hi दादा नाना | ar جد | ja 祖父 おじいさん | zh 爷爷 外公 姥爷 | ko 할아버지

    en uncle | de onkel | es tío | fr oncle | it zio | nl oom | pl wujek wujka stryj | pt tio | sv farbror morbror
    da onkel | no onkel | tr dayı* amca* | ru дядя дяди | uk дядько | hi चाचा मामा | ar عم خال | ja おじさん 叔父 伯父
    zh 叔叔 舅舅 伯伯 | ko 삼촌 이모부 고모부

    en aunt auntie | de tante | es tía | fr tante | it zia | nl tante | pl ciocia cioci ciotka | pt tia
    sv moster faster | da tante | no tante | tr teyze* hala halam* | ru тётя тети тетя | uk тітка | hi मौसी चाची बुआ
    ar عمة خالة | ja おばさん 叔母 伯母 | zh 阿姨 姑姑 姨妈 | ko 이모 고모

    en friend | de freund | es amigo | fr ami | it amico | nl vriend | pl przyjaciel kolega | pt amigo | sv vän
    tr arkadaş* | ru друг друга | uk друг друга | hi दोस्त | ar صديق صاحب | ja 友達 友人 | zh 朋友 | ko 친구

    en neighbour neighbor | de nachbar nachbarn | es vecino | fr voisin | it vicino | nl buurman | pl sąsiad sąsiada
    pt vizinho | sv granne | tr komşu* | ru сосед соседа | uk сусід сусіда | hi पड़ोसी | ar جار | ja 隣人 | zh 邻居
    ko 이웃

    en driver | de fahrer | es chófer conductor | fr chauffeur | it autista | nl chauffeur | pl kierowca kierowcy
    pt motorista | sv chaufför | tr şoför* | ru водитель водителя | uk водій | hi ड्राइवर | ar سواق سائق | ja 運転手
    zh 司机 | ko 기사님
"""
# `والسواق`, `لأمي`: what Arabic joins to the begin and the end of a word.
_ARABIC = r"(?:[وفبكل]|ال|لل|وال|بال|فال|كال)?{}(?:ي|ه|ها|ك|نا|هم|كم)?"
_ARABIC_MINE = r"[وفبكل]*{}(?:ي|نا)"
# Who says these speaks of themselves as well.
_OF_ME = {
    "ar": words("أنا انا عندي معي مني لي"),
    "da": words("jeg mig"),
    "hi": words("मैं मुझे मुझको"),
    "ko": words("나"),
    "no": words("jeg meg"),
    "ru": words("я мне меня мной"),
    "tr": words("ben benim bana bende beni"),
    "uk": words("я мені мене мною"),
}
# Of somebody else, and of no thing.
_THIRD_PERSON = {
    "ar": words("عندها عنده"),
    "da": words("han hun ham hende"),
    "hi": words("उनको उनकी उनका उनके उन्हें उसको उसकी उसका उसके उसे"),
    "no": words("han hun ham henne"),
    "ru": words("он она него неё нее ему ей"),
    "uk": words("він вона нього неї йому їй"),
}
# `Still`, `what the wife has` and `my friend`, who is `another` as well.
_AMBIGUOUS = words("hala karı koca kız eş друг друга kone mand mann far mor son son")
_IS_ARABIC, _IS_UNPARTED = re.compile(r"[\u0600-\u06ff]"), re.compile(f"[{UNPARTED}]")


# They hold the sign of a relation, and name nobody.
_NO_RELATIONS = re.compile("大丈夫|墨西哥|딸기|小姐|酵母|稲妻")


def names_relation(word: str, text: str, language: str) -> bool:
    """
    Tell whether a text names somebody by the relation that a word says: `mother`, and `my mum` was said.

    Args:
        word: in lower case, of the language or in English, as models write it.
        language: of the text, ISO 639-1.
    """
    relations = [names for names in _relations(language) if any(_is_form(name, word) for name in names)]
    if not relations and language != "ar":
        return False
    told = [token.text for token in tokens_of(text)]
    # An English word names a relation in English alone: `son cuarenta`, `son bureau`.
    own = _relations(language, is_with_english=False)
    every = _relations(language)
    names = frozenset[str]().union(*(mine for mine, each in zip(own, every, strict=True) if each in relations))
    names = names or frozenset({word})
    return any(_is_told(name, told, text) for name in names)


def speaks_of_relation(text: str, language: str) -> bool:
    """
    Tell whether a text speaks of somebody near to the caller, and not of the caller: `annemin alerjisi var`.

    Of a language whose words around a person we know this is asked of the person who stands nearest.
    """
    told = [token.text for token in tokens_of(text)]
    if language not in _OF_ME or not _OF_ME[language].isdisjoint(told):
        return False
    if not _THIRD_PERSON.get(language, frozenset()).isdisjoint(told):
        return True
    return any(
        _is_near(name, told, text, language) for names in _relations(language, is_with_english=False) for name in names
    )


def _is_near(name: str, told: list[str], text: str, language: str) -> bool:
    if language == "ar":  # without an ending, `أم` is an `or`
        pattern = _ARABIC_MINE.format(_arabic_stem(name))
        return any(re.fullmatch(pattern, word) for word in told)
    return len(name) > 1 and name not in _AMBIGUOUS and _is_told(name, told, text)


@lru_cache(32)
def _relations(language: str, *, is_with_english: bool = True) -> tuple[frozenset[str], ...]:
    """Return the words of each relation, in a language, and in English besides."""
    found: list[frozenset[str]] = []
    languages = {language, "en"} if is_with_english else {language}
    for paragraph in composed(_RELATIONS).casefold().strip().split("\n\n"):
        parts = [part.split() for line in paragraph.splitlines() for part in line.split("|")]
        found.append(frozenset(word for code, *names in parts if code in languages for word in names))
    return tuple(found)


def _is_form(name: str, word: str) -> bool:
    """Tell whether a word is one of a relation, with the endings of its language."""
    if name.endswith("*"):
        return word.startswith(name[:-1])
    if _IS_ARABIC.match(name):
        return re.fullmatch(_ARABIC.format(_arabic_stem(name)), word) is not None
    return word == name


def _is_told(name: str, told: list[str], text: str) -> bool:
    if _IS_UNPARTED.match(name):
        return name in _NO_RELATIONS.sub("", text)
    return any(_is_form(name, word) for word in told)


def _arabic_stem(name: str) -> str:
    """Return a pattern of a word whose last letter changes before an ending: `جدة`, `جدتي`."""
    return f"{re.escape(name[:-1])}[ةهت]" if name.endswith("ة") else re.escape(name)
