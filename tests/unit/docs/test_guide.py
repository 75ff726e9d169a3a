"""What the setup guide gives to copy is what ELAOMS reads."""

import re
from pathlib import Path
from typing import Any

import pytest

from ingress.operating.setup.wanted import DATA_COLLECTION
from ingress.settings import Settings
from projector.domain.names.fields import NAME_FIELDS
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

_DOCS = Path(__file__).parents[3] / "docs"
_PAGE = (_DOCS / "elevenlabs-setup.md").read_text()
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_ITEMS = re.findall(r"^\| `(\w+)` \| string \|", _PAGE, re.MULTILINE)


def test_setup_makes_the_items_of_the_guide() -> None:
    """`ingress setup` has the agents collect what the guide lists, with the same descriptions."""
    listed = re.findall(r"^\| `(\w+)` \| (string) \| (.*) \|$", _PAGE, re.MULTILINE)
    assert {name: {"type": type_, "description": words} for name, type_, words in listed} == DATA_COLLECTION


def test_items_to_collect_make_a_name_and_facts(tmp_path: Path) -> None:
    """With the items of the guide, a caller has a name, and each other value is a fact."""
    assert " + ".join(_ITEMS[:2]) in NAME_FIELDS
    site = ProjectorSite(tmp_path)
    values: dict[str, Any] = {name: f"value of {name}" for name in _ITEMS} | {
        "first_name": "Marta",
        "last_name": "Lindqvist",
    }
    site.hold(transcription("conv_1", "Hello.", **values))
    with site.read_model() as read_model:
        (view,) = read_model.views()
    assert view.name == "Marta Lindqvist"
    assert {fact.id for fact in view.facts} == set(_ITEMS)


def test_greeting_with_a_notice_is_one_that_ingress_takes() -> None:
    """The example of `GREETINGS` with a notice is read, and keeps the notice with and without a name."""
    (example,) = re.findall(r"^GREETINGS='(.*)'$", _PAGE, re.MULTILINE)
    variables = {f"ELEVENLABS_{of}_KEY": "k1" * 16 for of in ("POST_CALL", "CLIENT_DATA", "SEARCH_DATA")}
    template = Settings.from_env(variables | {"GREETINGS": example}).greetings["en"]
    assert all("this call is recorded" in text for text in (template.named, template.unnamed))


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_snippets_name_the_addresses_of_the_guide(file: str) -> None:
    """What a proxy's file names as ElevenLabs' addresses in the United States is what the guide lists."""
    (listed,) = re.findall(r"^\| United States .*\|([^|]*)\|$", _PAGE, re.MULTILINE)
    lines = (_DOCS / "deployment" / file).read_text().splitlines()
    named = " ".join(line for line in lines if re.match(r"\s*# (allow|@strangers) ", line))
    assert set(_ADDRESS.findall(named)) == set(_ADDRESS.findall(listed))
    assert _ADDRESS.search(listed)
