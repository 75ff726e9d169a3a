"""What a process holds of callers' indexes: the right version of the right caller, and no more than has room."""

from projector.read_model.postgres.tables.engines.held_index import HeldIndex, HeldIndexes


def index_of(size: int) -> HeldIndex:
    """Return an index of so many bytes."""
    assert size >= 3
    return HeldIndex(((0, 9, b"c"),), {0: {0: b"r"}}, ((10, b"s" * (size - 2)),))


def test_index_is_that_of_one_version_of_one_caller() -> None:
    """Another version, another caller and another generation have none."""
    held, index = HeldIndexes(), index_of(10)
    held.put("g1", "ana", "7", index)

    assert held.get("g1", "ana", "7") is index
    assert [held.get(*key) for key in (("g1", "ana", "8"), ("g1", "ben", "7"), ("g2", "ana", "7"))] == [None] * 3
    newer = index_of(12)
    held.put("g1", "ana", "8", newer)
    assert held.get("g1", "ana", "7") is None
    assert held.get("g1", "ana", "8") is newer


def test_who_was_asked_for_longest_ago_is_dropped_first() -> None:
    """Beyond the room for all, those go that nobody asked for."""
    held = HeldIndexes(bytes_max=100)
    for caller in ("ana", "ben"):
        held.put("g1", caller, "1", index_of(40))
    assert held.get("g1", "ana", "1")
    held.put("g1", "cleo", "1", index_of(40))

    assert [held.get("g1", caller, "1") is not None for caller in ("ana", "ben", "cleo")] == [True, False, True]


def test_putting_again_takes_no_more_room() -> None:
    """An index in place of another one of the same caller frees that one's room."""
    held = HeldIndexes(bytes_max=100)
    held.put("g1", "ana", "1", index_of(40))
    for version in range(9):
        held.put("g1", "ben", str(version), index_of(50))
    assert held.get("g1", "ana", "1")


def test_one_that_is_too_long_holds_up_nobody() -> None:
    """An index that alone takes more than there is room for is not held."""
    held = HeldIndexes(bytes_max=100)
    held.put("g1", "ana", "1", index_of(101))
    assert held.get("g1", "ana", "1") is None
    held.put("g1", "ben", "1", index_of(99))
    assert held.get("g1", "ben", "1")
