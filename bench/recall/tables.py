"""The tables that `make bench-search` prints; each has a column, or a table of its own, for each way to search."""

from collections.abc import Callable, Iterable, Sequence

from bench.recall.corpora.conversations import Collection, Question
from bench.recall.measures import (
    Answer,
    asked_of_superseded,
    confident,
    empty,
    highest_threshold,
    hits,
    recall,
    reciprocal_rank,
    stopped,
    superseded_first,
    unsure,
)
from bench.recall.playing import Results
from bench.rig.table import Cell, Table, percentile

_THRESHOLDS = tuple(step / 20 for step in range(1, 13))
# The recall that the product must reach on conversations that were not used to make its ranker, at 5 and at 10.
_GOALS = {"LoCoMo": {"must reach": (0.755, 0.815), "aim": (0.8, 0.86)}}
_HITS_AT = (1, 3, 5, 10)


def show_recall(collection: Collection, results: Results) -> None:
    """Print the share of the things to be found that was found, by the kind of question."""
    callers = len({call.caller for call in collection.calls})
    table = Table(
        f"{_title(collection, results)}: {len(collection.calls)} calls of {callers} callers, "
        f"threshold {results.threshold:g} (the default)",
        *("questions", "asked", "recall@1", "recall@5", "recall@10", "hit@5", "MRR"),
    )
    answers = results.usual.answers
    table.add("all", *_recall(answers))
    for kind, of_kind in _grouped(answers, lambda question: question.kinds):
        table.add(kind, *_recall(of_kind))
    for name, (at_5, at_10) in _GOALS.get(collection.name, {}).items():
        table.add(name, "", "", at_5, at_10, "", "")
    table.show()


def show_hits(collection: Collection, all_results: Sequence[Results]) -> None:
    """Print the share of questions that are answered among the first few, by kind and by language."""
    _show_hits(collection, all_results, "by kind", lambda question: question.kinds)
    _show_hits(collection, all_results, "by language", _languages)


def show_faults(collection: Collection, all_results: Sequence[Results]) -> None:
    """Print the shares of answers that mislead, or say nothing."""
    first = all_results[0]
    table = Table(
        f"{collection.name}: answers that mislead or are empty, as shares",
        *("", "asked", *(results.way.name or "share" for results in all_results)),
    )
    measures: list[tuple[str, int, Callable[[Results], float]]] = [
        (
            "a superseded value above the right one",
            asked_of_superseded(first.usual.answers),
            lambda results: superseded_first(results.usual.answers),
        ),
        (
            "a confident memory, where nothing answers the question",
            len(first.usual_unanswerable),
            lambda results: confident(results.usual_unanswerable),
        ),
        (
            "nothing, of a caller of whom something is known",
            len(first.usual.answers) + len(first.usual_unanswerable),
            lambda results: empty([*results.usual.answers, *results.usual_unanswerable]),
        ),
    ]
    for name, asked, share in measures:
        table.add(name, asked, *(f"{share(results):.3f}" for results in all_results))
    table.show()


def show_latency(collection: Collection, all_results: Sequence[Results]) -> None:
    """Print the time of a question, beside that of `/health` of the same server."""
    table = Table(f"{collection.name}: time to the answer, ms", "", "p50", "p99")
    for results in all_results:
        way = f", {results.way.name}" if results.way.name else ""
        asked = results.usual
        searches, healths = (
            [percentile(times, share) for share in (0.5, 0.99)] for times in (asked.search_ms, asked.health_ms)
        )
        table.add(f"search-data{way}", *searches)
        table.add(f"/health (the limit){way}", *healths)
        table.add(f"ratio{way}", *(ours / limit for ours, limit in zip(searches, healths, strict=True)))
    table.show()


def show_thresholds(collection: Collection, results: Results) -> None:
    """Print what each relevance threshold would make unsure, and what it would stop."""
    answers, highest = results.unfiltered, highest_threshold(results.unfiltered)
    table = Table(
        f"{_title(collection, results)}: what a threshold makes unsure and stops, as shares",
        *("threshold", "answer unsure"),
        *(f"stopped: {name} ({len(unanswerable)})" for name, unanswerable in results.unanswerable.items()),
    )
    for threshold in sorted({0.0, *_THRESHOLDS, highest, results.threshold}):
        note = " (1 in 20)" if threshold == highest else " (default)" if threshold == results.threshold else ""
        shares = [unsure(answers, threshold)]
        shares += [stopped(unanswerable, threshold) for unanswerable in results.unanswerable.values()]
        table.add(f"{threshold:.4g}{note}", *(f"{share:.3f}" for share in shares))
    table.show()
    print(f"A threshold of up to {highest:.4g} leaves at most 1 in 20 of the answers that search finds unsure.")


def _title(collection: Collection, results: Results) -> str:
    return f"{collection.name}, {results.way.name}" if results.way.name else collection.name


def _recall(answers: Sequence[Answer]) -> list[Cell]:
    return [
        len(answers),
        *(f"{recall(answers, at):.3f}" for at in (1, 5, 10)),
        f"{hits(answers, 5):.3f}",
        f"{reciprocal_rank(answers):.3f}",
    ]


def _show_hits(
    collection: Collection,
    all_results: Sequence[Results],
    title: str,
    groups_of: Callable[[Question], Iterable[str]],
) -> None:
    table = Table(
        f"{collection.name}: hit@1, @3, @5 and @10, {title}",
        *("questions", "asked"),
        *(f"{results.way.name if at == 1 else ''} @{at}".strip() for results in all_results for at in _HITS_AT),
    )
    rows: dict[str, list[Cell]] = {}
    for results in all_results:
        answers = results.usual.answers
        for name, of_group in (("all", answers), *_grouped(answers, groups_of)):
            row = rows.setdefault(name, [len(of_group)])
            row += [f"{hits(of_group, at):.3f}" for at in _HITS_AT]
    for name, cells in rows.items():
        table.add(name, *cells)
    table.show()


def _languages(question: Question) -> tuple[str, ...]:
    if question.asked_in == question.language:
        return (question.language,)
    return (
        f"{question.language}, asked in {question.asked_in}",
        f"all of other languages, asked in {question.asked_in}",
    )


def _grouped(
    answers: Sequence[Answer], groups_of: Callable[[Question], Iterable[str]]
) -> list[tuple[str, list[Answer]]]:
    """Return the answers of each group, by its name; one answer may be in several."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        for group in groups_of(answer.question):
            groups.setdefault(group, []).append(answer)
    return sorted(groups.items())
