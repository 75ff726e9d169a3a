"""What may complete a statement from the turns around its quote, and what may not."""

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated

PROMISE = {"category": "promise", "attribute": "promise", "sensitive": "none"}


@pytest.mark.parametrize(
    ("language", "turns", "quote", "value", "content", "other"),
    [
        (
            "en",
            ("caller: I have a Veltro bike.", "agent: When did it break?", "caller: On Monday, the chain."),
            "On Monday, the chain",
            "chain on Monday",
            "The chain of the caller's Veltro bike broke on Monday.",
            "The chain of the caller's Garmin bike broke on Monday.",
        ),
        (
            "de",
            ("caller: Es geht um mein Lastenrad von Veltro.", "agent: Was ist?", "caller: Die Kette ist gerissen."),
            "Die Kette ist gerissen",
            "Kette gerissen",
            "Am Lastenrad des Anrufers, von Veltro, ist die Kette gerissen.",
            "Am Lastenrad des Anrufers, von Garmin, ist die Kette gerissen.",
        ),
        (
            "es",
            ("caller: Es por la Veltro.", "agent: ¿Qué pasa?", "caller: Se ha roto la cadena."),
            "Se ha roto la cadena",
            "cadena rota",
            "Quien llama tiene la cadena de la Veltro rota, se ha roto.",
            "Quien llama tiene la cadena de la Garmin rota, se ha roto.",
        ),
        (
            "pl",
            ("caller: Chodzi o Veltro.", "agent: Co się stało?", "caller: Pękł łańcuch."),
            "Pękł łańcuch",
            "pękł łańcuch",
            "W rowerze Veltro pękł łańcuch.",
            "W rowerze Garmin pękł łańcuch.",
        ),
    ],
)
def test_name_from_elsewhere_in_the_call_completes_a_sentence(
    language: str, turns: tuple[str, ...], quote: str, value: str, content: str, other: str
) -> None:
    """A name that somebody said makes a sentence understood by itself; one that nobody said does not count."""
    call = said(*turns, language=language)
    item = stated(category="issue", attribute="issue", value=value, content=content, quote=quote, turn=2)
    item["sensitive"] = "none"
    assert reason(call, item) == ""
    assert reason(call, item | {"content": other}) == "other_name"
    # A value is made of the quote, and of what it answers.
    assert reason(call, item | {"value": "Veltro"}) in {"other_name", "unsupported"}


@pytest.mark.parametrize(
    ("language", "asked", "answer", "value", "content", "is_kept"),
    [
        ("en", "Ring me on 555 0142 before you start.", "Of course.", "ring on 555 0142", "We ring on 555 0142.", True),
        ("en", "Refund me 800 dollars.", "I'm sorry, we can't.", "refund 800 dollars", "We refund 800 dollars.", False),
        ("en", "Refund me 800 dollars.", "I understand.", "refund 800 dollars", "We refund 800 dollars.", False),
        ("en", "Refund me 800 dollars.", "I'll see about that.", "refund 800", "We refund 800 dollars.", False),
        ("en", "Refund me 800 dollars.", "Sure, thanks. Bye.", "refund 900", "We refund 900 dollars.", False),
        ("de", "Rufen Sie vorher an, die 4711.", "Wird gemacht.", "vorher anrufen, 4711", "Anruf auf 4711.", True),
        ("de", "Erstatten Sie mir 80 Euro.", "Das geht leider nicht.", "80 Euro erstatten", "Wir erstatten.", False),
        ("de", "Erstatten Sie mir 80 Euro.", "Ich prüfe das gern.", "80 Euro erstatten", "Wir erstatten 80.", False),
        ("es", "Llámeme antes al 4711.", "Por supuesto.", "llamar antes al 4711", "Se llama al 4711.", True),
        ("es", "Devuélvame 80 euros.", "No es posible.", "devolver 80 euros", "Se devuelven 80 euros.", False),
        ("fr", "Appelez-moi avant, au 4711.", "Bien sûr.", "appelez avant au 4711", "On appelle au 4711.", True),
        ("fr", "Remboursez-moi 80 euros.", "Je comprends.", "80 euros", "On rembourse 80 euros.", False),
        ("ko", "미리 전화해 주세요, 4711번이요.", "알겠습니다.", "4711번 전화", "4711번으로 전화한다.", True),
        ("zh", "八点前给我打电话", "好的", "八点前打电话", "八点前打电话。", True),
    ],
)
def test_promise_takes_what_was_asked_where_it_grants_it(
    language: str, asked: str, answer: str, value: str, content: str, is_kept: bool
) -> None:
    """`Of course` promises what the caller just asked for; a refusal, a doubt and `I understand` promise nothing."""
    call = said("agent: Hello.", f"caller: {asked}", f"agent: {answer}", language=language)
    item = stated(value=value, content=content, quote=answer.rstrip(".。"), turn=2) | PROMISE
    assert (reason(call, item) == "") == is_kept


@pytest.mark.parametrize(
    ("asks", "answers", "taking", "is_kept"),
    [
        ("How long would that be?", "For two years.", "All right, take it.", True),
        ("No, thanks.", "As you like.", "All right, bye.", False),
        ("How long would that be?", "Two years. Shall I send you our catalogue?", "Yes, please.", False),
        ("How long?", "Two years.", "No, forget it.", False),
    ],
)
def test_offer_may_be_taken_after_one_question(asks: str, answers: str, taking: str, is_kept: bool) -> None:
    """Who asks for the price first has still taken it; who said no, or answers something else, has not."""
    call = said(
        "agent: I could offer you the Delphi cover.", f"caller: {asks}", f"agent: {answers}", f"caller: {taking}"
    )
    item = stated(
        attribute="order", value="Delphi cover", content="The caller takes the Delphi cover.", sensitive="none"
    )
    item |= {"quote": taking.rstrip("."), "turn": 3, "confirms_turn": 0}
    assert (reason(call, item) == "") == is_kept


def test_offer_of_three_turns_ago_is_not_taken() -> None:
    """Whatever is agreed to then is something else."""
    call = said(
        "agent: The Delphi cover is 9 a month.", "caller: What does it do?", "agent: It covers glass.",
        "caller: And dents?", "agent: Dents too.", "caller: Fine."
    )  # fmt: skip
    item = stated(
        attribute="order", value="Delphi cover", content="The caller takes the Delphi cover.", sensitive="none"
    )
    assert reason(call, item | {"quote": "Fine", "turn": 5, "confirms_turn": 0}) == "no_such_turn"


def test_number_of_the_same_moment_completes_a_sentence() -> None:
    """A sentence may take a number from its own turn and the two before; a value and later turns may not."""
    call = said(
        "caller: It's for my dad's seventieth.",
        "agent: Which day?",
        "caller: May 6th, he has a Corsa with 4 doors.",
        "agent: Fine.",
        "caller: We are 31 people.",
    )
    item = stated(attribute="other:party_date", about="dad", value="May 6", quote="May 6th", turn=2, sensitive="none")
    assert reason(call, item | {"content": "The 70th birthday of the caller's dad is on May 6."}) == ""
    assert reason(call, item | {"content": "The 80th birthday of the caller's dad is on May 6."}) == "other_number"
    assert reason(call, item | {"content": "The birthday of the caller's dad is on May 6, for 31."}) == "other_number"
    assert reason(call, item | {"value": "May 6, 70", "content": "The dad's birthday is on May 6."}) == "other_number"
    # It adds a number to the value's, and puts none in its place.
    assert reason(call, item | {"content": "The birthday of the caller's dad is on May 4."}) == "other_number"
    assert reason(call, item | {"content": "The birthday of the caller's dad is on May 70."}) == "other_number"


def test_number_of_the_caller_takes_the_month_of_the_agent() -> None:
    """`The 29th is better` moves January 28 to January 29, and not to the 27th."""
    call = said("agent: Delivery on January 28, from 9.", "caller: The 29th is better.")
    item = stated(attribute="appointment", quote="The 29th is better", status="planned", sensitive="none")
    assert reason(call, item | {"value": "January 29", "content": "The delivery is on January 29."}) == ""
    assert reason(call, item | {"value": "January 27", "content": "The delivery is on January 27."}) == "other_number"
    assert reason(call, item | {"value": "January 9", "content": "The delivery is on January 9."}) == "other_number"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Der Anrufer sucht ein schönes neues Zelt.", ""),
        ("Der Anrufer sucht wegen der Einrichtung ein Zelt.", ""),
        ("Der Anrufer braucht das Zelt im Krankenhaus.", ""),
        ("Der Anrufer braucht mit Wohnwagen und Zelt einen Stellplatz.", ""),
        ("Der Anrufer sucht mit Bartholomew ein Zelt.", "other_name"),
        ("Der Anrufer sucht bei Neuhaus ein Zelt.", "other_name"),
        ("Der Anrufer sucht von Hoffmann ein Zelt.", "other_name"),
    ],
)
def test_german_noun_is_no_name(content: str, expected: str) -> None:
    """Every noun has a capital in German: nouns of every day name nobody, and surnames do."""
    call = said("agent: ?", "caller: Ich suche ein Zelt.", language="de")
    item = stated(attribute="interest", value="Zelt", content=content, quote="Ich suche ein Zelt", sensitive="none")
    assert reason(call, item) == expected


@pytest.mark.parametrize(
    ("language", "words", "address", "other"),
    [
        ("tr", "ömer nokta çağlar et işareti ornek nokta com", "omer.caglar@ornek.com", "omer.caglan@ornek.com"),
        ("de", "jörg punkt bäcker ät beispiel punkt de", "joerg.baecker@beispiel.de", "joerg.becker@beispiel.de"),
        ("pl", "łucja kropka żak małpa przyklad kropka pl", "lucja.zak@przyklad.pl", "lucja.zal@przyklad.pl"),
        ("hi", "रवि डॉट वर्मा एट उदाहरण डॉट कॉम", "रवि.वर्मा@उदाहरण.कॉम", "रवि.शर्मा@उदाहरण.कॉम"),
    ],
)
def test_address_is_written_without_accents(language: str, words: str, address: str, other: str) -> None:
    """As addresses are; another letter is another address."""
    call = said("agent: ?", f"caller: {words}.", language=language)
    item = stated(attribute="email", value=address, content=f"{address}.", quote=words, sensitive="none")
    assert reason(call, item) == ""
    assert reason(call, item | {"value": other, "content": f"{other}."}) == "other_address"


def test_name_of_a_network_may_have_an_underscore() -> None:
    """A word and a number are no variable of a template."""
    call = said("agent: ?", "caller: It's called Heron underscore three one.")
    item = stated(attribute="other:wifi_name", quote="It's called Heron underscore three one", sensitive="none")
    assert reason(call, item | {"value": "Heron_31", "content": "The network is called Heron_31."}) == ""
    assert reason(call, item | {"value": "Heron_32", "content": "The network is called Heron_32."}) == "other_number"
    assert reason(call, item | {"value": "is_admin", "content": "The network is called is_admin."}) == "markup"
