"""The measures: how many right answers were found, and what a relevance threshold loses and stops."""

from collections.abc import Sequence

from msgspec import Struct

from bench.recall.conversations import Place, Question

# If no memory reaches the threshold, so many are returned as not confident (ingress/webhooks/search_data.py).
_UNSURE_MAX = 3


class Found(Struct, frozen=True):
    """One memory of an answer."""

    place: Place
    score: float


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
    def best_score(self) -> float:
        """The best score of the memories that were found; 0 if none was."""
        return self.found[0].score if self.found else 0.0


def recall(answers: Sequence[Answer], at: int) -> float:
    """Return the share of right answers among the first `at` memories, as the mean over the questions."""
    return _mean([sum(rank <= at for rank in answer.ranks) / len(answer.question.gold) for answer in answers])


def hits(answers: Sequence[Answer], at: int) -> float:
    """Return the share of questions with at least one right answer among the first `at` memories."""
    return _mean([any(rank <= at for rank in answer.ranks) for answer in answers])


def reciprocal_rank(answers: Sequence[Answer]) -> float:
    """Return the mean reciprocal rank of the first right answer; a question without one counts 0."""
    return _mean([1 / min(answer.ranks) if answer.ranks else 0.0 for answer in answers])


def lost(answers: Sequence[Answer], threshold: float) -> float:
    """Return the share of questions that lose their answer to a threshold, among those whose answer is found."""
    return _mean([score < threshold for score in _best_scores(answers)])


def returned(answers: Sequence[Answer], threshold: float) -> list[Answer]:
    """Return what search returns under a threshold: all memories, or only the best few if none reaches it."""
    return [
        Answer(answer.question, answer.found if answer.best_score >= threshold else answer.found[:_UNSURE_MAX])
        for answer in answers
    ]


def stopped(answers: Sequence[Answer], threshold: float) -> float:
    """Return the share of questions for which no memory reaches a threshold."""
    return _mean([answer.best_score < threshold or not answer.found for answer in answers])


def highest_threshold(answers: Sequence[Answer], *, lost_max: float = 1 / 20) -> float:
    """Return the highest threshold that loses at most `lost_max` (a share) of the answers that are found."""
    scores = sorted(_best_scores(answers))
    may_lose = int(len(scores) * lost_max)
    return scores[may_lose] if may_lose < len(scores) else 1.0


def _best_scores(answers: Sequence[Answer]) -> list[float]:
    return [answer.best_score for answer in answers if answer.ranks]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
