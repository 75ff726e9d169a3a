"""What a caller's page says of facts and corrections."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.log.ours.correction import Correction, append_correction
from projector.domain.facts.registry.registry import Registry
from projector.read_side.story.page import page_of
from projector.read_side.story.story import story_of
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
HOSTILE = "<b onclick='x'>Delta</b>"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without an event."""
    return ProjectorSite(tmp_path)


def page(site: ProjectorSite) -> str:
    """Return the page of Marta as HTML."""
    site.catch_up()
    with site.read_model() as read_model:
        story = story_of(read_model, site.log, MARTA, Registry())
    assert story is not None
    return "".join(page_of(story, folder=site.folders[0].parent, at=datetime(2025, 11, 20, tzinfo=UTC)))


def words(text: str) -> str:
    """Return the words of a page, in their order."""
    return " ".join(
        html.unescape(re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", text, flags=re.DOTALL)).split()
    )


def told(site: ProjectorSite, number: int, *said: str) -> None:
    """Take a call, and what a careful model states of it."""
    body = transcription(f"conv_{number}", *said, at_s=NOON_S + number * DAY_S)
    site.append(body)
    site.append(extraction(body), source="extraction")


def test_fact_stands_with_what_it_superseded_and_its_proofs(site: ProjectorSite) -> None:
    """What is so stands beside what was, struck out with its last day; each with the words, and a link to the call."""
    told(site, 0, "I'm with Delta.")
    told(site, 1, "I'm with Cigna now.")
    text = page(site)

    assert "<s>Delta</s>" in text
    assert "<s>Cigna</s>" not in text
    shown = words(text)
    section = shown[shown.index("Known from calls") : shown.index("Timeline")]
    assert "until 13 November 2025" in section
    assert section.index("I'm with Delta") < section.index("I'm with Cigna")
    assert {"#call-conv_0", "#call-conv_1"} <= set(re.findall(r"href='([^']+)'", text))


def test_sensitive_facts_say_so(site: ProjectorSite) -> None:
    """Whoever opens the page sees what agents are told only when they ask."""
    told(site, 0, "I can't have nuts.", "I like tea.")
    shown = words(page(site))

    assert "sensitive: health" in shown
    assert shown.count("sensitive:") == 1


def test_corrections_and_what_was_rejected_are_listed(site: ProjectorSite) -> None:
    """What a person corrected counts at once, and is listed with its position; what has no proof is listed as well."""
    body = transcription("conv_0", "I'm with Delta.", "I like tea.", at_s=NOON_S)
    site.append(body)
    rejected = statement("I like tea.", 3, value="gin")
    site.append(extraction(body, statement("I'm with Delta.", 1), rejected), source="extraction")
    correction = Correction(caller=MARTA, action="correct", attribute="insurance", value="Cigna", by="Ada")
    position = append_correction(site.log, correction, clock_s=lambda: NOON_S + DAY_S).position
    shown = words(page(site))

    assert f"{position} correct insurance = Cigna (on 13 November 2025, by Ada)" in shown
    assert "Corrected by a person, 13 November 2025: Cigna" in shown
    assert "interest = gin unsupported [conv_0]" in shown


def test_facts_are_text_and_nothing_else(site: ProjectorSite) -> None:
    """What a person wrote into a correction is text on the page, whatever it holds."""
    told(site, 0, "I'm with Delta.")
    append_correction(
        site.log,
        Correction(caller=MARTA, action="correct", attribute="insurance", value=HOSTILE, why=HOSTILE),
    )
    text = page(site)

    assert HOSTILE not in text
    assert html.escape(HOSTILE, quote=True) in text
