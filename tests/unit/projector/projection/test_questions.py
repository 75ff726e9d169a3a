"""The questions of facts: folded with what states the fact, redacted, and gone with it."""

from pathlib import Path

import msgspec
import pytest

from projector.domain.redaction.redaction import RedactionSettings
from projector.projection.settings import ProjectionSettings
from tests.support.extractions import extraction, statement
from tests.support.samples import NOON_S
from tests.support.sites import ProjectorSite
from tests.unit.projector.projection.test_facts import HOUR_S, _details, call, facts

DELTA = "I'm with Delta."
ASKED, ASKED_LATER = "who insures them?", "which insurer do they have now?"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path, ProjectionSettings())


def teach(site: ProjectorSite, number: int, said: str, *questions: str, version: int = 1) -> None:
    """Have the log hold a call, and what a model said of it, with some questions; fold it."""
    body = call(number, said)
    site.append(body)
    site.append(extraction(body, statement(said, 1, questions=questions), version=version), source="extraction")
    site.catch_up()


def asked(site: ProjectorSite) -> dict[str, tuple[str, ...]]:
    """Return the questions of each fact, by its value."""
    return {_details(memory).value: _details(memory).questions for memory in facts(site)}


def test_questions_are_those_of_what_was_stated_last(site: ProjectorSite) -> None:
    """As its sentence is; each value has its own, also once it is over."""
    teach(site, 1, DELTA, ASKED)
    assert asked(site) == {"Delta": (ASKED,)}
    teach(site, 2, DELTA, ASKED_LATER)
    assert asked(site) == {"Delta": (ASKED_LATER,)}
    teach(site, 3, "I'm with Cigna now.", "what is their insurance?")
    assert asked(site) == {"Delta": (ASKED_LATER,), "Cigna": ("what is their insurance?",)}


def test_newer_answer_brings_its_questions(site: ProjectorSite) -> None:
    """An answer without any, as an older prompt had it, is replaced by one that has some; the id stays."""
    teach(site, 1, DELTA)
    (before,) = facts(site)
    assert _details(before).questions == ()
    body = call(1, DELTA)
    site.append(extraction(body, statement(DELTA, 1, questions=[ASKED]), version=2), source="extraction")
    site.catch_up()
    (after,) = facts(site)
    assert _details(after).questions == (ASKED,)
    assert msgspec.structs.replace(after, fact=before.fact) == before


def test_same_statement_twice_has_the_same_questions_in_any_order(tmp_path: Path) -> None:
    """Of two that say the same in other questions one counts, whichever the answer has first."""
    items = [statement(DELTA, 1, questions=[text]) for text in (ASKED, ASKED_LATER)]
    found = []
    for number, order in enumerate((items, items[::-1])):
        site = ProjectorSite(tmp_path / str(number), ProjectionSettings())
        body = call(1, DELTA)
        site.append(body)
        site.append(extraction(body, *order), source="extraction")
        site.catch_up()
        found.append(asked(site))
    assert found[0] == found[1]


def test_questions_are_redacted_as_calls_are(tmp_path: Path) -> None:
    """A card number told in words, and what the operator's patterns match, stays in no table."""
    settings = RedactionSettings(patterns={"project": "(?i)bluebird"})
    site = ProjectorSite(tmp_path, ProjectionSettings(redaction=settings))
    card = "is four one one one, one one one one, one one one one, one one one one their card?"
    teach(site, 1, DELTA, "are they insured for Bluebird?", card)
    assert asked(site)["Delta"] == ("are they insured for [project removed]?", "is [card number removed] their card?")
    kept = "".join(map(str, (site.rows("SELECT * FROM said"), site.rows("SELECT * FROM memories"))))
    assert "luebird" not in kept
    assert "four one" not in kept


def test_question_that_redaction_makes_too_long_is_left_out(tmp_path: Path) -> None:
    """What stands in place of a match may be longer than the match."""
    settings = RedactionSettings(patterns={"a_letter_that_nobody_may_know": "q"})
    site = ProjectorSite(tmp_path, ProjectionSettings(redaction=settings))
    teach(site, 1, DELTA, "is it a q, or a q, or a q, or a q?", "who is it?")
    assert asked(site)["Delta"] == ("who is it?",)


def test_questions_are_forgotten_with_their_fact(site: ProjectorSite) -> None:
    """Of a forgotten caller no table holds one."""
    teach(site, 1, DELTA, ASKED)
    tables = [name for (name,) in site.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]

    def holding() -> set[str]:
        return {name for name in tables if ASKED in str(site.rows(f"SELECT * FROM {name}"))}  # noqa: S608

    assert {"said", "memories"} <= holding()
    site.forget(at_s=NOON_S + 50 * HOUR_S)
    assert holding() == set()
