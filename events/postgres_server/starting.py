"""Waits for a server at the start of a process, as long as a failover may take."""

import time
from collections.abc import Callable

from events.postgres_server.connections import Connections, UnfitServerError

_PAUSE_S = 0.25


def wait_for_server(location: str, *, tell: Callable[[str], None]) -> None:
    """
    Wait until a server answers that would keep what it commits, for as long as the location says.

    Args:
        tell: called once with what stands in the way, in words without a secret.

    Raises:
        UnfitServerError: one answers, and would not keep it; or the location cannot be read.
        OSError: none has answered.
    """
    connections = Connections(location)
    until_s, is_told = time.monotonic() + connections.location.wait_s, False
    while True:
        try:
            connections.read(lambda _: None)
        except UnfitServerError:
            raise
        except OSError as error:
            if time.monotonic() >= until_s:
                raise
            if not is_told:
                tell(str(error))
                is_told = True
            time.sleep(_PAUSE_S)
        else:
            return
