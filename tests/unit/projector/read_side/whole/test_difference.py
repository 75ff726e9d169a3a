"""How two read models differ."""

from pathlib import Path

import msgspec
import pytest

from projector.domain.facts.registry.registry import AddedAttribute
from projector.domain.fold import FoldSettings
from projector.projection.settings import ProjectionSettings
from projector.read_side.whole.difference import CallerDifference, difference_lines, differences, summary
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

BEN, CARL = "+12025550144", "+12025550145"
CITY = transcription("conv_1", "I live in Lund.", city="Lund")


@pytest.fixture
def before(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path / "before")


@pytest.fixture
def after(tmp_path: Path) -> ProjectorSite:
    return ProjectorSite(tmp_path / "after")


def different(before: ProjectorSite, after: ProjectorSite) -> list[CallerDifference]:
    with before.read_model() as old, after.read_model() as new:
        return list(differences(old, new))


def lines(before: ProjectorSite, after: ProjectorSite) -> list[str]:
    return [line for each in different(before, after) for line in difference_lines(each)]


def test_equal_ones_do_not_differ(before: ProjectorSite, after: ProjectorSite) -> None:
    """The same events in another order are no difference."""
    other = transcription("conv_2", "Hello.", at_s=NOON_S + 100, caller=BEN)
    before.hold(CITY, other)
    after.hold(other, CITY)
    assert different(before, after) == []


def test_questions_of_a_fact_are_no_difference(before: ProjectorSite, after: ProjectorSite) -> None:
    """Nobody is told them: they are compared, and the fact is the same."""
    body = transcription("conv_1", "I'm with Delta.")
    for site, asked in ((before, []), (after, ["who insures them?"])):
        site.hold(body)
        site.append(extraction(body, statement("I'm with Delta.", 1, questions=asked)), source="extraction")
        site.catch_up()
    assert different(before, after) == []


def test_each_caller_is_told_with_what_differs(before: ProjectorSite, after: ProjectorSite) -> None:
    """Callers who are new, gone or different come in the order of their keys, each with every change."""
    before.hold(CITY, transcription("conv_2", "Hello.", caller=BEN))
    after.hold(CITY, transcription("conv_3", "I moved.", at_s=NOON_S + 100, city="Oslo"))
    after.hold(transcription("conv_4", "Hi.", caller=CARL))

    assert [(each.caller, each.state) for each in different(before, after)] == [
        (MARTA, "changed"),
        (BEN, "removed"),
        (CARL, "added"),
    ]
    told = lines(before, after)
    assert told[0] == MARTA
    assert "  ~ call count: 2, before 1" in told
    assert "  ~ fact City: Oslo, before Lund" in told
    assert "  ~ collected memory: City: Lund (current false), before City: Lund (current true)" in told
    assert "  + turn memory: I moved." in told
    assert "  - turn memory: Hello." in told
    assert told[-2:] == [f"{CARL}  (added)", "  + turn memory: Hi."]


def test_setting_is_seen_by_what_it_does(tmp_path: Path, before: ProjectorSite) -> None:
    """With other name fields the same log names nobody: the name differs, and the fact is still there."""
    body = transcription("conv_1", "Hello.", first_name="Marta")
    before.hold(body)
    settings = ProjectionSettings(fold=FoldSettings(name_fields=("none_such",)))
    after = ProjectorSite(tmp_path / "other", settings)
    after.hold(body)
    assert lines(before, after)[:2] == [f"{MARTA}  Marta", "  ~ name: not known, before Marta"]


def test_fact_that_is_judged_otherwise_differs(tmp_path: Path, before: ProjectorSite) -> None:
    """Where a setting makes a fact sensitive, the fact differs, although its words are the same."""
    body = transcription("conv_1", "I like tea.")
    settings = ProjectionSettings(
        fold=FoldSettings(fact_attributes={"interest": AddedAttribute(several=True, sensitive="health")})
    )
    after = ProjectorSite(tmp_path / "other", settings)
    for site in (before, after):
        site.append(body)
        site.append(extraction(body), source="extraction")
        site.catch_up()
    (line,) = (each for each in lines(before, after) if "fact memory" in each)
    assert "sensitive: health" in line
    assert "not sensitive" in line


def test_lines_hold_nothing_that_a_terminal_obeys(before: ProjectorSite, after: ProjectorSite) -> None:
    """Whatever was said, a difference is lines of printable characters."""
    before.hold(CITY)
    after.hold(CITY, transcription("conv_2", "a\x1b[2J\nb", at_s=NOON_S + 100, city="x\x1b]0;y"))
    assert all(line.isprintable() for line in lines(before, after))


def test_difference_is_json_by_caller(before: ProjectorSite, after: ProjectorSite) -> None:
    """A script gets the caller, the state, and each change with the id of its memory."""
    before.hold(transcription("conv_0", "Hello.", caller=BEN))
    after.hold(transcription("conv_0", "Hello.", caller=BEN), CITY)
    (only,) = (msgspec.json.decode(msgspec.json.encode(each)) for each in different(before, after))
    assert (only["caller"], only["state"]) == (MARTA, "added")
    assert {change["what"] for change in only["changes"]} == {"fact City", "collected memory", "turn memory"}
    assert all(change["id"] for change in only["changes"] if change["what"].endswith("memory"))


def test_summary_counts() -> None:
    """It is said how many differ, in words."""
    assert [summary(count, 5) for count in (0, 1, 2)] == [
        "no difference",
        "1 caller of 5 differs",
        "2 callers of 5 differ",
    ]
