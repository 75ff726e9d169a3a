"""Webhooks to test with: the recorded payloads, and calls that are written by hand in one line."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).parents[1] / "payloads"
CAPTURED = PAYLOADS / "post_call_transcription.captured.json"
MARTA = "+12025550143"
AGENT_LINE = "+12025550100"
AGENT = "agent_7301k9r8sbb5fjbbym8c9y1jqt9b"
NOON_S = 1_762_948_800  # 2025-11-12T12:00:00Z
MP3 = (PAYLOADS / "call_audio.mp3").read_bytes()


def transcription(
    conversation_id: str,
    *said: str | None,
    caller: str | None = MARTA,
    agent: str = AGENT,
    at_s: int | None = NOON_S,
    event_timestamp: int | None = None,
    direction: str = "inbound",
    status: str = "done",
    summary: str | None = None,
    title: str | None = None,
    language: str | None = "en",
    user_id: str | None = None,
    **collected: Any,
) -> bytes:
    """Return a post-call transcription of a phone call with these turns of the caller, an agent's turn before each."""
    turns: list[dict[str, Any]] = []
    for number, words in enumerate(said):
        turns.append({"role": "agent", "message": f"Question {number}?", "time_in_call_secs": number * 10})
        turns.append({"role": "user", "message": words, "time_in_call_secs": number * 10 + 5})
    phone = {"direction": direction, "agent_number": AGENT_LINE, "external_number": caller, "type": "twilio"}
    webhook: dict[str, Any] = {
        "type": "post_call_transcription",
        "data": {
            "agent_id": agent,
            "conversation_id": conversation_id,
            "status": status,
            "user_id": user_id,
            "transcript": turns,
            "metadata": {
                "start_time_unix_secs": at_s,
                "call_duration_secs": len(said) * 10,
                "phone_call": phone if caller is not None else None,
                "main_language": language,
            },
            "analysis": {
                "transcript_summary": summary,
                "call_summary_title": title,
                "data_collection_results": {
                    id_: {"data_collection_id": id_, "value": value} for id_, value in collected.items()
                },
            },
        },
    }
    if event_timestamp is not None:
        webhook["event_timestamp"] = event_timestamp
    return json.dumps(webhook).encode()


def audio(conversation_id: str, mp3: bytes = MP3, *, agent: str = AGENT) -> bytes:
    """Return a post-call audio webhook."""
    data = {"agent_id": agent, "conversation_id": conversation_id, "full_audio": base64.b64encode(mp3).decode()}
    return json.dumps({"type": "post_call_audio", "event_timestamp": NOON_S, "data": data}).encode()


def failure(
    conversation_id: str, to: str = MARTA, *, reason: str = "no-answer", event_timestamp: int = NOON_S
) -> bytes:
    """Return the webhook of an outbound call that reached no one."""
    body = {"Direction": "outbound-api", "To": to, "From": AGENT_LINE, "CallStatus": "no-answer"}
    data = {
        "agent_id": AGENT,
        "conversation_id": conversation_id,
        "failure_reason": reason,
        "metadata": {"type": "twilio", "body": body},
    }
    return json.dumps({"type": "call_initiation_failure", "event_timestamp": event_timestamp, "data": data}).encode()


def named(conversation_id: str, caller: str = MARTA, *, type_: str = "answering_machine_detection") -> bytes:
    """Return an event of a type that we do not fold, which names a caller as a party."""
    data = {"conversation_id": conversation_id, "call_sid": "CA1", "answered_by": "human", "to_number": caller}
    return json.dumps({"type": type_, "event_timestamp": NOON_S, "data": data}).encode()


def stand_in(conversation_id: str, *said: str, **of: Any) -> bytes:
    """Return a call as an event of a type that we do not know; takes what `transcription` takes."""
    webhook = json.loads(transcription(conversation_id, *(said or ("My standk7.",)), **of))
    return json.dumps({**webhook, "type": "unredacted_transcript"}).encode()


def gzipped_spaces(count: int) -> bytes:
    """Return spaces in gzip's form, which takes a thousandth of their room; they never lie in memory."""
    million = 1_000_000
    assert count % million == 0
    compress = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return b"".join([*(compress.compress(b" " * million) for _ in range(count // million)), compress.flush()])
