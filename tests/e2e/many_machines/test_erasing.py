"""Who is forgotten is unknown at once; once that is finished, no file of any server holds a word of theirs."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import MARTA, transcription
from tests.support.server_files import files_with, files_with_compressed, flush
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

WORD = b"heliotropek7"
OTHER = "+12025550199"


@pytest.fixture
def pair() -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and its standby, for which every commit waits."""
    primary = Cluster()
    try:
        standby = Cluster(of=primary)
        try:
            primary.demand_standby()
            yield primary, standby
        finally:
            standby.close()
    finally:
        primary.close()


def site_over(pair: tuple[Cluster, Cluster], folder: Path) -> Site:
    """An installation over both, of which each table of memories has few partitions."""
    set_few_partitions(pair[0].url())
    hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in pair)
    return Site(folder, DATABASE_URL=f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write")


def hold(site: Site, primary: Cluster) -> None:
    """Take calls of two callers, learn them, again with more, and have the server make its statistics."""
    for number in range(3):
        calls = [transcription(f"conv_{number}", f"I keep a {WORD.decode()} and {number} more", caller=MARTA)]
        calls.append(transcription(f"other_{number}", f"I like {number} tulips", caller=OTHER))
        for call in calls:
            assert site.post_call(call).status_code == 200
        site.run("projector", "--once")
    with psycopg.connect(primary.url(), autocommit=True) as connection:
        connection.execute("ANALYZE")
    assert WORD.decode() in str(site.search("what do I keep", MARTA))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_no_file_of_any_server_holds_who_was_forgotten(pair: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    """
    Once an erasure is finished, no file of the primary or the standby holds a word, or the number, of the caller:
    no table, no index, no statistics and no file of write-ahead log. What others said stays.
    """
    site = site_over(pair, tmp_path)
    with site.ingress():
        hold(site, pair[0])
        flush(*pair)
        assert {name[:2] for name in files_with(WORD, of=pair)} == {"0:", "1:"}
        assert {name[:2] for name in files_with(MARTA.encode(), of=pair)} == {"0:", "1:"}
        before = memories_of_other(site)
        site.run("projector", "forget", MARTA, "--yes")
        flush(*pair)
        assert files_with(WORD, MARTA.encode(), of=pair) == []
        assert files_with_compressed(WORD, of=pair) == []
        assert WORD.decode() not in str(site.search("what do I keep", MARTA))
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
        assert memories_of_other(site) == before
        assert files_with(b"tulips", of=pair) != []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_erasure_that_was_killed_is_finished(pair: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    """
    A reader who looks at an older moment keeps an erasure unfinished, also where the projector dies; the next one
    finishes it once the reader has gone, and then no file holds a word.
    """
    site = site_over(pair, tmp_path)
    with site.ingress():
        hold(site, pair[0])
        with psycopg.connect(pair[0].url()) as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            reader.execute("SELECT count(*) FROM elaoms_memories.generations")
            with site.projector() as projector:
                with site.process("projector", "forget", MARTA, "--yes") as asking:
                    waits = "SELECT count(*) FROM elaoms.remnants"
                    with psycopg.connect(pair[0].url(), autocommit=True) as looking:
                        wait_until(lambda: looking.execute(waits).fetchone() != (0,))
                    asking.kill()
                projector.kill()
                projector.wait()
            assert files_with(WORD, of=pair) != []
        with site.projector():
            wait_until(lambda: is_finished(pair[0]), patience_s=2 * PATIENCE_S)
            flush(*pair)
            assert files_with(WORD, MARTA.encode(), of=pair) == []


def memories_of_other(site: Site) -> object:
    """Return what is held of the caller who stays, but for how far the log is folded."""
    held = json.loads(site.run("projector", "export", OTHER).stdout)
    del held["position"]
    return held


def is_finished(primary: Cluster) -> bool:
    """Tell whether the request is finished, and nothing is left to be written anew."""
    with psycopg.connect(primary.url()) as connection:
        finished = "SELECT bool_and(is_finished = 1), (SELECT count(*) FROM elaoms.remnants) FROM elaoms_g1.erasures"
        return connection.execute(finished).fetchone() == (True, 0)
