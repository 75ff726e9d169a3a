"""OpenMemory in this process, through its SDK `openmemory-py` 1.3.2."""

import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from projector.engines import shutdown as stopping
from projector.engines.openmemory.sdk import file as openmemory_file
from projector.engines.openmemory.sdk import process as openmemory_process
from projector.engines.openmemory.store import Stored
from projector.errors import EngineError

T = TypeVar("T")
# Source: `ingest_document`: from `int(chars / 4) + 1 > 8000` on it cuts a text up, drops its tags, and tells nobody.
CONTENT_CHARS_MAX = 31_999
# What the SDK adds to metadata, over whatever has these names there.
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
    The SDK over one file; see `OpenMemory`.

    Nothing is imported or opened before the first call. A process has one such file: all stores of it share what is
    open, and threads take turns. Even a search writes: the SDK notes what was found.

    Args:
        path: the file; a second one in the same process is refused with `EngineError`.
        may_create: whether to make it where it is not there; else it is waited for with `EngineError`.
    """

    def __init__(self, path: Path, *, may_create: bool) -> None:
        # One name for one file: by it the lock is named that keeps writers apart.
        self._path = Path(os.path.realpath(path))
        self._may_create = may_create

    def check(self, *, timeout_s: float | None = None) -> None:
        """See `OpenMemory.check`; imports the SDK, which takes seconds once."""
        self._ask(_nothing, timeout_s=timeout_s)
        if not os.access(self._path, os.R_OK | os.W_OK):
            raise EngineError(f"{self._path} may not be written by this process, as OpenMemory does to search it")

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        See `OpenMemory.add`; the row can be found when this returns.

        Raises:
            ValueError: the content is longer than `CONTENT_CHARS_MAX`, or there is no user.
        """
        _check_user(user_id)
        if len(content) > CONTENT_CHARS_MAX:
            raise ValueError(f"OpenMemory keeps at most {CONTENT_CHARS_MAX} characters in one row")

        async def add(memory: Any) -> str:
            with openmemory_file.writing(self._path):
                for _ in range(2):
                    # A copy: the SDK writes into what it is given.
                    added = await memory.add(content, user_id=user_id, tags=list(tags), meta=dict(metadata))
                    id_: str = added["id"]
                    row = await memory.get(id_)
                    if row is not None and not _is_cut_short(row):
                        return id_
                    # Taken for a duplicate of one that nobody can find.
                    await memory.delete(id_)
            raise EngineError("OpenMemory does not finish what it adds")

        return self._ask(add)

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """See `OpenMemory.row`."""

        async def row(memory: Any) -> Stored | None:
            found = await memory.get(id_)
            return None if found is None or _is_cut_short(found) else _stored(found)

        return self._ask(row, timeout_s=timeout_s)

    def rows(self, user_id: str) -> list[Stored]:
        """Return as `OpenMemory.rows` does; rows that a killed process left half added are removed first."""
        _check_user(user_id)

        async def rows(memory: Any) -> list[Stored]:
            found = _history(memory, user_id)
            if any(map(_is_cut_short, found)):
                # Not one that is being added just now: nobody does while we are here.
                with openmemory_file.writing(self._path):
                    found = _history(memory, user_id)
                    for row in filter(_is_cut_short, found):
                        await memory.delete(row["id"])
            return [_stored(row) for row in found if not _is_cut_short(row)]

        return self._ask(rows)

    def users(self) -> set[str]:
        """See `OpenMemory.users`."""

        async def users(_: Any) -> set[str]:
            return openmemory_file.users(self._path)

        return self._ask(users)

    def remove(self, id_: str) -> None:
        """See `OpenMemory.remove`."""

        async def remove(memory: Any) -> None:
            await memory.delete(id_)

        self._ask(remove)

    def remove_all(self, user_id: str) -> None:
        """
        See `OpenMemory.remove_all`.

        One by one: the SDK's `delete_all`, where it is killed, leaves rows without vectors that look whole.
        """
        _check_user(user_id)

        async def remove_all(memory: Any) -> None:
            while page := memory.history(user_id=user_id, limit=_ROWS_PER_PAGE):
                for row in page:
                    stopping.check_stop()
                    await memory.delete(row["id"])

        self._ask(remove_all)

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        See `OpenMemory.search`.

        The score is OpenMemory's: the logistic function of a weighted sum of the likeness of the vectors, the words and
        tags in common, and how lately a row was added or found. So one that has nothing in common scores 0.5 and more.

        Raises:
            ValueError: there is no user: OpenMemory would search everybody's.
        """
        _check_user(user_id)
        if limit < 1:
            return []

        async def search(memory: Any) -> list[tuple[str, float]]:
            from openmemory.memory import hsg  # noqa: PLC0415 - imported by then

            try:
                found = await memory.search(query, user_id=user_id, limit=limit)
            finally:
                # What it keeps for a minute would be stale for the next search, and outlive an erasure.
                hsg.clear_cache()
            return [(row["id"], min(1.0, max(0.0, float(row["score"])))) for row in found]

        return self._ask(search, timeout_s=timeout_s)

    def summary(self, user_id: str) -> str:
        """Return nothing: the SDK hands out no summary of a user."""
        _check_user(user_id)
        return ""

    def wipe(self) -> None:
        """See `OpenMemory.wipe`."""

        async def wipe(_: Any) -> None:
            with openmemory_file.writing(self._path):
                openmemory_file.wipe(self._path)

        self._ask(wipe)

    def _ask(self, question: Callable[[Any], Coroutine[Any, Any, T]], *, timeout_s: float | None = None) -> T:
        sdk = openmemory_process.SDK
        return sdk.ask(self._path, question, may_create=self._may_create, timeout_s=timeout_s)


async def _nothing(_: Any) -> None:
    pass


def _check_user(user_id: str) -> None:
    if not user_id:
        raise ValueError("OpenMemory takes no user for everybody")


def _history(memory: Any, user_id: str) -> list[Any]:
    # Pages overlap by one row: where that is another one, somebody added or removed rows between the two.
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
    # The mean comes after the vectors by which a row is found. A document's first row has no vectors, and no hash.
    return row["mean_vec"] is None and row["simhash"] is not None


def _stored(row: Any) -> Stored:
    metadata = {name: value for name, value in json.loads(row["meta"] or "{}").items() if name not in _ADDED}
    return Stored(id=row["id"], user_id=row["user_id"], content=row["content"], metadata=metadata)
