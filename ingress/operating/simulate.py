"""Play ElevenLabs: send payloads to a running ingress, signed or with a key, as it does."""

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
            # A folder may hold other things as well: questions, notes, what an editor left, what a test expects.
            files = (file for file in path.iterdir() if file.suffix in _SUFFIXES)
            yield from sorted(file for file in files if door_of(file) == POST_CALL)
        else:
            yield path


def door_of(path: Path) -> str | None:
    """Return to which of our paths ElevenLabs would send a file; None where it sends nothing of that form."""
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
    """Return what ElevenLabs would send: a JSON file as it is, an MP3 wrapped as the audio of a conversation."""
    if path.suffix != _AUDIO_SUFFIX:
        return path.read_bytes()
    # Named as the log names it, `{conversation_id}_audio.mp3`, or after the conversation alone.
    conversation_id = path.stem.removesuffix("_audio")
    pieces = audio_webhook(path, conversation_id, agent_id="agent_simulated", timestamp_s=int(time.time()))
    return b"".join(pieces)


class Simulator:
    """A caller's ElevenLabs: sends the three webhooks to an ingress at `url`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_S, trust_env=False)

    def post_call(self, body: bytes, *, secret: str) -> httpx.Response:
        """Send a post-call webhook, signed now."""
        signature = sign(body, secret, timestamp_s=int(time.time()))
        headers = {HEADER: signature, "content-type": "application/json"}
        return self._client.post(POST_CALL, content=body, headers=headers)

    def call_start(self, number: str, *, key: str, agent_id: str, called_number: str) -> httpx.Response:
        """Ask as ElevenLabs does when `number` calls."""
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

    def ask(self, door: str, body: bytes, *, key: str) -> httpx.Response:
        """Ask one of the two questions, as it is written."""
        headers = {"x-api-key": key, "content-type": "application/json"}
        return self._client.post(door, content=body, headers=headers)

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def play(simulator: Simulator, settings: Settings, path: Path) -> httpx.Response | None:
    """Send a file to where it belongs, with the first of its secrets; None where it belongs nowhere."""
    door = door_of(path)
    if door is None:
        return None
    if door == POST_CALL:
        return simulator.post_call(webhook_body(path), secret=first(settings.post_call_keys))
    keys = settings.client_data_keys if door == CLIENT_DATA else settings.search_data_keys
    return simulator.ask(door, path.read_bytes(), key=first(keys))


def first(keys: Secrets) -> str:
    """Return the first of some secrets; nothing where there is none."""
    return next(iter(keys), "")
