"""What was found out of short texts is kept, and no more of it than a process may hold."""

import tracemalloc

from projector.domain.reading.kept import kept_if_short

_MIB = 1024 * 1024


def test_short_text_is_looked_at_once() -> None:
    """An id that comes in every call is taken apart once; a text that no operator uses as an id, each time."""
    asked: list[str] = []

    @kept_if_short
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    for text in ("user_name", "w" * 101, "user_name", "w" * 101, ""):
        assert length(text) == len(text)

    assert asked == ["user_name", "w" * 101, "w" * 101, ""]


def test_what_is_kept_does_not_grow_without_end() -> None:
    """However many ids the calls of one process have, little of them stays in memory."""
    doubled = kept_if_short(lambda text: text * 2)
    tracemalloc.start()
    try:
        for number in range(100_000):
            doubled(f"{number:0100}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < _MIB
