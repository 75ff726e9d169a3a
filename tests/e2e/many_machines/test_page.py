"""The page on many machines is walked from its roles to its backup, with its own commands and its own role."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.e2e.test_documented_commands import blocks
from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]

_ROOT = Path(__file__).parents[3]
_PAGE = "docs/many-machines.md"
_TEXT = (_ROOT / _PAGE).read_text()
_SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PASSWORD = "s3cr@t/of a test"
# What is not run here, and why not.
_LEFT_OUT = {
    r"pip install": "installs",
    r"^honcho start": "both processes run already",
    r"^DATABASE_(URL|STANDBYS)=": "is of .env, or names servers that are not here",
}


def run(site: Site, *commands: str) -> str:
    """Run commands of the page as one script; each must work."""
    script = "\n".join(["set -euo pipefail", *commands])
    done = subprocess.run(
        ["bash", "-c", script], cwd=site.folder, env=site.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def of_page(sign: str) -> list[str]:
    """Return the commands of the one block of the page that holds a sign."""
    (found,) = (block for block in blocks(_PAGE) if any(sign in command for command in block) and "pip" not in block[0])
    return [command for command in found if not any(re.search(pattern, command) for pattern in _LEFT_OUT)]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and its standby, which let the page's role in by its password alone."""
    primary = Cluster()
    hba = primary.data / "pg_hba.conf"
    hba.write_text(f"host elaoms elaoms 127.0.0.1/32 scram-sha-256\n{hba.read_text()}")
    with psycopg.connect(primary.url(), autocommit=True) as connection:
        roles, rights = _SQL.findall(_TEXT)
        for statement in filter(str.strip, roles.replace("'...'", f"'{_PASSWORD}'").split(";")):
            connection.execute(statement)
        connection.execute("SELECT pg_reload_conf()")
    set_few_partitions(primary.url("elaoms"))
    with psycopg.connect(primary.url("elaoms"), autocommit=True) as connection:
        connection.execute(rights)
    standby = Cluster(of=primary)
    primary.demand_standby()
    yield primary, standby
    standby.close()
    primary.close()


@pytest.fixture
def site(servers: tuple[Cluster, Cluster], tmp_path: Path) -> Site:
    """A machine with ELAOMS over these servers, whose user has the password in `.pgpass`."""
    site = Site(tmp_path)
    pgpass = tmp_path / "pgpass"
    pgpass.write_text(f"*:*:elaoms:elaoms:{_PASSWORD}\n")
    pgpass.chmod(0o600)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    site.env |= {"PGPASSFILE": str(pgpass), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    site.env["PAYLOAD_STORAGE_PATH"] = str(tmp_path / "payloads")
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    site.env["URL_OF_TEST"] = f"postgresql://elaoms@{hosts}/elaoms?target_session_attrs=read-write"
    return site


def test_page_leads_there_and_back(site: Site, tmp_path: Path) -> None:
    """From a folder into the database, with both processes over it, to a backup, and back into a folder."""
    url = site.env.pop("URL_OF_TEST")
    with site.ingress(), site.projector():
        assert site.post_call(transcription("conv_1", "I am allergic to peanuts")).status_code == 200
        site.wait_until_folded(1)
    moving = of_page("copy payloads ")
    assert len(moving) == 2
    before = run(site, "events head").partition('"at"')[0]
    said = run(site, f'DATABASE_URL="{url}"', *moving)
    assert "both end at" in said
    assert "nothing new" in said

    site.env["DATABASE_URL"] = url
    dotenv = tmp_path / ".env"  # from which the page's commands read it
    dotenv.write_text(f'DATABASE_URL="{url}"\n')
    dotenv.chmod(0o600)
    assert run(site, "events head").partition('"at"')[0] == before
    checked = run(site, *of_page("database create"))
    assert not re.search("^(wrong|costs) (?!data_checksums)", checked, re.MULTILINE), checked
    with site.ingress(), site.projector():
        assert site.post_call(transcription("conv_2", "I moved to Elm Street")).status_code == 200
        site.wait_until_folded(2)
        told = run(site, *(f"{command} || [ $? = 1 ]" for command in of_page("ingress doctor")))
        assert "✗" not in told.partition("public address")[0], told
        run(site, *of_page("../elaoms-copy"))
    assert "2 events" in run(site, *of_page("payloads-back"))


def test_each_command_of_the_page_is_run_or_left_out_for_a_reason() -> None:
    """No block of the page is forgotten here."""
    run_here = [
        of_page(sign) for sign in ("copy payloads ", "database create", "doctor", "elaoms-copy", "payloads-back")
    ]
    known = [command for commands in run_here for command in commands]
    forgotten = [
        command
        for block in blocks(_PAGE)
        for command in block
        if command not in known and not any(re.search(pattern, command) for pattern in _LEFT_OUT)
    ]
    assert forgotten == []
