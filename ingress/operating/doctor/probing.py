"""Sends signed probes to an ingress, and says what came of them."""

import ssl
import time
from collections.abc import Iterator

import httpx
import msgspec

from events.wire.shared_secrets import Secrets
from ingress.operating.doctor.finding import Findings
from ingress.operating.simulate import CLIENT_DATA, POST_CALL, SEARCH_DATA, first
from ingress.settings import Settings
from ingress.webhooks.post_call import HEADER
from ingress.webhooks.probing import sign_probe

_PIECE_BYTES = 256 * 1024
_NOBODY = "anonymous"  # a caller who withholds the number: nothing is asked of anybody
_REDIRECTS = range(300, 400)


def client_of(url: str, *, timeout_s: float) -> httpx.Client:
    """Return a client of an ingress; it follows no redirects, as ElevenLabs would lose the body on the way."""
    return httpx.Client(
        base_url=url, timeout=timeout_s, trust_env=False, follow_redirects=False, verify=trusted_authorities()
    )


def trusted_authorities() -> ssl.SSLContext:
    """Return whom we trust to certify an address: the usual authorities, or those that SSL_CERT_FILE names."""
    return httpx.create_ssl_context()


def send_probe(client: httpx.Client, settings: Settings, *, size: int = 0) -> httpx.Response:
    """Send a signed probe of at least `size` bytes, chunked as ElevenLabs sends recordings."""
    body = b'{"type": "elaoms_probe", "padding": "' + b"0" * size + b'"}'
    now_s = int(time.time())
    header = sign_probe(body, first(settings.post_call_keys), timestamp_s=now_s)
    headers = {HEADER: header, "content-type": "application/json"}
    return client.post(POST_CALL, content=_pieces(body), headers=headers)


def judge_probe(found: Findings, subject: str, answer: httpx.Response, *, size: int = 0) -> bool:
    """Note what the answer to a probe says; return whether it came in whole."""
    if answer.status_code == 200 and _field(answer, "status") == "probe":
        what = f"a body of {size // 1024 // 1024} MB" if size else "a signed probe"
        found.ok(subject, f"{what} came in whole, with its signature; it was not appended")
        return True
    text = f"a probe was answered {answer.status_code}"
    match answer.status_code:
        case 200:
            text = "a probe was answered 200, but not by ingress of this release"
            then = "Is another service at this address? Restart ingress if it was upgraded."
        case 401:
            then = (
                f"Does the proxy keep the header {HEADER} and leave the body as it is? Does ingress run with the same"
                " .env, and this release? Are both clocks right?"
            )
        case 403:
            then = "If the proxy lets only ElevenLabs' addresses in, run this on a machine that it lets in as well."
        case 404:
            then = f"Have the proxy pass {POST_CALL} on to ingress."
        case 413:
            then = "Raise the proxy's body limit to BODY_MAX_MB (nginx: client_max_body_size 256m)."
        case 503:
            then = "Ingress cannot append, or too much comes in: look at /health."
        case 408 | 502 | 504:
            then = "The proxy does not reach ingress, or waits too short: is ingress running, on HOST and PORT?"
        case status if status in _REDIRECTS:
            text += f", to {answer.headers.get('location', 'nowhere')}"
            then = "ElevenLabs does not follow it: give the address that it leads to."
        case _:
            then = "Look into the proxy's log and that of ingress."
    found.wrong(subject, text, then)
    return False


def ask_questions(client: httpx.Client, settings: Settings, found: Findings) -> None:
    """Ask both questions as of a caller who withholds the number, and note whether the key came in."""
    asked: tuple[tuple[str, str, Secrets, dict[str, str]], ...] = (
        ("client data webhook", CLIENT_DATA, settings.client_data_keys, {"caller_id": _NOBODY}),
        ("search tool", SEARCH_DATA, settings.search_data_keys, {"query": "probe", "caller_id": _NOBODY}),
    )
    for subject, path, keys, question in asked:
        answer = client.post(path, json=question, headers={"x-api-key": first(keys)})
        if answer.status_code == 200:
            found.ok(subject, "is answered; its X-Api-Key is kept")
        elif answer.status_code == 401:
            then = "Does the proxy keep the header X-Api-Key? Does ingress run with the same .env?"
            found.wrong(subject, f"{path} refused the key (401)", then)
        else:
            then = f"Have the proxy pass {path} on to ingress as it is."
            found.wrong(subject, f"{path} was answered {answer.status_code}", then)


def _pieces(body: bytes) -> Iterator[bytes]:
    for at in range(0, len(body), _PIECE_BYTES):
        yield body[at : at + _PIECE_BYTES]


def _field(answer: httpx.Response, name: str) -> object:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, object]).get(name)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
