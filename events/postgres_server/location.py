"""What a location says beside the URL of a database: how long a webhook is held, and how many standbys must have it."""

from msgspec import Struct

# As long as a failover may take.
WAIT_S = 25.0

_WAIT, _STANDBYS = "elaoms_wait_s=", "elaoms_standbys="


class Location(Struct, frozen=True):
    """
    A database, and what we promise of what is appended there.

    A location is passed on to other processes as text, so these are parameters of the URL, which the driver never sees.

    `url` is what the driver takes, and may hold a password. `wait_s` is how long an append is held where no server
    takes it, in seconds; `standbys_min` is how many synchronous standbys must have an event before it is acknowledged.
    """

    url: str
    wait_s: float = WAIT_S
    standbys_min: int = 0

    @property
    def text(self) -> str:
        """The location as one text, from which `read_location` makes this again."""
        mark = "&" if "?" in self.url else "?"
        return f"{self.url}{mark}{_WAIT}{self.wait_s:g}&{_STANDBYS}{self.standbys_min}"


def read_location(text: str) -> Location:
    """
    Return what a location says.

    Raises:
        ValueError: a number in it is none. The message holds nothing of the location.
    """
    server, mark, query = text.partition("?")
    if not mark:
        return Location(text)
    wait_s, standbys_min, others = WAIT_S, 0, []
    for parameter in query.split("&"):
        try:
            if parameter.startswith(_WAIT):
                wait_s = float(parameter.removeprefix(_WAIT))
            elif parameter.startswith(_STANDBYS):
                standbys_min = int(parameter.removeprefix(_STANDBYS))
            else:
                others.append(parameter)
        except ValueError:
            raise ValueError("elaoms_wait_s and elaoms_standbys must be numbers") from None
    return Location(server + ("?" + "&".join(others) if others else ""), wait_s, standbys_min)
