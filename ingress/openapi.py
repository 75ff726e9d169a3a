"""The OpenAPI document: what the framework cannot see, because bodies are read raw, is said here."""

from typing import Any, cast

import msgspec
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.openapi.spec import Components, OpenAPIMediaType, Operation, RequestBody, SecurityScheme
from litestar.openapi.spec.parameter import Parameter
from litestar.openapi.spec.schema import Schema

from events.webhooks import (
    CallInitiationFailure,
    ClientDataRequest,
    PostCallAudio,
    PostCallTranscription,
    SearchDataRequest,
)
from ingress.errors import ErrorAnswer

_DESCRIPTIONS = {
    401: "The signature or the key is missing or wrong; nothing was kept.",
    413: "The body is above the cap; nothing was kept.",
    503: "The log cannot take an event now; nothing was kept, a retry is safe.",
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
        "caller_id": "+12025550143",
        "called_number": "+12025550100",
        "agent_id": "agent_7301k9r8sbb5fjbbym8c9y1jqt9b",
        "conversation_id": "conv_4201k9wfkvjyf60aevvp97zch525",
        "limit": 5,
    },
}


def request_body(name: str, *, signed: bool = False) -> type[Operation]:
    """
    Return an operation whose body is the component schema `name`.

    Args:
        signed: whether the request is signed rather than carrying an X-Api-Key.
    """

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


def errors(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the documentation of the errors that a handler may answer with."""
    return {
        status: ResponseSpec(data_container=ErrorAnswer, description=_DESCRIPTIONS[status], generate_examples=False)
        for status in statuses
    }


def openapi_config(version: str) -> OpenAPIConfig:
    """Return the document's frame: Swagger at `/docs`, the document itself at `/docs/openapi.json`."""
    union = PostCallTranscription | PostCallAudio | CallInitiationFailure
    schemas, components = msgspec.json.schema_components(
        [union, ClientDataRequest, SearchDataRequest], ref_template="#/components/schemas/{name}"
    )
    components["PostCallWebhook"] = {**schemas[0], "description": "One of the three post-call webhooks."}
    return OpenAPIConfig(
        title="ELAOMS",
        version=version,
        description="Memory for ElevenLabs voice agents: three webhooks.",
        path="/docs",
        render_plugins=[SwaggerRenderPlugin(path="/")],
        use_handler_docstrings=True,
        components=Components(
            schemas=cast("dict[str, Schema]", components),
            security_schemes={"ApiKey": SecurityScheme(type="apiKey", name="X-Api-Key", security_scheme_in="header")},
        ),
    )


def _reference(name: str) -> Schema:
    return cast("Schema", {"$ref": f"#/components/schemas/{name}"})
