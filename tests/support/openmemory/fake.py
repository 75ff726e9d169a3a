"""An OpenMemory in memory, with its faults: it merges different texts, loses answers, and shortens texts."""

import itertools
from collections.abc import Callable
from typing import Any

from projector.engines.open import Engines
from projector.engines.openmemory.store import OpenMemory, Stored
from projector.engines.settings import OPENMEMORY_SERVER, EngineSettings
from projector.errors import EngineError


def as_openmemory(content: str) -> str:
    """Return the key by which OpenMemory takes two texts for one: words of more than one letter, in any order."""
    return " ".join(sorted({word for word in content.lower().split() if len(word) > 1}))


class FakeStore:
    """
    Holds rows as a dictionary.

    `fails_at` counts the changes down to the one that fails: after it was made if `has_done_it`, else before.
    """

    def __init__(self, same: Callable[[str], str] = as_openmemory) -> None:
        self._same = same
        self._ids = itertools.count(1)
        self.held: dict[str, Stored] = {}
        self.tags: dict[str, list[str]] = {}
        self.adds = 0
        self.fails_at = 0
        self.has_done_it = False
        self.chars_max: int | None = None
        self.is_down = False
        self.said = ""
        self.wiped = 0

    def check(self, *, timeout_s: float | None = None) -> None:
        if self.is_down:
            raise EngineError("down")

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        self.adds += 1
        is_failing = self._is_failing()
        for stored in self.held.values():
            if self._same(stored.content) == self._same(content):
                return stored.id
        id_ = f"row-{next(self._ids)}"
        self.held[id_] = Stored(id=id_, user_id=user_id, content=content[: self.chars_max], metadata=dict(metadata))
        self.tags[id_] = tags
        self._fail(is_failing)
        return id_

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        self.check()
        return self.held.get(id_)

    def rows(self, user_id: str) -> list[Stored]:
        self.check()
        return [stored for stored in self.held.values() if stored.user_id == user_id]

    def users(self) -> set[str]:
        self.check()
        return {stored.user_id or "" for stored in self.held.values()}

    def remove(self, id_: str) -> None:
        is_failing = self._is_failing()
        self.held.pop(id_, None)
        self._fail(is_failing)

    def remove_all(self, user_id: str) -> None:
        is_failing = self._is_failing()
        for stored in self.rows(user_id):
            del self.held[stored.id]
        self._fail(is_failing)

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        self.check()
        assert user_id
        words = set(query.lower().split())
        scored = [
            (stored.id, len(words & set(stored.content.lower().split())) / len(words | {""}))
            for stored in self.rows(user_id)
        ]
        return sorted(scored, key=lambda each: -each[1])[:limit]

    def summary(self, user_id: str) -> str:
        return self.said

    def wipe(self) -> None:
        self.wiped += 1

    def _is_failing(self) -> bool:
        self.check()
        self.fails_at -= 1
        if self.fails_at == 0 and not self.has_done_it:
            raise EngineError("lost on the way")
        return self.fails_at == 0

    def _fail(self, is_failing: bool) -> None:
        if is_failing:
            raise EngineError("the answer was lost")


FAKE = EngineSettings(name=OPENMEMORY_SERVER, location="http://127.0.0.1:1")


class FakeEngines(Engines):
    """The engines of a process whose OpenMemory server is a `FakeStore`; its settings are `FAKE`."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(FAKE)
        self._fake = store

    def store(self, *, may_create: bool) -> OpenMemory:
        return self._fake
