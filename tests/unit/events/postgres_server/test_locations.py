"""What a location says beside the URL of its database reaches whoever opens it, and never the driver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.postgres_server.location import Location, read_location

URLS = (
    "postgresql://elaoms@db/elaoms",
    "postgresql://elaoms:p%3Fw@db1,db2:5433/elaoms?target_session_attrs=read-write&keepalives_idle=5",
)


@given(st.sampled_from(URLS), st.integers(1, 600), st.integers(0, 16))
def test_location_that_is_passed_on_is_the_same(url: str, wait_s: int, standbys_min: int) -> None:
    """As text and back, nothing is lost, and the URL is as it was."""
    location = Location(url, wait_s, standbys_min)
    assert read_location(location.text) == location


@pytest.mark.parametrize("url", URLS)
def test_bare_url_promises_no_standby(url: str) -> None:
    """A URL that an operator names on the command line waits for 25 seconds, and asks for no standby."""
    assert read_location(url) == Location(url, 25.0, 0)


def test_number_that_is_none_is_said_without_the_location() -> None:
    """The message holds nothing of what may be a password."""
    with pytest.raises(ValueError, match="must be numbers") as raised:
        read_location("postgresql://elaoms:secret@db/elaoms?elaoms_standbys=many")
    assert "secret" not in str(raised.value)
