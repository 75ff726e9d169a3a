"""Ingress reports that the disk is filling up while there is still room."""

from pathlib import Path

import pytest

from tests.support.samples import transcription
from tests.support.servers import Site

_MORE_THAN_ANY_DISK_MB = "1073741824"


def test_health_is_503_before_the_disk_is_full(tmp_path: Path) -> None:
    """
    With less free room than the limit, /health is 503 and says how much is left of what; webhooks are still taken.
    """
    site = Site(tmp_path, FREE_DISK_MIN_MB=_MORE_THAN_ANY_DISK_MB)
    with site.ingress():
        answer = site.get("/health")
        appended = site.post_call(transcription("conv_full", "hello"))

    health = answer.json()
    assert answer.status_code == 503
    assert health["status"] == "degraded"
    assert "disk" in health["degraded"]
    assert health["log"]["writable"] is True
    assert health["log"]["low_disk"] is True
    assert f"{health['log']['free_bytes'] // 1024**2} MB are left" in health["log"]["error"]
    assert f"FREE_DISK_MIN_MB, {_MORE_THAN_ANY_DISK_MB}" in health["log"]["error"]
    assert appended.status_code == 200


@pytest.mark.parametrize("limit_mb", ["0", "1"])
def test_health_is_200_while_there_is_room(tmp_path: Path, limit_mb: str) -> None:
    """With more free room than the limit, or without a limit, /health does not mention the disk."""
    site = Site(tmp_path, FREE_DISK_MIN_MB=limit_mb)
    with site.ingress():
        answer = site.get("/health")

    assert answer.status_code == 200
    assert "disk" not in answer.json()["degraded"]
    assert answer.json()["log"]["error"] is None
