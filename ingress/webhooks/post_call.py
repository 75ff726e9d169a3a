"""The webhook after a call: authenticates it, appends it to the log, and only then answers."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from events.errors import SignatureError, UntimelySignatureError
from events.log.receipt import Receipt
from events.tracing.identity import identity_of
from events.tracing.recording import Recording
from events.wire.signature import Verifier
from ingress.http.openapi import errors, request_body
from ingress.http.requests import annotate, check_json, header_of, request_id
from ingress.metrics.counting import PROBE, Metrics
from ingress.metrics.traces import recording_of
from ingress.settings import Settings
from ingress.webhooks.appending import Appender
from ingress.webhooks.probing import ProbeReceivedError, verifier_of

HEADER = "elevenlabs-signature"


class Appended(Struct, kw_only=True):
    """The place of a webhook in the payload log."""

    position: Annotated[int, Meta(description="Its place in the log, from 1. The same bytes keep the same place.")]
    kind: Annotated[str, Meta(description="`transcription`, `audio`, `failure`, `other-...` or `unreadable`.")]
    conversation_id: Annotated[str | None, Meta(description="The conversation that it is about.")]


class PostCallAnswer(Struct, kw_only=True):
    """The answer to a webhook that is durable in the log, or to a probe."""

    status: Annotated[str, Meta(description="`success`, or `probe` for a probe.")] = "success"
    message: Annotated[str, Meta(description="What was done.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]
    data: Annotated[Appended | None, Meta(description="The place of the event in the log; null for a probe.")]


def post_call_handler(settings: Settings, appender: Appender, metrics: Metrics) -> HTTPRouteHandler:
    """Return the handler of `/webhook/post-call`."""
    refused = appender.refused_signatures

    @post(
        "/webhook/post-call",
        status_code=200,
        request_max_body_size=None,
        operation_class=request_body("PostCallWebhook", signed=True),
        responses=errors(401, 408, 413, 415, 503),
        summary="Learn from a call",
        description=(
            "Appends the webhook to the payload log, byte for byte. 200 means that it is durable. A webhook with a "
            "valid signature is accepted with any Content-Type. Without one, the answer is 415 if the Content-Type is "
            "not JSON, and else 401. A probe of `ingress doctor`, signed with a key of its own, is answered 200 with "
            "the status `probe`, and not appended."
        ),
    )
    async def post_call(request: Request[Any, Any, Any]) -> PostCallAnswer:
        header, began_at, recording = header_of(request, HEADER), datetime.now(UTC), recording_of(request)
        try:
            verifier = verifier_of(
                header, settings.post_call_keys, now_s=time.time(), tolerance_s=settings.signature_tolerance_s
            )
            receipt = await appender.append(request, verifier, header or "", recording)
        except ProbeReceivedError as probe:
            annotate(is_probe=True)
            request.scope[PROBE] = True  # type: ignore[literal-required]
            message = f"a probe of {probe.size} bytes came in, rightly signed; it is not in the log"
            return PostCallAnswer(status="probe", message=message, request_id=request_id(), data=None)
        except UntimelySignatureError as error:
            if await appender.is_signed(request, Verifier(header, settings.post_call_keys, now_s=None)):
                refused.note_untimely(error.age_s)
            else:
                refused.note_unmatched()
            check_json(request)
            raise
        except SignatureError:
            refused.note_unmatched()
            # Checked only now: a webhook that ElevenLabs signed is never refused for its Content-Type.
            check_json(request)
            raise
        refused.note_taken()
        # The receipt of bytes that the log held already is the one of then.
        is_duplicate = receipt.received_at < began_at
        metrics.note_appended(receipt.kind, receipt.size, is_duplicate=is_duplicate)
        if recording is not None:
            # Two of the same bytes at once share a receipt that is younger than both; its signature tells them apart.
            _note(recording, receipt, is_duplicate=is_duplicate or receipt.signature != header)
        annotate(position=receipt.position, kind=receipt.kind, conversation_id=receipt.conversation_id)
        return PostCallAnswer(
            message="the event is in the log",
            request_id=request_id(),
            data=Appended(position=receipt.position, kind=receipt.kind, conversation_id=receipt.conversation_id),
        )

    return post_call


def _note(recording: Recording, receipt: Receipt, *, is_duplicate: bool) -> None:
    """Put a webhook into the trace of its event, as its first span, unless the log held the event already."""
    recording.identity, recording.is_first = identity_of(receipt), not is_duplicate
    recording.note(position=receipt.position, kind=receipt.kind, size_bytes=receipt.size, is_duplicate=is_duplicate)
    annotate(trace_id=f"{recording.identity.trace_id:032x}")
