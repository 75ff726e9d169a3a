"""What counts as damage of the read model, and what of it shows from outside; the world's faults are none."""

import sqlite3

import msgspec

from projector.errors import ReadModelDamagedError

_CODES = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_TOOBIG,  # we write nothing that large: a length that was damaged
    }
)

# An I/O error of the disk in general may pass; these say that a file is shorter than it was, or is not there.
_EXTENDED_CODES = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_READONLY_DBMOVED})

# SQLite and its Python binding have no codes of their own for these.
_WORDS = ("no such table", "no such column", "no such index", "no such module", "decode to UTF-8")

# What damage shows as. The binding decodes SQLite's own messages, in which a damaged schema is quoted.
READ_ERRORS = (ReadModelDamagedError, sqlite3.Error, msgspec.MsgspecError, UnicodeDecodeError)


def is_damage(error: BaseException) -> bool:
    """Tell whether an error shows that the read model is damaged: only a replay mends it."""
    if isinstance(error, READ_ERRORS) and not isinstance(error, sqlite3.Error):
        return True
    if not isinstance(error, sqlite3.Error):
        return False
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _CODES or code in _EXTENDED_CODES or any(words in str(error) for words in _WORDS)


def describe(error: BaseException) -> str:
    """Return what an error says, for a log: never the bytes that could not be read."""
    if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
        return "a text is not UTF-8"
    return str(error) or type(error).__name__
