"""Keeps the books of asking: what was spent, what came of questions, and when calls are asked about again."""

from collections.abc import Callable

from msgspec.structs import replace

from events.log.ours.extraction import Usage
from events.process.logging import get_logger
from projector.errors import AskLaterError, ProviderHeldError
from projector.extracting.asking.limits import Limits
from projector.extracting.asking.schedule import RETRY_AFTER_S, after_no_answer
from projector.extracting.asking.under_way import UnderWay
from projector.read_model.asked import Unanswered
from projector.read_model.tables.learning_tables import Questions
from projector.sources.extraction.ask import Asked

logger = get_logger("projection")
# The call that a provider was held by comes after all others: it may be the only one that is refused.
AFTER_PROBE_S = 60
ANSWERS, FAILURES = "answers_", "failures_"


class Books:
    """
    Notes what comes of questions; `failed` calls had no answer, and `spent` are the tokens of answers,
    `batched` those of batches among them.

    Args:
        has_fallback: whether another provider is asked once the first one was asked in vain.
        clock_s: the present in Unix seconds.
    """

    def __init__(
        self, questions: Questions, limits: Limits, *, has_fallback: bool, clock_s: Callable[[], float]
    ) -> None:
        self._questions = questions
        self._limits = limits
        self._has_fallback = has_fallback
        self._clock_s = clock_s
        self.failed = 0
        self.spent = Usage()
        self.batched = Usage()

    def note_unanswered(self, asked: UnderWay, error: AskLaterError | ProviderHeldError) -> bool:
        """
        Note that a provider had no answer now, or refuses all questions; return whether the call is given up.

        If it answered others since it refused this one, it is this one that is refused, and no other.
        """
        before = asked.candidate.before
        if isinstance(error, AskLaterError):
            self._limits.note_no_answer(asked.role, error.retry_after_s)
            return self._note(asked, self._after(asked, error), error)
        if before.has_held and self._questions.held(asked.role) is None:
            after = replace(before, attempts=before.attempts + 1, next_try_at_s=None, reason=error.reason)
            return self._note(asked, after, error)
        self._limits.note_refused(asked.role, error.reason)
        next_try_at_s = self._limits.probe_at_s(asked.role) + AFTER_PROBE_S
        after = replace(before, next_try_at_s=next_try_at_s, has_held=True, reason=error.reason)
        return self._note(asked, after, error)

    def note_batch_failed(self, asked: UnderWay, error: AskLaterError | ProviderHeldError) -> bool:
        """
        Note that a batch has no answer about a call, which is asked about alone then; return as above.

        A batch that refuses one request has answered others, and nobody is held by it.
        """
        after = self._after(asked, error)
        if isinstance(error, ProviderHeldError):
            next_try_at_s = int(self._clock_s()) + RETRY_AFTER_S[0]
            after = replace(after, next_try_at_s=next_try_at_s, is_for_fallback=False, has_held=True)
        return self._note(asked, after, error)

    def count(self, reply: Asked, *, batched: Usage) -> None:
        """
        Note what an answer is, and what it took.

        Args:
            batched: the part that a batch answered, for half the price.
        """
        usage = reply.usage
        self.spent, self.batched = self.spent + usage, self.batched + batched
        self._questions.spend(self._limits.day(), usage.input_tokens + usage.output_tokens)
        counts = {
            "tokens_in": usage.input_tokens,
            "tokens_cached": usage.cached_tokens,
            "tokens_out": usage.output_tokens,
            "batch_tokens_in": batched.input_tokens,
            "batch_tokens_out": batched.output_tokens,
            f"{ANSWERS}{reply.outcome}": 1,
        }
        for name, count in counts.items():
            if count:
                self._questions.add(name, count)

    def _after(self, asked: UnderWay, error: AskLaterError | ProviderHeldError) -> Unanswered:
        after = after_no_answer(
            asked.candidate.before,
            error.reason,
            now_s=self._clock_s(),
            retry_after_s=error.retry_after_s if isinstance(error, AskLaterError) else None,
            has_fallback=self._has_fallback,
        )
        logger.debug("question_without_answer", reason=error.reason, attempts=after.attempts)
        return replace(after, has_held=False)

    def _note(self, asked: UnderWay, unanswered: Unanswered, error: AskLaterError | ProviderHeldError) -> bool:
        """Note when a call is asked about again; nothing of one that is to be forgotten."""
        self._questions.add(f"{FAILURES}{error.kind}", 1)
        self.failed += 1
        if asked.unread.is_wanted(asked.candidate):
            self._questions.put(unanswered)
        else:
            self._questions.remove(unanswered.conversation_id)
        asked.unread.note_asked(unanswered.conversation_id, is_answered=False)
        if unanswered.next_try_at_s is not None:
            return False
        logger.warning(
            "call_not_read",
            conversation_id=unanswered.conversation_id,
            reason=unanswered.reason,
            then="see `projector failures`",
        )
        return True
