"""What an answer that is an error means: ask later, ask no more, or that this one question gets no answer."""

import re

import httpx2
import msgspec
from msgspec import Struct

from events.process.terminal import one_line
from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.models.protocol import Finish
from projector.sources.retry_after import retry_after_s

# Too early, too often, or a conflict: what may go better later. Source: RFC 9110 and RFC 8470.
_LATER = frozenset({408, 409, 425, 429})
_TIMEOUTS = frozenset({408, 504})
_TOO_LARGE = 413
# How a refusal of all questions is counted; any other status says that a request is wrong.
_HELD_KINDS = {401: "key", 402: "unpaid", 403: "rights", 404: "not_found"}
# OpenAI says by 429 also that nobody has paid; waiting does not help.
_UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
# Azure and OpenAI refuse some questions so, before a model reads them.
_REFUSALS = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation", "invalid_prompt"})
_TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length", "request_too_large"})
# Anthropic, vLLM, llama.cpp, Ollama and others say only in words that a question is too long.
_TOO_LONG = re.compile(
    r"prompt is too long|input is too long|context (?:length|window|size)|maximum (?:context|input|model) length|"
    r"max_model_len|exceed\w* (?:the )?(?:available |maximum )?context",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,60}")
_DETAIL_CHARS_MAX = 160
# So many characters in a row are no coincidence.
_ECHO_CHARS = 12


class _Error(Struct):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None


class _ErrorBody(Struct):
    error: _Error | str | None = None


def finish_of(response: httpx2.Response) -> Finish | None:
    """Return how an error ends one question: it was refused, or too long; None where the error is not about it."""
    error = _error_of(response)
    codes = {str(code).casefold() for code in (error.code, error.type) if code}
    if response.status_code in {400, 403, 422} and codes & _REFUSALS:
        return "refusal"
    is_too_long = bool(codes & _TOO_LONG_CODES) or _TOO_LONG.search(error.message or "") is not None
    if response.status_code == _TOO_LARGE or (response.status_code in {400, 422} and is_too_long):
        return "length"
    return None


def fault_of(response: httpx2.Response, asked: str, *, key: str) -> AskLaterError | ProviderHeldError:
    """
    Return what to raise for an answer that is an error.

    Its words are for an operator: neither the question nor the key stands in them.

    Args:
        asked: the words of calls that were sent.
    """
    status = response.status_code
    error = _error_of(response)
    if 300 <= status < 400:
        words = f"it answered {status}, and leads elsewhere; redirects are not followed"
        return ProviderHeldError(words, kind="redirect")
    words = f"it answered {status}{_detail(error, asked, key)}"
    if {error.code, error.type} & _UNPAID:
        return ProviderHeldError(words, kind="unpaid")
    if status in _LATER or status >= 500:
        kind = "timeout" if status in _TIMEOUTS else "down" if status >= 500 else "busy"
        return AskLaterError(words, retry_after_s(response.headers), kind=kind)
    return ProviderHeldError(words, kind=_HELD_KINDS.get(status, "bad_request"))


def broken_off(error: Exception) -> AskLaterError:
    """Return what to raise where there is no answer at all, or only a part of one."""
    cause = error.__cause__ or error
    kind = "timeout" if isinstance(cause, httpx2.TimeoutException) else "broken_off"
    return AskLaterError(f"it does not answer: {type(cause).__name__}", kind=kind)


def _error_of(response: httpx2.Response) -> _Error:
    try:
        error = msgspec.json.decode(response.content, type=_ErrorBody).error
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _Error()
    return error if isinstance(error, _Error) else _Error(message=error)


def _detail(error: _Error, asked: str, key: str) -> str:
    codes = [code for code in (error.type, error.code) if isinstance(code, str) and _CODE.fullmatch(code)]
    message = " ".join(one_line(error.message or "").split())
    if key and key in message:
        message = ""
    message = message[:_DETAIL_CHARS_MAX]  # each place of it is looked for in all that was asked
    if _echoes(message, asked):
        message = ""
    said = ": ".join(filter(None, (", ".join(dict.fromkeys(codes)), message)))
    return f": {said[:_DETAIL_CHARS_MAX]}" if said else ""


def _echoes(message: str, asked: str) -> bool:
    """Tell whether words of the question stand in a message, which some servers repeat."""
    asked = " ".join(asked.split())
    return any(
        message[at : at + _ECHO_CHARS] in asked for at in range(max(1, len(message) - _ECHO_CHARS + 1)) if message
    )
