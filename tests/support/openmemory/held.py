"""The rows of the tests' OpenMemory, with v1.3.0's way of losing and finding, but a search of its own."""

import math
import re
import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

Row = dict[str, Any]
SECTORS = ("episodic", "semantic", "procedural", "emotional", "reflective")
_SUMMARY_CHARS = 200
_CACHE_S = 60.0
# OpenMemory's key of duplicates distinguishes about this many texts.
_KEYS = 14_000


class Held:
    """
    The rows of one server, and every user it has ever seen.

    Args:
        truncates: keeps only the beginning of a long text (`OM_USE_SUMMARY_ONLY`).
        clock: returns seconds, by which cached answers expire.
    """

    def __init__(self, *, truncates: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.truncates = truncates
        self.rows: dict[str, Row] = {}
        self.users: dict[str, str] = {}
        self._cache: dict[str, tuple[float, list[Row]]] = {}
        self._clock = clock
        self._ms = 1_795_000_000_000

    def add(self, user_id: str, content: str, tags: list[str], metadata: dict[str, Any]) -> Row:
        """Keep a memory; if a row of any user has the same key, keep nothing and answer with that row."""
        key = duplicate_key(content)
        for row in self.rows.values():
            if row["key"] == key:
                self.users.setdefault(user_id, "User profile initializing... (No memories recorded yet)")
                row["salience"] = min(1.0, row["salience"] + 0.15)
                sector = row["primary_sector"]
                return {"id": row["id"], "primary_sector": sector, "sectors": [sector], "deduplicated": True}
        self.users.setdefault(user_id, "User profile initializing...")
        sector = metadata.get("sector") if metadata.get("sector") in SECTORS else "semantic"
        self._ms += 1
        row = {
            "id": str(uuid4()),
            "content": content[:_SUMMARY_CHARS] if self.truncates else content,
            "tags": tags,
            "metadata": metadata,
            **dict.fromkeys(("created_at", "updated_at", "last_seen_at"), self._ms),
            "salience": 0.4,
            "decay_lambda": 0.005,
            "primary_sector": sector,
            "version": 1,
            "user_id": user_id,
            "key": key,
        }
        self.rows[row["id"]] = row
        return {"id": row["id"], "primary_sector": sector, "sectors": [sector], "chunks": 1}

    def newest(self, user_id: str | None = None) -> list[Row]:
        """Return the rows, newest first, of one user or of all."""
        return [row for row in reversed(self.rows.values()) if user_id is None or row["user_id"] == user_id]

    def remove_all(self, user_id: str) -> int:
        """Remove the rows of a user, who stays known."""
        ids = [row["id"] for row in self.newest(user_id)]
        for id_ in ids:
            del self.rows[id_]
        return len(ids)

    def search(self, user_id: str | None, query: str, k: int, filters: dict[str, Any]) -> list[Row]:
        """Return rows of one user or of all users; an answer of the last minute is repeated."""
        question = repr((user_id, query, k, sorted(filters.items())))
        now_s = self._clock()
        if question not in self._cache or now_s - self._cache[question][0] >= _CACHE_S:
            self._cache[question] = (now_s, self._found(user_id, query, k))
        return self._cache[question][1]

    def _found(self, user_id: str | None, query: str, k: int) -> list[Row]:
        asked = tokens(query)
        near = {row["id"]: _likeness(asked, tokens(row["content"])) for row in self.rows.values()}
        candidates: list[Row] = []
        for sector in SECTORS:
            # The nearest of all users come first, and others' are dropped after that: so a caller may not be found.
            in_sector = [row for row in self.rows.values() if row["primary_sector"] == sector]
            candidates += sorted(in_sector, key=lambda row: -near[row["id"]])[: 3 * k]
        own = [row for row in candidates if not user_id or row["user_id"] == user_id]
        best = sorted(own, key=lambda row: -near[row["id"]])[:k]
        for row in best:
            row["salience"] = min(1.0, row["salience"] + 0.5)
        scores = _z_scores([near[row["id"]] for row in best])
        return [{**row, "score": score} for row, score in zip(best, scores, strict=True)]


def tokens(text: str) -> frozenset[str]:
    """Return what OpenMemory compares of a text: its words without order, repetition or single characters."""
    return frozenset(token for token in re.findall(r"[a-z0-9]+", text.lower()) if len(token) > 1)


def duplicate_key(text: str) -> int:
    """Return the key of a text for duplicates: there are so few that texts with nothing in common share one."""
    return zlib.crc32(" ".join(sorted(tokens(text))).encode()) % _KEYS


def _likeness(asked: frozenset[str], of_row: frozenset[str]) -> float:
    return len(asked & of_row) / (len(asked | of_row) or 1)


def _z_scores(values: Iterable[float]) -> list[float]:
    all_ = list(values)
    mean = sum(all_) / (len(all_) or 1)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in all_) / (len(all_) or 1))
    return [(value - mean) / (deviation + 1e-8) for value in all_]
