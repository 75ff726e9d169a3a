"""How much of what was to be found was found, and what a relevance threshold costs and stops."""

from collections.abc import Sequence

from msgspec import Struct

from bench.conversations import Place, Question

# So many are handed out as not confident where nothing reaches the threshold (ingress/search_data.py).
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
    def gold_score(self) -> float | None:
        """The best score of what was to be found; None where none of it was found."""
        return max((self.found[rank - 1].score for rank in self.ranks), default=None)


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
    """Return of the answered questions the share whose answer lies below a threshold: it is not confident any more."""
    return _mean([score < threshold for score in _gold_scores(answers)])


def told(answers: Sequence[Answer], threshold: float) -> list[Answer]:
    """Return what is handed out with a threshold: what reaches it, or where nothing does, the best as not confident."""
    return [
        Answer(
            answer.question,
            tuple(found for found in answer.found if found.score >= threshold) or answer.found[:_UNSURE_MAX],
        )
        for answer in answers
    ]


def stopped(answers: Sequence[Answer], threshold: float) -> float:
    """Return the share of questions for which nothing is confident with a threshold."""
    return _mean([all(found.score < threshold for found in answer.found) for answer in answers])


def highest_threshold(answers: Sequence[Answer], *, lost_max: float = 1 / 20) -> float:
    """Return the highest threshold at which at most a share of the answered questions loses its answer."""
    scores = sorted(_gold_scores(answers))
    may_lose = int(len(scores) * lost_max)
    return scores[may_lose] if may_lose < len(scores) else 1.0


def _gold_scores(answers: Sequence[Answer]) -> list[float]:
    return [score for answer in answers if (score := answer.gold_score) is not None]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
