"""The words by which people speak of themselves and of those near to them, in the nine languages."""

from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.people.relation_words import relation_words

_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")

_OTHERS = words(
    """
    son son's daughter daughter's mother mother's father father's mom mum mum's mom's dad dad's wife wife's husband
    husband's brother brother's sister sister's child child's kid baby grandmother grandma grandfather grandpa
    grandson granddaughter aunt uncle cousin nephew niece boyfriend girlfriend friend neighbour neighbor
    sohn sohnes sohns tochter mutter vater frau mann bruder schwester kind oma opa enkel enkelin tante onkel neffe
    nichte freund freundin nachbar nachbarin
    hijo hija madre padre mujer esposa esposo marido hermano hermana abuela abuelo nieto nieta tía tío primo prima
    sobrino sobrina amigo amiga novio novia
    fils fille mère père femme mari frère sœur soeur grand-mère grand-père tante oncle cousin cousine neveu nièce
    ami amie
    figlio figlia madre padre moglie marito fratello sorella nonna nonno nipote zia zio cugino cugina amico amica
    zoon dochter moeder vader vrouw broer zus zusje oma opa kleinzoon kleindochter tante oom neef nicht vriend
    vriendin
    syn syna synowi synem córka córki córce córkę mama mamy mamie mamę matka matki tata taty tacie ojciec ojca żona
    żony żonie mąż męża mężowi brat brata siostra siostry babcia babci dziadek dziadka
    filho filha mãe pai esposa esposo marido mulher irmão irmã avó avô neto neta tia tio primo prima sobrinho
    sobrinha amigo amiga
    son sonen dotter dottern mamma pappa mor far fru man bror syster mormor farmor morfar farfar barnbarn moster
    faster kusin vän väninna
    colleague boss partner fiancé fiancée roommate tenant landlord kollege kollegin chef partnerin mieter vermieter
    stepson stepdaughter stepmother stepmum stepmom stepfather stepdad stepchild
    stepchildren stepbrother stepsister sons daughters children kids twins twin babies toddler parents grandparents
    grandmothers granny grandad nan nana gran grandkid grandkids grandchild grandchildren siblings
    ex exwife exhusband spouse teenager girls boys folks family flatmate carer niece's nephew's
    schwiegermutter schwiegervater schwiegersohn schwiegertochter schwager schwägerin stiefsohn stieftochter
    stiefmutter stiefvater stiefkind söhne töchter kinder kindern zwillinge zwilling eltern großmutter großvater
    ehemann ehefrau exmann exfrau exfreund exfreundin säugling geschwister mädchen junge jungen
    suegra suegro nuera yerno cuñada cuñado hijastro hijastra madrastra padrastro hijos hijas niño niña niños niñas
    gemelos gemelas mellizos padres bebé exmarido exmujer exesposa
    enfant enfants jumeaux jumelles
    parents bébé maman papa garçon
    suocera suocero nuora genero cognata cognato figliastro figliastra matrigna patrigno figli figlie bambino bambina
    bambini bambine gemelli gemelle genitori mamma papà neonato
    schoonmoeder schoonvader schoonzoon schoondochter schoonzus zwager stiefzoon stiefdochter stiefmoeder stiefvader
    kinderen kindje tweeling ouders mama papa
    teściowa teściowej teściową teść teścia teściowi zięć zięcia synowa synowej szwagier szwagra szwagierka pasierb
    pasierbica macocha ojczym dziecko dziecka dziecku dzieci bliźniaki bliźnięta rodzice synek synka córeczka były
    była
    sogra sogro nora genro cunhada cunhado enteado enteada madrasta padrasto filhos filhas menino menina criança
    crianças gémeos gêmeos pais bebê
    svärmor svärfar svärson svärdotter svägerska svåger styvson styvdotter styvmor styvfar bonusson bonusdotter barn
    barnet barnen söner döttrar tvillingar tvillingarna föräldrar pojke flicka exman exfru
    dogs cats
    dog dog's cat cat's horse puppy kitten rabbit hund hundes katze kater pferd hase perro perra gato gata caballo
    chien chienne chat chatte cheval cane gatto cavallo hond kat paard pies psa kot kota koń cão cachorro cadela
    cavalo hunden katt katten häst
    """
)
# The words for those near to somebody, each with the languages in which it is one.
_NEAR = {
    word: frozenset(each for each in _LANGUAGES if any(word in names for names in relation_words(each)))
    for language in _LANGUAGES
    for names in relation_words(language)
    for word in names
    if word not in _OTHERS
}
OTHERS = _OTHERS | _NEAR.keys()
POSSESSIVES = words(
    """
    my our mein meine meinem meinen meiner meines unser unsere unserem unseren mi mis nuestro nuestra mon ma mes
    notre mio mia mie nostro nostra mijn ons onze mój moja mojej mojego moją mojemu nasz nasza meu minha nosso nossa
    min mitt mina vår
    """
)
# Of somebody else, and not of what is spoken of: `il` and `er` may be an `it`, and do harm less than a wrong allergy.
THIRD_PERSON = words(
    """
    he he's he'll he'd she she's she'll she'd they they're they've him er sie ihn él ella ellos ellas elle elles lui
    lei loro hij zij ze on ona oni ele ela eles elas han hon honom
    """
)
# Without words that mean something else in another of the languages: `mi`, `ja`, `im`.
FIRST_PERSON = words(
    """
    i i'm im i've ive i'd i'll myself we we're we've ich wir yo soy tengo estoy nosotros je j'ai j'y j nous io sono ho
    ik wij jestem mam eu sou tenho estou nós jag vi jeg
    """
)
# They acquit where no other person is spoken of: `my son told me that he has asthma`.
TO_ME = words("me mir mich moi mij mig us uns mną conmigo comigo")
# What is a person in these languages alone: `I'm on warfarin`, `asma e rinite`, `Ik heb er last van`.
ONLY_IN = {
    **_NEAR,
    **dict.fromkeys(("gran", "nan", "nana"), frozenset({"en"})),
    **dict.fromkeys(("i", "im", "ive", "he", "he's", "they", "him"), frozenset({"en"})),
    **dict.fromkeys(("ze",), frozenset({"nl"})),
    **dict.fromkeys(("on", "ona", "oni", "mam", "była", "były"), frozenset({"pl"})),
    **dict.fromkeys(("er", "junge", "jungen"), frozenset({"de"})),
    **dict.fromkeys(("kind",), frozenset({"de", "nl"})),
    **dict.fromkeys(("han", "hon", "honom", "far", "mor", "barn", "fru", "vi"), frozenset({"sv"})),
    **dict.fromkeys(("ho", "sono"), frozenset({"it"})),
    **dict.fromkeys(("son", "folks", "family", "girls", "boys"), frozenset({"en", "sv"})),
}
ARTICLES = words(
    """
    the a an this that these those both der die das dem den des ein eine einem einen einer el la los las un una unos
    unas le les une il lo gli i uno het een de o os as um uma uns umas ett en little kleine kleiner petit petite
    pequeño piccolo piccola
    """
)
# `I'm a mother with asthma` speaks of the caller.
BEING = words("i'm am bin soy suis sono ben jestem sou är as als como comme come jako como som")
# By whom something comes to the caller: `insured through my husband with Delta`.
THROUGH = words("through via by über durch par por door przez genom tramite")
WHO = words("who whom whose")
AFTER_FOR = words("for für para pour per voor dla por för")
HAVING = words(
    """
    is isn't has hasn't takes can't cannot can needs gets suffers uses was had and und y et e i och en eats must mustn't
    doesn't does won't ist hat nimmt verträgt bekommt braucht leidet darf es está tiene toma sufre necesita no est a
    prend souffre ne è ha prende soffre non heeft slikt gebruikt mag jest ma bierze nie choruje é tem toma não är har
    tar tål
    """
)
# What begins a sentence with a capital, or stands behind `my` in German, and is nobody.
NOBODY = words(
    """
    it this that these those there here what which who everything nothing anything something everyone nobody one all
    none yes no only doctor dr physician allergy allergies medication medicine condition diagnosis asthma insurance
    insurer employer company the arzt ärztin hausarzt hausärztin diagnose allergie krankheit erkrankung medikament
    medikation leiden blutdruck körper haut magen herz knie das es was alles nichts eso esto todo nada lo ce cela ça
    tout rien c'est questo quello tutto niente dit dat alles niets to wszystko nic isso isto tudo nada det allt inget
    """
)
# Of others in Chinese and Japanese, beside the words for those near to somebody.
SIGNS_OF_OTHERS = ("老人", "她", "他叫", "他姓", "他对", "他有", "他是", "他得", "彼は", "彼が", "彼女は", "彼女が")
# What a sentence calls the caller.
CALLERS = words(
    """
    caller customer client user patient guest anrufer anruferin kunde kundin klient patientin gast cliente clienta
    usuario usuaria paciente llamante client cliente appelant appelante l'appelant l'appelante patiente utente l'utente
    chiamante paziente klant beller klientka dzwoniący dzwoniąca rozmówca rozmówczyni pacjent pacjentka utente kunden
    inringaren uppringaren patienten persona person personen i
    """
)
BEFORE_CALLERS = words("l al alla osoba")
# A name after these is that of whom one greets or thanks, or for whom one calls.
GREETINGS = words(
    """
    hello hi hey morning afternoon evening thanks thank you bye goodbye dear hallo guten morgen tag danke servus moin
    hola gracias buenos buenas bonjour salut merci ciao buongiorno grazie hoi dag bedankt cześć dziękuję olá oi
    obrigado obrigada hej tack
    """
)
FOR = words("for für para pour per voor dla por för behalf namen nombre nom nome naam imieniu namn about")
INTRODUCING = words("here speaking calling hier apparat aquí ici qui parla tutaj aqui här again")
TITLES = words(
    """
    mr mrs ms miss dr doctor frau herr herrn señor señora señorita sr sra monsieur madame mme signor signora signore
    meneer mevrouw pan pani pana panią senhor senhora herr fru the of dottor dottore dottoressa docteur doktor
    """
)
