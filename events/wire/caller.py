"""
Who is calling: turns a number or an id, as ElevenLabs sends it, into the key under which we remember the caller.

A key is an E.164 number, or names its channel (`whatsapp:`, `user:`), or belongs to one conversation alone
(`conversation:`), so that no other call ever finds it. Caller id is a hint, not a proof of identity.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from events.wire.spellings import current_digits
from events.wire.webhooks import is_conversation_id

DEFAULT_REGION = "US"
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
# For a withheld number Twilio sends one of these words, or a plus sign and the word as dialled on a keypad.
# Source: Twilio, "Why am I getting calls from these strange numbers?".
_WITHHELD = ("ANONYMOUS", "RESTRICTED", "BLOCKED", "UNKNOWN", "UNAVAILABLE")
_WITHHELD_DIALLED = frozenset(word.translate(_KEYPAD) for word in _WITHHELD)
# What software writes when it has no id. A widget that sends `String(undefined)` would turn all visitors into one.
_NO_ID = frozenset(word.lower() for word in _WITHHELD) | frozenset(
    "anon empty false guest na nan nil none null objectobject private true undefined withheld".split()  # noqa: SIM905
)
_SIP = ("sip:", "sips:")
# A withheld number as somebody made an id of it.
_REPEATED_DIGIT = re.compile(r"(\d)\1{6,}|1(\d)\2{9}")
# Digits, and the signs that group them for the eye. With any other text (an extension, a service code, a second
# number), the digits before it could be another person's number.
_WRITTEN_NUMBER = re.compile(r"[+\N{FULLWIDTH PLUS SIGN}\s\d().\-\N{HYPHEN}-\N{HORIZONTAL BAR}/]+")
# RFC 3966 parameters. A number with an extension is that of a switchboard, not of one person behind it.
_BEHIND_THE_LINE = frozenset({"ext", "isub"})
_PARAMETER = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?", re.DOTALL)
_NUMBER_CHARS_MAX = 64
_USER_ID_CHARS_MAX = 256
_LINE_DIGITS_MIN = 3
# WhatsApp's id of a person for one business. Source: Meta, "Business-scoped user IDs".
_BSUID = re.compile(r"[A-Z]{2}(?:\.ENT)?\.[A-Za-z0-9]{1,128}")
# Numbers as providers write them are shorter. What is longer is read each time, so that it is not kept in memory.
_KEPT_CHARS_MAX = 100
_CHANNELS = frozenset({"conversation", "user", "whatsapp"})


def is_region(text: str) -> bool:
    """Return whether `text` is an ISO 3166 country whose numbers we can read."""
    return text in phonenumbers.SUPPORTED_REGIONS


def number_of(raw: Any, *, region: str = DEFAULT_REGION) -> str | None:
    """
    Return the E.164 form of a number as a provider writes it; None if it does not identify a caller.

    `sip:+12025550143@host` is read as its number. Of the spellings of one line, all give the same. None are: words
    such as `anonymous`, one digit again and again, which is what is sent in place of a withheld number, short codes,
    impossible numbers, and numbers that several people share: a local number, which is another line in each town, and
    a number with an extension.

    Args:
        raw: what the provider sent; only text and whole numbers are read.
        region: ISO 3166 country by whose rules a national number is read.
    """
    text = _text(raw)
    return _short_number(text, region) if len(text) <= _KEPT_CHARS_MAX else _number(text, region)


def _number(text: str, region: str) -> str | None:
    written = _written_number(text)
    if written is None or _digits(written) in _WITHHELD_DIALLED:
        return None
    return _e164(written, region)


# Every call names the same few agent lines again, and reading a number takes longer than the rest of an event.
_short_number = lru_cache(maxsize=4096)(_number)


def _e164(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    written = phonenumbers.national_significant_number(number)
    national = current_digits(str(number.country_code), written)
    if len(set(written)) == 1 or len(set(national)) == 1:
        return None
    if national != written:
        text = f"+{number.country_code}{national}"
        number = phonenumbers.parse(text)
    is_national = not text.startswith(("+", "\N{FULLWIDTH PLUS SIGN}"))
    # In some countries a service code is as long as a line's number: a valid number is not taken for a code.
    if (
        is_national
        and phonenumbers.is_possible_short_number_for_region(number, region)
        and not phonenumbers.is_valid_number(number)
    ):
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    key = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    # Of two trunk zeros, `+49 00 30 ...`, one is left. Read once more, that key would become another caller's key.
    return key if phonenumbers.format_number(phonenumbers.parse(key), PhoneNumberFormat.E164) == key else None


def keys_of_number(raw: Any, *, region: str = DEFAULT_REGION) -> list[str]:
    """
    Return every key by which a request may name the line that somebody wrote in digits, best first; none for words.

    A line that makes no caller is named by its digits behind a plus: one that is withheld, too long or too short, or
    has an extension. Such a key is only compared; nothing is remembered under it.
    """
    text = _text(raw)
    if not text:
        return []
    number = number_of(text, region=region)
    if number is not None:
        return [number]
    text, extension = _line_and_extension(text)
    digits = _digits(text + extension)
    if len(digits) < _LINE_DIGITS_MIN:
        return []
    if not extension and (number := number_of("+" + digits, region=region)) is not None:
        return [number]
    return list(dict.fromkeys(["+" + digits, *(() if extension else _as_read(text, region))]))


def _as_read(text: str, region: str) -> Iterator[str]:
    """Yield how earlier releases wrote digits that are no caller's, and how they are sent without a country code."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return
    yield phonenumbers.format_number(number, PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(number)
    if len(set(national)) == 1:
        yield "+" + national


def user_key(raw: Any) -> str | None:
    """
    Return the key of a caller known only by a `user_id`. It never equals the key of a phone number.

    None for a placeholder such as `anonymous`, `undefined`, `{{user_id}}` or a withheld number, which would merge all
    callers without an id into one.
    """
    text = _id(raw)
    return f"user:{text}" if text else None


def whatsapp_key(raw: Any) -> str | None:
    """Return the key of a WhatsApp user: the number if the id is one, else the id with its channel."""
    text = _id(raw)
    if text is None:
        return None
    number = number_of("+" + _digits(text)) if _WRITTEN_NUMBER.fullmatch(text) else None
    return number or f"whatsapp:{text}"


_CONVERSATION = "conversation:"


def conversation_key(conversation_id: str) -> str:
    """Return the key for a caller who is known only by the conversation."""
    return f"{_CONVERSATION}{conversation_id}"


def is_conversation(key: str) -> bool:
    """Tell whether a key is that of a caller who is known only by the conversation."""
    return key.startswith(_CONVERSATION)


def conversation_of(caller: str) -> str | None:
    """Return the conversation of a `conversation:` key; None for every other key."""
    channel, _, conversation_id = caller.partition(":")
    return conversation_id if channel == "conversation" else None


def caller_key(text: str, *, region: str = DEFAULT_REGION) -> str | None:
    """
    Return the key for what a person typed: a phone number, any other digits, or a key; None if it is neither.

    Digits that are no caller's number, such as `0000000000`, name whoever an event names by them.
    """
    channel, colon, name = text.strip().partition(":")
    match channel if colon else "":
        case "user":
            return user_key(name)
        case "whatsapp":
            return whatsapp_key(name)
        case "conversation":
            return conversation_key(name) if is_conversation_id(name) else None
        case _:
            return next(iter(keys_of_number(text, region=region)), None)


def caller_of_question(
    caller_id: Any,
    called_number: Any,
    user_id: Any,
    *,
    is_agent_line: Callable[[str], bool],
    region: str = DEFAULT_REGION,
) -> str | None:
    """
    Return the key of the human party of a running call, for which a search tool sends only the two numbers.

    The dialled number is the human's only if the calling number is a known agent line. Without this rule, a caller
    with a withheld number would hear what is known about the line that was dialled.

    Args:
        is_agent_line: returns whether a number is the line of one of our agents.
    """
    calling = number_of(caller_id, region=region)
    if calling is None:
        # Never a user_id: a browser says that of itself.
        return whatsapp_key(caller_id) if _BSUID.fullmatch(_text(caller_id)) else user_key(user_id)
    if not is_agent_line(calling):
        return calling
    called = number_of(called_number, region=region)
    return called if called is not None and not is_agent_line(called) else None


def masked(caller: str | None) -> str:
    """Return a caller key as logs may show it: its channel and its last three characters."""
    if not caller:
        return "nobody"
    channel, colon, name = caller.partition(":")
    if channel not in _CHANNELS:
        channel, colon, name = "", "", caller
    return f"{channel}{colon}***{name[-3:]}" if len(name) > 6 else f"{channel}{colon}***"


def _written_number(text: str) -> str | None:
    """Return the number in a text as it was written there; None if the text holds no number, or more than one."""
    is_sip = text.lower().startswith(_SIP)
    if is_sip or text.lower().startswith("tel:"):
        text = text.partition(":")[2]
    text, at, _ = text.partition("@") if is_sip else (text, "", "")
    text, *parameters = text.split(";")
    if is_sip and not at and "." in text:
        return None  # a host without a user: the four bytes of its address would be read as a number
    for parameter in parameters:
        match = _PARAMETER.fullmatch(parameter)
        if match is None:
            return None
        name, value = match[1].lower(), match[2] or ""
        if name in _BEHIND_THE_LINE and value:
            return None
        if name == "phone-context" and value.startswith("+") and not text.startswith("+"):
            text = value + text  # a local number, behind the prefix of the place where it is dialled
    return text if len(text) <= _NUMBER_CHARS_MAX and _WRITTEN_NUMBER.fullmatch(text) else None


def _line_and_extension(text: str) -> tuple[str, str]:
    """Return the digits of a line as they were written, and of the extension behind it; empty where there are none."""
    if text.lower().startswith((*_SIP, "tel:")):
        text = text.partition(":")[2].partition("@")[0]
    line, *parameters = text.split(";")
    if len(line) > _NUMBER_CHARS_MAX or not _WRITTEN_NUMBER.fullmatch(line):
        return "", ""
    named = (each.strip().partition("=") for each in parameters)
    return line, "".join(_digits(value) for name, _, value in named if name.lower() in _BEHIND_THE_LINE)


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _id(raw: Any) -> str | None:
    """Return an id as it was sent; None if it identifies no one: empty, too long, or a placeholder."""
    text = _text(raw)
    if not text or len(text) > _USER_ID_CHARS_MAX or "{{" in text:
        return None
    word = text.partition(":")[2].partition("@")[0] if text.lower().startswith(_SIP) else text
    word = "".join(char for char in word.casefold() if char.isalnum())
    is_placeholder = not word.strip("0") or word in _NO_ID or word in _WITHHELD_DIALLED
    return None if is_placeholder or _is_withheld(text) else text


def _is_withheld(text: str) -> bool:
    """Return whether an id is a number of one digit again and again: what earlier releases sent back as the id."""
    if not _WRITTEN_NUMBER.fullmatch(text):
        return False
    digits = _digits(text)
    if _REPEATED_DIGIT.fullmatch(digits):
        return True
    try:
        number = phonenumbers.parse("+" + digits) if text.startswith("+") else None
    except NumberParseException:
        return False
    return number is not None and len(set(phonenumbers.national_significant_number(number))) == 1


def _text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw.strip()
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else ""
