"""
The words by which people say yes, by language: agreement is made of these, and of nothing else.

A `yes` agrees whatever follows it in its clause: `yes that suits me`. A word of `GOOD` agrees where it stands alone, or
beside words of `LIGHT`, which say nothing: `that's lovely`, and not `good grief`. `TAKING` are words in a row that take
something wherever they stand: `I'll take the blue one`.
"""

# ruff: noqa: RUF001 - words of many alphabets

from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words

# Callers say these in every language.
_EVERYWHERE = "ok okay oké okej oki"
YES = {
    language: words(f"{_EVERYWHERE} {of_language}")
    for language, of_language in {
        "ar": "نعم اي ايوه ايه إيه أيوه أيوا ايوا تمام موافق موافقة أكيد اكيد بلى إي اى",
        "cs": "ano jo dobře souhlasím jasně určitě",
        "da": "ja jo jep selvfølgelig gerne",
        "de": "ja jo jawohl jup jap klar genau stimmt einverstanden natürlich selbstverständlich",
        "en": "yes yeah yep yup yah sure absolutely definitely certainly indeed exactly",
        "es": "sí si sip claro vale exacto perfecto exactamente órale",
        "fi": "kyllä joo juu selvä sopii",
        "fr": "oui ouais d'accord exactement entendu volontiers absolument effectivement",
        "hi": "हाँ हां जी ज़रूर जरूर बिल्कुल",
        "it": "sì si certo esatto certamente d'accordo volentieri esattamente",
        "nl": "ja jawel jazeker inderdaad akkoord prima graag natuurlijk",
        "no": "ja jo jepp selvfølgelig gjerne",
        "pl": "tak owszem zgoda oczywiście jasne pewnie dobrze",
        "pt": "sim claro certo exato isso combinado tá exatamente",
        "ro": "da desigur sigur bine",
        "ru": "да ага конечно хорошо согласен согласна",
        "sv": "ja jo japp jajamän visst absolut gärna",
        "tr": "evet tamam olur tabii tabi elbette tamamdır",
        "uk": "так авжеж звичайно добре згоден згодна гаразд",
    }.items()
}
_GOOD = {
    "ar": "طيب زين ممتاز اوكي يناسب يناسبني ماشي حاضر حلو جيد رائع عظيم مناسب صح صحيح اتفقنا أوافق بالضبط عندي",
    "cs": "dobrá výborně skvěle prima fajn platí hodí správně skvělé skvělá skvělý super perfektní výborné",
    "da": "fint godt super perfekt aftale passer fin dejligt modtaget rigtigt har er",
    "de": """
        gut gerne gern super prima toll wunderbar perfekt passt passen schön bestens ordnung richtig korrekt recht
        bitte sicher bin hab habe mach mache machen tu tue ist doch eben abgemacht gemacht erledigt klasse ideal topp
        top alles dasselbe gleiche schon optimal sehr lieber
    """,
    "en": """
        right fine great perfect good brilliant lovely wonderful excellent cool alright agreed deal done course works
        suits ahead splendid fantastic super amazing marvellous happy gladly please correct aha do does did am have has
        same still nice happy ideal better grand fab
    """,
    "es": """
        bien bueno buena correcto cierto acuerdo supuesto perfecta eso es soy tengo hágalo estupendo genial fenomenal
        venga ese esa hecho listo favor desde lo igualmente buenísimo encantado encantada mejor conforme mismo misma
        dale
    """,
    "fi": "hyvä hienoa mahtavaa kiitos niin",
    "fr": """
        bien parfait super ça va bon entendu c'est même génial impeccable nickel convient suis ai sûr ira plaît vas-y
        allez-y marché exact juste voilà top fait
    """,
    "hi": "ठीक अच्छा सही बढ़िया मंज़ूर चलेगा रहेगा",
    "it": """
        bene va giusto perfetto benissimo ottimo ottima è sono stesso quello quella buono buona affare fatto ecco
        perfetta vero corretto sicuro favore
    """,
    "nl": """
        goed fijn mooi top klopt is heb doe ben zeker prettig uitstekend perfect dezelfde zelfde gedaan past lukt
        afgesproken juist wel
    """,
    "no": "fint bra greit flott supert perfekt avtale passer riktig stemmer er har",
    "pl": """
        dobra pasuje super świetnie okej zgadza mam jestem proszę doskonale dokładnie jasna idealnie zrobione biorę
        robię zrobię spróbuję poproszę odpowiada znakomicie ten ta to no zapisane rezerwować rezerwuj rezerwujcie
        zarezerwować
    """,
    "pt": """
        pode bom boa beleza ótimo ótima perfeito fechado legal é sou tenho mesmo mesma pois joia feito favor bem está
        acordo correto serve maravilha fico
    """,
    "ro": "bun perfect acord exact",
    "ru": """
        ладно давайте подходит отлично верно идёт идет договорились правильно прекрасно пойдёт можно беру устраивает
        есть бронируйте забронируйте бронируем подойдёт подойдет
    """,
    "sv": "bra fint stämmer är har det gör toppen perfekt passar samma utmärkt bestämt okej lysande",
    "tr": "peki güzel harika anlaştık eyvallah uyar uygun doğru olsun süper iyi mükemmel var",
    "uk": "підходить чудово вірно домовились давайте правильно є бронюйте",
}
_LIGHT = {
    "ar": "هذا هذه لي لنا والله شكرا شكراً جدا يا أنا انا كذا خلاص هو هي إن شاء الله جزيلا للأسف من فضلك",
    "cs": "to mi je se tak já děkuji díky prosím moc bude bohužel",
    "da": "tak det er jeg mig den du så for mange det's meget bliver helt desværre lyder godt",
    "de": """
        das ist es ich mir uns wir den die der dann na ach so doch auch mal wäre wär klingt hört sich an war dank
        danke vielen sehr bin für mich erst ne nur also in ganz noch leider
    """,
    "en": """
        a an the that that's this it its it's is are be would will i i'm i'll i'd we we're we'll we'd you you're he
        she they to for me us so very really just then now please thank thanks much all both too also and as oh ah
        well um hey him her them there let's sounds sound looks look seems at on in of by with love mate dear man what
        that'd that'll it'd it'll works would've been my yes i've we've exactly unfortunately sadly
    """,
    "es": """
        el la lo los las un una me nos te se muy pues entonces así gracias muchas que ya es está son de por para a mí
        oh ah ay todo yo le va viene con en y parece desgraciadamente lamentablemente
    """,
    "fi": "se on minulle kiitos niin siis valitettavasti",
    "fr": """
        c'est ça me nous je j'ai le la les un une très alors merci beaucoup bon et oh ah eh va tout moi pour est ce de
        du au à avec on en y il elle vous malheureusement hélas serait semble
    """,
    "hi": "है हैं यह वह मुझे मैं तो फिर धन्यवाद शुक्रिया बहुत और हमें मेरे लिए दुर्भाग्य",
    "it": """
        ecco e il la lo le un una mi ci molto allora grazie mille così è ah oh eh tutto per me di da a io si può anche
        poi sembra pare purtroppo sarebbe
    """,
    "nl": """
        dat is het ik mij me wij we dan maar dank je u wel heel hoor bedankt er de een goed voor mijn op om zo nou
        helaas lijkt klinkt helemaal
    """,
    "no": "takk det er jeg meg den du så for mange veldig blir helt dessverre høres ut",
    "pl": """
        to jest mi mnie nam ja no więc dziękuję dzięki bardzo się i w o na a ten tę tą byłoby będzie wszystko niestety
    """,
    "pt": """
        o a os as um uma me nos muito então obrigado obrigada ah oh eu que de do da para pra mim por em no na e é está
        bem tudo ser ficar infelizmente parece
    """,
    "ro": "e este mi ne foarte mulțumesc așa păcate din",
    "ru": """
        мне нам это и я всё все так ну тогда спасибо очень вас меня в на его её пожалуйста вполне большое к сожалению
    """,
    "sv": "tack det är jag mig den vi så då för mycket blir helt gärna i på ja tyvärr låter",
    "tr": "bana bize bu o çok teşekkürler teşekkür ederim sağ olun da de ben benim için maalesef ne yazık ki efendim",
    "uk": "мені нам це і я все ну тоді дякую дуже так на жаль",
}
_TAKING = {
    "ar": "آخذه آخذها سآخذه باخذه باخذها احجزه احجزها احجز_لي سجلني",
    "cs": "vezmu_si beru",
    "da": "tager_den tager_det vi_tager bestiller_den",
    "de": """
        hol_den_ab hol_es_ab hol_ihn_ab hol_sie_ab den_nehm* die_nehm* das_nehm* nehm*_den nehm*_die nehm*_das
        nehmen_wir das_macht_der das_macht_die das_macht_mein* machen_wir mach_ich machen_wir_so schon_gemacht
        wird_gemacht auf_jeden_fall von_mir_aus machen_sie_das machen_sie_mal machen_sie_es buchen_sie reservieren_sie
        nehm_ich nehme_ich
    """,
    "en": """
        go_on go_ahead go_for got_it i_got put_me_down book_it book_me send_it sign_me_up i'll_take i'll_have
        we'll_take we'll_have i_will_take let's_do let's_go do_it do_that count_me_in that'll_do happy_with happy_to
        i'd_love we'd_love i'll_go_with why_not works_for works_fine suits_me suit_me of_course no_problem that's_it
        that's_him that's_her that's_me that's_the_one take_it i'll_do pick_up_then sounds_good you_bet
    """,
    "es": """
        me_lo_quedo me_la_quedo lo_tomo la_tomo me_quedo me_llevo me_lo_llevo me_la_llevo me_viene_bien me_viene_mejor
        me_va_bien de_acuerdo por_supuesto desde_luego cómo_no
    """,
    "fi": "otan_sen",
    "fr": """
        je_le_prends je_la_prends je_prends on_prend c'est_fait c'est_bon me_convient me_va bien_sûr allez-y vas-y
        ça_marche ça_roule pourquoi_pas avec_plaisir la_prend le_prend
    """,
    "hi": "ले_लूँगा ले_लूँगी बुक_कर कर_दीजिए",
    "it": "lo_prendo la_prendo prendo_quello già_fatto va_bene va_benissimo mi_va senza_problemi nessun_problema",
    "nl": "ik_neem neem_ik doe_maar komt_goed dat_is_goed doen_we",
    "no": "tar_den tar_det",
    "pl": "może_być biorę zapisuję wezmę niech_będzie pasuje_mi w_porządku proszę_rezerwować",
    "pt": "fico_com pode_ser pode_mandar vou_querer fico_com_ele sem_problema está_bem tá_bom muda_pra",
    "ro": "îl_iau",
    "ru": "беру возьму я_возьму записывайте без_проблем не_возражаю меня_устраивает мне_подходит",
    "sv": "jag_tar_den jag_tar_det tar_den tar_det inga_problem det_går_bra blir_bra kör_på_det kör_på",
    "tr": "alıyorum alayım bana_uyar sorun_değil alalım",
    "uk": "беру візьму без_проблем мені_підходить",
}
GOOD = {language: words(of_language) for language, of_language in _GOOD.items()}
LIGHT = {language: words(of_language) for language, of_language in _LIGHT.items()}
TAKING = {language: WordKind(of_language) for language, of_language in _TAKING.items()}
# Of sounds, which are no words.
SOUNDS_OF_YES = ("uh-huh", "mm-hm", "mhm")
