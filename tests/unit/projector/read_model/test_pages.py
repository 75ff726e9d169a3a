"""What of a page may be overwritten is read from the page itself, and what cannot be a page is left alone."""

import os
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest

from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReadModelMissingError
from projector.read_model.sqlite.files.pages import Pages, parts_of, unallocated, wipe_part

SIZE = 512


def page(kind: int, *cells_at: int, begin: int, number: int = 2, size: int = SIZE) -> bytes:
    """Return a page full of words, with cells at some places and a space for cells that begins at another."""
    body = bytearray((b"zebra" * size)[:size])
    at = 100 if number == 1 else 0
    header = struct.pack(">BHHHB", kind, 0, len(cells_at), begin % 65536, 0) + bytes(0 if kind > 5 else 4)
    pointers = struct.pack(f">{len(cells_at)}H", *cells_at)
    body[at : at + len(header) + len(pointers)] = header + pointers
    return bytes(body)


@pytest.mark.parametrize(("kind", "header"), [(2, 12), (5, 12), (10, 8), (13, 8)])
def test_space_between_the_pointers_and_the_cells_is_unallocated(kind: int, header: int) -> None:
    """It begins behind the last pointer and ends where the cells begin; on the first page, behind the file's header."""
    assert unallocated(page(kind, 500, 400, begin=400), 2, SIZE) == (header + 4, 400)
    assert unallocated(page(kind, 500, 400, begin=400, number=1), 1, SIZE) == (100 + header + 4, 400)
    assert unallocated(page(kind, begin=SIZE), 2, SIZE) == (header, SIZE)
    assert unallocated(page(kind, begin=65536, size=65536), 2, 65536) == (header, 65536)


@pytest.mark.parametrize("kind", [0, 1, 3, 4, 6, 9, 11, 255])
def test_page_of_another_kind_has_none(kind: int) -> None:
    """A page of a long value, a freed one, or one of zeros is left as it is."""
    assert unallocated(page(kind, 500, begin=400), 2, SIZE) is None
    assert unallocated(bytes(SIZE), 2, SIZE) is None


@pytest.mark.parametrize(
    "damaged",
    [page(13, 300, begin=400), page(13, 500, begin=5), page(13, 500, begin=600), page(13, *[500] * 250, begin=400)],
    ids=["a cell outside", "cells in the header", "cells behind the end", "more pointers than room"],
)
def test_what_cannot_be_a_page_is_damage(damaged: bytes) -> None:
    """A header that does not fit its pointers is reported, and nothing of it overwritten."""
    with pytest.raises(ReadModelDamagedError):
        unallocated(damaged, 2, SIZE)


def database(path: Path, *pages: bytes, size: int = SIZE) -> Path:
    """Write a file with the header of a database, and some pages."""
    first = bytearray(page(13, begin=SIZE, number=1))
    first[16:18], first[20], first[52:56] = size.to_bytes(2, "big"), 0, bytes(4)
    path.write_bytes(bytes(first) + b"".join(pages))
    return path


def wipe(path: Path) -> None:
    """Wipe all parts of a database."""
    for part in parts_of(path, 1):
        wipe_part(path, part)


def test_nothing_but_that_space_is_overwritten(tmp_path: Path) -> None:
    """Cells, pointers, headers and pages of other kinds stay byte for byte."""
    pages = [page(13, 500, 400, begin=400), page(0, begin=9), page(10, 450, begin=450)]
    path = database(tmp_path / "database", *pages)
    wipe(path)
    found = path.read_bytes()[SIZE:]
    assert found[:12] == pages[0][:12]
    assert found[12:400] == bytes(388)
    assert found[400:SIZE] == pages[0][400:]
    assert found[SIZE : 2 * SIZE] == pages[1]
    assert found[2 * SIZE : 2 * SIZE + 10] == pages[2][:10]
    assert found[2 * SIZE + 450 :] == pages[2][450:]
    assert found.count(b"zebra") == b"".join([pages[0][400:], pages[1], pages[2][450:]]).count(b"zebra")


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_parts_are_all_of_it(tmp_path: Path, of: int) -> None:
    """However many parts a file is wiped in, and in whatever order, each page is wiped once; some parts have none."""
    pages = [page(13, 500, 400, begin=400)] * 4
    path = database(tmp_path / "database", *pages)
    for part in reversed(range(of)):
        before = path.read_bytes()
        wipe_part(path, parts_of(path, 1, of=of)[part])
        changed = [at for at in range(5) if path.read_bytes()[at * SIZE :][:SIZE] != before[at * SIZE :][:SIZE]]
        assert changed == [*range(5 * part // of, 5 * (part + 1) // of)]
    assert path.read_bytes()[SIZE:].count(b"zebra") == b"".join(each[400:] for each in pages).count(b"zebra")


def test_another_file_of_the_name_is_left_alone(tmp_path: Path) -> None:
    """A worker may come late: its replay is dead, and another one fills a generation of the same number."""
    path = database(tmp_path / "database", page(13, 500, 400, begin=400))
    (part,) = parts_of(path, 1, of=1)
    path.rename(tmp_path / "former")
    with pytest.raises(ReadModelMissingError):
        wipe_part(path, part)
    with pytest.raises(ReadModelMissingError):
        parts_of(path, 1)
    with pytest.raises(ReadModelMissingError):
        wipe_part(tmp_path / "former" / "database", part)
    before = database(path, page(13, 500, 400, begin=400)).read_bytes()
    with pytest.raises(ReadModelMissingError):
        wipe_part(path, part)
    assert path.read_bytes() == before
    (part,) = parts_of(path, 1, of=1)
    with path.open("ab") as file:  # a new file may have the number of a removed one
        file.write(page(13, 500, 400, begin=400))
    with pytest.raises(ReadModelMissingError):
        wipe_part(path, part)


def test_space_that_holds_zeros_is_not_written_again(tmp_path: Path) -> None:
    """A generation that was just filled has hardly anything to overwrite: what is not written need not be fsynced."""
    path = database(tmp_path / "database", page(13, 500, 400, begin=400), page(10, 450, begin=450))
    wipe(path)
    os.utime(path, ns=(0, 0))
    wipe(path)
    assert path.stat().st_mtime_ns == 0


@pytest.mark.parametrize("body", [b"", b"SQLite format 3", bytes(200)], ids=["empty", "short", "zeros"])
def test_what_is_no_database_is_damage(tmp_path: Path, body: bytes) -> None:
    """A file without a database's header is damage."""
    path = tmp_path / "database"
    path.write_bytes(body)
    with pytest.raises(ReadModelDamagedError):
        wipe(path)


def test_database_that_vacuums_itself_is_left_alone(tmp_path: Path) -> None:
    """Some of its pages list what the others are: where such a list begins like a page with cells, it would be lost."""
    path = tmp_path / "database"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = FULL")
        connection.execute("CREATE TABLE words (word TEXT)")
    before = path.read_bytes()
    with pytest.raises(ReadModelDamagedError, match="vacuums itself"):
        wipe(path)
    assert path.read_bytes() == before


def test_database_whose_pages_cannot_be_told_apart_is_left_alone(tmp_path: Path) -> None:
    """Where the number of a page could be taken for a kind, nothing is overwritten, and that is said."""
    path = database(tmp_path / "database", page(13, 500, begin=500))
    before = path.read_bytes()
    os.truncate(path, SIZE << 25)
    fd = os.open(path, os.O_RDWR)
    try:
        with pytest.raises(ReadModelBusyError, match="too many pages"):
            Pages(fd).wipe([2])
    finally:
        os.close(fd)
    with path.open("rb") as file:
        assert file.read(len(before)) == before
