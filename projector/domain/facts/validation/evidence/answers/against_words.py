"""
The words by which people put off, turn down or doubt what they are offered, by language, whatever they say beside it.

In an answer they stand against every yes: `lovely, but I can't afford it`, `yes, I heard you`, `sure, if it is 50`.
"""

# ruff: noqa: RUF001 - words of many alphabets

from projector.domain.facts.told.word_kinds import WordKind

_AGAINST = {
    "ar": """
        لحظة دقيقة ثواني انتظر انتظري استنى بعدين لاحقا أفكر افكر نفكر بفكر أسأل اسأل نسأل غالي غالية كثير_علي
        إذا اذا لو بس_غالي لكن_غالي ألغي الغاء إلغاء أرجع_لك اتصل_لاحقا سمعتك أسمعك اسمعك تمزح نكتة أرخص ارخص
        ثاني ثانية غير_مناسب مكان_ثاني يمكن ربما تفضل تفضلي أخبرك اخبرك أخبركم ابلغك أبلغك أرد_عليك برد_عليك
        ميزانية ميزانيتي أنام خليني خلني مبالغ
    """,
    "cs": """
        pokud jestli možná rozmyslím rozmyslet moment chvilku vydržte zavolám draho drahé drahý jinam zeptám
        slyším řekl říkáte vtip později prosím_slyším dám_vědět ozvu vyspím rozpočet rozpočtu drahota
    """,
    "da": """
        hvis måske tænke overveje øjeblik lige_vent vent venter dyrt senere ringe_tilbage spørge spørger andet_sted
        sagde hører joke spøg kun_hvis billigere afbestil vender_tilbage giver_besked hører_fra sove_på budget
        budgettet kigger_videre er_dyr så_dyr lidt_dyr for_dyr meget_dyr ret_dyr temmelig_dyr
    """,
    "de": """
        wenn falls sofern sobald vielleicht überleg* überleg denk* nachdenk* nachfrag* frage* moment momentchen
        sekunde augenblick minute* warten warte später andermal woanders anderswo teuer teure* günstiger
        billiger fehlt zu_teuer zu_viel zu_spät zu_früh zu_wenig zu_weit zu_klein zu_lang frechheit witz witze
        scherz scherzen abzocke wucher falsch weiss höre gehört gesagt sagten sagen_sie langsamer stornieren
        storniere* absagen würde_ich schön_wär* als_ob von_wegen soso kostet_das_andere nur_wenn zurückrufen
        rufe_zurück melde_mich melde_mich_wieder unverschämt* wiederholen lassen_sie melde melden bescheid
        geb_ihnen sag_ihnen hören_von drüber schlaf schlafen budget ja_ja schon_klar wers_glaubt
        wer's_glaubt na_klar_doch umsehen umschauen weiterschauen absprechen besprechen liebe_zeit interessant
        hallo
    """,
    "en": """
        if unless until maybe perhaps think thinking wonder wonders depends wait waiting moment hold second_please
        a_second one_second a_sec one_sec minute bear_with later another_time some_time ring_back ring_you call_back
        call_you phone_back get_back sleep_on shop_around look_around a_look elsewhere somewhere_else i'll_pass
        i_pass pass_on cancel cancelled forget stop die afford expensive pricey dear_for steep robbery theft rip
        joke joking jokes kidding laugh laughing grief dreams you_say you_said you_told i_heard heard hear hearing
        listening question asking decide decides ask awful terrible cheaper fifty_less a_lot used_to years_ago
        grew_out i_mean wish wishes would_be_nice be_nice wrong incorrect unsure doubt have_to had_to too_much
        too_expensive too_late too_early too_far too_long too_big too_small i'm_off as_if yeah_right i'm_fine
        i'm_good i'm_alright slower again pardon but_only only_if only_the only_when serious seriously was_not
        see_about understand for_asking good_for_you other_place last_place ridiculous outrageous nonsense rubbish
        somebody someone_else check talk_to speak_to let_you_know tell_you keep_you back_to_you touch hello pigs_fly
        budget blimey crikey sleep shop browse discuss consider salesman interesting whatever overpriced
        extortionate have_a_word a_word_with have_a_think have_a_chat run_it_by run_it_past
    """,
    "es": """
        si_me si_es si_mi si_lo si_la si_puede si_baja si_quiere quizás quizá depende pensar pensaré pensarlo pienso
        moment* espere espera espero luego después otro_día caro cara carísimo carísima robo broma bromea preguntar
        pregunto consultar decide decir dicho dijo oigo oído escucho otra_vez repetir repita despacio cancelar
        cancele cancela equivocado otro_sitio más_barato más_barata falta llamar_luego vaya ojalá miraré demasiado
        avisaré aviso avisamos diré diremos contaré informo informaré presupuesto consultarlo almohada diga dígame
        qué_más sí_sí madre_mía seguro_que_sí miro mirar barbaridad un_segundo dormir_en
    """,
    "fi": """
        jos ehkä miettiä mietin hetki hetkinen odota kallis kallista kysyn myöhemmin kuulen ilmoitan palaan
        budjetti nukun
    """,
    "fr": """
        si_vous si_mon si_ma si_c'est si_on si_je si_tu s'il_peut dépend peut-être réfléchir réfléchis verrai voir
        moment instant patientez attendez attends quittez minute seconde plus_tard rappelle rappellerai cher chère
        trop vol blague rigolez plaisantez demander demande décide dit disiez entends entendez répéter répétez
        lentement annuler annulez faux ailleurs moins_cher quand_même alors_là occupé occupée si_seulement
        au_courant dirai redirai recontacte recontacterai reviens_vers préviens préviendrai budget hors_de allô allo
        à_d'autres c'est_ça_oui discuter discute parler parle nuit_porte dormir_dessus
    """,
    "hi": """
        अगर शायद सोच* पूछ* मिनट रुक* बाद_में महंग* महँग* सस्ता सस्ती सुन सुना सुनाई मज़ाक मजाक कहीं_और रद्द
        दोबारा फिर_से देखूँगा देखूँगी देखूंगा देखूंगी बोलिए बोलो कहिए बता* ख़बर बजट सलाह हैलो
    """,
    "it": """
        se_mi se_mio se_mia se_è se_lo se_la se_c'è se_fate forse magari dipende pensarci pensarlo penso ci_penso
        momento attimo minuto aspetti aspetta attenda dopo più_tardi richiamo richiamerò caro cara furto scherzo
        scherza scherzando chiedere chiedo decide detto diceva sento sentito ripetere ripeta annulli annullare
        sbagliato altrove meno_caro ci_sentiamo mamma_mia troppo meglio_ieri sapere faccio_sapere dirò farò_sapere
        risento sentiamo budget dormirci figuriamoci ci_penserò parlarne ne_parlo mi_dica dica guardo un_secondo
        se_può_fare più_piano vada_piano parli_piano piano_piano pronto_chi
    """,
    "nl": """
        als misschien wellicht denken nadenken denk moment momentje ogenblik seconde minuutje wacht wachten
        later duur dure diefstal grap grapje vragen vraag overleggen beslist gezegd zei hoor_u hoor_je gehoord
        herhalen langzamer annuleren fout elders goedkoper terugbellen bel_terug haast te_duur te_laat te_veel
        laat_u_weten laat_het_weten weten laat_je kom_erop zal_wel slaap slapen nachtje verder kijk_nog budget
        bespreken bespreek hallo
    """,
    "no": """
        hvis kanskje tenke vurdere øyeblikk vent venter dyrt senere ringe_tilbake spørre spør andre_steder sa hører
        spøk bare_hvis billigere avbestill gir_beskjed kommer_tilbake sove_på budsjett budsjettet ser_videre hallo
        er_dyr så_dyr litt_dyr for_dyr veldig_dyr ganske_dyr
    """,
    "pl": """
        jeśli jeżeli gdyby jak_mąż zastanowię zastanowić pomyślę pomyśleć zależy chwil* moment momencik sekund*
        poczekać proszę_czekać później potem oddzwonię zadzwonię drogo drogie droga za_drogo rozbój żart żarty
        żartuje zapytam zapytać spytać pytanie decyduje mówił mówiła słyszę słyszałam słyszałem powtórzyć
        wolniej anulować źle gdzie_indziej taniej tak_sobie no_cóż no_nie no_właśnie_nie wolałabym wolałbym
        dam_znać znać odezwę słucham prześpię budżet budżetu halo porozmawiam omówię rozejrzę na_pewno_nie
    """,
    "pt": """
        se_meu se_minha se_for se_der se_não talvez depende pensar vou_pensar momento minuto instante espera espere
        aguarde depois mais_tarde ligo_depois caro cara caríssimo roubo piada brincando brincadeira perguntar
        pergunto decide disse falou ouço ouvindo ouvi repetir repete devagar cancelar cancela errado outro_lugar
        mais_barato pois_não_sei demais aviso avisarei digo_depois retorno orçamento alô estou_ouvindo fora_do_meu
        fora_do vou_ver conversar pois_sim até_parece um_segundo dormir_sobre se_puder
    """,
    "ro": """
        dacă poate depinde gândesc moment așteptați scump mai_târziu întreb aud anunț revin buget mă_gândesc
    """,
    "ru": """
        если подума* посмотр* может_быть наверное возможно момент подожд* потом позже перезвон* дешевле подешевле
        грабёж грабеж шут* спрошу спросить посовет* решает сказали говорили слышу слышал* повтор* помедленнее отмен*
        да_ладно да_вы_что вы_что да_уж хорошо_бы так_дорого другом_месте зависит слишком_дорого слушаю алло сообщ*
        дам_знать решим решу бюджет* обсуд* ну_да_конечно переспл* узнаю уточню минуту минутк* минуточк* секунду
        секундочк* дорого дороговат* дорогой дорогая дорогое дорогие
    """,
    "sv": """
        om_min om_det om_ni om_jag ifall kanske fundera funderar tänka tänker ögonblick sekund minut vänta
        väntar senare ringer_tillbaka återkommer dyrt dyr rån skämt skämtar fråga frågar beror sa sagt hör hörde
        upprepa långsammare avboka avbeställ fel annanstans billigare för_dyrt hör_av återkommer meddelar
        sova_på budget budgeten pratar_med diskutera hallå tittar_vidare
    """,
    "tr": """
        eğer belki düşün* bekle* bekleyin dakika saniye sonra ararım pahalı ucuz şaka soygun danış* dediniz duy*
        tekrar yavaş iptal vazgeç* olur_mu tabii_canım daha_neler isterse başka_yer yanlış dönerim döneriz
        haber_ver* buyurun buyrun alo bütçe* konuşayım uyuyayım bakarım bakayım inanayım soray* sorar* sormam*
        sormal* soracağ* sorup soralım
    """,
    "uk": """
        якщо подума* подив* може_бути мабуть момент зачека* потім пізніше передзвон* дорог* дешевше грабіж жарт*
        спитаю запитаю сказали чую повтор* скасу* та_ну слухаю алло повідом* дам_знати вирішимо вирішу бюджет*
        обговор* хвилину хвилинк* секунду секундочк*
    """,
}
# What asks for something else than what is offered: `okay, and the other one?`, `okay, and who is calling?`
_OTHER = {
    "ar": "ثاني ثانية الثاني الثانية آخر أخرى غيره غيرها أرخص من مين ليش لماذا",
    "da": "andet anden andre billigere hvem hvorfor",
    "de": "andere anderes anderen anderer anderem sonst günstiger billiger nächste wer wieso warum",
    "en": "other another else different cheaper instead what_about how_about next who why",
    "es": "otro otra otros otras más_barato próximo quién",
    "fr": "autre autres suivant sinon moins_cher qui pourquoi",
    "hi": "दूसरा दूसरी और_कोई सस्ता कौन क्यों",
    "it": "altro altra altri altre prossimo chi perché",
    "nl": "ander andere anders goedkoper wie waarom",
    "no": "annet annen andre billigere hvem hvorfor",
    "pl": "inny inna inne innego tańszy drugi słucham kto dlaczego",
    "pt": "outro outra outros outras próximo quem",
    "ru": "другой другая другое другие ещё_есть дешевле второй кто почему зачем",
    "sv": "annan annat andra billigare vem varför",
    "tr": "başka diğer öbür kim neden niye",
    "uk": "інший інша інше дешевше хто чому",
}
AGAINST = {language: WordKind(of_language) for language, of_language in _AGAINST.items()}
OTHER_THINGS = {language: WordKind(of_language) for language, of_language in _OTHER.items()}
