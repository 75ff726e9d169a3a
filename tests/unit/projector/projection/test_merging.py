"""One person under two numbers, and callers who do not want to be remembered: because a person said so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import UNSET

from events.log.ours.correction import Correction, append_correction
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import CallerView
from projector.errors import CorrectionError
from projector.read_side.correcting import Correcting
from tests.support.extractions import extraction
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

HOUR_S = 3600
OFFICE = "+12025550144"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A log with a call of Marta's from her own number, and one from the office."""
    site = ProjectorSite(tmp_path)
    teach(site, 1, "I'm with Delta.", caller=MARTA, user_name="Marta")
    teach(site, 2, "I like tea.", caller=OFFICE, user_name="Marta")
    return site


def teach(site: ProjectorSite, number: int, *said: str, caller: str = MARTA, **of: str) -> None:
    at_s = NOON_S + number * HOUR_S
    body = transcription(f"conv_{number}", *said, at_s=at_s, caller=caller, **of)  # type: ignore[arg-type]
    site.append(body)
    site.append(extraction(body), source="extraction")
    site.catch_up()


def correct(site: ProjectorSite, action: str, caller: str = MARTA, *, at_hour: int = 10, **of: object) -> int:
    """Append a correction, fold it, and return its position."""
    made = Correction(caller=caller, action=action, **of)  # type: ignore[arg-type]
    position = append_correction(site.log, made, clock_s=lambda: NOON_S + at_hour * HOUR_S).position
    site.catch_up()
    check_sound(site.database())
    return position


def now(site: ProjectorSite, caller: str = MARTA) -> list[str]:
    """Return the values that are so now."""
    with site.read_model() as read_model:
        facts = read_model.facts(read_model.remembered_as(caller))
    return sorted(memory.fact.value for memory in facts if memory.fact is not UNSET and memory.is_current)


def view(site: ProjectorSite, caller: str = MARTA) -> CallerView | None:
    with site.read_model() as read_model:
        return read_model.view(read_model.remembered_as(caller))


def assert_as_replayed(site: ProjectorSite) -> None:
    site.follower.close()
    added = tables_of(site)
    site.replay()
    assert added == tables_of(site)


def test_merged_numbers_are_one_caller(site: ProjectorSite) -> None:
    """What either number taught is known under both, also what comes later."""
    correct(site, "merge", other=OFFICE)
    teach(site, 3, "My son can't have nuts.", caller=OFFICE)
    for caller in (MARTA, OFFICE):
        assert now(site, caller) == ["Delta", "nuts", "tea"]
    known = view(site, OFFICE)
    assert known is not None
    assert (known.caller, known.call_count, known.people) == (MARTA, 3, known.people[:1])
    assert_as_replayed(site)


@pytest.mark.parametrize("names_both", [True, False])
def test_split_parts_what_was_merged(site: ProjectorSite, names_both: bool) -> None:
    """After a split each number has its own calls again, as if they had never been one."""
    before = site.dump()
    correct(site, "merge", other=OFFICE)
    correct(site, "split", OFFICE, other=MARTA if names_both else "")
    assert site.dump() == before
    assert_as_replayed(site)


def test_undone_merge_is_none(site: ProjectorSite) -> None:
    """A merge can be undone by its position, and that undone too."""
    before = site.dump()
    position = correct(site, "merge", other=OFFICE)
    merged = site.dump()
    undo = correct(site, "undo", undoes=position)
    assert site.dump() == before
    correct(site, "undo", undoes=undo)
    assert site.dump() == merged
    assert_as_replayed(site)


def test_merge_of_merged_numbers_joins_all(site: ProjectorSite) -> None:
    """Three numbers are one caller, in whatever order they were joined; the same again changes nothing."""
    third = "+12025550145"
    teach(site, 3, "I can't have nuts.", caller=third)
    correct(site, "merge", OFFICE, other=third)
    correct(site, "merge", MARTA, other=OFFICE)
    correct(site, "merge", third, other=MARTA)
    assert [now(site, caller) for caller in (MARTA, OFFICE, third)] == [["Delta", "nuts", "tea"]] * 3
    assert_as_replayed(site)


def test_merge_before_the_calls_counts(tmp_path: Path) -> None:
    """Two numbers are one person also where their calls come after that was said."""
    site = ProjectorSite(tmp_path)
    correct(site, "merge", other=OFFICE)
    teach(site, 1, "I'm with Delta.", caller=OFFICE)
    assert now(site, MARTA) == ["Delta"]
    assert_as_replayed(site)


def test_dropped_fact_stays_away_from_merged_numbers(site: ProjectorSite) -> None:
    """What was wrong of one number is no memory of the person either."""
    with site.read_model() as read_model:
        (tea,) = read_model.facts(OFFICE)
    correct(site, "drop", OFFICE, memory_id=tea.id)
    correct(site, "merge", other=OFFICE)
    assert now(site) == ["Delta"]
    assert_as_replayed(site)


@pytest.mark.parametrize("forgotten", [MARTA, OFFICE])
def test_erasure_of_a_merged_number_takes_its_own_calls(site: ProjectorSite, forgotten: str) -> None:
    """The calls of the number go, and the merge with them; those of the other number are that number's again."""
    correct(site, "merge", other=OFFICE)
    site.forget(forgotten, at_s=NOON_S + 50 * HOUR_S)
    other = OFFICE if forgotten == MARTA else MARTA
    assert now(site, forgotten) == []
    assert now(site, other) == (["tea"] if other == OFFICE else ["Delta"])
    assert site.rows("SELECT * FROM corrections") == []
    assert [*site.folders[0].glob("_events/correction/*.json")] == []
    assert_as_replayed(site)


def say(site: ProjectorSite, at_hour: int, make: Callable[[Correcting], Correction]) -> None:
    """Append a correction as the commands and the HTTP door make it, and fold it."""
    with site.read_model() as read_model:
        made = make(Correcting(read_model, site.log, Registry(), region="US"))
    append_correction(site.log, made, clock_s=lambda: NOON_S + at_hour * HOUR_S)
    site.catch_up()


def test_what_was_corrected_of_one_number_stays_with_it(site: ProjectorSite) -> None:
    """A value that a person gave of one of two merged numbers is never told to the other, once they are parted."""
    correct(site, "merge", other=OFFICE)
    say(site, 11, lambda correcting: correcting.value(OFFICE, "address", "12 Oak Street"))
    assert "12 Oak Street" in now(site, MARTA)
    correct(site, "split", OFFICE, other=MARTA, at_hour=12)
    assert (now(site, MARTA), now(site, OFFICE)) == (["Delta"], ["12 Oak Street", "tea"])
    assert_as_replayed(site)


def test_what_was_dropped_of_merged_numbers_stays_away(site: ProjectorSite) -> None:
    """A fact that was wrong of a merged caller is wrong of the number that taught it, too, until that is undone."""
    correct(site, "merge", other=OFFICE)
    with site.read_model() as read_model:
        tea = next(each for each in read_model.facts(MARTA) if each.fact is not UNSET and each.fact.value == "tea")
    say(site, 11, lambda correcting: correcting.dropped(tea.id))
    (dropped,) = [each for (each,) in site.rows("SELECT position FROM corrections WHERE NOT is_joining")]
    correct(site, "split", OFFICE, other=MARTA, at_hour=12)
    assert (now(site, MARTA), now(site, OFFICE)) == (["Delta"], [])
    assert_as_replayed(site)
    site.restart()
    say(site, 13, lambda correcting: correcting.undone(dropped, OFFICE))
    assert now(site, OFFICE) == ["tea"]
    assert_as_replayed(site)


def test_who_opted_out_stays_out_once_parted(site: ProjectorSite) -> None:
    """An opt-out of one of two merged numbers holds for the person; once they are parted it is that number's."""
    correct(site, "merge", other=OFFICE)
    say(site, 11, lambda correcting: correcting.opted_out(OFFICE, is_all=True))
    assert now(site) == []
    correct(site, "split", OFFICE, other=MARTA, at_hour=12)
    assert (now(site, MARTA), now(site, OFFICE)) == (["Delta"], [])
    assert_as_replayed(site)


def test_nothing_corrected_is_told_of_who_opted_out(site: ProjectorSite) -> None:
    """Of who opted out altogether neither a corrected name nor a corrected value is left to tell."""
    correct(site, "correct", attribute="name", value="Eva Berg")
    correct(site, "correct", attribute="address", value="12 Oak Street")
    correct(site, "optout", is_all=True)
    known = view(site)
    assert known is not None
    assert (known.name, known.facts, now(site)) == ("", (), [])
    assert_as_replayed(site)


def test_correction_is_of_one_person(tmp_path: Path) -> None:
    """Where several people call from a number, a corrected value is the one's that it names, and must name one."""
    site = ProjectorSite(tmp_path)
    for number, name in enumerate(["Ana", "Jonas", "Jonas"]):
        teach(site, number, "I like tea.", user_name=name)
    with pytest.raises(CorrectionError, match="1 is Ana, 2 is Jonas"):
        say(site, 11, lambda correcting: correcting.value(MARTA, "name", "Eva Berg"))
    with pytest.raises(CorrectionError, match="no person 3"):
        say(site, 11, lambda correcting: correcting.value(MARTA, "name", "Eva Berg", 3))
    say(site, 11, lambda correcting: correcting.value(MARTA, "name", "Eva Berg", 1))
    say(site, 11, lambda correcting: correcting.value(MARTA, "address", "12 Oak Street", 1))
    known = view(site)
    assert known is not None
    assert (known.person, known.name) == (2, "Jonas")
    with site.read_model() as read_model:
        current = [memory for memory in read_model.facts(MARTA) if memory.is_current]
    found = {memory.fact.value: memory.person for memory in current if memory.fact is not UNSET}
    assert found == {"tea": 2, "Eva Berg": 1, "12 Oak Street": 1}
    say(site, 12, lambda correcting: correcting.value(MARTA, "name", "Jon Berg", 2))
    known = view(site)
    assert known is not None
    assert known.name == "Jon Berg"
    assert_as_replayed(site)


def test_who_opts_out_is_remembered_no_more_from_then_on(site: ProjectorSite) -> None:
    """Calls after that are in the log, and nothing else; those before stay remembered."""
    correct(site, "optout", at_hour=3)
    teach(site, 4, "I'm with Cigna now.")
    assert now(site) == ["Delta"]
    known = view(site)
    assert known is not None
    assert known.call_count == 1
    assert [*site.folders[0].glob("conv_4/conv_4_transcription.json")] != []
    assert_as_replayed(site)


def test_who_opts_out_altogether_is_a_stranger(site: ProjectorSite) -> None:
    """Nothing of any call is remembered, until that is undone: the log has kept everything."""
    before = site.dump()
    position = correct(site, "optout", is_all=True)
    known = view(site)
    assert known is not None
    assert (known.is_returning, known.name, known.facts) == (False, "", ())
    with site.read_model() as read_model:
        assert [*read_model.all_memories(MARTA)] == []
    assert now(site, OFFICE) == ["tea"]
    correct(site, "undo", undoes=position)
    assert site.dump() == before
    assert_as_replayed(site)
