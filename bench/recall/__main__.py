"""
The `make bench-search` command: measures what search finds, asked as an agent asks it.

It posts calls to the post-call webhook of the two real processes, and sends questions to `/webhook/search-data` with
the `agent_id` of the calls.
"""

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from bench.recall import learned, locomo, phone
from bench.recall.asking import TimedAnswers, ask, send
from bench.recall.conversations import Collection
from bench.recall.measures import (
    Answer,
    highest_threshold,
    hits,
    lost,
    recall,
    reciprocal_rank,
    returned,
    stopped,
)
from bench.rig.scratch import scratch_folder
from bench.rig.table import Cell, Table, percentile
from ingress.settings import Settings
from tests.support.servers import Site

_THRESHOLD = "MEMORY_RELEVANCE_THRESHOLD"
_THRESHOLDS = tuple(step / 20 for step in range(1, 13))
# The recall that the product must reach on conversations that were not used to make its ranker, at 5 and at 10.
_GOALS = {"LoCoMo": {"must reach": (0.72, 0.78), "aim": (0.75, 0.81)}}


class _Results(Struct):
    """
    The answers of one collection.

    `usual` were given under default settings. `unfiltered`, and those to `unanswerable` questions, were given without
    a threshold.
    """

    threshold: float | None
    usual: TimedAnswers
    unfiltered: list[Answer]
    unanswerable: dict[str, list[Answer]]


@click.command()
@click.option(
    "--conversations",
    type=click.Path(path_type=Path),
    default=Path("../shared/data/locomo-dev"),
    envvar="BENCH_CONVERSATIONS",
    show_default=True,
    show_envvar=True,
    help="A folder of LoCoMo conversations.",
)
def main(conversations: Path) -> None:
    """Print what search finds in long conversations, if there are any, and in the phone calls of this repository."""
    if any(conversations.glob("*.json")):
        show(locomo.load(conversations))
    else:
        print(f"There are no conversations in {conversations}: that table is left out.")
    show(phone.load())
    learned.show(phone.load())


def show(collection: Collection) -> None:
    """Play a collection, and print its tables."""
    results = _play(collection)
    _show_recall(collection, results)
    _show_latency(collection, results.usual)
    _show_thresholds(collection, results)


def _play(collection: Collection) -> _Results:
    folder = scratch_folder("search")
    site = Site(folder)
    threshold = Settings.from_env(site.env).relevance_threshold
    with site.projector():
        with site.ingress():
            send(site, collection)
            usual = ask(site, collection.questions)
        site.env[_THRESHOLD] = "0"  # an absent variable would be the default threshold
        with site.ingress():
            unfiltered = ask(site, collection.questions).answers
            unanswerable = {name: ask(site, questions).answers for name, questions in collection.unanswerable.items()}
    return _Results(threshold, usual, unfiltered, unanswerable)


def _show_recall(collection: Collection, results: _Results) -> None:
    threshold = "off" if results.threshold is None else f"{results.threshold:g}"
    callers = len({call.caller for call in collection.calls})
    table = Table(
        f"{collection.name}: {len(collection.calls)} calls of {callers} callers, threshold {threshold} (the default)",
        *("questions", "asked", "recall@1", "recall@5", "recall@10", "hit@5", "MRR"),
    )
    answers = results.usual.answers
    table.add("all", *_figures(answers))
    for kind in sorted({answer.question.kind for answer in answers}):
        table.add(kind, *_figures([answer for answer in answers if answer.question.kind == kind]))
    for name, (at_5, at_10) in _GOALS.get(collection.name, {}).items():
        table.add(name, "", "", at_5, at_10, "", "")
    table.show()


def _figures(answers: Sequence[Answer]) -> list[Cell]:
    return [
        len(answers),
        *(f"{recall(answers, at):.3f}" for at in (1, 5, 10)),
        f"{hits(answers, 5):.3f}",
        f"{reciprocal_rank(answers):.3f}",
    ]


def _show_latency(collection: Collection, asked: TimedAnswers) -> None:
    table = Table(f"{collection.name}: time to the answer, ms", "", "p50", "p95")
    searches, healths = (
        [percentile(times, share) for share in (0.5, 0.95)] for times in (asked.search_ms, asked.health_ms)
    )
    table.add("search-data", *searches)
    table.add("/health (the limit)", *healths)
    table.add("ratio", *(ours / limit for ours, limit in zip(searches, healths, strict=True)))
    table.show()


def _show_thresholds(collection: Collection, results: _Results) -> None:
    answers, highest = results.unfiltered, highest_threshold(results.unfiltered)
    table = Table(
        f"{collection.name}: what a threshold keeps and stops, as shares",
        *("threshold", "recall@5", "recall@10", "answer lost"),
        *(f"stopped: {name} ({len(unanswerable)})" for name, unanswerable in results.unanswerable.items()),
    )
    for threshold in sorted({0.0, *_THRESHOLDS, highest, results.threshold or highest}):
        note = " (1 in 20)" if threshold == highest else " (default)" if threshold == results.threshold else ""
        left = returned(answers, threshold)
        shares = [recall(left, 5), recall(left, 10), lost(answers, threshold)]
        shares += [stopped(unanswerable, threshold) for unanswerable in results.unanswerable.values()]
        table.add(f"{threshold:.4g}{note}", *(f"{share:.3f}" for share in shares))
    table.show()
    print(f"A threshold of up to {highest:.4g} loses at most 1 in 20 of the answers that search finds.")


if __name__ == "__main__":
    main()
