"""Both processes over OpenMemory's SDK, where it is installed: one file that the projector makes and ingress opens."""

import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from projector.read_model.open import open_generations, open_read_model
from tests.support.openmemory.fresh_sdk import needs_sdk
from tests.support.samples import AGENT, MARTA, transcription
from tests.support.servers import Site
from tests.support.sites import files_holding

BEN = "+12025550199"
pytestmark = needs_sdk


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation with OpenMemory in its processes."""
    return Site(tmp_path, MEMORY_ENGINE="openmemory", OPENMEMORY_DB_PATH=str(tmp_path / "data" / "openmemory.db"))


def call(number: int, caller: str = MARTA) -> bytes:
    who = "marta" if caller == MARTA else "ben"
    return transcription(f"conv_{who}_{number}", "The blue one.", f"My zebrak{number} is 4 years old.", caller=caller)


def rows_of(site: Site) -> int:
    """Return how many rows OpenMemory has so far."""
    path = Path(site.env["OPENMEMORY_DB_PATH"])
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        try:
            (count,) = connection.execute("SELECT count(*) FROM memories").fetchone()
        except sqlite3.OperationalError:  # its tables are being made
            return 0
    return int(count)


def test_greets_finds_and_forgets(site: Site) -> None:
    """
    Ingress starts before there is a file, and finds the projector's rows in it, each caller's own alone. After an
    erasure no file holds a byte of that caller.
    """
    with site.ingress(), site.projector():
        for number, caller in enumerate((MARTA, BEN, MARTA, BEN)):
            assert site.post_call(call(number, caller)).status_code == 200
        site.wait_until_folded(4)
        found = site.search("zebrak2", MARTA, agent_id=AGENT, limit=20)

        assert not found["degraded"]
        assert {m["conversation_id"] for m in found["memories"] if m["conversation_id"]} == {
            "conv_marta_0",
            "conv_marta_2",
        }
        assert "My zebrak2 is 4 years old." in {m["content"] for m in found["memories"]}
        assert site.health()["read_model"]["engine"] == "ok"
        site.run("projector", "forget", "--yes", MARTA)
        assert site.search("zebrak2", MARTA, agent_id=AGENT)["memories"] == []
    assert files_holding([site.folder / "data", site.read_model, site.payloads], ["zebrak2", MARTA[2:]]) == []
    assert files_holding([site.folder / "data"], ["zebrak3"])


def test_survives_being_killed(site: Site) -> None:
    """A projector that is killed while it adds memories continues where it was: each is found in the end."""
    with site.ingress():
        for number in range(12):
            site.post_call(call(number))
        for more in (3, 11, 20):
            with site.projector() as process:
                site.wait_until(lambda: rows_of(site) >= more)  # noqa: B023 - called at once
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
        site.run("projector", "--once")
        for number in range(12):
            found = site.search(f"My zebrak{number} is 4 years old.", MARTA, agent_id=AGENT, limit=20)
            assert f"My zebrak{number} is 4 years old." in {m["content"] for m in found["memories"]}
            assert len({json.dumps(m) for m in found["memories"]}) == len(found["memories"])


def test_dump_is_that_of_every_engine(site: Site) -> None:
    """The memories do not depend on the engine: the dump is the same to the byte."""
    with site.ingress():
        for number in range(3):
            site.post_call(call(number))
    site.run("projector", "--once")
    before = site.dump()
    site.env["MEMORY_ENGINE"] = "embedded"
    site.run("projector", "replay")

    assert site.dump() == before


def test_replay_wipes_before_an_erasure_is_finished(site: Site) -> None:
    """
    While a reader holds OpenMemory's file, an erasure waits for its wipe, even over a replay. An erasure that was
    carried out while another engine was set wipes this one once it is set again.
    """
    with site.ingress():
        for number, caller in enumerate((MARTA, BEN)):
            site.post_call(call(number, caller))
    site.run("projector", "--once")
    with closing(sqlite3.connect(site.env["OPENMEMORY_DB_PATH"], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM memories").fetchone()
        for command in (("forget", "--yes", MARTA), ("replay",)):
            site.run("projector", *command, check=False)
        with open_read_model(open_generations(site.read_model)) as read_model:
            assert read_model.unfinished_erasures(requested_until_s=4_000_000_000) == 1
        reader.execute("ROLLBACK")
    site.run("projector", "--once")
    assert files_holding([site.folder / "data", site.read_model, site.payloads], ["zebrak0", MARTA[2:]]) == []

    site.env["MEMORY_ENGINE"] = "embedded"
    site.run("projector", "--once")
    site.run("projector", "forget", "--yes", BEN)
    assert files_holding([site.folder / "data"], ["zebrak1"])
    site.env["MEMORY_ENGINE"] = "openmemory"
    site.run("projector", "--once")
    assert files_holding([site.folder / "data", site.read_model, site.payloads], ["zebrak1", BEN[2:]]) == []
