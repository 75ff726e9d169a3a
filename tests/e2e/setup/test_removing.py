"""What `ingress setup --remove` takes back, and what it leaves alone."""

import json

from events.wire.signature import sign
from ingress.operating.setup.documents import PLACEHOLDERS, value_at
from tests.e2e.setup.asking import KEYS, URL, env_of, now_s, plain, setup
from tests.support.elevenlabs_workspace import Workspace
from tests.support.samples import transcription
from tests.support.servers import Site


def test_removal_takes_back_what_was_made_and_nothing_else(clinic: Site, workspace: Workspace) -> None:
    """After --remove the workspace is as it was, but for what others changed meanwhile, which stays."""
    agent = workspace.agents["agent_two"]
    agent["platform_settings"]["overrides"]["conversation_config_override"]["agent"]["first_message"] = True
    agent["conversation_config"]["agent"]["dynamic_variables"]["dynamic_variable_placeholders"] = {"user_name": "Ann"}
    before = workspace.state()
    setup(clinic, "--url", URL, "--all-agents", "--yes")
    workspace.agents["agent_one"]["conversation_config"]["agent"]["first_message"] = "Changed by others."
    setup(clinic, "--remove", "--yes")

    before["agents"]["agent_one"]["conversation_config"]["agent"]["first_message"] = "Changed by others."
    after = workspace.state()
    assert plain(after) == plain(before)
    env = env_of(clinic)
    assert not any(env.get(name) for name in KEYS[:2])
    assert not (clinic.folder / ".elevenlabs-setup.json").exists()
    assert "Nothing to change" in setup(clinic, "--remove", "--yes")


def test_removal_keeps_the_secret_that_proves_calls(clinic: Site, workspace: Workspace) -> None:
    """Once calls came in, the post-call secret stays in .env, so that `events verify` still proves them."""
    setup(clinic, "--url", URL, "--yes")
    secret = env_of(clinic)["ELEVENLABS_POST_CALL_KEY"]
    body = transcription("conv_setup")
    with clinic.ingress():
        header = {"elevenlabs-signature": sign(body, secret, timestamp_s=now_s())}
        assert clinic.post("/webhook/post-call", content=body, headers=header).status_code == 200
    setup(clinic, "--remove", "--yes")

    assert env_of(clinic)["ELEVENLABS_POST_CALL_KEY"] == secret
    assert "1 event signed by ElevenLabs" in clinic.run("events", "verify").stdout


def test_what_somebody_changed_since_stays(clinic: Site, workspace: Workspace) -> None:
    """A value that others changed after setup is neither set back nor overwritten by a removal."""
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    value_at(workspace.agents["agent_one"], PLACEHOLDERS)["greeting"] = "Good day!"
    workspace.settings["webhooks"]["post_call_webhook_id"] = "webhook_of_others"
    output = setup(clinic, "--remove", "--yes")

    assert value_at(workspace.agents["agent_one"], PLACEHOLDERS)["greeting"] == "Good day!"
    assert workspace.settings["webhooks"]["post_call_webhook_id"] == "webhook_of_others"
    assert "somebody changed it since" in output


def test_webhooks_of_another_service_stay(clinic: Site, workspace: Workspace) -> None:
    """Where the workspace's webhooks are another service's, each agent is given ours, and theirs stay."""
    theirs = {"url": "https://others.example.com/start", "request_headers": {}}
    workspace.settings = {
        "webhooks": {"post_call_webhook_id": "webhook_of_others", "events": ["transcript"]},
        "conversation_initiation_client_data_webhook": theirs,
    }
    held = json.dumps(workspace.settings)
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")

    assert json.dumps(workspace.settings) == held
    own = workspace.agents["agent_one"]["platform_settings"]["workspace_overrides"]
    assert workspace.webhooks[own["webhooks"]["post_call_webhook_id"]]["webhook_url"] == f"{URL}/webhook/post-call"
    assert own["conversation_initiation_client_data_webhook"]["url"] == f"{URL}/webhook/client-data"
    assert "Nothing to change" in setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    setup(clinic, "--remove", "--yes")
    own = workspace.agents["agent_one"]["platform_settings"]["workspace_overrides"]
    assert own == {"webhooks": None, "conversation_initiation_client_data_webhook": None}
