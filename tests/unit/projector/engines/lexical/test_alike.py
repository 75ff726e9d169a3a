"""Words that sound or are written like one that nobody said."""

import pytest

from projector.engines.lexical.vocabulary.alike import ALIKE_MAX, alike

SAID = [
    *("kowalski", "lamp", "delivery", "ab12x", "48213", "maier", "szymanski", "philip", "jürgen", "sourdough"),
    *("rodríguez", "vasquez", "lindqvist", "wojcik", "katherine", "stephen", "zieliński", "gonçalves", "møller"),
    *("tuesday", "a", ""),
]


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("covalsky", "kowalski"),
        ("kovalsky", "kowalski"),
        ("meyer", "maier"),
        ("shimanski", "szymanski"),
        ("filip", "philip"),
        ("juergen", "jürgen"),
        ("rodriges", "rodríguez"),
        ("basquez", "vasquez"),
        ("vaskes", "vasquez"),
        ("lindkwist", "lindqvist"),
        ("voitsik", "wojcik"),
        ("catherine", "katherine"),
        ("steven", "stephen"),
        ("jelinski", "zieliński"),
        ("moeller", "møller"),
        ("delivary", "delivery"),
        ("ab13x", "ab12x"),
        ("av12x", "ab12x"),
        ("48231", "48213"),
        ("482213", "48213"),
    ],
)
def test_finds_what_was_heard_in_another_way(heard: str, said: str) -> None:
    """A name or a code is the likest one of those that were said, however it was heard."""
    assert [other for other, _ in alike(heard, SAID)][:1] == [said]


@pytest.mark.parametrize("word", ["damp", "zebra", "4711", "12", "x", "", "今日", "monday", "qwertzuiop", "cat", "dog"])
def test_other_words_are_not_alike(word: str) -> None:
    """Short words, short numbers and words with other sounds are like none of these."""
    assert alike(word, SAID) == []


def test_others_get_their_turn_among_many_words() -> None:
    """However many words were said, a comparison lets others compute again and again."""
    pauses = list[None]()
    alike("kowalska", [f"word{number}" for number in range(10_000)], pause=lambda: pauses.append(None))

    assert len(pauses) >= 10


def test_likeness_is_a_share_and_the_likest_comes_first() -> None:
    """Each likeness is between 0 and 1, a word is not like itself, and only so many are named."""
    said = [f"kowalsk{letter}" for letter in "abcdefghijklmnopqrst"]
    found = alike("kowalska", said)

    assert len(found) == ALIKE_MAX
    assert all(0 < likeness <= 1 for _, likeness in found)
    assert found == sorted(found, key=lambda each: (-each[1], each[0]))
    assert "kowalska" not in dict(found)
    assert alike("kowalska", said[::-1]) == found
