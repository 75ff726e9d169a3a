"""Tells a search tool that is set up wrongly from a caller who is not known: both are answered alike."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from events.process.logging import get_logger
from ingress.http.requests import agent_of, loggable

logger = get_logger("webhook")
ToolFault = Literal["no_json", "no_caller_id", "literal_variable"]
_HOUR_S = 60 * 60
# Agents are named by whoever asks. Where the key is not needed these may be strangers.
_AGENTS_MAX = 1000
_BOUND = ("caller_id", "called_number", "user_id", "agent_id", "conversation_id", "call_sid", "timezone")
# A variable that nothing was put in place of: `{{system__caller_id}}`, also with one brace, encoded, or as a bare name.
_LITERAL = re.compile(r"\s*(?:\$?(?:\{|%7B){1,3}\s*\w+\s*(?:\}|%7D){1,3}|<\s*\w+\s*>|system__\w+)\s*", re.IGNORECASE)
ADVICE: dict[str, str] = {
    "no_json": "the body is no JSON object: make it one, with `query` and the bound parameters",
    "no_caller_id": "there is no `caller_id`, and nothing else says who is calling: bind it to system__caller_id",
    "literal_variable": "a variable came as it is written: choose `dynamic variable` as the value's type, and its name",
}


class ToolFaultLog:
    """
    The faults of search tools, logged once an hour for each agent and fault.

    Args:
        on_fault: is called with each fault.
        clock_s: a monotonic clock, in seconds.
    """

    def __init__(
        self, on_fault: Callable[[ToolFault], None] = lambda _: None, *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_fault = on_fault
        self._clock_s = clock_s
        self._logged_at_s: dict[tuple[str | None, ToolFault], float] = {}

    def note(self, fields: Mapping[str, Any] | None, *, is_caller_known: bool) -> None:
        """
        Note what is wrong with a question, if anything is.

        Args:
            fields: of the question as it came; None where its body is no JSON object.
            is_caller_known: whether the question says who is calling, in whichever way.
        """
        for fault, names in _faults(fields, is_caller_known=is_caller_known):
            self.note_fault(fault, loggable(agent_of((fields or {}).get("agent_id"))), names)

    def note_fault(self, fault: ToolFault, agent_id: str | None = None, fields: tuple[str, ...] = ()) -> None:
        """Note a fault, of an agent if the question names one, in these of the question's fields."""
        self._on_fault(fault)
        key, now_s = (agent_id, fault), self._clock_s()
        if now_s - self._logged_at_s.get(key, float("-inf")) < _HOUR_S:
            return
        if len(self._logged_at_s) >= _AGENTS_MAX:
            self._logged_at_s.clear()
        self._logged_at_s[key] = now_s
        logger.warning(
            "search_tool_misconfigured",
            fault=fault,
            agent_id=agent_id,
            fields=list(fields),
            reason=ADVICE[fault],
            see="docs/elevenlabs-setup.md, The search tool",
        )


def _faults(fields: Mapping[str, Any] | None, *, is_caller_known: bool) -> list[tuple[ToolFault, tuple[str, ...]]]:
    if fields is None:
        return [("no_json", ())]
    literal = tuple(name for name in _BOUND if isinstance(fields.get(name), str) and _LITERAL.fullmatch(fields[name]))
    found: list[tuple[ToolFault, tuple[str, ...]]] = [("literal_variable", literal)] if literal else []
    # Empty is what a call without a number has; a tool that is not told to send it leaves it out.
    if not is_caller_known and not {"caller_id", "user_id"} & fields.keys():
        found.append(("no_caller_id", ("caller_id",)))
    return found
