"""A memory engine whose answers are recorded, where traces are on."""

from typing import Any

from events.tracing.recording import Recording
from projector.engines.protocol import Engine, Hit


def traced(engine: Engine, recording: Recording | None, *, name: str) -> Engine:
    """
    Return an engine that notes each answer as a step of a recording; the engine itself where nothing is recorded.

    Args:
        name: of the engine, as the settings have it.
    """
    return engine if recording is None else _TracedEngine(engine, recording, name)


class _TracedEngine:
    """Answers as another engine does."""

    def __init__(self, engine: Engine, recording: Recording, name: str) -> None:
        self._engine = engine
        self._recording = recording
        self._name = name
        self.warm = engine.warm
        self.health = engine.health

    def search(self, caller: str, query: str, **more: Any) -> list[Hit]:
        """Return what the engine finds."""
        with self._recording.step("engine") as asking:
            asking.note(engine=self._name)
            hits = self._engine.search(caller, query, **more)
            asking.note(found=len(hits))
            return hits

    def profile(self, caller: str) -> str:
        """Return what the engine says."""
        with self._recording.step("engine") as asking:
            asking.note(engine=self._name)
            return self._engine.profile(caller)
