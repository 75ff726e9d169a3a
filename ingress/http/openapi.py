"""The OpenAPI document. Handlers read bodies raw, so the framework cannot see their schemas; this module adds them."""

from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar import Response, Router, post
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    RequestBody,
    SecurityScheme,
)
from litestar.openapi.spec.parameter import Parameter
from litestar.openapi.spec.schema import Schema

from events.wire.webhooks import (
    CallInitiationFailure,
    ClientDataRequest,
    PostCallAudio,
    PostCallTranscription,
    SearchDataRequest,
)
from ingress.http.errors import ErrorAnswer
from ingress.http.pages.documentation import documentation

_DESCRIPTIONS = {
    400: "The path names no caller, or the body says nothing that can be corrected.",
    401: "The signature or the key is missing or wrong. Nothing was kept.",
    404: "Nothing is held about this caller.",
    408: "The body stopped half-way, or came in too slowly. Nothing was kept; a retry is safe.",
    413: "The body is above the cap. Nothing was kept.",
    415: "The Content-Type is not JSON: send `application/json`, `application/...+json`, or none. Nothing was kept.",
    503: "The log cannot take an event now. Nothing was kept; a retry is safe.",
}
_EXAMPLES: dict[str, Any] = {
    "PostCallWebhook": {
        "type": "post_call_transcription",
        "event_timestamp": 1762966259,
        "data": {
            "agent_id": "agent_7301k9r8sbb5fjbbym8c9y1jqt9b",
            "conversation_id": "conv_4201k9wfkvjyf60aevvp97zch524",
            "status": "done",
            "transcript": [
                {"role": "agent", "message": "And your last name?", "time_in_call_secs": 6},
                {"role": "user", "message": "Lindqvist, L-I-N-D-Q-V-I-S-T.", "time_in_call_secs": 8},
            ],
            "metadata": {
                "start_time_unix_secs": 1762966237,
                "call_duration_secs": 17,
                "phone_call": {
                    "direction": "inbound",
                    "agent_number": "+12025550100",
                    "external_number": "+12025550143",
                },
                "main_language": "en",
            },
            "analysis": {
                "transcript_summary": "The user provides their name, Marta Lindqvist.",
                "data_collection_results": {"last_name": {"value": "Lindqvist"}},
            },
        },
    },
    "ClientDataRequest": {
        "caller_id": "+12025550143",
        "agent_id": "agent_7301k9r8sbb5fjbbym8c9y1jqt9b",
        "called_number": "+12025550100",
        "call_sid": "CA00000000000000000000000000000002",
    },
    "SearchDataRequest": {
        "query": "What is my last name?",
        "keywords": ["surname", "family name", "called", "spelled", "apellido"],
        "caller_id": "+12025550143",
        "called_number": "+12025550100",
        "agent_id": "agent_7301k9r8sbb5fjbbym8c9y1jqt9b",
        "conversation_id": "conv_4201k9wfkvjyf60aevvp97zch525",
    },
}


_FOUND: dict[str, Any] = {
    "profile": {
        "name": "Marta Lindqvist",
        "is_returning_caller": True,
        "call_count": 1,
        "first_call_at": "2025-11-12T16:50:37Z",
        "last_call_at": "2025-11-12T16:50:37Z",
        "summary": "Marta Lindqvist has spoken with us once, last on 12 November 2025.",
        "last_call_summary": "On 12 November 2025: The user provides their name, Marta Lindqvist.",
        "facts": {
            "first_name": {"value": "Marta", "said_at": "2025-11-12T16:50:37Z"},
            "last_name": {"value": "Lindqvist", "said_at": "2025-11-12T16:50:37Z"},
        },
        "facts_flat": {"first_name": "Marta", "last_name": "Lindqvist"},
    },
    "memories": [
        {
            "content": "Last name: Lindqvist",
            "score": 1.0,
            "sector": "semantic",
            "occurred_at": "2025-11-12T16:50:37Z",
            "conversation_id": "conv_4201k9wfkvjyf60aevvp97zch524",
            "agent_id": "agent_7301k9r8sbb5fjbbym8c9y1jqt9b",
            "source": {"kind": "collected", "turn": None, "time_in_call_secs": None, "asked": ""},
            "said_by": "",
            "confident": True,
            "superseded": False,
            "superseded_at": None,
        }
    ],
    "summary": "Last name, said on 12 November 2025: Lindqvist.",
    "degraded": False,
}
_EXAMPLES["CorrectionRequest"] = {
    "action": "correct",
    "attribute": "name",
    "value": "Marta Lindqvist",
    "by": "Ada",
    "why": "she spelled it on the phone",
}
_ANSWERS: dict[str, Any] = {
    "/webhook/post-call": {
        "status": "success",
        "message": "the event is in the log",
        "request_id": "d350be38-658f-47f5-ab49-98e8b82fc66b",
        "data": {
            "position": 1,
            "kind": "transcription",
            "conversation_id": "conv_4201k9wfkvjyf60aevvp97zch524",
        },
    },
    "/webhook/client-data": {
        "type": "conversation_initiation_client_data",
        "dynamic_variables": {
            "user_name": "Marta",
            "user_profile_summary": "Marta Lindqvist has spoken with us once, last on 12 November 2025.",
            "last_call_summary": "On 12 November 2025: The user provides their name, Marta Lindqvist.",
            "caller_name": "Marta Lindqvist",
            "caller_history": "Previous calls: User name collection (12 November 2025).",
            "caller_preferences": "",
            "caller_brief": "Marta Lindqvist has spoken with us once, first on 12 November 2025.",
            "open_issues": "",
            "greeting": "Welcome back, Marta! How can I help you today?",
            "outbound_greeting": "Hello! Do you have a moment to talk?",
            "is_returning_caller": True,
            "call_count": 1,
        },
        "conversation_config_override": {"agent": {"first_message": "Welcome back, Marta! How can I help you today?"}},
        "user_id": "+12025550143",
    },
    "/webhook/search-data": _FOUND,
    "/webhook/search-memory": _FOUND,
}


def request_body(name: str, *, signed: bool = False) -> type[Operation]:
    """
    Return an operation whose body is the component schema `name`.

    Args:
        signed: True for a request with a signature, False for one with an X-Api-Key.
    """

    @dataclass
    class WithBody(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                required=True,
                content={"application/json": OpenAPIMediaType(schema=_reference(name), example=_EXAMPLES[name])},
            )
            if signed:
                self.parameters = [
                    Parameter(
                        name="elevenlabs-signature",
                        param_in="header",
                        required=True,
                        description='`t=<unix seconds>,v0=<hex HMAC-SHA256 of "{t}.{body}">`',
                        schema=cast("Schema", {"type": "string"}),
                    )
                ]
            else:
                self.security = [{"ApiKey": []}]

    return WithBody


def question_handler(path: str | list[str], body: str, *, summary: str, description: str) -> post:
    """
    Return the decorator of a handler that answers a question, with an X-Api-Key and a lenient body.

    Args:
        body: the component schema of the request.
    """
    return post(
        path,
        status_code=200,
        request_max_body_size=None,
        operation_class=request_body(body),
        responses=errors(401, 408, 415),
        summary=summary,
        description=description,
    )


def admin_operation() -> type[Operation]:
    """Return an operation that needs the admin key."""

    @dataclass
    class WithKey(Operation):
        def __post_init__(self) -> None:
            self.security = [{"ApiKey": []}]

    return WithKey


def errors(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the documentation of the errors that a handler may answer."""
    return {
        status: ResponseSpec(data_container=ErrorAnswer, description=_DESCRIPTIONS[status], generate_examples=False)
        for status in statuses
    }


def openapi_config(version: str) -> OpenAPIConfig:
    """Return the frame of the document: Swagger at `/docs`, the document itself at `/docs/openapi.json`."""
    return OpenAPIConfig(
        title="ELAOMS",
        version=version,
        description=(
            "Memory for ElevenLabs voice agents: three webhooks. Every error is an `ErrorAnswer`, also for a request "
            "that reaches no endpoint: 400 (it is not HTTP), 404, 405, 408 (its headers do not end), 431 (they are too "
            "long)"
        ),
        path="/docs",
        openapi_router=Router("/docs", route_handlers=[], after_request=_refuse_page, include_in_schema=False),
        render_plugins=documentation(),
        components=Components(
            security_schemes={"ApiKey": SecurityScheme(type="apiKey", name="X-Api-Key", security_scheme_in="header")},
        ),
    )


def _refuse_page(response: Response[Any]) -> Response[Any]:
    # For an unknown path below /docs the framework has a page of its own; all our errors have one shape.
    if response.status_code == 404:
        raise NotFoundException
    return response


def add_bodies(document: OpenAPI, *others: type[msgspec.Struct]) -> None:
    """
    Add the schemas of request bodies to the document, which the framework made from the handlers' answers.

    Args:
        others: bodies beside the webhooks'.
    """
    union = PostCallTranscription | PostCallAudio | CallInitiationFailure
    schemas, components = msgspec.json.schema_components(
        [union, ClientDataRequest, SearchDataRequest, *others], ref_template="#/components/schemas/{name}"
    )
    for schema in components.values():
        if "enum" in (tag := schema["properties"].get("type", {})):
            tag["description"] = "Which webhook this is."
    components["PostCallWebhook"] = {**schemas[0], "description": "One of the three post-call webhooks."}
    if document.components.schemas is not None:
        for own in document.components.schemas.values():
            _allow_any(own)
        document.components.schemas |= cast("dict[str, Schema]", components)
    for path, item in (document.paths or {}).items():
        operation = item.get or item.post
        answered = operation.responses["200"] if operation and operation.responses else None
        if isinstance(answered, OpenAPIResponse) and answered.content:
            answered.description = "The answer."
            answered.content["application/json"].example = _ANSWERS.get(path)


def _allow_any(schema: Any) -> None:
    # The framework documents a union as `oneOf`. A whole number is an integer and a number, and would match neither.
    if not isinstance(schema, Schema):
        return
    if schema.one_of:
        schema.any_of, schema.one_of = schema.one_of, None
    for part in [
        *(schema.properties or {}).values(),
        *(schema.any_of or []),
        schema.items,
        schema.additional_properties,
    ]:
        _allow_any(part)


def _reference(name: str) -> Schema:
    return cast("Schema", {"$ref": f"#/components/schemas/{name}"})
