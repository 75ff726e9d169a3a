"""What is said at the telephone in each language: every sentence, for a person who speaks that language to read."""
# ruff: noqa: RUF001 - Chinese, Japanese, Ukrainian and Turkish have letters and signs of their own

from typing import NamedTuple

import pytest

from ingress.wording.greetings.greeting import TEMPLATES, greet, outbound_greeting
from projector.domain.greetings.proposal import Matter, fault_of_proposal
from projector.domain.greetings.topic_words import TOPIC_WORDS, TOPICS, Topic
from projector.domain.greetings.vocabulary import language_key
from projector.domain.memories import CallerView
from tests.support.samples import MARTA, NOON_S


class Said(NamedTuple):
    """What one language says: to a woman, to a man, to nobody by name, of each topic, and to somebody who is called."""

    woman: str
    man: str
    unnamed: str
    parcel: str
    appointment: str
    order: str
    repair: str
    outbound: str


# The names by which a woman and a man are known, where they are not Marta and Jonas.
NAMES = {
    "ar": ("مريم", "يوسف"),
    "hi": ("मीना", "रवि जी"),
    "ja": ("佐藤", "田中様"),
    "ko": ("지은", "민수님"),
    "ru": ("Марта", "Иван"),
    "uk": ("Марта", "Іван"),
    "zh": ("李娜", "王伟"),
    "zh-hant": ("李娜", "王偉"),
}
SAID = {
    "ar": Said(
        "أهلاً بكم من جديد يا مريم! كيف يمكننا مساعدتكم اليوم؟",
        "أهلاً بكم من جديد يا يوسف! كيف يمكننا مساعدتكم اليوم؟",
        "أهلاً بكم من جديد! كيف يمكننا مساعدتكم اليوم؟",
        "أهلاً بكم من جديد يا مريم! هل تتصلون بخصوص الطرد؟",
        "أهلاً بكم من جديد يا مريم! هل تتصلون بخصوص الموعد؟",
        "أهلاً بكم من جديد يا مريم! هل تتصلون بخصوص الطلب؟",
        "أهلاً بكم من جديد يا مريم! هل تتصلون بخصوص الإصلاح؟",
        "مرحباً بكم! هل لديكم لحظة للحديث؟",
    ),
    "da": Said(
        "Velkommen tilbage, Marta! Hvad kan jeg hjælpe dig med i dag?",
        "Velkommen tilbage, Jonas! Hvad kan jeg hjælpe dig med i dag?",
        "Velkommen tilbage! Hvad kan jeg hjælpe dig med i dag?",
        "Velkommen tilbage, Marta! Drejer det sig om pakken?",
        "Velkommen tilbage, Marta! Drejer det sig om aftalen?",
        "Velkommen tilbage, Marta! Drejer det sig om bestillingen?",
        "Velkommen tilbage, Marta! Drejer det sig om reparationen?",
        "Goddag! Har du tid et øjeblik?",
    ),
    "de": Said(
        "Willkommen zurück, Marta! Wie kann ich Ihnen heute helfen?",
        "Willkommen zurück, Jonas! Wie kann ich Ihnen heute helfen?",
        "Willkommen zurück! Wie kann ich Ihnen heute helfen?",
        "Willkommen zurück, Marta! Geht es um das Paket?",
        "Willkommen zurück, Marta! Geht es um den Termin?",
        "Willkommen zurück, Marta! Geht es um die Bestellung?",
        "Willkommen zurück, Marta! Geht es um die Reparatur?",
        "Guten Tag! Haben Sie einen Moment Zeit?",
    ),
    "en": Said(
        "Welcome back, Marta! How can I help you today?",
        "Welcome back, Jonas! How can I help you today?",
        "Welcome back! How can I help you today?",
        "Welcome back, Marta! Is this about the parcel?",
        "Welcome back, Marta! Is this about the appointment?",
        "Welcome back, Marta! Is this about the order?",
        "Welcome back, Marta! Is this about the repair?",
        "Hello! Do you have a moment to talk?",
    ),
    "es": Said(
        "¡Qué gusto saludarle de nuevo, Marta! ¿En qué puedo ayudarle hoy?",
        "¡Qué gusto saludarle de nuevo, Jonas! ¿En qué puedo ayudarle hoy?",
        "¡Qué gusto saludarle de nuevo! ¿En qué puedo ayudarle hoy?",
        "¡Qué gusto saludarle de nuevo, Marta! ¿Llama por el paquete?",
        "¡Qué gusto saludarle de nuevo, Marta! ¿Llama por la cita?",
        "¡Qué gusto saludarle de nuevo, Marta! ¿Llama por el pedido?",
        "¡Qué gusto saludarle de nuevo, Marta! ¿Llama por la reparación?",
        "¡Hola! ¿Tiene un momento para hablar?",
    ),
    "fi": Said(
        "Mukava kuulla teistä jälleen, Marta! Miten voin olla avuksi tänään?",
        "Mukava kuulla teistä jälleen, Jonas! Miten voin olla avuksi tänään?",
        "Mukava kuulla teistä jälleen! Miten voin olla avuksi tänään?",
        "Mukava kuulla teistä jälleen, Marta! Koskeeko asianne pakettia?",
        "Mukava kuulla teistä jälleen, Marta! Koskeeko asianne varattua aikaa?",
        "Mukava kuulla teistä jälleen, Marta! Koskeeko asianne tilausta?",
        "Mukava kuulla teistä jälleen, Marta! Koskeeko asianne korjausta?",
        "Hyvää päivää! Onko teillä hetki aikaa?",
    ),
    "fr": Said(
        "Ravi de vous retrouver, Marta ! Comment puis-je vous aider aujourd'hui ?",
        "Ravi de vous retrouver, Jonas ! Comment puis-je vous aider aujourd'hui ?",
        "Ravi de vous retrouver ! Comment puis-je vous aider aujourd'hui ?",
        "Ravi de vous retrouver, Marta ! Vous appelez au sujet du colis ?",
        "Ravi de vous retrouver, Marta ! Vous appelez au sujet du rendez-vous ?",
        "Ravi de vous retrouver, Marta ! Vous appelez au sujet de la commande ?",
        "Ravi de vous retrouver, Marta ! Vous appelez au sujet de la réparation ?",
        "Bonjour ! Avez-vous un moment pour parler ?",
    ),
    "hi": Said(
        "मीना जी, आपका फिर से स्वागत है! आज हम आपकी क्या सहायता कर सकते हैं?",
        "रवि जी, आपका फिर से स्वागत है! आज हम आपकी क्या सहायता कर सकते हैं?",
        "आपका फिर से स्वागत है! आज हम आपकी क्या सहायता कर सकते हैं?",
        "मीना जी, आपका फिर से स्वागत है! क्या यह आपके पार्सल के बारे में है?",
        "मीना जी, आपका फिर से स्वागत है! क्या यह आपके अपॉइंटमेंट के बारे में है?",
        "मीना जी, आपका फिर से स्वागत है! क्या यह आपके ऑर्डर के बारे में है?",
        "मीना जी, आपका फिर से स्वागत है! क्या यह मरम्मत के बारे में है?",
        "नमस्ते! क्या अभी आपसे थोड़ी बात हो सकती है?",
    ),
    "hu": Said(
        "Üdvözöljük ismét, Marta! Miben segíthetek ma?",
        "Üdvözöljük ismét, Jonas! Miben segíthetek ma?",
        "Üdvözöljük ismét! Miben segíthetek ma?",
        "Üdvözöljük ismét, Marta! A csomaggal kapcsolatban hív?",
        "Üdvözöljük ismét, Marta! Az időponttal kapcsolatban hív?",
        "Üdvözöljük ismét, Marta! A rendeléssel kapcsolatban hív?",
        "Üdvözöljük ismét, Marta! A javítással kapcsolatban hív?",
        "Jó napot kívánok! Van egy perce?",
    ),
    "id": Said(
        "Selamat datang kembali, Marta! Ada yang bisa kami bantu hari ini?",
        "Selamat datang kembali, Jonas! Ada yang bisa kami bantu hari ini?",
        "Selamat datang kembali! Ada yang bisa kami bantu hari ini?",
        "Selamat datang kembali, Marta! Apakah ini mengenai paket Anda?",
        "Selamat datang kembali, Marta! Apakah ini mengenai janji temu Anda?",
        "Selamat datang kembali, Marta! Apakah ini mengenai pesanan Anda?",
        "Selamat datang kembali, Marta! Apakah ini mengenai perbaikan Anda?",
        "Halo! Apakah Anda punya waktu sebentar?",
    ),
    "it": Said(
        "È un piacere risentirla, Marta! Come posso aiutarla oggi?",
        "È un piacere risentirla, Jonas! Come posso aiutarla oggi?",
        "È un piacere risentirla! Come posso aiutarla oggi?",
        "È un piacere risentirla, Marta! Chiama per il pacco?",
        "È un piacere risentirla, Marta! Chiama per l'appuntamento?",
        "È un piacere risentirla, Marta! Chiama per l'ordine?",
        "È un piacere risentirla, Marta! Chiama per la riparazione?",
        "Salve! Ha un momento per parlare?",
    ),
    "ja": Said(
        "佐藤様、いつもお電話ありがとうございます。本日はどのようなご用件でしょうか？",
        "田中様、いつもお電話ありがとうございます。本日はどのようなご用件でしょうか？",
        "いつもお電話ありがとうございます。本日はどのようなご用件でしょうか？",
        "佐藤様、いつもお電話ありがとうございます。お荷物の件でしょうか？",
        "佐藤様、いつもお電話ありがとうございます。ご予約の件でしょうか？",
        "佐藤様、いつもお電話ありがとうございます。ご注文の件でしょうか？",
        "佐藤様、いつもお電話ありがとうございます。修理の件でしょうか？",
        "お世話になっております。今、少しお時間よろしいでしょうか？",
    ),
    "ko": Said(
        "지은님, 다시 전화 주셔서 감사합니다. 오늘은 무엇을 도와드릴까요?",
        "민수님, 다시 전화 주셔서 감사합니다. 오늘은 무엇을 도와드릴까요?",
        "다시 전화 주셔서 감사합니다. 오늘은 무엇을 도와드릴까요?",
        "지은님, 다시 전화 주셔서 감사합니다. 택배 건으로 전화 주셨나요?",
        "지은님, 다시 전화 주셔서 감사합니다. 예약 건으로 전화 주셨나요?",
        "지은님, 다시 전화 주셔서 감사합니다. 주문 건으로 전화 주셨나요?",
        "지은님, 다시 전화 주셔서 감사합니다. 수리 건으로 전화 주셨나요?",
        "안녕하세요. 지금 잠시 통화 괜찮으신가요?",
    ),
    "nl": Said(
        "Welkom terug, Marta! Waarmee kan ik u vandaag helpen?",
        "Welkom terug, Jonas! Waarmee kan ik u vandaag helpen?",
        "Welkom terug! Waarmee kan ik u vandaag helpen?",
        "Welkom terug, Marta! Gaat het om het pakket?",
        "Welkom terug, Marta! Gaat het om de afspraak?",
        "Welkom terug, Marta! Gaat het om de bestelling?",
        "Welkom terug, Marta! Gaat het om de reparatie?",
        "Goedendag! Heeft u een moment?",
    ),
    "no": Said(
        "Velkommen tilbake, Marta! Hva kan jeg hjelpe deg med i dag?",
        "Velkommen tilbake, Jonas! Hva kan jeg hjelpe deg med i dag?",
        "Velkommen tilbake! Hva kan jeg hjelpe deg med i dag?",
        "Velkommen tilbake, Marta! Gjelder det pakken?",
        "Velkommen tilbake, Marta! Gjelder det avtalen?",
        "Velkommen tilbake, Marta! Gjelder det bestillingen?",
        "Velkommen tilbake, Marta! Gjelder det reparasjonen?",
        "God dag! Har du tid et øyeblikk?",
    ),
    "pl": Said(
        "Witamy ponownie, Marta! W czym mogę dziś pomóc?",
        "Witamy ponownie, Jonas! W czym mogę dziś pomóc?",
        "Witamy ponownie! W czym mogę dziś pomóc?",
        "Witamy ponownie, Marta! Czy chodzi o paczkę?",
        "Witamy ponownie, Marta! Czy chodzi o umówiony termin?",
        "Witamy ponownie, Marta! Czy chodzi o zamówienie?",
        "Witamy ponownie, Marta! Czy chodzi o naprawę?",
        "Dzień dobry! Czy mogę zająć chwilę?",
    ),
    "pt": Said(
        "Que bom falar de novo com você, Marta! Como posso ajudar hoje?",
        "Que bom falar de novo com você, Jonas! Como posso ajudar hoje?",
        "Que bom falar de novo com você! Como posso ajudar hoje?",
        "Que bom falar de novo com você, Marta! É sobre a entrega?",
        "Que bom falar de novo com você, Marta! É sobre o agendamento?",
        "Que bom falar de novo com você, Marta! É sobre o pedido?",
        "Que bom falar de novo com você, Marta! É sobre o conserto?",
        "Olá! Você tem um momento para falar?",
    ),
    "ro": Said(
        "Bine ați revenit, Marta! Cu ce vă pot ajuta astăzi?",
        "Bine ați revenit, Jonas! Cu ce vă pot ajuta astăzi?",
        "Bine ați revenit! Cu ce vă pot ajuta astăzi?",
        "Bine ați revenit, Marta! Sunați în legătură cu coletul?",
        "Bine ați revenit, Marta! Sunați în legătură cu programarea?",
        "Bine ați revenit, Marta! Sunați în legătură cu comanda?",
        "Bine ați revenit, Marta! Sunați în legătură cu reparația?",
        "Bună ziua! Aveți un moment?",
    ),
    "ru": Said(
        "Марта, рады снова вас слышать! Чем могу вам помочь сегодня?",
        "Иван, рады снова вас слышать! Чем могу вам помочь сегодня?",
        "Рады снова вас слышать! Чем могу вам помочь сегодня?",
        "Марта, рады снова вас слышать! Вы звоните по поводу посылки?",
        "Марта, рады снова вас слышать! Вы звоните по поводу записи?",
        "Марта, рады снова вас слышать! Вы звоните по поводу заказа?",
        "Марта, рады снова вас слышать! Вы звоните по поводу ремонта?",
        "Здравствуйте! Вам удобно сейчас говорить?",
    ),
    "sv": Said(
        "Välkommen tillbaka, Marta! Hur kan jag hjälpa dig i dag?",
        "Välkommen tillbaka, Jonas! Hur kan jag hjälpa dig i dag?",
        "Välkommen tillbaka! Hur kan jag hjälpa dig i dag?",
        "Välkommen tillbaka, Marta! Gäller det paketet?",
        "Välkommen tillbaka, Marta! Gäller det den bokade tiden?",
        "Välkommen tillbaka, Marta! Gäller det beställningen?",
        "Välkommen tillbaka, Marta! Gäller det reparationen?",
        "Hej! Har du tid att prata en stund?",
    ),
    "tr": Said(
        "Tekrar hoş geldiniz, Marta! Size bugün nasıl yardımcı olabilirim?",
        "Tekrar hoş geldiniz, Jonas! Size bugün nasıl yardımcı olabilirim?",
        "Tekrar hoş geldiniz! Size bugün nasıl yardımcı olabilirim?",
        "Tekrar hoş geldiniz, Marta! Kargonuzla ilgili mi arıyorsunuz?",
        "Tekrar hoş geldiniz, Marta! Randevunuzla ilgili mi arıyorsunuz?",
        "Tekrar hoş geldiniz, Marta! Siparişinizle ilgili mi arıyorsunuz?",
        "Tekrar hoş geldiniz, Marta! Onarımla ilgili mi arıyorsunuz?",
        "Merhaba! Kısaca görüşmek için uygun musunuz?",
    ),
    "uk": Said(
        "Марто, раді знову вас чути! Чим можу вам допомогти сьогодні?",
        "Іване, раді знову вас чути! Чим можу вам допомогти сьогодні?",
        "Раді знову вас чути! Чим можу вам допомогти сьогодні?",
        "Марто, раді знову вас чути! Ви телефонуєте щодо посилки?",
        "Марто, раді знову вас чути! Ви телефонуєте щодо запису?",
        "Марто, раді знову вас чути! Ви телефонуєте щодо замовлення?",
        "Марто, раді знову вас чути! Ви телефонуєте щодо ремонту?",
        "Добрий день! Вам зручно зараз говорити?",
    ),
    "vi": Said(
        "Xin chào quý khách Marta, cảm ơn quý khách đã gọi lại! Hôm nay tôi có thể giúp gì cho quý khách?",
        "Xin chào quý khách Jonas, cảm ơn quý khách đã gọi lại! Hôm nay tôi có thể giúp gì cho quý khách?",
        "Xin chào quý khách, cảm ơn quý khách đã gọi lại! Hôm nay tôi có thể giúp gì cho quý khách?",
        "Xin chào quý khách Marta, cảm ơn quý khách đã gọi lại! Quý khách gọi về kiện hàng phải không?",
        "Xin chào quý khách Marta, cảm ơn quý khách đã gọi lại! Quý khách gọi về lịch hẹn phải không?",
        "Xin chào quý khách Marta, cảm ơn quý khách đã gọi lại! Quý khách gọi về đơn hàng phải không?",
        "Xin chào quý khách Marta, cảm ơn quý khách đã gọi lại! Quý khách gọi về việc sửa chữa phải không?",
        "Xin chào quý khách! Quý khách có tiện nói chuyện bây giờ không?",
    ),
    "zh": Said(
        "李娜您好，欢迎再次来电！请问今天有什么可以帮您？",
        "王伟您好，欢迎再次来电！请问今天有什么可以帮您？",
        "您好，欢迎再次来电！请问今天有什么可以帮您？",
        "李娜您好，欢迎再次来电！请问是关于包裹的事吗？",
        "李娜您好，欢迎再次来电！请问是关于预约的事吗？",
        "李娜您好，欢迎再次来电！请问是关于订单的事吗？",
        "李娜您好，欢迎再次来电！请问是关于维修的事吗？",
        "您好！请问您现在方便说话吗？",
    ),
    "zh-hant": Said(
        "李娜您好，歡迎再次來電！請問今天有什麼可以幫您？",
        "王偉您好，歡迎再次來電！請問今天有什麼可以幫您？",
        "您好，歡迎再次來電！請問今天有什麼可以幫您？",
        "李娜您好，歡迎再次來電！請問是關於包裹的事嗎？",
        "李娜您好，歡迎再次來電！請問是關於預約的事嗎？",
        "李娜您好，歡迎再次來電！請問是關於訂單的事嗎？",
        "李娜您好，歡迎再次來電！請問是關於維修的事嗎？",
        "您好！請問您現在方便說話嗎？",
    ),
}
_ALIASES = {"nb", "nn", "zh-tw", "zh-hk", "zh-mo"}
every_language = pytest.mark.parametrize("language", sorted(SAID))


def known(name: str, language: str) -> CallerView:
    return CallerView(
        caller=MARTA,
        name=name,
        given_name=name,
        language=language,
        call_count=1,
        first_call_at_s=NOON_S,
        last_call_at_s=NOON_S,
        facts=(),
        past_calls=(),
    )


def asking(topic: Topic) -> list[Matter]:
    return [Matter(topic, frozenset())]


def test_speaks_more_than_twenty_languages() -> None:
    """The table has every language with a template, and each language in which a matter can be read is one of them."""
    assert SAID.keys() == TEMPLATES.keys() - _ALIASES
    assert len({language_key(language) for language in SAID}) == 24
    assert {language_key(language) for language in SAID} == TOPIC_WORDS.keys()


@every_language
def test_greets_a_woman_and_a_man(language: str) -> None:
    """A greeting is right for both, with what courtesy a language has, and in Ukrainian in the case of address."""
    woman, man = NAMES.get(language, ("Marta", "Jonas"))
    assert greet(known(woman, language), TEMPLATES) == SAID[language].woman
    assert greet(known(man, language), TEMPLATES) == SAID[language].man
    assert greet(known("", language), TEMPLATES) == SAID[language].unnamed


@every_language
def test_asks_about_each_topic(language: str) -> None:
    """A topic is named in words of the language, with the name and without it."""
    woman, _ = NAMES.get(language, ("Marta", ""))
    said = SAID[language]
    for topic in TOPICS:
        asked = greet(known(woman, language), TEMPLATES, matters=asking(topic))
        assert asked is not None
        assert asked == getattr(said, topic)
        unnamed = greet(known("", language), TEMPLATES, matters=asking(topic))
        assert unnamed is not None
        assert unnamed.endswith(asked[-10:])
        assert woman not in unnamed


@every_language
def test_calls_somebody(language: str) -> None:
    """Who is called hears no name, whoever is known under the number."""
    assert outbound_greeting(known("Marta", language), TEMPLATES, default="-") == SAID[language].outbound


@every_language
def test_own_words_pass_the_rules_for_proposals(language: str) -> None:
    """Whatever we would say ourselves is taken from a model as well, where its topic is open, and only there."""
    woman, _ = NAMES.get(language, ("Marta", ""))
    names = {woman, SAID[language].woman.partition(",")[0]} if language == "uk" else {woman}
    key = language_key(language)
    assert fault_of_proposal(SAID[language].woman, key, names=names, matters=[]) is None
    assert fault_of_proposal(SAID[language].unnamed, key, names=(), matters=[]) is None
    for topic in TOPICS:
        text = getattr(SAID[language], topic)
        assert fault_of_proposal(text, key, names=names, matters=asking(topic)) is None, text
        assert fault_of_proposal(text, key, names=names, matters=[]) is not None, text
        others = [Matter(other, frozenset()) for other in TOPICS if other != topic]
        assert fault_of_proposal(text, key, names=names, matters=others) is not None, text
        assert fault_of_proposal(text, key, names=(), matters=asking(topic)) is not None, text


@pytest.mark.parametrize(
    ("known_as", "called"),
    [
        ("Марія", "Маріє"),
        ("Ольга", "Ольго"),
        ("Наталя", "Наталю"),
        ("Катя", "Катю"),
        ("Зоя", "Зоє"),
        ("Андрій", "Андрію"),
        ("Олександр", "Олександре"),
        ("Дмитро", "Дмитре"),
        ("Марко", "Марку"),
        ("Ілля", "Ілле"),
        ("Олег", "Олегу"),
        ("Василь", "Василю"),
        ("Кармен", "Кармен"),
        ("Марія Іванівна", "Маріє Іванівно"),
        ("Іван Петрович", "Іване Петровичу"),
        ("Marta", "Marta"),
    ],
)
def test_calls_a_ukrainian_by_the_case_of_address(known_as: str, called: str) -> None:
    """Ukrainian has a case for whoever is addressed; names in other letters stay as they are."""
    greeting = greet(known(known_as, "uk"), TEMPLATES)
    assert greeting == f"{called}, раді знову вас чути! Чим можу вам допомогти сьогодні?"


def test_leaves_a_name_out_whose_case_is_not_known() -> None:
    """A greeting without a name is better than one in wrong grammar."""
    assert greet(known("Януш", "uk"), TEMPLATES) == SAID["uk"].unnamed
