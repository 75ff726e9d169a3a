"""
The prompts: one file for each version, which never changes once it was released.

A changed wording is a new file with the next number. What the old one taught stays in the log, and counts until an
answer of a newer version is there.
"""

import hashlib
from functools import cached_property
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from events.log.ours.extraction import Prompt
from projector.domain.facts.registry.registry import Attribute, Registry
from projector.sources.extraction.answer_schema import answer_schema

ID = "extraction"
# Where an operator's attributes are told: those with one value at a time, and those with several.
_ONE, _SEVERAL = "{one}", "{several}"
_FOLDER = files("projector.sources.extraction") / "prompts"


class ExtractionPrompt(Struct, frozen=True, kw_only=True, dict=True):
    """
    What a model is told of every call alike.

    `text` is what is sent, with the operator's own attributes; `schema` is that of the answer.
    """

    version: int
    text: str
    schema: dict[str, Any]

    @cached_property
    def named(self) -> Prompt:
        """The prompt as an event names it; its hash is that of the text that is sent."""
        return Prompt(id=ID, version=self.version, sha256=hashlib.sha256(self.text.encode()).hexdigest())

    @cached_property
    def schema_sha256(self) -> str:
        """The hash of the schema."""
        return hashlib.sha256(msgspec.json.encode(self.schema, order="deterministic")).hexdigest()


def prompt_versions() -> list[int]:
    """Return the versions that there are, the newest last."""
    return sorted(int(file.name.removesuffix(".md")) for file in _FOLDER.iterdir() if file.name.endswith(".md"))


def extraction_prompt(registry: Registry, version: int | None = None) -> ExtractionPrompt:
    """
    Return a prompt.

    Args:
        registry: it names the attributes that the operator adds.
        version: one of `prompt_versions`; None for the newest.
    """
    version = prompt_versions()[-1] if version is None else version
    text = (_FOLDER / f"{version}.md").read_text(encoding="utf-8")
    ours = {attribute.name for attribute in Registry()}
    added = [attribute for attribute in registry if attribute.name not in ours]
    for place, is_several in ((_ONE, False), (_SEVERAL, True)):
        told = [f", {_told(attribute)}" for attribute in added if attribute.is_several is is_several]
        text = text.replace(place, "".join(told))
    return ExtractionPrompt(version=version, text=text, schema=answer_schema())


def _told(attribute: Attribute) -> str:
    label = attribute.label()
    return attribute.name if label.casefold() == attribute.name.replace("_", " ") else f"{attribute.name} ({label})"
