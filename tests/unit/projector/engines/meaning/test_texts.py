"""Which texts become vectors, and which words leave a question first."""

import msgspec
import pytest

from projector.engines.meaning.texts import names_of_calls, names_said, text_in_call, without_names, words_of_names
from tests.contract.engines.memories import memory


@pytest.mark.parametrize(
    ("question", "names", "left"),
    [
        ("What did Marta say about her allergies?", ["Marta Nowak"], "What did say about her allergies?"),
        ("What is Marta's dog called?", ["Marta"], "What is dog called?"),
        ("What is Marta’s dog called?", ["Marta"], "What is dog called?"),  # noqa: RUF001 - as phones write it
        ("Was hat Jörg bestellt?", ["Jörg Öztürk"], "Was hat bestellt?"),
        ("Où habite Anne-Marie ?", ["Anne-Marie"], "Où habite ?"),
        ("Marta?", ["Marta"], "Marta?"),
        ("the martadores", ["Marta"], "the martadores"),
        ("any allergies?", [], "any allergies?"),
        ("  many\n blanks ", [], "many blanks"),
    ],
)
def test_names_leave_a_question(question: str, names: list[str], left: str) -> None:
    """Whole words alone, in any case and with a possessive; a question of nothing but names stays."""
    assert without_names(question, words_of_names(names)) == left


def test_names_are_what_the_agent_writes_large_in_many_calls() -> None:
    """A name in two of five calls is one; a word at the beginning of a sentence, and one written small too, is none."""
    calls = [
        [memory("Yes please.", asked="Thanks, Marta. Is that right?"), memory("No.", asked="This is Robin speaking.")],
        [memory("Yes.", asked="Hello Marta, this is Robin again."), memory("It may rain.", asked="Perhaps in May?")],
        [memory("On Monday.", asked="Which day, Monday or Friday?")],
        [memory("Good.", asked="Great. Thanks for calling.")],
        [memory("Good.", asked="")],
    ]

    assert names_of_calls(map(names_said, calls)) == {"marta", "robin"}


def test_one_call_names_nobody() -> None:
    """After one call any word that is written large could be one."""
    assert names_of_calls([names_said([memory("Yes.", asked="Thanks, Marta.")])]) == set()


def test_german_nouns_are_no_names() -> None:
    """Where every noun is written large, only names that are known leave a question."""
    said = msgspec.structs.replace(memory("Ja.", asked="Passt Ihnen der Termin, Frau Nowak?"), language="de-DE")

    assert names_said([said]) == []


def test_long_texts_are_cut() -> None:
    """A text of any length costs a bounded time; of the agent's turn the end is kept, which is the question."""
    text = text_in_call(memory("word " * 5000, asked=f"{'so ' * 5000}Do you smoke?"))

    assert len(text) < 1200
    assert "Do you smoke? word" in text
