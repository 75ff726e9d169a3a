"""OpenMemory in this process, through its SDK `openmemory-py` 1.3.2."""

import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from projector.engines.openmemory.sdk import file as openmemory_file
from projector.engines.openmemory.sdk.process import SdkProcess
from projector.engines.openmemory.store import Stored, check_user
from projector.errors import EngineError

T = TypeVar("T")
# Source: `ingest_document` of the SDK: from `int(chars / 4) + 1 > 8000` on it cuts a text up and drops its tags.
CONTENT_CHARS_MAX = 31_999
# The SDK adds these to the metadata of a row, and overwrites what has these names there.
_ADDED = (
    "content_type",
    "char_count",
    "estimated_tokens",
    "extraction_method",
    "ingestion_strategy",
    "ingested_at",
)
_ROWS_PER_PAGE = 500
_LISTINGS_MAX = 10


class SdkStore:
    """
    The rows in one file of the SDK; see `OpenMemory`.

    Nothing is imported or opened before the first call. Threads take turns. Even a search writes: the SDK notes which
    rows it found.

    Args:
        path: the file.
        sdk: of this process; all stores share it.
        may_create: whether to make the file where there is none; else every call raises `EngineError` until it exists.
    """

    def __init__(self, path: Path, sdk: SdkProcess, *, may_create: bool) -> None:
        # The real path: the lock that keeps writers apart is named after the file, so the file must have one name.
        self._path = Path(os.path.realpath(path))
        self._sdk = sdk
        self._may_create = may_create

    def check(self, *, timeout_s: float | None = None) -> None:
        """Import the SDK, which takes seconds the first time, and make sure that its file can be written."""
        self._ask(_nothing, timeout_s=timeout_s)
        if not os.access(self._path, os.R_OK | os.W_OK):
            raise EngineError(f"this process may not write {self._path}, as OpenMemory does even to search it")

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        Add a row, which a search can find when this returns; return the id of the row that holds `content` now.

        Raises:
            ValueError: the content is longer than `CONTENT_CHARS_MAX`, or the user is empty.
        """
        check_user(user_id)
        if len(content) > CONTENT_CHARS_MAX:
            raise ValueError(f"OpenMemory keeps at most {CONTENT_CHARS_MAX} characters in one row")

        async def add(memory: Any) -> str:
            with openmemory_file.writing(self._path, self._sdk.shutdown):
                for _ in range(2):
                    # Copies: the SDK changes what it is given.
                    added = await memory.add(content, user_id=user_id, tags=list(tags), meta=dict(metadata))
                    id_: str = added["id"]
                    row = await memory.get(id_)
                    if row is not None and not _is_cut_short(row):
                        return id_
                    # It was taken for a duplicate of a row that was cut short, which no search can find.
                    await memory.delete(id_)
            raise EngineError("OpenMemory does not finish what it adds")

        return self._ask(add)

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """Return a row; None where there is none, or one that was cut short."""

        async def row(memory: Any) -> Stored | None:
            found = await memory.get(id_)
            return None if found is None or _is_cut_short(found) else _stored(found)

        return self._ask(row, timeout_s=timeout_s)

    def rows(self, user_id: str) -> list[Stored]:
        """Return all rows of a user, after removing those that a killed process left half added."""
        check_user(user_id)

        async def rows(memory: Any) -> list[Stored]:
            found = _history(memory, user_id)
            if any(map(_is_cut_short, found)):
                # Under the lock no process is adding a row, so these will never be finished.
                with openmemory_file.writing(self._path, self._sdk.shutdown):
                    found = _history(memory, user_id)
                    for row in filter(_is_cut_short, found):
                        await memory.delete(row["id"])
            return [_stored(row) for row in found if not _is_cut_short(row)]

        return self._ask(rows)

    def users(self) -> set[str]:
        """Return all users who have a row, read from the file: the SDK has no call for that."""

        async def users(_: Any) -> set[str]:
            return openmemory_file.users(self._path)

        return self._ask(users)

    def remove(self, id_: str) -> None:
        """Remove a row, if it exists."""

        async def remove(memory: Any) -> None:
            await memory.delete(id_)

        self._ask(remove)

    def remove_all(self, user_id: str) -> None:
        """
        Remove all rows of a user, one by one.

        The SDK's `delete_all`, when it is killed, leaves rows that have lost their vectors and look whole.
        """
        check_user(user_id)

        async def remove_all(memory: Any) -> None:
            while page := memory.history(user_id=user_id, limit=_ROWS_PER_PAGE):
                for row in page:
                    self._sdk.shutdown.check()
                    await memory.delete(row["id"])

        self._ask(remove_all)

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        Return the ids of a user's rows that fit best, best first, each with a score from 0 to 1.

        The score is OpenMemory's: the logistic function of a weighted sum of how alike the vectors are, of words and
        tags in common, and of how lately the row was added or found. A row with nothing in common scores 0.5 or more.

        Raises:
            ValueError: the user is empty: OpenMemory would search the rows of all users.
        """
        check_user(user_id)
        if limit < 1:
            return []

        async def search(memory: Any) -> list[tuple[str, float]]:
            from openmemory.memory import hsg  # noqa: PLC0415 - imported by now

            try:
                found = await memory.search(query, user_id=user_id, limit=limit)
            finally:
                # It keeps results for a minute: they would be stale for the next search, and outlive an erasure.
                hsg.clear_cache()
            return [(row["id"], min(1.0, max(0.0, float(row["score"])))) for row in found]

        return self._ask(search, timeout_s=timeout_s)

    def summary(self, user_id: str) -> str:
        """Return nothing: the SDK has no call that returns a user's summary."""
        check_user(user_id)
        return ""

    def wipe(self) -> None:
        """Remove every trace of removed rows from the file."""

        async def wipe(_: Any) -> None:
            with openmemory_file.writing(self._path, self._sdk.shutdown):
                openmemory_file.wipe(self._path)

        self._ask(wipe)

    def _ask(self, question: Callable[[Any], Coroutine[Any, Any, T]], *, timeout_s: float | None = None) -> T:
        return self._sdk.ask(self._path, question, may_create=self._may_create, timeout_s=timeout_s)


async def _nothing(_: Any) -> None:
    pass


def _history(memory: Any, user_id: str) -> list[Any]:
    # Pages overlap by one row. Where that is not the same row in both, rows were added or removed in between.
    for _ in range(_LISTINGS_MAX):
        rows: list[Any] = memory.history(user_id=user_id, limit=_ROWS_PER_PAGE)
        size = len(rows)
        while size == _ROWS_PER_PAGE:
            page = memory.history(user_id=user_id, limit=_ROWS_PER_PAGE, offset=len(rows) - 1)
            size = len(page)
            if not page or page[0]["id"] != rows[-1]["id"]:
                break
            rows += page[1:]
        else:
            return rows
    raise EngineError("the rows of a user change faster than OpenMemory lists them")


def _is_cut_short(row: Any) -> bool:
    # The SDK writes the mean after the vectors by which a row is found. The first row of a document never has vectors,
    # but has no hash either.
    return row["mean_vec"] is None and row["simhash"] is not None


def _stored(row: Any) -> Stored:
    metadata = {name: value for name, value in json.loads(row["meta"] or "{}").items() if name not in _ADDED}
    return Stored(id=row["id"], user_id=row["user_id"], content=row["content"], metadata=metadata)
