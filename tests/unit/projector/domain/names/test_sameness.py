"""Two names: one person's, spelled anew, or two people's."""

import pytest

from projector.domain.names.name import Name
from projector.domain.names.sameness import fits, is_same_given, is_spelled_anew

ONE = """
Jonas/Jonass Anna/Ana Marta/Martha Sara/Sarah Erik/Eric Catherine/Katherine Stephen/Steven Philip/Filip Sofia/Sophia
Jon/John Thomas/Tomas Brian/Bryan Marc/Mark Christina/Kristina Karin/Karen Jonas/Jonus Alex/Alexander Tim/Timothy
Max/Maximilian Ben/Benjamin Jürgen/Juergen Jose/José Mohammed/Muhammed Jean-Luc/Jeanluc Jonas/J. Sebastian/Sebastien
Nicolas/Niklas Theresa/Teresa Johan/Johann Lindsay/Lindsey Megan/Meghan Rebecca/Rebekah Isaac/Isak Michael/Mikael
Caitlin/Kaitlin Zoe/Zoë Hannah/Hanna Yusuf/Yousuf Dmitri/Dmitry Łukasz/Lukasz Mathieu/Matthieu Björn/Bjoern
Sylvia/Silvia Мария/мария
"""
TWO = """
Marta/Jonas Marta/Maria Martin/Martina Jan/Jana Daniel/Daniela Andrea/Andreas Paul/Paula Paul/Pauline Lena/Lina
Tom/Tim Tina/Nina Julia/Julie Anna/Anja Lisa/Lina Mia/Pia Jan/Jon Dan/Don Carl/Carla Mario/Maria Louis/Louise
Antonio/Antonia Jonas/Jonah Jonas/Johannes Ben/Jen Simon/Simone Peter/Petra Martina/Marina Fernando/Fernanda
Valentino/Valentina Karl/Karla Erik/Erika Klaus/Claudia Michael/Michaela Gabriel/Gabriela Johan/Joan Mary/Mark
Jonas/Janis Frank/Franka Josef/Josefine Ivan/Ivana Oliver/Olivia Julian/Juliane Leon/Leonie Emil/Emilia
Stefan/Stefanie Alexander/Alexandra Christian/Christina Patrick/Patricia 太郎/花子
"""


@pytest.mark.parametrize("pair", ONE.split())
def test_knows_a_first_name_that_is_spelled_anew(pair: str) -> None:
    """Spellings that sound alike, a short form, an initial and a part of a name are one name."""
    one, other = pair.split("/")

    assert is_same_given(one, other)
    assert is_same_given(other, one)


@pytest.mark.parametrize("pair", TWO.split())
def test_tells_two_first_names_apart(pair: str) -> None:
    """Names of two people are two, also where they differ by a letter."""
    one, other = pair.split("/")

    assert not is_same_given(one, other)
    assert not is_same_given(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Anna Maria", "Anna"), ("Anna-Maria", "Maria"), ("Anna Maria", "Ana Maria")]
)
def test_knows_a_part_of_a_first_name(one: str, other: str) -> None:
    """Who has two first names may tell one of them."""
    assert is_same_given(one, other)


@pytest.mark.parametrize("pair", ["Lindqvist/Lindquist", "Berg/Bergh", "Meyer/Maier", "Smith/Smyth", "Schmidt/Schmitt"])
def test_knows_a_last_name_that_is_spelled_anew(pair: str) -> None:
    """Spellings of a last name that sound alike are one name."""
    assert is_spelled_anew(*pair.split("/"))


@pytest.mark.parametrize("pair", ["Berg/Lindqvist", "Smith/Jones", "Berg/Borg", "García/Pérez"])
def test_tells_two_last_names_apart(pair: str) -> None:
    """Other last names are other names."""
    assert not is_spelled_anew(*pair.split("/"))


@pytest.mark.parametrize(
    ("known", "heard", "is_one"),
    [
        (Name(), Name("", "Marta", "Berg"), True),
        (Name("", "Marta", "Lindqvist"), Name("", "Marta", "Berg"), True),  # married
        (Name("", "Marta", "Lindqvist"), Name("", "Jonas", "Lindqvist"), False),
        (Name("", "", "Lindqvist"), Name("", "Marta", "Lindqvist"), True),
        (Name("", "", "Lindqvist"), Name("", "Marta", "Berg"), False),
        (Name("Mrs.", "", "Smith"), Name("Mr.", "", "Smith"), False),
        (Name("Frau", "", "Berg"), Name("Herr Dr.", "", "Berg"), False),
        (Name("Dr.", "", "Berg"), Name("Frau", "", "Berg"), True),
        (Name("", "Marta", "Lindqvist"), Name("Mrs.", "", "Berg"), False),
        (Name("", "Marta", "Lindqvist"), Name("", "", "Berg"), True),  # a last name alone tells nothing of Marta
    ],
)
def test_asks_last_names_and_titles_too(known: Name, heard: Name, is_one: bool) -> None:
    """A last name may change with a first name that stays; without one, it and the title tell people apart."""
    assert fits(known, heard) is is_one
