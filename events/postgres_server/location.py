"""What a location says beside the URL of a database: what an append is worth there, and where long bodies lie."""

from urllib.parse import quote, unquote

from msgspec import Struct

# As long as a failover may take.
WAIT_S = 25.0

_WAIT, _STANDBYS, _BODIES = "elaoms_wait_s=", "elaoms_standbys=", "elaoms_bodies="


class Location(Struct, frozen=True):
    """
    A database, and what we promise of what is appended there.

    A location is passed on to other processes as text, so these are parameters of the URL, which the driver never sees.

    `url` is what the driver takes, and may hold a password. `wait_s` is how long an append is held where no server
    takes it, in seconds; `standbys_min` is how many synchronous standbys must have an event before it is acknowledged.
    `body_store` is where long bodies lie, as `BODY_STORE_URL` has it, and may hold a secret; empty for the database.
    """

    url: str
    wait_s: float = WAIT_S
    standbys_min: int = 0
    body_store: str = ""

    @property
    def text(self) -> str:
        """The location as one text, from which `read_location` makes this again."""
        mark = "&" if "?" in self.url else "?"
        bodies = f"&{_BODIES}{quote(self.body_store, safe='')}" if self.body_store else ""
        return f"{self.url}{mark}{_WAIT}{self.wait_s:g}&{_STANDBYS}{self.standbys_min}{bodies}"


def read_location(text: str) -> Location:
    """
    Return what a location says.

    Raises:
        ValueError: a number in it is none. The message holds nothing of the location.
    """
    server, mark, query = text.partition("?")
    if not mark:
        return Location(text)
    wait_s, standbys_min, body_store, others = WAIT_S, 0, "", []
    for parameter in query.split("&"):
        try:
            if parameter.startswith(_WAIT):
                wait_s = float(parameter.removeprefix(_WAIT))
            elif parameter.startswith(_STANDBYS):
                standbys_min = int(parameter.removeprefix(_STANDBYS))
            elif parameter.startswith(_BODIES):
                body_store = unquote(parameter.removeprefix(_BODIES))
            else:
                others.append(parameter)
        except ValueError:
            raise ValueError("elaoms_wait_s and elaoms_standbys must be numbers") from None
    return Location(server + ("?" + "&".join(others) if others else ""), wait_s, standbys_min, body_store)
