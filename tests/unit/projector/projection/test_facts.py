"""Facts: what several calls teach, folded, with their history, whatever the order in which everything comes."""

from pathlib import Path

import pytest
from msgspec import UNSET

from events.log.ours.correction import Correction, append_correction
from projector.domain.facts.told_facts import at_moment, is_planned
from projector.domain.fold import FoldSettings
from projector.domain.memories import FactDetails, Memory
from projector.projection.settings import ProjectionSettings
from tests.support.extractions import extraction, statement
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

HOUR_S = 3600


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path, ProjectionSettings())


def call(number: int, *said: str, **of: object) -> bytes:
    return transcription(f"conv_{number}", *said, at_s=NOON_S + number * HOUR_S, **of)  # type: ignore[arg-type]


def teach(site: ProjectorSite, *calls: bytes) -> None:
    """Have the log hold calls and what a model said of them, and fold them."""
    for body in calls:
        site.append(body)
        site.append(extraction(body), source="extraction")
    site.catch_up()


def facts(site: ProjectorSite) -> list[Memory]:
    with site.read_model() as read_model:
        found = [memory for memory in read_model.all_memories(MARTA) if memory.kind == "fact"]
    return sorted(found, key=lambda memory: (_details(memory).first_said_at_s, memory.id))


def _details(memory: Memory) -> FactDetails:
    assert memory.fact is not UNSET
    return memory.fact


def told(site: ProjectorSite) -> list[tuple[str, str, bool]]:
    """Return of each fact whom it is about, its value, and whether it is so now."""
    return [(_details(memory).about, _details(memory).value, memory.is_current) for memory in facts(site)]


def test_new_value_supersedes(site: ProjectorSite) -> None:
    """Of an attribute with one value the newest is so; the old one keeps when it was so."""
    teach(site, call(1, "I'm with Delta."), call(2, "I'm with Cigna now."))
    assert told(site) == [("caller", "Delta", False), ("caller", "Cigna", True)]
    assert _details(facts(site)[0]).until_s == NOON_S + 2 * HOUR_S
    check_sound(site.database())


def test_withdrawal_ends_a_value(site: ProjectorSite) -> None:
    """What is no longer so is history, and nothing takes its place."""
    teach(site, call(1, "I'm with Delta."), call(2, "I'm no longer with Delta."))
    assert told(site) == [("caller", "Delta", False)]


def test_value_that_comes_back_has_its_own_time(site: ProjectorSite) -> None:
    """A, then B, then A again: three times, of which the last is so."""
    teach(site, call(1, "I'm with Delta."), call(2, "I'm with Cigna now."), call(3, "I'm with Delta."))
    assert told(site) == [("caller", "Delta", False), ("caller", "Cigna", False), ("caller", "Delta", True)]
    assert len({memory.id for memory in facts(site)}) == 3


def test_past_is_never_current(site: ProjectorSite) -> None:
    """What was said to be over is remembered as that, and ends nothing."""
    teach(site, call(1, "I'm with Delta."), call(2, "I was with Aetna once."))
    assert told(site) == [("caller", "Delta", True), ("caller", "Aetna", False)]


def test_what_is_said_again_counts(site: ProjectorSite) -> None:
    """The same value of two calls is one memory, with both proofs."""
    teach(site, call(1, "I like tea."), call(2, "I like tea."))
    (fact,) = facts(site)
    assert _details(fact).count == 2
    assert [source.conversation_id for source in _details(fact).sources] == ["conv_1", "conv_2"]
    assert fact.occurred_at_s == NOON_S + 2 * HOUR_S


def test_third_partys_facts_are_theirs(site: ProjectorSite) -> None:
    """The son's allergy is the son's, and stays with the agent that heard of it."""
    teach(site, call(1, "My son can't have nuts."))
    (fact,) = facts(site)
    assert _details(fact).about == "son"
    assert fact.told_to is not None


def test_shared_attribute_is_told_to_all(site: ProjectorSite) -> None:
    """A telephone number is every agent's, an insurance the agent's own, and each agent has its own value."""
    one = call(1, "Call me at 202 555 0188.", "I'm with Delta.", agent="agent_a")
    teach(site, one, call(2, "I'm with Cigna now.", agent="agent_b"))
    found = {_details(memory).value: memory.told_to for memory in facts(site)}
    assert found == {"202 555 0188": None, "Delta": "agent_a", "Cigna": "agent_b"}
    assert all(memory.is_current for memory in facts(site))


def test_collected_and_stated_is_one_fact(site: ProjectorSite) -> None:
    """What was collected and what a model stated is one fact with several sources; the newest counts."""
    teach(site, call(1, "I'm with Delta.", insurance_provider="Delta"))
    (fact,) = facts(site)
    assert {source.kind for source in _details(fact).sources} == {"collected", "extraction"}
    teach(site, call(2, "I'm with Cigna now."))
    assert [value for _, value, is_current in told(site) if is_current] == ["Cigna"]
    with site.read_model() as read_model:
        collected = [memory for memory in read_model.all_memories(MARTA) if memory.kind == "collected"]
    assert [memory.is_current for memory in collected] == [False]
    check_sound(site.database())


def test_id_survives_another_model(site: ProjectorSite) -> None:
    """Another model and a newer prompt, in other words: the same fact has the same id."""
    body = call(1, "I'm with Delta.")
    teach(site, body)
    before = [memory.id for memory in facts(site)]
    other = statement("I'm with Delta.", 1, value="delta", content="Delta is the caller's insurance.")
    site.append(extraction(body, other, version=2, model="other"), source="extraction")
    site.catch_up()
    assert [memory.id for memory in facts(site)] == before
    assert facts(site)[0].text == "Delta is the caller's insurance."


def test_newer_prompt_counts_whenever_it_comes(site: ProjectorSite) -> None:
    """Of several extractions of a call the one of the newest prompt counts, then the later one."""
    body = call(1, "I'm with Delta.", "I like tea.")
    tea, delta = statement("I like tea.", 3), statement("I'm with Delta.", 1)
    site.append(extraction(body, tea, version=2, completed_at_s=5), source="extraction")
    site.append(extraction(body, delta, version=1, completed_at_s=9), source="extraction")
    site.append(body)
    site.catch_up()
    assert [value for _, value, _ in told(site)] == ["tea"]


def test_extraction_of_another_version_does_not_count(site: ProjectorSite) -> None:
    """What a model said of a version of a call that does not count is not remembered."""
    site.append(extraction(call(1, "I'm with Delta.")), source="extraction")
    site.append(call(1, "I like tea."))
    site.catch_up()
    assert facts(site) == []


def test_erasure_takes_facts_along(site: ProjectorSite) -> None:
    """Nothing is left of the facts of a caller who is forgotten, and nothing of what models said."""
    teach(site, call(1, "I'm with Delta."))
    site.forget(at_s=NOON_S + 50 * HOUR_S)
    assert facts(site) == []
    assert site.rows("SELECT * FROM said") == []
    assert site.rows("SELECT * FROM extractions") == []
    assert [*site.folders[0].glob("conv_1/*extraction*")] == []


def test_webhook_teaches_nothing(site: ProjectorSite) -> None:
    """Whoever sends an extraction as a webhook teaches nothing."""
    body = call(1, "I'm with Delta.")
    site.append(body, extraction(body))
    site.catch_up()
    assert facts(site) == []


def test_important_fact_reaches_all_only_where_that_is_safe(site: ProjectorSite) -> None:
    """One call cannot push a text to other agents by calling it important."""
    body = call(1, "I like tea.", "I'm with Delta.")
    tea = statement("I like tea.", 1, importance=10, attribute="preference", category="preference")
    site.append(body)
    site.append(extraction(body, tea, statement("I'm with Delta.", 3, importance=10)), source="extraction")
    site.catch_up()
    found = {_details(memory).value: (memory.told_to, _details(memory).importance) for memory in facts(site)}
    assert found["tea"] == (None, 10)
    assert found["Delta"][0] is not None
    assert found["Delta"][1] == 7


def test_plan_takes_its_place_on_its_day(site: ProjectorSite) -> None:
    """What is planned stands beside what is so; its day ends that, for whoever asks then, and for the next call."""
    teach(site, call(1, "I'm with Delta."))
    plan = call(2, "I'm with Cigna now.")
    item = statement("I'm with Cigna now.", 1, status="planned", valid_from="2025-11-14")
    site.append(plan)
    site.append(extraction(plan, item), source="extraction")
    site.catch_up()
    delta, cigna = facts(site)
    assert told(site) == [("caller", "Delta", True), ("caller", "Cigna", False)]
    day_s = NOON_S + 36 * HOUR_S  # the first second of that day
    assert (_details(delta).status, _details(delta).until_s) == ("current", day_s)
    assert (_details(cigna).status, is_planned(cigna)) == ("planned", True)
    before = [at_moment(each, day_s - 1).is_current for each in (delta, cigna)]
    after = [at_moment(each, day_s).is_current for each in (delta, cigna)]
    assert (before, after) == ([True, False], [False, True])
    teach(site, call(48, "I like tea.", "I'm with Cigna now."))
    assert [each for each in told(site) if each[1] != "tea"] == [("caller", "Delta", False), ("caller", "Cigna", True)]
    assert _details(facts(site)[0]).until_s == day_s
    assert _details(facts(site)[1]).status == "current"
    assert site.dump() == site.replayed_dump()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"valid_from": "2025-11-20"}, [("caller", "Delta", True), ("caller", "Cigna", False)]),
        ({"valid_from": "2025-11-12"}, [("caller", "Delta", False), ("caller", "Cigna", True)]),
        ({"status": "planned", "valid_from": "2025-11-01"}, [("caller", "Delta", False), ("caller", "Cigna", True)]),
        ({"valid_to": "2025-11-11"}, [("caller", "Delta", True), ("caller", "Cigna", False)]),
        ({"valid_to": "2025-11-12"}, [("caller", "Delta", False), ("caller", "Cigna", True)]),
        ({"valid_from": "0001-01-01"}, [("caller", "Delta", False), ("caller", "Cigna", True)]),
        ({"valid_to": "9999-12-31"}, [("caller", "Delta", False), ("caller", "Cigna", True)]),
    ],
)
def test_days_say_whether_it_is_so(
    site: ProjectorSite, days: dict[str, str], expected: list[tuple[str, str, bool]]
) -> None:
    """What is said to be so from a later day on is planned, what was so until an earlier one is over."""
    teach(site, call(1, "I'm with Delta."))
    body = call(2, "I'm with Cigna now.")
    site.append(body)
    site.append(extraction(body, statement("I'm with Cigna now.", 1, **days)), source="extraction")
    site.catch_up()
    assert told(site) == expected


def test_answer_to_another_version_counts_where_it_still_stands(site: ProjectorSite) -> None:
    """A call that comes again keeps what a model said of it, statement by statement, until it is asked of that one."""
    first = call(1, "I'm with Delta.", "I like tea.")
    teach(site, first)
    again = call(1, "I'm with Delta.", "I like tee.", event_timestamp=NOON_S)
    site.hold(again)
    assert told(site) == [("caller", "Delta", True)]
    site.append(extraction(again, statement("I like tea.", 3, value="tee", content="tee", quote="I like tee.")))
    site.append(extraction(first, version=9), source="extraction")
    site.catch_up()
    assert told(site) == [("caller", "Delta", True)]  # no webhook is an extraction
    own = extraction(again, statement("I like tea.", 3, value="tee", content="Likes tee.", quote="I like tee."))
    site.append(own, source="extraction")
    site.catch_up()
    assert told(site) == [("caller", "tee", True)]
    assert site.dump() == site.replayed_dump()


def test_hidden_field_hides_what_means_the_same(tmp_path: Path) -> None:
    """Of an id that nobody is told of nothing is told under another one, by a model or by a person either."""
    settings = ProjectionSettings(fold=FoldSettings(hidden_fields=("insurance_provider", "Frame-Size")))
    site = ProjectorSite(tmp_path, settings)
    body = call(1, "I'm with Delta.", "I like tea.")
    size = statement("I like tea.", 3, attribute="other:frame_size")
    site.append(body)
    site.append(
        extraction(body, statement("I'm with Delta.", 1), size, statement("I like tea.", 3)), source="extraction"
    )
    for attribute, value in (("insurance", "Oscar"), ("address", "12 Oak Street")):
        append_correction(site.log, Correction(caller=MARTA, action="correct", attribute=attribute, value=value))
    site.catch_up()
    assert sorted(value for _, value, _ in told(site)) == ["12 Oak Street", "tea"]
