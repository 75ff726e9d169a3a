"""What is kept of ElevenLabs' answer about an agent: four short texts of a long configuration."""

import re
from typing import Any

import msgspec

from events.log.ours.agent_profile import AgentProfile
from projector.domain.reading.ids import squeezed
from projector.errors import ElevenLabsError

_NAME_CHARS_MAX = 200
_MESSAGE_CHARS_MAX = 2000
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
# ElevenLabs has no field for it. Who tells an agent for whom it speaks does so by a variable, and gives it a value for
# calls that bring none. The first of these that is there counts.
_COMPANY = (
    *("company", "company_name", "business", "business_name", "organization", "organization_name"),
    *("organisation", "organisation_name", "brand", "brand_name", "clinic", "clinic_name", "practice_name"),
)
_VARIABLES = ("dynamic_variables", "dynamic_variable_placeholders")


def profile_in(answer: bytes, agent_id: str, *, read_at_s: int) -> AgentProfile:
    """
    Return the profile of an agent; the prompt, the tools and all else of the answer are left out.

    Args:
        answer: the JSON of `GET /v1/convai/agents/{agent_id}`.
        read_at_s: the present in Unix seconds.

    Raises:
        ElevenLabsError: it is no answer about this agent.

    Source: the SDK's `GetAgentResponseModel` (elevenlabs 2.78). Any value may have another type than it says.
    """
    try:
        found = msgspec.json.decode(answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ElevenLabsError("ElevenLabs' answer about an agent cannot be read") from error
    if not isinstance(found, dict) or found.get("agent_id") != agent_id:
        raise ElevenLabsError("ElevenLabs' answer is not about the agent that was asked about")
    agent = _object(_object(found.get("conversation_config")).get("agent"))
    language = _text(agent.get("language"), _NAME_CHARS_MAX)
    return AgentProfile(
        agent_id=agent_id,
        name=_text(found.get("name"), _NAME_CHARS_MAX),
        company=_company(_object(_object(agent.get(_VARIABLES[0])).get(_VARIABLES[1]))),
        language=language if _TAG.fullmatch(language) else "",
        first_message=_text(agent.get("first_message"), _MESSAGE_CHARS_MAX),
        read_at_s=read_at_s,
    )


def _company(variables: dict[str, Any]) -> str:
    values = {squeezed(name): _text(value, _NAME_CHARS_MAX) for name, value in variables.items()}
    named = (values.get(squeezed(name), "") for name in _COMPANY)
    # A variable may stand for another one, whose value only a call knows.
    return next((value for value in named if value and "{{" not in value), "")


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, chars_max: int) -> str:
    """Return a text in one line, without what no terminal prints; empty for anything else."""
    if not isinstance(value, str):
        return ""
    printable = "".join(char if char.isprintable() else " " for char in value)
    return " ".join(printable.split())[:chars_max].rstrip()
