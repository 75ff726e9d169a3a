"""The tables of the phone calls: by kind, by language, by way of searching, and what misleads."""

import pytest

from bench.recall.asking import TimedAnswers
from bench.recall.corpora.conversations import Collection, Place, Question
from bench.recall.measures import Answer, Found
from bench.recall.playing import Results, Way
from bench.recall.tables import show_faults, show_hits, show_latency, show_recall, show_thresholds

_RIGHT, _OLD = Place("conv_1", "turn", "1"), Place("conv_1", "turn", "3")


def question(kind: str, language: str, asked_in: str) -> Question:
    """Return a question that turn 1 answers; one for the latest value is answered by a superseded one in turn 3."""
    return Question(
        caller="+12025550143",
        agent_id="agent_1",
        query=f"{kind} {language} {asked_in}?",
        kind=kind,
        gold=(frozenset({_RIGHT}),),
        superseded=frozenset({_OLD} if kind == "latest" else ()),
        language=language,
        asked_in=asked_in,
    )


_QUESTIONS = (question("latest", "de", "en"), question("direct", "de", "de"), question("direct", "en", "en"))
_NOBODY_KNOWS = Question(caller="+12025550143", agent_id="agent_1", query="Why?", kind="unanswerable")
_COLLECTION = Collection(
    name="calls", calls=(), questions=_QUESTIONS, unanswerable={"what nobody said": (_NOBODY_KNOWS,)}
)


def results(way: Way, rank: int) -> Results:
    """Return results in which the right answer has a rank, from 1, and superseded ones stand above it."""
    found = (*[Found(_OLD, 0.9, is_confident=rank > 1)] * (rank - 1), Found(_RIGHT, 0.4))
    answers = [Answer(asked, found) for asked in _QUESTIONS]
    unanswerable = [Answer(_NOBODY_KNOWS, found[:-1])]
    return Results(
        way=way,
        threshold=0.29,
        usual=TimedAnswers(answers, [5.0, 6.0, 7.0], [1.0, 2.0, 2.0]),
        usual_unanswerable=unanswerable,
        unfiltered=answers,
        unanswerable={"what nobody said": unanswerable},
        far={},
    )


def rows(printed: str, title: str) -> dict[str, list[str]]:
    """Return the cells of the table whose title holds some words, by the first cell of the row."""
    (table,) = (part for part in printed.strip().split("\n\n") if title in part.splitlines()[0])
    split = [line.split("  ") for line in table.strip().splitlines()[1:]]
    return {cells[0]: [cell.strip() for cell in cells[1:] if cell.strip()] for cells in split}


def test_hits_are_printed_by_kind_and_language_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Each way has four columns. A question in another language counts in its own kind and in that of its language."""
    show_hits(_COLLECTION, [results(Way("by words"), 4), results(Way("with meaning"), 1)])

    printed = capsys.readouterr().out
    found = ["0.000", "0.000", "1.000", "1.000", *["1.000"] * 4]
    kinds = rows(printed, "by kind")
    ways = [[f"{name} @1", "@3", "@5", "@10"] for name in ("by words", "with meaning")]
    assert kinds["questions"] == ["asked", *ways[0], *ways[1]]
    assert {name: cells[0] for name, cells in kinds.items() if name != "questions"} == {
        "all": "3",
        "cross-language": "1",
        "direct": "2",
        "latest": "1",
    }
    assert kinds["direct"][1:] == found
    languages = rows(printed, "by language")
    assert {"de", "en", "de, asked in en", "all of other languages, asked in en"} < set(languages)
    assert languages["de"] == ["1", *found]


def test_one_way_without_a_name_has_one_column_each(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the release knows one way to search, the columns are named without it."""
    show_hits(_COLLECTION, [results(Way(""), 1)])
    show_faults(_COLLECTION, [results(Way(""), 1)])

    printed = capsys.readouterr().out
    assert rows(printed, "by kind")["questions"] == ["asked", "@1", "@3", "@5", "@10"]
    assert rows(printed, "mislead")[""] == ["asked", "share"]


def test_what_misleads_is_printed_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Superseded values above the right one, certainty where nothing answers, and empty answers are shares of each."""
    show_faults(_COLLECTION, [results(Way("by words"), 2), results(Way("with meaning"), 1)])

    faults = rows(capsys.readouterr().out, "mislead")
    assert faults["a superseded value above the right one"] == ["1", "1.000", "0.000"]
    assert faults["a confident memory, where nothing answers the question"] == ["1", "1.000", "0.000"]
    assert faults["nothing, of a caller of whom something is known"] == ["4", "0.000", "0.250"]


def test_time_is_printed_for_each_way(capsys: pytest.CaptureFixture[str]) -> None:
    """The median and the slowest of a hundred stand beside those of `/health`."""
    show_latency(_COLLECTION, [results(Way("by words"), 1), results(Way("with meaning"), 1)])

    times = rows(capsys.readouterr().out, "time to the answer")
    assert times["search-data, by words"] == ["6", "7"]
    assert times["/health (the limit), with meaning"] == ["2", "2"]
    assert times["ratio, with meaning"] == ["3", "3.5"]


def test_recall_and_thresholds_name_their_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Tables with many columns are printed once for each way, whose name stands in the title."""
    show_recall(_COLLECTION, results(Way("with meaning"), 2))
    show_thresholds(_COLLECTION, results(Way("with meaning"), 2))

    printed = capsys.readouterr().out
    assert rows(printed, "calls, with meaning: 0 calls")["all"] == ["3", "0.000", "1.000", "1.000", "1.000", "0.500"]
    assert rows(printed, "calls, with meaning: what a threshold")["0.9 (1 in 20)"][-1] == "0.000"
