"""What is of a time is told to whoever asks about it: of somebody else too, and nothing on health or credentials."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.extractions import statement
from tests.unit.ingress.searching.test_withholding import TEA, Told, contents, health, quotes

# Each asks about a time alone, and these why somebody called.
WHY = ("What did she want the last time she called?", "Why was the first call?", "Why did she call in November?")
WHAT = ("What happened in November?", "What did she say the last time she called?", "What was said in the first call?")
QUESTIONS = (*WHY, *WHAT)
OTHERWISE = ("money", "credentials")
MOVED = "I moved in with my partner Blessing."
SUMMARY = "The caller moved in with her partner Blessing. They asked for tea."


def of_somebody(said: str, turn: int, about: str, value: str, content: str, **changed: Any) -> dict[str, Any]:
    """Return a statement on somebody else that a model called nothing worse."""
    of = {"about": about, "attribute": "other:matter", "value": value, "content": content, "quote": said}
    return statement(TEA, turn, **(of | {"sensitive": "third_party"} | changed))


def partner(turn: int) -> dict[str, Any]:
    """Return a statement on the name of a partner."""
    named = "The caller's partner is called Blessing."
    return of_somebody("my partner Blessing", turn, "partner", "Blessing", named, attribute="name")


@pytest.mark.parametrize("query", WHAT)
def test_what_is_of_somebody_else_is_told(tmp_path: Path, query: str) -> None:
    """A fact on a partner is, and so is the sentence of the summary that names her."""
    told = Told(tmp_path, sensitive="tell")
    told.call(MOVED, stated=[partner(1)], summary=SUMMARY)
    found = contents(told.search(query))
    assert f"2025-11-13: {SUMMARY}" in found
    assert "About partner: The caller's partner is called Blessing. (said on 13 November 2025)" in found


@pytest.mark.parametrize("query", [*QUESTIONS, "", "tea", "Does she like tea?"])
def test_where_what_is_sensitive_is_withheld_nothing_of_it_is_told(tmp_path: Path, query: str) -> None:
    """`SENSITIVE=withhold` withholds what is on somebody else, whatever the time."""
    told = Told(tmp_path, sensitive="withhold")
    told.call(MOVED, TEA, stated=[partner(1), statement(TEA, 3)], summary=SUMMARY)
    answer = json.dumps(told.search(query))
    assert "Blessing" not in answer
    assert "They asked for tea." in answer


@pytest.mark.parametrize("query", ["", "Which motorcycle is in the garage?"])
def test_nobody_is_told_of_somebody_else_who_asks_about_no_time(tmp_path: Path, query: str) -> None:
    """What fills an answer, and the answer to no question, stay without it."""
    told = Told(tmp_path, sensitive="tell")
    told.call(MOVED, TEA, stated=[partner(1), statement(TEA, 3)], summary=SUMMARY)
    assert "Blessing" not in json.dumps(contents(told.search(query)))


# What was said, of whom, the value that a model took, and the word that would tell it.
OF_HEALTH = [
    ("My brother has lupus.", "brother", "lupus", "lupus"),
    ("My son takes warfarin.", "son", "takes warfarin", "warfarin"),
    ("My mother has lung cancer.", "mother", "lung cancer", "lung"),
    ("My brother is in a coma.", "brother", "in a coma", "coma"),
    ("My brother had a fall.", "brother", "had a fall", "a fall"),
    ("My sister lost the baby.", "sister", "lost the baby", "baby"),
]
OF_MONEY_OR_CODES = [
    ("My wife's PIN is zebra.", "wife", "PIN is zebra", "zebra"),
    ("My brother owes the zoo thousands.", "brother", "owes the zoo thousands", "zoo"),
    ("My brother's code for the safe is 4711.", "brother", "4711", "4711"),
]
UNTOLD = [
    *((query, case) for query in WHAT for case in OF_HEALTH),
    *((query, case) for query in QUESTIONS for case in OF_MONEY_OR_CODES),
]


@pytest.mark.parametrize("limit", [1, 3, 20])
@pytest.mark.parametrize(("query", "case"), UNTOLD)
def test_what_speaks_of_health_or_credentials_of_somebody_else_is_not_told(
    tmp_path: Path, query: str, limit: int, case: tuple[str, str, str, str]
) -> None:
    """A model may call it somebody else's alone: that it is on more its words say, in turns, facts and summaries."""
    said, about, value, secret = case
    told = Told(tmp_path, sensitive="tell")
    summary = f"{said} They asked for tea."
    told.call(said, TEA, stated=[of_somebody(said, 1, about, value, said), statement(TEA, 3)], summary=summary)
    told.call(TEA, f"As I said: {said}", summary=summary)
    answer = json.dumps(told.search(query, limit=limit))
    assert secret not in answer
    assert "They asked for tea." in answer


@pytest.mark.parametrize(
    ("query", "sensitive"),
    [*((query, "health") for query in WHAT), *((query, each) for query in QUESTIONS for each in OTHERWISE)],
)
def test_what_is_sensitive_for_more_than_that_stays_untold(tmp_path: Path, query: str, sensitive: str) -> None:
    """What a model called health, money or credentials, of whomever, and the sentences that hold its words."""
    told = Told(tmp_path, sensitive="tell")
    said = "My mother owes the zoo thousands."
    stated = of_somebody(said, 1, "mother", "owes the zoo thousands", said, sensitive=sensitive)
    told.call(said, MOVED, stated=[stated, partner(3)], summary=f"{said} {SUMMARY}")
    answer = json.dumps(told.search(query))
    assert "zoo" not in answer
    assert "Blessing" in answer


@pytest.mark.parametrize("query", WHAT)
def test_turn_that_proves_health_too_is_not_told(tmp_path: Path, query: str) -> None:
    """One turn tells of a partner and of what the caller cannot have: the partner's fact is told, the turn is not."""
    told = Told(tmp_path, sensitive="tell")
    said = "I moved in with my partner Blessing, and I can't have latex."
    told.call(
        said, stated=[partner(1), health("I can't have latex", 1, "allergy", "latex", "The caller can't have latex.")]
    )
    answer = told.search(query)
    assert "latex" not in json.dumps(answer)
    assert said not in quotes(answer)
    assert any("Blessing" in content for content in contents(answer))


def test_what_was_said_in_a_call_is_told_in_its_order(tmp_path: Path) -> None:
    """Why somebody called is mostly said first; the summary says most of it, and a collected value least."""
    told = Told(tmp_path, sensitive="tell")
    said = ("The blue kettle leaks.", "It stands in the hall.", "Thank you for the help.")
    told.call(*said, summary="The kettle leaks.", order="B-17")
    told_then = contents(told.search("Why did she call last time?"))[:5]
    assert told_then == ["2025-11-13: The kettle leaks.", *said, "Order: B-17"]


@pytest.mark.parametrize("query", WHY)
@pytest.mark.parametrize("sensitive", ["health", "third_party"])
@pytest.mark.parametrize("case", OF_HEALTH)
def test_why_somebody_called_is_told_in_their_words(
    tmp_path: Path, query: str, sensitive: str, case: tuple[str, str, str, str]
) -> None:
    """Who asks why is told the words with which the call opens, also on health; what was said later stays untold."""
    said, about, value, _ = case
    told = Told(tmp_path, sensitive="tell")
    later = "My uncle has gout."
    stated = [of_somebody(said, 3, about, value, said, sensitive=sensitive)]
    named = of_somebody(
        "This is Marta.", 1, "caller", "Marta", "The caller is Marta.", attribute="name", sensitive="none"
    )
    gout = of_somebody(later, 5, "uncle", "gout", later, sensitive="health")
    told.call("This is Marta.", said, later, stated=[named, *stated, gout], summary=f"{later} They asked for tea.")
    found = contents(told.search(query))
    assert found[1:3] == ["This is Marta.", said]
    assert "gout" not in json.dumps(found)


@pytest.mark.parametrize("query", WHY)
def test_why_somebody_called_is_withheld_where_what_is_sensitive_is(tmp_path: Path, query: str) -> None:
    """`SENSITIVE=withhold` withholds it, and what else the call opens with is told."""
    said = "My brother has lupus."
    told = Told(tmp_path, sensitive="withhold")
    stated = [of_somebody(said, 3, "brother", "lupus", said, sensitive="health")]
    told.call("The blue kettle leaks.", said, stated=stated)
    answer = told.search(query)
    assert "lupus" not in json.dumps(answer)
    assert "The blue kettle leaks." in contents(answer)


def test_only_the_opening_is_why_somebody_called(tmp_path: Path) -> None:
    """A call opens with the first turn that states something else than a name; what comes after it is no opening."""
    told = Told(tmp_path, sensitive="tell")
    later = "My brother has lupus."
    told.call(TEA, later, stated=[statement(TEA, 1), of_somebody(later, 3, "brother", "lupus", later)])
    found = contents(told.search("Why did she call last time?"))
    assert found[0] == TEA
    assert "lupus" not in json.dumps(found)


@pytest.mark.parametrize("sensitive", ["money", "credentials"])
def test_why_somebody_called_is_not_told_where_a_model_says_it_is_on_more(tmp_path: Path, sensitive: str) -> None:
    """No word of it says so, and still the opening is on money or credentials for the model that read it."""
    told = Told(tmp_path, sensitive="tell")
    said = "My mother has the blue envelope."
    stated = of_somebody(said, 1, "mother", "has the blue envelope", said, sensitive=sensitive)
    told.call(said, TEA, stated=[stated, statement(TEA, 3)])
    assert "envelope" not in json.dumps(contents(told.search("Why did she call last time?")))


def test_third_turn_is_no_opening(tmp_path: Path) -> None:
    """Where the first turns state nothing, two of them are the opening, and what comes after is not."""
    told = Told(tmp_path, sensitive="tell")
    later = "My brother has lupus."
    told.call("Hello?", "Can you hear me?", later, stated=[of_somebody(later, 5, "brother", "lupus", later)])
    found = contents(told.search("Why did she call last time?"))
    assert found[:2] == ["Hello?", "Can you hear me?"]
    assert "lupus" not in json.dumps(found)


def test_opening_that_is_withheld_leaves_its_harmless_fact(tmp_path: Path) -> None:
    """With `SENSITIVE=withhold` the turn goes, and what it proves besides is told as the fact that it is."""
    told = Told(tmp_path, sensitive="withhold")
    said = "I like tea, and I can't have latex."
    tea = of_somebody("I like tea", 1, "caller", "tea", "The caller likes tea.", sensitive="none")
    told.call(said, stated=[tea, health("I can't have latex", 1, "allergy", "latex", "The caller can't have latex.")])
    found = json.dumps(contents(told.search("Why did she call last time?")))
    assert "The caller likes tea." in found
    assert "latex" not in found
