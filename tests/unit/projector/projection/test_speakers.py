"""Whose call it is by a model's answer, stored: whenever the answer comes, the read model is what a replay writes."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from events.log.ours.correction import Correction, append_correction
from projector.domain.calls import Call
from projector.domain.facts.said import Group
from projector.domain.facts.told_facts import fact_id
from projector.domain.fold import FoldSettings
from projector.domain.memories import CallerView, Memory
from projector.domain.rules.said import said_memories
from projector.projection.settings import ProjectionSettings
from tests.support.extractions import extraction, statement
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

HOUR_S = 3600
MANY = 80  # more calls than between two stops of the fold


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path, ProjectionSettings())


def call(number: int, *said: str, **of: object) -> bytes:
    return transcription(f"conv_{number:04}", *said, at_s=NOON_S + number * HOUR_S, **of)  # type: ignore[arg-type]


def read(site: ProjectorSite, body: bytes, *, version: int = 1, changed: dict[str, object] | None = None) -> None:
    """Have the log hold what a model says of a call: its sayings, or that it says nothing of a name."""
    items = [statement("This is Nadia.", 1) | changed] if changed else []
    site.append(extraction(body, *items, version=version), source="extraction")
    site.catch_up()


def people(site: ProjectorSite) -> dict[str, set[int]]:
    """Return the numbers of whoever each call was with."""
    found: dict[str, set[int]] = {}
    with site.read_model() as read_model:
        for memory in read_model.all_memories(MARTA):
            if memory.kind == "turn":
                found.setdefault(memory.conversation_id[-4:].lstrip("0"), set()).add(memory.person)
    return found


def view_of(site: ProjectorSite) -> CallerView:
    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    return view


def check(site: ProjectorSite) -> None:
    """See that what is stored is what a replay writes."""
    check_sound(site.database())
    assert site.dump() == site.replayed_dump()


def test_answer_gives_a_call_to_whom_it_names(site: ProjectorSite) -> None:
    """The call, the words and the facts are hers; a fact of hers is not among his."""
    mine, hers = call(1, "I'm Ana Berg.", "I'm with Delta."), call(2, "This is Nadia.", "I can't have nuts.")
    for body in (mine, hers):
        site.append(body)
    site.catch_up()
    assert people(site) == {"1": {1}, "2": {1}}
    read(site, mine)
    read(site, hers)
    assert people(site) == {"1": {1}, "2": {2}}
    with site.read_model() as read_model:
        told = {(each.person, each.text) for each in read_model.all_memories(MARTA) if each.kind == "fact"}
    assert (2, "The caller can't have nuts.") in told
    assert (1, "The caller is with Delta.") in told
    assert view_of(site).name == "Ana Berg"
    check(site)


@pytest.mark.parametrize("is_answer_first", [True, False], ids=["answer before its call", "call before its answer"])
def test_answer_may_come_before_its_call(site: ProjectorSite, is_answer_first: bool) -> None:
    """Whichever comes first, the call is hers."""
    mine, hers = call(1, "I'm Ana Berg."), call(2, "This is Nadia.")
    site.append(mine)
    read(site, mine)
    for body, source in [(hers, "webhook"), (extraction(hers), "extraction")][:: -1 if is_answer_first else 1]:
        site.append(body, source=source)
        site.catch_up()
    assert people(site) == {"1": {1}, "2": {2}}
    check(site)


def test_newer_answer_gives_a_call_back(site: ProjectorSite) -> None:
    """What a newer prompt's answer says counts, an older one's that comes late does not."""
    mine, hers = call(1, "I'm Ana Berg."), call(2, "This is Nadia.")
    for body in (mine, hers):
        site.append(body)
        read(site, body, version=2)
    assert people(site) == {"1": {1}, "2": {2}}
    read(site, hers, version=3, changed={"status": "past"})
    assert people(site) == {"1": {1}, "2": {1}}
    read(site, hers, version=1)
    assert people(site) == {"1": {1}, "2": {1}}
    check(site)


@pytest.mark.parametrize("number", [1, 40, MANY - 1], ids=["long ago", "a while ago", "last"])
def test_answer_on_an_earlier_call(site: ProjectorSite, number: int) -> None:
    """Calls after it are folded again, from a stop or from the first call: with each other caller's name it is so."""
    bodies = [call(each, "I'm Ana Berg." if each == 0 else "This is Nadia.") for each in range(MANY)]
    for body in bodies:
        site.append(body)
    site.catch_up()
    read(site, bodies[0])
    read(site, bodies[number])
    assert {each for each, of in people(site).items() if of == {2}} == {str(number)}
    check(site)


def test_dropped_name_gives_a_call_back(site: ProjectorSite) -> None:
    """A person says that she is not called so: then the call stays whose it was, until that is taken back."""
    mine, hers = call(1, "I'm Ana Berg."), call(2, "This is Nadia.")
    for body in (mine, hers):
        site.append(body)
        read(site, body)
    wrong = fact_id(MARTA, Group(2, "caller", "name", None), "nadia", 1)
    append_correction(site.log, Correction(caller=MARTA, action="drop", memory_id=wrong, id="1", at_s=NOON_S))
    site.catch_up()
    assert people(site) == {"1": {1}, "2": {1}}
    check(site)


def test_erased_call_leaves_no_name(site: ProjectorSite) -> None:
    """Whoever asks to be forgotten is forgotten with everybody who called from the number."""
    for number, said in ((1, "I'm Ana Berg."), (2, "This is Nadia.")):
        body = call(number, said)
        site.append(body)
        read(site, body)
    site.request_erasure(MARTA, at_s=NOON_S + 10 * HOUR_S)
    site.catch_up()
    assert "Nadia" not in site.dump()
    check(site)


def test_hidden_name_names_nobody(tmp_path: Path) -> None:
    """Where nobody is to be told of names, none decides."""
    site = ProjectorSite(tmp_path, ProjectionSettings(fold=FoldSettings(hidden_fields=("name",))))
    for number, said in ((1, "I'm Ana Berg."), (2, "This is Nadia.")):
        body = call(number, said)
        site.append(body)
        read(site, body)
    assert people(site) == {"1": {1}, "2": {1}}
    check(site)


@pytest.mark.parametrize(
    "changed",
    [
        {"value": "Peter", "content": "The caller is Peter."},
        {"quote": "This is Peter."},
        {"turn": 0},
        {"status": "past"},
        {"about": "friend"},
        {"confirms_turn": 0},
    ],
    ids=["another name", "not said", "the agent's turn", "over", "another's", "the agent's words"],
)
def test_what_is_not_proven_gives_no_call_away(site: ProjectorSite, changed: dict[str, object]) -> None:
    """A name counts only with the caller's own words, as every statement does."""
    mine, hers = call(1, "I'm Ana Berg."), call(2, "This is Nadia.")
    site.append(mine)
    read(site, mine)
    site.append(hers)
    read(site, hers, changed=changed)
    assert people(site) == {"1": {1}, "2": {1}}
    check(site)


def test_state_does_not_grow_with_who_spoke(site: ProjectorSite) -> None:
    """Of names that were said it holds those of the last calls alone."""
    for number in range(MANY * 2):
        body = call(number, "This is Nadia.")
        site.append(body)
        site.append(extraction(body), source="extraction")
    site.catch_up()
    ((state,),) = site.rows("SELECT state FROM callers")
    assert len(msgspec.json.decode(state)["speakers"]) <= 64


def test_call_that_is_set_aside_leaves_its_answer_alone(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that cannot be folded, and the answer to it in the same batch, do not stop the others."""

    def fail_on_one(call: Call, person: int) -> Iterator[Memory]:
        if call.conversation_id == "conv_0002":
            raise ValueError(call.conversation_id)
        return said_memories(call, person)

    monkeypatch.setattr("projector.domain.fold.said_memories", fail_on_one)
    for number, said in ((1, "I'm Ana Berg."), (2, "This is Nadia."), (3, "This is Nadia.")):
        body = call(number, said)
        site.append(body)
        site.append(extraction(body), source="extraction")
    site.catch_up()
    assert people(site) == {"1": {1}, "3": {2}}
    assert [fault.conversation_id for fault in site.faults()] == ["conv_0002"]
