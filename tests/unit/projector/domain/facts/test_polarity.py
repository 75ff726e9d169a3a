"""What a caller hardly does, has left, only asks or only considers is not remembered as so."""

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("words", "quote", "attribute", "value", "content", "language"),
    [
        ("I hardly ever drink.", "I hardly ever drink", "interest", "drink", "The caller drinks.", "en"),
        ("I barely eat meat.", "I barely eat meat", "interest", "meat", "The caller eats meat.", "en"),
        ("I rarely eat meat.", "I rarely eat meat", "interest", "meat", "The caller eats meat.", "en"),
        ("I seldom eat meat.", "I seldom eat meat", "interest", "meat", "The caller eats meat.", "en"),
        ("I avoid meat.", "I avoid meat", "interest", "meat", "The caller eats meat.", "en"),
        ("I left Delta.", "I left Delta", "insurance", "Delta", "The caller is with Delta.", "en"),
        ("I cancelled Delta.", "I cancelled Delta", "insurance", "Delta", "The caller is with Delta.", "en"),
        ("I used to be with Delta.", "used to be with Delta", "insurance", "Delta", "The caller is with Delta.", "en"),
        ("Do you take Delta?", "Do you take Delta", "insurance", "Delta", "The caller is with Delta.", "en"),
        ("Is Delta still my insurer?", "Delta still my insurer", "insurance", "Delta", "It is Delta.", "en"),
        ("Maybe I'll switch to Cigna.", "switch to Cigna", "insurance", "Cigna", "The caller is with Cigna.", "en"),
        ("Could I have asthma?", "Could I have asthma", "condition", "asthma", "The caller has asthma.", "en"),
        ("I might switch to Cigna.", "switch to Cigna", "insurance", "Cigna", "The caller is with Cigna.", "en"),
        ("Ich esse kaum Fleisch.", "kaum Fleisch", "interest", "Fleisch", "Der Kunde isst Fleisch.", "de"),
        ("Ich habe die AOK gekündigt.", "die AOK gekündigt", "insurance", "AOK", "Der Kunde ist bei der AOK.", "de"),
        ("Vielleicht gehe ich zur AOK.", "gehe ich zur AOK", "insurance", "AOK", "Der Kunde ist bei der AOK.", "de"),
        ("¿Trabajan con Mapfre?", "Trabajan con Mapfre", "insurance", "Mapfre", "La clienta tiene Mapfre.", "es"),
        ("Quizás cambie a Mapfre.", "cambie a Mapfre", "insurance", "Mapfre", "La clienta tiene Mapfre.", "es"),
        ("J'ai quitté Axa.", "J'ai quitté Axa", "insurance", "Axa", "Le client est chez Axa.", "fr"),
        ("Peut-être que j'irai chez Axa.", "j'irai chez Axa", "insurance", "Axa", "Le client est chez Axa.", "fr"),
        ("Mangio raramente carne.", "Mangio raramente carne", "interest", "carne", "Il cliente mangia carne.", "it"),
        ("Forse passo a Generali.", "passo a Generali", "insurance", "Generali", "Il cliente è con Generali.", "it"),
        ("Ik eet zelden vlees.", "Ik eet zelden vlees", "interest", "vlees", "De klant eet vlees.", "nl"),
        ("Misschien ga ik naar CZ.", "ga ik naar CZ", "insurance", "CZ", "De klant is bij CZ.", "nl"),
        ("Rzadko jem mięso.", "Rzadko jem mięso", "interest", "mięso", "Klient je mięso.", "pl"),
        ("Może przejdę do PZU.", "przejdę do PZU", "insurance", "PZU", "Klientka jest w PZU.", "pl"),
        ("Raramente como carne.", "Raramente como carne", "interest", "carne", "O cliente come carne.", "pt"),
        ("Talvez mude para a Fidelidade.", "a Fidelidade", "insurance", "Fidelidade", "Tem a Fidelidade.", "pt"),
        ("Jag äter sällan kött.", "Jag äter sällan kött", "interest", "kött", "Kunden äter kött.", "sv"),
        ("Jag kanske byter till Folksam.", "byter till Folksam", "insurance", "Folksam", "Kunden har Folksam.", "sv"),
    ],
)
def test_doubt_and_contrary_prove_nothing(
    words: str, quote: str, attribute: str, value: str, content: str, language: str
) -> None:
    """Words for `hardly`, `left` and `maybe`, and questions, prove no fact."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=content, quote=quote, sensitive="none")
    assert reason(call, item) in {"polarity", "quote_not_found"}


@pytest.mark.parametrize(
    ("words", "attribute", "value", "content"),
    [
        ("I hardly ever drink.", "interest", "drink", "The caller hardly ever drinks."),
        ("I avoid meat.", "interest", "meat", "The caller avoids meat."),
        ("I left Delta for Cigna.", "insurance", "Cigna", "The caller left Delta for Cigna."),
        ("My left knee hurts.", "condition", "left knee", "The caller's left knee hurts."),
        ("I'm with Delta, do you take that?", "insurance", "Delta", "The caller is with Delta."),
        ("I'm with Delta. Is that all right?", "insurance", "Delta", "The caller is with Delta."),
        ("Could you note that I have asthma?", "condition", "asthma", "The caller has asthma."),
        ("Did I say that I'm allergic to latex?", "allergy", "latex", "The caller is allergic to latex."),
        (
            "Can you call me in the morning?",
            "availability",
            "in the morning",
            "The caller asks for a call in the morning.",
        ),
    ],
)
def test_what_is_said_besides_stands(words: str, attribute: str, value: str, content: str) -> None:
    """A statement that holds one of these words, or stands in a request, counts where it says what the caller says."""
    call = said("agent: ?", f"caller: {words}")
    item = stated(attribute=attribute, value=value, content=content, quote=words.rstrip(".?"), sensitive="none")
    assert reason(call, item) == ""
