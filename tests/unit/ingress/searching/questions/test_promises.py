"""Who asks what we said that we would do is told promises before what fits hardly."""

import pytest
from msgspec import UNSET, structs

from ingress.searching.questions.promises import asks_what_was_promised, score_of_promise
from tests.unit.ingress.searching.test_proofs import fact, turn


@pytest.mark.parametrize(
    "query",
    [
        "Did we say that we would call back?",
        "what was promised about the refund",
        "When was the money supposed to be transferred?",
        "Was haben wir zugesagt?",
        "Was wurde der Kundin versprochen?",
        "¿Qué le prometimos sobre el pedido?",
        "Qu'avons-nous promis ?",
        "Cosa le abbiamo garantito?",
        "Wat is er beloofd?",
        "Co obiecaliśmy?",
        "O que ficou combinado?",
        "Vad lovade vi?",
        "Raporu ne zaman yollayacaktık?",  # noqa: RUF001
        "İade için söz verdik mi?",
        "हमने क्या वादा किया था?",
        "بماذا وعدنا العميل؟",
        "何を約束しましたか",
        "무엇을 약속했나요?",
        "我们答应了什么?",
    ],
)
def test_question_for_a_promise_is_understood(query: str) -> None:
    """In the nine languages and some others: by whoever promised, or by the word for it."""
    assert asks_what_was_promised(query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "insurance",
        "Where does she live?",
        "Who can let us in?",
        "Wie hoch ist der Abschlag?",
        "western Swindon",
        "adresi nerede?",
        "배송 주소",
        "配送先の住所",
    ],
)
def test_other_question_is_for_no_promise(query: str) -> None:
    """Neither `us`, nor a word that holds `we`, asks what we would do."""
    assert not asks_what_was_promised(query)


@pytest.mark.parametrize("score", [0.0, 0.04, 0.5, 1.0])
def test_promise_counts_for_a_little_more(score: float) -> None:
    """A promise that hardly fits comes before what fits as little, and no score leaves 0 to 1; others keep theirs."""
    other = fact(("a", 0))
    assert other.fact is not UNSET
    promise = structs.replace(other, fact=structs.replace(other.fact, category="promise"))
    assert score_of_promise(score, other) == score_of_promise(score, turn("a", 1)) == score
    assert score <= score_of_promise(score, promise) <= 1.0
    assert (score_of_promise(score, promise) > score) == (score < 1.0)
