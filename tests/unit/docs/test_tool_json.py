"""The search tool that docs/elevenlabs-setup.md gives to copy is one that ElevenLabs takes, and that we answer."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elevenlabs.environment import ElevenLabsEnvironment
from elevenlabs.types import DynamicVariableAssignment, ToolRequestModel, WebhookToolConfigInput

from events.wire.webhooks import SearchDataRequest
from ingress.operating.setup.wanted import wanted_tool
from ingress.settings import OUR_VARIABLES
from ingress.webhooks.search_answer import Profile, SearchDataAnswer

_PAGE = (Path(__file__).parents[3] / "docs" / "elevenlabs-setup.md").read_text()
API, DASHBOARD = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", _PAGE, re.DOTALL))
_ASKED = ("query", "keywords")
# Source: ElevenLabs' documentation of system dynamic variables, and the recorded payloads.
_SYSTEM = {"caller_id", "called_number", "agent_id", "conversation_id", "call_sid"}


def tool(form: str) -> dict[str, Any]:
    """Return the tool in one of its two forms."""
    found: dict[str, Any] = API["tool_config"] if form == "api" else DASHBOARD
    return found


def parameters(form: str) -> dict[str, tuple[bool, dict[str, Any]]]:
    """Return the parameters of the tool's body, each with whether it is required."""
    schema = tool(form)["api_schema"]["request_body_schema"]
    if form == "api":
        return {name: (name in schema["required"], one) for name, one in schema["properties"].items()}
    return {one["id"]: (one["required"], one) for one in schema["properties"]}


def test_api_takes_the_tool() -> None:
    """The form for the API passes the SDK's own types, and has no field that they do not know."""
    parsed = ToolRequestModel.model_validate(API).tool_config
    assert parsed.type == "webhook"
    assert set(API["tool_config"]) - {"type"} <= set(WebhookToolConfigInput.model_fields)
    (assignment,) = API["tool_config"]["assignments"]
    assert set(assignment) <= set(DynamicVariableAssignment.model_fields)


def test_setup_makes_this_tool() -> None:
    """`ingress setup` makes the tool that the page gives to copy."""
    url = API["tool_config"]["api_schema"]["url"]
    assert wanted_tool(url, "YOUR-SECRET-ID") == API["tool_config"]


@pytest.mark.parametrize("form", ["api", "dashboard"])
def test_tool_ends_no_call(form: str) -> None:
    """Only the question is required, an error is kept from the LLM, and nobody waits longer than the least there is."""
    assert [name for name, (is_required, _) in parameters(form).items() if is_required] == ["query"]
    assert tool(form)["tool_error_handling_mode"] == "hide"
    assert tool(form)["pre_tool_speech"] == "auto"
    assert tool(form)["response_timeout_secs"] == 5


@pytest.mark.parametrize("form", ["api", "dashboard"])
def test_llm_fills_in_the_question_alone(form: str) -> None:
    """Every parameter is a field of our question; all but query and keywords are bound to ElevenLabs' own variables."""
    ours = {field.encode_name for field in msgspec.structs.fields(SearchDataRequest)}
    bound = {name: one.get("dynamic_variable") for name, (_, one) in parameters(form).items()}
    assert set(bound) == {*_ASKED, *_SYSTEM} <= ours
    assert not any(bound.pop(name) for name in _ASKED)
    assert bound == {name: f"system__{name}" for name in _SYSTEM}


@pytest.mark.parametrize("form", ["api", "dashboard"])
def test_tool_assigns_the_name_that_was_found(form: str) -> None:
    """The assignment takes the name from where our answer has it, and puts it into a variable that we also send."""
    (assignment,) = tool(form)["assignments"]
    assert assignment["source"] == "response"
    assert assignment["dynamic_variable"] in OUR_VARIABLES
    answer = msgspec.to_builtins(SearchDataAnswer(profile=Profile(name="Marta"), memories=[], summary=""))
    for step in assignment["value_path"].split("."):
        answer = answer[step]
    assert answer == "Marta"


@pytest.mark.parametrize("form", ["api", "dashboard"])
def test_keywords_are_a_list_of_words(form: str) -> None:
    """The LLM is asked for five or six words, in the caller's language too; both forms word it alike."""
    is_required, keywords = parameters(form)["keywords"]
    assert (is_required, keywords["type"], keywords["items"]["type"]) == (False, "array", "string")
    assert "Five or six" in keywords["description"]
    assert "caller's language" in keywords["description"]
    assert keywords["description"] == parameters("api")["keywords"][1]["description"]


def test_both_forms_say_the_same() -> None:
    """The two forms have the same name, description, address and parameters."""
    for field in ("name", "description"):
        assert tool("api")[field] == tool("dashboard")[field]
    assert tool("api")["api_schema"]["url"] == tool("dashboard")["api_schema"]["url"]
    assert list(parameters("api")) == list(parameters("dashboard"))


@pytest.mark.parametrize("environment", list(ElevenLabsEnvironment))
def test_hosts_are_the_sdks(environment: ElevenLabsEnvironment) -> None:
    """Each host of the API that the SDK knows is on the page."""
    assert f"`{environment.value.removeprefix('https://')}`" in _PAGE
