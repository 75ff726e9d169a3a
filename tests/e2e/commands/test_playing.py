"""The demo, and simulating ElevenLabs without a phone; which doors settings open, and what calls cost and log."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import CAPTURED, MARTA, PAYLOADS, transcription
from tests.support.servers import Site, signed

_ROOT = Path(__file__).parents[3]


def test_demo_plays_through() -> None:
    """The demo greets the recorded caller by name, finds the last name, and replays to the same bytes."""
    done = subprocess.run(
        [sys.executable, str(_ROOT / "docs" / "demo" / "play.py")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Welcome back, Marta! How can I help you today?" in done.stdout
    assert "Last name: Lindqvist" in done.stdout
    assert "the same, byte for byte" in done.stdout


def test_refused_webhook_is_logged_with_its_reason(tmp_path: Path) -> None:
    """A webhook that ElevenLabs will never send again is logged as a warning with the reason."""
    site = Site(tmp_path, LOG_LEVEL="warning")
    with site.ingress():
        site.post("/webhook/post-call", content=b"{}", headers=signed(b"{}", age_s=3600))
        site.post("/webhook/client-data", json={})
        site.post("/webhook/client-data", json={}, headers={"x-api-key": "another"})
        site.post("/webhook/search-data", json={}, headers={"authorization": "Bearer another"})
    log = site.log("ingress")
    assert "the X-Api-Key header is missing: send a secret of ELEVENLABS_CLIENT_DATA_KEY" in log
    assert "the X-Api-Key header is wrong: it is none of the secrets in ELEVENLABS_CLIENT_DATA_KEY" in log
    assert "the Authorization header is not looked at" in log
    assert "another" not in log
    assert "the signature's timestamp is outside the tolerance" in log


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("localhost:8000", "has no scheme"),
        ("localhost", "has no scheme"),
        ("phone.example.com/webhook", "has no scheme"),
        ("127.0.0.1:8000", "has no scheme"),
        ("", "has no scheme"),
        ("ftp://localhost", "is no address"),
        ("http://", "is no address"),
        ("http://[::1", "is no address"),
        ("http://localhost:port", "is no address"),
        ("http://localhost?x=1", "must end before"),
    ],
)
def test_simulate_says_what_an_address_lacks(site: Site, url: str, words: str) -> None:
    """An address without a scheme, or that is none, is wrong use with a reason, and not a traceback."""
    done = site.run("ingress", "simulate", "--call-start", MARTA, "--url", url, check=False)

    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


def test_ordinary_calls_are_worth_no_warning(tmp_path: Path) -> None:
    """Without a fault the projector logs no warning, after a first start as after a second."""
    site = Site(tmp_path, LOG_LEVEL="warning", FREE_DISK_MIN_MB="0")
    for number in (1, 2):
        with site.ingress(), site.projector():
            site.post_call(transcription(f"conv_{number}", "My son is 3."))
            site.wait_until_folded(number)
            assert site.call_start(MARTA)["dynamic_variables"]["greeting"]
            assert site.search("son", MARTA)["memories"]
    assert site.log("projector") == ""


def test_simulate_plays_the_three_webhooks(site: Site) -> None:
    """Payloads, a folder of them and an MP3 are posted as ElevenLabs would, and both questions are printed."""
    folder = site.folder / "calls"
    folder.mkdir()
    (folder / "1.json").write_bytes(CAPTURED.read_bytes())
    (folder / "a-question.json").write_bytes((PAYLOADS / "search_data.request.json").read_bytes())
    (folder / "conv_4201k9wfkvjyf60aevvp97zch524_audio.mp3").write_bytes((PAYLOADS / "call_audio.mp3").read_bytes())
    with site.ingress(), site.projector():
        posted = site.run("ingress", "simulate", str(folder), str(PAYLOADS / "call_initiation_failure.sip.json"))
        assert posted.stdout.count(": 200\n") == 3
        assert '"kind": "audio"' in posted.stdout
        site.wait_until_folded(3)
        asked = site.run("ingress", "simulate", "--call-start", MARTA, "--search", MARTA, "last name")
        assert "Welcome back, Marta!" in asked.stdout
        assert "Last name: Lindqvist" in asked.stdout
        site.env["ELEVENLABS_POST_CALL_KEY"] = "another"
        refused = site.run("ingress", "simulate", str(CAPTURED), check=False)
        assert refused.returncode == 1
        assert "401" in refused.stdout
    nobody = site.run("ingress", "simulate", str(CAPTURED), check=False)
    assert nobody.returncode == 1
    assert nobody.stderr.startswith("ingress: ")


def test_simulate_sends_a_file_where_it_belongs(site: Site) -> None:
    """
    A question in a file is sent as a question, not appended as a call. A file that is nothing of ElevenLabs' is named
    and not sent, and the others are.
    """
    (site.folder / "notes.json").write_text('{"call": "me back"}')
    (site.folder / "broken.json").write_text('{"type": "post_call_transcription"')
    with site.ingress(), site.projector():
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        site.wait_until_folded(1)
        names = ("client_data.request.json", "search_data.request.json")
        asked = site.run("ingress", "simulate", *(str(PAYLOADS / name) for name in names))
        assert "Welcome back, Marta!" in asked.stdout
        assert "Last name: Lindqvist" in asked.stdout
        done = site.run("ingress", "simulate", "notes.json", "broken.json", str(CAPTURED), check=False)
        assert done.returncode == 1
        assert done.stderr.count("was not sent: it is not a JSON object with") == 2
        assert done.stdout.startswith(f"{CAPTURED.name}: 200\n")
        assert site.health()["log"]["events"] == 1


def test_doors_that_settings_open(tmp_path: Path) -> None:
    """Echoing, searching without a key, and browsers of other origins are allowed only by settings."""
    site = Site(tmp_path, DEBUG="true", ALLOW_UNAUTHENTICATED_SEARCH="true", CORS_ALLOW_ORIGINS="https://ours.example")
    with site.ingress():
        echoed = site.post("/echo", json={"a": 1})
        assert echoed.json()["body"] == {"a": 1}
        assert site.post("/webhook/search-data", json={"query": "x"}).status_code == 200
        assert site.post("/webhook/client-data", json={}).status_code == 401
        answer = site.get("/health", headers={"origin": "https://ours.example"})
        assert answer.headers["access-control-allow-origin"] == "https://ours.example"
        answer = site.get("/health", headers={"origin": "https://theirs.example"})
        assert "access-control-allow-origin" not in answer.headers
        assert "search_is_open" in site.log("ingress")


def test_threshold_tells_what_is_sure(tmp_path: Path) -> None:
    """
    A hit at the threshold is confident; if there is none, all come back as not confident, and the summary says so.
    """
    site = Site(tmp_path, MEMORY_RELEVANCE_THRESHOLD="0.3")
    said = [f"I have {number} parrots." for number in ("two", "three", "four", "five")]
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_parrots", *said))
        site.wait_until_folded(1)
        sure = site.search("five parrots", MARTA)
        assert sure["memories"][0]["content"] == "I have five parrots."
        assert all(memory["confident"] == (memory["score"] >= 0.3) for memory in sure["memories"])
        assert sure["memories"][0]["confident"]
        assert "I have five parrots" in sure["summary"]
        unsure = site.search("parrots on the quarterly insurance invoice statement", MARTA)
        assert len(unsure["memories"]) == 4
        assert not any(memory["confident"] or memory["score"] >= 0.3 for memory in unsure["memories"])
        assert unsure["summary"] == "Nothing that was found answers this for certain."
        assert len(site.search("", MARTA)["memories"]) == 4  # recent memories are not ranked


def test_long_recording_does_not_grow_the_process(site: Site) -> None:
    """A chunked audio webhook of 100 MB costs ingress and projector less than 16 MB each."""
    begin = b'{"type":"post_call_audio","data":{"agent_id":"a","conversation_id":"conv_long","full_audio":"'
    body = begin + b"QUJD" * (25 * 1024 * 1024) + b'"}}'

    def chunks() -> object:
        for offset in range(0, len(body), 65536):
            yield body[offset : offset + 65536]

    with site.ingress() as ingress, site.projector() as projector:
        for number in range(20):
            site.post_call(transcription(f"conv_{number}", "warm"))
        site.wait_until_folded(20)
        before = [_peak_kb(process.pid) for process in (ingress, projector)]
        answer = site.post("/webhook/post-call", content=chunks(), headers=signed(body))
        assert answer.status_code == 200, answer.text
        site.wait_until_folded(21)
        after = [_peak_kb(process.pid) for process in (ingress, projector)]
    assert max(now - then for now, then in zip(after, before, strict=True)) < 16 * 1024
    mp3 = site.payloads / "conv_long" / "conv_long_audio.mp3"
    assert mp3.stat().st_size == 75 * 1024 * 1024


def test_body_above_the_cap_is_refused_and_not_kept(tmp_path: Path) -> None:
    """The only body that is refused for its content is one above the cap."""
    site = Site(tmp_path, BODY_MAX_MB="2")
    body = b"x" * (2 * 1024 * 1024 + 1)
    with site.ingress():
        answer = site.post("/webhook/post-call", content=body, headers=signed(body))
        assert answer.status_code == 413
        assert answer.json()["status"] == "error"
        assert not list((site.payloads / ".incoming").iterdir())


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
