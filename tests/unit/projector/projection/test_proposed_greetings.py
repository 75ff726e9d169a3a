"""The greeting that a model proposes reaches the view of its caller: of the newest call of each agent, and no other."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.log.ours.correction import Correction
from projector.domain.memories import CallerView
from tests.support.extractions import extraction
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
OTHER = "agent_other"
GREETING = "Welcome back, Marta! Has the parcel arrived?"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path)


def call(number: int, *said: str, **of: Any) -> bytes:
    said = said or ("This is Marta, my parcel is late.",)
    return transcription(f"conv_{number}", *said, at_s=NOON_S + number * DAY_S, **of)


def read(body: bytes, greeting: Any = GREETING, *, version: int = 1) -> bytes:
    answer = msgspec.json.encode({"memories": [], "next_greeting": greeting})
    return extraction(body, raw=answer, version=version)


def proposed(site: ProjectorSite, caller: str = MARTA) -> dict[str, str]:
    """Return what is proposed by agent; the same must come of a replay."""
    site.catch_up()
    followed = _greetings(site, caller)
    dump = site.dump()
    assert site.replayed_dump() == dump
    assert _greetings(site, caller) == followed
    return followed


def _greetings(site: ProjectorSite, caller: str) -> dict[str, str]:
    with site.read_model() as read_model:
        view: CallerView | None = read_model.view(caller)
    return {each.agent: each.next_greeting for each in view.newest_calls} if view is not None else {}


def test_comes_with_the_extraction_of_the_newest_call(site: ProjectorSite) -> None:
    """An extraction may come with the call, or long after it; a later call of the agent puts it aside."""
    first, second = call(1), call(2)
    site.append(first)
    assert proposed(site) == {AGENT: ""}
    site.append(read(first), source="extraction")
    assert proposed(site) == {AGENT: GREETING}
    site.append(second)
    assert proposed(site) == {AGENT: ""}
    site.append(read(second, "Hello Marta, is the parcel there?"), source="extraction")
    assert proposed(site) == {AGENT: "Hello Marta, is the parcel there?"}


def test_late_call_takes_no_newer_ones_place(site: ProjectorSite) -> None:
    """A call that comes late is not the newest, whatever was proposed of it."""
    late, newest = call(1), call(2)
    site.append(newest)
    site.append(read(newest), source="extraction")
    site.catch_up()
    site.append(late)
    site.append(read(late, "Hello Marta!"), source="extraction")
    assert proposed(site) == {AGENT: GREETING}


def test_each_agent_has_its_own(site: ProjectorSite) -> None:
    """A call with one agent leaves what was proposed of another one's alone."""
    own, others = call(1), call(2, agent=OTHER)
    for body, greeting in ((own, GREETING), (others, "Hello Marta!")):
        site.append(body)
        site.append(read(body, greeting), source="extraction")
    assert proposed(site) == {AGENT: GREETING, OTHER: "Hello Marta!"}


def test_call_without_a_word_of_the_caller_puts_it_aside(site: ProjectorSite) -> None:
    """The newest call counts, also if nobody but the agent spoke in it; a mailbox is no call with the caller."""
    first = call(1)
    site.append(first)
    site.append(read(first), source="extraction")
    site.append(transcription("conv_2", None, at_s=NOON_S + 2 * DAY_S))
    assert proposed(site) == {AGENT: ""}


@pytest.mark.parametrize(
    "greeting",
    [
        "Welcome back, Jonas!",
        "Welcome back, Marta! Is this about the repair?",
        "Welcome back, Marta! Is this about the parcel 4711?",
        "Welcome back, Marta! I remember the parcel.",
        "Willkommen zurück, Marta!",
        "Welcome back, {{name}}!",
        "Welcome back. Hello. Hi.",
        "",
        None,
        5,
        ["Welcome back, Marta!"],
        "x" * 100_000,
    ],
)
def test_what_the_call_does_not_prove_is_not_kept(site: ProjectorSite, greeting: Any) -> None:
    """What names somebody or something else than the call does, or is no greeting in its language, is no proposal."""
    body = call(1)
    site.append(body)
    site.append(read(body, greeting), source="extraction")
    assert proposed(site) == {AGENT: ""}


def test_delicate_matter_is_no_topic(site: ProjectorSite) -> None:
    """Of a parcel of which the caller spoke as of money alone no proposal speaks."""
    body = call(1, "This is Marta, I want a refund for the parcel.")
    site.append(body)
    site.append(read(body), source="extraction")
    assert proposed(site) == {AGENT: ""}


def test_newer_prompt_counts(site: ProjectorSite) -> None:
    """Of several answers for one call the one of the greatest prompt version counts, also if it proposes nothing."""
    body = call(1)
    site.append(body)
    site.append(read(body, version=2), source="extraction")
    site.append(read(body, "Hello Marta!", version=1), source="extraction")
    assert proposed(site) == {AGENT: GREETING}
    site.append(read(body, None, version=3), source="extraction")
    assert proposed(site) == {AGENT: ""}


def test_what_a_person_dropped_since_puts_it_aside(site: ProjectorSite) -> None:
    """A person who says that a memory is wrong says that a model may have believed it."""
    body = call(1)
    site.append(body)
    site.append(read(body), source="extraction")
    site.catch_up()
    with site.read_model() as read_model:
        memory = next(each for each in read_model.all_memories(MARTA) if each.kind == "turn")
    dropped = Correction(caller=MARTA, action="drop", id="1", at_s=NOON_S + 2 * DAY_S, memory_id=memory.id)
    site.append(msgspec.json.encode(dropped), source="correction")
    assert proposed(site) == {AGENT: ""}


def test_goes_with_an_erasure(site: ProjectorSite) -> None:
    """A caller who was forgotten leaves no greeting behind."""
    body = call(1)
    site.append(body)
    site.append(read(body), source="extraction")
    site.catch_up()
    site.forget(MARTA, at_s=NOON_S + 10 * DAY_S)
    assert "parcel" not in site.dump()
    assert proposed(site) == {}
