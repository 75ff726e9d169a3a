"""Asks by chat completions, through OpenAI's SDK: OpenAI itself, and every server that speaks as it does."""

import time
from typing import Any

import httpx2
import msgspec
import openai
from msgspec import Struct

from events.log.ours.extraction import Usage
from projector.sources.models.answers import answered, ended_by_error, tokens
from projector.sources.models.exchange import Exchange, quieten
from projector.sources.models.protocol import Answered, Finish, Question
from projector.sources.models.refusals import broken_off
from projector.sources.models.settings import OPENAI, ProviderSettings

# Source: the values of `finish_reason` in the SDK's `ChatCompletion` (openai 3.57).
_FINISHES: dict[str, Finish] = {
    "stop": "complete",
    "tool_calls": "complete",
    "function_call": "complete",
    "length": "length",
    "content_filter": "refusal",
}
# They know `max_completion_tokens` alone, for models that reason; other servers know `max_tokens` alone.
_NEWER_HOSTS = ("api.openai.com", ".openai.azure.com", ".api.openai.com", ".services.ai.azure.com")
_SCHEMA_FOLLOWS = "\n\nAnswer with one JSON object of this JSON schema, and nothing else:\n"


class _Function(Struct, frozen=True):
    arguments: str = ""


class _ToolCall(Struct):
    function: _Function = _Function()


class _Part(Struct):
    text: str = ""


class _Message(Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(Struct):
    message: _Message
    finish_reason: str | None = None


class _Details(Struct):
    cached_tokens: int | None = None


class _Usage(Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Completion(Struct):
    """Source: OpenAI's `ChatCompletion`, as far as we need it."""

    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None


def client_of(settings: ProviderSettings, http: httpx2.AsyncClient, *, timeout_s: float) -> openai.AsyncOpenAI:
    """Return the SDK's client, which asks once, and on a way of ours."""
    return openai.AsyncOpenAI(
        api_key=settings.key or "none", base_url=settings.base_url, timeout=timeout_s, max_retries=0, http_client=http
    )


class Chat:
    """A model behind `/chat/completions`."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.name, self.host, self.model = settings.kind, settings.host, settings.model
        self.settings = settings
        self._exchange = Exchange(settings, {})
        quieten("openai", "httpx2", "httpcore2")

    def ask(self, question: Question) -> Answered:
        """Ask once, as `Provider.ask` says."""
        began_s = time.monotonic()

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            client = client_of(self.settings, http, timeout_s=self.settings.timeout_s)
            raw = await client.chat.completions.with_raw_response.create(**self.request(question))
            response: httpx2.Response = raw.http_response
            return response

        try:
            response = self._exchange.carry(send)
        except openai.APIStatusError as error:
            response = error.response
        except openai.APIError as error:
            raise broken_off(error) from error
        return self.read(response, question, latency_s=time.monotonic() - began_s)

    def read(self, response: httpx2.Response, question: Question, *, latency_s: float) -> Answered:
        """
        Return what a response says to a question.

        Raises:
            AskLaterError, ProviderHeldError: it is an error, and as `ask` raises them.
        """
        if response.is_success:
            return self._read(response, latency_s=latency_s)
        return ended_by_error(self, response, question, key=self.settings.key, latency_s=latency_s)

    def close(self) -> None:
        """Nothing stays open between two questions."""

    def request(self, question: Question) -> dict[str, Any]:
        """Return the body of a request, as the SDK takes it."""
        asked = {"model": self.model, "messages": self._messages(question)}
        return asked | self._form(question) | self._bound(question)

    def _messages(self, question: Question) -> Any:
        schema = msgspec.json.encode(question.schema).decode()
        system = question.system + (_SCHEMA_FOLLOWS + schema if self.settings.structured == "json" else "")
        return [{"role": "system", "content": system}, {"role": "user", "content": question.user}]

    def _form(self, question: Question) -> dict[str, Any]:
        """Return how the server is told what an answer must look like."""
        name, schema = question.schema_name, question.schema
        match self.settings.structured:
            case "json":
                return {"response_format": {"type": "json_object"}}
            case "tools":
                function = {"name": name, "description": "Hands in the answer.", "parameters": schema}
                return {
                    "tools": [{"type": "function", "function": function}],
                    "tool_choice": {"type": "function", "function": {"name": name}},
                }
            case _:
                described = {"name": name, "strict": True, "schema": schema}
                return {"response_format": {"type": "json_schema", "json_schema": described}}

    def _bound(self, question: Question) -> dict[str, Any]:
        is_newer = self.name == OPENAI or self.host.endswith(_NEWER_HOSTS)
        return {"max_completion_tokens" if is_newer else "max_tokens": question.output_tokens_max}

    def _read(self, response: httpx2.Response, *, latency_s: float) -> Answered:
        try:
            completion = msgspec.json.decode(response.content, type=_Completion)
            choice = completion.choices[0]
        except (msgspec.MsgspecError, IndexError, RecursionError, UnicodeError):
            return answered(self, response, response.content, finish="other", latency_s=latency_s)
        finish = _FINISHES.get(choice.finish_reason or "", "other")
        text = _text(choice.message)
        if choice.message.refusal and not text:
            finish, text = "refusal", choice.message.refusal
        return answered(
            self,
            response,
            text.encode("utf-8", "surrogatepass"),
            finish=finish,
            answered_by=completion.model or "",
            usage=_usage(completion.usage),
            latency_s=latency_s,
        )


def _text(message: _Message) -> str:
    if message.tool_calls:
        return message.tool_calls[0].function.arguments
    if isinstance(message.content, list):
        return "".join(part.text for part in message.content)
    return message.content or ""


def _usage(usage: _Usage | None) -> Usage:
    if usage is None:
        return Usage()
    details = usage.prompt_tokens_details or _Details()
    return Usage(tokens(usage.prompt_tokens), tokens(details.cached_tokens), tokens(usage.completion_tokens))
