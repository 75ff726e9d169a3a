"""The schema of an answer: what both vendors take, and what the fold reads."""

import copy
import json
from typing import Any

import anthropic
import msgspec
from hypothesis import given
from hypothesis import strategies as st
from openai.lib._pydantic import _ensure_strict_json_schema

from projector.domain.facts.statement import Statement
from projector.domain.facts.validation.answer import Answer, read_answer
from projector.sources.extraction.answer_schema import RawAnswer, RawMemory, answer_schema

_SCHEMA = answer_schema()
_TYPES = {"object", "array", "string", "integer", "number", "null"}


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a schema and all that are in it."""
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *filter(None, [schema.get("items")])]
    return [schema, *(node for each in inner for node in nodes(each))]


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what a schema allows."""
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "object":
            return st.fixed_dictionaries({name: values(field) for name, field in schema["properties"].items()})
        case "array":
            return st.lists(values(schema["items"]), max_size=3)
        case "string":
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case "integer":
            return st.integers()
        case "number":
            return st.one_of(st.integers(-9, 9), st.floats(allow_nan=False, allow_infinity=False))
        case _:
            return st.none()


def test_it_has_only_what_both_vendors_take() -> None:
    """No references, limits, patterns, defaults or titles; each field is required, and nothing besides."""
    for node in nodes(_SCHEMA):
        assert {*node} <= {"type", "enum", "items", "properties", "required", "anyOf", "additionalProperties"}
        assert node.get("type", "null") in _TYPES
        assert ("anyOf" in node) != ("type" in node)
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == [*node["properties"]]


def test_vendors_own_sdks_have_nothing_to_change() -> None:
    """Both SDKs have a function that makes a schema what their API takes."""
    plain = copy.deepcopy(_SCHEMA)
    assert _ensure_strict_json_schema(copy.deepcopy(plain), path=(), root=plain) == _SCHEMA
    of_anthropic = anthropic.transform_schema(copy.deepcopy(_SCHEMA))
    for node in nodes(plain):
        if "enum" in node:  # Anthropic's says no more than the words; OpenAI's wants the type, too
            del node["type"]
    assert of_anthropic == plain


def test_reason_comes_first() -> None:
    """A model writes the fields in the order of the schema: a small one needs to say why before what."""
    assert next(iter(_SCHEMA["properties"]["memories"]["items"]["properties"])) == "reason"


def test_it_has_the_fields_that_the_fold_reads() -> None:
    """Each field of a statement, of the same type, and `reason`, which is not kept; so has the whole answer."""
    raw = {field.name: field.type for field in msgspec.structs.fields(RawMemory)}
    read = {field.name: field.type for field in msgspec.structs.fields(Statement)}
    assert raw.pop("reason") is str
    assert raw == read
    assert {field.name for field in msgspec.structs.fields(RawAnswer)} == {
        field.name for field in msgspec.structs.fields(Answer)
    }


@given(values(_SCHEMA))
def test_fold_decodes_whatever_the_schema_allows(answer: dict[str, Any]) -> None:
    """An answer that keeps to the schema fails for what it says alone, never for its form."""
    read = read_answer(json.dumps(answer).encode())
    assert read is not None
    for item in read.memories:
        msgspec.json.decode(item, type=Statement)
