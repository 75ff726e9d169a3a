"""Exports and erases all that is held about one caller, for operators with the admin key."""

import asyncio
import time
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, delete, get
from litestar.exceptions import NotFoundException, ServiceUnavailableException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.response import Stream
from msgspec import Meta, Struct

from events.log.erasure import Erasure
from events.log.erasure_request import request_erasure
from events.log.protocol import EventLog
from events.process import audit
from events.wire.caller import masked
from ingress.http.auditing import Auditor
from ingress.http.openapi import admin_operation, errors
from ingress.http.requests import annotate, check_key, request_id
from ingress.http.shortcut import Guard
from ingress.lookups.read_pool import ReadPool
from ingress.operating.callers.corrections import corrections_handler, listed_corrections
from ingress.operating.callers.named import CALLERS, VARIABLE, Number, named_in
from ingress.settings import Settings
from projector.engines.settings import OPENMEMORY_SERVER
from projector.errors import (
    ReadModelBusyError,
    ReadModelDamagedError,
    ReadModelMissingError,
    ReadModelVersionError,
)
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.records import ErasureState
from projector.read_side.export import LINE_STAYS, export_caller, is_known

_WAIT_S, _POLL_S, _LOOK_TIMEOUT_S = 5.0, 0.05, 1.0


class Requested(Struct, kw_only=True):
    """How far an erasure has come."""

    position: Annotated[int, Meta(description="The place of the request in the log.")]
    is_finished: Annotated[bool, Meta(description="Whether nothing of the caller is left.")]
    erasure: Annotated[
        Erasure | None, Meta(description="What was removed; null until it is. The log keeps it as an event.")
    ] = None


class ErasureAnswer(Struct, kw_only=True):
    """The answer to a request to forget a caller. The request is durable in the log, and will be carried out."""

    status: Annotated[str, Meta(description="`success`.")] = "success"
    message: Annotated[str, Meta(description="What was done, or is being done.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]
    data: Annotated[Requested, Meta(description="How far the erasure has come.")]


_ACCEPTED = {
    202: ResponseSpec(
        data_container=ErasureAnswer,
        description="The request is in the log; the projector carries it out.",
        generate_examples=False,
    )
}


def callers_handlers(
    settings: Settings, payloads: EventLog, reading: ReadPool, auditor: Auditor
) -> list[HTTPRouteHandler]:
    """Return the handlers of `/callers/{number}`; an empty list if no admin key is set."""
    if not settings.admin_keys:
        return []

    @get(
        CALLERS + "{number:path}",
        operation_class=admin_operation(),
        responses=errors(400, 401, 404, 503),
        media_type=MediaType.JSON,
        summary="Export all that is held about a caller",
        description=(
            "The view, every memory, and every event as it was received; recordings by the name of their file. Below "
            "`/corrections`, what was corrected of the caller."
        ),
    )
    async def export(request: Request[Any, Any, Any], number: Number) -> Stream:  # noqa: ARG001 - `named_in` reads it
        by = check_key(request, settings.admin_keys, VARIABLE)
        named = named_in(request)
        caller = named.caller(settings.region)
        annotate(caller=masked(caller))
        making = _corrections if named.is_of_corrections else _export
        try:
            pieces = await asyncio.to_thread(making, settings, payloads, caller)
            line = "" if pieces else await _line(reading, caller)
        except (ReadModelMissingError, ReadModelVersionError) as error:
            raise ServiceUnavailableException(str(error)) from error
        except (ReadModelBusyError, ReadModelDamagedError) as error:
            raise ServiceUnavailableException(f"the read model cannot be read: {error}") from error
        if pieces is None:
            raise NotFoundException(f"nothing is held about this caller{line}")
        await auditor.note_first(audit.EXPORT, by=by, caller=masked(caller))
        return Stream(pieces, media_type=MediaType.JSON)

    @delete(
        CALLERS + "{number:path}",
        status_code=200,
        operation_class=admin_operation(),
        responses=errors(400, 401, 404, 503) | _ACCEPTED,
        summary="Forget a caller",
        description="Appends the request. Answers 200 if nothing is left, or 202 if the projector is not done yet.",
    )
    async def forget(request: Request[Any, Any, Any], number: Number) -> Response[ErasureAnswer]:  # noqa: ARG001
        by = check_key(request, settings.admin_keys, VARIABLE)
        named = named_in(request)
        if named.is_of_corrections:
            raise NotFoundException("a correction is undone, and not deleted: post an `undo`")
        caller = named.caller(settings.region)
        annotate(caller=masked(caller))
        await auditor.note_first(audit.ERASURE, by=by, caller=masked(caller))
        receipt = await asyncio.to_thread(request_erasure, payloads, caller)
        annotate(position=receipt.position)
        state = await _wait_until_finished(reading, receipt.position)
        is_finished = state is not None
        answer = ErasureAnswer(
            message=_message(state, settings.engine.name) + await _line(reading, caller),
            request_id=request_id(),
            data=Requested(
                position=receipt.position, is_finished=is_finished, erasure=state.account if state else None
            ),
        )
        return Response(answer, status_code=200 if is_finished else 202)

    return [export, forget, corrections_handler(settings, payloads, auditor)]


def callers_guards(settings: Settings) -> dict[str, Guard]:
    """Return what refuses strangers before the framework has any work with them: the check of the admin key."""
    return {"/callers": lambda request: check_key(request, settings.admin_keys, VARIABLE)}


def _export(settings: Settings, payloads: EventLog, caller: str) -> Iterator[bytes] | None:
    with open_read_model(open_generations(settings.callers_location)) as read_model:
        if not is_known(read_model, payloads, caller, region=settings.region):
            return None
    return _pieces(settings, payloads, caller)


def _corrections(settings: Settings, payloads: EventLog, caller: str) -> Iterator[bytes] | None:  # noqa: ARG001
    with open_read_model(open_generations(settings.callers_location)) as read_model:
        listed = listed_corrections(read_model, read_model.remembered_as(caller))
    return iter([msgspec.json.encode(listed)])


def _pieces(settings: Settings, payloads: EventLog, caller: str) -> Iterator[bytes]:
    with open_read_model(open_generations(settings.callers_location)) as read_model:
        for piece in export_caller(read_model, payloads, caller, region=settings.region):
            yield piece.encode()


def _message(state: ErasureState | None, engine: str) -> str:
    if state is None or state.account is None:
        return "the request is in the log; the projector carries it out"
    message = "nothing is left"
    if not state.account.events:
        message = "nothing was held; events that arrive late are erased as well"
    if engine == OPENMEMORY_SERVER:
        message += "; docs/engines.md says what the OpenMemory server itself may keep"
    return message


async def _line(reading: ReadPool, caller: str) -> str:
    """Return what is to be said of a number that is an agent's line."""
    is_line = await reading.look(lambda read_model, _: read_model.is_agent_line(caller), timeout_s=_LOOK_TIMEOUT_S)
    return f"; {LINE_STAYS}" if is_line else ""


async def _wait_until_finished(reading: ReadPool, position: int) -> ErasureState | None:
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        state = await reading.look(lambda read_model, _: read_model.erasure(position), timeout_s=_LOOK_TIMEOUT_S)
        if state is not None and state.is_finished:
            return state
        await asyncio.sleep(_POLL_S)
    return None
