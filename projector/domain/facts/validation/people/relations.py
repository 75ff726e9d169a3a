"""By which words people call those near to them: who says `لأمي` has named a mother, and who says `mum` as well."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from functools import lru_cache

from projector.domain.facts.told.tokens import UNPARTED, tokens_of

# One relation a line. `abi*` stands for any word that begins so, as Turkish, Hindi and Russian put their endings.
_RELATIONS = """
    mother mom mum mama mamma mummy mommy mutter mutti mama madre mamá mère maman madre mamma moeder mama matka matki
    matce matkę mama mamy mamie mamę mãe mamãe mor mamma anne* annem* мать матери мама мамы маме маму мамой мати матір
    माँ मां मम्मी माताजी أم ام أمي والدة والدتي ماما 母 お母さん 母親 母亲 妈 妈妈 媽媽 엄마 어머니 어머님
    father dad daddy papa vater vati padre papá père papa padre papà babbo vader papa ojciec ojca ojcu tata taty tacie
    pai papai far pappa baba* отец отца отцу папа папы папе папу тато тата батько पापा पिता पिताजी أب ابوي أبي أبوي
    والدي والد بابا 父 お父さん 父親 父亲 爸 爸爸 아빠 아버지 아버님
    brother bruder bruders hermano frère fratello broer brat brata bratu bratem irmão bror abi* ağabey* birader* брат
    брата брату भाई भैया أخ أخي أخوي اخوي 兄 弟 お兄さん 哥哥 弟弟 哥 형 오빠 남동생 동생
    sister schwester hermana sœur soeur sorella zus zusje siostra siostry siostrze siostrę irmã syster abla* bacı*
    сестра сестры сестре сестру बहन दीदी أخت أختي اختي 姉 妹 お姉さん 姐姐 妹妹 姐 언니 누나 여동생 동생
    son sohn sohnes hijo fils figlio zoon syn syna synowi filho son sonen oğul oğl* сын сына сыну син сина बेटा बेटे
    ابن ابني ولد ولدي 息子 儿子 兒子 아들
    daughter tochter hija fille figlia dochter córka córki córce córkę filha dotter kız* дочь дочери дочка дочке донька
    बेटी بنت بنتي ابنة ابنتي 娘 女儿 女兒 딸
    husband mann ehemann marido esposo mari marito man echtgenoot mąż męża mężowi marido man koca* eş* муж мужа мужу
    чоловік чоловіка पति زوج زوجي 夫 主人 旦那 丈夫 老公 남편
    wife frau ehefrau mujer esposa femme moglie vrouw echtgenote żona żony żonie żonę mulher fru karı* hanım* eş* жена
    жены жене жену дружина дружини पत्नी زوجة زوجتي مرتي 妻 家内 奥さん 妻子 老婆 太太 아내 와이프
    grandmother grandma granny nana nan oma großmutter abuela grand-mère mamie nonna oma babcia babci babcię avó vovó
    mormor farmor anneanne* babaanne* nine* бабушка бабушки бабушке бабуся दादी नानी جدة جدتي 祖母 おばあさん 奶奶 外婆
    姥姥 할머니
    grandfather grandpa granddad opa großvater abuelo grand-père papi nonno opa dziadek dziadka avô vovô morfar farfar
    dede* дедушка дедушки дедушке дідусь दादा नाना जد جدي 祖父 おじいさん 爷爷 外公 姥爷 할아버지
    uncle onkel tío oncle zio oom wujek wujka stryj tio farbror morbror dayı* amca* дядя дяди дядьо चाचा मामा عم عمي خال
    خالي おじ 叔叔 舅舅 伯伯 삼촌 이모부 고모부
    aunt tante tía tante zia tante ciocia cioci ciotka tia moster faster teyze* hala* тётя тети тетя тітка मौसी चाची बुआ
    عمة عمتي خالة خالتي おば 阿姨 姑姑 姨妈 이모 고모
    friend freund freundin amigo amiga ami amie amico amica vriend vriendin przyjaciel przyjaciółka kolega koleżanka
    vän väninna arkadaş* друг друга подруга подруги друзья दोस्त सहेली صديق صديقي صديقة صاحبي 友達 友人 朋友 친구
    neighbour neighbor nachbar nachbarin vecino vecina voisin voisine vicino vicina buur buurman buurvrouw sąsiad
    sąsiada sąsiadka vizinho vizinha granne komşu* сосед соседа соседка сусід पड़ोसी जار जاري 隣人 邻居 이웃 옆집
    driver fahrer chófer conductor chauffeur autista kierowca motorista chaufför şoför* водитель водій ड्राइवर سواق
    سائق 運転手 司机 기사님 운전기사
"""
# `والسواق`, `لأمي`: what Arabic joins to the begin and the end of a word.
_ARABIC = r"(?:[وفبكل]|ال|لل|وال|بال|فال|كال)?{}(?:ي|ه|ها|ك|نا|هم|كم|تي|ته|تها)?"
_IS_ARABIC, _IS_UNPARTED = re.compile(r"[\u0600-\u06ff]"), re.compile(f"[{UNPARTED}]")


def names_relation(word: str, text: str, language: str) -> bool:
    """
    Tell whether a text names somebody by the relation that a word says: `mother`, and `my mum` was said.

    Args:
        word: in lower case.
        language: of the text, ISO 639-1.
    """
    relations = [names for names in _relations() if any(_is_form(name, word) for name in names)]
    if not relations and language != "ar":
        return False
    told = [token.text for token in tokens_of(text)]
    names = frozenset[str]().union(*relations) or frozenset({word})
    return any(_is_told(name, told, text) for name in names)


@lru_cache(1)
def _relations() -> tuple[frozenset[str], ...]:
    """Return the words of each relation: a line begins with its English name, and the next one with another's."""
    lines: list[list[str]] = []
    for line in _RELATIONS.strip().splitlines():
        names = line.split()
        if names[0] in _ENGLISH:
            lines.append([])
        lines[-1] += names
    return tuple(map(frozenset, lines))


_ENGLISH = frozenset(
    {
        *("mother", "father", "brother", "sister", "son", "daughter", "husband", "wife", "grandmother", "grandfather"),
        *("uncle", "aunt", "friend", "neighbour", "driver"),
    }
)


def _is_form(name: str, word: str) -> bool:
    """Tell whether a word is one of a relation, with the endings of its language."""
    if name.endswith("*"):
        return word.startswith(name[:-1])
    if _IS_ARABIC.match(name):
        return re.fullmatch(_ARABIC.format(name), word) is not None
    return word == name


def _is_told(name: str, told: list[str], text: str) -> bool:
    if _IS_UNPARTED.match(name):
        return name in text
    return any(_is_form(name, word) for word in told)
