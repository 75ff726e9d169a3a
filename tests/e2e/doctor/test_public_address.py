"""`ingress doctor` and the public address: what a proxy does to webhooks, certificates, and our own probes."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from events.wire.signature import sign
from tests.e2e.doctor.asking import doctor, run, states
from tests.support.harming_proxy import harming_proxy
from tests.support.samples import transcription
from tests.support.servers import POST_CALL_KEY, Site


def test_probe_hides_no_webhook(running: Site) -> None:
    """A real webhook whose header somebody marks as a probe's is appended all the same."""
    body = transcription("conv_marked")
    header = sign(body, POST_CALL_KEY, timestamp_s=int(time.time())) + ",probe=1"
    answer = running.post("/webhook/post-call", content=body, headers={"elevenlabs-signature": header})

    assert answer.json()["status"] == "success"
    assert [event.receipt.conversation_id for event in running.events()] == ["conv_marked"]


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
