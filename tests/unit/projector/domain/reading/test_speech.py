"""Which turns are a person's words, and when there was no person."""

import json
from typing import Any

import msgspec
import pytest

from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import Call, CallSettings, call_of
from projector.domain.fold import FoldSettings, fold
from projector.domain.reading.speech import is_machine
from tests.support.calls import call_in, receipt_of
from tests.support.samples import MARTA, transcription


def body(metadata: dict[str, Any] | None = None, phone: dict[str, Any] | None = None, **turn: Any) -> bytes:
    """Return a call in which one turn of the caller, and some of the metadata, are changed."""
    webhook = json.loads(transcription("conv_1", "You have reached Dana.", caller_name="Dana", summary="She spoke."))
    data = webhook["data"]
    data["transcript"][1] |= turn
    data["metadata"] |= metadata or {}
    data["metadata"]["phone_call"] |= phone or {}
    return json.dumps(webhook).encode()


MACHINES: dict[str, bytes] = {
    "result of the call": body(phone={"call_result": "voicemail"}),
    "result on WhatsApp": body({"whatsapp": {"call_result": "Voicemail"}}),
    "why it ended": body({"termination_reason": "voicemail_detection tool was called"}),
    "why it ended, in other words": body({"termination_reason": "Voicemail detection"}),
    "what was used": body({"features_usage": {"voicemail_detection": {"enabled": True, "used": True}}}),
    "another agent": body({"conversation_initiation_source": "subagent_tool"}),
}


@pytest.mark.parametrize("webhook", MACHINES.values(), ids=MACHINES)
def test_machine_is_no_caller(webhook: bytes) -> None:
    """Of a call that a machine answered nothing is remembered: no turn, no value, no name, and it is no visit."""
    folded = fold([call_in(webhook)], FoldSettings())

    assert folded.memories == ()
    assert (folded.view.name, folded.view.call_count, folded.view.facts, folded.view.past_calls) == ("", 0, (), ())
    assert folded.view.is_returning is False


@pytest.mark.parametrize("webhook", MACHINES.values(), ids=MACHINES)
def test_machine_changes_nothing_of_what_is_known(webhook: bytes) -> None:
    """Before a call that a machine answered, and after it, all is known that was said in the others."""
    said = [
        call_in(transcription("conv_0", "I am Marta.", at_s=1000, caller_name="Marta", pet="cat")),
        call_in(transcription("conv_2", "It is a dog now.", at_s=1_900_000_000, pet="dog")),
    ]
    with_machine, without = fold([*said, call_in(webhook)], FoldSettings()), fold(said, FoldSettings())

    assert with_machine.view == without.view
    assert with_machine.memories == without.memories


@pytest.mark.parametrize(
    "webhook",
    [
        body(),
        body(phone={"call_result": "answered"}),
        body(phone={"call_result": None}),
        body(phone={"call_result": 5}),
        body({"termination_reason": "silence"}),
        body({"termination_reason": "end_call tool was called after the voicemail_detection"}),
        body({"features_usage": {"voicemail_detection": {"enabled": True, "used": False}}}),
        body({"features_usage": {"voicemail_detection": None}}),
        body({"features_usage": {"voicemail_detection": "used"}}),
        body({"features_usage": [True]}),
        body({"conversation_initiation_source": "twilio"}),
    ],
)
def test_person_is_remembered(webhook: bytes) -> None:
    """Silence, or a mailbox that is only spoken of, makes no machine of a person."""
    folded = fold([call_in(webhook)], FoldSettings())

    assert (folded.view.name, folded.view.call_count) == ("Dana", 1)


@pytest.mark.parametrize("answered_by", ["machine_start", "machine_end_beep", "Machine-End-Silence", "machine", "fax"])
def test_machine_is_told_by_its_word(answered_by: str) -> None:
    """Every result of the detection that names a machine counts."""
    assert is_machine(answered_by)


@pytest.mark.parametrize("answered_by", ["human", "unknown", "", None, 1, "no machine", ["machine_start"]])
def test_anything_else_is_no_machine(answered_by: Any) -> None:
    """Who is not found to be a machine is taken for a person."""
    assert not is_machine(answered_by)


NO_SPEECH: dict[str, dict[str, Any]] = {
    "dots": {"message": "..."},
    "an ellipsis": {"message": " … "},
    "marks": {"message": "?!  -"},
    "a sign": {"message": "\N{THUMBS UP SIGN}"},
    "nobody spoke": {"message": "Hello?", "platform_event": "user_turn_timeout"},
    "nobody spoke, in an object": {"message": "Hello?", "platform_event": {"type": "skip_turn_wait_elapsed"}},
    "a sound of listening": {"message": "mhm", "ignored_as_backchannel": True},
    "the app's words": {"message": "The user opened the cart.", "contextual_update_info": {"id": "1"}},
    "the keypad": {"message": "4711", "source_medium": "dtmf"},
}


@pytest.mark.parametrize("turn", NO_SPEECH.values(), ids=NO_SPEECH)
def test_what_is_no_speech_is_not_remembered(turn: dict[str, Any]) -> None:
    """What nobody said is no memory, and does not make a returning caller; nor does a name come of it."""
    folded = fold([call_in(body(**turn))], FoldSettings())

    assert [memory.kind for memory in folded.memories] == ["summary"]
    assert (folded.view.call_count, folded.view.name) == (0, "")


@pytest.mark.parametrize(
    "turn",
    [
        {"message": "5"},
        {"message": "はい"},
        {"message": "नमस्ते"},
        {"message": "o.k."},
        {"message": "Yes.", "platform_event": None},
        {"message": "Yes.", "platform_event": ""},
        {"message": "Yes.", "ignored_as_backchannel": False},
        {"message": "Yes.", "contextual_update_info": None},
        {"message": "Yes.", "source_medium": "audio"},
        {"message": "Yes.", "source_medium": "text"},
        {"message": "Yes.", "source_medium": None},
        {"message": "Yes.", "source_medium": 7},
    ],
)
def test_speech_is_remembered(turn: dict[str, Any]) -> None:
    """A letter or a digit that somebody said or wrote is remembered."""
    folded = fold([call_in(body(**turn))], FoldSettings())

    assert [memory.text for memory in folded.memories if memory.kind == "turn"] == [turn["message"]]
    assert folded.view.call_count == 1


def test_keypad_is_remembered_where_that_is_set() -> None:
    """An operator may have digits that were typed remembered like words."""
    webhook = msgspec.json.decode(body(message="4711", source_medium="dtmf"), type=PostCallTranscription)
    call = call_of(webhook, receipt_of(b""), CallSettings(remembers_keypad=True))

    assert [turn.text for turn in call.turns if turn.is_caller] == ["4711"]


def test_machine_is_still_the_callers_call() -> None:
    """The call is kept for whom it was made to, so that it can be shown, exported and erased."""
    call: Call = call_in(MACHINES["result of the call"])
    assert (call.caller, call.machine) == (MARTA, "voicemail")
