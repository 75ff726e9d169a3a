"""What a caller takes back has ended, whatever status a model gives it."""

import pytest

from projector.domain.facts.history import history
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Said, stated
from projector.domain.facts.told_facts import rules_of
from tests.support.samples import MARTA
from tests.unit.projector.domain.facts import test_validate as validation

REGISTRY = Registry()


def _said(words: str, content: str, value: str, attribute: str, language: str) -> Said:
    """Return what a statement with the status `current` says."""
    call = validation.said("agent: ?", f"caller: {words}", language=language)
    item = validation.stated(attribute=attribute, value=value, content=content, quote=words, sensitive="none")
    found = validation.judged(call, item)
    assert found.rejected == ()
    return stated(found.statements[0], call, 1, REGISTRY, "US")


@pytest.mark.parametrize(
    ("words", "content", "value", "language"),
    [
        ("I'm not with Delta anymore.", "The caller isn't with Delta anymore.", "Delta", "en"),
        ("I'm not with Delta anymore.", "The caller isn\u2019t with Delta any more.", "Delta", "en"),
        ("I'm not with Delta any longer.", "The caller doesn't have Delta any longer.", "Delta", "en"),
        ("I'm not with Delta.", "The caller is not with Delta.", "Delta", "en"),
        ("I'm not insured with Aetna.", "The caller isn't insured with Aetna.", "Aetna", "en"),
        ("Ich bin nicht bei der AOK.", "Die Anruferin ist nicht bei der AOK.", "AOK", "de"),
        ("Já não estou na Fidelidade.", "A cliente já não está na Fidelidade.", "Fidelidade", "pt"),
        ("Nie jestem już w PZU.", "Klientka nie jest już w PZU.", "PZU", "pl"),
        ("Ik ben niet langer bij CZ.", "De klant is niet langer bij CZ.", "CZ", "nl"),
        ("Jag är inte kvar hos Folksam.", "Kunden är inte kvar hos Folksam.", "Folksam", "sv"),
        ("Je ne suis plus chez Axa.", "Le client n'est plus chez Axa.", "Axa", "fr"),
        ("Ya no estoy con Mapfre.", "La clienta ya no está con Mapfre.", "Mapfre", "es"),
        ("Non sono più con Generali.", "La cliente non è più con Generali.", "Generali", "it"),
    ],
)
def test_withdrawal_displaces_nothing(words: str, content: str, value: str, language: str) -> None:
    """Who is no longer with one insurer is still with the other, which they named before."""
    with_cigna = _said("I'm with Cigna.", "The caller is with Cigna.", "Cigna", "insurance", "en")
    withdrawn = _said(words, content, value, "insurance", language)
    assert withdrawn.status == "ended"
    periods = history([with_cigna, withdrawn], rules_of([MARTA], with_cigna.group, REGISTRY))
    assert [period.normal for period in periods if period.is_current] == ["cigna"]


@pytest.mark.parametrize(
    ("words", "content", "value", "attribute"),
    [
        ("I'm with Delta, not with Cigna.", "The caller is with Delta.", "Delta", "insurance"),
        ("I can't have nuts.", "The caller can't have nuts.", "nuts", "allergy"),
        ("I'm not only allergic to nuts.", "The caller is not only allergic to nuts.", "nuts", "allergy"),
        ("I have no pets.", "The caller has no pets.", "no pets", "pet"),
        ("I can't climb stairs.", "The caller can't climb stairs.", "stairs", "accessibility"),
        (
            "Don't call me before nine.",
            "The caller does not want calls before nine.",
            "before nine",
            "contact_preference",
        ),
        ("My order has not arrived.", "The caller's order has not arrived.", "order", "order"),
        ("I do not agree to recordings.", "The caller does not agree to recordings.", "recordings", "consent"),
    ],
)
def test_denial_of_something_else_stands(words: str, content: str, value: str, attribute: str) -> None:
    """A sentence that holds a negation and takes nothing back is so."""
    assert _said(words, content, value, attribute, "en").status == "current"


def test_who_is_not_allergic_has_no_allergy() -> None:
    """A denied allergy is none; what somebody cannot have is one."""
    said = _said("I'm not allergic to nuts.", "The caller is not allergic to nuts.", "nuts", "allergy", "en")
    assert said.status == "ended"
