"""In which language a call ended."""

import json
from typing import Any

import msgspec
import pytest
from elevenlabs.types import GetConversationResponseModel

from events.wire.reading.language import language_of_call
from events.wire.webhooks import PostCallTranscription
from tests.support.elevenlabs import conversation_of
from tests.support.samples import transcription


def result(language: Any = "es", **of: Any) -> dict[str, Any]:
    """Return the result of a detection that succeeded, as ElevenLabs sends it."""
    found = {"result_type": "language_detection_success", "status": "success", "reason": "r", "language": language}
    return {
        "request_id": "language_detection_1",
        "tool_name": "language_detection",
        "result_value": json.dumps({"status": "success", "language": language}),
        "is_error": False,
        "tool_has_been_called": True,
        "type": "system",
        "result": found,
    } | of


def call(*turns: Any, main_language: Any = "en") -> bytes:
    """Return a call whose turns have these tool results."""
    webhook = json.loads(transcription("conv_1", "Hello.", language=main_language))
    webhook["data"]["transcript"] += [
        {"role": "agent", "message": None, "time_in_call_secs": 9, "tool_results": results} for results in turns
    ]
    return json.dumps(webhook).encode()


def language(body: bytes) -> str | None:
    return language_of_call(msgspec.json.decode(body, type=PostCallTranscription).data)


@pytest.mark.parametrize("tag", ["es", "pt-br", "zh-Hant", "de_AT", "fil"])
def test_detected_language_beats_the_main_one(tag: str) -> None:
    """A caller whom the agent's tool found to speak another language is of that language."""
    assert language(call([result(tag)])) == tag
    assert language(call([result(tag)], main_language=None)) == tag


def test_last_detection_counts() -> None:
    """Of several detections the last one counts, in whichever turn and place of a turn it stands."""
    assert language(call([result("es")], None, [result("fr")])) == "fr"
    assert language(call([result("es"), result("fr")], [])) == "fr"
    other = {"tool_name": "search_memory", "result_value": '{"language": "sv"}', "is_error": False}
    assert language(call([result("es")], [other])) == "es"
    assert language(call([result("es"), other])) == "es"


@pytest.mark.parametrize(
    "failed",
    [
        result(is_error=True),
        result(is_blocked=True),
        result(tool_has_been_called=False),
        result(result={"result_type": "language_detection_error", "status": "error", "language": "es"}),
        result(result=None, result_value="Tool failed"),
        result(result=None, result_value='{"status": "error", "language": "es"}'),
        result(result=None, result_value="[1]"),
        result(result=None, result_value=None),
        result(result=None, result_value=7),
        result(None),
        result(5),
        result(""),
        result("Spanish (Latin America)"),
        result("{{language}}"),
        result(tool_name="language_detection_of_ours"),
        result(tool_name=None),
    ],
)
def test_failed_detection_counts_for_nothing(failed: dict[str, Any]) -> None:
    """A detection that failed, was never made, or names no language leaves what was known before it."""
    assert language(call([failed])) == "en"
    assert language(call([result("fr")], [failed])) == "fr"


def test_result_is_also_read_from_its_text() -> None:
    """Where a result comes as text alone, the text says the language."""
    assert language(call([result("es", result=None)])) == "es"
    bare = {"tool_name": "language_detection", "result_value": '{"language": "it"}'}
    assert language(call([bare])) == "it"


@pytest.mark.parametrize(
    "odd", [None, "language_detection", 5, {"tool_name": "language_detection"}, [None, "language_detection", 5, []]]
)
def test_odd_results_are_no_results(odd: Any) -> None:
    """Tool results of any other shape cost nothing but themselves."""
    assert language(call(odd)) == "en"
    assert language(call(odd, [result("es")])) == "es"
    assert language(call([result("es")], odd)) == "es"


def test_call_without_any_language_has_none() -> None:
    """Neither a tool nor ElevenLabs says it: no language is made up."""
    assert language(call(main_language=None)) is None
    assert language(call(main_language="")) is None


def test_result_of_these_tests_is_the_sdks() -> None:
    """The results that these tests send pass the SDK's own type checks."""
    conversation = GetConversationResponseModel.model_validate(conversation_of(call([result("es")])))
    sent = conversation.transcript[-1].tool_results
    assert sent is not None
    assert sent[0].result.language == "es"  # type: ignore[union-attr]


@pytest.mark.parametrize("language_", ["en", "pt-BR", "zh_Hant", "Japanese", "Brazilian Portuguese", "日本語", " de "])
def test_main_language_is_kept_as_it_is_written(language_: str) -> None:
    """A tag or a name of a language is kept, without the blanks around it."""
    assert language(call(main_language=language_)) == language_.strip()


@pytest.mark.parametrize(
    "odd", ["", " ", "-", "e", "12", "en<script>", '"}],"profile"', "en\r\nx: y", "x" * 21, "{{language}}"]
)
def test_what_is_no_language_is_none(odd: str) -> None:
    """A text that can be no language counts as none: the caller is greeted in the default one."""
    assert language(call(main_language=odd)) is None
