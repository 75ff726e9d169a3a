"""Takes corrections of what is known of a caller, for operators with the admin key, and lists them."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.exceptions import ClientException, InternalServerException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct, structs

from events.log.ours.correction import Correction, append_correction, read_correction_body, standing
from events.log.protocol import EventLog
from events.process import audit
from events.wire.caller import masked
from ingress.http.auditing import Auditor
from ingress.http.openapi import errors, request_body
from ingress.http.requests import annotate, check_json, check_key, request_id
from ingress.operating.callers.correction_request import CorrectionRequest
from ingress.operating.callers.named import CALLERS, VARIABLE, Number, named_in
from ingress.settings import Settings
from projector.errors import CorrectionError, ReadModelMissingError
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.correcting import Correcting

_BODY_BYTES_MAX = 64 * 1024


class Appended(Struct, kw_only=True):
    """Where a correction stands."""

    position: Annotated[int, Meta(description="Its place in the log, by which it can be undone.")]


class CorrectionAnswer(Struct, kw_only=True):
    """The answer to a correction: it is durable in the log, and counts once the projector has folded it."""

    status: Annotated[str, Meta(description="`success`.")] = "success"
    message: Annotated[str, Meta(description="What was done.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]
    data: Annotated[Appended, Meta(description="Where the correction stands.")]


class ListedCorrection(Struct, kw_only=True):
    """A correction, its place in the log, and whether it counts still."""

    position: int
    is_undone: bool
    correction: Correction


def corrections_handler(settings: Settings, payloads: EventLog, auditor: Auditor) -> HTTPRouteHandler:
    """Return the handler of POST `/callers/{number}/corrections`."""

    @post(
        CALLERS + "{number:path}",
        status_code=200,
        request_max_body_size=None,
        operation_class=request_body("CorrectionRequest"),
        responses=errors(400, 401, 404, 408, 415, 503),
        summary="Correct what is known of a caller",
        description="The path is `/callers/{number}/corrections`. Appends an event that can be undone by its position.",
    )
    async def correct(request: Request[Any, Any, Any], number: Number) -> CorrectionAnswer:  # noqa: ARG001
        by = check_key(request, settings.admin_keys, VARIABLE)
        named = named_in(request)
        if not named.is_of_corrections:
            raise NotFoundException("corrections are posted to /callers/{number}/corrections")
        wanted = await _read(request)
        try:
            made = await asyncio.to_thread(_made, settings, payloads, named.number, wanted)
        except CorrectionError as error:
            raise ClientException(str(error)) from error
        annotate(caller=masked(made.caller))
        await auditor.note_first(audit.CORRECTION, by=by, caller=masked(made.caller))
        made = structs.replace(made, by=wanted.by or by, why=wanted.why)
        receipt = await asyncio.to_thread(append_correction, payloads, made)
        annotate(position=receipt.position)
        return CorrectionAnswer(
            message="the correction is in the log, and counts as soon as the projector has read it",
            request_id=request_id(),
            data=Appended(position=receipt.position),
        )

    return correct


def listed_corrections(read_model: ReadModel, caller: str) -> list[ListedCorrection]:
    """Return the corrections of a caller, under all keys of the caller, in the order of the log."""
    kept = [each for key in read_model.keys_of(caller) for each in read_model.corrections(key)]
    read = {each.position: read_correction_body(each.body) for each in kept}
    counting = standing(read.items())
    return [
        ListedCorrection(position=position, is_undone=position not in counting, correction=correction)
        for position, correction in sorted(read.items())
    ]


async def _read(request: Request[Any, Any, Any]) -> CorrectionRequest:
    check_json(request)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _BODY_BYTES_MAX:
                raise ClientException("the body is too long for a correction")
        return msgspec.json.decode(bytes(body), type=CorrectionRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InternalServerException) as error:
        raise ClientException(f"the body is no correction: {error}") from error


def _made(settings: Settings, payloads: EventLog, number: str, wanted: CorrectionRequest) -> Correction:
    try:
        with open_read_model(open_generations(settings.callers_location)) as read_model:
            return _of(Correcting(read_model, payloads, settings.registry, region=settings.region), number, wanted)
    except ReadModelMissingError:
        return _of(Correcting(None, payloads, settings.registry, region=settings.region), number, wanted)


def _of(correcting: Correcting, number: str, wanted: CorrectionRequest) -> Correction:
    making: dict[str, Callable[[], Correction]] = {
        "correct": lambda: correcting.value(number, wanted.attribute, wanted.value, wanted.person),
        "drop": lambda: correcting.of(number, correcting.dropped(wanted.memory_id)),
        "resolve": lambda: correcting.of(number, correcting.resolved(wanted.memory_id)),
        "merge": lambda: correcting.merged(number, wanted.other),
        "split": lambda: correcting.split(number, wanted.other),
        "optout": lambda: correcting.opted_out(number, is_all=wanted.all),
        "undo": lambda: correcting.undone(wanted.position, number),
    }
    return making[wanted.action]()
