"""Kinds of damage to a read model on disk; each function takes the folder of its live generation."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from projector.read_model.sqlite.generations import DATABASE
from tests.support.samples import MARTA

SOMEBODY_ELSE = "+12025550144"


def truncated(live: Path) -> None:
    """Empty the database."""
    os.truncate(live / DATABASE, 0)


def halved(live: Path) -> None:
    """Cut off the second half of the database."""
    os.truncate(live / DATABASE, (live / DATABASE).stat().st_size // 2)


def overwritten(live: Path) -> None:
    """Write garbage over every other page of the database."""
    _fill(live / DATABASE)


def with_other_words(live: Path) -> None:
    """Exchange a word for another one wherever it stands: no structure is broken."""
    _replace_in_place(live / DATABASE, b"zebra", b"cobra")


def with_other_callers(live: Path) -> None:
    """Give one caller's rows to another, in keys and columns and indexes, and even in the memories' own text."""
    _replace_in_place(live / DATABASE, MARTA.encode(), SOMEBODY_ELSE.encode())


def replaced(live: Path) -> None:
    """Put another file with the same bytes in place of the database."""
    shutil.copy(live / DATABASE, live / "aside")
    (live / "aside").replace(live / DATABASE)


def deleted(live: Path) -> None:
    """Remove the database, but not its other files."""
    (live / DATABASE).unlink()


def without_wal(live: Path) -> None:
    """Remove the last commits, which are not in the database yet."""
    _wal(live).unlink()


def with_wal_cut(live: Path) -> None:
    """Cut off the end of the last commits."""
    os.truncate(_wal(live), 5000)


def with_wal_overwritten(live: Path) -> None:
    """Write garbage over the last commits."""
    _fill(_wal(live))


def without_shm(live: Path) -> None:
    """Remove the shared locks: a process that opens the database now shares none with those that had it open."""
    _shm(live).unlink()


def with_shm_cut(live: Path) -> None:
    """Cut the file that SQLite has mapped: a process that touches it dies of SIGBUS."""
    os.truncate(_shm(live), 0)


def without_folder(live: Path) -> None:
    """Remove the generation."""
    shutil.rmtree(live)


def without_current(live: Path) -> None:
    """Remove the name of the live generation."""
    (live.parent / "CURRENT").unlink()


def with_rubbish_for_current(live: Path) -> None:
    """Write rubbish in place of the name of the live generation."""
    (live.parent / "CURRENT").write_bytes(b"\xffrubbish")


def with_another_current(live: Path) -> None:
    """Name a generation that does not exist as the live one."""
    (live.parent / "CURRENT").write_bytes(b"7\n")


def without_anything(live: Path) -> None:
    """Remove everything, the locks' files too."""
    while live.parent.exists():
        with suppress(OSError):  # the projector writes its heartbeat there, perhaps at this very moment
            shutil.rmtree(live.parent)


Damage = Callable[[Path], None]
DAMAGES: tuple[Damage, ...] = (
    truncated,
    halved,
    overwritten,
    with_other_words,
    with_other_callers,
    replaced,
    deleted,
    without_wal,
    with_wal_cut,
    with_wal_overwritten,
    without_shm,
    with_shm_cut,
    without_folder,
    without_current,
    with_rubbish_for_current,
    with_another_current,
    without_anything,
)


def _wal(live: Path) -> Path:
    return live / f"{DATABASE}-wal"


def _shm(live: Path) -> Path:
    return live / f"{DATABASE}-shm"


def _fill(file: Path) -> None:
    with file.open("r+b") as opened:
        for offset in range(0, file.stat().st_size, 8192):
            opened.seek(offset)
            opened.write(b"garbage " * 512)


def _replace_in_place(file: Path, old: bytes, new: bytes) -> None:
    assert len(old) == len(new)
    before = file.read_bytes()
    assert old in before
    with file.open("r+b") as opened:
        opened.write(before.replace(old, new))
