"""The commands as a newcomer meets them: wrong settings, folders and ports, said in words; honcho, and completion."""

import json
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.rights import held_to_rights, needs_rights
from tests.support.samples import CAPTURED, MARTA, transcription
from tests.support.servers import SEARCH_DATA_KEY, Site
from tests.support.waiting import PATIENCE_S

_ROOT = Path(__file__).parents[3]
_KEYS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY")


@pytest.mark.parametrize("command", ["ingress", "projector"])
def test_wrong_settings_are_all_named_at_once(site: Site, command: str) -> None:
    """All faults are in one message, variable by variable, exit 2, before a socket or a file is opened."""
    site.env |= {"MEMORY_ENGINE": "cassandra", "LOG_LEVEL": "loud", "PORT": "eighty"}
    for name in _KEYS:
        del site.env[name]
    done = site.run(command, check=False)

    assert done.returncode == 2
    expected = {"MEMORY_ENGINE", "LOG_LEVEL"} | ({"PORT", *_KEYS} if command == "ingress" else set())
    lines = done.stderr.splitlines()
    if command == "ingress":  # whose secrets stand in no file
        assert lines.pop() == f"ingress: there is no .env in {site.folder}"
    assert {line.split()[1] for line in lines} == expected
    assert list(site.folder.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "your_post_call_hmac_secret_here", "changeme", "good,", "  "])
def test_secret_that_nobody_filled_in_is_refused(site: Site, secret: str) -> None:
    """An empty or placeholder secret stops the start, by name."""
    site.env["ELEVENLABS_POST_CALL_KEY"] = secret
    done = site.run("ingress", check=False)

    assert done.returncode == 2
    assert "ELEVENLABS_POST_CALL_KEY" in done.stderr


def test_settings_are_read_from_dotenv_and_the_environment_wins(site: Site) -> None:
    """A .env beside the Procfile is enough, and the environment overrides it."""
    lines = [f'{name}="{site.env.pop(name)}"' for name in _KEYS]
    (site.folder / ".env").write_text("\n".join([*lines, 'DEFAULT_GREETING="Hi # there"', 'PORT="1"']))
    with site.ingress():
        assert site.call_start(MARTA)["dynamic_variables"]["greeting"] == "Hi # there"


@pytest.mark.parametrize("env", [{}, {"INGRESS_WORKERS": "2"}])
def test_port_that_is_taken_is_said_in_words(tmp_path: Path, env: dict[str, str]) -> None:
    """A port that another process holds gives one line, exit 1, after a few seconds' patience."""
    site = Site(tmp_path, **env)
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        done = site.run("ingress", check=False)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ingress: ")


def test_honcho_without_port_serves_on_8000(site: Site) -> None:
    """`honcho start` without a PORT serves on 8000, as the documents say, not on honcho's 5000; SIGTERM ends it."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 8000)) == 0:
            pytest.skip("somebody else serves on 8000")
    del site.env["PORT"]
    (site.folder / "Procfile").write_bytes((_ROOT / "Procfile").read_bytes())
    site.env["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), site.env["PATH"]))
    site.url = "http://127.0.0.1:8000"
    with site.process("honcho", "start") as process:
        site.wait_for_ingress(process)
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        site.wait_until_folded(1)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
    with pytest.raises(httpx.ConnectError):
        site.get("/")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_unusable_payload_folder_is_said_in_words(tmp_path: Path, workers: str) -> None:
    """An unusable payload folder gives one line, exit 1, however many workers there would be."""
    site = Site(tmp_path, INGRESS_WORKERS=workers)
    site.payloads.write_text("a file")
    done = site.run("ingress", check=False)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ingress: ")
    assert "Traceback" not in done.stderr


def test_ingress_begins_no_new_log_where_there_are_memories_of_another(site: Site) -> None:
    """
    If the payload disk is missing at the start, ingress says so and ends, rather than begin a new log over the old one.
    """
    with site.ingress(), site.projector():
        site.post_call(CAPTURED.read_bytes())
        site.wait_until_folded(1)
    site.payloads.rename(site.folder / "not-mounted")
    done = site.run("ingress", check=False)

    assert done.returncode == 1
    assert "is its disk mounted?" in done.stderr
    assert not (site.payloads / "journal.jsonl").exists()


@pytest.mark.parametrize("command", ["ingress", "projector"])
def test_read_model_within_the_log_is_refused(site: Site, command: str) -> None:
    """Data that may be deleted at any time must not lie in a folder that never may, nor the other way round."""
    site.env["READ_MODEL_PATH"] = str(site.payloads / "readmodel")
    done = site.run(command, check=False)
    assert done.returncode == 2
    assert "READ_MODEL_PATH must be a folder apart from PAYLOAD_STORAGE_PATH" in done.stderr


def test_what_is_remembered_is_shown_without_the_memory_engine(site: Site) -> None:
    """Commands that only read the read model work even if the memory engine cannot be used; the others refuse."""
    with site.ingress():
        site.post_call(CAPTURED.read_bytes())
    site.run("projector", "--once")
    before = site.dump()
    site.env["MEMORY_ENGINE"] = "openmemory"
    (site.folder / "openmemory.toml").write_text("")  # refused, whether or not the SDK is installed
    for command in (["show", MARTA], ["export", MARTA]):
        assert "Lindqvist" in site.run("projector", *command).stdout
    assert site.run("projector", "failures", "--json").stdout == "[]\n"
    none = site.run("projector", "failures")
    assert (none.stdout, none.stderr) == ("", "projector: nothing failed\n")
    assert site.dump() == before
    for command in (["--once"], ["replay"], ["forget", "--yes", MARTA], ["retry"]):
        refused = site.run("projector", *command, check=False)
        assert refused.returncode == 2
        assert "openmemory.toml" in refused.stderr


def test_doubtful_settings_are_said_at_the_start(site: Site) -> None:
    """Short secrets, a secret for two purposes and misspelt variables are warnings, without the secrets."""
    site.env |= {"ELEVENLABS_POST_CALL_KEY": "short-wsec", "ADMIN_KEY": SEARCH_DATA_KEY, "READMODEL_PATH": "x"}
    del site.env["READ_MODEL_PATH"]
    with site.ingress(), site.projector():
        site.wait_until(lambda: "projector_started" in site.log("projector"))
    lines = [json.loads(line) for line in site.log("ingress").splitlines()]
    said = {line["variable"]: line["reason"] for line in lines if line["event"] == "setting_doubtful"}
    assert set(said) == {"ELEVENLABS_POST_CALL_KEY", "ADMIN_KEY", "READMODEL_PATH"}
    assert "shorter than 16" in said["ELEVENLABS_POST_CALL_KEY"]
    assert "ELEVENLABS_SEARCH_DATA_KEY holds too" in said["ADMIN_KEY"]
    assert "Is READ_MODEL_PATH meant" in said["READMODEL_PATH"]
    assert "READMODEL_PATH" in site.log("projector")
    assert "short-wsec" not in site.log("ingress")
    assert SEARCH_DATA_KEY not in site.log("ingress")


def test_missing_setting_is_named_with_the_one_that_is_misspelt(site: Site) -> None:
    """Where a variable is missing, and one is set that is spelled much like it, both are named, exit 2."""
    site.env["ELEVENLABS_POSTCALL_KEY"] = site.env.pop("ELEVENLABS_POST_CALL_KEY")
    done = site.run("ingress", check=False)

    assert done.returncode == 2
    assert "ELEVENLABS_POST_CALL_KEY is not set" in done.stderr
    assert "ELEVENLABS_POSTCALL_KEY is no setting" in done.stderr


def test_missing_secret_says_where_there_is_no_dotenv(site: Site) -> None:
    """Started in a folder without .env, the list of missing secrets ends with that; other faults say nothing of it."""
    secret = site.env.pop("ELEVENLABS_SEARCH_DATA_KEY")
    last = f"ingress: there is no .env in {site.folder.resolve()}"
    assert site.run("ingress", check=False).stderr.splitlines()[-1] == last
    (site.folder / ".env").touch(0o600)
    assert "there is no .env" not in site.run("ingress", check=False).stderr
    (site.folder / ".env").unlink()
    site.env |= {"ELEVENLABS_SEARCH_DATA_KEY": secret, "INGRESS_WORKERS": "many"}
    assert "there is no .env" not in site.run("ingress", check=False).stderr


@needs_rights
@pytest.mark.parametrize("command", ["ingress", "projector"])
def test_dotenv_that_cannot_be_read_is_said(site: Site, command: str) -> None:
    """A .env of another user, or in another encoding, is a fault of the settings: one line, exit 2."""
    dotenv = site.folder / ".env"
    dotenv.write_bytes('DEFAULT_GREETING="Grüß Gott"'.encode("latin-1"))
    encoded = site.run(command, check=False)
    dotenv.chmod(0)
    closed = site.run(command, check=False, under=held_to_rights())

    for done, said in ((encoded, ".env is not UTF-8"), (closed, ".env cannot be read: Permission denied")):
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert said in done.stderr


def test_running_ingress_begins_no_new_log_where_its_disk_is_gone(site: Site) -> None:
    """
    If the payload disk is unmounted under a running ingress, webhooks are refused and `/health` says so, also after a
    command made its folders in the mount point; once the disk is back, nothing that was acknowledged is missing.
    """
    with site.ingress():
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        site.run("projector", "--once")
        site.payloads.rename(site.folder / "unmounted")
        site.payloads.mkdir()
        assert "is its disk mounted?" in site.run("projector", "--once", check=False).stderr
        refused = site.post_call(transcription("conv_late", "hello"))
        health = site.health_answer()

        assert refused.status_code == 503
        assert "is its disk mounted?" in refused.json()["message"]
        assert health.status_code == 503
        assert "is its disk mounted?" in health.json()["log"]["error"]

        site.payloads.rename(site.folder / "mount point")
        (site.folder / "unmounted").rename(site.payloads)
        assert site.post_call(transcription("conv_late", "hello")).json()["data"]["position"] == 2
    assert len(site.events()) == 2


@pytest.mark.parametrize(
    ("command", "typed", "completed"),
    [
        ("ingress", "do", "doctor"),
        ("ingress", "setup --dry", "--dry-run"),
        ("projector", "sh", "show"),
        ("events", "ver", "verify"),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completes_commands_and_options(site: Site, command: str, typed: str, completed: str, shell: str) -> None:
    """Each command gives a script for the shell, and completes what was begun, without any setting."""
    variable = f"_{command.upper()}_COMPLETE"
    for name in _KEYS:
        del site.env[name]
    site.env[variable] = f"{shell}_source"
    assert variable in site.run(command).stdout
    words = f"{command} {typed}"
    site.env |= {variable: f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    if shell == "fish":
        site.env["COMP_CWORD"] = typed.rsplit(maxsplit=1)[-1]
    assert completed in site.run(command).stdout
