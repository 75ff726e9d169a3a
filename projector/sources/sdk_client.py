"""Asks ElevenLabs' API through ElevenLabs' SDK, each request once, and bounds what may be answered."""

from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import msgspec
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError
from msgspec import Struct

from events.process.terminal import one_line
from projector.errors import AnswerUnusableError, ElevenLabsError, ElevenLabsRefusedError, NotFoundError
from projector.sources.bounded_answers import ACCEPTED, bound
from projector.sources.retry_after import retry_after_s

T = TypeVar("T")
TIMEOUT_S = 15.0
# The most of a conversation, a page or an agent. Calls take some 100 KB, and an agent as much as its prompt.
_ANSWER_BYTES_MAX = 16 * 1024 * 1024
_RECORDING = "/audio"
_DETAIL_CHARS_MAX = 200
# Source: the SDK's `_should_retry` (elevenlabs 2.78).
_TRANSIENT = {408, 409, 429}


class FailedRequestError(Exception):
    """
    One request failed with `fault`.

    `is_transient` tells whether to ask again may help, and `wait_s` how many seconds the API asks to wait; None if it
    does not say. `status` is that of the answer, None without one.
    """

    def __init__(
        self, fault: ElevenLabsError, *, is_transient: bool, wait_s: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.is_transient = is_transient
        self.wait_s = wait_s
        self.status = status


class _Detail(Struct):
    message: str


class _ErrorBody(Struct):
    """How the API reports an error; the SDK passes it on decoded."""

    detail: _Detail | str


class _AnsweredError(Exception):
    """
    Carries the bytes of an answer past the SDK.

    The SDK would build a model of it, which may take thirty times as much memory, and fails on some JSON.
    """

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body


class SdkClient:
    """
    The SDK's client of one ElevenLabs account, as `client`. No redirect is followed.

    Args:
        key: the account's API key.
        base_url: the address of the API; None is the address that the SDK uses.
        check: called before each piece of an answer; may raise to end the reading.
        on_request: called with each request before it is sent.
        timeout_s: how long an answer, or the next piece of one, may take.
        trusts_environment: whether the environment may name a proxy, or further certificates.
    """

    def __init__(
        self,
        key: str,
        base_url: str | None,
        *,
        check: Callable[[], None] = lambda: None,
        on_request: Callable[[httpx.Request], None] = lambda _: None,
        timeout_s: float = TIMEOUT_S,
        trusts_environment: bool = True,
    ) -> None:
        from elevenlabs.client import ElevenLabs  # noqa: PLC0415 - takes up to a second; few commands need it

        self._check = check
        hooks: dict[str, list[Callable[..., None]]] = {"request": [on_request], "response": [self._take]}
        # No redirects: httpx would send the key along, wherever they lead.
        self._http = httpx.Client(
            timeout=timeout_s,
            follow_redirects=False,
            event_hooks=hooks,
            headers={"accept-encoding": ACCEPTED},
            trust_env=trusts_environment,
        )
        self.client: Any = ElevenLabs(api_key=key, base_url=base_url, timeout=timeout_s, httpx_client=self._http)

    @property
    def area(self) -> Any:
        """The part of the SDK that knows agents and their calls: `agents` in SDK 3 is `conversational_ai` in 2."""
        return self.client.conversational_ai if hasattr(self.client, "conversational_ai") else self.client.agents

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def bytes_of(self, ask: Callable[..., object], *args: Any, **kwargs: Any) -> bytes:
        """
        Call a method of the SDK, and return the JSON of the answer as it came.

        Call it within `once`. Raises `ElevenLabsError` where the answer is no JSON.
        """
        try:
            ask(*args, **kwargs, request_options={"max_retries": 0})
        except _AnsweredError as answered:
            return _checked(answered.body)
        except (TypeError, AttributeError) as error:  # the SDK builds its models from any JSON, and fails on some
            raise ElevenLabsError("ElevenLabs' answer cannot be read") from error
        raise AssertionError("unreachable: the SDK reports every other answer as an error")

    def once(self, ask: Callable[[], T]) -> T:
        """
        Return what `ask` returns, which asks the API once.

        Raises:
            FailedRequestError: the API did not answer, or refused.
            ElevenLabsError: its answer cannot be used.
        """
        try:
            return ask()
        except ApiError as error:
            wait_s = retry_after_s(error.headers or {})
            is_transient = error.status_code in _TRANSIENT or (error.status_code or 0) >= 500
            raise FailedRequestError(
                _fault(error, wait_s), is_transient=is_transient, wait_s=wait_s, status=error.status_code
            ) from error
        except httpx.RequestError as error:
            fault = ElevenLabsError(f"ElevenLabs does not answer: {str(error) or type(error).__name__}")
            raise FailedRequestError(fault, is_transient=True) from error
        except AnswerUnusableError as error:
            raise ElevenLabsError(f"ElevenLabs' answer cannot be used: {error}") from error
        except (ParsingError, ValueError, RecursionError) as error:
            raise ElevenLabsError("ElevenLabs' answer cannot be read") from error

    def _take(self, response: httpx.Response) -> None:
        # A recording is passed on piece by piece, and the log has a cap for it.
        is_recording = response.url.path.endswith(_RECORDING)
        bound(response, bytes_max=None if is_recording else _ANSWER_BYTES_MAX, check=self._check)
        if response.is_success and not is_recording:
            raise _AnsweredError(response.read())


def _checked(answer: bytes) -> bytes:
    """Return an answer if it is JSON."""
    try:
        answer.decode()
        msgspec.json.decode(answer, type=msgspec.Raw)
    except msgspec.MsgspecError as error:
        raise ElevenLabsError("ElevenLabs' answer is not JSON") from error
    return answer


def _fault(error: ApiError, wait_s: float | None) -> ElevenLabsError:
    detail = _detail(error.body)
    match error.status_code:
        case 401:
            return ElevenLabsRefusedError(f"ElevenLabs refused ELEVENLABS_API_KEY (401){detail}")
        case 404:
            return NotFoundError(f"ElevenLabs answered 404{detail}")
        case 429:
            later = "" if wait_s is None else f", and asks to wait {wait_s:.0f} seconds"
            return ElevenLabsRefusedError(f"ElevenLabs says that we ask too often (429){later}{detail}")
        case status:
            return ElevenLabsError(f"ElevenLabs answered {status}{detail}")


def _detail(body: object) -> str:
    """Return what the API says is wrong, as the end of a line on a terminal; empty if it says nothing."""
    try:
        detail = msgspec.convert(body, _ErrorBody).detail
    except msgspec.ValidationError:
        return ""
    text = detail if isinstance(detail, str) else detail.message
    return f": {one_line(text)[:_DETAIL_CHARS_MAX]}"
