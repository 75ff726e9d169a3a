"""Errors as answers: which status each of them is, in one shape for all."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Meta, Struct

from events.errors import BodyTooLargeError, DamagedEventError, JournalError, LogClosedError, SignatureError
from events.process.logging import get_logger
from ingress.http.patience import StalledBodyError
from ingress.http.requests import RETRY_AFTER_S, NotJsonError, annotate, request_id

logger = get_logger("error")
# What the sender can do about it decides; ElevenLabs retries 408 and 503, and no other 4xx.
_STATUSES: dict[type[Exception], int] = {
    SignatureError: 401,
    StalledBodyError: 408,
    BodyTooLargeError: 413,
    NotJsonError: 415,
    LogClosedError: 503,
    JournalError: 503,
    DamagedEventError: 503,
}


class ErrorAnswer(Struct, kw_only=True):
    """What every error is answered with."""

    status: Annotated[str, Meta(description="`error`.", examples=["error"])] = "error"
    message: Annotated[str, Meta(description="What is wrong, and what to do about it.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
    """Return the answer to a request that failed; what we did not foresee is logged with its traceback."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        status, message = error.status_code, error.detail
        headers |= _kept(error.headers or {})
    else:
        status = _STATUSES.get(type(error), 500)
        message = str(error) if status != 500 else "an error of ours; the log has it under this request_id"
    if status < 500:
        annotate(reason=message)
    if status == 408:
        headers["Connection"] = "close"  # the rest of the body may come yet, and would be taken for a request
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
        logger.error("log_closed", error=message)
    elif status >= 500:
        # The route, for a path may hold a number.
        logger.error("request_failed", route=request.scope.get("path_template"), exc_info=error)
    return Response(
        ErrorAnswer(message=message, request_id=request_id()),
        status_code=status,
        headers=headers,
        media_type="application/json",
    )


def _kept(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in headers.items() if name.lower() == "allow"}
