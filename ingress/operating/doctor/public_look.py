"""Looks at the public address, the way that ElevenLabs takes: TLS, the proxy's limits, and what it keeps."""

import socket
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from ingress.operating.doctor.finding import Finding, Findings
from ingress.operating.doctor.probing import ask_questions, client_of, judge_probe, send_probe, trusted_authorities
from ingress.operating.setup.settings import is_loopback
from ingress.settings import Settings

_TIMEOUT_S = 60.0
_CERTIFICATE_DAYS_MIN = 14
_MIB = 1024 * 1024
Dates = list[tuple[str, datetime, float]]


def look_at_address(settings: Settings, url: str, *, body_mb: int, dates: Dates) -> list[Finding]:
    """
    Return what is to be said of the public address.

    Args:
        body_mb: how large a body is sent, in MiB; a recording of ten minutes takes some 13.
        dates: is given what the other clock says.
    """
    found = Findings("public address")
    address = httpx.URL(url)
    if address.scheme != "https":
        text = f"{url} is not https, and would carry what callers say in the clear"
        (found.warn if is_loopback(address.host) else found.wrong)("TLS", text, "ElevenLabs needs an https address.")
    elif not _look_at_certificate(address, found):
        return found.found
    try:
        with client_of(url.rstrip("/"), timeout_s=_TIMEOUT_S) as client:
            if not _look_at_welcome(client, url, found, dates):
                return found.found
            if judge_probe(found, "signature", send_probe(client, settings)):
                size = body_mb * _MIB
                judge_probe(found, "body size", send_probe(client, settings, size=size), size=size)
            ask_questions(client, settings, found)
    except httpx.HTTPError as error:
        text = f"{url} does not answer ({str(error) or type(error).__name__})"
        found.wrong("reachable", text, "Is the proxy or the tunnel running, and the address right?")
    return found.found


def date_of(header: str | None) -> datetime | None:
    """Return the moment that a `Date` header names; None where there is none."""
    try:
        moment = parsedate_to_datetime(header or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _look_at_welcome(client: httpx.Client, url: str, found: Findings, dates: Dates) -> bool:
    answer = client.get("/")
    moment = date_of(answer.headers.get("date"))
    if moment is not None and not is_loopback(client.base_url.host):
        dates.append((url, moment, time.time()))
    if answer.is_redirect:
        text = f"{url} leads on to {answer.headers.get('location')}, and ElevenLabs does not follow"
        found.wrong("reachable", text, "Give the address that it leads to, here and at ElevenLabs.")
        return False
    try:
        is_ours = msgspec.json.decode(answer.content, type=dict[str, object]).get("name") == "ELAOMS"
    except (msgspec.MsgspecError, UnicodeDecodeError):
        is_ours = False
    if is_ours:
        found.ok("reachable", f"ingress answers at {url}")
    else:  # a proxy may rightly let nothing but the webhooks through
        text = f"{url}/ was answered {answer.status_code}, not by ingress"
        found.warn("reachable", text, "Right if the proxy lets only /webhook/ through; else correct the address.")
    return True


def _look_at_certificate(address: httpx.URL, found: Findings) -> bool:
    where = (address.host, address.port or 443)
    try:
        with (
            socket.create_connection(where, timeout=_TIMEOUT_S) as plain,
            trusted_authorities().wrap_socket(plain, server_hostname=address.host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLError as error:
        text = f"the certificate is not accepted ({error.reason or error})"
        found.wrong("TLS", text, "Install one for this name that browsers accept, with its whole chain.")
        return False
    except OSError as error:
        text = f"{address.host} cannot be reached ({error.strerror or error})"
        found.wrong("reachable", text, "Check the name, the firewall, and that the proxy runs.")
        return False
    until_s = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = int((until_s - time.time()) // 86400)
    if days < _CERTIFICATE_DAYS_MIN:
        found.warn("TLS", f"the certificate runs out in {days} days", "Renew it, and check what should have done so.")
    else:
        found.ok("TLS", f"the certificate is accepted, for {days} days more")
    return True
