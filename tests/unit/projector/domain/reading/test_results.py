"""Collected values are read wherever an analysis lists them."""

import json
from typing import Any

import pytest

from projector.domain.calls import Call
from tests.support.calls import call_in
from tests.support.samples import AGENT, transcription


def call(**analysis: Any) -> Call:
    webhook = json.loads(transcription("conv_1", "Hello."))
    webhook["data"]["analysis"] = {"data_collection_results": {}} | analysis
    return call_in(json.dumps(webhook).encode())


def value(value: Any, id_: str | None = None) -> dict[str, Any]:
    return {"value": value, "rationale": "", **({"data_collection_id": id_} if id_ else {})}


def scope(agent_id: Any, results: Any) -> dict[str, Any]:
    return {"scope": "agent", "source_agent_id": agent_id, "data_collection_results": results, "successful": "success"}


def test_value_of_an_agent_after_a_transfer_is_read() -> None:
    """What was collected for one agent of a call is a value of the call, and says whose it is."""
    read = call(scoped=[scope(AGENT, {"pet": value("cat")}), scope("agent_b", {"plan": value("gold")})])

    assert read.collected == {"pet": "cat", "plan": "gold"}
    assert read.collected_by == {"plan": "agent_b"}


def test_listed_value_is_read() -> None:
    """A list of results says the same as an object of them."""
    read = call(data_collection_results_list=[value("cat", "pet"), value(3, "age"), value(None, "plan")])
    assert read.collected == {"age": 3, "pet": "cat"}


def test_value_of_the_whole_call_counts_first() -> None:
    """Where one id has several values, that of the whole call counts, then the last agent's; null is no value."""
    read = call(
        data_collection_results={"pet": value("dog"), "plan": value(None)},
        data_collection_results_list=[value("cat", "pet"), value(None, "plan")],
        scoped=[
            scope("agent_a", {"plan": value("silver"), "pet": value("fish"), "size": value("S")}),
            scope("agent_b", {"plan": value("gold"), "size": value(None)}),
        ],
    )
    assert read.collected == {"pet": "dog", "plan": "gold", "size": "S"}
    assert read.collected_by == {"plan": "agent_b", "size": "agent_a"}


@pytest.mark.parametrize(
    "odd",
    [
        {"scoped": None},
        {"scoped": {}},
        {"scoped": "agent_a"},
        {"scoped": [None, 5, "x", [], {}]},
        {"scoped": [scope(None, None), scope([], []), scope(5, "x"), scope("agent_a", {"": value("x"), "y": None})]},
        {"scoped": [scope("agent_a", {"y": "x"}), scope("agent_a", [None, value("x"), 5])]},
        {"data_collection_results_list": {}},
        {"data_collection_results_list": "pet"},
        {"data_collection_results_list": [None, 5, "x", [], {}, value("x"), {"data_collection_id": 5, "value": 1}]},
    ],
    ids=ascii,
)
def test_odd_results_cost_themselves_alone(odd: dict[str, Any]) -> None:
    """What is no result is skipped, and all else of the call is read."""
    read = call(data_collection_results={"pet": value("cat")}, **odd)
    assert read.collected == {"pet": "cat"}


def test_listed_result_of_a_scope_is_read() -> None:
    """The results of an agent may be a list, too."""
    assert call(scoped=[scope("agent_b", [value("gold", "plan")])]).collected == {"plan": "gold"}
