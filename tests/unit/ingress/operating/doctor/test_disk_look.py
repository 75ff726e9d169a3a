"""Which file system a folder lies on, and what is said of it."""

from pathlib import Path

import pytest

from ingress.operating.doctor.disk_look import Mount, _look_at_mount, mount_of
from ingress.operating.doctor.finding import Findings

_MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
23 22 0:5 / /mnt/ram rw,nosuid - tmpfs tmpfs rw
24 22 0:40 / /srv/calls rw,relatime shared:9 master:2 - nfs4 nas:/calls rw,vers=4.2
25 22 8:17 / /srv/my\\040disk rw - ext4 /dev/sdb1 rw,nobarrier
26 22 8:33 / /srv/calls/fast rw - xfs /dev/sdc1 rw
27 22 0:41 / /srv/calls/fast rw - btrfs /dev/sdd1 rw
a line that is cut
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/elaoms", "ext4"),
        ("/mnt/ram/payloads", "tmpfs"),
        ("/mnt/rams", "ext4"),
        ("/srv/calls", "nfs4"),
        ("/srv/calls/payloads", "nfs4"),
        ("/srv/calls/fast/payloads", "btrfs"),
        ("/srv/my disk/payloads", "ext4"),
    ],
)
def test_finds_the_file_system_of_a_folder(folder: str, kind: str) -> None:
    """The deepest mount above a folder counts, and of two at one place the later."""
    mount = mount_of(Path(folder), _MOUNTS)
    assert mount is not None
    assert mount.kind == kind


def test_system_that_does_not_tell_is_not_guessed() -> None:
    """Without a list of mounts nothing is claimed."""
    assert mount_of(Path("/srv"), "") is None


@pytest.mark.parametrize(
    ("kind", "options", "state"),
    [
        ("ext4", {"rw"}, "ok"),
        ("xfs", set(), "ok"),
        ("btrfs", {"rw"}, "ok"),
        ("tmpfs", {"rw"}, "wrong"),
        ("ramfs", set(), "wrong"),
        ("overlay", {"rw"}, "warning"),
        ("nfs", {"rw"}, "warning"),
        ("nfs4", {"rw"}, "warning"),
        ("cifs", {"rw"}, "warning"),
        ("smb3", {"rw"}, "warning"),
        ("9p", {"rw"}, "warning"),
        ("fuse.sshfs", {"rw"}, "warning"),
        ("ext4", {"rw", "nobarrier"}, "wrong"),
        ("ext4", {"barrier=0"}, "wrong"),
    ],
)
def test_says_what_a_file_system_means_for_the_log(kind: str, options: set[str], state: str) -> None:
    """Memory and switched-off barriers are wrong, a network or a container's layer is a warning, a disk is right."""
    found = Findings("disk")
    _look_at_mount("LOG", Mount(Path("/srv"), kind, frozenset(options)), found)

    (one,) = found.found
    assert one.state == state
    assert one.then
