"""`ingress doctor` and ElevenLabs' side: what can be wrong in a workspace."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingress.operating.setup.documents import DATA_COLLECTION, OVERRIDES, PLACEHOLDERS, value_at
from tests.e2e.doctor.asking import SECRETS, URL, doctor, run, states
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace
from tests.support.servers import Site


@pytest.fixture
def clinic(running: Site) -> Iterator[tuple[Site, Workspace]]:
    """An installation that runs, and a workspace that `ingress setup` has set up for it."""
    held = Workspace()
    for name in ("agent_one", "agent_two"):
        held.add_agent(name)
    site = Site(running.folder)
    site.env |= {"PORT": str(running.port), "ELEVENLABS_BASE_URL": held.url, **SECRETS}
    del site.env["ELEVENLABS_POST_CALL_KEY"]
    with held.serving():
        dotenv = site.folder / ".env"
        dotenv.write_text(f'ELEVENLABS_API_KEY="{API_KEY}"\nELEVENLABS_BASE_URL="{held.url}"\n')
        del site.env["ELEVENLABS_BASE_URL"]
        done = run(site, "setup", "--url", URL, "--agent", "agent_one", "--yes")
        assert done.exit_code == 0, done.output
        yield site, held
    dotenv.unlink()
    (site.folder / ".elevenlabs-setup.json").unlink()


def vendor(site: Site, *arguments: str) -> dict[str, dict[str, Any]]:
    """Return what was found at ElevenLabs; the running ingress has other secrets, which is not what is asked here."""
    found = doctor(site, *arguments)
    return {subject: one for subject, one in found.items() if one["group"] == "ElevenLabs"}


def test_what_setup_made_is_found_right(clinic: tuple[Site, Workspace]) -> None:
    """After `ingress setup` nothing is wrong at ElevenLabs; other agents are passed over, unless they are named."""
    site, _ = clinic
    found = vendor(site)
    assert states(found, "wrong") == set()
    assert found["agent Agent agent_two"]["state"] == "skipped"
    assert "agent Agent agent_two: search tool" in states(vendor(site, "--agent", "agent_two"), "wrong")


Break = Callable[[Workspace], object]


def _hook(held: Workspace) -> dict[str, Any]:
    return next(iter(held.webhooks.values()))


def _tool(held: Workspace) -> dict[str, Any]:
    (tool,) = held.tools.values()
    properties: dict[str, Any] = tool["tool_config"]["api_schema"]["request_body_schema"]["properties"]
    return properties


@pytest.mark.parametrize(
    ("harm", "subject", "words"),
    [
        (
            lambda h: _hook(h).update(
                is_auto_disabled=True, most_recent_failure_error_code=503, most_recent_failure_timestamp=1_764_000_000
            ),
            "webhook ELAOMS post-call",
            "503",
        ),
        (lambda h: _hook(h).update(is_disabled=True), "webhook ELAOMS post-call", "switched off"),
        (lambda h: _hook(h).update(auth_type="oauth2"), "webhook ELAOMS post-call", "oauth2"),
        (lambda h: _hook(h).update(retry_enabled=False), "webhook ELAOMS post-call: retries", "off"),
        (lambda h: _hook(h).update(webhook_url="https://others.example.com"), "post-call webhook", "none points here"),
        (lambda h: h.settings["webhooks"].update(exclude_transcript=True), "transcript (workspace)", "exclude"),
        (lambda h: h.settings["webhooks"].update(transcript_format="opentelemetry"), "transcript (workspace)", "JSON"),
        (lambda h: h.settings["webhooks"].update(events=["audio"]), "events (workspace)", "transcript"),
        (
            lambda h: h.settings["conversation_initiation_client_data_webhook"].update(request_headers={}),
            "client data webhook",
            "X-Api-Key",
        ),
        (
            lambda h: value_at(h.agents["agent_one"], (*OVERRIDES, "conversation_config_override", "agent")).update(
                first_message=False
            ),
            "agent Agent agent_one: greeting",
            "override",
        ),
        (
            lambda h: value_at(h.agents["agent_one"], OVERRIDES).update(
                enable_conversation_initiation_client_data_from_webhook=False
            ),
            "agent Agent agent_one: client data",
            "does not ask",
        ),
        (
            lambda h: value_at(h.agents["agent_one"], PLACEHOLDERS).update(opening_hours="9"),
            "agent Agent agent_one: variables",
            "opening_hours",
        ),
        (
            lambda h: h.agents["agent_one"]["conversation_config"]["agent"].update(first_message="Hi {{ nick }}"),
            "agent Agent agent_one: variables",
            "nick",
        ),
        (
            lambda h: _tool(h).update(caller_id={"type": "string", "description": "The caller's number"}),
            "agent Agent agent_one: search tool",
            "LLM fills caller_id",
        ),
        (lambda h: _tool(h).pop("caller_id"), "agent Agent agent_one: search tool", "caller_id is not bound"),
        (lambda h: h.tools.clear(), "agent Agent agent_one: search tool", "none"),
        (lambda h: h.refusals.append(("GET", "/v1/convai/agents/agent_one", 403)), "agent agent_one", "403"),
        (lambda h: h.refusals.append(("GET", "/v1/workspace/webhooks", 401)), "API", "401"),
    ],
)
def test_what_is_wrong_at_elevenlabs_is_named(
    clinic: tuple[Site, Workspace], harm: Break, subject: str, words: str
) -> None:
    """Each thing that would lose calls, greet nobody, or open another caller's memories is a line, and exit 1."""
    site, held = clinic
    harm(held)
    found = vendor(site, "--agent", "agent_one")
    assert found[subject]["state"] == "wrong"
    assert words in found[subject]["text"]


def test_variables_of_our_settings_count_as_answered(clinic: tuple[Site, Workspace]) -> None:
    """What EXTRA_DYNAMIC_VARIABLES gives, for all or for this agent, and ElevenLabs' own, are answered."""
    site, held = clinic
    value_at(held.agents["agent_one"], PLACEHOLDERS).update(company="X", opening_hours="9", system__time="now")
    site.env["EXTRA_DYNAMIC_VARIABLES"] = '{"company": "X", "agent_one": {"opening_hours": "9 to 5"}}'
    assert vendor(site, "--agent", "agent_one")["agent Agent agent_one: variables"]["state"] == "ok"


def test_agent_that_collects_nothing_is_warned_of(clinic: tuple[Site, Workspace]) -> None:
    """Without data collection no name is known, and that is said."""
    site, held = clinic
    value_at(held.agents["agent_one"], DATA_COLLECTION).clear()
    assert vendor(site, "--agent", "agent_one")["agent Agent agent_one: data collection"]["state"] == "warning"
