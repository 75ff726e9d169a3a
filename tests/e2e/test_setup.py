"""`ingress setup` against a workspace on the loopback that keeps what it is told, through the real SDK."""

import json
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from dotenv import dotenv_values

from events.wire.signature import sign
from ingress.__main__ import cli
from ingress.operating.setup.documents import DATA_COLLECTION, OVERRIDES, PLACEHOLDERS, TOOL_IDS, value_at
from ingress.settings import OUR_VARIABLES
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace, tool, webhook
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.small_disk import mounting, needs_small_disk

URL = "https://memory.example.com"
KEYS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY")


@pytest.fixture(params=[True, False], ids=["api merges", "api replaces"])
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace with two agents, an own tool and an own webhook, under both ways in which a PATCH may work."""
    held = Workspace(merges=request.param)
    held.add_agent("agent_one")
    held.add_agent("agent_two")
    held.add_agent("agent_three")
    held.tools["tool_of_others"] = tool(
        "tool_of_others",
        {"type": "webhook", "name": "x", "description": "", "api_schema": {"url": "https://others.example.com/x"}},
    )
    held.webhooks["webhook_of_others"] = webhook("webhook_of_others", "https://others.example.com/calls")
    with held.serving():
        yield held


@pytest.fixture
def clinic(site: Site, workspace: Workspace) -> Site:
    """An installation whose .env holds no secret yet but the API key."""
    for name in KEYS:
        del site.env[name]
    (site.folder / ".env").write_text(
        f'# ours\nELEVENLABS_API_KEY="{API_KEY}"\nELEVENLABS_POST_CALL_KEY=""\n'
        f'ELEVENLABS_CLIENT_DATA_KEY=""\nELEVENLABS_SEARCH_DATA_KEY="your_key_here"\nDEFAULT_GREETING="Hi # there"\n'
    )
    (site.folder / ".env").chmod(0o644)
    site.env["ELEVENLABS_BASE_URL"] = workspace.url
    return site


def run(site: Site, *arguments: str, answers: str | None = None) -> Result:
    """Run `ingress setup` in the folder of a site, in this process: a new one would import for a second each time."""
    with chdir(site.folder):
        return CliRunner(env=site.env).invoke(cli, ["setup", *arguments], input=answers, catch_exceptions=False)


def setup(site: Site, *arguments: str, code: int = 0) -> str:
    """Run it to the end that is expected, and return what it printed."""
    done = run(site, *arguments)
    assert done.exit_code == code, done.output
    return done.stdout


def env_of(site: Site) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(site.folder / ".env", interpolate=False).items()}


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
        header = {"elevenlabs-signature": sign(body, made["_secret"], timestamp_s=_now())}
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
    assert _plain(after) == _plain(before)
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
        header = {"elevenlabs-signature": sign(body, secret, timestamp_s=_now())}
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


def test_every_change_is_asked_for(clinic: Site, workspace: Workspace) -> None:
    """Without --yes each change is a question; what is declined is not made, nor what needs it."""
    answers = "y\ny\nn\n" + "y\n" * 50  # keys; not the webhook
    done = run(clinic, "--url", URL, "--agent", "agent_one", answers=answers)

    assert done.exit_code == 0, done.output
    assert set(workspace.webhooks) == {"webhook_of_others"}
    assert (workspace.settings["webhooks"] or {}).get("post_call_webhook_id") is None
    assert "it needs a step that was not done" in done.stdout
    assert workspace.settings["conversation_initiation_client_data_webhook"] is not None


def test_all_and_quit_are_answers(clinic: Site, workspace: Workspace) -> None:
    """`q` stops there, exit 1, and what was done stays; `a` makes all that is left; odd answers are asked again."""
    done = run(clinic, "--url", URL, answers="y\nperhaps\n\nq\n")
    assert done.exit_code == 1
    assert env_of(clinic)["ELEVENLABS_CLIENT_DATA_KEY"]
    assert workspace.changes == []
    assert run(clinic, "--url", URL, answers="YES\na\n").exit_code == 0
    assert "Nothing to change" in setup(clinic, "--url", URL)


def test_nobody_there_to_answer_changes_nothing(clinic: Site, workspace: Workspace) -> None:
    """A script that forgot --yes gets exit 1 and a line that says so; nothing was changed."""
    done = run(clinic, "--url", URL)

    assert done.exit_code == 1
    assert "--yes" in done.stderr
    assert workspace.changes == []


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


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        (("POST", "/v1/workspace/webhooks"), 403),
        (("PATCH", "/v1/convai/settings"), 422),
        (("PATCH", "/v1/convai/agents/agent_one"), 400),
        (("POST", "/v1/convai/secrets"), 500),
    ],
)
def test_refused_change_is_said_and_done_by_the_next_run(
    clinic: Site, workspace: Workspace, refused: tuple[str, str], status: int
) -> None:
    """What ElevenLabs refuses is named with its reason, exit 1; the next run does what is left, and doubles nothing."""
    workspace.refusals.append((*refused, status))
    output = setup(clinic, "--url", URL, "--agent", "agent_one", "--yes", code=1)
    assert "A test says so" in output
    workspace.refusals.clear()
    setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")

    assert "Nothing to change" in setup(clinic, "--url", URL, "--agent", "agent_one", "--yes")
    assert (len(workspace.webhooks), len(workspace.tools), len(workspace.secrets)) == (2, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "told"),
    [
        ([], {}, 2, "--url"),
        (["--url", "memory.example.com"], {}, 2, "--url"),
        (["--url", f"{URL}/webhook/post-call", "--yes"], {}, 2, "ends before /webhook/"),
        (["--url", f"{URL}/webhook/client-data/", "--yes"], {}, 2, "ends before /webhook/"),
        (["--url", URL, "--json"], {}, 2, "--yes"),
        (["--url", URL, "--agent", "agent_gone", "--yes"], {}, 1, "agent_gone"),
        (["--url", URL, "--yes"], {"ELEVENLABS_API_KEY": "sk_wrong_one_of_the_tests"}, 1, "ELEVENLABS_API_KEY"),
        (["--url", URL, "--yes"], {"ELEVENLABS_API_KEY": "changeme"}, 2, "ELEVENLABS_API_KEY"),
        (["--url", URL, "--yes"], {"ELEVENLABS_POST_CALL_KEY": "todo"}, 2, "beats .env"),
        (["--url", URL, "--yes"], {"ELEVENLABS_BASE_URL": "http://127.0.0.1:9"}, 1, "does not answer"),
    ],
)
def test_wrong_use_changes_nothing(
    clinic: Site, workspace: Workspace, arguments: list[str], changes: dict[str, str], code: int, told: str
) -> None:
    """Wrong options, a wrong key, an agent that is gone: named, with exit 2 or 1, and nothing was changed."""
    clinic.env |= changes
    env = (clinic.folder / ".env").read_bytes()
    done = run(clinic, *arguments)

    assert done.exit_code == code, done.output
    assert told in done.stderr
    assert workspace.changes == []
    assert (clinic.folder / ".env").read_bytes() == env


@needs_small_disk
def test_full_disk_is_said_before_anything_is_made(clinic: Site, workspace: Workspace) -> None:
    """Where the record could not be written, nothing is made at ElevenLabs that a removal would not know."""
    (clinic.folder / ".env").write_text("".join(f'{name}="{name.lower()}_{"0" * 32}"\n' for name in KEYS))
    disk = clinic.folder / "disk"
    disk.mkdir()
    fill = f'cd "$0" && cp {clinic.folder}/.env .env && dd if=/dev/zero of=ballast bs=4096 2>/dev/null; exec "$@"'
    done = subprocess.run(
        [*mounting(disk), "sh", "-c", fill, str(disk), sys.executable, "-m", "ingress", "setup", "--url", URL, "--yes"],
        env=clinic.env | {"ELEVENLABS_API_KEY": API_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "No space left" in done.stderr) == (1, True), done.stderr
    assert workspace.changes == []


@pytest.mark.parametrize(
    ("url", "told"), [("http://memory.example.com", "not https"), ("https://localhost:8000", "does not reach")]
)
def test_address_that_elevenlabs_may_not_reach_is_doubted(clinic: Site, url: str, told: str) -> None:
    """A plain http address, and this machine's own name, are taken, and said to be doubtful."""
    done = run(clinic, "--url", url, "--dry-run")
    assert (done.exit_code, told in done.stderr) == (0, True)


def test_no_secret_is_printed(clinic: Site, workspace: Workspace) -> None:
    """Neither the screen nor the record holds a secret."""
    output = setup(clinic, "--url", URL, "--all-agents", "--yes")
    record = Path(clinic.folder / ".elevenlabs-setup.json")

    env = env_of(clinic)
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert [name for name in (*KEYS, "ELEVENLABS_API_KEY") if env[name] in output + record.read_text()] == []


def _now() -> int:
    return int(time.time())


def _plain(state: Any) -> str:
    """Return a state without what ElevenLabs counts as nothing: null, and objects with nothing in them."""
    if isinstance(state, dict):
        kept = {key: _plain(value) for key, value in state.items()}
        return json.dumps({key: value for key, value in sorted(kept.items()) if value not in ("null", "{}", "[]")})
    return json.dumps(state)
