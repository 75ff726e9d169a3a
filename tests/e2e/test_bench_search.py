"""The benchmark of search plays calls through real processes, and tells what it finds as it was answered."""

import json
from pathlib import Path

import pytest

from bench.recall.corpora import phone
from bench.recall.explaining import show_misses
from bench.recall.measures import MISSED_BELOW, is_missed
from bench.recall.playing import play, ways_here

_CALLER = {
    "caller": "+12025550143",
    "language": "en",
    "agent_id": "agent_1",
    "calls": [
        {
            "at": "2026-01-12T09:00:00Z",
            "turns": [
                "agent: Hello, how can I help?",
                "caller: I keep bees in Morton.",
                "agent: We call you on Friday.",
            ],
            "collected": {"home_town": "Morton"},
        },
        {
            "at": "2026-02-12T09:00:00Z",
            "turns": ["agent: Hello?", "caller: I moved to Peoria.", "agent: Noted.", "caller: It rains."],
            "collected": {"home_town": "Peoria"},
        },
    ],
    "questions": [
        {"kind": "direct", "query": "Who keeps bees?", "gold": [["1 said: bees"]]},
        {
            "kind": "latest",
            "query": "home town",
            "gold": [["2 said: Peoria", "2 collected: home_town"]],
            "superseded": ["1 collected: home_town"],
        },
        {"kind": "paraphrase", "asked_in": "de", "query": "Wetterlage", "gold": [["2 said: It rains"]]},
        {"kind": "unanswerable", "query": "How many Zeppelins?"},
    ],
}


def test_what_is_found_is_measured_as_it_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ranks, scores, certainty and times are those of the webhook's answers, and each miss is explained."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "one.json").write_text(json.dumps(_CALLER))
    collection = phone.load(tmp_path / "calls")

    results = play(collection, ways_here()[0], is_thorough=True)

    bees, town, weather = results.usual.answers
    assert bees.ranks == [2]  # what is so now comes before `Morton`, which is no longer so
    assert [found.is_confident for found in bees.found[:2]] == [False, True]
    assert bees.found[1].words.startswith("Hello, how can I help? I keep bees in Morton.")
    assert bees.found[1].score == bees.best_score > results.threshold
    assert town.ranks == [1]
    assert not town.is_superseded_first
    assert town.question.superseded <= {found.place for found in town.found}
    assert len(results.usual_unanswerable) == len(results.unanswerable["what nobody said"]) == 1
    assert len(results.unfiltered) == len(results.usual.search_ms) == len(results.usual.health_ms) == 3
    is_weather_missed = is_missed(weather, MISSED_BELOW)
    assert set(results.far) == ({weather.question} if is_weather_missed else set())
    show_misses(collection, results)
    printed = capsys.readouterr().out
    assert ("Wetterlage  [paraphrase, cross-language; en, asked in de]" in printed) == is_weather_missed
