"""Of two things that can both be so, the newer takes the place of the older only where it surely means the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.domain.facts.told.consents import is_contrary
from projector.domain.facts.told.renewals import renewed_doses


def is_other_dose(new: str, old: str, language: str) -> bool:
    """Tell whether a value renews one that stands alone."""
    return renewed_doses(new, [old], language) == [True]


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
        ("10 units of insulin", "8 units of insulin", "en"),
        ("two tablets of ibuprofen", "one tablet of ibuprofen", "en"),
        ("vitamin D3 1000", "vitamin D3 2000", "en"),
        ("ramipril 2.5 mg at 8", "ramipril 5 mg at 8", "en"),
        ("10 mg ramipril, 100 mg aspirin", "5 mg ramipril, 100 mg aspirin", "en"),
        ("metformine 1 000 mg", "metformine 500 mg", "fr"),
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
        ("metformin 1000 mg in the evening", "metformin 500 mg", "en"),  # most often one more
        ("ramipril 10 mg in the morning", "ramipril 10 mg", "en"),
        ("ramipril 5 mg at 8", "ramipril 5 mg at 20", "en"),
        ("ramipril 5 mg at 8", "ramipril 10 mg at 20", "en"),
        ("5 mg ramipril at 8", "5 mg ramipril at 20", "en"),
        ("ramipril 5", "5 mg ramipril, 75 mg thyroxine", "en"),  # nobody said that the other one is stopped
        ("two tablets", "one tablet", "en"),  # of what?
        ("10 mg tablet", "5 mg tablet", "en"),
        ("vitamin B6", "vitamin B12", "en"),
        ("Vitamin B 6", "Vitamin B 12", "de"),
        ("omega 3", "omega 6", "en"),
        ("Humalog Mix 25", "Humalog Mix 50", "de"),
        ("", "Ramipril 5", "de"),
    ],
)
def test_another_medicine_or_time_stands_beside(new: str, old: str, language: str) -> None:
    """What may be taken beside the other, or says no dose, ends nothing."""
    assert not is_other_dose(new, old, language)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("insulin 12 units", [False, False, False]),  # nobody said at which time of day
        ("insulin 12 units in the morning", [True, False, False]),
    ],
)
def test_dose_without_a_time_ends_none_of_several(new: str, expected: list[bool]) -> None:
    """Of a medicine that is taken twice a day, a dose is that of neither time, unless it says so."""
    standing = ["insulin 10 units in the morning", "insulin 8 units in the evening", "ramipril 5"]
    assert renewed_doses(new, standing, "en") == expected


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
        ("The caller no longer consents to letters.", "The caller consents to letters.", "en"),
        ("The caller consents to the calls being recorded now.", "The caller doesn't consent to being recorded.", "en"),
        ("The caller may be recorded.", "The caller refuses recording.", "en"),
        ("The caller allows recording.", "The caller withdraws consent to recording.", "en"),
        ("Die Anruferin lehnt die Aufzeichnung ab.", "Die Anruferin darf aufgezeichnet werden.", "de"),
        ("La clienta rechaza la grabación.", "La clienta acepta que se grabe la llamada.", "es"),
        ("L'appelante refuse d'être enregistrée.", "L'appelante accepte l'enregistrement des appels.", "fr"),
        ("Il chiamante rifiuta la registrazione.", "Il chiamante acconsente alla registrazione della chiamata.", "it"),
        ("De beller weigert de opname.", "De beller stemt in met de opname van het gesprek.", "nl"),
        ("Dzwoniąca odmawia nagrywania.", "Dzwoniąca zgadza się na nagrywanie rozmowy.", "pl"),
        ("A cliente recusa a gravação.", "A cliente permite a gravação da chamada.", "pt"),
        ("Kunden vägrar inspelning.", "Kunden godkänner inspelning av samtalet.", "sv"),
    ],
)
def test_contrary_is_told_by_its_words(one: str, other: str, language: str) -> None:
    """Who agrees to what was refused, or refuses what was agreed to, says the same words but for the negation."""
    assert is_contrary(one, other, language)
    assert is_contrary(other, one, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The caller consents to the medical data being shared with her insurer.",
            "The caller does not consent to the medical data being shared with her employer.",
        ),
        ("The caller consents to calls.", "The caller does not consent to calls on Sundays."),
        ("The caller consents to marketing e-mails.", "The caller does not consent to calls being recorded."),
        ("The caller consents to calls being recorded.", "The caller does not want any calls."),
        ("The caller lets her partner talk about the policy.", "The caller does not consent to calls being recorded."),
        ("The caller does not consent to recording.", "The caller does not consent to sharing."),
        ("The caller does not refuse recording.", "The caller consents to recording."),
        ("The caller refuses e-mails.", "The caller agrees to recording."),
        ("The caller declines to be recorded.", "The caller allows calls."),
        ("The caller allows marketing.", "The caller does not want marketing by phone."),
        ("The caller allows marketing by phone.", "The caller does not want marketing calls."),
        ("The caller agrees to being recorded.", "The caller wants no calls but agrees to being recorded."),
        ("The caller agrees to recording, not to calls.", "The caller agrees to recording."),
        ("The caller refuses letters and does not consent to recording.", "The caller refuses letters and recording."),
        ("The caller agrees to calls and refuses recording.", "The caller agrees to recording."),
        ("The caller lets him pick up parcels.", "The caller does not let her pick up parcels."),
        ("The caller wants e-mails with offers.", "The caller wants e-mails without offers."),
        ("The caller agrees to deny access to the son.", "The caller agrees to access for the son."),
    ],
)
def test_consent_to_something_else_stands_beside(one: str, other: str) -> None:
    """What is refused stays refused, whatever else somebody agrees to."""
    assert not is_contrary(one, other, "en")
    assert not is_contrary(other, one, "en")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Der Anrufer hat nichts gegen die Aufzeichnung.", "Der Anrufer stimmt der Aufzeichnung zu.", "de"),
        ("Wir dürfen vor 12 Uhr anrufen.", "Wir dürfen nach 12 Uhr nicht anrufen.", "de"),
        ("Die Anruferin erlaubt ihm die Abholung.", "Die Anruferin erlaubt ihr die Abholung nicht.", "de"),
        (
            "L'appelante permet à lui de retirer le colis.",
            "L'appelante ne permet pas à elle de retirer le colis.",
            "fr",
        ),
        ("La clienta acepta publicidad.", "La clienta no acepta publicidad por teléfono.", "es"),
        ("Il chiamante vuole e-mail con offerte.", "Il chiamante vuole e-mail senza offerte.", "it"),
        ("Kunden vill ha brev utan reklam.", "Kunden vill ha brev med reklam.", "sv"),
    ],
)
def test_consent_in_other_languages_stands_beside(one: str, other: str, language: str) -> None:
    """How, when and to whom is part of what somebody consents to."""
    assert not is_contrary(one, other, language)
    assert not is_contrary(other, one, language)
