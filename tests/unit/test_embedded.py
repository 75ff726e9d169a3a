"""The embedded engine's own: how its work grows."""

import sqlite3

from projector.engines.embedded import EmbeddedEngine
from projector.memories import Memory, Source


def _steps(memories: int) -> int:
    connection = sqlite3.connect(":memory:")
    engine = EmbeddedEngine.create(connection)
    engine.replace(
        "+1",
        "conv",
        [
            Memory(
                id=f"m{number}",
                caller="+1",
                kind="turn",
                key=str(number),
                sector="episodic",
                salience=0.3,
                text=f"parrot number {number}",
                conversation_id="conv",
                agent_id=None,
                told_to=None,
                occurred_at_s=0,
                source=Source(),
            )
            for number in range(memories)
        ],
    )
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, 1000)
    assert len(engine.search("+1", "parrot", limit=5, agent_id=None)) == 5
    connection.close()
    return steps


def test_search_grows_no_faster_than_a_callers_memories() -> None:
    """Four times the memories are at most some four times the work, so that an old caller is not a slow one."""
    assert _steps(4000) < 6 * _steps(1000)
