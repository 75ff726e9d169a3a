"""What SQLite keeps of questions to models: no byte of what was removed, and a new file where one is damaged."""

from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.asked import Unanswered
from projector.read_model.open import open_questions

NOON_S = 1_762_948_800


def unanswered(conversation_id: str, next_try_at_s: int) -> Unanswered:
    return Unanswered(conversation_id, "v", 1, 1, next_try_at_s, is_for_fallback=False, reason="busy")


def test_removed_call_leaves_no_byte(tmp_path: Path) -> None:
    """An erased call's id is in no file any more."""
    with closing(open_questions(tmp_path)) as questions:
        for number in range(50):
            questions.put(unanswered(f"conv_to_forget_{number}", NOON_S))
        assert held(tmp_path, b"conv_to_forget_7")
        questions.remove(*(each.conversation_id for each in questions.all()))
        assert not held(tmp_path, b"conv_to_forget")


@pytest.mark.parametrize("damage", [b"", b"no database " * 1000])
def test_damaged_one_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """It is lost, and nothing else is."""
    with closing(open_questions(tmp_path)) as questions:
        questions.put(unanswered("a", NOON_S))
    (path,) = [each for each in tmp_path.rglob("*") if each.suffix == ".sqlite"]
    path.write_bytes(damage)
    with closing(open_questions(tmp_path)) as questions:
        assert questions.all() == []
        questions.put(unanswered("a", NOON_S))


def held(folder: Path, words: bytes) -> bool:
    return any(words in each.read_bytes() for each in folder.rglob("*") if each.is_file())
