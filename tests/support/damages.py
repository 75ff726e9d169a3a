"""What can happen to a read model on disk; each takes the folder of its live generation."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from projector.read_model.sqlite.generations import DATABASE
from tests.support.samples import MARTA

SOMEBODY_ELSE = "+12025550144"


def truncated(live: Path) -> None:
    """The database is empty."""
    os.truncate(live / DATABASE, 0)


def halved(live: Path) -> None:
    """The second half of the database is gone."""
    os.truncate(live / DATABASE, (live / DATABASE).stat().st_size // 2)


def overwritten(live: Path) -> None:
    """Every other page of the database is garbage."""
    _fill(live / DATABASE)


def with_other_words(live: Path) -> None:
    """A word is another one, wherever it stands: no structure is broken."""
    _replace_in_place(live / DATABASE, b"zebra", b"cobra")


def with_other_callers(live: Path) -> None:
    """What was one caller's is another's, in keys and columns and indexes, and even in what the words say of it."""
    _replace_in_place(live / DATABASE, MARTA.encode(), SOMEBODY_ELSE.encode())


def replaced(live: Path) -> None:
    """The database is another file, with the same bytes."""
    shutil.copy(live / DATABASE, live / "aside")
    (live / "aside").replace(live / DATABASE)


def deleted(live: Path) -> None:
    """The database is gone; its other files are not."""
    (live / DATABASE).unlink()


def without_wal(live: Path) -> None:
    """What was committed last, and is not in the database yet, is gone."""
    _wal(live).unlink()


def with_wal_cut(live: Path) -> None:
    """The end of what was committed last is gone."""
    os.truncate(_wal(live), 5000)


def with_wal_overwritten(live: Path) -> None:
    """What was committed last is garbage."""
    _fill(_wal(live))


def without_shm(live: Path) -> None:
    """Whoever opens the database now does not share its locks with those who had it open."""
    _shm(live).unlink()


def with_shm_cut(live: Path) -> None:
    """Whoever touches the file that SQLite has mapped dies of SIGBUS."""
    os.truncate(_shm(live), 0)


def without_folder(live: Path) -> None:
    """The generation is gone."""
    shutil.rmtree(live)


def without_current(live: Path) -> None:
    """Nothing says which generation is the live one."""
    (live.parent / "CURRENT").unlink()


def with_rubbish_for_current(live: Path) -> None:
    """What says which generation is the live one says nothing."""
    (live.parent / "CURRENT").write_bytes(b"\xffrubbish")


def with_another_current(live: Path) -> None:
    """A generation that is not there is said to be the live one."""
    (live.parent / "CURRENT").write_bytes(b"7\n")


def without_anything(live: Path) -> None:
    """Everything is gone, the locks' files too."""
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
