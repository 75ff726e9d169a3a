"""A projector that ended, hangs or waits is named by `/health`, while it has nothing to do as well."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import MARTA, transcription
from tests.support.servers import Site
from tests.support.small_disk import mounting, needs_small_disk
from tests.support.waiting import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.server]


def _projector_error(site: Site) -> str | None:
    error: str | None = site.recent_health()["projector"]["error"]
    return error


def test_projector_that_is_gone_or_hangs_is_named(site: Site) -> None:
    """Killed, stopped or hanging, it is named with a reason though nothing waits; a new one ends the alarm."""
    with site.ingress():
        with site.projector() as projector:
            site.post_call(transcription("conv_1", "one"))
            site.wait_until_folded(1)
            site.wait_until(lambda: site.recent_health()["projector"]["running"])
            assert site.health()["degraded"] == []
            assert [site.get(path).status_code for path in ("/health", "/health?strict=1")] == [200, 200]
            projector.send_signal(signal.SIGSTOP)
            site.wait_until(lambda: "hangs" in (_projector_error(site) or ""), "ingress")
            projector.send_signal(signal.SIGCONT)
            site.wait_until(lambda: _projector_error(site) is None)
            projector.kill()
            projector.wait(PATIENCE_S)
        site.wait_until(lambda: "last sign of life" in (_projector_error(site) or ""), "ingress")
        health = site.health()
        assert health["degraded"] == ["projector"]
        assert (health["projector"]["running"], health["projector"]["process"]) == (False, projector.pid)
        assert health["read_model"]["behind"] == 0
        for path, status in (
            ("/health", 200),
            ("/health?strict=1", 503),
            ("/health?strict", 503),
            ("/health?verbose=1&strict=true", 503),
            ("/health?strict=0", 200),
            ("/health?strict=no", 200),
            ("/health?other=1", 200),
            ("/health?" + "a&" * 20_000, 200),
        ):
            assert site.get(path).status_code == status, path[:40]
        with site.projector():
            site.wait_until(lambda: site.recent_health()["projector"]["error"] is None)
            assert site.get("/health?strict=1").status_code == 200
        site.wait_until(lambda: "was stopped" in (_projector_error(site) or ""), "ingress")
        assert site.call_start(MARTA)["dynamic_variables"]["call_count"] == 1


def test_projector_that_never_ran_is_named(site: Site) -> None:
    """Where ingress runs alone from the start, it says after some seconds that no projector does."""
    with site.ingress():
        site.wait_until(lambda: "no projector" in (_projector_error(site) or ""), "ingress")
        assert {"read_model", "projector"} <= set(site.health()["degraded"])


_BEAT_ON_A_FULL_DISK = """
import sys
from pathlib import Path
from projector.read_side.signs.heartbeat import Pulse, read_heartbeat, write_heartbeat

folder, pulse = Path(sys.argv[1]), Pulse()
write_heartbeat(folder, pulse.heartbeat())
try:
    with (folder / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
except OSError as error:
    pulse.wait_for(str(error))
write_heartbeat(folder, pulse.heartbeat())
print(read_heartbeat(folder).waits_for)
"""


@needs_small_disk
def test_full_disk_is_said_on_the_full_disk(tmp_path: Path) -> None:
    """The heartbeat takes its room when it is first written, so that it can say that there is none."""
    done = subprocess.run(
        [*mounting(tmp_path), sys.executable, "-c", _BEAT_ON_A_FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "No space left" in done.stdout
