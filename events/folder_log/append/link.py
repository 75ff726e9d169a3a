"""Gives a body its name in the log, by a link: a link never replaces another file."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from events.disk.durable import make_folder
from events.disk.reading import is_one_files, open_file
from events.log.receipt import Receipt

LINK_TRIES = 3


def inner_folders(folder: Path, path: str) -> list[Path]:
    """Return the folders between a path of the log and the payload folder, the innermost first."""
    return [folder / parent for parent in Path(path).parents if parent.name]


def link_into_folder(draft: Path, final: Path) -> None:
    """
    Give a body its final name; makes the folder where it is missing.

    Raises:
        FileExistsError: something else has that name.
        OSError: no room, or an I/O error; no folder is left behind.
    """
    for tries_left in reversed(range(LINK_TRIES)):
        try:
            make_folder(final.parent)
            final.hardlink_to(draft)  # link, not rename: rename would replace an existing event
        except FileNotFoundError:
            # An appender that failed, or an erasure, removed the folder just now: make it again.
            if not tries_left:
                raise
        except FileExistsError:
            raise
        except OSError:
            with suppress(OSError):  # the folder may hold other events
                final.parent.rmdir()
            raise
        else:
            return


def has_draft(final: Path) -> bool:
    """Return whether a file still has the draft that it came from, or may have it: then its receipt is in doubt."""
    try:
        return final.stat().st_nlink > 1
    except FileNotFoundError:  # an erasure removed it just now
        return False
    except OSError:
        return True


def is_same(final: Path, receipt: Receipt) -> bool:
    """
    Return whether a file holds the very bytes of a receipt.

    False for one that cannot be read, or is no regular file: the body is then kept beside it, where it can be read.

    Raises:
        FileNotFoundError: an erasure removed it just now.
        OSError: no file can be read now.
    """
    try:
        with open_file(final) as file:
            if os.fstat(file.fileno()).st_size != receipt.size:
                return False
            return hashlib.file_digest(file, "sha256").hexdigest() == receipt.sha256
    except FileNotFoundError:
        if final.is_symlink():  # one that leads nowhere
            return False
        raise
    except OSError as error:
        if not is_one_files(error):
            raise
        return False
