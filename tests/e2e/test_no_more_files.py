"""A running ingress on a disk that takes no more files, though most of its bytes are free."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_full_disk import Small, bodies, there
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.small_disk import SmallDisk, mounting, needs_small_disk

pytestmark = needs_small_disk
FILES_MAX = 300
# What a webhook makes there: a body, its receipt, a folder, and a link, which counts as a file on a tmpfs.
NEEDED = 4


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """An ingress whose payload folder is on a disk that takes few files; it must survive all tests."""
    site = Site(tmp_path_factory.mktemp("site"), FREE_DISK_MIN_MB="0", FREE_FILES_MIN="20")
    site.payloads.mkdir()
    with site.ingress(under=mounting(site.payloads, files_max=FILES_MAX)) as process:
        assert site.post_call(transcription("conv_before", "before")).status_code == 200
        yield Small(site, SmallDisk(process.pid, site.payloads))


@pytest.mark.parametrize("left", range(NEEDED + 1))
def test_health_knows_whether_a_webhook_would_be_taken(small: Small, left: int) -> None:
    """While the disk takes too few files for a webhook, both are 503, nothing is half-written, and it says why."""
    site, disk = small.site, small.disk
    kept, files = bodies(disk.folder), there(disk.folder)
    assert site.health_answer().status_code == 200
    disk.fill_files(but_files=left)

    health = site.health_answer()
    body = transcription(f"conv_{left}", "hello")
    answer = site.post_call(body)
    log = health.json()["log"]
    assert health.status_code == 503
    assert log["free_files"] == left
    assert f"takes only {left} more files, fewer than FREE_FILES_MIN, 20" in log["error"]
    if left < NEEDED:
        assert (answer.status_code, health.json()["status"], log["writable"]) == (503, "unavailable", False)
        assert bodies(disk.folder) == kept
        assert {name for name in there(disk.folder) if not name.startswith("ballast/")} == files
    else:
        assert (answer.status_code, health.json()["status"], log["writable"]) == (200, "degraded", True)

    disk.empty()
    assert site.health_answer().status_code == 200
    assert site.post_call(body).status_code == 200
    assert bodies(disk.folder) == [*kept, body]


def test_health_warns_while_there_is_still_room(small: Small) -> None:
    """With fewer files left than FREE_FILES_MIN, /health is 503 and names the disk; webhooks are still taken."""
    site, disk = small.site, small.disk
    disk.fill_files(but_files=19)
    health = site.health_answer()
    taken = site.post_call(transcription("conv_warned", "hello"))
    disk.empty()

    assert (health.status_code, health.json()["status"]) == (503, "degraded")
    assert "disk" in health.json()["degraded"]
    assert health.json()["log"]["low_disk"] is True
    assert taken.status_code == 200


def test_disk_without_a_limit_is_not_warned_of(tmp_path: Path) -> None:
    """A disk that sets no limit on files, such as btrfs, is never said to run out of them."""
    site = Site(tmp_path, FREE_DISK_MIN_MB="0", FREE_FILES_MIN="1000000000")
    site.payloads.mkdir()
    with site.ingress(under=mounting(site.payloads, files_max=0)):
        health = site.health_answer()
    assert health.status_code == 200
    assert health.json()["log"]["free_files"] is None
