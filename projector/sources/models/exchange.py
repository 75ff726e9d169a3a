"""
Carries a question to one host, and nowhere else, within a fixed time.

The vendors' SDKs follow redirects, with the words and the key; they read variables of their own, by which headers and
logs change; and a server that sends a byte now and then holds them for ever. None of it is so here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial

import httpx2

from projector.errors import AnswerUnusableError, AskLaterError, ProviderHeldError
from projector.sources.models.settings import ProviderSettings

# A long answer has some 30 KB. What is longer comes from no model.
_BODY_BYTES_MAX = 4 * 1024 * 1024
_PORTS = {"http": 80, "https": 443}
# What a request needs. The SDKs add who we are, on which machine, and what their variables say.
_HEADERS = frozenset({"host", "accept", "content-type", "content-length", "connection", "transfer-encoding"})
_USER_AGENT = "elaoms"
_OF_SDK = "headers of the SDK"


class Exchange:
    """
    One way to one server; threads may use it at the same time.

    Args:
        headers: what a request carries besides, such as the vendor's version.
        timeout_s: how long one exchange may take, in seconds; None for what is set for one answer.
        body_bytes_max: how much may be answered.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        headers: Mapping[str, str],
        *,
        timeout_s: float | None = None,
        body_bytes_max: int = _BODY_BYTES_MAX,
    ) -> None:
        self._settings = settings
        self._origin = _origin(httpx2.URL(settings.base_url))
        self._timeout_s = settings.timeout_s if timeout_s is None else timeout_s
        self._bytes_max = body_bytes_max
        self._headers = {
            "user-agent": _USER_AGENT,
            "accept-encoding": "identity",  # a small compressed answer may unfold to a thousand times its size
            **headers,
        }
        if settings.key:
            self._headers["authorization"] = f"Bearer {settings.key}"
        self._tls = httpx2.create_ssl_context(trust_env=False)

    def carry(self, ask: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]) -> httpx2.Response:
        """
        Return the response that `ask` gets by a client.

        Raises:
            AskLaterError: it was not whole in time, or too large.
            ProviderHeldError: it would have gone to another host.

        Raises what `ask` raises.
        """
        try:
            return asyncio.run(self._within(ask))
        except TimeoutError as error:
            raise AskLaterError(f"no whole answer within {self._timeout_s:g} seconds", kind="timeout") from error
        except Exception as error:
            # The SDKs wrap what is raised while they read.
            if (ours := _first_of_ours(error)) is None:
                raise  # not "from": it would become its own cause
            raise ours from error

    async def _within(self, ask: Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]) -> httpx2.Response:
        async with (
            asyncio.timeout(self._timeout_s),
            httpx2.AsyncClient(
                verify=self._tls,
                timeout=self._timeout_s,
                follow_redirects=False,
                trust_env=False,
                event_hooks={"request": [self._strip], "response": [partial(_bound, bytes_max=self._bytes_max)]},
            ) as client,
        ):
            return await ask(client)

    async def _strip(self, request: httpx2.Request) -> None:
        if _origin(request.url) != self._origin:
            raise ProviderHeldError(f"a question for {self._settings.host} would have gone to another host")
        request.extensions[_OF_SDK] = {name: request.headers.pop(name) for name in {*request.headers} - _HEADERS}
        request.headers.update(self._headers)


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, bytes_max: int) -> None:
        self._stream = stream
        self._bytes_max = bytes_max

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > self._bytes_max:
                raise AnswerUnusableError(f"it is larger than {self._bytes_max // 2**20} MiB")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response, *, bytes_max: int) -> None:
    # The SDK looks here for how it was asked: whether for the raw response.
    response.request.headers.update(response.request.extensions[_OF_SDK])
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise AnswerUnusableError("it is compressed, which was not asked for")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _BoundedStream(response.stream, bytes_max)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    """Return the server that a request goes to: another port of the same machine is another one."""
    return url.scheme, url.host.lower().rstrip("."), url.port or _PORTS.get(url.scheme)


def _first_of_ours(error: BaseException) -> AskLaterError | ProviderHeldError | None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ProviderHeldError):
            return cause
        if isinstance(cause, AnswerUnusableError):
            return AskLaterError(f"the answer cannot be used: {cause}", kind="unusable")
        cause = cause.__cause__ or cause.__context__
    return None


def quieten(*names: str) -> None:
    """Keep the loggers of libraries from writing what they send: variables of theirs would let them."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)
