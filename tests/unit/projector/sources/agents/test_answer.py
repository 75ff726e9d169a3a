"""What is kept of ElevenLabs' answer about an agent."""

import json
from typing import Any

import msgspec
import pytest
from elevenlabs.core.unchecked_base_model import construct_type
from elevenlabs.types import GetAgentResponseModel
from hypothesis import given
from hypothesis import strategies as st

from events.log.ours.agent_profile import AgentProfile, read_agent_profile_body
from projector.errors import ElevenLabsError
from projector.sources.agents.answer import profile_in
from tests.support.elevenlabs import SECRET_PROMPT, SECRET_TOKEN, agent_of

NOW_S = 1_762_948_800


def profile(agent: Any, agent_id: str = "agent_1") -> AgentProfile:
    return profile_in(json.dumps(agent).encode(), agent_id, read_at_s=NOW_S)


def test_four_texts_are_kept_and_nothing_else() -> None:
    """The name, the company, the language and the first message are those of the SDK; no prompt, token or address."""
    agent = agent_of("agent_1", "Ada", variables={"user_name": "Anna", "Company-Name": "Müller & Co"})
    found = profile(agent)

    sdk: Any = construct_type(type_=GetAgentResponseModel, object_=agent)
    assert found == AgentProfile(
        agent_id=sdk.agent_id,
        name=sdk.name,
        company="Müller & Co",
        language=sdk.conversation_config.agent.language,
        first_message=sdk.conversation_config.agent.first_message,
        read_at_s=NOW_S,
    )
    stored = msgspec.json.encode(found).decode()
    for secret in (SECRET_PROMPT, SECRET_TOKEN, "operator@example.com", "Anna", "x.example"):
        assert secret in json.dumps(agent)
        assert secret not in stored


@pytest.mark.parametrize(
    ("variables", "company"),
    [
        ({"company": "Acme", "brand": "Other"}, "Acme"),
        ({"business_name": "Acme", "brand": "Other"}, "Acme"),
        ({"organisationName": " Acme\n GmbH "}, "Acme GmbH"),
        ({"clinic": "Praxis Dr. Öz"}, "Praxis Dr. Öz"),
        ({"company": "", "brand": "Acme"}, "Acme"),
        ({"company": "{{system__agent_id}}", "brand": "Acme"}, "Acme"),
        ({"company": 7, "company_size": "200", "accompany": "Ben"}, ""),
        ({"user_name": "Anna"}, ""),
        ({}, ""),
        (["company"], ""),
        ("company", ""),
    ],
)
def test_company_is_the_value_of_a_variable_named_so(variables: Any, company: str) -> None:
    """ElevenLabs has no field for it: the placeholder of a variable that means it counts, and no other value."""
    assert profile(agent_of("agent_1", variables=variables)).company == company


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("de", "de"),
        ("pt-br", "pt-br"),
        ("zh_Hant", "zh_Hant"),
        ("German please", ""),
        ("", ""),
        (None, ""),
        (["de"], ""),
    ],
)
def test_language_is_a_tag_or_none(language: Any, kept: str) -> None:
    """What is no tag of a language is none: it would go into a prompt."""
    assert profile(agent_of("agent_1", language=language)).language == kept


def test_texts_are_one_line_and_bounded() -> None:
    """Line breaks, and what no terminal prints, become blanks; a text that has no end is cut."""
    found = profile(
        agent_of("agent_1", "A\x1b[31m\nda\u202e " + "x" * 500, first_message="Hi.\r\n\tWho is it?" + "y" * 9999)
    )
    assert found.name.startswith("A [31m da xxx")
    assert len(found.name) == 200
    assert found.first_message.startswith("Hi. Who is it?yyy")
    assert len(found.first_message) == 2000


@pytest.mark.parametrize("name", [None, 7, ["Ada"], {"name": "Ada"}, "", "  "])
def test_value_of_another_type_is_left_out(name: Any) -> None:
    """The SDK's models take any type for any field; what is no text is none."""
    assert profile(agent_of("agent_1", name)).name == ""


@pytest.mark.parametrize("config", [None, [], "agent", {"agent": None}, {"agent": {"dynamic_variables": 3}}])
def test_agent_without_a_configuration_has_a_name_alone(config: Any) -> None:
    """Whatever is missing, what is there is kept."""
    assert profile(agent_of("agent_1") | {"conversation_config": config}) == AgentProfile(
        agent_id="agent_1", name="Ada", read_at_s=NOW_S
    )


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps(agent_of("agent_2")).encode(),
        json.dumps([agent_of("agent_1")]).encode(),
        b'{"name":"Ada"}',
        b'{"agent_id":null}',
        b"null",
        b'"agent_1"',
        b"",
        b"<html>Login</html>",
        b'{"agent_id":"agent_1","name":"\xff"}',
        b'{"agent_id":"agent_1","x":' + b"[" * 100_000,
    ],
)
def test_answer_about_something_else_is_none(answer: bytes) -> None:
    """What is not about the agent that was asked about never becomes its profile."""
    with pytest.raises(ElevenLabsError):
        profile_in(answer, "agent_1", read_at_s=NOW_S)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(_json, _json, _json, _json)
def test_any_answer_gives_a_profile_that_can_be_stored(name: Any, language: Any, message: Any, variables: Any) -> None:
    """Whatever stands in the fields, the profile can be appended, and reads back as it was."""
    agent = agent_of("agent_1", name, language=language, first_message=message, variables=variables)
    try:
        found = profile(agent)
    except ElevenLabsError:
        return  # half a surrogate pair is no JSON
    assert read_agent_profile_body(msgspec.json.encode(found)) == found
