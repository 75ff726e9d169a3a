"""A question whose wrong answer may hurt somebody is understood, and what is on it comes before what fits hardly."""

from pathlib import Path

import pytest
from msgspec import UNSET, structs

from ingress.searching.questions.safety import score_of_safety, topics_of
from projector.domain.memories import Memory
from tests.support.extractions import statement
from tests.unit.ingress.searching.test_proofs import fact, turn
from tests.unit.ingress.searching.test_withholding import Told, contents


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("Any allergies?", "allergy"),
        ("Which pills does she take?", "medicine"),
        ("Was anyone injured in the crash?", "illness"),
        ("Ist jemand im Haus krank?", "illness"),
        ("Quelqu'un est-il malade ?", "illness"),
        ("アレルギーはありますか", "allergy"),
        ("飲んでいる薬は?", "medicine"),
        ("对什么过敏?", "allergy"),
        ("알레르기가 있나요?", "allergy"),
        ("क्या कोई एलर्जी है?", "allergy"),
        ("هل يعاني من مرض مزمن؟", "illness"),
        ("Hasta hangi ilaçları kullanıyor?", "medicine"),  # noqa: RUF001
        ("هل عنده حساسية من الأدوية؟", "allergy"),
        ("ما الأدوية التي يأخذها؟", "medicine"),
        ("Konuşmayı kaydetmemize izin verdi mi?", "consent"),  # noqa: RUF001
    ],
)
def test_question_of_safety_is_understood(query: str, topic: str) -> None:
    """In the nine languages, and in others that are called in."""
    assert topic in topics_of(query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "When does the contract end?",
        "Wann endet der Vertrag?",
        "Where is the reception?",
        "registration plate of the van",
        "Beschwerde über Briefe",
        "مع من تعيش المريضة؟",
        "最後の注文番号は?",
        "배송은 언제인가요?",
        "Is she sick of waiting?",
        "Cita de depilación",
        "Czy zasilacz działa?",
        "病院の住所は?",
        "洗衣机有什么毛病?",
        "कौन सा प्रोग्राम?",
        "ما اسم الممرضة؟",
        "رقم العسكري",
        "Sizin adresiniz nedir?",
    ],
)
def test_question_for_something_else_is_none(query: str) -> None:
    """What begins like a word of one may be a contract, a desk or a number plate."""
    assert topics_of(query) == []


def of_health(memory: Memory) -> Memory:
    """Return a fact as one on somebody's health."""
    assert memory.fact is not UNSET
    return structs.replace(memory, fact=structs.replace(memory.fact, sensitive="health"))


@pytest.mark.parametrize("score", [0.0, 0.04, 0.5, 1.0])
def test_fact_on_what_is_asked_counts_for_a_little_more(score: float) -> None:
    """Of its topic, or on somebody's health where that is asked; no score leaves 0 to 1, and a turn keeps its own."""
    other, health = fact(("a", 0)), of_health(fact(("b", 0)))
    raised = score_of_safety(score, other, is_on_topic=True, topics=["threat"])
    assert raised == score_of_safety(score, health, is_on_topic=False, topics=["medicine"])
    assert score <= raised <= 1.0
    assert (raised > score) == (score < 1.0)
    assert score_of_safety(score, health, is_on_topic=False, topics=["threat", "consent"]) == score
    assert score_of_safety(score, other, is_on_topic=False, topics=["medicine"]) == score
    assert score_of_safety(score, turn("a", 1), is_on_topic=True, topics=["medicine"]) == score


def test_question_of_safety_finds_what_hardly_fits(tmp_path: Path) -> None:
    """Of two facts that fit a question as little, the one on somebody's health comes first."""
    told = Told(tmp_path, sensitive="tell")
    said = "Mornings are bad, I have dialysis."
    of = {"attribute": "availability", "value": "Mornings are bad", "content": said, "quote": said}
    told.call(said, stated=[statement("I like tea.", 1, **(of | {"sensitive": "health"}))])
    other = "Evenings are bad, I have choir."
    of = {"attribute": "availability", "value": "Evenings are bad", "content": other, "quote": other}
    told.call(other, stated=[statement("I like tea.", 1, **of)])
    assert "choir" in contents(told.search("is anything bad?"))[0]
    assert "dialysis" in contents(told.search("is any illness bad?"))[0]
