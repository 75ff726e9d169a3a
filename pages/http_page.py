"""Writes `docs/http.md` from the OpenAPI document that ingress serves."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_INTRODUCTION = """\
# HTTP reference

Written by `make pages` from the document that a running ingress serves at `/docs/openapi.json`. `/docs` shows the \
same to try out, and `/redoc` to read. `/callers/{number}` exists only with `ADMIN_KEY`. \
`GET /metrics` answers Prometheus: [Metrics](metrics.md)."""
_METHODS = ("get", "post", "put", "patch", "delete")
_REF = "#/components/schemas/"


def http_page(document: Mapping[str, Any]) -> str:
    """
    Return the page: each route with its headers, body, answers and an example, then the schemas that they use.

    Args:
        document: an OpenAPI document, as JSON has it.
    """
    schemas = document["components"]["schemas"]
    parts = [_INTRODUCTION, f"{document['info']['description']}."]
    for path, item in sorted(document["paths"].items(), key=lambda one: (not one[0].startswith("/webhook/"), one[0])):
        for method in _METHODS:
            if method in item:
                parts += _route(method, path, item[method], item.get("parameters", []), document)
    parts.append("## Schemas")
    for name in sorted(schemas):
        parts += _schema(name, schemas[name])
    return "\n\n".join(parts) + "\n"


def _route(
    method: str, path: str, operation: Mapping[str, Any], shared: list[Any], document: Mapping[str, Any]
) -> Iterator[str]:
    yield f"## {method.upper()} {path}"
    yield _sentence(operation.get("summary", ""))
    if operation.get("description"):
        yield _sentence(operation["description"])
    parameters = [*shared, *operation.get("parameters", []), *_keys(operation, document)]
    if parameters:
        rows = [_parameter(one) for one in parameters]
        yield "\n".join(["| parameter | in | required | type | what |", "| --- | --- | --- | --- | --- |", *rows])
    body = operation.get("requestBody")
    if body:
        for media, content in body["content"].items():
            needed = "required" if body.get("required") else "optional"
            yield f"**Body** ({needed}, `{media}`): {_type(content['schema'])}"
            yield from _example(content)
    yield "\n".join(["| status | body | what |", "| --- | --- | --- |", *_answers(operation["responses"])])
    for status, answer in sorted(operation["responses"].items()):
        for content in answer.get("content", {}).values():
            if content.get("example") is not None:
                yield f"**Answer** {status}:"
                yield from _example(content)


def _keys(operation: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the headers that carry a key, as parameters."""
    for needed in operation.get("security") or []:
        for name in needed:
            scheme = document["components"]["securitySchemes"][name]
            what = "the key of this endpoint: [settings](settings.md#secrets)"
            yield {"name": scheme["name"], "in": scheme["in"], "required": True, "description": what}


def _parameter(one: Mapping[str, Any]) -> str:
    needed = "yes" if one.get("required") else "no"
    kind = _type(one.get("schema", {"type": "string"}))
    return f"| `{one['name']}` | {one['in']} | {needed} | {kind} | {_cell(one.get('description', ''))} |"


def _answers(responses: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in sorted(responses.items()):
        kinds = [
            _type(content["schema"]) if content.get("schema") else f"`{media}`"
            for media, content in answer.get("content", {}).items()
        ]
        yield f"| {status} | {', '.join(kinds) or 'none'} | {_cell(answer.get('description', ''))} |"


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    if schema.get("description"):
        yield _sentence(schema["description"])
    fields = schema.get("properties")
    if not fields:
        yield f"{_type(schema)}"
        return
    needed = set(schema.get("required", []))
    rows = [
        f"| `{field}` | {_type(one)} | {'yes' if field in needed else 'no'} | {_cell(one.get('description', ''))} |"
        for field, one in fields.items()
    ]
    yield "\n".join(["| field | type | required | what |", "| --- | --- | --- | --- |", *rows])


def _type(schema: Any) -> str:
    """Return the type of a value, in Markdown for a cell."""
    match schema:
        case {"$ref": str(reference)}:
            name = reference.removeprefix(_REF)
            text = f"[{name}](#{name.lower()})"
        case {"oneOf": list(choices)} | {"anyOf": list(choices)}:
            text = " or ".join(dict.fromkeys(map(_type, choices)))
        case {"const": value}:
            text = f"`{json.dumps(value)}`"
        case {"enum": list(values)}:
            text = ", ".join(f"`{json.dumps(value)}`" for value in values)
        case {"type": list(kinds)}:
            text = " or ".join(_type(schema | {"type": kind}) for kind in kinds)
        case {"type": "array"}:
            text = f"list of {_type(schema.get('items'))}"
        case {"type": "object", "additionalProperties": dict(values)} if values:
            text = f"object of {_type(values)}"
        case {"type": str(kind)}:
            text = f"{kind}{_limits(schema)}"
        case _:
            text = "anything"
    return text


def _limits(schema: Mapping[str, Any]) -> str:
    words = {"minimum": "at least", "maximum": "at most", "minLength": "from", "maxLength": "up to"}
    said = [f"{word} {schema[limit]}" for limit, word in words.items() if limit in schema]
    said += [schema["format"]] if "format" in schema else []
    return f" ({', '.join(said)})" if said else ""


def _example(content: Mapping[str, Any]) -> Iterator[str]:
    if content.get("example") is not None:
        yield f"```json\n{json.dumps(content['example'], indent=2, ensure_ascii=False)}\n```"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", ":", "`")) else f"{text}."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
