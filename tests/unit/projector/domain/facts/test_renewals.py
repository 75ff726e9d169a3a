"""Of two things that can both be so, the newer takes the place of the older only where it surely means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.facts.told.renewals import is_contrary, is_other_dose


@pytest.mark.parametrize(
    ("new", "old", "language"),
    [
        ("Ramipril 2,5", "Ramipril 5", "de"),
        ("Ramipril 2,5 mg, L-Thyroxin 75", "Ramipril 5 mg, L-Thyroxin 75", "de"),
        ("Ramipril 2,5 mg, L-Thyroxin 75", "Ramipril 5", "de"),
        ("lisinopril, twenty milligrams", "lisinopril, ten milligrams", "en"),
        ("losartan 100 mg", "losartan 50 milligrams once a day in the evening", "en"),
        ("2.5 mg of ramipril", "5 mg of ramipril", "en"),
        ("metformina 850 miligramos", "metformina 500", "es"),
        ("रामिप्रिल 2.5", "रामिप्रिल 5", "hi"),
        ("二甲双胍1000毫克", "二甲双胍500毫克", "zh"),
    ],
)
def test_another_dose_takes_the_place_of_one(new: str, old: str, language: str) -> None:
    """In digits, in words, before or after the medicine, and also where a list names it beside others."""
    assert is_other_dose(new, old, language)


@pytest.mark.parametrize(
    ("new", "old", "language"),
    [
        ("L-Thyroxin 75", "Ramipril 5", "de"),
        ("Ramipril 5 mg", "Ramipril 5", "de"),
        ("Ramipril 2,5", "Ramipril 5 mg, L-Thyroxin 75", "de"),  # nobody said that the other one is stopped
        ("insulin 8 units in the evening", "insulin 10 units in the morning", "en"),
        ("insulin aspart 8 units", "insulin glargine 10 units", "en"),
        ("metformin", "metformin 500", "en"),
        ("metformin 500", "metformin", "en"),
        ("", "Ramipril 5", "de"),
    ],
)
def test_another_medicine_or_time_stands_beside(new: str, old: str, language: str) -> None:
    """What may be taken beside the other, or says no dose, ends nothing."""
    assert not is_other_dose(new, old, language)


@given(st.text(max_size=40), st.sampled_from(["en", "de", "zh", "tr", "xx"]))
def test_nothing_renews_or_denies_itself(text: str, language: str) -> None:
    """The same again is the same, whatever it is."""
    assert not is_other_dose(text, text, language)
    assert not is_contrary(text, text, language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        (
            "The caller now consents to calls being recorded.",
            "The caller does not consent to calls being recorded.",
            "en",
        ),
        ("Die Anruferin stimmt der Aufzeichnung jetzt zu.", "Die Anruferin stimmt der Aufzeichnung nicht zu.", "de"),
        ("La clienta permite grabar la llamada.", "La clienta no permite grabar la llamada.", "es"),
    ],
)
def test_contrary_is_told_by_its_words(one: str, other: str, language: str) -> None:
    """Who agrees to what was refused, or refuses what was agreed to, says the same words but for the negation."""
    assert is_contrary(one, other, language)
    assert is_contrary(other, one, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The caller consents to marketing e-mails.", "The caller does not consent to calls being recorded."),
        ("The caller consents to calls being recorded.", "The caller does not want any calls."),
        ("The caller lets her partner talk about the policy.", "The caller does not consent to calls being recorded."),
        ("The caller does not consent to recording.", "The caller does not consent to sharing."),
    ],
)
def test_consent_to_something_else_stands_beside(one: str, other: str) -> None:
    """What is refused stays refused, whatever else somebody agrees to."""
    assert not is_contrary(one, other, "en")
    assert not is_contrary(other, one, "en")
