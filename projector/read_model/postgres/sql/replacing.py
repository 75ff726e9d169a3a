"""Writes a row in place of the one with its key, which SQLite does in two words."""

from collections.abc import Sequence


def replacing(table: str, key: Sequence[str], others: Sequence[str]) -> str:
    """Return the statement that takes the columns of the key and then the others, in the order of the table."""
    columns = ", ".join((*key, *others))
    marks = ", ".join(["%s"] * (len(key) + len(others)))
    changes = ", ".join(f"{column} = excluded.{column}" for column in others)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own words
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )
