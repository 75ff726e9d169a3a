"""Whatever was said, learned, corrected and merged: PostgreSQL holds it row for row as SQLite does."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.read_model.postgres.sql.texts import register
from projector.read_model.protocol import ReadModel
from tests.property.test_facts_property import BEN, learned
from tests.support.helping import helping
from tests.support.postgres import SHARED, memories_database, why_not
from tests.support.samples import MARTA, NOON_S
from tests.support.sites import ProjectorSite

# All that holds words or says whose they are, with as many of its columns as both have.
_TABLES = {
    "callers": "*",
    "calls": "*",
    "missed_calls": "*",
    "memories": "id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, salience, checksum, body",
    "said": "*",
    "fact_groups": "*",
    "fact_values": "*",
    "extractions": "*",
    "corrections": "*",
    "merged": "*",
    "links": "*",
    "parties": "*",
    "segments": "*",
    "blocks": "*",
    "block_rows": "*",
}


@pytest.fixture(scope="module", autouse=True)
def servers() -> Iterator[None]:
    """End the server that this file has started."""
    yield
    SHARED.close()


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@settings(max_examples=8)
@given(events=learned(), data=st.data())
def test_both_kinds_hold_the_same_rows(events: list[tuple[bytes, str]], data: st.DataObject) -> None:
    """The same events in the same order leave the same rows, checksums and all, and the same answers."""
    order = data.draw(st.one_of(st.just(events + events[:2]), st.permutations(events)))
    stops = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    with tempfile.TemporaryDirectory() as name, memories_database() as url:
        sites = [ProjectorSite(Path(name, "files")), ProjectorSite(Path(name, "database"), memories_at=url)]
        for site in sites:
            site.received_at_s = NOON_S
            with closing(site):
                for number, (body, source) in enumerate(order):
                    site.append(body, source=source)
                    if stops[number]:
                        site.follower.catch_up()
                site.follower.catch_up()
        files, database = sites
        for table, columns in _TABLES.items():
            sql = f"SELECT {columns} FROM {table}"  # noqa: S608 - our own words
            assert sorted(_rows(url, database, sql), key=repr) == sorted(files.rows(sql), key=repr), table
        with files.read_model() as expected, database.read_model() as found:
            assert _answers(found) == _answers(expected)


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@settings(max_examples=8)
@given(events=learned(), data=st.data())
def test_any_number_of_projectors_remember_the_same(events: list[tuple[bytes, str]], data: st.DataObject) -> None:
    """Events that leave their callers to whoever folds, one who takes and two who help, give the same answers."""
    order = data.draw(st.one_of(st.just(events + events[:2]), st.permutations(events)))
    stops = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    with tempfile.TemporaryDirectory() as name, memories_database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr("projector.projection.projection._FEW", 0)
        files = ProjectorSite(Path(name, "files"))
        database = ProjectorSite(Path(name, "database"), memories_at=url)
        files.received_at_s = database.received_at_s = NOON_S
        database.follower.catch_up()  # there are memories now, of nobody
        with closing(files), closing(database), helping(database, threads=2):
            for number, (body, source) in enumerate(order):
                files.append(body, source=source)
                database.append(body, source=source)
                if stops[number]:
                    database.follower.catch_up(is_following=True)
            files.follower.catch_up()
            database.follower.catch_up()
            with files.read_model() as expected, database.read_model() as found:
                assert found.waiting() == 0
                assert _answers(found) == _answers(expected)


def _rows(url: str, site: ProjectorSite, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        register(connection)
        connection.execute(f"SET search_path TO elaoms_g{site.memories.current()}")
        return connection.execute(sql).fetchall()


def _answers(read_model: ReadModel) -> list[object]:
    callers = [MARTA, BEN]
    facts = {caller: read_model.facts(caller) for caller in callers}
    return [
        [*read_model.dump()],
        read_model.sectors(),
        read_model.counts(),
        read_model.agents(),
        [*read_model.stamps()],
        [*read_model.newest_first()],
        read_model.begun_until(2**40, limit=9),
        facts,
        *(read_model.periods(caller, fact) for caller in callers for fact in facts[caller]),
        *(ask(caller) for caller in callers for ask in (read_model.sensitive_facts, read_model.planned_facts)),
        *(read_model.heaviest_facts(caller, agent_id="agent_a", limit=2) for caller in callers),
        *(read_model.recent(caller, agent_id="agent_b", limit=4) for caller in callers),
        *(read_model.keys_of(caller) for caller in callers),
        *(read_model.remembered_as(caller) for caller in callers),
        *(read_model.conversations(caller) for caller in callers),
        *(read_model.corrections(caller) for caller in callers),
    ]
