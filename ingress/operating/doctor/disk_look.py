"""Looks at the disks under the log and the read model: room, kind of file system, and whether fsync means something."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from ingress.operating.doctor.finding import Finding, Findings
from ingress.settings import Settings

_MIB = 1024 * 1024
_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = ("nfs", "cifs", "smb", "9p", "ceph", "glusterfs", "lustre", "afs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone")
_VOLATILE = {"tmpfs", "ramfs"}
# With these a file system tells that bytes are on the disk when they may be in its cache.
_UNSAFE_OPTIONS = {"nobarrier", "barrier=0"}
_FSYNCS = 20
# Even a disk whose cache outlives a power cut needs longer, for the way there alone.
_FSYNC_S_MIN = 15e-6


class Mount(Struct, frozen=True):
    """A mounted file system: where, of which kind, with which options."""

    point: Path
    kind: str
    options: frozenset[str]


def look_at_disks(settings: Settings) -> list[Finding]:
    """Return what is to be said of the disks under the two data folders."""
    found = Findings("disk")
    for name, folder in (
        ("PAYLOAD_STORAGE_PATH", settings.payload_folder),
        ("READ_MODEL_PATH", settings.read_model_folder),
    ):
        here = _nearest(folder)
        try:
            _look_at_room(name, here, settings, found)
            _look_at_mount(name, mount_of(here, _mountinfo()), found)
            if name == "PAYLOAD_STORAGE_PATH":
                _look_at_writing(name, here, found)
        except OSError as error:
            text = f"{here}: {error.strerror or error}"
            found.wrong(name, text, "Give the user who runs ELAOMS the right to write there.")
    return found.found


def _look_at_room(name: str, folder: Path, settings: Settings, found: Findings) -> None:
    room = os.statvfs(folder)
    free, files = room.f_bavail * room.f_frsize, room.f_favail if room.f_files else None
    if free < settings.free_disk_bytes_min:
        text = f"{free // _MIB} MB are free, less than FREE_DISK_MIN_MB"
        found.wrong(f"{name}: room", text, "Make room, or move it to a larger disk.")
    else:
        found.ok(f"{name}: room", f"{free // _MIB} MB are free")
    if files is None:
        found.ok(f"{name}: inodes", "the file system sets no limit")
    elif files < settings.free_files_min:
        text = f"the disk takes {files} more files, fewer than FREE_FILES_MIN"
        found.wrong(f"{name}: inodes", text, "Remove files, or move it to a disk with more inodes.")
    else:
        found.ok(f"{name}: inodes", f"the disk takes {files} more files")


def _look_at_mount(name: str, mount: Mount | None, found: Findings) -> None:
    subject = f"{name}: file system"
    if mount is None:
        found.skip(subject, "this system does not tell", "Check that it is a local disk.")
        return
    where = f"{mount.kind}, mounted at {mount.point}"
    if mount.kind in _VOLATILE:
        found.wrong(subject, f"{where}: it lies in memory, and is gone after a restart", "Move it to a disk.")
    elif mount.kind == "overlay":
        text = f"{where}: a container's own layer, which goes with the container"
        found.warn(subject, text, "Mount a volume there.")
    elif mount.kind.startswith(_NETWORK):
        text = f"{where}: a network file system, whose locks and fsync are only as good as its server"
        found.warn(subject, text, "Move it to a local disk.")
    elif unsafe := mount.options & _UNSAFE_OPTIONS:
        text = f"{where} with {', '.join(sorted(unsafe))}: fsync may come back before the bytes are on the disk"
        found.wrong(subject, text, "Mount it without that option.")
    else:
        found.ok(subject, f"{where}, local")


def _look_at_writing(name: str, folder: Path, found: Findings) -> None:
    subject = f"{name}: fsync"
    with tempfile.TemporaryDirectory(prefix=".doctor-", dir=folder) as scratch:
        file = Path(scratch) / "file"
        took_s = _fsync_s(file)
        try:
            (Path(scratch) / "link").hardlink_to(file)
        except OSError as error:
            text = f"this file system makes no hard links ({error.strerror}), and the log needs them"
            found.wrong(f"{name}: hard links", text, "Move it to a POSIX file system such as ext4 or xfs.")
        else:
            found.ok(f"{name}: hard links", "can be made")
    if "eatmydata" in os.environ.get("LD_PRELOAD", ""):
        found.wrong(subject, "libeatmydata is loaded: fsync does nothing", "Start without it.")
    elif took_s < _FSYNC_S_MIN:
        text = f"comes back after {took_s * 1e6:.0f} µs, sooner than any disk: it may not mean anything"
        found.warn(subject, text, "Check the disk's write cache, and how it is mounted or virtualised.")
    else:
        found.ok(subject, f"takes {took_s * 1e3:.2f} ms")


def _fsync_s(path: Path) -> float:
    """Return how long an fsync of 4 KB takes here, in seconds."""
    spans = []
    with path.open("wb") as file:
        for _ in range(_FSYNCS):
            file.write(os.urandom(4096))
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            spans.append(time.perf_counter() - begun)
    return statistics.median(spans)


def mount_of(folder: Path, mountinfo: str) -> Mount | None:
    """
    Return the file system that a folder lies on; None if the text names none.

    Args:
        mountinfo: the text of `/proc/self/mountinfo`.

    Source: proc_pid_mountinfo(5).
    """
    real = Path(os.path.realpath(folder))
    best: Mount | None = None
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        parts, described = fields.split(" "), rest.split(" ")
        if len(parts) < 6 or len(described) < 3:
            continue
        # The kernel writes blanks and such as octal escapes.
        point = Path(parts[4].encode().decode("unicode_escape"))
        # Of several at one place the last counts: it was mounted over the others.
        if real.is_relative_to(point) and (best is None or len(point.parts) >= len(best.point.parts)):
            best = Mount(point, described[0], frozenset([*parts[5].split(","), *described[2].split(",")]))
    return best


def _mountinfo() -> str:
    try:
        return _MOUNTS.read_text()
    except OSError:
        return ""


def _nearest(folder: Path) -> Path:
    """Return a folder, or where it does not exist yet, the nearest one above it that does."""
    here = folder.absolute()
    while not here.is_dir() and here != here.parent:
        here = here.parent
    return here
