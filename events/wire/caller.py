"""
Who is calling: from what ElevenLabs says of a call to the key under which the caller is remembered.

A key is an E.164 number, or carries its channel (`whatsapp:`, `user:`), or is the conversation's own
(`conversation:`), which nobody can ask for. Caller id is a hint, not a proof of identity.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from events.wire.webhooks import CallInitiationFailure, TranscriptionData, is_conversation_id

DEFAULT_REGION = "US"
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# Without a number Twilio sends one of these words, or the word as dialled on a keypad with a plus before it.
# Source: Twilio, "Why am I getting calls from these strange numbers?".
_NOBODY = ("ANONYMOUS", "RESTRICTED", "BLOCKED", "UNKNOWN", "UNAVAILABLE")
_NOBODY_DIALLED = frozenset(word.translate(_KEYPAD) for word in _NOBODY)
# What software writes where there is no id: a widget that sends `String(undefined)` would make one of all visitors.
_NO_ID = frozenset(word.lower() for word in _NOBODY) | frozenset(
    "anon empty false guest na nan nil none null objectobject private true undefined withheld".split()  # noqa: SIM905
)
_SIP = ("sip:", "sips:")
# Digits, and what stands between them for the eye. Whatever else there is (an extension, a service code, a second
# number), the digits before it would be somebody's all the same.
_WRITTEN_NUMBER = re.compile(r"[+\N{FULLWIDTH PLUS SIGN}\s\d().\-\N{HYPHEN}-\N{HORIZONTAL BAR}/]+")
# RFC 3966 parameters. With an extension the number is a switchboard's, and not of one of those who sit behind it.
_BEHIND_THE_LINE = frozenset({"ext", "isub"})
_PARAMETER = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?", re.DOTALL)
_NUMBER_CHARS_MAX = 64
_USER_ID_CHARS_MAX = 256
_CHANNELS = frozenset({"conversation", "user", "whatsapp"})


def is_region(text: str) -> bool:
    """Tell whether `text` is an ISO 3166 country whose numbers can be read."""
    return text in phonenumbers.SUPPORTED_REGIONS


def number_of(raw: Any, *, region: str = DEFAULT_REGION) -> str | None:
    """
    Return the E.164 form of a number as a provider writes it; None where there is no number to be known by.

    `sip:+12025550143@host` is its number. Words such as `anonymous`, short codes and impossible numbers are none, and
    so is what more than one may have: a local number, which is another line in each town, and one with an extension.

    Args:
        raw: what was sent; anything that is not text or a whole number is none.
        region: ISO 3166 country in which a national number is read.
    """
    text = _written_number(_text(raw))
    if text is None or _digits(text) in _NOBODY_DIALLED:
        return None
    return _e164(text, region)


# The same few lines are read again with every call, and reading one takes longer than the rest of an event.
@lru_cache(maxsize=4096)
def _e164(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    is_national = not text.startswith(("+", "\N{FULLWIDTH PLUS SIGN}"))
    # Some countries' service codes are as long as their lines' numbers: a number that is somebody's is no code.
    if (
        is_national
        and phonenumbers.is_possible_short_number_for_region(number, region)
        and not phonenumbers.is_valid_number(number)
    ):
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    key = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # With two trunk zeros, `+49 00 30 ...`, one is left: whoever asked for that key would mean somebody else's.
    return key if phonenumbers.format_number(phonenumbers.parse(key), PhoneNumberFormat.E164) == key else None


def user_key(raw: Any) -> str | None:
    """
    Return the key of somebody known only by a `user_id`; it never equals a phone's, whatever the id says.

    A placeholder such as `anonymous`, `undefined` or `{{user_id}}` is nobody's: all who have none would be one caller.
    """
    text = _id(raw)
    return f"user:{text}" if text else None


def whatsapp_key(raw: Any) -> str | None:
    """Return the key of a WhatsApp user: the phone number that the id is, or the id with its channel."""
    text = _id(raw)
    if text is None:
        return None
    digits = text.removeprefix("+")
    number = number_of("+" + digits) if digits.isascii() and digits.isdigit() else None
    return number or f"whatsapp:{text}"


def conversation_key(conversation_id: str) -> str:
    """Return the key of somebody of whom nothing is known but the conversation."""
    return f"conversation:{conversation_id}"


def conversation_of(caller: str) -> str | None:
    """Return the conversation that is all that is known of a caller; None for every other key."""
    channel, _, conversation_id = caller.partition(":")
    return conversation_id if channel == "conversation" else None


def caller_key(text: str, *, region: str = DEFAULT_REGION) -> str | None:
    """Return the key that a person means who types a number or a key; None where it is neither."""
    channel, colon, name = text.strip().partition(":")
    match channel if colon else "":
        case "user":
            return user_key(name)
        case "whatsapp":
            return whatsapp_key(name)
        case "conversation":
            return conversation_key(name) if is_conversation_id(name) else None
        case _:
            return number_of(text, region=region)


def caller_of_call(data: TranscriptionData, *, region: str = DEFAULT_REGION) -> str | None:
    """Return the key of the human party of a call; None where the call does not say who that is."""
    metadata = data.metadata
    phone = metadata.phone_call if metadata else None
    own_line = number_of(phone.agent_number, region=region) if phone else None
    if phone and (number := number_of(phone.external_number, region=region)) and number != own_line:
        return number
    variables = (
        data.conversation_initiation_client_data.dynamic_variables if data.conversation_initiation_client_data else None
    )
    direction = (phone.direction if phone else None) or "inbound"
    if variables:
        # On an outbound call system__caller_id is the agent's own line: every callee would become one caller. The
        # line itself is looked at as well, for a call that says no direction may be an outbound one.
        parties = {"inbound": variables.caller_id, "outbound": variables.called_number}
        number = number_of(parties.get(direction.lower()), region=region)
        if number is not None and number != own_line:
            return number
    if metadata and metadata.whatsapp and (key := whatsapp_key(metadata.whatsapp.whatsapp_user_id)):
        return key
    if metadata and metadata.sms and (number := number_of(metadata.sms.sms_user_phone_number, region=region)):
        return number
    return user_key(data.user_id)


def caller_of_failure(webhook: CallInitiationFailure, *, region: str = DEFAULT_REGION) -> str | None:
    """Return the key of whom a failed call would have reached (or, inbound, of who tried to call)."""
    body = webhook.data.metadata.body if webhook.data.metadata else None
    if body is None:
        return None
    if (body.direction or "").lower().startswith("inbound"):
        return number_of(body.from_ or body.from_number, region=region)
    return number_of(body.to or body.to_number, region=region)


def caller_of_question(
    caller_id: Any,
    called_number: Any,
    user_id: Any,
    *,
    is_agent_line: Callable[[str], bool],
    region: str = DEFAULT_REGION,
) -> str | None:
    """
    Return the key of the human party of a running call, of which only the two numbers are known.

    The dialled number is the human's only where the calling one is known to be an agent's line; a withheld
    caller must not be answered with what is known about the line that he called.
    """
    calling = number_of(caller_id, region=region)
    if calling is None:
        return user_key(user_id)
    if not is_agent_line(calling):
        return calling
    called = number_of(called_number, region=region)
    return called if called is not None and not is_agent_line(called) else None


def masked(caller: str | None) -> str:
    """Return a caller key fit for a log line: its channel and its last three characters."""
    if not caller:
        return "nobody"
    channel, colon, name = caller.partition(":")
    if channel not in _CHANNELS:
        channel, colon, name = "", "", caller
    return f"{channel}{colon}***{name[-3:]}" if len(name) > 6 else f"{channel}{colon}***"


def _written_number(text: str) -> str | None:
    """Return the number within what was sent, as it was written; None where there is none, or more than that."""
    is_sip = text.lower().startswith(_SIP)
    if is_sip or text.lower().startswith("tel:"):
        text = text.partition(":")[2]
    text, at, _ = text.partition("@") if is_sip else (text, "", "")
    text, *parameters = text.split(";")
    if is_sip and not at and "." in text:
        return None  # a host without a user: four bytes of an address would be a number
    for parameter in parameters:
        match = _PARAMETER.fullmatch(parameter)
        if match is None:
            return None
        name, value = match[1].lower(), match[2] or ""
        if name in _BEHIND_THE_LINE and value:
            return None
        if name == "phone-context" and value.startswith("+") and not text.startswith("+"):
            text = value + text  # a local number, and where it is one
    return text if len(text) <= _NUMBER_CHARS_MAX and _WRITTEN_NUMBER.fullmatch(text) else None


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _id(raw: Any) -> str | None:
    """Return an id as it was sent; None for one that is no one's: empty, too long, or a placeholder."""
    text = _text(raw)
    if not text or len(text) > _USER_ID_CHARS_MAX or "{{" in text:
        return None
    word = text.partition(":")[2].partition("@")[0] if text.lower().startswith(_SIP) else text
    word = "".join(char for char in word.casefold() if char.isalnum())
    is_placeholder = not word.strip("0") or word in _NO_ID or word in _NOBODY_DIALLED
    return None if is_placeholder else text


def _text(raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    return str(raw).strip()
