"""
Turns every error into an answer of one shape, `ErrorAnswer`.

`_STATUSES` maps our errors to HTTP statuses. The framework's own errors (an unknown path, a wrong method, a wrong key)
carry a status. Any other error is a fault of ours: 500, and a traceback in the log.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Meta, Struct

from events.errors import (
    BodyTooLargeError,
    DamagedEventError,
    FileFaultError,
    JournalError,
    LogClosedError,
    LogKeyError,
    SignatureError,
)
from events.process.logging import get_logger
from ingress.http.backpressure import OverloadedError
from ingress.http.patience import StalledBodyError
from ingress.http.requests import RETRY_AFTER_S, NotJsonError, annotate, request_id

logger = get_logger("error")
# The status says what the sender can do. ElevenLabs retries after 408 and 503, and after no other 4xx.
_STATUSES: dict[type[Exception], int] = {
    SignatureError: 401,
    StalledBodyError: 408,
    BodyTooLargeError: 413,
    NotJsonError: 415,
    OverloadedError: 503,
    LogClosedError: 503,
    JournalError: 503,
    LogKeyError: 503,
    DamagedEventError: 503,
    FileFaultError: 503,
}


class ErrorAnswer(Struct, kw_only=True):
    """The body of every error."""

    status: Annotated[str, Meta(description="`error`.", examples=["error"])] = "error"
    message: Annotated[str, Meta(description="What is wrong, and what to do about it.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorAnswer]:
    """Return the answer to a request that failed. An error that we did not foresee is logged with its traceback."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        status, message = error.status_code, error.detail
        headers |= _allow_header(error.headers or {})
    else:
        status = next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)
        message = str(error) if status != 500 else "an error of ours; our log has it under this request_id"
    if status < 500 or isinstance(error, OverloadedError):
        annotate(reason=message)
    if status == 408:
        headers["Connection"] = "close"  # the rest of the body may still come, and would be read as the next request
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
        if not isinstance(error, OverloadedError):  # the limit logs these, once a second
            logger.error("log_closed", error=message)
    elif status >= 500:
        # The route, not the path: a path may hold a phone number.
        logger.error("request_failed", route=request.scope.get("path_template"), exc_info=error)
    return Response(
        ErrorAnswer(message=message, request_id=request_id()),
        status_code=status,
        headers=headers,
        media_type="application/json",
    )


def _allow_header(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in headers.items() if name.lower() == "allow"}
