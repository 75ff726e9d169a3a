"""
The words for those who are near to somebody, by relation and language.

A paragraph is a relation. `abi*` is any word that begins so, as Turkish puts its endings. In the other languages a word
stands with the endings of its case, as `relations.py` knows them; forms that these do not give stand here.
"""

# ruff: noqa: RUF001 - words of many alphabets

from functools import lru_cache

from projector.domain.facts.told.tokens import composed

_RELATIONS = """
    en mother mom mum mama mamma mummy mommy | de mutter mutti mama | es madre mamá mamita | fr mère maman
    it madre mamma | nl moeder mama | pl matka matki matce matkę mama mamy mamie mamę | pt mãe mamãe | sv mor mamma
    da mor mamma moren | no mor mamma moren | tr anne* valide* | ru мать матери матерью мама мамочка
    uk мати матір матері мама мамі | hi माँ मां मम्मी माताजी माता | ar أم ام والدة ماما | ja 母 お母さん 母親 ママ
    zh 母亲 妈 妈妈 媽媽 老妈 | ko 엄마 어머니 어머님 모친

    en father dad daddy papa | de vater vati papa | es padre papá | fr père papa | it padre papà babbo
    nl vader papa | pl ojciec ojca ojcu ojcem tata taty tacie tatę | pt pai papai | sv far pappa | da far faren
    no far pappa faren | tr baba* | ru отец отца отцу отцом папа папочка | uk тато тата батько батька батьку
    hi पापा पिता पिताजी | ar أب أبو والد بابا | ja 父 お父さん 父親 パパ | zh 父亲 爸 爸爸 老爸
    ko 아빠 아버지 아버님 부친

    en parents parent | de eltern | es padres | fr parents | it genitori | nl ouders | pl rodzice rodziców rodzicom
    pt pais | sv föräldrar föräldrarna | da forældre forældrene | no foreldre foreldrene | tr ebeveyn*
    ru родители родителей родителям | uk батьки батьків батькам | hi माता-पिता | ar والدين والدان أهل
    ja 両親 ご両親 | zh 父母 爸妈 | ko 부모 부모님

    en brother | de bruder bruders | es hermano | fr frère | it fratello | nl broer broertje
    pl brat brata bratu bratem | pt irmão | sv bror | da bror broren | no bror broren
    tr abi* ağabey* birader* kardeş* | ru брат братик | uk брат | hi भाई भैया | ar أخ اخو أخو شقيق
    ja 兄 弟 お兄さん 兄弟 | zh 哥哥 弟弟 哥 兄弟 | ko 형 형님 오빠 남동생 동생

    en sister | de schwester | es hermana | fr sœur soeur | it sorella | nl zus zusje
    pl siostra siostry siostrę siostrze | pt irmã | sv syster | da søster søsteren | no søster søsteren
    tr abla* bacı* kardeş* | ru сестра сёстры | uk сестра | hi बहन दीदी | ar أخت اخت شقيقة | ja 姉 妹 お姉さん 姉妹
    zh 姐姐 妹妹 姐 | ko 언니 누나 누님 여동생 동생

    en son | de sohn sohnes sohns | es hijo | fr fils | it figlio | nl zoon | pl syn syna synowi synem synek synka
    pt filho | sv son sonen | da søn sønnen | no sønn sønnen | tr oğul* oğl* | ru сын сыновья сынок | uk син синок
    hi बेटा बेटे बेटों | ar ابن ولد | ja 息子 長男 次男 | zh 儿子 兒子 | ko 아들

    en daughter | de tochter | es hija | fr fille | it figlia | nl dochter
    pl córka córki córce córkę córką córeczka | pt filha | sv dotter dottern | da datter datteren
    no datter datteren | tr kız kızı kızım* kızın* | ru дочь дочери дочерью дочка | uk донька дочка
    hi बेटी बेटियाँ बिटिया | ar بنت ابنة | ja 娘 長女 次女 | zh 女儿 女兒 | ko 딸 딸아이

    en child kid baby toddler | de kind baby säugling | es bebé | fr enfant bébé | it bambino bambina neonato
    nl kind kindje baby | pl dziecko dziecka dziecku dzieckiem dzieci | pt criança bebê bebé | sv barn barnet bebis
    da barn barnet baby babyen | no barn barnet baby babyen | tr çocuğum* çocuğu* çocuklar* bebeğ*
    ru ребёнок ребёнка ребёнку ребенок ребенка ребенку дети детей детям малыш | uk дитина діти дітей
    hi बच्चा बच्ची बच्चे बच्चों | ar طفل طفلة أطفال عيال أولاد | ja 子供 子ども お子さん 赤ちゃん | zh 孩子 小孩 宝宝
    ko 아이 아기 애기

    en husband hubby | de mann ehemann | es marido esposo | fr mari | it marito | nl man echtgenoot
    pl mąż męża mężowi mężem | pt marido | sv man make maken mannen | da mand manden | no mann mannen
    tr koca kocam* kocan* eş eşi eşim* eşin* | ru муж | uk чоловік | hi पति | ar زوج جوز | ja 夫 主人 ご主人 旦那
    zh 丈夫 老公 我先生 | ko 남편 신랑

    en wife | de frau ehefrau | es mujer esposa | fr femme | it moglie | nl vrouw echtgenote
    pl żona żony żonie żonę żoną | pt mulher esposa | sv fru hustru frun | da kone konen | no kone kona
    tr karı karım* karısı* hanım* eş eşi eşim* eşin* | ru жена жёны | uk дружина | hi पत्नी बीवी | ar زوجة مرت مراة
    ja 妻 家内 奥さん 女房 | zh 妻子 老婆 太太 媳妇 | ko 아내 와이프 집사람

    en partner fiancé fiancée fiance
    de partner partnerin verlobter verlobte verlobten lebensgefährte lebensgefährtin | es pareja prometido prometida
    fr conjoint conjointe compagne fiancé fiancée | it compagno compagna fidanzato fidanzata | nl partner verloofde
    pl partner partnera partnerka partnerki narzeczony narzeczona narzeczonej
    pt companheiro companheira noivo noiva | sv partner sambo fästman fästmö
    da partner samlever kæreste kæresten forlovede | no partner samboer samboeren forlovede
    tr partner* nişanlım* nişanlısı* | ru партнёр партнёрша жених невеста | uk партнер партнерка наречений наречена
    hi मंगेतर साथी | ar خطيب خطيبة شريك شريكة | ja パートナー 婚約者 配偶者 | zh 伴侣 未婚夫 未婚妻 爱人
    ko 약혼자 약혼녀 배우자 파트너

    en boyfriend | de freund | es novio | fr copain | it ragazzo | nl vriend | pl chłopak chłopaka | pt namorado
    sv pojkvän | da kæreste kæresten | no kjæreste kjæresten | tr erkek_arkadaş* sevgilim* | ru парень парня парню
    uk хлопець хлопця | hi बॉयफ्रेंड | ja 彼氏 恋人 | zh 男朋友 男友 | ko 남자친구 남친 애인 | ar حبيب

    en girlfriend | de freundin | es novia | fr copine | it ragazza | nl vriendin | pl dziewczyna dziewczyny
    pt namorada | sv flickvän | da kæreste kæresten | no kjæreste kjæresten | tr kız_arkadaş* sevgilim* | ru девушка
    uk дівчина | hi गर्लफ्रेंड | ja 彼女 恋人 | zh 女朋友 女友 | ko 여자친구 여친 애인 | ar حبيبة

    en grandmother grandma granny nan nana gran | de großmutter oma | es abuela | fr grand-mère mamie | it nonna
    nl oma | pl babcia babci babcię babcią | pt avó vovó | sv mormor farmor | da mormor farmor bedstemor
    no mormor farmor bestemor | tr anneanne* babaanne* nine ninem* | ru бабушка | uk бабуся бабуня | hi दादी नानी
    ar جدة تيتة | ja 祖母 おばあさん おばあちゃん | zh 奶奶 外婆 姥姥 祖母 | ko 할머니 외할머니

    en grandfather grandpa granddad grandad | de großvater opa | es abuelo | fr grand-père papi | it nonno | nl opa
    pl dziadek dziadka dziadkowi | pt avô vovô | sv morfar farfar | da morfar farfar bedstefar
    no morfar farfar bestefar | tr dede dedem* deden* dedesi* | ru дедушка дед | uk дідусь дід
    hi दादा नाना दादाजी नानाजी
    ar جد جدو | ja 祖父 おじいさん おじいちゃん | zh 爷爷 外公 姥爷 祖父 | ko 할아버지 외할아버지

    en grandparents | de großeltern | es abuelos | fr grands-parents | it nonni | nl grootouders
    pl dziadkowie dziadków | pt avós | sv morföräldrar farföräldrar | da bedsteforældre | no besteforeldre
    tr büyükanne* büyükbaba* | hi दादा-दादी नाना-नानी | ar أجداد | ja 祖父母 | zh 祖父母 | ko 조부모 조부모님
    ru бабушка дедушка | uk бабуся дідусь

    en grandson grandchild grandchildren grandkid grandkids | de enkel enkelkind enkels | es nieto nietos
    fr petit-fils | it nipote nipotino nipoti | nl kleinzoon kleinkind | pl wnuk wnuka wnukowi wnuki | pt neto netos
    sv barnbarn sonson | da barnbarn | no barnebarn | tr torun* | ru внук внуки | uk онук | hi पोता पोते नाती
    ar حفيد أحفاد | ja 孫 お孫さん | zh 孙子 外孙 | ko 손자 손주

    en granddaughter | de enkelin | es nieta | fr petite-fille | it nipote nipotina | nl kleindochter
    pl wnuczka wnuczki wnuczce | pt neta | sv barnbarn sondotter | da barnbarn | no barnebarn | tr torun* | ru внучка
    uk онучка | hi पोती नातिन | ar حفيدة | ja 孫娘 | zh 孙女 外孙女 | ko 손녀

    en mother-in-law | de schwiegermutter | es suegra | fr belle-mère | it suocera | nl schoonmoeder
    pl teściowa teściowej teściową | pt sogra | sv svärmor | da svigermor svigermoren | no svigermor svigermoren
    tr kaynana* kayınvalide* | ru тёща свекровь свекрови свекровью | uk теща свекруха | hi सास | ar حماة
    ja 義母 姑 お義母さん | zh 婆婆 岳母 丈母娘 | ko 시어머니 시어머님 장모 장모님 시모

    en father-in-law | de schwiegervater | es suegro | fr beau-père | it suocero | nl schoonvader
    pl teść teścia teściowi | pt sogro | sv svärfar | da svigerfar svigerfaren | no svigerfar svigerfaren
    tr kayınpeder* kayınbaba* | ru тесть тестя тестю свёкор свёкра свёкру свекор | uk тесть тестя свекор свекра
    hi ससुर | ar حمو حما | ja 義父 舅 お義父さん | zh 公公 岳父 老丈人 | ko 시아버지 시아버님 장인 장인어른

    en in-laws | de schwiegereltern | es suegros | fr beaux-parents | it suoceri | nl schoonouders
    pl teściowie teściów | pt sogros | sv svärföräldrar | da svigerforældre | no svigerforeldre
    ru свёкры тёща тесть | hi ससुराल | ja 義理の両親 義両親 | zh 公婆 岳父母 | ko 시부모 시부모님 처가
    tr kayınvalide* kayınpeder* | uk свекри теща тесть | ar حماة حمو

    en son-in-law | de schwiegersohn | es yerno | fr gendre beau-fils | it genero | nl schoonzoon
    pl zięć zięcia zięciowi | pt genro | sv svärson | da svigersøn | no svigersønn | tr damat* damad*
    ru зять зятя зятю | uk зять зятя | hi दामाद | ar صهر | ja 娘婿 婿 | zh 女婿 | ko 사위

    en brother-in-law | de schwager | es cuñado | fr beau-frère | it cognato | nl zwager schoonbroer
    pl szwagier szwagra szwagrowi | pt cunhado | sv svåger | da svoger | no svoger
    tr enişte* kayınbirader* kayınço* bacanak* | ru шурин деверь деверя свояк зять зятя | uk шурин дівер зять зятя
    hi जीजा जीजाजी साला देवर | ar صهر نسيب | ja 義兄 義弟 | zh 姐夫 妹夫 小舅子 大伯子
    ko 매형 형부 처남 시동생 매제

    en daughter-in-law | de schwiegertochter | es nuera | fr belle-fille bru | it nuora | nl schoondochter
    pl synowa synowej synową | pt nora | sv svärdotter | da svigerdatter | no svigerdatter | tr gelinim* gelinimiz*
    ru невестка сноха | uk невістка | hi बहू | ja 嫁 お嫁さん | zh 儿媳 儿媳妇 | ko 며느리 | ar زوجة_ابن

    en sister-in-law | de schwägerin | es cuñada | fr belle-sœur | it cognata | nl schoonzus
    pl szwagierka szwagierki bratowa bratowej | pt cunhada | sv svägerska | da svigerinde | no svigerinne
    tr baldız* görümce* yenge* elti* | ru золовка свояченица невестка | uk зовиця невістка | hi भाभी ननद साली
    ar سلفة | ja 義姉 義妹 | zh 嫂子 弟媳 小姑子 大姑子 | ko 형수 형수님 처제 처형 올케 시누이

    en uncle | de onkel | es tío | fr oncle | it zio | nl oom | pl wujek wujka stryj stryja | pt tio
    sv farbror morbror | da onkel farbror morbror | no onkel | tr dayı* amca* | ru дядя | uk дядько
    hi चाचा मामा ताऊ फूफा | ar عم خال | ja おじさん 叔父 伯父 | zh 叔叔 舅舅 伯伯
    ko 삼촌 외삼촌 이모부 고모부 큰아버지 작은아버지

    en aunt auntie | de tante | es tía | fr tante | it zia | nl tante | pl ciocia cioci ciocię ciotka ciotki | pt tia
    sv moster faster | da tante moster faster | no tante | tr teyze* hala halam* | ru тётя тетя тётка | uk тітка
    hi मौसी चाची बुआ मामी | ar عمة خالة | ja おばさん 叔母 伯母 | zh 阿姨 姑姑 姨妈 舅妈
    ko 이모 고모 숙모 큰어머니 외숙모

    en cousin | de cousin cousine vetter | es primo prima | fr cousin cousine | it cugino cugina | nl neef nicht
    pl kuzyn kuzyna kuzynka kuzynki | pt primo prima | sv kusin | da fætter kusine | no fetter kusine søskenbarn
    tr kuzen* kuzin* | ru кузен кузина двоюродный двоюродная | uk кузен кузина | hi चचेरा ममेरा मौसेरा
    ja いとこ 従兄弟 従姉妹 | zh 表哥 表弟 表姐 表妹 堂哥 堂弟 堂姐 堂妹 | ko 사촌 사촌동생 | ar قريب قريبة

    en nephew | de neffe neffen | es sobrino | fr neveu | it nipote | nl neef neefje
    pl siostrzeniec siostrzeńca bratanek bratanka | pt sobrinho | sv brorson systerson | da nevø | no nevø
    tr yeğen* | ru племянник | uk племінник | hi भतीजा भतीजे भांजा भांजे | ja 甥 甥っ子 | zh 侄子 外甥 | ko 조카
    ar ابن_أخ ابن_أخت ابن_اخ ابن_اخت

    en niece | de nichte | es sobrina | fr nièce | it nipote | nl nicht nichtje
    pl siostrzenica siostrzenicy bratanica | pt sobrinha | sv brorsdotter systerdotter | da niece | no niese
    tr yeğen* | ru племянница | uk племінниця | hi भतीजी भांजी | ja 姪 姪っ子 | zh 侄女 外甥女 | ko 조카 조카딸
    ar بنت_أخ بنت_أخت بنت_اخ بنت_اخت

    en friend mate pal buddy | de freund freundin kumpel | es amigo amiga | fr ami amie copain copine
    it amico amica | nl vriend vriendin | pl przyjaciel przyjaciela przyjaciółka przyjaciółki kolega kolegi znajomy
    pt amigo amiga | sv vän väninna kompis | da ven veninde vennen | no venn venninne vennen | tr arkadaş*
    ru друг друзья друзей подруга приятель приятеля | uk друг друзі подруга приятель | hi दोस्त सहेली मित्र
    ar صديق صديقة صاحب صاحبة رفيق رفيقة | ja 友達 友人 友だち | zh 朋友 闺蜜 | ko 친구

    en neighbour neighbor | de nachbar nachbarn nachbarin | es vecino vecina | fr voisin voisine | it vicino vicina
    nl buurman buurvrouw | pl sąsiad sąsiada sąsiadka sąsiadki | pt vizinho vizinha | sv granne grannen
    da nabo naboen | no nabo naboen | tr komşu* | ru сосед соседи соседка | uk сусід сусідка | hi पड़ोसी पड़ोसन
    ar جار جارة جيران | ja 隣人 隣の人 お隣さん 近所の人 | zh 邻居 | ko 이웃 옆집 이웃집

    en colleague coworker co-worker workmate | de kollege kollegen kollegin | es colega compañero compañera
    fr collègue | it collega | nl collega | pl współpracownik współpracownica koleżanka koleżanki | pt colega
    sv kollega arbetskamrat | da kollega kollegaen | no kollega kollegaen | tr meslektaş* iş_arkadaş*
    ru коллега сотрудник сотрудница | uk колега співробітник | hi सहकर्मी सहयोगी | ar زميل زميلة
    ja 同僚 先輩 後輩 部下 | zh 同事 | ko 동료 동료분 후배 선배

    en boss manager supervisor | de chef chefin vorgesetzter vorgesetzte | es jefe jefa | fr patron patronne cheffe
    it capo | nl baas | pl szef szefa szefowa szefowej | pt chefe patrão patroa | sv chef chefen | da chef chefen
    no sjef sjefen | tr patron* müdürüm* şefim* | ru начальник начальница шеф босс | uk начальник начальниця шеф
    hi बॉस मालिक | ar مدير مديرة | ja 上司 社長 店長 | zh 老板 上司 领导 | ko 상사 사장님 부장님 팀장님

    en roommate flatmate housemate | de mitbewohner mitbewohnerin | es compañero_de_piso compañera_de_piso
    fr colocataire coloc | it coinquilino coinquilina | nl huisgenoot huisgenote
    pl współlokator współlokatora współlokatorka współlokatorki | pt colega_de_quarto | sv rumskamrat sambo
    da bofælle roommate værelseskammerat | no romkamerat samboer | tr ev_arkadaş* oda_arkadaş*
    ru сожитель сосед соседка | hi रूममेट साथी | ja ルームメイト 同居人 | zh 室友 舍友 | ko 룸메이트 룸메
    ar رفيق رفيقة | uk сусід сусідка співмешканець співмешканка

    en driver | de fahrer | es chófer conductor | fr chauffeur | it autista | nl chauffeur | pl kierowca kierowcy
    pt motorista | sv chaufför | da chauffør | no sjåfør | tr şoför* | ru водитель водителя | uk водій | hi ड्राइवर
    ar سواق سائق | ja 運転手 | zh 司机 | ko 기사님
"""


@lru_cache(64)
def relation_words(*languages: str) -> tuple[frozenset[str], ...]:
    """Return the words of each relation in some languages, relation by relation."""
    found: list[frozenset[str]] = []
    for paragraph in composed(_RELATIONS).casefold().strip().split("\n\n"):
        parts = [part.split() for line in paragraph.splitlines() for part in line.split("|")]
        found.append(frozenset(word for code, *names in parts if code in languages for word in names))
    return tuple(found)
