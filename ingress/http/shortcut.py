"""Calls the busiest handlers directly, past the framework's routing and modelling."""

from typing import Any

import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from ingress.http.errors import answer_error


def with_shortcut(app: ASGIApp, *handlers: HTTPRouteHandler) -> ASGIApp:
    """
    Wrap an application: call these handlers directly, which saves a third of our own time for each answer.

    Requests from a browser take the long way, because the framework adds the CORS headers.

    Args:
        handlers: each takes a request and nothing else, and returns a Struct, which is answered with 200.
    """
    shortcuts = {
        (method, path): handler for handler in handlers for method in handler.http_methods for path in handler.paths
    }

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        handler = shortcuts.get((scope["method"], scope["path"])) if scope["type"] == ScopeType.HTTP else None
        if handler is None or any(name == b"origin" for name, _ in scope["headers"]):
            await app(scope, receive, send)
            return
        scope["route_handler"], scope["path_template"] = handler, scope["path"]  # as the router would
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        headers: dict[str, str] = {}
        try:
            status, content = 200, await handler.fn(request)
        except Exception as error:  # noqa: BLE001 - the framework would do this, but it is not between us and the handler
            refusal = answer_error(request, error)
            status, content, headers = refusal.status_code or 500, refusal.content, refusal.headers
        await _send(send, status, msgspec.json.encode(content), headers)

    return answer


async def _send(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    raw = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        *((name.lower().encode(), value.encode()) for name, value in headers.items()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
