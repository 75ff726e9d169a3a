"""Agreement is agreement: what stands beside a yes, sounds like one, or repeats a price takes nothing."""

# ruff: noqa: RUF001 - words of many alphabets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.facts.validation.evidence.answers.taking import takes
from projector.domain.facts.validation.evidence.answers.yes_words import GOOD, LIGHT, TAKING, YES
from tests.unit.projector.domain.facts.test_validate import reason, said, stated

OFFERS = {
    "ar": "الكرسي بثمانين",
    "da": "Stolen koster 80 kroner.",
    "de": "Der Komfortsitz kostet 80 Euro.",
    "en": "Room 12, a double, 96 pounds.",
    "es": "El plan Azul cuesta 20 euros.",
    "fr": "Le forfait Bleu est à 20 euros.",
    "hi": "कुर्सी अस्सी की है",
    "it": "La camera doppia costa 90 euro.",
    "ja": "椅子は八千円です",
    "ko": "의자는 팔만 원입니다",
    "nl": "De stoel kost 80 euro.",
    "pl": "Krzesło kosztuje 80 złotych.",
    "pt": "O plano Azul custa 20 reais.",
    "ru": "Кресло стоит восемьдесят.",
    "sv": "Stolen kostar 80 kronor.",
    "tr": "Mavi koltuk seksen lira.",
    "zh": "椅子八十块",
}


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("ar", "نعم يناسبني."),
        ("da", "Ja tak, det passer fint."),
        ("de", "Gut, den nehme ich dann."),
        ("de", "Ja, das passt mir gut."),
        ("en", "Brilliant, let's do that one."),
        ("en", "Why not, go for it."),
        ("en", "Okay, I'm happy with that."),
        ("en", "Ninety-six pounds."),
        ("en", "Lovely. And when can I come?"),
        ("es", "Venga, me lo quedo."),
        ("fr", "Oui, ça me convient."),
        ("hi", "हाँ जी, ठीक रहेगा."),
        ("it", "Va benissimo, la prendo."),
        ("ja", "はい、それでお願いします。"),
        ("ko", "네, 그걸로 할게요."),
        ("nl", "Ja hoor, dat is goed."),
        ("pl", "Tak, może być, pasuje mi."),
        ("pt", "Tá bom, pode ser."),
        ("ru", "Да, мне подходит."),
        ("sv", "Ja tack, det blir bra."),
        ("tr", "Tamam, bana uyar."),
        ("zh", "可以，就这个吧。"),
    ],
)
def test_yes_takes(language: str, answer: str) -> None:
    """A clause that says yes and nothing else takes what was offered, whatever is said beside it."""
    assert takes(answer, language, OFFERS[language])


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("ar", "طيب خليني أسأل زوجي."),
        ("ar", "لحظة من فضلك."),
        ("de", "Achtzig. Sie machen wohl Witze."),
        ("de", "Das macht der doch nie."),
        ("de", "Ja, das haben Sie schon gesagt."),
        ("de", "Ja, wenn mein Mann will."),
        ("de", "Moment bitte."),
        ("en", "96. You must be joking."),
        ("en", "96, you say."),
        ("en", "Good grief, ninety-six!"),
        ("en", "Good question."),
        ("en", "I have another call."),
        ("en", "Okay, but only the free one."),
        ("en", "Okay, what else is there?"),
        ("en", "Please hold."),
        ("en", "Sure, if you make it 50."),
        ("en", "Thanks, I'll ring back."),
        ("en", "Yes, I heard you."),
        ("es", "Es carísimo eso."),
        ("es", "Un momento, por favor."),
        ("fr", "C'est du vol."),
        ("fr", "Quarante, quand même."),
        ("hi", "जी पति से पूछूंगी"),
        ("it", "Novanta, mamma mia."),
        ("it", "Sono la vicina."),
        ("ja", "はい、聞こえています。"),
        ("ja", "結構です。"),
        ("ja", "高いです。"),
        ("ko", "그래도 비싸네요."),
        ("ko", "네 시에 전화 주세요."),
        ("ko", "네, 듣고 있어요."),
        ("ko", "네?"),
        ("ko", "안 하겠습니다."),
        ("ko", "예산이 부족해요."),
        ("nl", "Een momentje, er is iemand aan de deur."),
        ("pl", "Tak sobie."),
        ("pl", "To jest żart."),
        ("pt", "É um roubo."),
        ("ru", "Да ладно."),
        ("ru", "Хорошо, я перезвоню."),
        ("sv", "Det är ett skämt."),
        ("tr", "Evet ama çok pahalı."),
        ("tr", "Kocam isterse olur."),
        ("de", "Gut, dann schlaf ich eine Nacht drüber."),
        ("en", "Okay, and who is calling please?"),
        ("es", "Bueno, ya le diré algo."),
        ("fr", "D'accord, je vous tiens au courant."),
        ("it", "Bene, le faccio sapere."),
        ("ja", "はい、もしもし。"),
        ("ko", "알겠습니다, 다시 연락드릴게요."),
        ("pl", "Dobrze, dam znać."),
        ("pt", "Sim, mas está fora do meu orçamento."),
        ("ru", "Да, слушаю."),
        ("tr", "Tamam, size dönerim."),
        ("zh", "好，我再看看。"),
        ("zh", "好贵"),
        ("zh", "要八十块啊？"),
    ],
)
def test_what_is_no_yes_takes_nothing(language: str, answer: str) -> None:
    """Scorn, a doubt, a condition, a wait, another question, and a word within a word leave an offer where it is."""
    assert not takes(answer, language, OFFERS[language])


@pytest.mark.parametrize(
    ("language", "answer", "is_yes"),
    [
        ("en", "Yes.", True),
        ("en", "I do.", True),
        ("en", "Lovely.", False),
        ("en", "My mum does, I'm fine.", False),
        ("de", "Hab ich.", True),
        ("de", "Super.", False),
        ("ko", "네.", True),
        ("ko", "괜찮아요.", False),
        ("ja", "はい。", True),
        ("ja", "大丈夫です。", False),
        ("zh", "对。", True),
        ("zh", "没问题。", False),
    ],
)
def test_what_one_has_is_confirmed_by_a_yes_alone(language: str, answer: str, is_yes: bool) -> None:
    """Who is asked for an allergy and says `lovely`, or that they are fine, has not said that they have one."""
    asked = {"de": "Asthma?", "ja": "喘息はありますか", "ko": "천식 있으세요", "zh": "您有哮喘吗"}.get(
        language, "Any asthma?"
    )
    assert takes(answer, language, asked, is_asked=True) == is_yes


# One word of each language that puts an offer off.
_LATER = {
    "de": "moment", "en": "wait", "es": "depende", "fr": "cher", "it": "forse", "nl": "duur", "pl": "później",
    "pt": "depende", "ru": "потом", "sv": "kanske", "tr": "belki", "ar": "لحظة", "hi": "शायद", "uk": "потім",
    "da": "måske", "no": "kanskje", "cs": "možná", "fi": "ehkä", "ro": "poate",
}  # fmt: skip


@given(language=st.sampled_from(sorted(YES)), drawn=st.data())
def test_what_speaks_against_it_wins(language: str, drawn: st.DataObject) -> None:
    """However many words of a yes stand around it, in whatever order: a word against it makes it none."""
    agreeing = sorted(YES[language] | GOOD[language] | LIGHT[language])
    told = drawn.draw(st.lists(st.sampled_from(agreeing), max_size=5))
    at = drawn.draw(st.integers(0, len(told)))
    assert not takes(" ".join([*told[:at], _LATER[language], *told[at:]]), language, "")


@given(language=st.sampled_from(sorted(YES)), drawn=st.data())
def test_words_that_say_nothing_take_nothing(language: str, drawn: st.DataObject) -> None:
    """Whatever is made of pronouns, articles and thanks agrees to nothing."""
    silent = sorted(LIGHT[language] - YES[language] - GOOD[language])
    told = drawn.draw(st.lists(st.sampled_from(silent), max_size=6))
    assert not takes(" ".join(told), language, "") or TAKING[language].is_in(told)


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("ar", "نعم لو سمحت"),
        ("da", "Ja tak, vi har dyr med."),
        ("de", "Ja, bis später dann."),
        ("de", "Ja, wie gesagt."),
        ("de", "Ja bitte, wenn Sie so nett wären."),
        ("en", "Great, thanks again."),
        ("en", "Yes please, see you later."),
        ("en", "Yes, we can't wait."),
        ("en", "Yes please, if you don't mind."),
        ("es", "Sí, gracias, hasta luego."),
        ("es", "Sí, en el segundo piso."),
        ("fr", "Oui, pour une nuit."),
        ("it", "Sì, al secondo piano."),
        ("it", "Va bene, lunedì prossimo."),
        ("nl", "Ja, hetzelfde als vorige keer."),
        ("pl", "Tak, jeśli można."),
        ("pt", "Sim, depois de amanhã."),
        ("ru", "Хорошо, через десять минут подъедем."),
        ("tr", "Evet efendim."),
        ("tr", "Olur, öğleden sonra geliriz."),
        ("tr", "Tamam, sorun değil."),
        ("zh", "好的，麻烦您了，回头见"),
    ],
)
def test_words_that_are_against_an_offer_elsewhere_are_harmless_here(language: str, answer: str) -> None:
    """A farewell, a courtesy, an afternoon and a second floor hold such a word, and put off nothing."""
    assert takes(answer, language, OFFERS[language])


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("de", "Ja, wenn meine Frau will."),
        ("en", "I'll have a word with my husband first."),
        ("en", "Yes, maybe later."),
        ("es", "Luego, sí."),
        ("it", "Se può fare meno, sì."),
        ("it", "Un secondo, sì."),
        ("nl", "Ja, als mijn man wil."),
        ("pl", "Tak, jeśli mąż zechce."),
        ("pl", "Dziękuję bardzo."),
        ("pt", "Se puder baixar, sim."),
        ("ru", "Минутку, да."),
        ("tr", "Tamam, sorayım."),
        ("tr", "Tamam, sonra."),
        ("ko", "네 다시 말씀해 주세요"),
    ],
)
def test_the_same_words_put_off_an_offer(language: str, answer: str) -> None:
    """Without the words around them that make them harmless, they stand against every yes."""
    assert not takes(answer, language, OFFERS[language])


@pytest.mark.parametrize(
    ("language", "offer", "answer"),
    [
        ("de", "Soll ich die alte Buchung stornieren und Zimmer neun nehmen?", "Ja bitte, stornieren."),
        ("en", "Shall I cancel the old booking and put you in room nine?", "Yes, cancel it please."),
        ("en", "Shall I hold the garden room until six?", "Yes, hold it."),
        ("ja", "別のお部屋に変えましょうか", "はい、別の部屋でお願いします"),
        ("ko", "다른 방으로 바꿔 드릴까요?", "네 다른 방으로 해 주세요"),
        ("zh", "帮您换成大床房可以吗", "好的，换吧"),
    ],
)
def test_what_is_offered_is_not_against_it(language: str, offer: str, answer: str) -> None:
    """Who was asked whether to cancel says so in the same word; who was offered a room takes none by it."""
    assert takes(answer, language, offer)
    assert not takes(answer, language, OFFERS[language])


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("ar", "للأسف نعم"),
        ("de", "Leider ja."),
        ("en", "Unfortunately yes."),
        ("es", "Desgraciadamente sí."),
        ("fr", "C'est exact."),
        ("it", "Purtroppo sì."),
        ("ja", "あります"),
        ("ko", "네 있어요"),
        ("nl", "Helaas wel."),
        ("pl", "Niestety tak."),
        ("pt", "Infelizmente sim."),
        ("ru", "К сожалению, да."),
        ("tr", "Maalesef evet."),
    ],
)
def test_who_is_sorry_to_have_something_has_it(language: str, answer: str) -> None:
    """An illness is confirmed with regret."""
    assert takes(answer, language, is_asked=True)


@pytest.mark.parametrize(
    ("language", "sign"), [("ja", "はい"), ("ko", "네 "), ("ko", "네"), ("zh", "嗯"), ("zh", "那就")]
)
def test_a_long_answer_in_signs_is_no_yes(language: str, sign: str) -> None:
    """Ten thousand yeses in a row are none, and no pattern tries them one by one: this ends, or the suite does not."""
    assert not takes(f"{sign * 10_000}x", language)


@pytest.mark.parametrize("mark", ["?", " ?", "\u00a0?", "\u202f?"])
def test_a_question_mark_after_a_blank_is_one(mark: str) -> None:
    """French parts it from the words: who asks `twenty euros ?` takes nothing."""
    call = said("agent: Le forfait Bleu est à 20 euros.", f"caller: 20 euros{mark}", language="fr")
    item = stated(attribute="order", value="forfait Bleu", content="forfait Bleu.", quote="20 euros", confirms_turn=0)
    assert reason(call, item) == "unsupported"
