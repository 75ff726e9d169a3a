"""`ingress doctor` on an installation that runs, and on one that does not, or is set up wrongly."""

import socket
import time

import pytest
from prometheus_client import CollectorRegistry

from events.wire.signature import sign
from ingress.metrics.counting import Metrics
from ingress.metrics.exposing import Snapshot, exposition
from ingress.operating.doctor.finding import Findings
from ingress.operating.doctor.service_look import judge_questions
from tests.e2e.doctor.asking import doctor, run, states
from tests.support.samples import transcription
from tests.support.servers import Site


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
