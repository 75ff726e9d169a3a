"""What is acknowledged is on a standby too, and what cannot be is not acknowledged; a failover is ridden out."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from events.errors import LogClosedError, StillHeldError
from events.log.draft import DraftedBody
from events.postgres_log.log import PostgresLog
from tests.e2e.test_metrics import WITH_A_DATABASE
from tests.support.logs import CALL, OTHER
from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@contextmanager
def standby_of(primary: Cluster) -> Iterator[Cluster]:
    """Yield a standby, for which each commit of its primary waits."""
    standby = Cluster(of=primary)
    try:
        primary.demand_standby()
        yield standby
    finally:
        standby.close()


def count_of_events(cluster: Cluster) -> int:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT count(*) FROM elaoms.events").fetchone()
        assert row is not None
        count: int = row[0]
        return count


def site_over(*clusters: Cluster, folder: Path, **settings: str) -> Site:
    hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in clusters)
    url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
    return Site(folder, DATABASE_URL=url, **settings)


def test_body_is_held_from_when_it_came(own: Cluster, tmp_path: Path) -> None:
    """Of a group that no server takes, who waited for its turn all the while is refused at once, and no other one."""
    wait_s = 3600.0  # a wait that began anew would end this test by its timeout
    url = f"{own.url()}?elaoms_wait_s={wait_s:g}&elaoms_standbys=1"
    log = PostgresLog(url)
    now_s = time.monotonic()
    with ExitStack() as drafts:
        group = []
        for came_s, body in ((now_s - wait_s, CALL), (now_s, OTHER)):
            draft = drafts.enter_context(log.draft())
            draft.write(body)
            group.append(DraftedBody(draft, "webhook", None, came_s))
        refused, held = log.publish_all(group)
    assert type(refused) is LogClosedError
    assert type(held) is StillHeldError
    assert "DATABASE_STANDBYS is 1" in str(refused)


def test_nothing_is_acknowledged_where_no_standby_has_to_have_it(own: Cluster, tmp_path: Path) -> None:
    """A server that waits for nobody takes no webhook, and `/health` says why; told to wait, it takes the next one."""
    site = site_over(own, folder=tmp_path, LOG_WAIT_S="1")  # DATABASE_STANDBYS is 1
    with site.ingress():
        assert site.post_call(transcription("conv_1", "hello")).status_code == 503
        answer = site.health_answer()
        assert answer.status_code == 503
        assert {"replication", "log"} <= set(answer.json()["degraded"])
        assert "synchronous_standby_names" in answer.json()["log"]["error"]
        assert answer.json()["log"]["free_bytes"] is None
        with standby_of(own):
            wait_until(lambda: site.recent_health()["log"]["writable"])
            assert site.post_call(transcription("conv_1", "hello")).status_code == 200
            servers = site.health()["log"]["servers"]
            assert (servers["standbys"], servers["standbys_min"], servers["error"]) == (1, 1, None)
            served = site.get("/metrics").text
            assert "elaoms_log_standbys_in_sync 1.0" in served
            assert all(f"\n{name} " in served for name in WITH_A_DATABASE)


def test_nothing_is_acknowledged_while_the_standby_is_gone(own: Cluster, tmp_path: Path) -> None:
    """A primary that waits for a standby which is not there acknowledges nothing, and `/health` names replication."""
    site = site_over(own, folder=tmp_path, LOG_WAIT_S="1")
    with site.ingress():
        with standby_of(own):
            assert site.post_call(transcription("conv_1", "hello")).status_code == 200
        wait_until(lambda: "replication" in site.recent_health()["degraded"])
        assert site.post_call(transcription("conv_2", "hello")).status_code == 503
        assert site.get("/health").status_code == 503


def test_manager_that_lets_a_standby_go_makes_no_acknowledgement(own: Cluster, tmp_path: Path) -> None:
    """Whoever takes a lost standby off the list lets a commit go that no standby has: it is not acknowledged."""
    site = site_over(own, folder=tmp_path, LOG_WAIT_S=f"{2 * PATIENCE_S:.0f}")
    answers: list[int] = []
    with site.ingress():
        with standby_of(own):
            assert site.post_call(transcription("conv_1", "hello")).status_code == 200
        # The primary waits for nobody who is there.
        thread = threading.Thread(
            target=lambda: answers.append(site.post_call(transcription("conv_2", "hello")).status_code)
        )
        thread.start()
        with psycopg.connect(own.url(), autocommit=True) as connection:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            wait_until(lambda: connection.execute(waits).fetchone() != (0,))
        own.demand_standby(is_demanded=False)
        wait_until(lambda: count_of_events(own) == 2)
        assert answers == []
        with standby_of(own) as standby:
            thread.join(PATIENCE_S)
            assert answers == [200]
            assert count_of_events(standby) == 2


def test_failover_is_ridden_out(own: Cluster, tmp_path: Path) -> None:
    """The primary is killed, the standby promoted, another one follows it: every webhook is answered 200, and there."""
    set_few_partitions(own.url())
    statuses: list[int] = []
    posted: list[str] = []
    is_over = threading.Event()
    with standby_of(own) as successor:
        site = site_over(own, successor, folder=tmp_path, LOG_WAIT_S=f"{4 * PATIENCE_S:.0f}")

        def post(client_number: int) -> None:
            with httpx.Client(timeout=8 * PATIENCE_S, trust_env=False) as client:
                count = 0
                while not is_over.is_set():
                    name = f"conv_{client_number}_{count}"
                    statuses.append(site.post_call(transcription(name, "hello"), client=client).status_code)
                    posted.append(name)
                    count += 1

        with site.ingress(), site.projector():
            threads = [threading.Thread(target=post, args=(number,)) for number in range(6)]
            for thread in threads:
                thread.start()
            try:
                wait_until(lambda: len(statuses) > 40)
                own.kill()
                successor.promote()
                with standby_of(successor) as last:
                    before = len(statuses)
                    wait_until(lambda: len(statuses) > before + 40, patience_s=4 * PATIENCE_S)
                    is_over.set()
                    for thread in threads:
                        thread.join()
                    assert set(statuses) == {200}
                    assert len(posted) == len(set(posted)) == count_of_events(last) == count_of_events(successor)
                    site.wait_until_folded(len(posted), patience_s=4 * PATIENCE_S)
            finally:
                is_over.set()
                for thread in threads:
                    thread.join()
