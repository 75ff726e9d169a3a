"""`events database check` looks at each server that the URLs name, and finds what does not belong together."""

import json
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Cluster, why_not
from tests.support.servers import Site, free_port
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]

_POOLER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")


def url_of(*ports: int) -> str:
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"


def looks(folder: Path, url: str, **settings: str) -> dict[str, dict[str, str]]:
    """Return what a check says, by the name of what it looked at; its exit code is 1 if something is wrong."""
    done = Site(folder, DATABASE_URL=url, **{"DATABASE_STANDBYS": "0"} | settings).run(
        "events", "database", "check", "--json", check=False
    )
    found = {look["name"]: look for look in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == any(look["state"] == "wrong" for look in found.values()), done.stderr
    return found


def test_each_server_is_looked_at(own: Cluster, tmp_path: Path) -> None:
    """A standby is looked at too, where nobody is named who takes the log, and who is away, is said."""
    standby = Cluster(of=own)
    away = free_port()
    try:
        found = looks(tmp_path, url_of(own.port, standby.port, away), DATABASE_STANDBYS="1")
        assert found[f"server 127.0.0.1:{own.port}"]["value"] == "primary"
        assert "until synchronous_standby_names is set" in found[f"server 127.0.0.1:{standby.port}"]["text"]
        assert found[f"server 127.0.0.1:{away}"]["state"] == "costs"
        assert "servers" not in found
        wait_until(lambda: "servers" in looks(tmp_path, url_of(own.port)))
        assert looks(tmp_path, url_of(own.port))["servers"]["value"] == "1 more that are not named"
        read = looks(tmp_path, url_of(own.port), DATABASE_READ_URL=url_of(standby.port).partition("?")[0])
        assert (read["DATABASE_READ_URL"]["state"], read["DATABASE_READ_URL"]["value"]) == ("ok", "a standby")
        with psycopg.connect(standby.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET wal_keep_size = '128MB'")
            connection.execute("SELECT pg_reload_conf()")
            wait_until(lambda: connection.execute("SHOW wal_keep_size").fetchone() == ("128MB",))
            found = looks(tmp_path, url_of(own.port, standby.port))
            assert "wal_keep_size is 128MB" in found[f"server 127.0.0.1:{standby.port}"]["text"]
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            wait_until(lambda: connection.execute("SHOW fsync").fetchone() == ("off",))
        found = looks(tmp_path, url_of(own.port, standby.port))
        assert found[f"server 127.0.0.1:{standby.port}"]["state"] == "wrong"
        # Whoever replaced the primary left it running.
        standby.promote()
        assert looks(tmp_path, url_of(own.port, standby.port))["servers"]["value"] == "2 primaries"
    finally:
        standby.close()


def test_servers_of_two_clusters_are_told_apart(own: Cluster, url: str, tmp_path: Path) -> None:
    """A URL that leads elsewhere is wrong, and so is one of the two by which callers are looked up."""
    elsewhere = int(url.rpartition(":")[2].partition("/")[0])
    assert looks(tmp_path, url_of(own.port, elsewhere))["servers"]["value"] == "2 clusters"
    for read_url in (url, own.url("template1"), url_of(free_port())):
        found = looks(tmp_path, url_of(own.port), DATABASE_READ_URL=read_url)["DATABASE_READ_URL"]
        assert found["state"] == "wrong"


def test_role_that_may_make_nothing_is_said(own: Cluster, tmp_path: Path) -> None:
    """A role without rights could keep neither log nor memories, and each right that it lacks is named."""
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE poor LOGIN")
    found = looks(tmp_path, url_of(own.port).replace("postgres@", "poor@"))
    assert found["right to the tables"]["state"] == "wrong"
    assert found["right pg_ls_dir(), pg_stat_file()"]["state"] == "costs"
    assert looks(tmp_path, url_of(own.port))["right to the tables"]["state"] == "ok"


@pytest.mark.skipif(_POOLER is None, reason="PgBouncer is not installed")
def test_pooler_is_noticed(own: Cluster, tmp_path: Path) -> None:
    """A pooler says another process number than the server behind it."""
    assert looks(tmp_path, url_of(own.port))["pooler"]["state"] == "ok"
    port, users = free_port(), own.folder / "users"
    users.write_text('"postgres" ""\n')
    config = own.folder / "pooler.ini"
    config.write_text(
        f"[databases]\npostgres = host=127.0.0.1 port={own.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nauth_type = trust\nauth_file = {users}\nunix_socket_dir =\npool_mode = session\n"
    )
    for file in (users, config):
        file.chmod(0o644)
    assert _POOLER is not None
    pooler = subprocess.Popen([_POOLER, "-q", str(config)], user=own.folder.stat().st_uid, cwd="/")
    try:
        wait_until(lambda: "pooler" in looks(tmp_path, url_of(port)))
        assert looks(tmp_path, url_of(port))["pooler"]["state"] == "costs"
    finally:
        pooler.terminate()
        pooler.wait()
