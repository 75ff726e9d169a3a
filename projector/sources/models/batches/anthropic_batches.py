"""Asks Anthropic by its Message Batches API, through its SDK."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anthropic
import httpx2
import msgspec
from msgspec import Struct

from projector.sources.models.batches.carrying import carry
from projector.sources.models.batches.protocol import BatchState, Result
from projector.sources.models.batches.results import (
    ANSWER_BYTES_MAX,
    TIMEOUT_S,
    checked_id,
    code_of,
    decoded,
    lines,
    read_result,
    submitting,
)
from projector.sources.models.exchange import Exchange
from projector.sources.models.messages import VERSION, Messages, client_of
from projector.sources.models.protocol import Answered, Question
from projector.sources.models.settings import ProviderSettings

# With which status a request alone is answered by such an error. Source: Anthropic's list of errors.
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
# An error of a kind that we do not know may pass.
_UNKNOWN_STATUS = 500
_REASONS = {"canceled": "the batch was cancelled", "expired": "the batch expired before it was answered"}


class _Batch(Struct):
    """Source: Anthropic's `MessageBatch`, as far as we need it."""

    id: str
    processing_status: str = ""


class _Error(Struct, frozen=True):
    type: str = ""


class _ErrorBody(Struct):
    error: _Error = _Error()


class _Outcome(Struct):
    type: str
    message: msgspec.Raw = msgspec.Raw(b"{}")
    error: msgspec.Raw = msgspec.Raw(b"{}")


class _Line(Struct):
    """Source: Anthropic's `MessageBatchIndividualResponse`."""

    custom_id: str
    result: _Outcome


class AnthropicBatches:
    """A model of Anthropic, asked by batches; see `BatchProvider`."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.name, self.host, self.model = settings.kind, settings.host, settings.model
        self._settings = settings
        self._messages = Messages(settings)
        self._exchange = Exchange(settings, VERSION)
        self._long = Exchange(settings, VERSION, timeout_s=TIMEOUT_S, body_bytes_max=ANSWER_BYTES_MAX)

    def submit(self, requests: Mapping[str, Question]) -> str:
        """Have the requests answered."""
        asked = "\n".join(question.user for question in requests.values())
        sent: Any = [
            {"custom_id": id_, "params": self._messages.request(question)} for id_, question in requests.items()
        ]

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).messages.batches.with_raw_response.create(requests=sent)).http_response

        with submitting():
            response = self._carry(self._long, send, asked=asked)
            return checked_id(decoded(msgspec.json.Decoder(_Batch).decode, response).id)

    def state(self, batch: str) -> BatchState:
        """Return how a batch stands."""

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).messages.batches.with_raw_response.retrieve(batch)).http_response

        found = decoded(msgspec.json.Decoder(_Batch).decode, self._carry(self._exchange, send))
        return BatchState(is_ended=found.processing_status == "ended", reason="the vendor left it out")

    def results(self, batch: str) -> dict[str, Result]:
        """Return what came of the requests of a batch."""

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            # The SDK's `results` goes wherever `results_url` leads; this is the same request, at the path documented.
            path = f"/v1/messages/batches/{batch}/results"
            return await self._client(http).get(path, cast_to=httpx2.Response)

        content = self._carry(self._long, send).content
        return {line.custom_id: _result(line.result) for line in lines(msgspec.json.Decoder(_Line).decode, content)}

    def read(self, result: Result, question: Question) -> Answered:
        """Return what a result says to its question."""
        return read_result(self._messages, result, question)

    def cancel(self, batch: str) -> None:
        """Have no further request of a batch answered."""

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).messages.batches.with_raw_response.cancel(batch)).http_response

        self._carry(self._exchange, send)

    def remove(self, batch: str) -> None:
        """Remove a batch with all that was sent and answered."""

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).messages.batches.with_raw_response.delete(batch)).http_response

        self._carry(self._exchange, send)

    def _client(self, http: httpx2.AsyncClient) -> anthropic.AsyncAnthropic:
        return client_of(self._settings, http, timeout_s=TIMEOUT_S)  # an exchange bounds it

    def _carry(
        self,
        exchange: Exchange,
        send: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]],
        *,
        asked: str = "",
    ) -> httpx2.Response:
        return carry(anthropic, exchange, send, asked=asked, key=self._settings.key)


def _result(outcome: _Outcome) -> Result:
    match outcome.type:
        case "succeeded":
            return Result(200, bytes(outcome.message))
        case "errored":
            body = bytes(outcome.error)
            try:
                kind = msgspec.json.decode(body, type=_ErrorBody).error.type
            except msgspec.MsgspecError:
                kind = ""
            return Result(_STATUSES.get(kind, _UNKNOWN_STATUS), body)
        case kind:
            return Result(reason=_REASONS.get(kind, code_of(kind)))
