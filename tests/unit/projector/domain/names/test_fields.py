"""Of all name fields, those are looked at that a call may fill."""

import pytest

from projector.domain.names.fields import NAME_FIELDS, fields_with, squeezed_fields


@pytest.mark.parametrize("ids", ["", "firstname", "surname name", "firstname familyname namn", "username topic"])
def test_fields_are_those_that_ask_for_one_of_the_ids(ids: str) -> None:
    """They come in the order of trust, also a field of which one part alone was collected."""
    wanted = set(ids.split())
    assert fields_with(wanted, NAME_FIELDS) == [field for field in squeezed_fields(NAME_FIELDS) if wanted & {*field}]
