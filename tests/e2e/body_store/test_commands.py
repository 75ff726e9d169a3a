"""The commands find a log in a database, and its bodies in a bucket, by the settings alone."""

from pathlib import Path

import pytest

from events.postgres_log.log import PostgresLog
from tests.support.logs import append, bodies
from tests.support.object_store import SECRET_KEY, ObjectStore
from tests.support.samples import audio, transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.slow, pytest.mark.server]

RECORDING = b"\xff\xfb" + b"m" * 2_000_000
GIVEN = [audio("conv_1", RECORDING), transcription("conv_1", "x" * 2_000_000), transcription("conv_2", "y")]


@pytest.fixture
def site(tmp_path: Path, url: str, store: ObjectStore) -> Site:
    """An installation with a database, for which no standby need have anything, and a bucket."""
    return Site(tmp_path / "site", DATABASE_URL=url, DATABASE_STANDBYS="0", BODY_STORE_URL=store.url())


def test_log_is_backed_up_into_a_folder(site: Site, url: str, log: PostgresLog, store: ObjectStore) -> None:
    """A copy in a folder has the bodies of the bucket and verifies; an object that is missing ends the next one."""
    site.folder.mkdir(parents=True, exist_ok=True)
    append(log, *GIVEN)
    backup = site.folder / "backup"
    done = site.run("events", "copy", url, str(backup))
    head = log.tail()
    assert head is not None
    assert f"both end at position 3, {head.sha256}" in done.stdout
    site.env |= {"DATABASE_URL": "", "PAYLOAD_STORAGE_PATH": str(backup)}
    verified = site.run("events", "verify", check=False).stdout
    assert f"head {head.sha256} at position 3" in verified
    assert {line.split()[0] for line in verified.splitlines()} <= {"unsigned", "0", "head", "verified"}
    store.objects()[0].unlink()
    store.reread()
    del site.env["DATABASE_URL"]
    refused = site.run("events", "copy", url, str(site.folder / "second"), check=False)
    assert refused.returncode == 1
    assert "is missing from the body store" in refused.stderr
    assert SECRET_KEY not in refused.stdout + refused.stderr


def test_body_and_recording_are_taken_out(site: Site, log: PostgresLog, tmp_path: Path) -> None:
    """A body and a recording come out of the bucket as they went in."""
    site.folder.mkdir(parents=True, exist_ok=True)
    append(log, *GIVEN)
    assert bodies(log) == GIVEN
    done = site.run("events", "cat", "conv_1/conv_1_transcription.json")
    assert done.stdout.encode() == GIVEN[1]
    site.run("events", "mp3", "conv_1", str(tmp_path / "call.mp3"))
    assert (tmp_path / "call.mp3").read_bytes() == RECORDING
    refused = site.run("events", "mp3", "conv_1", str(tmp_path / "call.mp3"), check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"events: {tmp_path / 'call.mp3'} exists, and is left as it is: name another file, or remove it"
    )


@pytest.mark.parametrize("command", ["ingress", "projector"])
def test_location_that_cannot_be_read_ends_a_start(site: Site, command: str) -> None:
    """A body store whose location cannot be read is a wrong setting: exit 2, and no piece of it is repeated."""
    site.folder.mkdir(parents=True, exist_ok=True)
    site.env["BODY_STORE_URL"] = "s3://bucket/log?secret_access_key=a&hunter2=b"
    refused = site.run(command, check=False)
    assert refused.returncode == 2
    assert "BODY_STORE_URL has an option other than" in refused.stderr
    assert "hunter2" not in refused.stdout + refused.stderr
