"""The calls that models had no answer for: listed, and asked about again."""

import time
from contextlib import closing

from projector.commands.settings import Settings
from projector.read_model.asked import Unanswered
from projector.read_model.open import open_questions, read_questions


def unanswered_calls(settings: Settings) -> list[Unanswered]:
    """Return the calls that models had no answer for, by their ids."""
    questions = read_questions(settings.memories_location)
    if questions is None:
        return []
    with closing(questions):
        return questions.all()


def unanswered_words(unanswered: Unanswered) -> str:
    """Return a line on such a call."""
    tries = f"{unanswered.attempts} {'try' if unanswered.attempts == 1 else 'tries'}"
    again = "not asked any more" if unanswered.next_try_at_s is None else "will be asked about again"
    return f"-  question  {unanswered.conversation_id}  {unanswered.reason}  ({tries}, {again})"


def ask_again(settings: Settings, conversation_id: str | None) -> int:
    """Have a call asked about again, or all calls, and return how many those are; nobody is asked here."""
    if read_questions(settings.memories_location) is None:
        return 0
    with closing(open_questions(settings.memories_location)) as questions:
        return questions.ask_again(conversation_id, now_s=time.time())
