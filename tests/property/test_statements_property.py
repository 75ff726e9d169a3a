"""Of any statements, corrections, drops and opt-outs, in any order: what is so now, whose it is, and what is gone."""

import json
import math
import tempfile
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct

from projector.domain.facts.said import Group
from projector.domain.facts.told_facts import fact_id
from projector.domain.memories import FactDetails
from tests.support.extractions import extraction
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

_DAY_S = 24 * 3600
_AGENT = "agent_a"
_SINGLE = ("insurance", "employer")
_VALUES = {
    "insurance": ("Delta", "Cigna", "Aetna"),
    "employer": ("Siemens", "Bosch", "Philips"),
    "allergy": ("nuts", "latex", "penicillin"),
    "medication": ("warfarin", "metformin", "ramipril"),
}
# How one says it of oneself and of a son, by whether it is so, was so, or is so no more.
_SAID = {
    "insurance": {"current": "with {}", "past": "with {} once", "ended": "no longer with {}"},
    "employer": {"current": "at {}", "past": "at {} once", "ended": "no longer at {}"},
    "allergy": {"current": "allergic to {}", "past": "allergic to {} once", "ended": "no longer allergic to {}"},
    "medication": {"current": "on {}", "past": "on {} once", "ended": "no longer on {}"},
}
_BEGINS = {
    ("caller", "current"): ("I'm", "The caller is"),
    ("caller", "past"): ("I was", "The caller was"),
    ("caller", "ended"): ("I'm", "The caller is"),
    ("son", "current"): ("My son is", "The son is"),
    ("son", "past"): ("My son was", "The son was"),
    ("son", "ended"): ("My son is", "The son is"),
}


class Saying(Struct, frozen=True):
    """One sentence of a caller, and what a careful model states of it."""

    about: str
    attribute: str
    value: str
    status: str

    @property
    def words(self) -> str:
        """The sentence."""
        return f"{_BEGINS[self.about, self.status][0]} {self._rest}."

    def stated(self, turn: int) -> dict[str, Any]:
        """Return what a model states of it."""
        content = f"{_BEGINS[self.about, self.status][1]} {self._rest}."
        stated: dict[str, Any] = {"category": "factual", "about": self.about, "attribute": self.attribute}
        stated |= {"value": self.value, "content": content, "status": self.status, "importance": 6}
        return stated | {"confidence": 0.9, "quote": self.words, "turn": turn}

    @property
    def _rest(self) -> str:
        return _SAID[self.attribute][self.status].format(self.value)


_attributes = st.sampled_from(sorted(_VALUES))
_sayings = _attributes.flatmap(
    lambda attribute: st.builds(
        Saying,
        about=st.sampled_from(["caller", "caller", "son"]),
        attribute=st.just(attribute),
        value=st.sampled_from(_VALUES[attribute]),
        status=st.sampled_from(["current", "current", "past", "ended"]),
    )
)
_calls = st.lists(st.lists(_sayings, max_size=4), max_size=6)


def _correction(at_s: int, action: str, number: int, **of: object) -> bytes:
    made = {"id": f"{number} {action} {of}", "at_s": at_s, "action": action, "caller": MARTA}
    return msgspec.json.encode({"type": "elaoms_correction"} | made | of)


@st.composite
def _acts(draw: st.DrawFn) -> list[tuple[str, int, dict[str, Any]]]:
    """Draw what persons settle: what is so, what is wrong, and who is not to be remembered."""
    acts: list[tuple[str, int, dict[str, Any]]] = []
    for _ in range(draw(st.integers(0, 3))):
        attribute = draw(_attributes)
        value = draw(st.sampled_from(_VALUES[attribute]))
        about = draw(st.sampled_from(["caller", "son"]))
        group = Group(1, about, attribute, _AGENT)
        dropped = fact_id(MARTA, group, value.casefold(), draw(st.integers(1, 2)))
        kind = draw(st.sampled_from(["correct", "drop", "drop", "optout"]))
        correction: dict[str, dict[str, Any]] = {
            "correct": {"attribute": attribute, "value": value},
            "drop": {"memory_id": dropped},
            "optout": {"is_all": draw(st.booleans())},
        }
        acts.append((kind, NOON_S + draw(st.integers(0, 6)) * _DAY_S + 1, correction[kind]))
    return acts


def _events(calls: list[list[Saying]], acts: list[tuple[str, int, dict[str, Any]]]) -> list[tuple[bytes, str]]:
    events: list[tuple[bytes, str]] = []
    for number, said in enumerate(calls):
        body = transcription(
            f"conv_{number}", *(each.words for each in said), at_s=NOON_S + number * _DAY_S, agent=_AGENT
        )
        turns = [turn["message"] for turn in json.loads(body)["data"]["transcript"]]
        at = [index for index, turn in enumerate(turns) if turn in {each.words for each in said}]
        assert len(at) == len(said)
        items = [each.stated(index) for each, index in zip(said, at, strict=True)]
        events += [(body, "webhook"), (extraction(body, *(items or [{"nothing": 1}])), "extraction")]
    return events + [
        (_correction(at_s, kind, number, **of), "correction") for number, (kind, at_s, of) in enumerate(acts)
    ]


def _facts(site: ProjectorSite) -> list[tuple[FactDetails, bool]]:
    with site.read_model() as read_model:
        found = read_model.facts(MARTA)
    return [(memory.fact, memory.is_current) for memory in found if memory.fact is not UNSET]


def _expected(calls: list[list[Saying]]) -> dict[tuple[str, str], list[str]]:
    """Return what is so now by all that was said, told by nobody but the calls in their order."""
    now: dict[tuple[str, str], list[str]] = defaultdict(list)
    for said in calls:
        # Of one breath, what ends comes before what begins; each sentence is a breath of its own.
        for each in said:
            current = now[each.about, each.attribute]
            if each.status == "ended" and each.value in current:
                current.remove(each.value)
            if each.status == "current" and each.value not in current:
                if each.attribute in _SINGLE:
                    current.clear()
                current.append(each.value)
    return {key: sorted(values) for key, values in now.items() if values}


def _current(facts: list[tuple[FactDetails, bool]]) -> dict[tuple[str, str], list[str]]:
    now: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact, is_current in facts:
        if is_current:
            now[fact.about, fact.attribute].append(fact.value)
    return {key: sorted(values) for key, values in now.items()}


@settings(max_examples=30)
@given(calls=_calls, acts=_acts(), data=st.data())
def test_what_is_so_now_is_what_was_said_last(
    calls: list[list[Saying]], acts: list[tuple[str, int, dict[str, Any]]], data: st.DataObject
) -> None:
    """
    Whatever is said, corrected, dropped and opted out of, and whenever it comes in, the same is so.

    A single attribute has one value, what was withdrawn has none, what a son has is not the caller's, and what was
    added bit by bit is what a replay learns.
    """
    events = data.draw(st.permutations(_events(calls, acts)))
    with tempfile.TemporaryDirectory() as folder:
        with closing(ProjectorSite(Path(folder))) as site:
            for body, source in events:
                site.append(body, source=source)
                if data.draw(st.booleans()):
                    site.follower.catch_up()
            site.follower.catch_up()
        added, facts = tables_of(site), _facts(site)
        site.replay()
        replayed = tables_of(site)
    assert added == replayed
    now = _current(facts)
    for (_, attribute), values in now.items():
        # What a person corrected stands for all agents, and beside it what an agent heard of the same value.
        assert len(values) == len(set(values)) or any(kind == "correct" for kind, *_ in acts)
        assert len(set(values)) <= 1 or attribute not in _SINGLE
    # Who opted out is told of what was said before, and of nothing that was said later: not even that it has ended.
    until_s = min((at_s for kind, at_s, _ in acts if kind == "optout"), default=math.inf)
    every = [each for number, call in enumerate(calls) if NOON_S + number * _DAY_S < until_s for each in call]
    corrected = {(of["attribute"], of["value"]) for kind, _, of in acts if kind == "correct"}
    said = {(each.about, each.attribute, each.value) for each in every if each.status == "current"}
    for (about, attribute), values in now.items():
        for value in values:
            assert (about, attribute, value) in said or (about == "caller" and (attribute, value) in corrected)
    last = {(each.about, each.attribute, each.value): each.status for each in every if each.status != "past"}
    for (about, attribute, value), status in last.items():
        if status == "ended" and (about != "caller" or (attribute, value) not in corrected):
            assert value not in now.get((about, attribute), [])
    if any(kind == "optout" and of["is_all"] for kind, _, of in acts):
        assert not facts
    if not acts:
        assert now == _expected(calls)
