"""Play ElevenLabs: sign payloads as it does, and send them to a running ingress."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from events.recording import audio_webhook
from events.signature import sign
from ingress.post_call import HEADER

_TIMEOUT_S = 60
_AUDIO_SUFFIX = ".mp3"


def webhook_files(paths: list[Path]) -> Iterator[Path]:
    """Yield the payloads among files and folders, the folders' in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix == _AUDIO_SUFFIX or _is_webhook(file))
        else:
            yield path


def _is_webhook(path: Path) -> bool:
    # A folder may hold other things as well: questions, notes, what a test expects.
    if path.suffix != ".json":
        return False
    try:
        return isinstance(msgspec.json.decode(path.read_bytes(), type=dict[str, Any]).get("type"), str)
    except msgspec.MsgspecError:
        return False


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
        return self._client.post("/webhook/post-call", content=body, headers=headers)

    def call_start(self, number: str, *, key: str, agent_id: str, called_number: str) -> httpx.Response:
        """Ask as ElevenLabs does when `number` calls."""
        question = {
            "caller_id": number,
            "agent_id": agent_id,
            "called_number": called_number,
            "call_sid": "CA00000000000000000000000000000000",
        }
        return self._ask("/webhook/client-data", question, key)

    def search(self, number: str, query: str, *, key: str, agent_id: str, called_number: str) -> httpx.Response:
        """Ask as an agent's search tool does while `number` is on the line."""
        question = {"query": query, "caller_id": number, "called_number": called_number, "agent_id": agent_id}
        return self._ask("/webhook/search-data", question, key)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _ask(self, path: str, question: dict[str, Any], key: str) -> httpx.Response:
        return self._client.post(path, json=question, headers={"x-api-key": key})
