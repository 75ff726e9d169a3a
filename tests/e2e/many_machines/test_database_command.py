"""`events database` makes the tables, refuses those of a newer release, and says what a server is worth."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import why_not
from tests.support.servers import Site

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_tables_are_made_once(site: Site) -> None:
    """`create` makes the tables, a second time it finds them, and `upgrade` has nothing to do."""
    missing = site.run("events", "database", "upgrade", check=False)
    assert missing.returncode == 1
    assert "there is no log" in missing.stderr
    for _ in range(2):
        assert "0 events" in site.run("events", "database", "create").stdout
    assert "nothing to do" in site.run("events", "database", "upgrade").stdout


def test_tables_of_a_newer_release_are_refused(site: Site, url: str) -> None:
    """No command of this release touches a log whose tables a later one made."""
    site.run("events", "database", "create")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE elaoms.log SET format = 99")
    for command in ("create", "upgrade"):
        refused = site.run("events", "database", command, check=False)
        assert refused.returncode == 1
        assert "99" in refused.stderr


def test_check_names_each_setting(site: Site, url: str) -> None:
    """Each setting has a line; what costs only something is no fault, and what undoes an acknowledgement is."""
    looks = {
        look["name"]: look
        for look in map(json.loads, site.run("events", "database", "check", "--json").stdout.splitlines())
    }
    assert looks["fsync"]["state"] == looks["wal_recycle"]["state"] == looks["wal_keep_size"]["state"] == "ok"
    assert looks["data_checksums"]["state"] == looks["synchronous_standby_names"]["state"] == "costs"
    assert looks["right pg_monitor"]["value"] == "yes"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE few LOGIN")
    few = Site(site.folder, **{**site.env, "DATABASE_URL": url.replace("postgres@", "few@")})
    assert "nobody sees which standbys follow" in few.run("events", "database", "check", check=False).stdout
    site.env["DATABASE_STANDBYS"] = "1"
    done = site.run("events", "database", "check", check=False)
    assert done.returncode == 1
    assert "wrong synchronous_standby_names = ''" in done.stdout


def test_without_a_database_there_is_nothing_to_set_up(tmp_path: Path) -> None:
    """The commands say so, as a wrong use."""
    done = Site(tmp_path).run("events", "database", "check", check=False)
    assert done.returncode == 2
    assert "DATABASE_URL is not set" in done.stderr


def test_doctor_looks_at_the_database(site: Site) -> None:
    """`ingress doctor` looks at the database in place of the disks, and names what means nothing with it."""
    with site.ingress(), site.projector():
        site.wait_until(lambda: site.recent_health()["status"] == "ok")
        found = {one["subject"]: one for one in json.loads(site.run("ingress", "doctor", "--json", check=False).stdout)}
    assert found["fsync"]["state"] == "ok"
    assert found["AUDIO_MP3"]["state"] == "skipped"
    assert found["read model"]["state"] == "ok"
    assert not any(subject.startswith("PAYLOAD_STORAGE_PATH:") for subject in found)
