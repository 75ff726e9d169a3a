"""The people in a call: the one caller whose call it is, and every key by which a request may name one of them."""

import re
from typing import Any

from events.wire.caller import DEFAULT_REGION, keys_of_number, number_of, user_key, whatsapp_key
from events.wire.webhooks import CallInitiationFailure, CallMetadata, TranscriptionData, WhatsApp, WhatsAppRecipient

# A widget whose page sets no id makes one up: of the browser's traits, the same for all devices that are alike, or at
# random. Source: ElevenLabs' change log, 2026-04-28.
_INVENTED_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def caller_of_call(
    data: TranscriptionData, *, region: str = DEFAULT_REGION, trusts_widget_ids: bool = False
) -> str | None:
    """
    Return the key of the human party of a call; None if the call does not say who that is.

    Args:
        trusts_widget_ids: whether an id that a widget may have made up names a caller: the page sets such ids itself.
    """
    if _is_group(data):
        return None
    metadata = data.metadata
    own_line = _own_line(data, region)
    numbers = (number_of(raw, region=region) for raw in _numbers(data))
    if number := next((number for number in numbers if number is not None and number != own_line), None):
        return number
    if metadata and (key := _whatsapp_party(metadata)):
        return key
    if metadata and metadata.sms and (number := number_of(metadata.sms.sms_user_phone_number, region=region)):
        return number
    is_widget = metadata is not None and str(metadata.conversation_initiation_source).strip().lower() == "widget"
    if is_widget and not trusts_widget_ids and _INVENTED_ID.fullmatch(str(data.user_id).strip()):
        return None
    return user_key(data.user_id)


def parties_of_call(data: TranscriptionData, *, region: str = DEFAULT_REGION) -> tuple[str, ...]:
    """
    Return every key by which a request may name a person of a call, in a fixed order; never the agent's line.

    A key is here that is no caller's: of a withheld number, of an id that a widget made up, of each writer in a group.
    """
    metadata = data.metadata
    whatsapp, sms = (metadata.whatsapp, metadata.sms) if metadata else (None, None)
    numbers = [*_numbers(data), sms.sms_user_phone_number if sms else None]
    ids = dict.fromkeys([data.user_id, *_writers(data)])
    whatsapp_ids = _whatsapp_ids(whatsapp) if whatsapp else []
    keys = dict.fromkeys(key for raw in numbers for key in keys_of_number(raw, region=region))
    for raw in whatsapp_ids:
        keys |= dict.fromkeys(key for key in (whatsapp_key(raw), *keys_of_number(raw, region=region)) if key)
    for raw in ids:
        named = [*keys_of_number(raw, region=region)]
        # A telephone call's user_id is the number that we answered when it began: a key of its own would say nothing.
        if (key := user_key(raw)) is not None and not (named and named[0] in keys):
            named.append(key)
        keys |= dict.fromkeys(named)
    own_line = _own_line(data, region)
    return tuple(key for key in keys if key != own_line)


def callers_of_failure(webhook: CallInitiationFailure, *, region: str = DEFAULT_REGION) -> list[str]:
    """
    Return the keys of the human party of a failed call: the callee, or the caller if it was inbound.

    They are several only where the provider's fields differ; the first is the one to whom the call is told.
    """
    body = webhook.data.metadata.body if webhook.data.metadata else None
    if body is None:
        return []
    is_inbound = (body.direction or "").lower().startswith("inbound")
    named = (body.from_, body.caller, body.from_number) if is_inbound else (body.to, body.called, body.to_number)
    return list(dict.fromkeys(number for raw in named if (number := number_of(raw, region=region))))


def caller_of_failure(webhook: CallInitiationFailure, *, region: str = DEFAULT_REGION) -> str | None:
    """Return the key of the human party of a failed call: the first of `callers_of_failure`, if there is one."""
    return next(iter(callers_of_failure(webhook, region=region)), None)


def _is_group(data: TranscriptionData) -> bool:
    """Return whether several people wrote in one conversation: then nothing of it is any one's in particular."""
    return len(set(_writers(data))) > 1


def _writers(data: TranscriptionData) -> list[str]:
    return [
        str(id_)
        for turn in data.transcript or ()
        if (id_ := turn.user_identifier) and turn.role == "user" and isinstance(id_, str | int)
    ]


def _own_line(data: TranscriptionData, region: str) -> str | None:
    phone = data.metadata.phone_call if data.metadata else None
    return number_of(phone.agent_number, region=region) if phone else None


def _numbers(data: TranscriptionData) -> list[Any]:
    """Return what a telephone call names its human party by, as it was sent, best first."""
    phone = data.metadata.phone_call if data.metadata else None
    initiation = data.conversation_initiation_client_data
    variables = initiation.dynamic_variables if initiation else None
    direction = (phone.direction if phone else None) or "inbound"
    # On an outbound call system__caller_id is the agent's own line: it would turn all callees into one caller. The
    # number is also compared with that line, because a call without a direction may be an outbound one.
    parties = {"inbound": variables.caller_id, "outbound": variables.called_number} if variables else {}
    return [phone.external_number if phone else None, parties.get(direction.lower())]


def _whatsapp_party(metadata: CallMetadata) -> str | None:
    """Return the key of a WhatsApp conversation: of the phone number if there is one, else of the id."""
    ids = _whatsapp_ids(metadata.whatsapp) if metadata.whatsapp else []
    keys = [key for id_ in ids if (key := whatsapp_key(id_))]
    return next((key for key in keys if key.startswith("+")), keys[0] if keys else None)


def _whatsapp_ids(whatsapp: WhatsApp) -> list[Any]:
    recipient = whatsapp.recipient
    ids = [recipient.phone, recipient.bsuid] if isinstance(recipient, WhatsAppRecipient) else []
    return [*ids, whatsapp.whatsapp_user_id]
