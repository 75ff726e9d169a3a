"""
Words that nearly every question holds and no answer is about.

One caller's few hundred memories are too small a corpus to learn these from. Published lists were tried and rejected:
they are made for long texts, and hold `order`, `number`, `case` and `call`. Ours hold `caller` and `customer`, because
the questions come from agents, who say `the caller` in every second one.
"""

# By language, ISO 639-1; without accents, in lower case. An apostrophe splits `don't` and `l'eau`, so the lists hold
# `t` and `l` as well.
_LISTS = {
    "de": """
        aber als also am an anrufer anruferin auch auf aus bei beim bin bis bist da dann das dass de dein deine dem
        den denn der des die dies diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer eines
        er es etwa euch fur gegen hab habe haben hast hat hatte hatten ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im
        in ins ist ja kann kannst konnen konnte kunde kundin man mein meine meinem meinen meiner mich mir mit nach
        noch nun nur ob oder schon sehr sein seine seinem seinen seiner sich sie sind so soll sollte uber um und uns
        unser unsere unter vom von vor wann war waren warum was weil welche welchem welchen welcher welches wenn wer
        werden wie wieso wieviel will wir wird wo wurde wurden zu zum zur
    """,
    "en": """
        a about am an and any are as at be been but by caller callers can could customer customers d did do does doing
        for from had has have having he her him his how i if in is it its just ll m me my no not of on or our re s she
        should so t tell than that the their them then there these they this those to told us ve was we were what when
        where which who whom whose why will with would you your
    """,
    "es": """
        a al ante cliente como con cual cuales cuando cuanta cuantas cuanto cuantos de del desde donde e el ella ellas
        ellos en entre era es esa ese eso esta estaba estan estar este esto estos fue fueron ha habia han hasta hay he
        la las le les lo los me mi mis muy no nos o para pero por porque que quien quienes se ser si sin sobre son su
        sus te tiene tu tus u un una unas uno unos usted ustedes y ya yo
    """,
    "fr": """
        a ai as au aux avait avec c ce ces cet cette combien comment d dans de des du elle elles en est et etaient
        etait eu il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas
        pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa se ses si son sont sur t ta te tes tu un
        une vos votre vous y
    """,
    "it": """
        a ad ai al alla alle anche c che chi ci come con cosa cui d da dal dalla de dei del della delle di dove e ed
        era gli ha hai hanno ho i il in io l la le lei li lo loro lui ma mi mia mie miei mio ne nel nella noi non o
        per perche piu qual quale quali quando quanti quanto se sei si sono su sua sue suo suoi tu tua tuo un una uno
        vi voi
    """,
    "nl": """
        aan al als bij dan dat de den der deze die dit door een en er had heb hebben heeft hem het hij hoe hoeveel hun
        ik in is ja je kan me mijn naar niet nog nu of om onder ons ook op over te tot u uit uw van voor waar waarom
        wanneer waren was wat we welk welke wie wij worden zal ze zich zij zijn zou
    """,
    "pl": """
        a ale bez bo by byc byl byla bylo byly ci co czy dla do gdzie go i ich ile im ja jak jaka jaki jakie jako je
        jego jej jest jestem kiedy kogo komu kto ktora ktore ktory ma mam mi mnie moj moja moje my na nad nas nie niej
        nim o od on ona one oni oraz pan pani po pod przed przez przy sa sie ta tak tam te tego tej ten to tu ty tym u
        w we wy z za ze
    """,
    "pt": """
        a ao aos as com como da das de dela dele do dos e ela elas ele eles em entre era essa esse esta estao estava
        este esteve eu foi foram ha isso isto ja la lhe mais mas me meu meus minha minhas muito na nao nas nem no nos
        o onde os ou para pela pelo por porque quais qual quando quanto quantos que quem se sem ser seu seus so sua
        suas tem tinha um uma voce voces
    """,
    "sv": """
        alla att av bara blev bli da de dem den denna det detta dig din ditt du efter ej eller en er ett for fran ha
        hade han har hon hur i icke ingen inte jag kan man med men mig min mitt mot nar ni nu och om oss pa sa sig sin
        sina ska skulle som till under upp ut vad var vara varfor vem vi vid vilka vilken vilket
    """,
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
