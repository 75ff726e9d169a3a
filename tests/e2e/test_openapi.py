"""The OpenAPI document is true and complete."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.servers import Site


@pytest.fixture
def document(served: Site) -> dict[str, Any]:
    """The document as ingress serves it."""
    answer: dict[str, Any] = served.get("/docs/openapi.json").json()
    return answer


def references(node: Any) -> Iterator[str]:
    """Yield every reference in a part of the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_document_has_every_endpoint(document: dict[str, Any]) -> None:
    """Each endpoint is there, with its body, an example of it, and its errors."""
    webhooks = ["post-call", "client-data", "search-data", "search-memory"]
    assert set(document["paths"]) == {"/", "/health", *(f"/webhook/{name}" for name in webhooks)}
    for name in webhooks:
        operation = document["paths"][f"/webhook/{name}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]
        assert body["example"]
        assert body["schema"]["$ref"]
        assert {"200", "401"} <= set(operation["responses"])


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    """Every reference leads to a schema of the document."""
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= schemas
    assert next(references(document))


def test_every_field_is_described(document: dict[str, Any]) -> None:
    """A reader of the document never has to guess what a field means."""
    silent = [  # a field, or the schema that it refers to, must have a description
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, property_ in schema.get("properties", {}).items()
        if not property_.get("description")
        and not any(
            document["components"]["schemas"][ref.rpartition("/")[2]].get("description")
            for ref in references(property_)
        )
    ]
    assert silent == []
