"""The language of a call: what the agent's `language_detection` tool found last, else what ElevenLabs took for it."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from events.wire.webhooks import TranscriptionData, Turn

_TOOL = "language_detection"
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
# A tag, or the name of a language: of that there is no greeting, but it is not our default either.
_LANGUAGE = re.compile(r"[^\W\d_]{2,20}(?:[-_ ][^\W_]{1,20}){0,4}")


def language_of_call(data: TranscriptionData) -> str | None:
    """
    Return the language in which a call ended, as ElevenLabs writes it, mostly a BCP 47 tag; None if it does not say.

    The tool switches the agent to the language that it detects. `main_language` may be the one in which the call began.

    Source: the SDK's `LanguageDetectionToolResultModel` (elevenlabs 2.78).
    """
    for turn in reversed(data.transcript or ()):
        if not turn.tool_results:
            continue  # nearly every turn
        detected = [language for result in _results(turn) if (language := _detected(result))]
        if detected:
            return detected[-1]
    language = (data.metadata.main_language or "").strip() if data.metadata else ""
    return language if _LANGUAGE.fullmatch(language) else None


def _results(turn: Turn) -> Iterator[dict[str, Any]]:
    # Every tool's results stand here, in any shape.
    for result in turn.tool_results if isinstance(turn.tool_results, list) else ():
        if isinstance(result, dict) and result.get("tool_name") == _TOOL:
            yield result


def _detected(result: dict[str, Any]) -> str | None:
    """Return the language of a tool's result; None where the tool failed, or was not called."""
    if result.get("is_error") or result.get("is_blocked") or result.get("tool_has_been_called") is False:
        return None
    found = result.get("result")
    if not isinstance(found, dict):
        found = _object_in(result.get("result_value"))
    language = found.get("language")
    is_success = found.get("status") in {None, "success"}
    return language if is_success and isinstance(language, str) and _TAG.fullmatch(language) else None


def _object_in(text: Any) -> dict[str, Any]:
    """Return the JSON object in a text; an empty one where there is none."""
    try:
        found = msgspec.json.decode(text) if isinstance(text, str) else None
    except (msgspec.MsgspecError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
