"""A file of recorded answers in place of a model."""

import json
from pathlib import Path

import pytest

from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.models.open import open_provider
from projector.sources.models.protocol import Answered, Question
from projector.sources.models.settings import FILE, ProviderSettings


def line(conversation_id: str, answer: object) -> str:
    """Return a line as `events import-extractions` takes it."""
    return json.dumps(
        {
            "conversation_id": conversation_id,
            "prompt_version": 1,
            "provider": "openai",
            "model": "gpt-6-luna",
            "completed_at": 1764400000,
            "answer": answer,
        }
    )


def ask(path: Path, conversation_id: str) -> Answered:
    """Ask the file about a call."""
    question = Question(
        conversation_id=conversation_id, system="", user="", schema={}, schema_name="a", output_tokens_max=1
    )
    return open_provider(ProviderSettings(kind=FILE, file=str(path))).ask(question)


def test_each_call_has_its_answer(tmp_path: Path) -> None:
    """An object is taken as it stands in the file, a text as the text that it is; the last line of a call counts."""
    path = tmp_path / "answers.jsonl"
    lines = [
        line("conv_1", {"memories": ["old"]}),
        "",
        line("conv_2", "I'd rather not."),
        line("conv_1", {"memories": []}),
    ]
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    first, second = ask(path, "conv_1"), ask(path, "conv_2")
    assert (first.body, first.content, first.finish) == (b'{"memories": []}', "json", "complete")
    assert (second.body, second.content) == (b"I'd rather not.", "prose")
    assert (first.provider, first.host, first.model) == ("file", "", "gpt-6-luna")


def test_call_without_an_answer_is_asked_about_later(tmp_path: Path) -> None:
    """An answer can be added to the file while the projector runs."""
    path = tmp_path / "answers.jsonl"
    path.write_text(line("conv_1", {"memories": []}) + "\n")
    with pytest.raises(AskLaterError, match="has no answer for this call"):
        ask(path, "conv_2")
    with path.open("a") as file:
        file.write(line("conv_2", {"memories": []}) + "\n")
    assert ask(path, "conv_2").body == b'{"memories": []}'


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"conversation_id": 3, "answer": {}}', "[" * 100_000, "\\xff"])
def test_file_that_cannot_be_read_is_the_operators_matter(tmp_path: Path, text: str) -> None:
    """The fault names the line."""
    path = tmp_path / "answers.jsonl"
    path.write_text(line("conv_1", {}) + f"\n{text}\n")
    with pytest.raises(ProviderHeldError, match=r"line 2 of answers\.jsonl is no answer"):
        ask(path, "conv_1")
    path.unlink()
    with pytest.raises(ProviderHeldError, match=r"answers\.jsonl cannot be read: No such file"):
        ask(path, "conv_1")
