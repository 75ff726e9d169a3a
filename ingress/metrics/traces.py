"""Records what each webhook took, where traces are on, and hands it to what exports it."""

from collections.abc import MutableMapping
from typing import Any, cast

from litestar import Request

from events.tracing.recording import SERVER, Recording
from events.tracing.tracer import Tracer
from ingress.metrics.counting import WEBHOOKS, Application, Scope

_RECORDING = "elaoms.recording"
_TRACEPARENT = b"traceparent"


def recording_of(request: Request[Any, Any, Any]) -> Recording | None:
    """Return what is recorded of a request; None where traces are off."""
    return cast("Recording | None", request.scope.get(_RECORDING))


def with_traces(app: Application, tracer: Tracer) -> Application:
    """
    Wrap an application: record each webhook whose sender showed a signature or a key, and have it exported.

    Of others nothing is exported: anybody could send enough of them to crowd out the rest.
    """

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path not in WEBHOOKS or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        recording = scope[_RECORDING] = Recording(f"POST {path}", kind=SERVER)
        status = 500

        async def send_noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_noting)
        finally:
            if recording.is_proven:
                _finish(recording, scope, path, status)
                tracer.export(recording)

    return answer


def _finish(recording: Recording, scope: Scope, path: str, status: int) -> None:
    recording.end(error="unavailable" if status == 503 else "failed" if status >= 500 else "")
    recording.attributes |= {
        "http.request.method": "POST",
        "http.route": path,
        "http.response.status_code": status,
    }
    given = [value for name, value in scope["headers"] if name == _TRACEPARENT]
    if len(given) == 1:  # of several nobody knows which one is meant
        recording.traceparent = given[0].decode("latin-1").strip()
