"""Whose a fact is: what another person has is never told as the caller's own."""

import pytest

from tests.unit.projector.domain.facts.test_validate import reason, said, stated


@pytest.mark.parametrize(
    ("words", "attribute", "value", "language"),
    [
        ("Tim is allergic to nuts.", "allergy", "nuts", "en"),
        ("Emma's allergic to nuts.", "allergy", "nuts", "en"),
        ("Sarah Miller takes warfarin.", "medication", "warfarin", "en"),
        ("The kids can't have nuts.", "allergy", "nuts", "en"),
        ("My mother-in-law takes warfarin.", "medication", "warfarin", "en"),
        ("My twins have asthma.", "condition", "asthma", "en"),
        ("My stepson has asthma.", "condition", "asthma", "en"),
        ("My ex takes warfarin.", "medication", "warfarin", "en"),
        ("Our Emma has asthma.", "condition", "asthma", "en"),
        ("I'm calling for my son because he has asthma.", "condition", "asthma", "en"),
        ("I think that my grandson has asthma.", "condition", "asthma", "en"),
        ("My son, who I'm calling for, has asthma.", "condition", "asthma", "en"),
        ("My son told me that nuts make him ill.", "allergy", "nuts", "en"),
        ("I have a son with asthma.", "condition", "asthma", "en"),
        ("I need warfarin for my mother.", "medication", "warfarin", "en"),
        ("I need warfarin for her.", "medication", "warfarin", "en"),
        ("Meine Schwiegermutter nimmt Marcumar.", "medication", "Marcumar", "de"),
        ("Das Kind ist gegen Nüsse allergisch.", "allergy", "Nüsse", "de"),
        ("Ich rufe wegen meiner Mutter an die Marcumar nimmt.", "medication", "Marcumar", "de"),
        ("Ich brauche Marcumar für meine Mutter.", "medication", "Marcumar", "de"),
        ("Lukas verträgt keine Nüsse.", "allergy", "Nüsse", "de"),
        ("Mi suegra toma Sintrom.", "medication", "Sintrom", "es"),
        ("El niño es alérgico a los frutos secos.", "allergy", "frutos secos", "es"),
        ("Ma belle-mère prend du Préviscan.", "medication", "Préviscan", "fr"),
        ("L'enfant est allergique aux noix.", "allergy", "noix", "fr"),
        ("Mia suocera prende il Coumadin.", "medication", "Coumadin", "it"),
        ("La bambina è allergica alle noci.", "allergy", "noci", "it"),
        ("Mijn schoonmoeder slikt Sintrom.", "medication", "Sintrom", "nl"),
        ("Het kind is allergisch voor noten.", "allergy", "noten", "nl"),
        ("Moja teściowa bierze Warfin.", "medication", "Warfin", "pl"),
        ("Dziecko ma uczulenie na orzechy.", "allergy", "orzechy", "pl"),
        ("A criança é alérgica a nozes.", "allergy", "nozes", "pt"),
        ("Minha sogra toma Marevan.", "medication", "Marevan", "pt"),
        ("Min svärmor i Malmö tar Waran.", "medication", "Waran", "sv"),
        ("Barnet är allergiskt mot nötter.", "allergy", "nötter", "sv"),
        ("息子はナッツアレルギーです。", "allergy", "ナッツ", "ja"),
    ],
)
def test_what_another_has_is_not_the_callers(words: str, attribute: str, value: str, language: str) -> None:
    """Of all persons that a sentence speaks of, the one nearest before the value has it."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=f"{value}.", quote=words.rstrip(".。"))
    assert reason(call, item) == "other_person"


@pytest.mark.parametrize(
    ("words", "attribute", "value", "language"),
    [
        ("I'm allergic to my neighbour's cat.", "allergy", "cat", "en"),
        ("I'm on warfarin.", "medication", "warfarin", "en"),
        ("I'm a mother with asthma.", "condition", "asthma", "en"),
        ("As a father I have asthma.", "condition", "asthma", "en"),
        ("My son says I'm allergic to nuts.", "allergy", "nuts", "en"),
        ("Milk is bad for me.", "allergy", "Milk", "en"),
        ("Dr. Miller gave me warfarin.", "medication", "warfarin", "en"),
        ("I'm insured through my husband with Delta.", "insurance", "Delta", "en"),
        ("My employer is Siemens.", "employer", "Siemens", "en"),
        ("Insurance is Delta.", "insurance", "Delta", "en"),
        ("I have had asthma like my mother.", "condition", "asthma", "en"),
        ("My diagnosis is asthma.", "condition", "asthma", "en"),
        ("Ich sage Ihnen gleich dass ich Marcumar nehme.", "medication", "Marcumar", "de"),
        ("Nüsse vertrage ich schlecht.", "allergy", "Nüsse", "de"),
        ("Meine Diagnose ist Asthma.", "condition", "Asthma", "de"),
        ("Mein Hausarzt hat mir Marcumar verschrieben.", "medication", "Marcumar", "de"),
        ("Tomo Sintrom.", "medication", "Sintrom", "es"),
        ("J'ai de l'asthme.", "condition", "asthme", "fr"),
        ("Sono allergica alle noci.", "allergy", "noci", "it"),
        ("Ik heb er last van, astma dus.", "condition", "astma", "nl"),
        ("Mam uczulenie na orzechy.", "allergy", "orzechy", "pl"),
        ("Sou alérgica a nozes.", "allergy", "nozes", "pt"),
        ("Jag är allergisk mot nötter.", "allergy", "nötter", "sv"),
        ("私はナッツアレルギーです。", "allergy", "ナッツ", "ja"),
    ],
)
def test_what_the_caller_has_is_theirs(words: str, attribute: str, value: str, language: str) -> None:
    """A person who is only mentioned takes nothing away."""
    call = said("agent: ?", f"caller: {words}", language=language)
    item = stated(attribute=attribute, value=value, content=f"{value}.", quote=words.rstrip(".。"), sensitive="none")
    assert reason(call, item) == ""


@pytest.mark.parametrize(
    ("content", "language", "expected"),
    [
        ("The caller can't have nuts.", "en", "other_person"),
        ("Customer can't have nuts.", "en", "other_person"),
        ("The caller's son can't have nuts.", "en", ""),
        ("The son of the caller can't have nuts.", "en", ""),
        ("The caller has a son who can't have nuts.", "en", ""),
        ("He can't have nuts.", "en", ""),
    ],
)
def test_sentence_about_another_does_not_name_the_caller(content: str, language: str, expected: str) -> None:
    """What is about a son is not worded as the caller's own."""
    call = said("agent: ?", "caller: My son can't have nuts.", language=language)
    assert reason(call, stated(about="son", value="nuts", content=content, quote="My son can't have nuts")) == expected
