"""Plays ElevenLabs: sends payloads to a running ingress as ElevenLabs does, signed or with a key."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from events.wire.recording import audio_webhook
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from ingress.settings import Settings
from ingress.webhooks.post_call import HEADER

POST_CALL, CLIENT_DATA, SEARCH_DATA = "/webhook/post-call", "/webhook/client-data", "/webhook/search-data"
_TIMEOUT_S = 60
_AUDIO_SUFFIX = ".mp3"
_SUFFIXES = {_AUDIO_SUFFIX, ".json"}


def payload_files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files, and the post-call webhooks in the folders, in the order of their names."""
    for path in paths:
        if path.is_dir():
            # A folder may also hold other files: questions, notes, leftovers of an editor, expected results of a test.
            files = (file for file in path.iterdir() if file.suffix in _SUFFIXES)
            yield from sorted(file for file in files if endpoint_of(file) == POST_CALL)
        else:
            yield path


def endpoint_of(path: Path) -> str | None:
    """Return the endpoint to which ElevenLabs would send a file; None if it sends nothing of that form."""
    if path.suffix == _AUDIO_SUFFIX:
        return POST_CALL
    if path.is_dir():
        return None
    try:
        fields = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(fields.get("type"), str):
        return POST_CALL
    return SEARCH_DATA if "query" in fields else CLIENT_DATA if "caller_id" in fields else None


def webhook_body(path: Path) -> bytes:
    """Return the body that ElevenLabs would send: a JSON file as it is, an MP3 inside an audio webhook."""
    if path.suffix != _AUDIO_SUFFIX:
        return path.read_bytes()
    # The MP3 is named as in the log, `{conversation_id}_audio.mp3`, or only after the conversation.
    conversation_id = path.stem.removesuffix("_audio")
    pieces = audio_webhook(path, conversation_id, agent_id="agent_simulated", timestamp_s=int(time.time()))
    return b"".join(pieces)


def address(url: str) -> str:
    """
    Return the address of an ingress.

    Raises:
        ValueError: it is none; the text says what is missing.
    """
    if "://" not in url:
        raise ValueError(f"{url!r} has no scheme: write http:// or https:// before it, as in http://localhost:8000")
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{url!r} is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise ValueError(f"{url!r} is no address such as http://localhost:8000")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} must end before its `?` or `#`")
    return url


class Simulator:
    """Sends the three webhooks to the ingress at `url`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_S, trust_env=False)

    def post_call(self, body: bytes, *, secret: str) -> httpx.Response:
        """Send a post-call webhook, signed now."""
        signature = sign(body, secret, timestamp_s=int(time.time()))
        headers = {HEADER: signature, "content-type": "application/json"}
        return self._client.post(POST_CALL, content=body, headers=headers)

    def call_start(self, number: str, *, key: str, agent_id: str, called_number: str) -> httpx.Response:
        """Ask as ElevenLabs does at the start of a call from `number`."""
        question = {
            "caller_id": number,
            "agent_id": agent_id,
            "called_number": called_number,
            "call_sid": "CA00000000000000000000000000000000",
        }
        return self.ask(CLIENT_DATA, msgspec.json.encode(question), key=key)

    def search(self, number: str, query: str, *, key: str, agent_id: str, called_number: str) -> httpx.Response:
        """Ask as an agent's search tool does while `number` is on the line."""
        question = {"query": query, "caller_id": number, "called_number": called_number, "agent_id": agent_id}
        return self.ask(SEARCH_DATA, msgspec.json.encode(question), key=key)

    def ask(self, endpoint: str, body: bytes, *, key: str) -> httpx.Response:
        """Send a question to one of the two endpoints that answer questions."""
        headers = {"x-api-key": key, "content-type": "application/json"}
        return self._client.post(endpoint, content=body, headers=headers)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def play(simulator: Simulator, settings: Settings, path: Path) -> httpx.Response | None:
    """Send a file to its endpoint, with the first secret of that endpoint; None if it belongs to no endpoint."""
    endpoint = endpoint_of(path)
    if endpoint is None:
        return None
    if endpoint == POST_CALL:
        return simulator.post_call(webhook_body(path), secret=first(settings.post_call_keys))
    keys = settings.client_data_keys if endpoint == CLIENT_DATA else settings.search_data_keys
    return simulator.ask(endpoint, path.read_bytes(), key=first(keys))


def first(keys: Secrets) -> str:
    """Return the first of the secrets; empty if there is none."""
    return next(iter(keys), "")


def local_url(host: str, port: int) -> str:
    """Return the address under which an ingress of this machine is reached that listens on HOST and PORT."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"
