"""What is in the files of vectors, seen from outside."""

import sqlite3
from contextlib import closing
from pathlib import Path


def vector_files(read_model: Path) -> list[Path]:
    """Return the files of vectors of a read model, `READ_MODEL_PATH`."""
    return sorted((read_model / "vectors").glob("*.sqlite"))


def vector_rows(read_model: Path) -> list[tuple[str, bytes]]:
    """Return the conversations that have all their vectors, and these; a file that cannot be read has none."""
    found = list[tuple[str, bytes]]()
    for path in vector_files(read_model):
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                found += database.execute("SELECT conversation_id, vectors FROM vectors WHERE stamp >= 0").fetchall()
        except sqlite3.DatabaseError:
            continue
    return found
