"""`ingress doctor` on an installation that runs, on one that does not, and on what can be wrong at ElevenLabs."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from prometheus_client import CollectorRegistry

from events.wire.signature import sign
from ingress.__main__ import cli
from ingress.metrics.counting import Metrics
from ingress.metrics.exposing import Snapshot, exposition
from ingress.operating.doctor.finding import Findings
from ingress.operating.doctor.service_look import judge_questions
from ingress.operating.setup.documents import DATA_COLLECTION, OVERRIDES, PLACEHOLDERS, value_at
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace
from tests.support.harming_proxy import harming_proxy
from tests.support.samples import transcription
from tests.support.servers import POST_CALL_KEY, Site

URL = "https://memory.example.com"
SECRETS = {
    "ELEVENLABS_CLIENT_DATA_KEY": "c" * 32,
    "ELEVENLABS_SEARCH_DATA_KEY": "s" * 32,
    "LOG_KEY": "l" * 64,
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose two processes run."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress(), site.projector():
        site.wait_until(lambda: "read_model" not in site.recent_health()["degraded"])
        yield site


def run(site: Site, *arguments: str) -> Result:
    """Run `ingress` in the folder of a site, in this process."""
    with chdir(site.folder):
        return CliRunner(env=site.env).invoke(cli, [*arguments], catch_exceptions=False)


def doctor(site: Site, *arguments: str, code: int | None = None) -> dict[str, dict[str, Any]]:
    """Return what the doctor found, by subject; what is wrong wins."""
    done = run(site, "doctor", "--json", *arguments)
    if code is not None:
        assert done.exit_code == code, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert all(one["then"].strip() for one in found)
    assert done.exit_code == int(any(one["state"] == "wrong" for one in found))
    return {one["subject"]: one for one in sorted(found, key=lambda one: one["state"] == "wrong")}


def states(found: dict[str, dict[str, Any]], state: str) -> set[str]:
    return {subject for subject, one in found.items() if one["state"] == state}


def test_installation_that_runs_has_nothing_wrong(running: Site) -> None:
    """Each thing has a line, none is wrong, exit 0; no event was appended, and nothing is left behind."""
    before = sorted(running.folder.rglob("*"))
    found = doctor(running, "--url", running.url, code=0)

    assert {"settings", "port", "probe", "health", "read model", "engine", "clock"} <= set(found)
    assert {"PAYLOAD_STORAGE_PATH: room", "PAYLOAD_STORAGE_PATH: inodes", "PAYLOAD_STORAGE_PATH: fsync"} <= set(found)
    assert {"reachable", "signature", "body size", "client data webhook", "search tool"} <= states(found, "ok")
    assert running.events() == []
    assert [path for path in sorted(running.folder.rglob("*")) if path not in before and "doctor" in path.name] == []


def test_screen_has_a_line_for_each_that_ends_in_what_to_do(running: Site) -> None:
    """Without --json the same lines are printed for the eye, each with its advice, and a sum."""
    found = doctor(running)
    screen = run(running, "doctor").stdout

    assert [subject for subject in found if subject not in screen] == []
    assert [one["then"] for one in found.values() if one["then"] not in screen] == []
    assert screen.splitlines()[-1].endswith(("warning.", "warnings."))


def test_probe_hides_no_webhook(running: Site) -> None:
    """A real webhook whose header somebody marks as a probe's is appended all the same."""
    body = transcription("conv_marked")
    header = sign(body, POST_CALL_KEY, timestamp_s=int(time.time())) + ",probe=1"
    answer = running.post("/webhook/post-call", content=body, headers={"elevenlabs-signature": header})

    assert answer.json()["status"] == "success"
    assert [event.receipt.conversation_id for event in running.events()] == ["conv_marked"]


def test_installation_that_does_not_run_is_told_so(site: Site) -> None:
    """Without ingress and projector both are named, with what to do, exit 1."""
    found = doctor(site, code=1)

    assert {"port", "projector", "read model"} <= states(found, "wrong")
    assert [path.name for path in site.folder.iterdir() if path.is_dir()] == []
    assert "Start" in found["port"]["then"]


def test_projector_that_ended_is_told_apart_from_one_that_runs(site: Site) -> None:
    """While a projector runs its process is named; once it has ended, that is what is wrong, also without ingress."""
    with site.projector() as process:
        site.wait_until(lambda: "replay_finished" in site.log("projector"))
        assert f"process {process.pid}" in doctor(site)["projector"]["text"]
    assert doctor(site)["projector"]["state"] == "wrong"


def test_search_tool_that_asks_wrongly_is_told(site: Site) -> None:
    """A question without a number, with a variable as it is written, and one that is no JSON are told apart."""
    key = {"x-api-key": site.env["ELEVENLABS_SEARCH_DATA_KEY"], "content-type": "application/json"}
    with site.ingress(), site.projector():
        site.wait_until(lambda: "read_model" not in site.recent_health()["degraded"])
        assert doctor(site)["questions"]["state"] == "ok"
        for body in (b'{"query": "x"}', b'{"query": "x", "caller_id": "{{system__caller_id}}"}', b"no JSON"):
            site.post("/webhook/search-data", content=body, headers=key)
        time.sleep(1.1)  # what /metrics says may be a second old
        found = doctor(site)
    faults = {f"search tool: {fault}" for fault in ("no_caller_id", "literal_variable", "no_json")}
    assert faults <= states(found, "wrong")


def test_search_tool_that_asked_wrongly_long_ago_is_a_warning() -> None:
    """An hour after its last fault a tool may have been mended; before, it is wrong, and what to do tells both."""
    metrics = Metrics(CollectorRegistry())
    metrics.note_tool_fault("no_json")
    served = exposition(metrics.registry, Snapshot([], {})).decode()
    for later_s, state, words in (
        (60, "wrong", "1 minute ago"),
        (3599, "wrong", "59 minutes"),
        (7300, "warning", "2 h"),
    ):
        found = Findings("service")
        judge_questions(found, served, now_s=time.time() + later_s + 0.5)
        assert [(one.subject, one.state) for one in found.found] == [("search tool: no_json", state)]
        assert words in found.found[0].text
        assert "restart ingress" in found.found[0].then


def _post_with_another_secret(site: Site, body: bytes) -> int:
    header = sign(body, "wsec_at_elevenlabs", timestamp_s=int(time.time()))
    return site.post("/webhook/post-call", content=body, headers={"elevenlabs-signature": header}).status_code


def test_wrong_secret_of_the_post_call_webhook_is_told(site: Site) -> None:
    """Six webhooks under another secret are a warning although nothing is degraded, and no reason of anything else."""
    with site.ingress(), site.projector():
        site.wait_until(lambda: "read_model" not in site.recent_health()["degraded"])
        assert "signatures" not in doctor(site, code=0)
        for number in range(6):
            body = transcription(f"conv_{number}")
            assert _post_with_another_secret(site, body) == 401
        found = doctor(site, code=0)
        assert found["signatures"]["state"] == "warning"
        assert "6 webhooks" in found["signatures"]["text"]
        assert "ELEVENLABS_POST_CALL_KEY" in found["signatures"]["then"]
        assert found["probe"]["state"] == found["health"]["state"] == "ok"

        assert site.post_call(b'{"type": "post_call_transcription", "data":').status_code == 200
        for _ in range(2):
            assert _post_with_another_secret(site, b"{}") == 401
        site.wait_until_folded(1)
        found = doctor(site, code=1)
    assert found["health: unreadable"]["text"] == "see /health"
    assert "2 webhooks" in found["signatures"]["text"]


@pytest.mark.parametrize(
    ("env", "subject", "state"),
    [
        ({"ELEVENLABS_POST_CALL_KEY": "changeme"}, "ELEVENLABS_POST_CALL_KEY", "wrong"),
        ({"ELEVENLABS_SEARCH_DATA_KEY": ""}, "ELEVENLABS_SEARCH_DATA_KEY", "wrong"),
        ({"PORT": "eighty"}, "PORT", "wrong"),
        ({"ELEVENLABS_CLIENT_DATA_KEY": "short"}, "ELEVENLABS_CLIENT_DATA_KEY", "warning"),
        (
            {"ELEVENLABS_CLIENT_DATA_KEY": "d" * 32, "ADMIN_KEY": "d" * 32},
            "ADMIN_KEY",
            "warning",
        ),
        ({"INGRES_WORKERS": "2"}, "INGRES_WORKERS", "warning"),
        ({}, "LOG_KEY", "warning"),
        ({"ALLOW_UNAUTHENTICATED_SEARCH": "true"}, "ALLOW_UNAUTHENTICATED_SEARCH", "wrong"),
        ({"DEBUG": "true"}, "DEBUG", "warning"),
        ({"FREE_DISK_MIN_MB": str(1024 * 1024 * 1024)}, "PAYLOAD_STORAGE_PATH: room", "wrong"),
        ({"HOST": "192.0.2.1"}, "port", "wrong"),
        ({"MEMORY_ENGINE": "openmemory-server", "OPENMEMORY_PORT": "9"}, "engine", "wrong"),
    ],
)
def test_wrong_setting_is_named(site: Site, env: dict[str, str], subject: str, state: str) -> None:
    """Each fault of the settings has a line with the name of the variable."""
    site.env |= env
    assert doctor(site)[subject]["state"] == state


def test_readable_dotenv_is_wrong(site: Site) -> None:
    """A .env that others may read is named; with mode 600 it is right."""
    dotenv = site.folder / ".env"
    dotenv.write_text("")
    dotenv.chmod(0o644)
    assert doctor(site)[".env"]["state"] == "wrong"
    dotenv.chmod(0o600)
    assert doctor(site)[".env"]["state"] == "ok"


def test_port_of_another_service_is_told(site: Site) -> None:
    """Whoever else answers at, or holds, the port is told apart from an ingress that does not run."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        assert "cannot be used" in doctor(site)["port"]["text"]


def test_secret_that_ingress_does_not_have_yet_is_told(running: Site) -> None:
    """A secret that was changed in .env, while ingress runs with the old one, fails the probe."""
    changed = Site(running.folder)
    changed.env |= {"PORT": str(running.port), "ELEVENLABS_POST_CALL_KEY": "wsec_changed_since_then"}
    assert doctor(changed)["probe"]["state"] == "wrong"


@pytest.mark.parametrize(
    ("change", "subject", "words"),
    [
        (lambda request: ("drop", "elevenlabs-signature"), "signature", "keep the header elevenlabs-signature"),
        (lambda request: ("drop", "x-api-key"), "client data webhook", "X-Api-Key"),
        (lambda request: (413, "") if len(request) > 1_000_000 else None, "body size", "body limit"),
        (lambda request: (301, ""), "reachable", "leads to"),
        (lambda request: (502, ""), "signature", "does not reach ingress"),
        (lambda request: (403, ""), "signature", "addresses"),
        (lambda request: (404, ""), "signature", "/webhook/post-call"),
        (lambda request: ("change", b"\n"), "signature", "leave the body"),
    ],
    ids=["signature dropped", "key dropped", "small bodies", "redirect", "502", "403", "404", "body changed"],
)
def test_proxy_that_harms_webhooks_is_told(
    running: Site, change: Callable[[bytes], Any], subject: str, words: str
) -> None:
    """What a proxy does to webhooks is found through the public address, with what to change."""
    with harming_proxy(running.port, change) as url:
        found = doctor(running, "--url", url, "--body-mb", "2", code=1)
    assert found[subject]["state"] == "wrong"
    assert words in found[subject]["text"] + found[subject]["then"]


@pytest.mark.parametrize(
    ("days", "is_trusted", "state"), [(90, True, "ok"), (5, True, "warning"), (90, False, "wrong")]
)
def test_certificate_is_looked_at(running: Site, tmp_path: Path, *, days: int, is_trusted: bool, state: str) -> None:
    """One that lasts is right, one that runs out soon is a warning, and one that nobody trusts is wrong."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", str(days)]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*made, *subject, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    with certificate.open("ab") as both:
        both.write(key.read_bytes())
    site = Site(running.folder)
    site.env |= {"PORT": str(running.port)} | ({"SSL_CERT_FILE": str(certificate)} if is_trusted else {})
    with harming_proxy(running.port, certificate=certificate) as url:
        found = doctor(site, "--url", url, "--body-mb", "1")
    assert found["TLS"]["state"] == state
    if is_trusted:
        assert {"reachable", "signature", "body size", "search tool"} <= states(found, "ok")


def test_address_that_nobody_answers_is_told(running: Site) -> None:
    """A public address that is down, or unencrypted on another host, is wrong."""
    assert doctor(running, "--url", "http://127.0.0.1:9", code=1)["reachable"]["state"] == "wrong"
    assert doctor(running, "--url", "http://memory.invalid", code=1)["TLS"]["state"] == "wrong"
    assert doctor(running, "--url", "https://127.0.0.1:9", code=1)["reachable"]["state"] == "wrong"
    assert run(running, "doctor", "--url", "memory.example.com").exit_code == 2


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
