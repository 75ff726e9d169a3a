"""What persons correct counts above what calls say, until it is undone, and goes with the caller."""

from pathlib import Path

import pytest
from msgspec import UNSET

from events.log.ours.correction import Correction, append_correction
from projector.domain.memories import Memory
from tests.support.extractions import extraction
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

HOUR_S = 3600


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A log with one call, in which Marta says who insures her, and what a model said of it."""
    site = ProjectorSite(tmp_path)
    teach(site, 1, "I'm with Delta.", insurance="Delta", user_name="Martha")
    return site


def teach(site: ProjectorSite, number: int, *said: str, **collected: str) -> None:
    body = transcription(f"conv_{number}", *said, at_s=NOON_S + number * HOUR_S, **collected)  # type: ignore[arg-type]
    site.append(body)
    site.append(extraction(body), source="extraction")
    site.catch_up()


def correct(site: ProjectorSite, action: str, **of: object) -> int:
    """Append a correction, fold it, and return its position."""
    made = Correction(caller=MARTA, action=action, **of)  # type: ignore[arg-type]
    position = append_correction(site.log, made, clock_s=lambda: NOON_S + 10 * HOUR_S).position
    site.catch_up()
    check_sound(site.database())
    return position


def facts(site: ProjectorSite) -> list[Memory]:
    with site.read_model() as read_model:
        return [memory for memory in read_model.facts(MARTA) if memory.fact is not UNSET]


def now(site: ProjectorSite) -> list[str]:
    """Return the values that are so now."""
    return sorted(memory.fact.value for memory in facts(site) if memory.fact is not UNSET and memory.is_current)


def view_facts(site: ProjectorSite) -> dict[str, str]:
    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    return {fact.id: fact.value for fact in view.facts} | {"": view.name}


def test_correction_stands_above_all(site: ProjectorSite) -> None:
    """A value that a person corrected is so whatever is said later, also in the view, until it is undone."""
    position = correct(site, "correct", attribute="insurance", value="Aetna")
    assert "Aetna" in now(site)
    teach(site, 2, "I'm with Cigna now.")
    assert now(site) == ["Aetna"]
    assert view_facts(site)["insurance"] == "Aetna"
    correct(site, "undo", undoes=position)
    assert now(site) == ["Cigna"]
    assert view_facts(site)["insurance"] == "Cigna"


def test_corrected_name_is_the_callers(site: ProjectorSite) -> None:
    """A caller is known by the name that a person corrected."""
    correct(site, "correct", attribute="name", value="Marta Lindqvist")
    assert view_facts(site)[""] == "Marta Lindqvist"


def test_dropped_fact_stays_away(site: ProjectorSite) -> None:
    """A fact that is wrong is no memory, also where another model states it again; undone, it comes back."""
    (fact,) = facts(site)
    position = correct(site, "drop", memory_id=fact.id)
    assert facts(site) == []
    body = transcription("conv_1", "I'm with Delta.", at_s=NOON_S + HOUR_S, insurance="Delta", user_name="Martha")
    site.append(extraction(body, version=2, model="other"), source="extraction")
    site.catch_up()
    assert facts(site) == []
    correct(site, "undo", undoes=position)
    assert [memory.id for memory in facts(site)] == [fact.id]


def test_resolved_fact_is_history(site: ProjectorSite) -> None:
    """What is settled is history from the moment on at which a person said so."""
    (fact,) = facts(site)
    correct(site, "resolve", memory_id=fact.id)
    (after,) = facts(site)
    assert after.fact is not UNSET
    assert (after.id, after.is_current, after.fact.until_s) == (fact.id, False, NOON_S + 10 * HOUR_S)


def test_correction_before_what_it_corrects(tmp_path: Path) -> None:
    """A correction may come before the call: it counts once the call is there."""
    site = ProjectorSite(tmp_path)
    made = Correction(caller=MARTA, action="correct", attribute="insurance", value="Aetna")
    append_correction(site.log, made, clock_s=lambda: NOON_S)
    site.catch_up()
    teach(site, 1, "I'm with Delta.")
    assert now(site) == ["Aetna"]
    assert site.dump() == site.replayed_dump()


def test_corrections_go_with_the_caller(site: ProjectorSite) -> None:
    """Nothing of a correction is left where its caller is forgotten, in the read model and in the log."""
    correct(site, "correct", attribute="insurance", value="Aetna", why="She called us.")
    site.forget(at_s=NOON_S + 50 * HOUR_S)
    assert site.rows("SELECT * FROM corrections") == []
    assert site.rows("SELECT * FROM said") == []
    assert [*site.folders[0].glob("_events/correction/*.json")] == []


def test_webhook_corrects_nothing(site: ProjectorSite) -> None:
    """Whoever sends a correction as a webhook corrects nothing."""
    correct(site, "correct", attribute="insurance", value="Aetna")
    path = next(site.folders[0].glob("_events/correction/*.json"))
    site.append(path.read_bytes().replace(b"Aetna", b"Oscar"))
    site.catch_up()
    assert now(site) == ["Aetna"]
