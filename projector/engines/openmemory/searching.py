"""Finds a caller's memories among the rows of OpenMemory."""

import time
from collections.abc import Callable, Iterable, Mapping

from projector.domain.audience import may_hear
from projector.engines.openmemory.store import OpenMemory
from projector.engines.protocol import Hit, ShortSearchError
from projector.errors import EngineError
from projector.read_model.records import OpenMemoryRow
from projector.read_model.tables.engine_tables import OpenMemoryTable

_SEARCHED_MIN, _SEARCHED_GROWTH = 10, 5
# The share of its score that a memory without salience keeps, and the share of that which a superseded one keeps.
_LIGHTEST, _SUPERSEDED = 0.7, 0.8
_HOLDS_LESS = "OpenMemory finds fewer rows of a caller than it was given"


def search_rows(
    table: OpenMemoryTable,
    open_store: Callable[[], OpenMemory],
    caller: str,
    texts: Iterable[str],
    *,
    limit: int,
    agent_id: str | None,
    until_s: float | None,
) -> list[Hit]:
    """
    Return the memories that fit one of several texts best, best first, each with the best of its scores.

    Args:
        open_store: returns the OpenMemory; not called for a caller without rows.
        limit: how many memories at most, at least 1.
        until_s: when to give up, on the monotonic clock.

    Raises:
        ShortSearchError: OpenMemory holds more rows of the caller, and does not find them.
        EngineError: it does not answer, or not in time.
    """
    held = table.count(caller)
    if not held:
        return []
    store, best = open_store(), dict[str, float]()
    short: ShortSearchError | None = None
    for text in texts:
        try:
            hits = _search(table, store, caller, text, limit=limit, agent_id=agent_id, held=held, until_s=until_s)
        except ShortSearchError as error:
            hits, short = error.hits, error
        for hit in hits:
            best[hit.memory_id] = max(hit.score, best.get(hit.memory_id, 0.0))
    found = _sorted(best)[:limit]
    if short is not None and len(found) < limit:
        raise ShortSearchError(str(short), found)
    return found


def _search(
    table: OpenMemoryTable,
    store: OpenMemory,
    caller: str,
    text: str,
    *,
    limit: int,
    agent_id: str | None,
    held: int,
    until_s: float | None,
) -> list[Hit]:
    # A server searches the rows of all callers, and takes longer the more rows it is asked for.
    asked = max(_SEARCHED_MIN, 2 * limit)
    while True:
        left_s = None if until_s is None else until_s - time.monotonic()
        if left_s is not None and left_s <= 0:
            raise EngineError("OpenMemory took too long")
        found = store.search(caller, text, limit=asked, timeout_s=left_s)
        known = table.known(caller, [row_id for row_id, _ in found])
        hits = _hits(found, known, agent_id)
        if len(hits) >= limit:
            return hits[:limit]
        if len(found) < asked:
            # OpenMemory leaves out no row for fitting too little, so these are all rows that it finds.
            if len(known) < held:
                raise ShortSearchError(_HOLDS_LESS, hits)
            return hits
        # Rows that the agent may not see, or that other programs added, took the places: ask for more.
        asked *= _SEARCHED_GROWTH


def _hits(found: list[tuple[str, float]], known: Mapping[str, OpenMemoryRow], agent_id: str | None) -> list[Hit]:
    best: dict[str, float] = {}
    for row_id, score in found:
        row = known.get(row_id)
        if row is None or not may_hear(row.told_to, agent_id):
            continue
        weighed = score * (_LIGHTEST + (1 - _LIGHTEST) * row.salience) * (1 if row.is_current else _SUPERSEDED)
        best[row.memory_id] = max(weighed, best.get(row.memory_id, 0.0))
    return _sorted(best)


def _sorted(scores: Mapping[str, float]) -> list[Hit]:
    return [Hit(id_, score) for id_, score in sorted(scores.items(), key=lambda each: (-each[1], each[0]))]
