"""Which turns of a call are a person's words, and whether a person was there at all."""

import re
from typing import Any

from events.wire.webhooks import FeatureStatus, FeaturesUsage, TranscriptionData, Turn

# Who was there in place of a person.
VOICEMAIL, OTHER_AGENT, MACHINE = "voicemail", "another agent", "machine"
_KEYPAD = "dtmf"
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def is_speech(turn: Turn, *, remembers_keypad: bool = False) -> bool:
    """
    Return whether somebody said or wrote a turn: to nobody's words there is nothing to remember.

    Args:
        remembers_keypad: whether digits typed on the keypad count, which may be a PIN.
    """
    if turn.platform_event or turn.contextual_update_info or turn.ignored_as_backchannel is True:
        return False
    if turn.source_medium and not remembers_keypad and _word(turn.source_medium) == _KEYPAD:
        return False
    words = turn.message or ""
    return words[:1].isalnum() or _LETTER_OR_DIGIT.search(words) is not None


def in_place_of_a_person(data: TranscriptionData) -> str:
    """
    Return who was there in place of a person: a mailbox, or another agent; empty for a person.

    Silence alone says nothing: calls with people end in it, too.
    """
    metadata = data.metadata
    if metadata is None:
        return ""
    if _word(metadata.conversation_initiation_source) == "subagent_tool":
        return OTHER_AGENT
    results = (metadata.phone_call, metadata.whatsapp)
    detection = (
        metadata.features_usage.voicemail_detection if isinstance(metadata.features_usage, FeaturesUsage) else None
    )
    is_mailbox = (
        any(_word(channel.call_result) == VOICEMAIL for channel in results if channel)
        or _word(metadata.termination_reason).startswith("voicemail_detection")
        or (isinstance(detection, FeatureStatus) and detection.used is True)
    )
    return VOICEMAIL if is_mailbox else ""


def is_machine(answered_by: Any) -> bool:
    """Return whether a machine answered, in the words of a telephony provider: `machine_start`, `fax`, ..."""
    word = _word(answered_by)
    return word.startswith("machine") or word == "fax"


def _word(value: Any) -> str:
    """Return a constant of ElevenLabs' as its API writes it; empty for anything but text."""
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else ""
