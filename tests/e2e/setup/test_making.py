"""What `ingress setup` makes in a workspace, through the real SDK, and what it leaves as it is."""

import json
import stat

from events.wire.signature import sign
from ingress.operating.setup.documents import DATA_COLLECTION, OVERRIDES, PLACEHOLDERS, TOOL_IDS, value_at
from ingress.settings import OUR_VARIABLES
from tests.e2e.setup.asking import KEYS, URL, env_of, now_s, setup
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace, tool, webhook
from tests.support.samples import transcription
from tests.support.servers import Site


def test_setup_makes_everything_that_the_guide_explains(clinic: Site, workspace: Workspace) -> None:
    """One command makes the webhook with its secret in .env, the two secrets, the tool, and sets an agent up."""
    others = {id_: json.dumps(workspace.agents[id_]) for id_ in ("agent_two", "agent_three")}
    screen = setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    for name in ("ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY"):
        assert f"make {name}, a secret of your own: done" in screen
    assert "LOG_KEY is not set" in screen

    env = env_of(clinic)
    (made,) = [one for one in workspace.webhooks.values() if one["webhook_url"] == f"{URL}/webhook/post-call"]
    assert env["ELEVENLABS_POST_CALL_KEY"] == made["_secret"]
    assert made["_retries"] is True
    assert env["DEFAULT_GREETING"] == "Hi # there"
    assert stat.S_IMODE((clinic.folder / ".env").stat().st_mode) == 0o600
    chosen = workspace.settings["webhooks"]
    assert chosen["post_call_webhook_id"] == made["webhook_id"]
    assert chosen["events"] == ["transcript", "call_initiation_failure"]
    stored = {one["name"]: one["value"] for one in workspace.secrets.values()}
    assert stored == {
        "elaoms_client_data_key": env["ELEVENLABS_CLIENT_DATA_KEY"],
        "elaoms_search_data_key": env["ELEVENLABS_SEARCH_DATA_KEY"],
    }
    assert len(set(stored.values())) == 2
    assert min(map(len, stored.values())) >= 32
    start = workspace.settings["conversation_initiation_client_data_webhook"]
    assert start["url"] == f"{URL}/webhook/client-data"
    assert workspace.secrets[start["request_headers"]["X-Api-Key"]["secret_id"]]["name"] == "elaoms_client_data_key"
    (tool_id,) = set(workspace.tools) - {"tool_of_others"}
    schema = workspace.tools[tool_id]["tool_config"]["api_schema"]
    assert schema["request_body_schema"]["properties"]["caller_id"]["dynamic_variable"] == "system__caller_id"
    agent = workspace.agents["agent_one"]
    assert value_at(agent, TOOL_IDS) == ["tool_of_others", tool_id]
    assert set(value_at(agent, PLACEHOLDERS)) == set(OUR_VARIABLES)
    overrides = value_at(agent, OVERRIDES)
    assert overrides["conversation_config_override"]["agent"] == {"first_message": True, "language": True}
    assert overrides["enable_conversation_initiation_client_data_from_webhook"] is True
    assert {"first_name", "last_name", "topic"} <= set(value_at(agent, DATA_COLLECTION))
    assert {id_: json.dumps(workspace.agents[id_]) for id_ in others} == others


def test_key_of_the_log_is_asked_for_where_there_is_none(clinic: Site) -> None:
    """The last lines name LOG_KEY while it is missing or a placeholder, and not once it is set."""
    with (clinic.folder / ".env").open("a") as dotenv:
        dotenv.write('LOG_KEY="changeme"\n')
    assert "LOG_KEY is not set" in setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    clinic.env["LOG_KEY"] = "l" * 64
    assert "LOG_KEY" not in setup(clinic, "--url", URL, "--agent", "agent_two", "--yes")


def test_ingress_takes_what_the_new_webhook_signs(clinic: Site, workspace: Workspace) -> None:
    """With the .env that setup wrote, ingress starts, and takes a call that ElevenLabs signs with the new secret."""
    clinic.run("ingress", "setup", "--url", URL, "--yes")
    (made,) = [one for one in workspace.webhooks.values() if one["_secret"] != "wsec_of_others"]
    body = transcription("conv_setup")
    with clinic.ingress():
        header = {"elevenlabs-signature": sign(body, made["_secret"], timestamp_s=now_s())}
        assert clinic.post("/webhook/post-call", content=body, headers=header).status_code == 200


def test_second_run_changes_nothing(clinic: Site, workspace: Workspace) -> None:
    """What is set up is left alone: no request that writes, and no difference."""
    setup(clinic, "--url", URL, "--all-agents", "--recordings", "--yes")
    held, env, sent = workspace.state(), env_of(clinic), len(workspace.changes)
    again = setup(clinic, "--url", f"{URL}/", "--all-agents", "--recordings", "--yes")

    assert "Nothing to change" in again
    assert (workspace.state(), env_of(clinic), len(workspace.changes)) == (held, env, sent)


def test_dry_run_prints_the_differences_and_changes_nothing(clinic: Site, workspace: Workspace) -> None:
    """A dry run names every change with what stands there before and after, and sends and writes nothing."""
    before, env = workspace.state(), (clinic.folder / ".env").read_bytes()
    told = json.loads(setup(clinic, "--url", URL, "--agent", "agent_one", "--dry-run", "--json"))
    screen = setup(clinic, "--url", URL, "--agent", "agent_one", "--dry-run")

    assert workspace.changes == []
    assert workspace.state() == before
    assert (clinic.folder / ".env").read_bytes() == env
    assert sorted(one.name for one in clinic.folder.iterdir()) == [".env"]
    assert {one["state"] for one in told} == {"planned"}
    assert all(one["change"] in screen for one in told)
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    assert setup(clinic, "--url", URL, "--agent", "agent_one", "--dry-run", "--json") == "[]\n"


def test_what_was_set_up_by_hand_is_found(clinic: Site, workspace: Workspace) -> None:
    """A webhook and a tool that were made by hand are used; a tool that lets the LLM fill the caller is mended."""
    env = clinic.folder / ".env"
    env.write_text(f'ELEVENLABS_API_KEY="{API_KEY}"\n' + "".join(f'{name}="by-hand-{name}"\n' for name in KEYS))
    workspace.webhooks["by_hand"] = webhook("by_hand", f"{URL}/webhook/post-call/", is_auto_disabled=True)
    workspace.secrets = {"secret_a": {"name": "mine", "value": f"by-hand-{KEYS[1]}"}}
    workspace.settings["conversation_initiation_client_data_webhook"] = {
        "url": f"{URL}/webhook/client-data",
        "request_headers": {"x-api-key": {"secret_id": "secret_a"}},
    }
    properties = {
        "query": {"type": "string", "description": "?"},
        "caller_id": {"type": "string", "description": "who"},
    }
    workspace.tools["by_hand"] = tool(
        "by_hand",
        {
            "type": "webhook",
            "name": "recall",
            "description": "mine",
            "api_schema": {
                "url": f"{URL}/webhook/search-data",
                "method": "POST",
                "request_headers": {"X-Api-Key": f"by-hand-{KEYS[2]}"},
                "request_body_schema": {"type": "object", "required": ["query", "caller_id"], "properties": properties},
            },
        },
    )
    written = env.read_bytes()
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")

    assert set(workspace.webhooks) == {"webhook_of_others", "by_hand"}
    assert workspace.webhooks["by_hand"]["is_auto_disabled"] is False
    assert workspace.settings["webhooks"]["post_call_webhook_id"] == "by_hand"
    assert set(workspace.tools) == {"tool_of_others", "by_hand"}
    config = workspace.tools["by_hand"]["tool_config"]
    body = config["api_schema"]["request_body_schema"]
    assert (config["name"], config["description"], body["required"]) == ("recall", "mine", ["query"])
    assert body["properties"]["caller_id"] == {"type": "string", "dynamic_variable": "system__caller_id"}
    assert list(workspace.secrets) == ["secret_a"]
    assert env.read_bytes() == written
    assert "Nothing to change" in setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    setup(clinic, "--remove", "--yes")
    assert set(workspace.webhooks) == {"webhook_of_others", "by_hand"}
    assert workspace.tools["by_hand"]["tool_config"]["api_schema"]["request_body_schema"]["properties"] == properties


def test_lost_or_changed_secrets_are_made_good(clinic: Site, workspace: Workspace) -> None:
    """A rotated key is stored anew, and a webhook whose secret is lost gets a successor; old secrets stay to prove."""
    setup(clinic, "--url", URL, "--yes")
    first = env_of(clinic)
    env = clinic.folder / ".env"
    text = (
        env.read_text()
        .replace(first[KEYS[1]], f"{'b' * 40},{first[KEYS[1]]}")
        .replace(first[KEYS[0]], "another-secret-1")
    )
    env.write_text(text)
    setup(clinic, "--url", URL, "--yes")

    assert {one["value"] for one in workspace.secrets.values()} == {"b" * 40, first[KEYS[2]]}
    chosen = workspace.webhooks[workspace.settings["webhooks"]["post_call_webhook_id"]]
    assert env_of(clinic)[KEYS[0]] == f"{chosen['_secret']},another-secret-1"
    assert "Nothing to change" in setup(clinic, "--url", URL, "--yes")


def test_another_address_moves_everything(clinic: Site, workspace: Workspace) -> None:
    """Under a new address the tool and the client data webhook move, and a webhook is made for it."""
    setup(clinic, "--url", "https://old.example.com", "--agent", "agent_one", "--yes")
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")

    chosen = workspace.webhooks[workspace.settings["webhooks"]["post_call_webhook_id"]]
    assert chosen["webhook_url"] == f"{URL}/webhook/post-call"
    assert workspace.settings["conversation_initiation_client_data_webhook"]["url"] == f"{URL}/webhook/client-data"
    assert len(workspace.tools) == 2
    assert "Nothing to change" in setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    setup(clinic, "--remove", "--yes")
    assert set(workspace.webhooks) == {"webhook_of_others"}
    assert set(workspace.tools) == {"tool_of_others"}
    assert workspace.settings["conversation_initiation_client_data_webhook"] is None
