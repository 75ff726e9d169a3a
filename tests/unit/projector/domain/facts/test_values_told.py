"""Which texts tell a value that is to be withheld: in other forms, in compounds, and in writing without spaces."""

import pytest

from projector.domain.facts.told.values_told import ToldValues


@pytest.mark.parametrize(
    ("value", "text", "language"),
    [
        ("HIV", "The caller is HIV-positive.", "en"),
        ("HIV", "They told of hiv.", None),
        ("nuts", "A nut allergy was noted.", "en"),
        ("diabetes", "The diabetic caller asked for tea.", "en"),
        ("asthma", "They are asthmatic.", "en"),
        ("Nüsse", "Eine Nussallergie wurde notiert.", "de"),
        ("Nüsse", "Wegen der Haselnussallergie rief sie an.", "de"),
        ("orzechy", "Uczulony na orzechów.", "pl"),
        ("арахис", "Аллергия на арахиса.", "ru"),
        ("花生", "来电者对花生过敏。", "zh"),
        ("对花生过敏", "来电者对花生过敏。", "zh"),
        ("ピーナッツ", "ピーナッツアレルギーがあります。", "ja"),
        ("4471", "The code is 4 4 7 1.", "en"),
        ("1990-03-05", "Born in 1990.", "en"),
        ("appel en noten", "De beller mag geen appel.", "nl"),
        ("Will Stone", "She came with Will.", "en"),
        ("in need of a will", "The will is done.", "en"),
        ("Ella Rojas", "Vive con Ella.", "es"),
        ("Dan de Wit", "Dan belde eerder.", "nl"),
        ("her cousin Bo", "Bo was there.", "pl"),
        ("Can Demir", "Can came along.", "tr"),
    ],
)
def test_tells_a_value(value: str, text: str, language: str | None) -> None:
    """Whatever holds a word of it, in whichever form, tells it."""
    assert ToldValues([value], [language]).is_in(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("HIV", "The archive was searched."),
        ("10 mg warfarin", "They asked for tea at 10."),
        ("heart condition", "We heard from them."),
        ("the eye", "The caller asked for the bill."),
        ("花生", "来电者要茶。"),
        ("walk-in shower", "The caller is back in March."),
        ("tall with a ponytail", "The caller wants something with less sugar."),
        ("call Wanda directly", "The caller wants a room with a view."),
        ("Will Stone", "The caller will come on Monday."),
        ("With a ponytail", "With pleasure, they said."),
        ("", "Tea."),
    ],
)
def test_tells_something_else(value: str, text: str) -> None:
    """A short word within another, a small number, an article, `with`, and who calls tell nothing."""
    assert not ToldValues([value]).is_in(text)


def test_leaves_the_other_sentences() -> None:
    """Of a text the sentences that tell a value are left out, in writing with spaces between them and without."""
    values = ToldValues(["penicillin", "花生"], ["zh"])
    assert values.without("Allergic to penicillin! They asked for tea. Bye.") == "They asked for tea. Bye."
    assert values.without("对花生过敏。要茶。") == "要茶。"
    assert ToldValues([]).without("As it  was.") == "As it  was."


@pytest.mark.parametrize("value", ["with", "in the", "to call"])
def test_value_of_such_words_alone_is_told_by_them(value: str) -> None:
    """In doubt a text tells a value: of one that says nothing every word counts."""
    assert ToldValues([value]).is_in(f"The caller said {value}.")
