"""How much of what was to be found was found, and what a relevance threshold costs and stops."""

from collections.abc import Sequence

from msgspec import Struct

from bench.recall.conversations import Place, Question

# So many are handed out as not confident where nothing reaches the threshold (ingress/webhooks/search_data.py).
_UNSURE_MAX = 3


class Found(Struct, frozen=True):
    """One memory of an answer."""

    place: Place
    score: float


class Answer(Struct, frozen=True):
    """What was found for a question, best first."""

    question: Question
    found: tuple[Found, ...]

    @property
    def ranks(self) -> list[int]:
        """The ranks, from 1, at which what was to be found was found; without what was not."""
        ranks = []
        for gold in self.question.gold:
            rank = next((rank for rank, found in enumerate(self.found, 1) if found.place in gold), None)
            if rank is not None:
                ranks.append(rank)
        return ranks

    @property
    def best_score(self) -> float:
        """The best score of all that was found; 0 where nothing was."""
        return self.found[0].score if self.found else 0.0


def recall(answers: Sequence[Answer], at: int) -> float:
    """Return which share of what was to be found is among the first `at`, on the average of the questions."""
    return _mean([sum(rank <= at for rank in answer.ranks) / len(answer.question.gold) for answer in answers])


def hits(answers: Sequence[Answer], at: int) -> float:
    """Return which share of the questions has anything that was to be found among the first `at`."""
    return _mean([any(rank <= at for rank in answer.ranks) for answer in answers])


def reciprocal_rank(answers: Sequence[Answer]) -> float:
    """Return the mean reciprocal rank of the first thing that was to be found; nothing found counts 0."""
    return _mean([1 / min(answer.ranks) if answer.ranks else 0.0 for answer in answers])


def lost(answers: Sequence[Answer], threshold: float) -> float:
    """Return of the questions whose answer is found the share of which nothing reaches a threshold."""
    return _mean([score < threshold for score in _best_scores(answers)])


def told(answers: Sequence[Answer], threshold: float) -> list[Answer]:
    """Return what is handed out with a threshold: all, or where nothing reaches it, the best as not confident."""
    return [
        Answer(answer.question, answer.found if answer.best_score >= threshold else answer.found[:_UNSURE_MAX])
        for answer in answers
    ]


def stopped(answers: Sequence[Answer], threshold: float) -> float:
    """Return the share of questions for which nothing is confident with a threshold."""
    return _mean([answer.best_score < threshold or not answer.found for answer in answers])


def highest_threshold(answers: Sequence[Answer], *, lost_max: float = 1 / 20) -> float:
    """Return the highest threshold at which at most a share of the answered questions loses its answer."""
    scores = sorted(_best_scores(answers))
    may_lose = int(len(scores) * lost_max)
    return scores[may_lose] if may_lose < len(scores) else 1.0


def _best_scores(answers: Sequence[Answer]) -> list[float]:
    return [answer.best_score for answer in answers if answer.ranks]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
