"""Calls are named by their order in many natural ways, and most of what is first or last is no call."""

# ruff: noqa: RUF001 - questions in many alphabets

import pytest

from ingress.searching.questions.when import FIRST_CALL
from tests.unit.ingress.searching.questions.test_when import asked

FIRST = {
    "en": """
        What did he want on his very first call?
        Why did she get in touch with us the first time?
        Where did she work when she first contacted us?
        What was the reason for the very first call?
        What was his original complaint when he first reached out?
        What was his request in the first ever phone call?
        What brought her to us in the first place, on that first call?
        What did the caller mention when she initially rang us?
        What did he say the first time he got in touch?
    """,
    "de": """
        Weshalb hat er sich das allererste Mal gemeldet?
        Worum ging es bei ihrem ersten Telefonat?
        Was war der Grund für seine allererste Kontaktaufnahme?
        Wo wohnte sie, als sie uns zum ersten Mal anrief?
        Welches Anliegen hatte er beim Erstanruf?
        Was hat er beim ersten Kontakt gesagt?
        Was wollte die Anruferin zuallererst, als sie sich das erste Mal meldete?
    """,
    "es": """
        ¿Por qué nos contactó la primerísima vez?
        ¿Cuál fue el motivo de su primera llamada?
        ¿Dónde vivía cuando llamó por primera vez?
        ¿Qué pidió la primera vez que se puso en contacto con nosotros?
        ¿Cuál fue su queja en la primerísima llamada?
        ¿Qué problema tenía en el primer contacto?
    """,
    "fr": """
        Quelle était la raison de son tout premier coup de fil ?
        Pourquoi nous a-t-elle contactés la toute première fois ?
        Où habitait-il quand il a appelé pour la première fois ?
        De quoi s'agissait-il lors du tout premier échange ?
        Qu'est-ce qu'elle a demandé à son premier appel ?
        Qu'avait-il comme souci la première fois qu'il nous a joints ?
    """,
    "it": """
        Qual era il motivo della sua primissima telefonata?
        Perché ci ha contattati la prima volta?
        Dove abitava quando ha chiamato per la prima volta?
        Che cosa ha chiesto nella prima chiamata?
        Di cosa si lamentava quando si è fatta sentire la prima volta?
    """,
    "nl": """
        Waarom nam ze de allereerste keer contact op?
        Wat was de reden van zijn allereerste telefoontje?
        Waar woonde hij toen hij voor het eerst belde?
        Wat was haar klacht bij het eerste gesprek?
        Wat vroeg hij in zijn eerste belletje?
    """,
    "pl": """
        Dlaczego zadzwoniła po raz pierwszy?
        Jaki był powód jego pierwszej rozmowy?
        Gdzie mieszkał, kiedy pierwszy raz zadzwonił?
        Z czym zgłosiła się za pierwszym razem?
        Czego dotyczyła jej pierwsza rozmowa?
        Jaki miał problem, gdy po raz pierwszy się skontaktował?
    """,
    "pt": """
        Qual foi o motivo da primeiríssima chamada dela?
        Por que ele entrou em contato pela primeira vez?
        Onde ela morava quando ligou pela primeira vez?
        O que ele pediu no primeiro telefonema?
        Qual foi a reclamação dela no primeiro contato?
        Qual era o problema no primeiro contato?
    """,
    "sv": """
        Varför hörde hon av sig allra första gången?
        Vad var anledningen till hans absolut första samtal?
        Var bodde han när han ringde första gången?
        Vad klagade hon på i det allra första samtalet?
        Vad ville hon när hon först kontaktade oss?
        Vilket problem hade hon vid första kontakten?
    """,
    "ar": """
        لماذا اتصلت أول مرة؟
        ما سبب مكالمته الأولى؟
        أين كان يسكن عندما اتصل للمرة الأولى؟
        ماذا طلبت في أول اتصال لها؟
    """,
    "tr": """
        İlk aradığında ne istemişti?
        İlk aramasının sebebi neydi?
        Bize ilk kez ulaştığında nerede oturuyordu?
        İlk görüşmede hangi sorundan bahsetti?
    """,
    "hi": """
        उसने पहली बार क्यों फोन किया था?
        उनकी पहली कॉल का कारण क्या था?
        जब उसने पहली बार संपर्क किया तब वह कहाँ रहता था?
        पहली बार बात हुई तब क्या शिकायत थी?
    """,
    "ja": """
        最初の電話で何を求めていましたか？
        初めて電話してきた理由は何ですか？
        初回の通話の時、彼はどこに住んでいましたか？
        一番最初の連絡の内容は？
    """,
    "ko": """
        처음 전화했을 때 무엇을 원했나요?
        첫 통화의 이유는 무엇이었나요?
        처음 연락했을 때 어디에 살았나요?
        맨 처음 연락한 이유는?
    """,
    "zh": """
        她第一次打电话是为了什么？
        他首次来电的原因是什么？
        他第一次联系我们的时候住在哪里？
        最初一次来电的问题是什么？
    """,
}
LAST = {
    "en": """
        What did he ask for the last time he rang?
        What was her concern during the most recent call?
        Why did he phone us last time?
        What was the reason she last got in touch?
        How was she feeling when she last rang?
        What did Marta ask for in her last chat?
        Since we last spoke, has he moved?
    """,
    "de": """
        Was wollte sie, als sie zuletzt angerufen hat?
        Was war ihr Anliegen beim jüngsten Gespräch?
        Warum hat er sich das letzte Mal gemeldet?
        Worüber hat er sich beim letzten Mal beschwert?
        Seit unserem letzten Telefonat, ist er umgezogen?
    """,
    "es": """
        ¿Qué quería la última vez que llamó?
        ¿Cuál fue el motivo de su llamada más reciente?
        ¿Por qué se puso en contacto la última vez?
        ¿Qué necesitaba en la última conversación?
        ¿Qué dijo en su última llamada?
    """,
    "fr": """
        Que voulait-elle la dernière fois qu'elle a appelé ?
        Quelle était sa demande lors de son appel le plus récent ?
        Pourquoi s'est-il mis en contact avec nous la dernière fois ?
        De quoi s'est-elle plainte au dernier coup de téléphone ?
        Que voulait-il lors de l'appel précédent ?
    """,
    "it": """
        Cosa voleva l'ultima volta che ha chiamato?
        Qual era il motivo della chiamata più recente?
        Perché si è messa in contatto l'ultima volta?
        Qual era la sua richiesta nell'ultimo colloquio?
        Cosa voleva nella telefonata precedente?
        Che problema aveva l'ultima volta che si è sentita?
    """,
    "nl": """
        Wat wilde ze de laatste keer dat ze belde?
        Wat was de aanleiding van het meest recente gesprek?
        Waarom heeft hij de vorige keer gebeld?
        Wat had ze nodig bij het laatste telefoongesprek?
        Wat zei ze in het vorige telefoontje?
    """,
    "pl": """
        Czego chciała, kiedy ostatnio dzwoniła?
        Jaki był powód ostatniego telefonu?
        Dlaczego skontaktował się z nami ostatnim razem?
        O co prosiła podczas ostatniej rozmowy?
        Czego chciał w poprzedniej rozmowie?
    """,
    "pt": """
        O que ela queria da última vez que ligou?
        Qual foi o motivo da ligação mais recente?
        Por que nos contactou da última vez?
        De que precisava na última conversa?
        O que ele queria na chamada anterior?
    """,
    "sv": """
        Vad ville hon senast hon ringde?
        Vad var anledningen till det senaste samtalet?
        Varför hörde han av sig sist?
        Vad bad hon om förra gången?
    """,
    "ar": """
        ماذا أرادت في آخر مكالمة؟
        لماذا اتصل في المرة الأخيرة؟
        ما الذي اشتكى منه في المكالمة الأخيرة؟
    """,
    "tr": """
        Son görüşmede ne istedi?
        En son aradığında neden şikayet etti?
        Geçen sefer ne istedi?
    """,
    "hi": """
        पिछली बार जब उसने फोन किया तो वह क्या चाहती थी?
        आखिरी कॉल में उसने क्या कहा?
        पिछली कॉल में क्या समस्या थी?
    """,
    "ja": """
        前回の電話では何を聞きましたか？
        最後に電話してきた時、何を希望していましたか？
        前回は何の件で電話がありましたか？
    """,
    "ko": """
        지난번 통화에서 무엇을 요청했나요?
        마지막으로 전화했을 때 왜 불평했나요?
        지난번에 무엇을 물어봤나요?
    """,
    "zh": """
        她上次打电话想要什么？
        最后一次通话中他要求了什么？
        上次他说了什么？
    """,
}
BEFORE_LAST = {
    "en": """
        What was the call before last about?
        What did she need the time before last?
    """,
    "de": """
        Worum ging es im vorletzten Telefonat?
        Was wollte er beim Anruf davor?
    """,
    "es": """
        ¿De qué trató la penúltima llamada?
        ¿Qué quería en la llamada anterior a la última?
    """,
    "fr": """
        De quoi parlait l'avant-dernier appel ?
    """,
    "it": """
        Di cosa trattava la penultima chiamata?
    """,
    "nl": """
        Waar ging het voorlaatste gesprek over?
        Wat wilde hij de keer daarvoor?
    """,
    "pl": """
        O czym była przedostatnia rozmowa?
    """,
    "pt": """
        Sobre o que foi a penúltima ligação?
    """,
    "sv": """
        Vad handlade det näst sista samtalet om?
        Vad ville han gången innan?
    """,
    "ar": """
        عمّ كانت المكالمة قبل الأخيرة؟
    """,
    "tr": """
        Sondan bir önceki aramada ne konuşuldu?
    """,
    "hi": """
        आखिरी से पहले वाली कॉल किस बारे में थी?
    """,
    "ja": """
        前々回の電話の用件は何でしたか？
    """,
    "ko": """
        지지난번 통화는 무엇에 관한 것이었나요?
    """,
    "zh": """
        倒数第二次通话是关于什么的？
    """,
}
NO_CALL = {
    "en": """
        Why did she call a few days before the wedding?
        What is her first name?
        Which floor does she live on, the first or the second?
        How much was the last invoice?
        When will the next call be?
        What did the call centre tell him?
        Was it her first child?
        What is his last name?
        Did the last delivery arrive?
        Who should we contact first in an emergency?
        Did he get first aid training?
        When should we call her back?
        How long did the last battery last?
        Which is the best number to reach him on?
        What was his first job?
        When was the last time he had a blood test?
        Who did she call first, the police or her son?
        When did he first call an ambulance?
        Who is the first contact person?
        When was the last time she paid?
        Who called first about the leak, the neighbour?
        Is she a first time buyer?
        What was the first call centre he worked for?
        What did she eat last time she was in hospital?
        When should he be contacted first?
        Which number should we call first?
        Who will call last?
        What did he complain about shortly after the delivery?
    """,
    "de": """
        Warum hat sie ein paar Tage vor der Hochzeit angerufen?
        Wie ist ihr Vorname?
        Wohnt er im ersten Stock?
        Wie hoch war die letzte Rechnung?
        Wann ist der nächste Anruf vereinbart?
        War es ihr erstes Kind?
        Wann kommt die letzte Lieferung?
        Wer ist sein erster Ansprechpartner?
        Unter welcher Nummer meldet er sich am besten?
        Wann sollen wir sie zurückrufen?
        Wie hieß seine erste Firma?
        Wen sollen wir zuerst anrufen?
        Hat sie die letzte Mahnung bezahlt?
        Wer hat zuerst die Polizei gerufen?
        Wie viel kostet der erste Monat?
        Wer ist der erste Notfallkontakt?
        Welche Klasse besucht ihr erstes Enkelkind?
    """,
    "es": """
        ¿Por qué llamó unos días antes de la boda?
        ¿Cuál es su primer nombre?
        ¿Vive en el primer piso?
        ¿De cuánto fue la última factura?
        ¿Cuándo es la próxima llamada?
        ¿Cuál es su primer apellido?
        ¿Llegó el último pedido?
        ¿A qué número hay que llamar primero?
        ¿Fue su primer hijo?
        ¿Quién es su contacto de emergencia?
        ¿Cuándo debemos devolverle la llamada?
        ¿Qué le dijo el centro de llamadas?
        ¿Ha pagado la última cuota?
        ¿Quién es el primer contacto de emergencia?
        ¿Cuándo fue la última vez que tuvo fiebre?
        ¿Cuál fue la última compra?
        ¿Hay una llamada perdida de su primera mujer?
    """,
    "fr": """
        Pourquoi a-t-elle appelé quelques jours avant le mariage ?
        Quel est son premier prénom ?
        Habite-t-il au premier étage ?
        De combien était la dernière facture ?
        Quand est prévu le prochain appel ?
        Était-ce son premier enfant ?
        La dernière livraison est-elle arrivée ?
        Qui faut-il appeler en premier ?
        Quand faut-il la rappeler ?
        Que lui a dit le centre d'appels ?
        Quel était son premier emploi ?
        A-t-il payé le dernier loyer ?
        Quel est son nom de jeune fille ?
        Quand a-t-elle eu de la fièvre la dernière fois qu'elle est partie ?
        Qui est le premier contact en cas d'urgence ?
        Quel est le dernier appel d'offres ?
    """,
    "it": """
        Perché ha chiamato qualche giorno prima del matrimonio?
        Qual è il suo nome di battesimo?
        Abita al primo piano?
        A quanto ammontava l'ultima fattura?
        Quando sarà la prossima chiamata?
        Era il suo primo figlio?
        È arrivato l'ultimo pacco?
        Chi bisogna chiamare per primo?
        Quando dobbiamo richiamarla?
        Cosa gli ha detto il call center?
        Qual è stato il suo primo lavoro?
        Ha pagato l'ultima rata?
        Come si chiama la sua prima figlia?
        Quando è stata l'ultima volta che ha avuto la febbre?
        Come è andato il primo colloquio di lavoro?
        Cosa deve fare prima della chiamata?
    """,
    "nl": """
        Waarom belde ze een paar dagen voor de bruiloft?
        Wat is haar voornaam?
        Woont hij op de eerste verdieping?
        Hoe hoog was de laatste factuur?
        Wanneer is het volgende gesprek?
        Was het haar eerste kind?
        Is de laatste bestelling aangekomen?
        Wie moeten we als eerste bellen?
        Wanneer moeten we haar terugbellen?
        Wat zei het callcenter tegen hem?
        Wat was zijn eerste baan?
        Heeft ze de laatste huur betaald?
        Op welk nummer is hij het best te bereiken?
        Wanneer was de laatste keer dat ze koorts had?
        Wie is haar eerste contactpersoon?
    """,
    "pl": """
        Dlaczego zadzwoniła kilka dni przed weselem?
        Jak ma na imię?
        Czy mieszka na pierwszym piętrze?
        Ile wynosiła ostatnia faktura?
        Kiedy jest następna rozmowa?
        Czy to było jej pierwsze dziecko?
        Czy dotarła ostatnia przesyłka?
        Do kogo należy dzwonić w pierwszej kolejności?
        Kiedy mamy do niej oddzwonić?
        Co mu powiedzieli w call center?
        Jaka była jego pierwsza praca?
        Czy zapłaciła ostatnią ratę?
        Jaki jest jego numer telefonu?
        Jaki był jego pierwszy telefon, Nokia?
        Gdzie był na ostatnich wakacjach?
    """,
    "pt": """
        Por que ela ligou alguns dias antes do casamento?
        Qual é o primeiro nome dele?
        Ele mora no primeiro andar?
        De quanto foi a última fatura?
        Quando será a próxima chamada?
        Foi o primeiro filho dela?
        A última encomenda chegou?
        Para quem devemos ligar primeiro?
        Quando devemos ligar de volta para ela?
        O que a central de atendimento disse a ele?
        Qual foi o primeiro emprego dele?
        Ela pagou a última parcela?
        Qual é o último sobrenome dela?
        Quando foi a última vez que teve febre?
        Quem é o primeiro contato de emergência?
    """,
    "sv": """
        Varför ringde hon några dagar före bröllopet?
        Vad heter hon i förnamn?
        Bor han på första våningen?
        Hur mycket var den senaste fakturan på?
        När är nästa samtal?
        Var det hennes första barn?
        Har den senaste leveransen kommit?
        Vem ska vi ringa först?
        När ska vi ringa upp henne?
        Vad sa callcentret till honom?
        Vilket var hans första jobb?
        Har hon betalat den senaste hyran?
        Vilket nummer når vi honom på?
        När var senaste gången hon hade feber?
        Var det senaste priset rätt?
    """,
    "ar": """
        لماذا اتصلت قبل حفل الزفاف؟
        ما هو اسمه الأول؟
        كم كانت الفاتورة الأخيرة؟
        متى المكالمة القادمة؟
        هل يسكن في الطابق الأول؟
        ما هو رقم هاتفه؟
        متى يجب أن نتصل بها؟
        ما اسم ابنه الأول؟
        متى الموعد القادم؟
        ما هو آخر موعد للدفع؟
        هل لديه حساسية؟
        من كلم المريض أولا؟
    """,
    "tr": """
        Düğünden önce neden aradı?
        İlk adı ne?
        Son fatura ne kadardı?
        Bir sonraki arama ne zaman?
        Birinci katta mı oturuyor?
        İlk işi neydi?
        Onu ne zaman aramalıyız?
        Ocak neden bozuldu?
        Nereden arıyor?
        Son adresi nedir?
        Randevudan önce ne yapmalı?
        Arayanın adı ne?
        Neden şikayetçi?
    """,
    "hi": """
        शादी से पहले उसने क्यों फोन किया?
        उसका पहला नाम क्या है?
        आखिरी बिल कितने का था?
        अगली कॉल कब है?
        क्या वह पहली मंजिल पर रहता है?
        उसकी पहली नौकरी क्या थी?
        हमें उसे कब फोन करना चाहिए?
        उसका फोन नंबर क्या है?
        आखिरी भुगतान कब हुआ?
        अपॉइंटमेंट से पहले क्या करना है?
        उसका पता क्या है?
        सबसे पहले किसे फोन करें?
    """,
    "ja": """
        結婚式の前になぜ電話してきましたか？
        最初の名前は何ですか？
        最後の請求書はいくらでしたか？
        次の電話はいつですか？
        彼は一階に住んでいますか？
        最初の仕事は何でしたか？
        電話番号は何ですか？
        いつ電話すればいいですか？
        前回の診察はいつですか？
        お名前は何ですか？
        最後に残った商品は？
        午前に来られますか？
        三か月の契約ですか？
        住所を教えてください。
        初めての来店ですか？
    """,
    "ko": """
        결혼식 전에 왜 전화했나요?
        이름이 무엇인가요?
        마지막 청구서는 얼마였나요?
        다음 통화는 언제인가요?
        1층에 사나요?
        첫 직장은 어디였나요?
        전화번호가 무엇인가요?
        언제 전화해야 하나요?
        지난번 예약은 언제였나요?
        오전에 올 수 있나요?
        3개월 계약인가요?
        마지막 결제는 얼마였나요?
        첫째 아이 이름은?
        주소가 어디인가요?
    """,
    "zh": """
        婚礼之前她为什么打电话？
        他的名字是什么？
        最后一张发票是多少钱？
        下次通话是什么时候？
        他住在一楼吗？
        他的第一份工作是什么？
        他的电话号码是多少？
        我们应该什么时候给他打电话？
        上次预约是几号？
        最后一笔付款是多少？
        三个月的合同吗？
        他的电话号码是多少？
        目前住在哪里？
        第一个孩子叫什么？
    """,
}


def questions(*, of: dict[str, str]) -> list[tuple[str, str]]:
    """Return each question with its language."""
    return [(language, line.strip()) for language, lines in of.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("language", "question"), questions(of=FIRST))
def test_first_call_is_meant(language: str, question: str) -> None:
    """By whichever noun or verb, and however much the order is stressed."""
    assert asked(question, language=language).call == FIRST_CALL


@pytest.mark.parametrize(("language", "question"), questions(of=LAST))
def test_last_call_is_meant(language: str, question: str) -> None:
    """The previous call is the last one: what is asked now is of another."""
    assert asked(question, language=language).call == -1


@pytest.mark.parametrize(("language", "question"), questions(of=BEFORE_LAST))
def test_call_before_the_last_is_meant(language: str, question: str) -> None:
    """Where two calls are named, the earlier one is meant."""
    assert asked(question, language=language).call == -2


@pytest.mark.parametrize(("language", "question"), questions(of=NO_CALL))
def test_no_call_is_meant(language: str, question: str) -> None:
    """A first name, a last invoice, a call to come or to somebody else is no call of the caller with us."""
    assert asked(question, language=language).call is None
