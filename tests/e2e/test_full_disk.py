"""A running ingress on a small disk that is really full."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from events.folder_log.log import FolderLog
from ingress.http.requests import RETRY_AFTER_S
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.small_disk import SIZE_BYTES, SmallDisk, mounting, needs_small_disk

pytestmark = needs_small_disk


class Small(Struct, frozen=True):
    """A running ingress, and its small disk."""

    site: Site
    disk: SmallDisk


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """An ingress whose payload folder is on a disk of one megabyte; it must survive all tests."""
    # The warning ahead of time is off: the disk has less room than it asks for from the start.
    site = Site(tmp_path_factory.mktemp("site"), FREE_DISK_MIN_MB="0")
    site.payloads.mkdir()
    with site.ingress(under=mounting(site.payloads)) as process:
        assert site.post_call(transcription("conv_before", "before")).status_code == 200
        yield Small(site, SmallDisk(process.pid, site.payloads))


def there(folder: Path) -> set[str]:
    """Return all files and folders of a log."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")} - {"ballast"}


def bodies(folder: Path) -> list[bytes]:
    """Return the bodies in a log, each checked against its receipt and the chain."""
    events = list(FolderLog(folder).read())
    assert all(getattr(event, "is_chained", False) for event in events)
    return [event.body() for event in events if hasattr(event, "body")]


# A draft takes a block, and its notes another one; the journal grows within the block that it has.
@pytest.mark.parametrize("room", [0, 4096, 8192])
@pytest.mark.parametrize("words", ["short", "long " * 10_000, "longer than what is held in memory " * 35_000])
def test_full_disk_refuses_until_there_is_room_again(small: Small, room: int, words: str) -> None:
    """The webhook and /health are 503, with nothing half-written; with room again both are 200, by themselves."""
    site, disk = small.site, small.disk
    body = transcription(f"conv_{room}_{len(words)}", words)
    fits = len(body) < SIZE_BYTES // 2
    kept, files = bodies(disk.folder), there(disk.folder)
    disk.fill(but_bytes=room)
    with site.client() as client:
        for _ in range(2):
            answer = site.post_call(body, client=client)
            if answer.status_code == 200:  # two blocks are enough for a short one
                assert (words, room) == ("short", 8192)
                assert bodies(disk.folder) == [*kept, body]
                break
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == str(RETRY_AFTER_S)
            assert answer.json().keys() == {"status", "message", "request_id"}
            # A large body is refused while it streams in: it would be written to a draft before it is verified.
            reason = "No space left on device" if fits else "too little room for bodies"
            assert reason in answer.json()["message"]
            assert there(disk.folder) == files
            assert bodies(disk.folder) == kept
        health = site.health_answer()
        assert (health.status_code, health.json()["status"]) == (503, "unavailable")
        assert health.json()["log"]["free_bytes"] <= room

        disk.empty()
        assert site.health_answer().status_code == 200
        again = [site.post_call(body, client=client).status_code for _ in range(2)]
        assert again == ([200, 200] if fits else [503, 503])
        assert bodies(disk.folder) == [*kept, *([body] if fits else [])]
