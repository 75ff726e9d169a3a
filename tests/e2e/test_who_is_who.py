"""Who is told of whose calls, through both processes: withheld numbers, spellings, machines, widgets, transfers."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.support.samples import AGENT, NOON_S, transcription
from tests.support.servers import Site

ADMIN_KEY = "adm_3f9c0a5b7d"
OTHER_AGENT, THIRD_AGENT = "agent_other", "agent_third"
WITHHELD = ("0000000000", "+10000000000", "sip:0000000000@host.example", "+4900000000")
SPELLINGS = (
    ("+5215587654321", "+525587654321"),
    ("+5491123456789", "+541123456789"),
    ("+551187654321", "+5511987654321"),
    ("+22507123456", "+2250707123456"),
    ("+22997123456", "+2290197123456"),
)
HEX = "0f9c1d2e3b4a5968778695a4b3c2d1e0"


def changed(body: bytes, metadata: dict[str, Any] | None = None, **data: Any) -> bytes:
    webhook = json.loads(body)
    webhook["data"] |= data
    webhook["data"]["metadata"] |= metadata or {}
    return json.dumps(webhook).encode()


def transferred() -> bytes:
    body = json.loads(transcription("conv_moved", "I told sales.", "I told billing.", caller="+12025550160"))
    for turn, agent in zip(body["data"]["transcript"][1::2], (AGENT, OTHER_AGENT), strict=True):
        turn["agent_metadata"] = {"agent_id": agent}
    return changed(
        json.dumps(body).encode(),
        visited_agents=[{"agent_id": AGENT}, {"agent_id": OTHER_AGENT}],
        analysis={
            "transcript_summary": "They moved on.",
            "scoped": [{"source_agent_id": OTHER_AGENT, "data_collection_results": {"plan": {"value": "gold"}}}],
            "data_collection_results_list": [{"data_collection_id": "city", "value": "Oslo"}],
        },
    )


def events() -> Iterator[bytes]:
    for n, number in enumerate(WITHHELD):
        yield transcription(f"conv_withheld_{n}", f"My code word is heron{n}.", caller=number, user_id=number)
    for n, numbers in enumerate(SPELLINGS):
        for m, number in enumerate(numbers):
            yield transcription(f"conv_spelled_{n}_{m}", f"My code word is stork{n}{m}.", caller=number)
    yield changed(
        transcription("conv_mailbox", "You have reached Dana.", caller="+12025550161", caller_name="Dana"),
        {"termination_reason": "voicemail_detection"},
    )
    yield transcription("conv_detected", "You have reached Dana.", caller="+12025550162", caller_name="Dana")
    detected = {"conversation_id": "conv_detected", "answered_by": "machine_end_beep"}
    yield json.dumps({"type": "answering_machine_detection", "event_timestamp": NOON_S, "data": detected}).encode()
    yield changed(
        transcription("conv_widget", "My code word is egret.", caller=None, user_id=HEX),
        {"conversation_initiation_source": "widget"},
    )
    yield transferred()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both processes, once they have taken all of these calls."""
    site = Site(tmp_path_factory.mktemp("site"), ADMIN_KEY=ADMIN_KEY)
    bodies = list(events())
    with site.ingress(), site.projector():
        for body in bodies:
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(len(bodies))
        yield site


def contents(found: dict[str, Any]) -> list[str]:
    return [memory["content"] for memory in found["memories"]]


@pytest.mark.parametrize("number", WITHHELD)
def test_withheld_number_hears_of_nobody(served: Site, number: str) -> None:
    """Whoever withholds the number is unknown, and is told nothing of another who did, nor by the id of before."""
    start = served.call_start(number)["dynamic_variables"]

    assert (start["is_returning_caller"], start["call_count"]) == (False, 0)
    assert served.search("code word heron", number, user_id=number, limit=20)["memories"] == []
    assert served.search("code word heron", None, user_id=number, limit=20)["memories"] == []


@pytest.mark.parametrize("numbers", SPELLINGS, ids=lambda numbers: numbers[1])
def test_spellings_are_greeted_as_one(served: Site, numbers: tuple[str, str]) -> None:
    """Whichever way a mobile is written, its caller has called twice, and is told of both calls."""
    for number in numbers:
        assert served.call_start(number)["dynamic_variables"]["call_count"] == 2
        assert len(contents(served.search("code word", number))) >= 2


@pytest.mark.parametrize("number", ["+12025550161", "+12025550162"])
def test_mailbox_is_not_welcomed_back(served: Site, number: str) -> None:
    """A caller whose mailbox alone was reached is greeted as a stranger; an operator sees the call."""
    start = served.call_start(number)["dynamic_variables"]

    assert (start["is_returning_caller"], start["caller_name"]) == (False, "")
    assert served.search("reached Dana", number)["memories"] == []
    assert "Not reached" in served.run("projector", "show", number).stdout


def test_visitor_of_a_widget_hears_of_nobody(served: Site) -> None:
    """An id that the widget made up finds nothing of an identical device."""
    assert served.search("code word egret", None, user_id=HEX)["memories"] == []


def test_each_agent_is_told_what_it_heard(served: Site) -> None:
    """After a transfer the second agent knows the whole call, the first what it heard, and a third one neither."""
    told = {
        agent: contents(served.search("sales billing", "+12025550160", agent_id=agent, limit=20))
        for agent in (AGENT, OTHER_AGENT, THIRD_AGENT)
    }
    assert "I told sales." in told[AGENT]
    assert "I told billing." not in told[AGENT]
    assert {"I told sales.", "I told billing."} <= set(told[OTHER_AGENT])
    assert not any(words.startswith("I told") for words in told[THIRD_AGENT])
    for agent, summary in ((AGENT, True), (OTHER_AGENT, True), (THIRD_AGENT, False)):
        variables = served.call_start("+12025550160", agent_id=agent)["dynamic_variables"]
        assert ("They moved on." in variables["last_call_summary"]) is summary
    assert served.search("plan", "+12025550160", agent_id=OTHER_AGENT)["profile"]["facts_flat"]["plan"] == "gold"


def ask(site: Site, method: str, number: str) -> Any:
    return site.request(method, f"/callers/{number}", headers={"x-api-key": ADMIN_KEY})


def exported(site: Site, number: str) -> list[str]:
    return [event["receipt"]["conversation_id"] for event in ask(site, "GET", number).json().get("events", [])]


def is_gone(site: Site, number: str) -> bool:
    return bool(ask(site, "GET", number).status_code == 404)


def test_any_digits_are_exported_and_forgotten(served: Site) -> None:
    """Digits that are no caller's, and a number in another spelling, find every call that names them, and remove it."""
    assert exported(served, "0000000000") == ["conv_withheld_0", "conv_withheld_1", "conv_withheld_2"]
    assert exported(served, f"user:{HEX}") == ["conv_widget"]
    assert exported(served, "5215587654321") == ["conv_spelled_0_0", "conv_spelled_0_1"]
    assert exported(served, "+551187654321") == ["conv_spelled_2_0", "conv_spelled_2_1"]

    for number in ("+10000000000", f"user:{HEX}", "+5215587654321", "551187654321"):
        assert ask(served, "DELETE", number).status_code in {200, 202}
        served.wait_until(partial(is_gone, served, number))

    left = {path.parent.name for path in (served.folder / "payloads").glob("*/*_transcription.json")}
    assert "conv_withheld_3" in left
    assert "conv_spelled_1_0" in left
    assert left.isdisjoint({"conv_withheld_0", "conv_withheld_1", "conv_withheld_2", "conv_widget"})
    assert left.isdisjoint({"conv_spelled_0_0", "conv_spelled_0_1", "conv_spelled_2_0", "conv_spelled_2_1"})
