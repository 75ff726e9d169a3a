"""`/health` says that the bucket cannot be used, while short webhooks are taken, and is held up by no bucket."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.object_store import SECRET_KEY, ObjectStore
from tests.support.postgres import Cluster
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.server]

LONG = transcription("conv_1", "x" * 3_000_000)
NEXT = transcription("conv_1", "y" * 3_000_000)


@pytest.fixture
def site(tmp_path: Path, url: str, store: ObjectStore) -> Site:
    """An installation with a database and a bucket, that does not wait long for either."""
    return site_of(tmp_path, url, store.url())


def site_of(folder: Path, url: str, body_store: str) -> Site:
    (folder / "site").mkdir(exist_ok=True)
    return Site(folder / "site", DATABASE_URL=url, DATABASE_STANDBYS="0", LOG_WAIT_S="1", BODY_STORE_URL=body_store)


def wait_for_fault(site: Site, words: str) -> dict[str, Any]:
    """Wait until `/health` says this of the bucket, and return what it says then."""
    found: list[dict[str, Any]] = []

    def is_said() -> bool:
        found.append(site.recent_health())
        return words in (found[-1]["log"]["body_store"]["error"] or "")

    site.wait_until(is_said, "ingress")
    return found[-1]


def wait_until_sound(site: Site) -> None:
    site.wait_until(lambda: is_sound(site.recent_health()), "ingress")


def is_sound(health: dict[str, Any]) -> bool:
    """Return whether the bucket can be used, and nothing says otherwise."""
    assert health["log"]["body_store"] is not None
    return health["log"]["body_store"]["error"] is None and "body_store" not in health["degraded"]


def test_bucket_that_is_away_is_named_and_short_webhooks_are_taken(site: Site, store: ObjectStore) -> None:
    """Health, metrics and doctor name it with what to do; the status stays 200; it ends by itself."""
    with site.ingress():
        wait_until_sound(site)
        assert site.post_call(LONG).status_code == 200
        store.kill()
        health = wait_for_fault(site, "cannot be used (HTTP error")
        assert "body_store" in health["degraded"]
        assert health["status"] == "degraded"
        assert (health["log"]["writable"], health["log"]["error"]) == (True, None)
        error = health["log"]["body_store"]["error"]
        assert "s3://bodies/elaoms/log" in error
        assert "BODY_STORE_URL" in error
        assert site.get("/health").status_code == 200
        assert site.get("/health?strict=1").status_code == 503
        assert site.post_call(transcription("conv_2", "short")).status_code == 200
        assert site.post_call(NEXT).status_code == 503
        assert 'elaoms_degraded{what="body_store"} 1.0' in site.get("/metrics").text
        doctor = site.run("ingress", "doctor", "--json", check=False).stdout
        about = {look["subject"]: look["text"] for look in json.loads(doctor)}
        assert "cannot be used (HTTP error" in about["health: body_store"]
        for text in (json.dumps(health), doctor):
            assert SECRET_KEY not in text
        store.start()
        wait_until_sound(site)
        assert site.post_call(NEXT).status_code == 200


def test_silent_bucket_does_not_pass_for_a_database_that_hangs(site: Site, store: ObjectStore) -> None:
    """With its server stopped, health says who has not answered; the log is as it was, and takes what is short."""
    with site.ingress():
        assert site.post_call(LONG).status_code == 200
        with store.frozen():
            health = wait_for_fault(site, "has not answered for ")
            assert health["looked_at"] is not None
            assert "body_store" in health["degraded"]
            assert {"log", "replication"}.isdisjoint(health["degraded"])
            assert (health["log"]["writable"], health["log"]["events"], health["log"]["error"]) == (True, 1, None)
            assert site.post_call(transcription("conv_2", "short")).status_code == 200
        wait_until_sound(site)


def test_another_bucket_is_told_from_one_that_is_still_empty(
    tmp_path: Path, site: Site, url: str, store: ObjectStore
) -> None:
    """A prefix without the sign is fine until the log has bodies elsewhere; then health says where to lead it."""
    elsewhere = site_of(tmp_path, url, store.url("elsewhere"))
    with elsewhere.ingress():
        wait_until_sound(elsewhere)
        with site.ingress():
            assert site.post_call(LONG).status_code == 200
            wait_until_sound(site)
        health = wait_for_fault(elsewhere, "is not where the bodies of this log lie")
        assert "body_store" in health["degraded"]
        assert "set BODY_STORE_URL" in health["log"]["body_store"]["error"]
        assert elsewhere.post_call(NEXT).status_code == 503
    assert not (store.folder / "bodies" / "elsewhere").exists()


def test_bucket_that_was_never_made_is_named_before_anything_long_comes(
    tmp_path: Path, url: str, store: ObjectStore
) -> None:
    """A server answers for a bucket that is missing as for an object that is: health is not taken in."""
    site = site_of(tmp_path, url, store.url().replace("//bodies/", "//none/"))
    with site.ingress():
        assert "body_store" in wait_for_fault(site, "cannot be used (Server returned")["degraded"]


def test_database_that_is_gone_is_no_fault_of_the_bucket(tmp_path: Path, own: Cluster, store: ObjectStore) -> None:
    """Health goes on to say how the bucket is while no server of the log answers, and says no more than it knows."""
    site = site_of(tmp_path, own.url(), store.url())
    with site.ingress():
        assert site.post_call(LONG).status_code == 200
        own.kill()
        site.wait_until(lambda: "replication" in site.recent_health()["degraded"], "ingress")
        wait_until_sound(site)
        store.kill()
        health = wait_for_fault(site, "cannot be used")
        assert {"log", "replication", "body_store"} <= set(health["degraded"])


def test_without_a_bucket_nothing_is_said_of_one(tmp_path: Path, url: str) -> None:
    """A log that keeps all bodies itself has no such part in its health, in a database or in a folder."""
    database, folder = site_of(tmp_path, url, ""), Site(tmp_path / "folder")
    folder.folder.mkdir()
    for site in (database, folder):
        with site.ingress():
            assert site.health()["log"]["body_store"] is None
            assert "body_store" not in site.health()["degraded"]
    assert "BODY_STORE_URL" not in database.run("events", "database", "check", check=False).stdout


def test_check_of_the_database_looks_at_the_bucket(site: Site, store: ObjectStore) -> None:
    """`events database check` says whether the bucket can be used, also before there is a log; else it exits 1."""

    def checked() -> tuple[int, dict[str, str]]:
        done = site.run("events", "database", "check", "--json", check=False)
        assert SECRET_KEY not in done.stdout + done.stderr
        looks = {look["name"]: look for look in map(json.loads, done.stdout.splitlines())}
        return done.returncode, looks["BODY_STORE_URL"]

    def is_fine() -> bool:  # a starved bucket may answer too late
        code, look = checked()
        return (code, look["state"], look["value"]) == (0, "ok", "s3://bodies/elaoms/log")

    wait_until(is_fine)
    site.run("events", "database", "create")
    wait_until(is_fine)
    store.kill()
    code, look = checked()
    assert (code, look["state"]) == (1, "wrong")
    assert "until it takes them" in look["text"]
