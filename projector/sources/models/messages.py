"""Asks Anthropic by its Messages API, through its SDK."""

import time
from typing import Any

import anthropic
import httpx2
import msgspec
from msgspec import Struct

from events.log.ours.extraction import Usage
from projector.sources.models.answers import answered, ended_by_error, tokens
from projector.sources.models.exchange import Exchange, quieten
from projector.sources.models.protocol import Answered, Finish, Question
from projector.sources.models.refusals import broken_off
from projector.sources.models.settings import ProviderSettings

# Source: the SDK's default header (anthropic 2.14).
VERSION = {"anthropic-version": "2023-06-01"}
# Source: the values of `stop_reason` in the SDK's `StopReason` (anthropic 2.14).
_FINISHES: dict[str, Finish] = {
    "end_turn": "complete",
    "stop_sequence": "complete",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}


class _Block(Struct):
    type: str
    text: str = ""


class _Usage(Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Message(Struct):
    """Source: Anthropic's `Message`, as far as we need it."""

    content: list[_Block]
    stop_reason: str | None = None
    model: str | None = None
    usage: _Usage | None = None


def client_of(settings: ProviderSettings, http: httpx2.AsyncClient, *, timeout_s: float) -> anthropic.AsyncAnthropic:
    """Return the SDK's client, which asks once, and on a way of ours."""
    return anthropic.AsyncAnthropic(
        api_key=settings.key,
        base_url=settings.base_url,
        timeout=timeout_s,
        max_retries=0,
        http_client=http,
        # The words of a call are for no trace.
        open_telemetry={"traces": False, "propagation": False},
    )


class Messages:
    """A model of Anthropic."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.name, self.host, self.model = settings.kind, settings.host, settings.model
        self.settings = settings
        self._exchange = Exchange(settings, VERSION)
        quieten("anthropic", "httpx2", "httpcore2")

    def ask(self, question: Question) -> Answered:
        """Ask once, as `Provider.ask` says."""
        began_s = time.monotonic()

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            client = client_of(self.settings, http, timeout_s=self.settings.timeout_s)
            raw = await client.messages.with_raw_response.create(**self.request(question))
            response: httpx2.Response = raw.http_response
            return response

        try:
            response = self._exchange.carry(send)
        except anthropic.APIStatusError as error:
            response = error.response
        except anthropic.APIError as error:
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
        return {
            "model": self.model,
            "system": question.system,
            "messages": [{"role": "user", "content": question.user}],
            "max_tokens": question.output_tokens_max,
            "output_config": {"format": {"type": "json_schema", "schema": question.schema}},
        }

    def _read(self, response: httpx2.Response, *, latency_s: float) -> Answered:
        try:
            message = msgspec.json.decode(response.content, type=_Message)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            return answered(self, response, response.content, finish="other", latency_s=latency_s)
        text = "".join(block.text for block in message.content if block.type == "text")
        return answered(
            self,
            response,
            text.encode("utf-8", "surrogatepass"),
            finish=_FINISHES.get(message.stop_reason or "", "other"),
            answered_by=message.model or "",
            usage=_usage(message.usage),
            latency_s=latency_s,
        )


def _usage(usage: _Usage | None) -> Usage:
    """Return how many tokens were taken. Anthropic counts those from and for its cache apart from the others."""
    if usage is None:
        return Usage()
    cached = tokens(usage.cache_read_input_tokens)
    read = tokens(usage.input_tokens) + tokens(usage.cache_creation_input_tokens) + cached
    return Usage(read, cached, tokens(usage.output_tokens))
