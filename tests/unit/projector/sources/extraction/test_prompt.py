"""The prompts: as they were released, short, and in agreement with the registry and with validation."""

import json
import re

import pytest

from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.facts.validation.hostile.faults import EXAMPLE_WORDS
from projector.domain.facts.validation.validate import validated
from projector.sources.extraction import prompt as module
from projector.sources.extraction.prompt import extraction_prompt, prompt_versions
from tests.unit.projector.domain.facts.test_validate import said

# A released prompt never changes: what it taught is filed under its version. A new wording is a new file.
_RELEASED: dict[int, str] = {1: "fb000a0e1bc7e9a43171b74ca509e765bba579d700def778ce53553d798e4c63"}
_CHARS_MAX = 3 * 1800
_NEWEST = extraction_prompt(Registry())


def test_versions_are_counted_from_one() -> None:
    """Each version has its file."""
    assert prompt_versions() == [*range(1, len(prompt_versions()) + 1)]


@pytest.mark.parametrize("version", _RELEASED)
def test_released_prompt_is_as_it_was(version: int) -> None:
    """Its hash stands in events."""
    assert extraction_prompt(Registry(), version).named.sha256 == _RELEASED[version]


def test_event_names_version_and_hash() -> None:
    """The hash is that of what is sent; without a version the newest is meant."""
    assert (_NEWEST.named.id, _NEWEST.named.version) == ("extraction", prompt_versions()[-1])
    assert re.fullmatch(r"[0-9a-f]{64}", _NEWEST.named.sha256)
    assert re.fullmatch(r"[0-9a-f]{64}", _NEWEST.schema_sha256)


def test_prompt_is_short() -> None:
    """At most 1,800 tokens: it is most of what a call costs."""
    assert len(_NEWEST.text) <= _CHARS_MAX


@pytest.mark.parametrize(
    ("head", "is_several"), [("Attributes with one value at a time", False), ("With several", True)]
)
def test_prompt_names_each_attribute_once(head: str, is_several: bool) -> None:
    """The lists in the prompt are the registry's: a model must know what a new value replaces."""
    (listed,) = re.findall(rf"^{head}:\n(.*)$", _NEWEST.text, re.MULTILINE)
    names = re.findall(r"[a-z_]+", re.sub(r"\([^)]*\)", "", listed))
    assert sorted(names) == sorted(attribute.name for attribute in Registry() if attribute.is_several is is_several)


def test_operators_attributes_are_added() -> None:
    """With their label, where that says more than the name; then the hash is another one."""
    added = {"frame_size": AddedAttribute(), "ward": AddedAttribute(labels={"en": "Ward of the clinic"}, several=True)}
    prompt = extraction_prompt(Registry(added))
    assert ", size, frame_size\n" in prompt.text
    assert ", consent, ward (Ward of the clinic)\n" in prompt.text
    assert prompt.named.sha256 != _NEWEST.named.sha256


def test_prompt_says_each_word_that_an_answer_may_choose() -> None:
    """Of category, status, sensitivity and sentiment."""
    items = _NEWEST.schema["properties"]["memories"]["items"]["properties"]
    for field in (items["category"], items["status"], items["sensitive"], _NEWEST.schema["properties"]["sentiment"]):
        for word in field["enum"]:
            assert f"`{word}`" in _NEWEST.text


def test_examples_would_count_but_for_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples keep to all rules of validation, and their words are those by which a leak is known."""
    turns = {int(turn["turn"]): turn for turn in map(json.loads, re.findall(r'\{"turn":[^}]*\}', _NEWEST.text))}
    rows = [turns.get(number, {"agent": "And then?"}) for number in range(max(turns) + 1)]
    call = said(*(f"{role}: {text}" for row in rows for role, text in row.items() if role != "turn"))
    _, first, _, second = _NEWEST.text.split("Examples, of another world:\n")[1].splitlines()
    text, _, same = first.partition(" and the same with ")
    whole = json.loads(text)
    shown = [
        whole,
        *(whole | {"status": "current"} | json.loads(f"{{{part}}}") for part in (same, *second.split("; and "))),
    ]
    assert [item["value"] for item in shown] == ["Quorblat", "Vrimbly", "Zzyzx", "Snorfex"]
    answer = json.dumps({"memories": shown}).encode()
    assert {rejected.reason for rejected in validated(answer, call, Registry()).rejected} == {"leaked_example"}
    monkeypatch.setattr("projector.domain.facts.validation.hostile.faults._EXAMPLES", re.compile("no such word"))
    assert validated(answer, call, Registry()).rejected == ()


def test_words_of_the_examples_are_those_that_validation_looks_for() -> None:
    """Each made-up word of the prompt is known as one."""
    examples = _NEWEST.text.split("Examples, of another world:\n")[1]
    assert all(word.title() in examples for word in EXAMPLE_WORDS)


def test_prompt_says_nothing_of_any_domain_of_ours() -> None:
    """Whoever reads of a clinic in an example remembers one."""
    examples = _NEWEST.text.split("Examples, of another world:\n")[1].casefold()
    assert not any(word in examples for word in ("clinic", "doctor", "delivery", "insur", "penicillin"))


def test_file_that_is_no_prompt_is_left_out() -> None:
    """The folder holds prompts alone."""
    assert [file.name for file in module._FOLDER.iterdir() if not file.name.startswith("__")] == [
        f"{version}.md" for version in prompt_versions()
    ]
