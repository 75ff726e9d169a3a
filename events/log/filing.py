"""Where a log files a body: its kind, its conversation, and its path."""

import re

import msgspec
from msgspec import Struct

from events.wire.reading.loose_json import mended
from events.wire.webhooks import is_conversation_id

UNREADABLE = "unreadable"

TRANSCRIPTION, AUDIO, FAILURE = "transcription", "audio", "failure"

MACHINE_DETECTION = "other-answering-machine-detection"

ERASURE_REQUEST, ERASURE = "erasure-request", "erasure"

SEAL = "seal"

EXTRACTION = "extraction"

CORRECTION = "correction"

AGENT_PROFILE = "agent-profile"

_KINDS = {
    "post_call_transcription": TRANSCRIPTION,
    "post_call_audio": AUDIO,
    "call_initiation_failure": FAILURE,
}

# Appended by ourselves; all but extractions are about no conversation.
_OUR_KINDS = {
    "elaoms_erasure_request": ERASURE_REQUEST,
    "elaoms_erasure": ERASURE,
    "elaoms_seal": SEAL,
    "elaoms_extraction": EXTRACTION,
    "elaoms_correction": CORRECTION,
    "elaoms_agent_profile": AGENT_PROFILE,
}

_SLUG_CHARS_MAX = 40

# Where a body is filed that belongs to no conversation; also where other bytes had that name.
_STRAY = re.compile(r"(?:_unreadable|_events/[a-z0-9-]+)/[0-9a-f]{64}(?:\.[0-9a-f]{12,64})?\.(?:json|body)")


class Filing(Struct, frozen=True):
    """
    Where one body belongs.

    `path` names it in the log; `conversation_id` is None where it belongs to no conversation.
    """

    kind: str
    conversation_id: str | None
    path: str


class _Data(Struct):
    conversation_id: str | None = None


class _Webhook(Struct):
    type: str | None = None
    data: _Data | None = None


class _Stray(Struct):
    """JSON whose `data`, if there is any, is no object and so names no conversation."""

    type: str
    data: list[msgspec.Raw] | str | int | float | bool | None = None


_webhook = msgspec.json.Decoder(_Webhook)

_stray = msgspec.json.Decoder(_Stray)


def file_body(outline: bytes | None, sha256: str) -> Filing:
    """
    Return where a body is filed.

    Never raises: a body that we cannot read is filed as unreadable, and kept.

    Args:
        outline: the body's outline; None where it has none.
        sha256: the body's own, which names it where it belongs to no conversation.
    """
    unreadable = Filing(UNREADABLE, None, f"_unreadable/{sha256}.body")
    if outline is None:
        return unreadable
    webhook = _read(outline)
    if webhook is None:
        return unreadable
    kind = (_KINDS | _OUR_KINDS).get(webhook.type or "") or f"other-{_slug(webhook.type)}"
    conversation_id = webhook.data.conversation_id if webhook.data else None
    if conversation_id is None:
        # The three that we fold are about a conversation; any other type may well be about none.
        if webhook.type is None or webhook.type in _KINDS:
            return unreadable
        return Filing(kind, None, f"_events/{kind}/{sha256}.json")
    if not is_conversation_id(conversation_id):
        return unreadable
    return Filing(kind, conversation_id, f"{conversation_id}/{conversation_id}_{kind}.json")


def is_stray_path(path: str) -> bool:
    """Return whether a path could be that of an event of no conversation, and of nothing else."""
    return _STRAY.fullmatch(path) is not None


def _read(outline: bytes) -> _Webhook | None:
    try:
        return _webhook.decode(outline)
    except msgspec.ValidationError:
        return _stray_in(outline)
    except (msgspec.MsgspecError, RecursionError):
        return _mended(outline)


def _stray_in(outline: bytes) -> _Webhook | None:
    try:
        return _Webhook(type=_stray.decode(outline).type)
    except (msgspec.MsgspecError, RecursionError):
        return None


def _mended(outline: bytes) -> _Webhook | None:
    """Return a webhook of a conversation that is no strict JSON but for half a surrogate pair, or a `NaN`."""
    try:
        webhook = _webhook.decode(mended(outline))
    except (msgspec.MsgspecError, RecursionError):
        return None
    return webhook if webhook.data is not None and webhook.data.conversation_id is not None else None


def _slug(type_: str | None) -> str:
    return re.sub(r"[^a-z0-9]+", "-", (type_ or "").lower()).strip("-")[:_SLUG_CHARS_MAX] or "untyped"
