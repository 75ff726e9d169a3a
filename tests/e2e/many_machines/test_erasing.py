"""Who is forgotten is unknown at once; a replay and the servers' checkpoints leave no byte of the memories."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import MARTA, transcription
from tests.support.server_files import files_with
from tests.support.servers import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

WORD = b"heliotropek7"


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


def let_go(*clusters: Cluster) -> None:
    """Have the servers write what they hold, and let go of the log of before."""
    with psycopg.connect(clusters[0].url(), autocommit=True) as connection:
        connection.execute("SELECT pg_switch_wal()")
    for cluster in clusters:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_replay_leaves_no_byte_of_who_was_forgotten(pair: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    """
    After an erasure and a replay, no file of the primary or the standby holds a word or the number of the caller.
    """
    primary = pair[0]
    set_few_partitions(primary.url())
    hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in pair)
    site = Site(tmp_path, DATABASE_URL=f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write")
    with site.ingress():
        other = transcription("conv_2", "I like tulips", caller="+12025550199")
        for body in (transcription("conv_1", f"I keep a {WORD.decode()}"), other):
            assert site.post_call(body).status_code == 200
        site.run("projector", "--once")
        assert WORD.decode() in str(site.search("what do I keep", MARTA))
        site.run("projector", "forget", MARTA, "--yes")
        assert WORD.decode() not in str(site.search("what do I keep", MARTA))
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
    let_go(*pair)
    assert files_with(WORD, of=pair) != []  # as the page says: bytes stay until the tables are written anew
    site.run("projector", "replay")
    # A following projector drops what was live before.
    with site.projector(), psycopg.connect(primary.url(), autocommit=True) as connection:
        schemas = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^elaoms_g[0-9]'"
        wait_until(lambda: connection.execute(schemas).fetchone() == (1,), patience_s=200)

    def is_gone() -> bool:
        let_go(*pair)
        return files_with(WORD, MARTA.encode(), of=pair) == []

    wait_until(is_gone)
    assert "tulips" in site.dump()
