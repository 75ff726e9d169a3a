"""
The words of which a greeting may be made besides a name and a topic, in each language in which we greet.

Words of courtesy, of asking, and of what can be asked of a topic. None of them speaks of what somebody feels, remembers
or was told, of health, money or a third person, and none gives an order: so no sentence made of them alone does.
Chinese and Japanese are written without blanks: there a greeting is made of these pieces.
"""

GENERAL_WORDS: dict[str, str] = {
    "da": """
        velkommen tilbage hej goddag godt at høre fra dig igen hvad hvordan kan jeg vi hjælpe med i dag drejer det sig
        om den din dit dine er var har du ringer angående vedrørende ankommet modtaget klar blevet leveret færdig nu
        til for og på en et kommet fremme stadig gælder nummer tak fordi gik
    """,
    "de": """
        willkommen zurück hallo guten tag schön wieder von ihnen zu hören wie womit kann können ich wir heute helfen
        behilflich sein geht es um das den die der dem ihr ihre ihren ihrem ihrer sie rufen an wegen nochmal erneut
        ist sind haben hat bereits schon jetzt inzwischen angekommen eingetroffen da fertig geliefert erhalten
        bekommen noch mit am im für und zum zur bei ein eine uhr nummer nun freut uns danke dass denn gekommen
        abgeholt verschieben bestätigen ihres möchten gern gerne dürfen wollten vereinbarten gelaufen verlaufen
        bestellt abholen
    """,
    "en": """
        welcome back hi hello good to hear from you again nice how what can could may i we help with today is are was
        were has have had did do does this that it about your the a an for on at by of in and or been arrived arrive
        arriving come came there here now yet already ready received receive get got delivered scheduled rescheduled
        moved confirmed complete completed done finished still coming calling ring ringing up call regarding
        concerning thanks thank morning afternoon evening day number any update s re ve ll d m would like check change
        move reschedule confirm be placed set upcoming new latest last next time am pm o clock st nd rd th assist
        anything else all right okay question questions go went well so replacement follow following
    """,
    "es": """
        qué gusto saludarle de nuevo hola bienvenido bienvenida buenos buenas días tardes noches otra vez un en puedo
        podemos ayudarle hoy llama llamar por para sobre el la los las su sus es se trata del al ha han llegado
        recibido ya está están listo lista entregado entregada confirmado confirmada número y con a cómo hay alguna
        novedad quiere quisiera desea cambiar confirmar mover usted le gracias llamando respecto todavía llegó
        llegaron recibió fue salió bien desean
    """,
    "fi": """
        mukava kuulla teistä jälleen taas tervetuloa takaisin hei hyvää päivää miten voin voinko voimmeko olla avuksi
        auttaa tänään koskeeko asianne onko teidän kyse tuo tämä on saapunut perillä valmis nyt jo aikaa aika teillä
        soitatteko saitteko tullut toimitettu vahvistettu siirtää ja numero kiitos kun soitatte
    """,
    "fr": """
        ravi ravie ravis de vous retrouver entendre nouveau bonjour bonsoir bienvenue comment puis je nous pouvons
        pouvez aider aujourd hui c est ce s agit il au sujet du la le les un une votre vos appelez appeler pour
        concernant à propos que qu l d a ont été avez bien reçu arrivé arrivée livré livrée prêt prête terminé
        terminée confirmé confirmée maintenant déjà encore en avec et sont numéro quel elle ici merci plaisir toujours
        changer déplacer confirmer souhaitez là rendez t était passé passée
    """,
    "hu": """
        üdvözöljük ismét jó napot kívánok újra hallani önről miben segíthetek segíthetünk ma a az hív kapcsolatban ön
        megérkezett megkapta kész elkészült már most van ez erről szól rendben és köszönjük hogy hívását szám számú
        szeretné időpontot
    """,
    "id": """
        selamat datang kembali halo ada yang bisa kami saya bantu hari ini apakah mengenai tentang soal anda sudah
        sampai tiba siap selesai diterima dikirim untuk dengan itu masih lagi nomor terima kasih telah menghubungi
        janji pagi siang sore malam senang mendengar dari menelepon ingin
    """,
    "it": """
        è un piacere risentirla buongiorno buonasera salve ben bentornato bentornata come cosa posso possiamo in
        aiutarla oggi chiama per il lo la l i le gli suo sua suoi si tratta del dell della di riguarda a arrivato
        arrivata ricevuto ha già pronto pronta consegnato consegnata confermato confermata ora numero e con che stato
        stata ancora riguardo al all alla vuole desidera spostare confermare grazie nuovo chiamando sta ciao andata
        andato bene sono chiamate
    """,
    "nl": """
        welkom terug goedendag hallo goedemorgen goedemiddag fijn u weer te horen spreken waarmee hoe kan kunnen ik
        wij we vandaag helpen van dienst zijn gaat het om de uw belt over is aangekomen ontvangen binnen klaar
        geleverd bezorgd gekomen al nu nog heeft en met voor op een nummer dat er dit deze bedankt wilt verzetten
        bevestigen goed gegaan verlopen alles
    """,
    "no": """
        velkommen tilbake hei god dag godt å høre fra deg igjen hva hvordan kan jeg vi hjelpe med i gjelder det den
        din ditt dine er har du ringer angående ankommet kommet frem mottatt klar blitt levert ferdig nå til for og på
        en et fortsatt dreier seg om nummer takk gikk bra
    """,
    "pl": """
        witamy witam ponownie dzień dobry miło znowu znów słyszeć w czym mogę możemy dziś dzisiaj pomóc czy chodzi o
        dzwoni pan pani pana panią państwo państwa sprawie dotyczy jest już dotarła dotarło przyszła przyszło doszła
        gotowa gotowe gotowy dostarczona dostarczone odebrana zakończona potwierdzona i na z do to ta ten numer nr
        teraz jeszcze tym razem dziękujemy za telefon chce zmienić przełożyć potwierdzić udała się dobrze doszło
    """,
    "pt": """
        que bom falar de novo com você vocês olá oi bem vindo vinda boa dia tarde noite como em posso podemos ajudar
        hoje é sobre a o os as seu sua seus suas está ligando liga por causa do da se trata chegou chegaram recebeu já
        pronto pronta entregue confirmado confirmada agora ainda e para um uma no na número foi ao novamente gostaria
        quer confirmar mudar remarcar obrigado obrigada prazer correu deu certo
    """,
    "ro": """
        bine ați revenit bună ziua din nou cu ce vă pot putem ajuta astăzi azi sunați în legătură despre este vorba de
        a al ai sosit ajuns primit gata livrat confirmat confirmată finalizată deja acum dumneavoastră și la pentru
        numărul mulțumim că sunat doriți
    """,
    "ru": """
        здравствуйте добрый день рады снова вас слышать с возвращением чем могу можем вам помочь сегодня вы звоните по
        поводу насчёт насчет вашей вашего вашу ваш ваша речь идёт идет о об это пришла пришёл пришел получили
        доставлена доставлен готов готова готово уже ли и на в номер спасибо за звонок хотите перенести подтвердить
        ещё раз вопрос вопросу прибыла
    """,  # noqa: RUF001 - letters of that language
    "sv": """
        välkommen tillbaka hej god dag goddag trevligt att höra från dig igen hur vad kan jag vi hjälpa med i idag
        gäller det den din ditt dina är har du ringer angående kommit fram anlänt fått mottagit klar klart levererats
        levererat färdig nu till för och på en ett om ännu handlar nummer tack tiden tid vill boka ändra bekräfta gick
        bra
    """,
    "tr": """
        tekrar hoş geldiniz merhaba sayın size bugün nasıl yardımcı olabilirim olabiliriz ilgili mi mı mu mü
        arıyorsunuz için hakkında sizin bu ulaştı geldi hazır teslim edildi aldınız tamamlandı onaylandı ve ile
        numaralı şimdi iyi günler aradığınız teşekkürler teşekkür ederiz konuda
    """,  # noqa: RUF001 - letters of that language
    "uk": """
        вітаємо добрий день раді знову вас чути чим можу можемо вам допомогти сьогодні ви телефонуєте дзвоните щодо
        стосовно вашої вашого вашу ваш ваша йдеться про це прийшла прийшло прибула отримали доставлена доставлено
        готовий готова готове вже чи і та на в у номер дякуємо за дзвінок бажаєте перенести підтвердити з приводу ще
        раз
    """,  # noqa: RUF001 - letters of that language
    "ar": """
        أهلا أهلاً بكم بك من جديد يا مرحبا مرحباً كيف يمكننا يمكنني مساعدتكم مساعدتك اليوم هل تتصلون تتصل بخصوص بشأن عن
        حول وصل وصلت وصلتكم استلمتم جاهز جاهزة تم الآن رقم في على إلى هذا هذه الأمر يتعلق لديكم شكرا شكراً لاتصالكم
        صباح مساء الخير النور مجددا مجدداً السلام عليكم
    """,
    "hi": """
        जी आपका आपके आपकी आप फिर से स्वागत है हैं नमस्ते आज हम मैं क्या कैसे सहायता मदद कर सकते सकता सकती यह बारे में के
        का की को पहुँच पहुंच गया गई मिला मिल चुका तैयार हो और पर कॉल किया रहे रही धन्यवाद करने लिए नंबर अब हुआ हुई अपने
        अपनी अपना ठीक
    """,
    "ja": """
        様 さま お電話 ありがとうございます いつも 再び 再度 本日 今日 本日は 今日は の は が を に で と も 件 ご用件
        用件 どの どのような ような どういった でしょうか ですか でしょう でございますか か お 承ります いただき
        お世話になっております お世話 なって おります こんにちは もう 届きました 届き ました ましたか お手元 完了
        しました でしたか について につきまして ご 番 番号 何か お手伝い できる こと ございますか ありますか
        お問い合わせ 月 日 時
    """,
    "ko": """
        님 다시 전화 주셔서 감사합니다 안녕하세요 안녕하십니까 반갑습니다 오늘은 오늘 무엇을 어떻게 도와드릴까요 도와
        드릴까요 건으로 건 관련 관련해서 관련하여 문의 주셨나요 주신 건가요 인가요 때문에 때문이신가요 도착했나요
        받으셨나요 완료되었나요 잘 은 는 이 가 을 를 에 대해 대한 대해서 하셨나요 또 번 번호 준비되었나요 전화하셨나요
    """,
    "vi": """
        xin chào quý khách cảm ơn đã gọi lại hôm nay tôi chúng có thể giúp gì cho về hàng lịch cuộc chữa phải không
        của mừng quay trở được nhận đến chưa rồi là việc liên quan với số điện xong này vui khi
    """,
    "zh": """
        您 您好 你好 欢迎 歡迎 再次 来电 來電 感谢 感謝 谢谢 謝謝 请问 請問 今天 有 什么 什麼 可以 帮 幫 助 的 吗 嗎
        呢 是 关于 關於 事 事情 这次 這次 是否 为了 為了 了 到 到了 收到 已经 已經 现在 現在 我 我们 我們 能 为您 為您
        服务 服務 需要 么 好 完成 号 號 就 还是 還是 月 日 点 點
    """,
}
