"""Endpoints that need no key: what this service is, its health, its documentation, and an echo for debugging."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema
from msgspec import Meta, Struct

from ingress.http.openapi import errors
from ingress.http.requests import request_id
from ingress.operating.checkup.health import Health, HealthCheck

_QUERY_BYTES_MAX = 200
# Whoever sets up a monitor writes one of these for no; a bare `?strict` means yes.
_NO = {"0", "false", "no", "off"}


@dataclass
class _WithStrict(Operation):
    def __post_init__(self) -> None:
        self.parameters = [
            Parameter(
                name="strict",
                param_in="query",
                required=False,
                description="`1`: 503 whenever `degraded` names anything, for monitors that look at the status alone.",
                schema=Schema(type=OpenAPIType.STRING, examples=["1"]),
            )
        ]


class Welcome(Struct, kw_only=True):
    """What this service is."""

    name: Annotated[str, Meta(description="The name of the product.")]
    version: Annotated[str, Meta(description="Its version.")]
    docs: Annotated[str, Meta(description="The path of the API's documentation.")]
    health: Annotated[str, Meta(description="The path of the health check.")]


class Echo(Struct, kw_only=True):
    """The request that was sent."""

    request_id: Annotated[str, Meta(description="The id of this request.")]
    headers: Annotated[dict[str, str], Meta(description="The headers of the request.")]
    body: Annotated[Any, Meta(description="The body, as JSON if it is JSON, else as text.")]


def status_handlers(health_check: HealthCheck, *, version: str, is_debug: bool) -> list[HTTPRouteHandler]:
    """Return the handlers of `/`, `/health`, and of `/echo` if DEBUG is on."""

    @get("/", summary="Say what this service is")
    async def welcome() -> Welcome:
        return Welcome(name="ELAOMS", version=version, docs="/docs", health="/health")

    @get(
        "/health",
        summary="Report the health of the service",
        description=(
            "200 as long as events can be appended and the log's disk has room for more. With `strict=1` only while"
            " nothing is degraded."
        ),
        operation_class=_WithStrict,
        responses={
            503: ResponseSpec(
                data_container=Health,
                description=(
                    "No event can be appended now, or the log's disk is almost full (`degraded` names `disk`). With"
                    " `strict=1`: anything is degraded."
                ),
            )
        },
    )
    async def health(request: Request[Any, Any, Any]) -> Response[Health]:
        answer = await health_check.health()
        is_bad = answer.log.error is not None or (bool(answer.degraded) and _is_strict(request))
        return Response(answer, status_code=503 if is_bad else 200)

    return [welcome, health, *([echo] if is_debug else [])]


def _is_strict(request: Request[Any, Any, Any]) -> bool:
    # Strangers may send a query of any length, and it must cost nothing.
    query = request.scope["query_string"][:_QUERY_BYTES_MAX]
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("strict", ["0"]) if query else ["0"]
    return given[-1].strip().lower() not in _NO


@post(
    "/echo",
    status_code=200,
    responses=errors(408, 413),
    summary="Return the request that was sent; only if DEBUG is on",
)
async def echo(request: Request[Any, Any, Any]) -> Echo:
    body = await request.body()
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        decoded = body.decode("utf-8", "replace")
    return Echo(request_id=request_id(), headers=dict(request.headers), body=decoded)
