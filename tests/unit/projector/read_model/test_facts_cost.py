"""What is asked for at the start of each call is read without the caller's other facts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from projector.domain.memories import Memory
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.tables.learning import histories
from tests.support.cost import Cost, cost_of
from tests.support.extractions import extraction, statement
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite


def teach(site: ProjectorSite, begin: int, end: int) -> None:
    """Have Marta tell a model of an interest in each of many calls, one of them planned, one of them about health."""
    for n in range(begin, end):
        said = f"I like zebra{n}."
        body = transcription(f"conv_{n:04d}", said, at_s=NOON_S + n * 60)
        stated = statement("I like tea.", 1, value=f"zebra{n}", content=f"The caller likes zebra{n}.", quote=said)
        stated |= {0: {"sensitive": "health"}, 1: {"status": "planned"}}.get(n, {})
        site.append(body)
        site.append(extraction(body, stated), source="extraction")
    site.catch_up()


def cost(site: ProjectorSite, read: Callable[[SqliteReadModel, str], list[Memory]]) -> Cost:
    """Return what it costs to read some facts of Marta, of which there is one."""
    with site.opened() as database:
        read_model = SqliteReadModel(database)
        assert len(read(read_model, MARTA)) == 1  # the first time a statement is also prepared
        return cost_of(partial(read, read_model, MARTA), database)


@pytest.mark.parametrize("read", [SqliteReadModel.sensitive_facts, SqliteReadModel.planned_facts])
def test_cost_does_not_grow_with_other_facts(
    tmp_path: Path, read: Callable[[SqliteReadModel, str], list[Memory]]
) -> None:
    """One sensitive fact, and one planned, are read at the same cost beside 5 others as beside 50."""
    site = ProjectorSite(tmp_path)
    teach(site, 0, 7)
    few = cost(site, read)
    teach(site, 7, 52)
    many = cost(site, read)

    assert many.calls < few.calls * 1.1
    assert many.steps < few.steps * 1.1


def test_values_of_a_word_are_found_without_reading_the_others(tmp_path: Path) -> None:
    """Of the values that stand, those of a word are found by an index alone: it reads no value without the word."""
    site = ProjectorSite(tmp_path)
    teach(site, 0, 4)
    with site.opened() as database:
        found = histories.Histories(database)
        (group,) = (each for each in found.groups(MARTA) if "interest" in each)
        (body,) = found.current_with(MARTA, group, ['"2"'])
        assert b'"value":"zebra2"' in body
        plan = [row[3] for row in database.all("EXPLAIN QUERY PLAN " + histories._CURRENT_WITH, MARTA, group, '"x"')]
    assert "SEARCH fact_values USING PRIMARY KEY (caller=? AND fact_group=? AND value=?)" in plan
    assert any("COVERING INDEX fact_values_current" in step for step in plan)
