"""
Generations of the read model, and which of them is live.

A replay fills the next generation aside; a rename of the file `CURRENT` makes it the live one. Nothing is ever renamed
over a database, for a reader may have it open.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file, fsync_folder, make_folder, write_all
from events.disk.reading import open_file
from projector.errors import ProjectorError
from projector.read_model.fingerprints import FilePart, is_of_same_settings
from projector.read_model.generations import Helpers
from projector.read_model.protocol import ReadModel
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.footprint import Footprint, Left
from projector.read_model.sqlite.files.locks import FileLocks
from projector.read_model.sqlite.files.pages import parts_of, wipe_part
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.soundness import check_soundness
from projector.read_model.sqlite.tables.engines.vectors import VectorFiles
from projector.read_model.sqlite.tables.learning.questions import keep_only
from projector.read_model.sqlite.tables.meta import Meta
from projector.read_model.sqlite.writing import SqliteWriter

DATABASE = "readmodel.sqlite"
_CURRENT = "CURRENT"
_DAMAGED = "DAMAGED"
_NUMBER = re.compile(r"[0-9]{1,18}")
# Shorter, so that the next one is a number as well: else nothing would ever remove its folder.
_LIVE_NUMBER = re.compile(r"[0-9]{1,17}")
# More than the longest number; what is longer is none.
_CURRENT_BYTES_MAX = 64
# A folder, a pipe, a socket or a link to itself names no generation; the next one takes its place.
_NO_FILE = frozenset({errno.EISDIR, errno.EINVAL, errno.ENXIO, errno.ELOOP})


class SqliteGenerations:
    """See `Generations`: one folder, `READ_MODEL_PATH`, with a folder for each generation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._locks = FileLocks(folder)

    def __str__(self) -> str:
        return str(self.folder)

    @property
    def location(self) -> str:
        """The folder."""
        return str(self.folder)

    def current(self) -> int | None:
        """Return the number of the live generation; None before the first."""
        try:
            # Not by `read_text`: a pipe in its place would be waited for without end, and a long file fill the memory.
            with open_file(self.folder / _CURRENT) as file:
                text = file.read(_CURRENT_BYTES_MAX).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in _NO_FILE:
                return None
            raise
        return int(text) if _LIVE_NUMBER.fullmatch(text) else None

    def database(self, generation: int) -> Path:
        """Return where a generation's database is."""
        return self.folder / str(generation) / DATABASE

    def has(self, generation: int) -> bool:
        """Tell whether a generation's database is there."""
        return self.database(generation).exists()

    def create(self, generation: int, *, fingerprint: str, engine: str, is_outside: bool) -> SqliteWriter:
        """Make the database of a generation that was begun, and open it for writing."""
        path = self.database(generation)
        return SqliteWriter.create(path, fingerprint=fingerprint, engine=engine, is_outside=is_outside)

    def settle(self, generation: int, *, helpers: Helpers | None = None) -> None:
        """Make a generation that was filled durable, and one that is read while it is written."""
        path = self.database(generation)
        parts = parts_of(path, generation)
        if helpers is not None:
            helpers.wipe(self.location, parts)
        else:
            for part in parts:
                self.wipe_part(part)
        Database.settle(path)
        fsync_folder(self.folder)  # or a power cut could leave the flip, and nothing under the name that it tells
        Left(path).note()

    def wipe_part(self, part: FilePart) -> None:
        """Overwrite what SQLite left beside its rows in one part of a generation that was filled."""
        wipe_part(self.database(part.generation), part)

    def open(self, generation: int) -> SqliteWriter:
        """Open the database of a generation for writing."""
        return SqliteWriter.open(self.database(generation))

    @contextmanager
    def read(self, generation: int) -> Iterator[SqliteReadModel]:
        """Open the database of a generation for reading, until the block ends."""
        with closing(Database.open(self.database(generation), is_writing=False)) as database:
            yield SqliteReadModel(database)

    def check(
        self,
        generation: int,
        check_index: Callable[[ReadModel], None],
        *,
        is_outside: bool,
        should_go_on: Callable[[], bool] = lambda: True,
        on_begun: Callable[[], None] = lambda: None,
    ) -> None:
        """Check a whole generation, on a connection of its own."""
        check_soundness(
            self.database(generation),
            check_index,
            is_outside=is_outside,
            should_go_on=should_go_on,
            on_begun=on_begun,
        )

    def footprint(self, generation: int) -> Footprint:
        """Return how the files of a generation's database look now."""
        return Footprint.of(self.database(generation))

    def note_left(self, generation: int) -> None:
        """Note how the files of a generation look, which we close now, and watched until now."""
        Left(self.database(generation)).note()

    def begin(self) -> int:
        """Make the folder of the next generation, and remove what a dead replay left; hold the replay lock."""
        make_folder(self.folder)
        current = self.current() or 0
        for number in self._numbers():
            if number > current:
                _remove(self.folder / str(number))
        make_folder(self.folder / str(current + 1))
        return current + 1

    def publish(self, generation: int, *, guard: AbstractContextManager[bool] | None = None) -> bool:
        """Make a generation the live one, durably, as `Generations` says; hold the replay lock."""
        former = self.current()
        is_kept = former is not None and self._is_for_others(former, generation)
        with guard or nullcontext(True) as may_go_on:
            if not may_go_on:
                return False
            self._flip(generation)
        self._sweep({generation, former} if is_kept else {generation})
        return True

    def _flip(self, generation: int) -> None:
        aside = self.folder / f"{_CURRENT}.new"
        _remove(aside)
        fd = create_file(aside)
        try:
            write_all(fd, b"%d\n" % generation)
            os.fsync(fd)
        finally:
            os.close(fd)
        steps.reached("current_written_aside")
        if (self.folder / _CURRENT).is_dir():
            _remove(self.folder / _CURRENT)  # a rename takes the place of any file, but of no folder
        aside.replace(self.folder / _CURRENT)
        fsync_folder(self.folder)
        steps.reached("current_flipped")

    def discard(self, generation: int) -> None:
        """Remove a generation that is not to become live."""
        with suppress(OSError):
            _remove(self.folder / str(generation))

    def sweep(self) -> None:
        """Remove all generations but the live one; hold the replay lock."""
        current = self.current()
        if current is not None:
            self._sweep({current})

    def drop_former(self, *, kept_for_s: float = 0.0) -> None:
        """Remove what `publish` left for readers of another release, once it was left for so long."""
        former = self.former()
        if former and time.time() - (self.folder / _CURRENT).stat().st_mtime >= kept_for_s:
            for number in former:
                self.discard(number)

    def former(self) -> list[int]:
        """Return the generations that are there from before the live one, the newest first."""
        current = self.current() or 0
        # Those after it are being filled.
        return sorted((number for number in self._numbers() if number < current), reverse=True)

    def mark_damaged(self, generation: int) -> None:
        """
        Note that a generation is damaged, or seems to be: no reader answers from it until the mark is gone.

        Any reader may set the mark. The following projector then checks the generation, and clears the mark or
        replays. The mark lies in the generation's folder, and goes with it.
        """
        # If the folder is gone or the disk is full, other readers meet the damage themselves.
        with suppress(OSError):
            os.close(create_file(self._mark(generation)))

    def is_marked_damaged(self, generation: int) -> bool:
        """Tell whether a generation is noted to be damaged."""
        return self._mark(generation).exists()

    def clear_mark(self, generation: int) -> None:
        """Note that a generation is not damaged after all."""
        _remove(self._mark(generation))

    def _is_for_others(self, former: int, generation: int) -> bool:
        """Tell whether readers of another release may need the one that was live, and may have it."""
        try:
            with self._meta(former) as old, self._meta(generation) as new:
                return (
                    old.version() != new.version()
                    and is_of_same_settings(old.fingerprint(), new.fingerprint())
                    and not self.is_marked_damaged(former)
                    and _has_forgotten(old, new.newest_request())
                )
        except (OSError, ProjectorError):
            return False

    @contextmanager
    def _meta(self, generation: int) -> Iterator[Meta]:
        with closing(Database.open(self.database(generation), is_writing=False)) as database:
            yield Meta(database)

    def _sweep(self, kept: Collection[int | None]) -> None:
        for number in self._numbers():
            if number not in kept:
                self.discard(number)

    def _mark(self, generation: int) -> Path:
        return self.folder / str(generation) / _DAMAGED

    def clean_beside(self, generation: int, *, should_go_on: Callable[[], bool]) -> None:
        """Keep only what stems from calls of a generation in files that outlive it, and no byte of anything else."""
        with self.read(generation) as read_model:
            keep_only(self.folder, lambda conversation_id: read_model.caller_of(conversation_id) is not None)
            VectorFiles(self.folder).keep_only(read_model.stamps, should_go_on=should_go_on)

    def shared(self) -> tuple[int, ...]:
        """Return none: the files are one process's."""
        return ()

    def lock(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """
        Hold a lock among processes: `follow` to write the live generation, `replay` to fill the next one.

        Yields whether it is held: always with `wait`, without it only where no other process has it.
        """
        return self._locks.hold(name, wait=wait)

    def still_holds(self, name: str) -> bool:
        """Tell whether a lock that was taken here keeps others out: not if somebody removed its file."""
        return self._locks.still_holds(name)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self.folder.iterdir() if _NUMBER.fullmatch(path.name)]


def _remove(path: Path) -> None:
    """Remove whatever lies at a path; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _has_forgotten(meta: Meta, newest_request: int) -> bool:
    """Tell whether a generation holds no word of anybody who asked to be forgotten up to a request."""
    place = meta.place()
    return place is not None and place.position >= newest_request and not meta.is_erasing()
