"""A search tool that is set up wrongly is told from a caller who is not known."""

from collections import Counter
from typing import Any, get_args

import pytest
from structlog.testing import CapturingLogger

from ingress.metrics.counting import FAULTS
from ingress.webhooks import tool_faults
from ingress.webhooks.tool_faults import ToolFault, ToolFaultLog

AGENT = "agent_0123"


def faults_of(fields: dict[str, Any] | None, *, is_caller_known: bool = False) -> dict[str, int]:
    """Return the faults that are counted of one question."""
    counts = Counter[str]()
    ToolFaultLog(lambda fault: counts.update([fault])).note(fields, is_caller_known=is_caller_known)
    return dict(counts)


@pytest.mark.parametrize(
    "literal",
    [
        "{{system__caller_id}}",
        "{{ system__caller_id }}",
        " {{system__caller_id}} ",
        "{system__caller_id}",
        "${system__caller_id}",
        "${caller}",
        "system__caller_id",
        "SYSTEM__CALLER_ID",
        "{{caller_id}}",
        "%7B%7Bsystem__caller_id%7D%7D",
        "<caller_id>",
    ],
)
@pytest.mark.parametrize("field", ["caller_id", "called_number", "user_id", "agent_id", "conversation_id", "call_sid"])
def test_variable_that_nothing_was_put_in_place_of_is_one(field: str, literal: str) -> None:
    """A variable as it is written, in whichever field and form, is a fault, whoever the caller is."""
    fields = {"query": "son", "caller_id": "+12025550143"} | {field: literal}
    assert faults_of(fields, is_caller_known=True) == {"literal_variable": 1}


@pytest.mark.parametrize(
    "value", ["+12025550143", "anonymous", "", None, 12025550143, "sip:+1202@host", "user-42", "{}"]
)
def test_caller_who_is_not_known_is_no_fault(value: str | int | None) -> None:
    """A number, a withheld one, and the empty value of a web call are what a tool may send."""
    assert faults_of({"query": "son", "caller_id": value}) == {}


def test_tool_that_does_not_say_who_is_calling_is_one() -> None:
    """Without `caller_id` and `user_id` it is a fault, unless the conversation says who is calling."""
    assert faults_of({"query": "son", "agent_id": AGENT, "conversation_id": "conv_1"}) == {"no_caller_id": 1}
    assert faults_of({}) == {"no_caller_id": 1}
    assert faults_of({"query": "son", "conversation_id": "conv_1"}, is_caller_known=True) == {}
    assert faults_of({"query": "son", "user_id": ""}) == {}
    assert faults_of(None) == {"no_json": 1}


def test_fault_is_logged_once_an_hour_for_each_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often an agent asks, each of its faults is one warning an hour, without what was sent."""
    times_s = [0.0]
    counts = Counter[str]()
    log = ToolFaultLog(lambda fault: counts.update([fault]), clock_s=lambda: times_s[-1])
    said = CapturingLogger()
    monkeypatch.setattr(tool_faults, "logger", said)
    for at_s in (0.0, 10.0, 3599.0):
        times_s.append(at_s)
        log.note({"caller_id": "{{x}}", "agent_id": AGENT}, is_caller_known=False)
        log.note({"agent_id": AGENT}, is_caller_known=False)
        log.note({"agent_id": "agent_other"}, is_caller_known=False)
    assert [(call.kwargs["agent_id"], call.kwargs["fault"]) for call in said.calls] == [
        (AGENT, "literal_variable"),
        (AGENT, "no_caller_id"),
        ("agent_other", "no_caller_id"),
    ]
    times_s.append(3600.0)
    log.note({"agent_id": AGENT}, is_caller_known=False)
    assert [call.method_name for call in said.calls] == ["warning"] * 4
    assert counts == {"no_caller_id": 7, "literal_variable": 3}


def test_every_fault_is_a_label() -> None:
    """The metrics know each fault by its name, and no other."""
    assert get_args(ToolFault) == FAULTS


def test_agents_without_end_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that somebody makes up are forgotten again."""
    log = ToolFaultLog(clock_s=lambda: 0.0)
    monkeypatch.setattr(tool_faults, "logger", CapturingLogger())
    for number in range(5000):
        log.note({"agent_id": f"agent_{number}"}, is_caller_known=False)
    assert len(log._logged_at_s) <= 1000
