"""The commands on the pages, run as they stand there."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.support.samples import CAPTURED, MARTA, transcription
from tests.support.servers import POST_CALL_KEY, Site

pytestmark = [pytest.mark.slow, pytest.mark.server]

_ROOT = Path(__file__).parents[2]
_OURS = re.compile(r"(^|/|\s)(projector|events|ingress) [a-z-]")
_BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PAGES = [
    "README.md",
    "docs/getting-started.md",
    "docs/running.md",
    "docs/looking.md",
    "docs/facts.md",
    "docs/learning.md",
    "docs/corrections.md",
    "docs/log-layout.md",
    "docs/upgrading.md",
    "docs/privacy.md",
]
# What is not run here, and why not. A line that none of these names is run.
_LEFT_OUT = {
    r"^make |git pull": "installs or fetches: test_installing.py, and every run of the tests",
    r"^cp \.env|^chmod 600 \.env|^sed -i": "makes .env anew: test_env_is_filled_by_the_commands_of_the_pages",
    r"honcho start$": "both processes run already",
    r"ingress (setup|doctor)|api\.elevenlabs\.io|backfill": "asks ElevenLabs: setup/, doctor/, test_backfill.py",
    r"sudo |docker |example\.com|YOUR-HOST": "needs another machine: test_deployment.py",
    r"--watch": "ends by Ctrl-C alone: test_status.py",
    r"\bforget |-X DELETE": "asks before it erases: test_erasure.py, test_callers.py",
    r"projector extract( |$)": "asks a model: test_extracting.py",
    r"answers\.jsonl": "names a file of the reader's: test_facts_page.py",
    r"DATABASE_URL|events database": "needs a server: many_machines/",
    r"postgresql://|pip install": "needs a server, and installs its driver: postgres/test_copying.py",
    r"import FOLDER": "names a folder of the reader's: test_events.py",
    r"--person 2|projector merge|projector split": "needs other callers: test_corrections.py",
    r"resolve MEMORY_ID": "takes the id of an issue: test_corrections.py",
    r"optout": "leaves nothing for the pages behind it: test_corrections.py",
}
_SECRETS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY", "LOG_KEY")
# What they may find: something differs, or asks for somebody.
_MAY_EXIT_1 = re.compile(r"projector (status|diff)|--dry-run|READ_MODEL_PATH=then")


def blocks(page: str) -> Iterator[list[str]]:
    """Yield the commands of each block of a page: whole ones, without what a comment says of them."""
    for block in _BLOCK.findall((_ROOT / page).read_text()):
        lines = re.sub(r"\s*\\\n\s*", " ", block).splitlines()
        commands = [re.sub(r"(^|\s+)# .*$", "", line).rstrip() for line in lines]
        yield [command for command in commands if command]


def reason_to_leave_out(command: str) -> str | None:
    """Return why a command is not run here; None if it is."""
    return next((reason for pattern, reason in _LEFT_OUT.items() if re.search(pattern, command)), None)


def as_here(site: Site, command: str, memory_id: str) -> str:
    """Return a command with the port, a memory and a conversation of this installation for those of the example."""
    command = command.replace("127.0.0.1:8000", f"127.0.0.1:{site.port}").replace("conv_...", "conv_1")
    return re.sub(r"\b[0-9a-f]{32}\b|MEMORY_ID", memory_id, command)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation as the pages speak of it, with both processes, and a caller who called twice."""
    site = Site(tmp_path_factory.mktemp("site"), ADMIN_KEY="key-admin-of-a-test", LOG_KEY="key-log-of-a-test-0123")
    # A reader has the secrets in .env, and not in the shell.
    secrets = {name: site.env.pop(name) for name in (*_SECRETS, "ADMIN_KEY")}
    dotenv = site.folder / ".env"
    dotenv.write_text("".join(f'{name}="{secret}"\n' for name, secret in secrets.items()))
    dotenv.chmod(0o600)
    for name in ("tests", "docs", ".env.example"):
        (site.folder / name).symlink_to(_ROOT / name)
    (site.folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    site.env |= {
        "PATH": f"{Path(sys.executable).parent}:{site.env['PATH']}",
        "SECRET": POST_CALL_KEY,
        "AUDIT_LOG_PATH": str(site.folder / "audit.jsonl"),
    }
    with site.ingress(), site.projector():
        body = transcription("conv_1", "I am allergic to nuts.", first_name="Marta", allergies="nuts", issue="A leak.")
        for webhook in (body, CAPTURED.read_bytes()):
            assert site.post_call(webhook).status_code == 200
        site.wait_until_folded(2)
        yield site


@pytest.mark.parametrize("page", _PAGES)
def test_commands_run_as_they_are_written(site: Site, page: str) -> None:
    """Each command works, in the page's order: none is refused, and exit 1 comes only where something may differ."""
    ran = 0
    (best, *_) = json.loads(site.run("projector", "explain", "--search", MARTA, "allergies", "--json").stdout)
    for commands in blocks(page):
        chosen = [command for command in commands if reason_to_leave_out(command) is None]
        script = "set -euo pipefail\n"
        for command in (as_here(site, one, best["memory"]["id"]) for one in chosen):
            if "diff then now" in command:
                script += "projector replay --into now\n"
            script += f"{command} || [ $? = 1 ]\n" if _MAY_EXIT_1.search(command) else f"{command}\n"
        ran += len(chosen)
        is_in_log = page == "docs/log-layout.md" and not any(map(_OURS.search, chosen))
        folder = site.payloads if is_in_log else site.folder
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=site.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, script
        site.wait_until_folded(len(site.events()))
    assert ran > 0


def test_pages_that_are_not_run_hold_no_command_of_ours_that_could_be() -> None:
    """A page with commands of ours is run here, or all of them are left out for a reason that is named."""
    others = {str(path.relative_to(_ROOT)) for path in (_ROOT / "docs").rglob("*.md")} - {*_PAGES}
    # test_backup.py and test_deployment.py run these.
    elsewhere = {"docs/backup.md", "docs/deployment.md"}
    forgotten = [
        f"{page}: {command}"
        for page in sorted(others - elsewhere)
        for commands in blocks(page)
        for command in commands
        if _OURS.search(command) and reason_to_leave_out(command) is None
    ]
    assert forgotten == []


@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_env_is_filled_by_the_commands_of_the_pages(tmp_path: Path, page: str) -> None:
    """One command writes four secrets, each of its own, where there are none; a second run changes nothing."""
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    (tmp_path / ".env.example").write_text((_ROOT / ".env.example").read_text())
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT)}
    (commands,) = (block for block in blocks(page) if any(command.startswith("sed -i") for command in block))
    making = [command for command in commands if re.match(r"cp \.env|chmod 600 \.env|sed -i", command)]
    run = ["bash", "-c", "\n".join(["set -euo pipefail", *making])]
    subprocess.run(run, cwd=tmp_path, env=env, check=True, capture_output=True)

    dotenv = tmp_path / ".env"
    filled = dotenv.read_text()
    values = dotenv_values(dotenv, interpolate=False)
    assert {len(values[name] or "") for name in _SECRETS} == {64}
    assert len({values[name] for name in _SECRETS}) == len(_SECRETS)
    assert dotenv.stat().st_mode & 0o777 == 0o600
    subprocess.run(["bash", "-c", making[-1]], cwd=tmp_path, env=env, check=True, capture_output=True)
    assert dotenv.read_text() == filled
    shell = ["bash", "-c", 'set -aeu; . ./.env; echo "$LOG_KEY $ELEVENLABS_CLIENT_DATA_KEY"']
    said = subprocess.run(shell, cwd=tmp_path, env=env, check=True, capture_output=True, text=True)
    assert said.stdout.split() == [values["LOG_KEY"], values["ELEVENLABS_CLIENT_DATA_KEY"]]
