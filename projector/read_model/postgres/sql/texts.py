"""
How values of Python are written into PostgreSQL, and read from it, so that a row comes back as SQLite gives it back.

PostgreSQL takes no character 0 in a text, and whoever calls an agent may send one. It is written as two characters,
and so is the one that these begin with. Texts keep their order by that, and none is written as another one is.
"""

import re
from typing import Any

from psycopg.abc import AdaptContext, Buffer
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper, TextBinaryLoader, TextLoader

# An index takes no long texts, and the id of an agent may be as long as its sender likes.
INDEXED_CHARS = 300
_MARK = "\x01"
_NUL_AS, _MARK_AS = _MARK + "\x01", _MARK + "\x02"
_WRITTEN = re.compile(f"{_MARK}([\x01\x02])")


def written(text: str) -> str:
    """Return a text as it is written."""
    if "\0" in text or _MARK in text:
        return text.replace(_MARK, _MARK_AS).replace("\0", _NUL_AS)
    return text


def read(text: str) -> str:
    """Return the text that was written so."""
    return _WRITTEN.sub(lambda found: "\0" if found[1] == "\x01" else _MARK, text) if _MARK in text else text


def indexed(column: str) -> str:
    """Return the expression of what an index holds of a column: two texts that begin alike may be two."""
    return f"left({column}, {INDEXED_CHARS})"


def register(context: AdaptContext) -> None:
    """Have a connection write and read values in this way."""
    adapters = context.adapters
    assert adapters is not None
    adapters.register_dumper(str, _TextDumper)
    adapters.register_loader("text", _TextLoader)
    adapters.register_loader("text", _BinaryTextLoader)
    # Of one type whatever the number is: a statement is prepared once, and a flag is a number as in SQLite.
    adapters.register_dumper(int, Int8Dumper)
    adapters.register_dumper(bool, _FlagDumper)


class _TextDumper(StrDumper):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(written(obj))


class _TextLoader(TextLoader):
    def load(self, data: Buffer) -> Any:
        text = super().load(data)
        return read(text) if isinstance(text, str) else text


class _BinaryTextLoader(TextBinaryLoader):
    def load(self, data: Buffer) -> Any:
        text = super().load(data)
        return read(text) if isinstance(text, str) else text


class _FlagDumper(Int8Dumper):
    def dump(self, obj: Any) -> Buffer | None:
        return super().dump(int(obj))
