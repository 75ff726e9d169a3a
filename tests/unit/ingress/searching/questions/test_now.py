"""Whether a question asks what is so now, or what happened once, in the languages of callers."""

import pytest

from ingress.searching.questions.now import asks_what_happened, asks_what_is_now


@pytest.mark.parametrize(
    "question",
    [
        "What is her current address?",
        "When is the next visit?",
        "Which date is the rescheduled cleaning?",
        "Wo wohnt sie jetzt?",
        "Wann ist der nächste Termin?",
        "¿Cuándo es la próxima cita?",
        "Où habite-t-elle maintenant ?",
        "Quando è fissato il prossimo intervento?",
        "Kiedy jest następna wizyta?",
        "Quando é a próxima consulta?",
        "När är nästa besök?",
        "Wanneer is de volgende afspraak?",
        "Tamir ücreti en son ne kadar oldu?",
        "Şimdi nerede oturuyor?",
        "सबसे नई बुकिंग का नंबर",
        "أين يسكن الآن؟",
        "现在每个月要付多少房租",
        "今の住所は",
        "지금 어디에 사시나요?",
    ],
)
def test_asks_what_is_so_now(question: str) -> None:
    """Words for now, for the newest and for what comes next ask for what is so now, with accents or in any script."""
    assert asks_what_is_now(question)


@pytest.mark.parametrize(
    "question", ["What does she pay?", "Do you know her text?", "Warum kam der Nachbar?", "", "?!"]
)
def test_asks_for_no_moment(question: str) -> None:
    """A word that merely holds such a word, as `know` holds `now`, asks for nothing of the kind."""
    assert not asks_what_is_now(question)
    assert not asks_what_happened(question)


@pytest.mark.parametrize(
    ("question", "has_happened"),
    [
        ("When did she move?", True),
        ("When is the surgery?", False),
        ("Wann hat er angerufen?", True),
        ("Wann ist die Operation?", False),
        ("Quand est la visite ?", False),
        ("¿Cuándo llamó?", True),
    ],
)
def test_when_asks_for_the_past_unless_it_is(question: str, *, has_happened: bool) -> None:
    """`When did it` asks for what happened once, `when is it` for what is so now and may have changed."""
    assert asks_what_happened(question) is has_happened
