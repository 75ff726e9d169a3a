"""`ingress setup` asks before each change, and says what it cannot do."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.setup.asking import KEYS, URL, env_of, run, setup
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace
from tests.support.servers import Site
from tests.support.small_disk import mounting, needs_small_disk


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
