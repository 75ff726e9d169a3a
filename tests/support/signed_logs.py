"""Logs with recordings whose events are signed as ElevenLabs signs them, for verifying."""

from pathlib import Path

import msgspec

from events.folder_log.log import FolderLog
from events.log.erasure import SOURCE, ErasedEvent, Erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.proof.head import Head
from events.log.receipt import Receipt
from events.verify.findings import Finding, Totals
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from tests.support.logs import NOW, events, file_of, mp3_of
from tests.support.samples import NOON_S, audio, failure, transcription

SECRET, ROTATED = "wsec_6b1f0a29", "wsec_93d7c1e4"
BODIES = (
    transcription("conv_1", "hello"),
    audio("conv_1", b"ID3 the first recording"),
    transcription("conv_1", "hello", "goodbye"),
    failure("conv_2"),
    b'{"type": "voice_removed", "data": {"voice_id": "v"}}',
    b"\xff",
    transcription("conv_3", "hello"),
)
PATHS = (
    "conv_1/conv_1_transcription.json",
    "conv_1/conv_1_audio.json",
    "conv_2/conv_2_failure.json",
)
MP3_PATH = "conv_1/conv_1_audio.mp3"


def append_signed(log: FolderLog, body: bytes, *, secret: str = SECRET) -> Receipt:
    """Append a body as ingress does."""
    return log.append(body, source="webhook", signature=sign(body, secret, timestamp_s=NOON_S))


def signed_log(folder: Path, *log_keys: str) -> FolderLog:
    """Return a log of everything: calls, versions, a recording with its MP3, strays, unreadable bodies."""
    log = FolderLog(folder, log_keys=Secrets(log_keys), clock=lambda: NOW)
    for body in BODIES:
        append_signed(log, body)
    for event in events(log):
        if event.receipt.kind == "audio":
            log.write_recording(event)
    return log


def verify(
    folder: Path,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    log_keys: tuple[str, ...] = (),
    head: Head | str | None = None,
) -> tuple[list[Finding], Totals]:
    """Return the findings of a verification."""
    heads = [head] if head else []
    verification = Verification(folder, Secrets(secrets), log_keys=Secrets(log_keys), heads=heads)
    findings = list(verification.findings())
    assert verification.totals.findings == len(findings)
    return findings, verification.totals


def named(
    folder: Path,
    *,
    secrets: tuple[str, ...] = (SECRET,),
    log_keys: tuple[str, ...] = (),
    head: Head | str | None = None,
) -> list[tuple[str, str]]:
    """Return the findings: for each its kind and its path."""
    findings, _ = verify(folder, secrets=secrets, log_keys=log_keys, head=head)
    return [(finding.what, finding.path) for finding in findings]


def head_of(log: FolderLog) -> str:
    """Return the hash of the last line, as `/health` shows it."""
    tail = log.tail()
    assert tail is not None
    return tail.sha256


def erase(log: FolderLog, *positions: int, conversations: tuple[str, ...] = (), is_removing: bool = True) -> Receipt:
    """Erase as a projector does: remove the files, and append the erasure that lists them."""
    request = request_erasure(log, "+12025550143", clock_s=lambda: NOON_S)
    erased = [event for event in events(log) if event.receipt.position in positions]
    if is_removing:
        for event in erased:
            remove(log, event)
    erasure = Erasure(
        request=request.position,
        caller=log.caller_hashes().of("+12025550143"),
        requested_at_s=NOON_S,
        conversations=conversations,
        events=tuple(
            ErasedEvent(
                position=event.receipt.position,
                kind=event.receipt.kind,
                conversation_id=event.receipt.conversation_id,
                path=event.receipt.path,
            )
            for event in erased
        ),
        counts={},
    )
    return log.append(msgspec.json.encode(erasure), source=SOURCE)


def remove(log: FolderLog, event: Event) -> None:
    """Remove the file of an event, and its recording."""
    file_of(log, event).unlink()
    mp3_of(log, event).unlink(missing_ok=True)
