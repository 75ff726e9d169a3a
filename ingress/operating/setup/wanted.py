"""What this service needs at ElevenLabs: the search tool, the variables, and what agents collect."""

from copy import deepcopy
from typing import Any

from ingress.operating.setup.documents import Json

POST_CALL, CLIENT_DATA, SEARCH_DATA = "/webhook/post-call", "/webhook/client-data", "/webhook/search-data"
API_KEY_HEADER = "X-Api-Key"
WEBHOOK_NAME = "ELAOMS post-call"
CLIENT_DATA_SECRET, SEARCH_DATA_SECRET = "elaoms_client_data_key", "elaoms_search_data_key"
TOOL_NAME = "search_memory"

# Who is on the line, and where: filled by ElevenLabs, never by the LLM, which a caller could talk into another number.
BOUND = {
    "caller_id": "system__caller_id",
    "called_number": "system__called_number",
    "agent_id": "system__agent_id",
    "conversation_id": "system__conversation_id",
    "call_sid": "system__call_sid",
}
# What the LLM fills. How it is worded decides as much as the search what is found.
_ASKED: dict[str, Json] = {
    "query": {
        "type": "string",
        "description": (
            "What to look for, as a short question in the caller's language. Say which time is meant, if one is: last"
            " time, in May, before the move."
        ),
    },
    "keywords": {
        "type": "array",
        "description": (
            "Five or six single words that the caller may have used for it in an earlier call: synonyms, and the same"
            " in the caller's language if you asked in another one. For allergies: allergic, reaction, intolerance,"
            " latex, penicillin."
        ),
        "items": {"type": "string", "description": "One word."},
    },
}
_TOOL: Json = {
    "type": "webhook",
    "name": TOOL_NAME,
    "description": (
        "Looks up what this caller told us in earlier calls. Use it when the caller refers to something said before,"
        " or when an answer depends on it. What comes back with confident false may answer the question or have nothing"
        " to do with it: read it, and if it seems to answer, have the caller confirm it before you rely on it. Never"
        " conclude from it that something is not so."
    ),
    "response_timeout_secs": 5,
    "tool_error_handling_mode": "hide",
    "pre_tool_speech": "auto",
    "assignments": [{"source": "response", "dynamic_variable": "caller_name", "value_path": "profile.name"}],
}

# Placeholders are what ElevenLabs takes in a test call, and in a call of which we were not asked.
PLACEHOLDERS: dict[str, str | int | bool] = {
    "user_name": "",
    "caller_name": "",
    "user_profile_summary": "",
    "last_call_summary": "",
    "caller_history": "",
    "caller_preferences": "",
    "caller_brief": "",
    "open_issues": "",
    "greeting": "Hello! How can I help you today?",
    "outbound_greeting": "Hello! Do you have a moment to talk?",
    "is_returning_caller": False,
    "call_count": 0,
}

# Without the first two nobody's name is known. The others are what a caller expects not to be asked twice.
DATA_COLLECTION: dict[str, Json] = {
    name: {"type": "string", "description": description}
    for name, description in (
        ("first_name", "The caller's first name, as the caller says it. Empty if it is not said."),
        ("last_name", "The caller's last name, as the caller says or spells it. Empty if it is not said."),
        ("email", "The caller's email address, written as an address. Empty if it is not said."),
        ("preferred_contact", "How the caller wants to be reached: phone, email or text. Empty if it is not said."),
        ("preferred_language", "The language that the caller wants to speak. Empty if it is not said."),
        ("allergies", "What the caller says to be allergic to, separated by commas. Empty if it is not said."),
        (
            "open_issue",
            "What is still to be done for the caller after this call, in one sentence. Empty if nothing is.",
        ),
    )
}


def wanted_tool(url: str, secret_id: str) -> Json:
    """Return the configuration of the search tool, in the form of the SDK's `ToolRequestModel.tool_config`."""
    properties: Json = deepcopy(_ASKED)
    properties |= {name: {"type": "string", "dynamic_variable": bound} for name, bound in BOUND.items()}
    return deepcopy(_TOOL) | {
        "api_schema": {
            "url": url,
            "method": "POST",
            "request_headers": {API_KEY_HEADER: {"secret_id": secret_id}},
            "request_body_schema": {"type": "object", "required": ["query"], "properties": properties},
        }
    }


def mended_tool(config: Json, url: str, secret_id: str | None) -> Json:
    """
    Return a tool's configuration with what this service needs, and with all else as it is.

    Args:
        secret_id: what the header must hold; None where the one that is there may stay.
    """
    mended = deepcopy(config)
    schema = mended.setdefault("api_schema", {})
    schema["url"], schema["method"] = url, "POST"
    if secret_id is not None:
        headers = {name: value for name, value in (schema.get("request_headers") or {}).items() if not _is_key(name)}
        schema["request_headers"] = headers | {API_KEY_HEADER: {"secret_id": secret_id}}
    body = schema.get("request_body_schema") or {}
    properties = dict(body.get("properties") or {})
    for name, schema_of in _ASKED.items():
        if not is_asked_of_llm(properties.get(name)):
            properties[name] = deepcopy(schema_of)
    for name, bound in BOUND.items():
        if (properties.get(name) or {}).get("dynamic_variable") != bound:
            properties[name] = {"type": "string", "dynamic_variable": bound}
    # Required are the query, and what the operator added; a call over the web has no number.
    required = [name for name in body.get("required") or [] if name not in BOUND and name != "query"]
    is_enough = "query" in (body.get("required") or []) and not BOUND.keys() & set(body["required"])
    schema["request_body_schema"] = body | {
        "type": "object",
        "required": body["required"] if is_enough else ["query", *required],
        "properties": properties,
    }
    return mended


def is_asked_of_llm(schema: object) -> bool:
    """Tell whether the LLM fills a parameter of a tool."""
    if not isinstance(schema, dict):
        return False
    return not any(schema.get(name) for name in ("dynamic_variable", "constant_value", "is_omitted"))


def key_header(headers: object) -> Any:
    """Return the value of the header `X-Api-Key` among a webhook's; None if it sends none."""
    if not isinstance(headers, dict):
        return None
    return next((value for name, value in headers.items() if _is_key(name)), None)


def is_same_address(one: object, other: str) -> bool:
    """Tell whether two addresses are the same, whatever the case of the host and a slash at the end."""
    return isinstance(one, str) and _plain(one) == _plain(other)


def _plain(url: str) -> str:
    scheme, _, rest = url.strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def _is_key(name: str) -> bool:
    return name.lower() == API_KEY_HEADER.lower()
