"""With one variable set, a webhook goes into the database, and what is learned from it comes out of there."""

from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import why_not
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_webhook_is_learned_and_told_from_the_database(site: Site, url: str, tmp_path: Path) -> None:
    """What one machine takes, another one greets with and searches; neither keeps a call in a file."""
    other = Site(tmp_path / "other", **{name: site.env[name] for name in site.env if name.startswith(("DATA", "LOG"))})
    other.folder.mkdir()
    with site.ingress(), other.ingress(), other.projector():
        assert site.post_call(transcription("conv_1", "I am allergic to peanuts")).status_code == 200
        other.wait_until_folded(1)
        for machine in (site, other):
            assert "peanuts" in str(machine.search("allergic to what", MARTA))
            assert machine.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is True
    assert "peanuts" in other.dump()
    assert "peanuts" in site.run("projector", "export", MARTA).stdout
    site.run("projector", "replay", "--dry-run")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM elaoms.events").fetchone() == (1,)
    for machine in (site, other):
        assert not machine.payloads.exists()
        assert not any(path.name.endswith(".sqlite") for path in machine.folder.rglob("*"))


def test_commands_go_to_the_database(site: Site, tmp_path: Path) -> None:
    """`head`, `copy` and `forget` mean the log in the database; what is about files alone says what to do."""
    with site.ingress(), site.projector():
        assert site.post_call(transcription("conv_1", "I am allergic to peanuts")).status_code == 200
        site.wait_until_folded(1)
    assert '"position":1' in site.run("events", "head").stdout
    for command in (("verify",), ("import", str(tmp_path))):
        refused = site.run("events", *command, check=False)
        assert refused.returncode == 2
        assert "events copy" in refused.stderr
    copy = tmp_path / "copy"
    site.run("events", "copy", site.env["DATABASE_URL"], str(copy))
    site.env |= {"DATABASE_URL": "", "PAYLOAD_STORAGE_PATH": str(copy)}
    assert site.run("events", "verify").returncode == 0
