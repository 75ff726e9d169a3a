"""Where a caller lives, as far as calls say: the time zone that the last call named which named one."""

from msgspec import Struct

from events.wire.timezone import UTC_NAME
from projector.domain.calls import Call


class Home(Struct, frozen=True):
    """
    The caller's time zone, an IANA name.

    `is_said` tells whether a call named it. If none did, it is the one in which the last call was told.
    """

    timezone: str = UTC_NAME
    is_said: bool = False

    def after(self, call: Call) -> "Home":
        """Return the same once a call is over."""
        if self.is_said and not call.is_timezone_said:
            return self
        return Home(call.timezone, call.is_timezone_said)
