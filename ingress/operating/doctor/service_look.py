"""Looks at the two processes: the port, the health, the signature's way through, the read model and the engine."""

import asyncio
import errno
import socket
import time
from datetime import datetime
from importlib.metadata import version
from typing import Any

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from events.errors import EventsError, SignatureError
from events.open_log import open_log_there
from events.process.terminal import count_of
from events.wire.signature import Verifier, sign
from ingress.lookups.engine_health import EngineHealth
from ingress.operating.checkup.projector_health import ProjectorWatch
from ingress.operating.doctor.finding import Finding, Findings
from ingress.operating.doctor.probing import client_of, judge_probe, send_probe
from ingress.operating.simulate import local_url
from ingress.settings import Settings
from ingress.webhooks.tool_faults import ADVICE
from projector.engines.open import Engines
from projector.errors import ProjectorError
from projector.read_model.open import open_generations, open_read_model
from projector.read_side.reader import ReadModelReader

_TIMEOUT_S = 10.0
_SKEW_S = 5.0
_PRODUCT = "ELAOMS"
_FAULTS_COUNTED = "elaoms_search_tool_faults_total"
_LAST_FAULT = "elaoms_search_tool_last_fault_timestamp_seconds"
_HOUR_S = 60 * 60
_MEND_TOOL = (
    "The log names the agents: search_tool_misconfigured. docs/elevenlabs-setup.md, The search tool. If it is mended"
    " since, restart ingress: the count begins anew."
)
_COMPARE_SECRETS = "Compare ELEVENLABS_POST_CALL_KEY with the webhook's secret at ElevenLabs, and restart ingress."
# Where /health says why a name is degraded: another part of it may ail at the same time, for another reason.
_REASONS = {
    "log": (("log", "error"),),
    "replication": (("log", "error"),),
    "body_store": (("log", "body_store", "error"),),
    "disk": (("log", "error"), ("read_model", "error")),
    "read_model": (("read_model", "error"),),
    "engine": (("read_model", "engine"),),
    "projector": (("projector", "error"),),
    "clock": (("worker", "refused_signatures_reason"),),
}


def look_at_service(settings: Settings) -> list[Finding]:
    """Return what is to be said of the processes on this machine."""
    found = Findings("service")
    with client_of(local_url(settings.host, settings.port), timeout_s=_TIMEOUT_S) as client:
        _look_at_signature(settings, found)
        if _look_at_port(settings, client, found):
            try:
                judge_probe(found, "probe", send_probe(client, settings))
                _look_at_health(client, found)
                _look_at_questions(client, found)
            except httpx.HTTPError as error:
                found.wrong("ingress", f"does not answer ({error})", "Restart it; its log says why.")
    _look_at_projector(settings, found)
    _look_at_read_model(settings, found)
    _look_at_engine(settings, found)
    return found.found


def look_at_clock(dates: list[tuple[str, datetime, float]]) -> list[Finding]:
    """
    Return what is to be said of this machine's clock.

    Args:
        dates: of others: whose, what their clock said, and what ours said then, in Unix seconds.
    """
    found = Findings("clock")
    for whose, theirs, ours_s in dates:
        ahead_s = ours_s - theirs.timestamp()
        if abs(ahead_s) > _SKEW_S:
            text = f"differs from that of {whose} by {ahead_s:+.0f} s: webhooks may be refused for their age"
            found.wrong("clock", text, "Have it set by a time server (chrony, systemd-timesyncd).")
        else:
            found.ok("clock", f"agrees with that of {whose}")
    if not found.found:
        found.skip("clock", "nobody was asked for the time", "Give --url, or set ELEVENLABS_API_KEY.")
    return found.found


def _look_at_signature(settings: Settings, found: Findings) -> None:
    body, now_s = b'{"type": "elaoms_probe"}', int(time.time())
    for secret in settings.post_call_keys:
        try:
            verifier = Verifier(sign(body, secret, timestamp_s=now_s), settings.post_call_keys, now_s=now_s)
            verifier.update(body)
            verifier.verify()
        except SignatureError as error:
            found.wrong("signature", str(error), "Copy ELEVENLABS_POST_CALL_KEY again.")
            return
    found.ok("signature", f"{count_of(len(settings.post_call_keys), 'secret')} signs and verifies")


def _look_at_port(settings: Settings, client: httpx.Client, found: Findings) -> bool:
    """Note who answers at HOST and PORT; return whether it is ingress."""
    where = f"HOST {settings.host}, PORT {settings.port}"
    try:
        answer = client.get("/")
    except httpx.HTTPError:
        _look_at_free_port(settings, where, found)
        return False
    welcome = _json(answer)
    if welcome.get("name") != _PRODUCT:
        found.wrong("port", f"another service answers at {where}", "Choose another PORT, or stop that service.")
        return False
    release = version("elaoms")
    if welcome.get("version") != release:
        text = f"ingress {welcome.get('version')} runs at {where}, and {release} is installed"
        found.warn("port", text, "Restart ingress.")
    else:
        found.ok("port", f"ingress {release} answers at {where}")
    return True


def _look_at_free_port(settings: Settings, where: str, found: Findings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.host, settings.port))
    except OSError as error:
        then = "Choose another PORT, or stop the process that holds it."
        if error.errno == errno.EADDRNOTAVAIL:
            then = "Set HOST to an address of this machine."
        elif error.errno in (errno.EACCES, errno.EPERM):
            then = "Choose a PORT from 1024 on, and put a proxy before it."
        found.wrong("port", f"nobody answers at {where}, and it cannot be used: {error.strerror}", then)
    else:
        found.wrong("port", f"ingress does not run; {where} is free", "Start it: docs/running.md.")


def _look_at_health(client: httpx.Client, found: Findings) -> None:
    health = _json(client.get("/health"))
    degraded = health.get("degraded") or []
    if not degraded and health.get("status") == "ok":
        found.ok("health", "nothing is degraded")
    refused = _said(health, "worker", "refused_signatures_reason")
    # The clock's own line has the reason where it is the clock.
    if refused and "clock" not in degraded:
        found.warn("signatures", refused, _COMPARE_SECRETS)
    for name in degraded:
        reasons = [text for path in _REASONS.get(name, ()) if (text := _said(health, *path))]
        then = f"docs/running.md, What /health says, has {name}."
        found.wrong(f"health: {name}", "; ".join(reasons) or "see /health", then)


def _said(health: dict[str, Any], *path: str) -> str:
    said: Any = health
    for key in path:
        said = (said or {}).get(key)
    return str(said or "")


def _look_at_questions(client: httpx.Client, found: Findings) -> None:
    answer = client.get("/metrics")
    if answer.status_code == 200:
        judge_questions(found, answer.text, now_s=time.time())
    else:
        found.skip("questions", "this ingress does not count them", "Restart it, if an earlier release runs.")


def judge_questions(found: Findings, metrics: str, *, now_s: float) -> None:
    """
    Note what was wrong with the questions that search tools asked since the start.

    A fault that did not come for an hour is a warning: the tool may have been mended since.

    Args:
        metrics: the answer of `/metrics`.
        now_s: the moment, in Unix seconds.
    """
    samples = [sample for family in text_string_to_metric_families(metrics) for sample in family.samples]
    last_s = {sample.labels["fault"]: sample.value for sample in samples if sample.name == _LAST_FAULT}
    faults = {sample.labels["fault"]: int(sample.value) for sample in samples if sample.name == _FAULTS_COUNTED}
    wrong = {fault: count for fault, count in faults.items() if count}
    for fault, count in wrong.items():
        ago_s = now_s - last_s.get(fault, now_s)
        note = found.warn if ago_s > _HOUR_S else found.wrong
        text = f"{count_of(count, 'question')} since the start, the last one {_span(ago_s)} ago: {ADVICE[fault]}"
        note(f"search tool: {fault}", text, _MEND_TOOL)
    if not wrong:
        found.ok("questions", "none since the start was asked wrongly by a search tool")


def _span(seconds: float) -> str:
    hours = int(seconds // _HOUR_S)
    return count_of(hours, "hour") if hours else count_of(max(0, int(seconds // 60)), "minute")


def _look_at_projector(settings: Settings, found: Findings) -> None:
    projector = ProjectorWatch(settings.read_model_folder).look()
    if projector.running and projector.error is None:
        found.ok("projector", f"runs, as process {projector.process}")
    else:
        text = projector.error or "no projector runs: nothing is learned from a call"
        found.wrong("projector", text, "Start it: docs/running.md. If it runs, its log says what it waits for.")


def _look_at_read_model(settings: Settings, found: Findings) -> None:
    start = "Start the projector; its log says more."
    try:
        tail = open_log_there(settings.log_location).tail()
        events = tail.position if tail else 0
        with open_read_model(open_generations(settings.memories_location)) as read_model:
            place, faults, waiting = read_model.place(), len(read_model.faults()), read_model.waiting()
    except (EventsError, ProjectorError, OSError) as error:
        found.wrong("read model", str(error), start)
        return
    behind = events - (place.position if place else 0)
    if behind > 0:
        found.warn("read model", f"{count_of(behind, 'event')} of {events} not folded yet", f"Wait, or: {start}")
    elif behind < 0:
        text = "is ahead of the log, which was cut or replaced"
        found.wrong("read model", text, "Restore the log; or start the projector, which replays what is there.")
    elif waiting:
        found.warn("read model", f"{count_of(waiting, 'caller')} with calls not folded yet", f"Wait, or: {start}")
    else:
        found.ok("read model", f"all {count_of(events, 'event')} folded")
    if faults:
        text = f"{count_of(faults, 'event')} could not be folded"
        found.wrong("failures", text, "`projector failures` lists them, `projector retry` tries again.")
    else:
        found.ok("failures", "no event failed to fold")


def _look_at_engine(settings: Settings, found: Findings) -> None:
    engines = Engines(settings.engine)
    health = EngineHealth(ReadModelReader(settings.callers_location, engines), engines)
    try:
        said = asyncio.run(health.ask())
    finally:
        health.close()
    if said == "ok":
        found.ok("engine", f"{settings.engine.name} answers")
    else:
        found.wrong("engine", said, "docs/engines.md says what each engine needs.")


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
