"""RETENTION_DAYS, of a running projector and of a single run."""

import time

import pytest

from tests.support.samples import transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.slow, pytest.mark.server]

DAY_S = 24 * 60 * 60


def calls(*, now_s: int) -> tuple[bytes, bytes]:
    """Return a call of long ago, and one of yesterday."""
    old = transcription("conv_old", "Words of long ago.", at_s=now_s - 400 * DAY_S)
    return old, transcription("conv_new", "Words of yesterday.", at_s=now_s - DAY_S)


def test_running_projector_erases_what_is_too_old(site: Site) -> None:
    """A call beyond RETENTION_DAYS is gone from log and memories, a younger one stays, and the log verifies."""
    site.env["RETENTION_DAYS"] = "365"
    with site.ingress(), site.projector():
        for body in calls(now_s=int(time.time())):
            assert site.post_call(body).status_code == 200
        site.wait_until(lambda: not (site.payloads / "conv_old").exists())
        site.wait_until(lambda: not site.health()["read_model"]["behind"])
    assert "calls_expired" in site.log("projector")
    assert (site.payloads / "conv_new").is_dir()
    assert "yesterday" in site.dump()
    assert "long ago" not in site.dump()
    assert site.run("events", "verify").returncode == 0


def test_single_run_erases_too_and_nothing_without_the_setting(site: Site) -> None:
    """`projector --once` erases only where RETENTION_DAYS is set; 0 and no setting keep calls for ever."""
    with site.ingress():
        for body in calls(now_s=int(time.time())):
            site.post_call(body)
    for days in (None, "0"):
        if days is not None:
            site.env["RETENTION_DAYS"] = days
        site.run("projector", "--once")
        assert (site.payloads / "conv_old").is_dir()
    site.env["RETENTION_DAYS"] = "30"
    done = site.run("projector", "--once")
    assert "1 call older than 30 days" in done.stderr
    assert sorted(path.name for path in site.payloads.glob("conv_*")) == ["conv_new"]
    site.run("projector", "--once")
    assert (site.payloads / "journal.jsonl").read_text().count('"kind":"erasure-request"') == 1


@pytest.mark.parametrize("days", ["-1", "soon", "1.5", "99999"])
def test_days_that_are_none_are_refused(site: Site, days: str) -> None:
    """A setting that is no number of days is named, exit 2, before anything is read."""
    site.env["RETENTION_DAYS"] = days
    done = site.run("projector", "--once", check=False)
    assert (done.returncode, "RETENTION_DAYS" in done.stderr) == (2, True)
