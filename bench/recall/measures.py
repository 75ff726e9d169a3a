"""The measures: how many right answers were found, and what a relevance threshold makes unsure and stops."""

from collections.abc import Sequence

from msgspec import Struct

from bench.recall.corpora.conversations import Place, Question

# The search tool returns so many memories unless it is told otherwise: an answer below them is missed.
MISSED_BELOW = 5


class Found(Struct, frozen=True):
    """One memory of an answer; `words` are what it says, after what the agent said just before."""

    place: Place
    score: float
    is_confident: bool = True
    words: str = ""


class Answer(Struct, frozen=True):
    """The memories that were found for a question, best first."""

    question: Question
    found: tuple[Found, ...]

    @property
    def ranks(self) -> list[int]:
        """The ranks, from 1, of the right answers that were found."""
        ranks = []
        for gold in self.question.gold:
            rank = next((rank for rank, found in enumerate(self.found, 1) if found.place in gold), None)
            if rank is not None:
                ranks.append(rank)
        return ranks

    @property
    def is_superseded_first(self) -> bool:
        """Whether a superseded value ranks above all right answers, or is there without any."""
        best = min(self.ranks, default=len(self.found) + 1)
        return any(found.place in self.question.superseded for found in self.found[: best - 1])

    @property
    def best_score(self) -> float:
        """The best score of the memories that were found; 0 if none was."""
        return self.found[0].score if self.found else 0.0


def recall(answers: Sequence[Answer], at: int) -> float:
    """Return the share of right answers among the first `at` memories, as the mean over the questions."""
    return _mean([sum(rank <= at for rank in answer.ranks) / len(answer.question.gold) for answer in answers])


def hits(answers: Sequence[Answer], at: int) -> float:
    """Return the share of questions with at least one right answer among the first `at` memories."""
    return _mean([not is_missed(answer, at) for answer in answers])


def is_missed(answer: Answer, at: int) -> bool:
    """Tell whether no right answer is among the first `at` memories."""
    return not any(rank <= at for rank in answer.ranks)


def asked_of_superseded(answers: Sequence[Answer]) -> int:
    """Return how many questions have values that answered them once and are no longer so."""
    return sum(bool(answer.question.superseded) for answer in answers)


def superseded_first(answers: Sequence[Answer]) -> float:
    """Return the share of those questions for which such a value ranks above all right answers."""
    return _mean([answer.is_superseded_first for answer in answers if answer.question.superseded])


def confident(answers: Sequence[Answer]) -> float:
    """Return the share of questions that got a memory which search calls certain."""
    return _mean([any(found.is_confident for found in answer.found) for answer in answers])


def empty(answers: Sequence[Answer]) -> float:
    """Return the share of questions that got no memory at all."""
    return _mean([not answer.found for answer in answers])


def reciprocal_rank(answers: Sequence[Answer]) -> float:
    """Return the mean reciprocal rank of the first right answer; a question without one counts 0."""
    return _mean([1 / min(answer.ranks) if answer.ranks else 0.0 for answer in answers])


def unsure(answers: Sequence[Answer], threshold: float) -> float:
    """
    Return the share of questions for which no memory reaches a threshold, among those whose answer is found.

    The answer is told all the same, marked as not confident.
    """
    return _mean([score < threshold for score in _best_scores(answers)])


def stopped(answers: Sequence[Answer], threshold: float) -> float:
    """Return the share of questions for which no memory reaches a threshold."""
    return _mean([answer.best_score < threshold or not answer.found for answer in answers])


def highest_threshold(answers: Sequence[Answer], *, unsure_max: float = 1 / 20) -> float:
    """Return the highest threshold that leaves at most `unsure_max` (a share) of the found answers unsure."""
    scores = sorted(_best_scores(answers))
    may_be_unsure = int(len(scores) * unsure_max)
    return scores[may_be_unsure] if may_be_unsure < len(scores) else 1.0


def _best_scores(answers: Sequence[Answer]) -> list[float]:
    return [answer.best_score for answer in answers if answer.ranks]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
