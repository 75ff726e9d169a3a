"""Asks OpenAI by its Batch API, through its SDK: a file of requests, and a file of answers."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Literal

import httpx2
import msgspec
import openai
from msgspec import Struct

from projector.errors import AskLaterError, ProviderHeldError
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
from projector.sources.models.chat import Chat, client_of
from projector.sources.models.exchange import Exchange
from projector.sources.models.protocol import Answered, Question
from projector.sources.models.settings import ProviderSettings

# Source: the SDK's `BatchCreateParams` (openai 3.57).
_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_WINDOW: Literal["24h"] = "24h"
# Files that nobody could remove go by themselves. Source: `ExpiresAfter`, an hour to 30 days.
_FILES_EXPIRE_S = 3 * 24 * 60 * 60
# Source: the values of `status` in the SDK's `Batch`; in all others it goes on.
_ENDED = {
    "completed": "the vendor left it out",
    "expired": "the batch expired before it was answered",
    "cancelled": "the batch was cancelled",
    "failed": "the batch failed",
}


class _Error(Struct):
    code: str | int | None = None
    message: str | None = None


class _Errors(Struct):
    data: list[_Error] | None = None


class _Batch(Struct):
    """Source: OpenAI's `Batch`, as far as we need it."""

    id: str
    status: str = ""
    input_file_id: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: _Errors | None = None


class _File(Struct):
    id: str


class _Response(Struct):
    status_code: int
    body: msgspec.Raw = msgspec.Raw(b"{}")


class _Line(Struct):
    """A line of either file of results. Source: OpenAI's guide of the Batch API."""

    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


class OpenAIBatches:
    """A model of OpenAI, asked by batches; see `BatchProvider`."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.name, self.host, self.model = settings.kind, settings.host, settings.model
        self._settings = settings
        self._chat = Chat(settings)
        self._exchange = Exchange(settings, {})
        self._long = Exchange(settings, {}, timeout_s=TIMEOUT_S, body_bytes_max=ANSWER_BYTES_MAX)

    def submit(self, requests: Mapping[str, Question]) -> str:
        """Upload the requests, and have them answered."""
        body = b"".join(self._lines(requests))
        asked = "\n".join(question.user for question in requests.values())

        async def upload(http: httpx2.AsyncClient) -> httpx2.Response:
            raw = await self._client(http).files.with_raw_response.create(
                file=("requests.jsonl", body),
                purpose="batch",
                expires_after={"anchor": "created_at", "seconds": _FILES_EXPIRE_S},
            )
            return raw.http_response

        file = decoded(msgspec.json.Decoder(_File).decode, self._carry(self._long, upload, asked=asked))

        async def create(http: httpx2.AsyncClient) -> httpx2.Response:
            raw = await self._client(http).batches.with_raw_response.create(
                input_file_id=file.id,
                endpoint=_ENDPOINT,
                completion_window=_WINDOW,
                output_expires_after={"anchor": "created_at", "seconds": _FILES_EXPIRE_S},
            )
            return raw.http_response

        try:
            with submitting():
                return checked_id(self._batch(create).id)
        except (AskLaterError, ProviderHeldError):
            self._remove_file(file.id)
            raise

    def state(self, batch: str) -> BatchState:
        """Return how a batch stands."""
        found = self._retrieved(batch)
        reason = _ENDED.get(found.status)
        if found.status == "failed" and found.errors is not None and found.errors.data:
            reason = f"{reason}: {code_of(found.errors.data[0].code)}"
        return BatchState(is_ended=reason is not None, reason=reason or "")

    def results(self, batch: str) -> dict[str, Result]:
        """Return what came of the requests of a batch: those that were answered, and those that failed."""
        found = self._retrieved(batch)
        of_file = msgspec.json.Decoder(_Line).decode
        contents = [self._content(file) for file in (found.output_file_id, found.error_file_id) if file]
        return {line.custom_id: _result(line) for content in contents for line in lines(of_file, content)}

    def read(self, result: Result, question: Question) -> Answered:
        """Return what a result says to its question."""
        return read_result(self._chat, result, question)

    def cancel(self, batch: str) -> None:
        """Have no further request of a batch answered."""

        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).batches.with_raw_response.cancel(batch)).http_response

        self._carry(self._exchange, send)

    def remove(self, batch: str) -> None:
        """Remove the files of a batch."""
        found = self._retrieved(batch)
        for file in (found.input_file_id, found.output_file_id, found.error_file_id):
            if file:
                self._remove_file(file)

    def _lines(self, requests: Mapping[str, Question]) -> Iterator[bytes]:
        for id_, question in requests.items():
            line = {"custom_id": id_, "method": "POST", "url": _ENDPOINT, "body": self._chat.request(question)}
            yield msgspec.json.encode(line) + b"\n"

    def _retrieved(self, batch: str) -> _Batch:
        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).batches.with_raw_response.retrieve(batch)).http_response

        return self._batch(send)

    def _batch(self, send: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]) -> _Batch:
        return decoded(msgspec.json.Decoder(_Batch).decode, self._carry(self._exchange, send))

    def _content(self, file: str) -> bytes:
        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).files.with_raw_response.content(file)).http_response

        return self._carry(self._long, send).content

    def _remove_file(self, file: str) -> None:
        async def send(http: httpx2.AsyncClient) -> httpx2.Response:
            return (await self._client(http).files.with_raw_response.delete(file)).http_response

        with suppress(AskLaterError, ProviderHeldError):  # it expires
            self._carry(self._exchange, send)

    def _client(self, http: httpx2.AsyncClient) -> openai.AsyncOpenAI:
        return client_of(self._settings, http, timeout_s=TIMEOUT_S)  # an exchange bounds it

    def _carry(
        self,
        exchange: Exchange,
        send: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]],
        *,
        asked: str = "",
    ) -> httpx2.Response:
        return carry(openai, exchange, send, asked=asked, key=self._settings.key)


def _result(line: _Line) -> Result:
    if line.response is not None:
        return Result(line.response.status_code, bytes(line.response.body))
    return Result(reason=code_of(line.error.code) if line.error is not None else "it has neither answer nor error")
