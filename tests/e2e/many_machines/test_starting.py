"""What stands in the way of a start is said in a line, with exit code 2, and without the password."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import Cluster, why_not
from tests.support.servers import Site, free_port

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

PASSWORD = "s3cret-of-a-test"


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The location of a database whose role has a password."""
    cluster = Cluster()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE elaoms LOGIN PASSWORD '{PASSWORD}'")
        connection.execute("CREATE DATABASE calls OWNER elaoms TEMPLATE template0")
        hba = cluster.data / "pg_hba.conf"
        hba.write_text(f"host all elaoms 127.0.0.1/32 scram-sha-256\n{hba.read_text()}")
        connection.execute("SELECT pg_reload_conf()")
    yield f"postgresql://elaoms:{PASSWORD}@127.0.0.1:{cluster.port}/calls"
    cluster.close()


@pytest.mark.parametrize("command", ["ingress", "projector"])
@pytest.mark.parametrize("wrong", ["password", "port", "fsync"])
def test_server_that_cannot_be_used_is_said(guarded: str, tmp_path: Path, command: str, wrong: str) -> None:
    """A wrong password, a server that is not there, and one that is not durable end a start with exit code 2."""
    url = guarded.replace(PASSWORD, f"{PASSWORD}-no") if wrong == "password" else guarded
    if wrong == "port":
        port = url.rpartition(":")[2].partition("/")[0]
        url = url.replace(port, str(free_port()))
    if wrong == "fsync":
        url += "?options=-c%20synchronous_commit%3Doff"
    done = Site(tmp_path, DATABASE_URL=url, LOG_WAIT_S="1").run(command, check=False)
    assert done.returncode == 2, done.stderr
    assert "DATABASE_URL: " in done.stderr
    assert {"password": "password authentication failed", "port": "refused", "fsync": "synchronous_commit is off"}[
        wrong
    ] in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": f"mysql://elaoms:{PASSWORD}@db/calls"}, "DATABASE_URL must be the URL of a database"),
        ({"DATABASE_URL": f"postgresql://elaoms:{PASSWORD}@x@db/calls"}, "written as %XX"),
        ({"DATABASE_URL": "postgresql://db/calls", "MEMORY_ENGINE": "openmemory"}, "MEMORY_ENGINE is openmemory"),
        ({"DATABASE_URL": "postgresql://db/calls", "DATABASE_STANDBYS": "many"}, "DATABASE_STANDBYS must be a whole"),
    ],
)
def test_setting_that_cannot_be_right_is_said(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    """A setting that is none ends a start, before anything is asked; no password is repeated."""
    for command in ("ingress", "projector"):
        done = Site(tmp_path, **settings).run(command, check=False)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
        assert PASSWORD not in done.stdout + done.stderr


def test_missing_driver_is_said(tmp_path: Path) -> None:
    """Without the extra, a start ends with what to install."""
    site = Site(tmp_path, DATABASE_URL="postgresql://db/calls")
    # As if the driver were not there: a package that hides it, before all others.
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text("import sys\nsys.modules['psycopg'] = None\n")
    done = subprocess.run(
        [sys.executable, "-m", "ingress"],
        cwd=tmp_path,
        env=site.env | {"PYTHONPATH": str(hiding)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "pip install --editable '.[postgres]'" in done.stderr
    shutil.rmtree(hiding)


def test_no_output_holds_the_password(guarded: str, tmp_path: Path) -> None:
    """Neither process says the password, whatever it logs, nor `/health`, nor any command."""
    site = Site(tmp_path, DATABASE_URL=guarded, DATABASE_STANDBYS="0", LOG_LEVEL="debug")
    said = ""
    with site.ingress(), site.projector():
        said += site.get("/health").text + site.get("/metrics").text
        for command in (
            ("events", "database", "check"),
            ("events", "database", "check", "--json"),
            ("events", "database", "create"),
            ("events", "database", "upgrade"),
            ("events", "head"),
            ("projector", "status"),
            ("projector", "callers"),
            ("ingress", "doctor"),
        ):
            done = site.run(*command, check=False)
            said += done.stdout + done.stderr
            assert "Traceback" not in said
    said += site.log("ingress") + site.log("projector")
    assert PASSWORD not in said
