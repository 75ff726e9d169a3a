"""The page on facts shows an answer that can be imported, and of which all counts."""

import json
import re
from contextlib import closing
from pathlib import Path

import msgspec

from events.importing.extractions import ExtractionImporter
from projector.domain.facts.statement import Statement
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

PAGE = (Path(__file__).parents[3] / "docs" / "facts.md").read_text()


def test_example_is_imported_and_counts(tmp_path: Path) -> None:
    """The line of the page, imported for a call that says so, is a memory of its caller."""
    example = re.search(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert example is not None
    line = json.dumps(json.loads(example[1])).encode()
    site = ProjectorSite(tmp_path)
    with closing(site.follower):
        site.append(transcription("conv_1", "Good morning.", "I'm allergic to latex."))
        assert [*ExtractionImporter(site.log).run([line])] == []
        site.follower.catch_up()
        facts = [memory for memory in json.loads(site.dump())["memories"] if memory["kind"] == "fact"]
    assert [fact["text"] for fact in facts] == ["The caller is allergic to latex."]


def test_page_names_every_field() -> None:
    """Whoever writes a prompt by the page leaves nothing out."""
    fields = {field.encode_name for field in msgspec.structs.fields(Statement)}
    assert sorted(field for field in fields if f"`{field}`" not in PAGE) == []
